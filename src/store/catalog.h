/* catalog.h - what is live in one version of the store, in memory: columns, imports, parts with their
 * directories, dictionaries.
 *
 * Built once per version and shared by all snapshots of that version. Slots remember which blocks have been
 * verified and where they lie; a newer catalog takes them over from the one before. */
#ifndef WM_CATALOG_H
#define WM_CATALOG_H

#include "base/arena.h"
#include "store/env_lmdb.h"
#include "store/journal.h"
#include "store/links.h"

struct catalog_part {
    struct part part;
    block_slot *cell;          /* blocks * (columns + 1): runs of users, then the columns in order */
    const uint32_t *code_word; /* words of all blocks' code lists */
    const uint32_t *code_at;   /* per block: where its list begins (a head, see record.h) */
};

struct catalog_run {
    struct run_record run;
    block_slot *bucket; /* 2^bits */
};

struct catalog_dict {
    uint16_t column;
    uint32_t count;
    uint64_t bytes, checksum; /* of all strings; of the record */
    uint32_t runs, blocks;
    struct catalog_run *run;
    uint32_t *first;     /* of `blocks` string blocks: the first code */
    block_slot *strings; /* the same blocks */
};

struct catalog_import {
    struct journal journal;
    uint64_t checksum; /* of the block */
};

struct catalog_note {
    struct str name, text;
    uint64_t checksum; /* of the block */
};

struct catalog {
    struct env *env;
    _Atomic unsigned users;
    _Atomic(struct links *) links; /* made when first asked for: links.c */
    struct arena arena;
    struct root_record root;
    size_t columns, imports, notes, dicts;
    struct column_def *column;
    struct import_def *import;
    struct catalog_import *entry; /* of each of them */
    struct catalog_note *note;
    struct catalog_dict *dict;
    size_t parts[2]; /* by enum table */
    struct part *part[2];
    size_t live_parts;
    struct catalog_part **by_id; /* all of them, by their numbers */
};

/* The catalog of this state, shared when the version is the one already in env. Give it back with
 * catalog_drop. */
struct catalog *catalog_get(struct env *env, const struct tree *t, struct err *err);
void catalog_drop(struct catalog *c);                                              /* NULL is fine */
const struct catalog_dict *catalog_dict(const struct catalog *c, uint16_t column); /* NULL: none */
const struct catalog_part *catalog_part(const struct catalog *c, uint32_t id);     /* NULL: not live */
/* Whether a live record names the block of this key (a root, column, note or dictionary: always). */
bool catalog_lives(const struct catalog *c, const struct key *k);
/* Index of a column in a part, or p->columns. */
uint32_t catalog_part_column(const struct part *p, uint16_t column);
void links_free(struct links *l); /* links.c; NULL is fine */

#endif
