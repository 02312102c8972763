/* block.h - the envelope of every value in the store, and the keys they lie under.
 *
 * A block is 64 bytes of header and a payload. The header repeats the key, so that a block found in the wrong
 * place is noticed, and holds XXH3-64 over itself and the payload: LMDB has no checksums of its own
 * (doc/FORMAT.md). */
#ifndef WM_BLOCK_H
#define WM_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/str.h"

enum block_kind {
    BLOCK_ROOT = 1,  /* one: what store this is, and the counters */
    BLOCK_COLUMN,    /* per property or attribute: its definition */
    BLOCK_NOTE,      /* per named text */
    BLOCK_IMPORT,    /* per import: the journal, with the parts it brought */
    BLOCK_DICT,      /* per dictionary: its size and its hash runs */
    BLOCK_STRINGS,   /* strings of a dictionary in order of codes */
    BLOCK_HASHES,    /* one bucket of a hash run: hashes and codes */
    BLOCK_DIRECTORY, /* block_info of a part, in chunks */
    BLOCK_CODES,     /* event codes present in a part's blocks, in the same chunks */
    BLOCK_CELL,      /* one column of one block of a part */
    BLOCK_KINDS
};

#define BLOCK_HEADER 64
#define KEY_MAX 40
#define NOTE_NAME_MAX 32
/* No payload is larger; a limit that length fields are held against. */
#define BLOCK_PAYLOAD_MAX (64u << 20)
/* Blocks of many small things are cut at this payload, so that value, page header and block header fill 16
 * pages of 4096. */
#define BLOCK_TARGET (16 * 4096 - 16 - BLOCK_HEADER)

struct key {
    uint8_t n;
    uint8_t b[KEY_MAX]; /* kind, then big-endian numbers: byte order is number order */
};

struct key key_root(void);
struct key key_column(uint16_t column);
struct key key_note(struct str name); /* at most NOTE_NAME_MAX bytes */
struct key key_import(uint32_t import);
struct key key_dict(uint16_t column);
struct key key_strings(uint16_t column, uint32_t first_code);
struct key key_hashes(uint16_t column, uint32_t run, uint32_t bucket);
struct key key_directory(uint32_t part, uint32_t chunk);
struct key key_codes(uint32_t part, uint32_t chunk);
struct key key_cell(uint32_t part, uint32_t block, uint16_t column);
/* The kind alone: a prefix of all keys of the kind. */
struct key key_kind(enum block_kind kind);
/* From raw bytes; false when they have not the shape of a key. */
bool key_parse(struct key *out, const void *bytes, size_t n);
/* The numbers of a key, in order; false for kinds without (root, note) or a wrong length. */
struct key_numbers {
    uint32_t at[3];
};
bool key_numbers(const struct key *k, struct key_numbers *out);
/* "part 3 block 17 column 5": where, for people. */
void key_describe(const struct key *k, struct buf *out);

/* Room for the header at the end of out; returns where it starts. The payload follows, then block_seal. */
size_t block_begin(struct buf *out);
void block_seal(struct buf *out, size_t start, const struct key *k);
/* NULL when these n bytes are the block of this key, else what is wrong with them (translatable by _()). */
const char *block_check(const struct key *k, const void *bytes, size_t n);
/* Whether the header alone names this key: enough before a block is thrown away. */
bool block_named(const struct key *k, const void *bytes, size_t n);
/* Payload and checksum of a block that block_check accepted, or that block_seal made. */
struct str block_payload(const void *bytes);
uint64_t block_checksum(const void *bytes);

#endif
