/* builder.h - a segment being edited: its versions, its text, the tags it can be made of, and its counts,
 * which a thread finds. No terminal here. */
#ifndef WM_BUILDER_H
#define WM_BUILDER_H

#include "app/condition.h"
#include "app/spread.h"
#include "app/workspace.h"
#include "model/catalogue.h"

enum { BUILDER_SAMPLE = 12 };

/* What conditions are picked from: a tag, or a saved segment (category empty, id its name). */
struct builder_entry {
    struct tag tag;
    const char *text; /* the condition that stands for it: tag.ID, segment(NAME) */
    bool known;       /* this store has what it speaks of */
};

/* How many have it of all customers, and of those chosen. */
struct builder_size {
    bool known;
    uint64_t users, within;
};
/* A row of the tree: how many alone; for children of the root also how many are left (AND) or found (OR) down
 * to here. */
struct builder_row {
    uint64_t alone, so_far;
};
struct builder_counts {
    uint64_t users, chosen;  /* all customers, and those that the condition takes */
    struct builder_row *row; /* of condition_rows */
    size_t rows;
    struct builder_size *size; /* of builder_entries */
    size_t sizes;
    const char *sample[BUILDER_SAMPLE]; /* ids of customers spread over those chosen */
    size_t samples;
    const struct spread *spread; /* of what builder_look asked for; NULL: it has no values */
    double seconds;
};

struct builder;
/* wake_fd: as in task.h. NULL: the store cannot be read. */
struct builder *builder_new(struct workspace *w, int wake_fd, struct err *err);
void builder_free(struct builder *b);
/* Tags and segments are read anew; counts are made anew. False: the store cannot be read, all is as before.
 */
bool builder_refresh(struct builder *b, struct err *err);

const struct builder_entry *builder_entries(const struct builder *b, size_t *n);
struct condition *builder_tree(struct builder *b); /* the present version: to look at, not to change */
const char *builder_text(struct builder *b);       /* of the present version; until the next edit */
const char *builder_name(const struct builder *b); /* of the saved segment it is; NULL: none yet */
bool builder_is_saved(const struct builder *b); /* nothing was changed since it was saved, opened or begun */
size_t builder_undos(const struct builder *b);

/* ---- edits: the caller changes the returned copy by condition.h, then calls builder_commit with what the
 * edit gave: SIZE_MAX takes the copy away again. */
struct condition *builder_edit(struct builder *b);
size_t builder_commit(struct builder *b, size_t row);
bool builder_undo(struct builder *b);
bool builder_redo(struct builder *b);
/* What picking an entry means, as an edit of its own (it commits). An entry that is there goes away. A tag of
 * a category that already has one, or several joined by OR, joins them as an alternative; all else is a
 * further demand, and so is this with `demand`. The row to stand on; SIZE_MAX: nothing changed. *either: it
 * became an alternative. */
size_t builder_pick(struct builder *b, size_t row, size_t entry, bool demand, bool *either);
/* Takes the whole condition from text: a new version. False: err says where it is wrong. */
bool builder_set_text(struct builder *b, const char *text, struct err *err);
/* Text as a tree for condition_add and the like: a leaf, or a group. NULL: wrong, or blank. */
struct condition *builder_parse(struct builder *b, const char *text, struct err *err);
/* Begins with a saved segment, or with nothing (NULL). Undo ends here. */
bool builder_open(struct builder *b, const char *name, struct err *err);
bool builder_save(struct builder *b, const char *name, struct err *err);

/* ---- counts */
/* Asks for the spread of what this condition is about (NULL: of nothing). */
void builder_look(struct builder *b, const char *text);
/* Takes what the thread has found and lets it go on with what was changed since. True: something is new. */
bool builder_tick(struct builder *b);
bool builder_counting(const struct builder *b);
int64_t builder_counting_us(const struct builder *b); /* for so long; 0: not counting */
int builder_percent(const struct builder *b);         /* -1: unknown */
bool builder_cancel(struct builder *b);               /* false: nothing was being counted */
/* The last counts; NULL: none yet. `fresh`: they are those of the present version. */
const struct builder_counts *builder_counts(const struct builder *b, bool *fresh);
const struct err *builder_error(const struct builder *b); /* why the last counting failed; NULL: it did not */

#endif
