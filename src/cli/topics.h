/* topics.h - help on what is no command: the explorer's keys and settings, made from their tables. */
#ifndef WM_TOPICS_H
#define WM_TOPICS_H

#include "app/action.h"
#include "app/settings.h"
#include "base/buf.h"

/* Text of "keys" or "settings"; false: there is no such topic. */
bool topics_put(struct buf *out, const char *topic, int columns);

/* ---- the pieces, for the manual too */
void topics_keys(struct buf *out, const struct action_info *a); /* "u F8"; ":name" for one without a key */
void topics_contexts(struct buf *out, const struct action_info *a); /* "funnel, flow"; "" when everywhere */
void topics_setting(struct buf *out, const struct setting_info *s); /* "glyphs = auto|ascii" */
/* A file and what it is for (N_()), NULL beyond the last; here: as this program was built, else as the manual
 * names it. */
const char *topics_files(size_t nth, bool here, const char **text);

#endif
