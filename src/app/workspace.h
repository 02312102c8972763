/* workspace.h - one open store with its engine: all that both front ends know of the floors below. */
#ifndef WM_WORKSPACE_H
#define WM_WORKSPACE_H

#include "base/progress.h"
#include "model/query.h"
#include "model/result.h"

struct workspace;

/* The store directory: given, else $WAYMARK_STORE, else $XDG_DATA_HOME/waymark/default. In `out`. */
void workspace_default(const char *given, struct buf *out);
/* Whether no store can be reached there; the error says why: none was made, or it is not for this user. */
bool workspace_is_missing(const char *dir, struct err *err);
/* create: make it when missing (imports); else a missing store is an error that says how to fill one. */
struct workspace *workspace_open(const char *dir, bool create, struct err *err);
void workspace_close(struct workspace *w); /* NULL is fine */
const char *workspace_dir(const struct workspace *w);
uint64_t workspace_version(struct workspace *w,
                           struct err *err); /* changes when new data is live; 0 on error */

/* Answers a query; the result is the caller's. Its `command` names this store. Runs from several threads take
 * turns. */
struct result *workspace_run(struct workspace *w, const struct query *q, struct progress *p, struct err *err);
/* What the store holds (semantics.md 3 `info`); its damage report (`check`). Results like any other. */
struct result *workspace_info(struct workspace *w, struct err *err);
/* What one import found: its number as a text (findings.h). */
struct result *workspace_findings(struct workspace *w, const char *import, struct err *err);
struct result *workspace_check(const char *dir, struct progress *p, struct err *err);

/* backup, compact and forget-import (command.def): what was done. No workspace may be open on the store in
 * this process for compact. */
struct result *workspace_tend(const char *dir, const struct query *q, struct progress *p, struct err *err);

/* An import command as a query: analysis "import events", "import users" or "import names" with that
 * command's parameters (command.def). The store is made when missing, unless this is a dry run. The result is
 * the report. on_mapping (may be NULL) is told once, before rows are loaded, which columns were given or
 * guessed; false cancels. */
struct result *workspace_import(const char *dir, const struct query *q,
                                bool (*on_mapping)(void *arg, const char *text), void *arg,
                                struct progress *p, struct err *err);

/* For an error with a column (err->column > 0) that workspace_run gave: appends the condition it is about and
 * a line that marks the place. Nothing when the error is about no condition of q. */
void workspace_caret(struct workspace *w, const struct query *q, const struct err *err, struct buf *out);

/* Answers a command about kept conditions: segment …, set …, tag load; q.analysis is its name. */
struct result *workspace_keep(const char *dir, const struct query *q, struct progress *p, struct err *err);

/* ---- names for completion and forms: event names, properties; calls each() in order of frequency or name.
 */
bool workspace_names(struct workspace *w, char kind /* as in expr_vocabulary.names */,
                     void (*each)(void *ctx, struct str name, struct str display), void *ctx,
                     struct err *err);
/* The condition that stands for a saved segment: segment(NAME), the name in quotes when it needs them. */
void workspace_put_segment(struct buf *out, struct str name);
/* Every event with its display names as they were given (empty: none), in order of first appearance. */
bool workspace_event_names(struct workspace *w,
                           void (*each)(void *ctx, struct str name, struct str zh, struct str en), void *ctx,
                           struct err *err);
/* Gives one event its display names; at once in the store. */
bool workspace_name_event(struct workspace *w, const char *event, const char *zh, const char *en,
                          struct err *err);

#endif
