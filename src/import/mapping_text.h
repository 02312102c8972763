/* mapping_text.h - a mapping as a small text that people read and mend. doc/MAPPING.md describes it:
 *
 *     # comments and blank lines
 *     tz: Asia/Shanghai            settings, named as the options
 *     user_id = user               columns: user, time, event, property, ignore
 *     ts = time s                  with the format of times
 *     amount = property number     with the type
 *     "a = b" = property text as a_b
 */
#ifndef WM_MAPPING_TEXT_H
#define WM_MAPPING_TEXT_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define MAPPING_TEXT_MOST ((size_t)1 << 20)

enum mapping_word { WORD_USER, WORD_TIME, WORD_EVENT, WORD_PROPERTY, WORD_IGNORE, WORD_AS_OF };
struct mapping_line {
    const char *column;
    enum mapping_word word;
    const char *type;   /* "text" ... or a format of times; NULL: none */
    const char *stored; /* name in the store; NULL: the column's */
};
struct mapping_setting {
    const char *name, *value;
};
struct mapping_text {
    struct mapping_line *line;
    size_t n;
    struct mapping_setting *setting;
    size_t settings;
};

/* label: for messages. Everything is copied into the arena. */
bool mapping_text_parse(struct mapping_text *out, struct arena *a, struct str text, const char *label,
                        struct err *err);
void mapping_text_put(struct buf *out, const struct mapping_text *t);
/* The value of a setting, NULL: none. */
const char *mapping_text_get(const struct mapping_text *t, const char *name);

#endif
