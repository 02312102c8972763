/* usage.h - help, made from the command tables. */
#ifndef WM_USAGE_H
#define WM_USAGE_H

#include "app/command.h"
#include "base/buf.h"

void usage_overview(struct buf *out, int columns);
/* Help of the command of that name, of all that begin with it ("import"), or of a topic ("keys"). */
bool usage_topic(struct buf *out, const char *topic, int columns, struct err *err);

/* "  head      text", the text wrapped under itself; a paragraph. */
void usage_entry(struct buf *out, struct str head, const char *text, int columns);
void usage_paragraph(struct buf *out, const char *text, int columns);

/* ---- the pieces, for the manual too */
void usage_synopsis(struct buf *out, const struct command_info *c); /* "funnel --step COND... [OPTION]..." */
void usage_option(struct buf *out, const struct param_info *p);     /* "--window DURATION|none" */
void usage_notes(struct buf *out,
                 const struct param_info *p); /* " (default 7d)"; "" when there is nothing to say */
const char *usage_exit_status(int status);    /* N_(): what 0 to 4 mean */

#endif
