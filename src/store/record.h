/* record.h - the small blocks that say what is live: their payloads, byte for byte (doc/FORMAT.md).
 *
 * Structures are copied in and out with memcpy; all fields are naturally aligned and little endian. A host of
 * the other byte order reads BYTE_ORDER_MARK reversed and refuses the store. */
#ifndef WM_RECORD_H
#define WM_RECORD_H

#include <stdint.h>
#include "store/snapshot.h"

/* What is written; all from FORMAT_OLDEST on are read. The first batch into an older store makes it one of
 * this version. */
#define FORMAT_VERSION 3
#define FORMAT_OLDEST 1
#define BYTE_ORDER_MARK 0x01020304u

/* Rows of a full block: with page header (16), block header (64) and column header (48) columns of 2, 4, 8,
 * 16 and 32 bits fill 4, 8, 16, 32 and 64 pages of 4096 bytes to the last 1/64 or better, and the largest of
 * these stays below 256 KiB. */
#define BLOCK_ROWS (65536 - 512)
#define BLOCK_ROWS_MOST (65536 - 128) /* of any block: what was the size of full ones once */
/* Entries of one directory block. */
#define DIRECTORY_CHUNK (BLOCK_TARGET / 32)

struct root_record {
    uint32_t order, format;
    uint64_t txnid;   /* of the commit that wrote it; equals the meta page's, or one of the two is stale */
    uint64_t version; /* batches committed */
    uint64_t created_us;
    uint64_t store[2];                       /* random: which store this is */
    uint32_t imports, columns, notes, dicts; /* how many live records of each kind there are */
    uint32_t next_part, next_run, next_column;
    uint32_t zero;
    /* Sum of the checksums of all these records: a page of an older state in the place of a newer one shows
     * up here. */
    uint64_t digest;
};
_Static_assert(sizeof(struct root_record) == 88, "no padding");

struct column_record { /* then name */
    uint16_t column;
    uint8_t table, type;
    uint32_t name_bytes;
};
_Static_assert(sizeof(struct column_record) == 8, "no padding");

enum import_state { IMPORT_LOADING = 1, IMPORT_LIVE, IMPORT_FORGOTTEN };
struct import_record { /* then source, then per part a part_record with its columns, then perhaps a tail */
    uint32_t import, state, table, parts;
    int64_t started_us, finished_us;
    uint64_t rows, stored, duplicates, rejected, users, new_users, bytes;
    uint32_t source_bytes, pid;
};
_Static_assert(sizeof(struct import_record) == 96, "no padding");
struct part_record { /* then uint16 columns, ascending */
    uint32_t part, blocks, columns, zero;
    uint64_t rows;
};
_Static_assert(sizeof(struct part_record) == 24, "no padding");
struct import_tail {         /* then import_file records, then uint16 columns, ascending */
    uint32_t files, columns; /* columns: those of attributes whose part was merged with others */
    uint64_t echoes;
    int64_t forgotten_us;
    uint64_t forgotten_rows;
};
_Static_assert(sizeof(struct import_tail) == 32, "no padding");
_Static_assert(sizeof(struct import_file) == 24, "no padding");
#define SOURCE_BYTES_MAX 4096

struct dict_record { /* then run_records, oldest first */
    uint32_t count, runs;
    uint64_t bytes; /* of all strings */
};
_Static_assert(sizeof(struct dict_record) == 16, "no padding");
/* A hash run finds the codes [first, first + count) in 2^bits buckets: the top bits of XXH3-64 choose the
 * bucket. */
struct run_record {
    uint32_t run, first, count, bits;
};
_Static_assert(sizeof(struct run_record) == 16, "no padding");

struct strings_record { /* then uint32 ends[count], bytes */
    uint32_t first, count;
};
struct hashes_record { /* then uint32 hashes[count] ascending (the 32 bits below the bucket's), uint32
                          codes[count] */
    uint32_t count, zero;
};
struct runs_record { /* COL_USER cell: encoded users, encoded starts */
    uint32_t count, user_bytes;
};

/* block_info as it lies in a directory block. */
_Static_assert(sizeof(struct block_info) == 32, "no padding");

/* Event codes of a block in a codes block: head, then head & CODES_WORDS words. */
#define CODES_BITS 0x80000000u    /* words are a bitmap of codes, else an ascending list */
#define CODES_UNKNOWN 0xffffffffu /* too many to list: no words follow */
#define CODES_WORDS 0x7fffffffu
#define CODES_LIMIT (1u << 20) /* codes from here on make the list unknown */

#endif
