/* kept.h - questions kept from one start to the next: where somebody was, what was asked lately, bookmarks.
 *
 * Each is a small file below $XDG_STATE_HOME/waymark, a line for each question with the command line that asks it. Only
 * parameters are kept: no answers, and no question that names a customer (kept_may_keep). */
#ifndef WM_KEPT_H
#define WM_KEPT_H

#include "base/vec.h"
#include "model/query.h"

struct kept_line {
    char *name; /* of a bookmark; of a place: what people see of it; never NULL */
    char *text; /* a command line without store (query_parse), or a condition on customers */
    int64_t time_us;
    int64_t customers; /* of its last answer, -1: unknown */
    int root;          /* the screen's digit */
};
/* Lines of one store, in the order of the file. */
struct kept_file {
    VEC(struct kept_line) lines;
};

void kept_done(struct kept_file *f);
/* Copies what the line points to. */
void kept_add(struct kept_file *f, const struct kept_line *line);
void kept_remove(struct kept_file *f, size_t nth);
/* Puts a line first and drops others of the same text, and what is more than `most`. */
void kept_remember(struct kept_file *f, const struct kept_line *line, size_t most);

/* Whether the question may be written to a file: it names no customer. */
bool kept_may_keep(const struct query *q);

/* `name`: "session", "recent", "bookmarks"; store: the store's folder, so that two of them keep apart. Lines that make no sense
 * are passed over; a file that is not there is empty. */
bool kept_load(struct kept_file *f, const char *name, const char *store, struct err *err);
/* Replaces this store's lines and keeps those of others; readable by this user alone. */
bool kept_save(const struct kept_file *f, const char *name, const char *store, struct err *err);

#endif
