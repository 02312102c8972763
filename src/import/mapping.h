/* mapping.h - which column of the files is what, and how its values are read: given by options, else guessed.
 */
#ifndef WM_MAPPING_H
#define WM_MAPPING_H

#include "base/date.h"
#include "base/zone.h"
#include "import/event_name.h"
#include "import/late.h"
#include "import/load.h"
#include "import/mapping_text.h"
#include "import/source.h"
#include "store/snapshot.h"

enum role {
    ROLE_VALUE,
    ROLE_USER,
    ROLE_TIME,
    ROLE_EVENT,
    ROLE_AS_OF,  /* of users: when the row was true; stored like a value */
    ROLE_IGNORE, /* not loaded */
};

struct map_column {
    const char *name;   /* in the files */
    const char *stored; /* in the store: differs when the condition language keeps the name for itself */
    enum role role;
    enum column_type type;
    enum time_format format; /* of times */
    bool given;              /* type named by an option, or known from the store */
    bool guessed;            /* role guessed */
};

struct mapping {
    struct arena arena;
    enum load_kind kind;
    struct map_column *column;
    size_t n;
    int user, time, event;    /* numbers of columns; -1 in LOAD_USERS */
    int as_of;                /* -1: none */
    struct event_name joined; /* n > 0: what the event column, which is in no file, is put together from */
    const int *joined_column; /* per part; -1: a text */
    struct zone *zone;        /* of times without offset */
    const struct str *null;   /* texts that mean missing, the empty one among them */
    size_t null_n;
    bool null_first[256]; /* first bytes of the others */
};

/* Looks at the samples of all files and fills their source_file parts too. stored and text (a mapping that
 * was saved; its settings are in the options already) may be NULL. */
bool mapping_make(struct mapping *m, struct source *src, const struct load_options *o,
                  const struct mapping_text *text, const struct snapshot *stored, struct err *err);
void mapping_done(struct mapping *m);
/* As a text that makes the same mapping again. */
void mapping_save(const struct mapping *m, struct source *src, const struct load_options *o, struct buf *out);
/* In words, several lines. */
void mapping_put(const struct mapping *m, struct source *src, struct buf *out);
/* Makes columns of names that come only after the sample of file f; the mapping has MAPPING_MOST at most,
 * what comes then stays unknown. snapshot: as `stored` above. */
#define MAPPING_MOST 1024
void mapping_widen(struct mapping *m, struct source_file *f, const struct late *late,
                   const struct snapshot *stored);
/* One column in words, a line. */
void mapping_put_column(const struct mapping *m, size_t column, struct buf *out);
bool mapping_names_null(const struct mapping *m, struct str value);
static inline bool mapping_is_null(const struct mapping *m, struct str value)
{
    return value.n == 0 || (m->null_first[(unsigned char)value.p[0]] && mapping_names_null(m, value));
}

#endif
