/* stage.h - one load under way, and its two halves. Private to load.c, read_stage.c and write_stage.c. */
#ifndef WM_STAGE_H
#define WM_STAGE_H

#include "base/pool.h"
#include "import/load.h"
#include "import/rejects.h"
#include "import/row.h"
#include "import/runs.h"
#include "store/batch.h"

struct stage {
    const struct load_options *o;
    struct progress *progress; /* may be NULL */
    struct load_report *report;
    struct source *src;
    struct mapping map;
    struct row_layout layout;
    struct pool *pool;
    struct batch *batch;             /* NULL: dry run */
    const struct snapshot *snapshot; /* of the store before; may be NULL in a dry run */
    uint16_t *id;                    /* per column of the mapping: its number in the store */
    struct vocab **vocab;            /* per vocabulary of the layout */
    struct rejects *rejects;
    struct repairs *repairs;
    struct runs *runs;
    double reject_share;   /* --max-rejects P%, as P / 100; negative: none */
    uint64_t reject_limit; /* --max-rejects N; UINT64_MAX: none */
    uint64_t new_users;    /* in a dry run */
    bool at_end;           /* all input was taken */
    bool widened;          /* columns came that the first look did not see */
    uint64_t line;         /* lines passed in the file being put */
    uint64_t file_rows;    /* of that file */
    uint64_t file_bad;
};

/* Both fill err and return false. ERR_CANCELLED when progress says so. */
bool read_stage(struct stage *s, struct err *err);  /* input to rows in s->runs */
bool write_stage(struct stage *s, struct err *err); /* s->runs to a part of s->batch */

/* Makes columns of names that only came now: of file i, as a chunk of it has them. No row is under way. */
bool widen_stage(struct stage *s, size_t file, const struct late *late, struct err *err);
/* Numbers in the store for the mapping's columns from `from` on. */
bool stage_number_columns(struct stage *s, size_t from, struct err *err);

/* Sorts what is in memory and writes it out as a run. */
bool write_stage_spill(struct stage *s, struct err *err);

/* Also waits while the load is paused. */
bool stage_cancelled(const struct stage *s, struct err *err);
void stage_enter(const struct stage *s, enum load_stage stage);

#endif
