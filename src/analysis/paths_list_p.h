/* paths_list_p.h - what paths_list.c finds and paths_list_rows.c shows. */
#ifndef WM_PATHS_LIST_P_H
#define WM_PATHS_LIST_P_H

#include "analysis/paths_p.h"
#include "base/vec.h"

enum { BITS_MOST = 64, PER_BIT = 1000 }; /* surprisal is kept to a thousandth of a bit */

struct entry {
    uint64_t hash, count, goals, ended;
    uint32_t users, stamp; /* stamp: user + 1 */
    uint32_t at, n;        /* its names in the table */
};

struct hashed {
    VEC(struct entry) entry;
    VEC(uint32_t) name;
    uint32_t *slot; /* entry + 1; 0: free */
    size_t slots;
};

/* A path to be listed. */
struct row {
    struct entry entry;
    const uint32_t *name;
    uint64_t score; /* thousandths of a bit */
    uint32_t worst; /* step with the largest surprisal: from name[worst] */
};

/* Different paths that a worker's table holds. Tests change it, so that small stores take several scans. */
extern size_t paths_list_most;

struct paths_list {
    struct hashed table;
    uint64_t from, limit; /* hashes of this scan */
    struct tally rate;    /* --rare: from * stride + to; to = stride: all from it */
    uint64_t other_users; /* of the last scan */
    uint32_t other_stamp;
    /* the plan's */
    VEC(struct row) best;
    struct hashed chosen; /* entry i is row i */
    uint64_t different, paths, goals;
    uint64_t kinds;   /* K */
    uint64_t *scores; /* paths by score */
};

#endif
