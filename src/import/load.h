/* load.h - loads exports into the store: the one door to src/import/.
 *
 *     struct load_options o = {.kind = LOAD_EVENTS, .files = argv, .file_n = 1};
 *     struct load_report r;
 *     if (!load_run(env, &o, &progress, &r, err)) ...   // the store is as before
 *     load_report_done(&r);
 *
 * Memory is bounded by options (about `memory` + 64 MiB + the distinct texts), whatever the input's size. A
 * row is stored, or counted as a duplicate, or rejected with a reason and kept: rows = stored + duplicates +
 * rejected. */
#ifndef WM_LOAD_H
#define WM_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/progress.h"
#include "store/env.h"

enum load_kind { LOAD_EVENTS, LOAD_USERS };

/* progress->stage while load_run works; progress->done and total are bytes of input while reading, rows while
 * writing and merging. Sorting comes in between, and again and again while reading what does not fit in
 * memory. LOAD_MERGING: of parts, by who calls store_merge behind a load. */
enum load_stage { LOAD_LOOKING, LOAD_READING, LOAD_SORTING, LOAD_WRITING, LOAD_COMMITTING, LOAD_MERGING };

/* All zero, with files set, means: guess everything. Texts are UTF-8 and borrowed during the call. */
struct load_options {
    enum load_kind kind;
    const char *const *files; /* paths; "-" is standard input (at most once); a folder: the exports in it */
    size_t file_n;

    /* Column names; NULL: guessed. LOAD_USERS knows only `user`. event may also be put together from columns
     * and texts (event_name.h). */
    const char *user, *time, *event;
    const char *customer; /* load_links: column with the customer's id; NULL: guessed */
    const char *as_of;    /* LOAD_USERS: column with the time of a row: of a customer and a column the latest
                             value    counts (compose.h); NULL: the row that comes last */
    const char *input;    /* "csv", "jsonl"; NULL: by content */
    const char *mapping;  /* file of a mapping (mapping_text.h): read when it is there, else written; NULL:
                             none. Options that are given go before it */
    const char *const *columns; /* names for a file without a header, or instead of its header; NULL: none */
    size_t column_n;
    char delimiter;           /* 0: guessed among , ; tab | */
    const char *encoding;     /* as decode_named knows them; NULL: UTF-8, UTF-16 or GB18030 by content */
    const char *tz;           /* zone of times without offset; NULL: the store's, else the host's */
    const char *time_format;  /* a time_format_name(); NULL: guessed */
    const char *const *types; /* "COL=text|number|boolean|time" */
    size_t type_n;
    const char *const *nulls; /* texts that mean missing, beside the empty field, \N, NULL, null and (null) */
    size_t null_n;

    const char *rejects; /* file for rejected rows, must not exist yet; NULL: <store>/rejects/import-N.csv */
    const char *max_rejects; /* "100" or "0.5%": more makes the import fail; NULL: no limit (see load_run) */
    bool keep_duplicates;    /* store rows that repeat another one exactly */
    bool dry_run;            /* do everything but store; env may then be NULL */
    bool again;              /* load files even when they were loaded before */
    const char *source;      /* what the journal calls it; NULL: made from the file names */
    unsigned threads;        /* 0: one per processor */
    uint64_t memory;         /* bytes for rows being sorted; 0: 512 MiB */

    /* Called once with the mapping in words (several lines) before the first row is loaded; false cancels.
     * NULL: not. */
    bool (*on_mapping)(void *arg, const char *text);
    void *arg;
};

struct load_reason {
    const char *id;   /* "bad-time": part of the contract, never translated */
    const char *text; /* for people, translated, with advice */
    uint64_t count;
    const char
        *example;     /* the first such row as it was, at most 200 bytes, cut at a character; not sanitised */
    const char *file; /* and where it was */
    uint64_t line;
};

/* Filled by load_run also when it fails (as far as it came); all memory is in the arena. */
struct load_report {
    struct arena arena;
    uint64_t rows;      /* records read, without headers and blank lines */
    uint64_t stored;    /* events, or users with attributes */
    uint64_t users;     /* distinct users among the stored rows */
    uint64_t new_users; /* not known to the store before */
    uint64_t
        duplicates;  /* exact repeats stored once; LOAD_USERS: rows replaced by a later row of that user */
    uint64_t echoes; /* of the duplicates: events that the store had before */
    uint64_t rejected;
    uint64_t bytes; /* of input */
    double seconds;
    const char *mapping; /* what was given and guessed, as told to on_mapping */
    uint32_t begun_by;   /* the first file's beginning was loaded before, by this import: these are the rows
                            that   follow; 0: not */
    uint32_t cut; /* of a failure: that beginning ended within a line; forget this import, load again */
    const char *rejects; /* file that holds the rejected rows, NULL when there are none */
    uint64_t crowded;    /* load_links: customers with more than LINKS_MANY other ids, */
    uint64_t most_ids;   /* the most that one has, */
    const char *crowd;   /* and who that is */
    size_t
        rejects_files; /* so many: rows of another layout or encoding go to files numbered after the first */
    struct load_reason *reason; /* most frequent first */
    size_t reason_n;
    struct load_reason *repair; /* rows that were loaded, with a decision of ours (repairs.h) */
    size_t repair_n;
};

/* Loads all files as one import. Stops early with ERR_INPUT, nothing changed, when max_rejects is passed,
 * when more than half of the first 10,000 rows are bad (a wrong mapping), or when no row at all could be
 * loaded. */
bool load_run(struct env *env, const struct load_options *o, struct progress *progress,
              struct load_report *report, struct err *err);
void load_report_done(struct load_report *r);

/* Other ids of customers: of the options it takes files, user (the column with the other id, NULL: guessed),
 * customer, columns, delimiter, encoding, rejects, again and dry_run (then env may be NULL). A circle of
 * links is refused; an id that was another customer's is told as a repair. */
bool load_links(struct env *env, const struct load_options *o, struct progress *progress,
                struct load_report *report, struct err *err);

/* Display names of events from a CSV with the columns event, zh, en (either may be missing): later rows and
 * later calls win. *count: events now named in the file. */
bool load_names(struct env *env, const char *path, uint64_t *count, struct err *err);
/* Of one event, which need not have happened yet; both empty: it has no display name any more. */
bool load_name(struct env *env, struct str event, struct str zh, struct str en, struct err *err);

#endif
