/* mapping_look.h - what mapping.c and mapping_file.c share while a mapping is made. */
#ifndef WM_MAPPING_LOOK_H
#define WM_MAPPING_LOOK_H

#include "import/mapping.h"
#include "import/sheet.h"

struct look {
    struct mapping *m;
    struct source *src;
    const struct load_options *o;
    const struct mapping_text *text; /* may be NULL */
    const struct snapshot *stored;
    struct sheet *sheet; /* per file */
    size_t *first;       /* per file: row of the sheet where data begin */
    struct err *err;
};

/* Records of a file's sample that are looked at: in a short file all, so that nothing comes as a surprise; in
 * others the first and what `further` has, since only one thread looks. */
static inline size_t mapping_rows(const struct source_file *f)
{
    return f->whole ? 50000 : 10000;
}

/* Delimiter, header, and the mapping's column of each field of file i, from its sample. */
bool mapping_file_look(struct look *l, size_t i);
int mapping_column_add(struct mapping *m, const char *name);
/* mapping_json.c: columns of a file of JSON lines; of objects in fields of a CSV file. */
bool mapping_json_file(struct look *l, size_t i);
void mapping_json_fields(struct look *l, size_t i, const char *const *name);
void mapping_json_number(struct look *l, struct source_file *f); /* columns of their members */
/* mapping_event.c: an event name put together. mapping_event_find: whether o->event is one; the column of it
 * in *column, -1 on error. mapping_event_place: where its parts are in each file. */
bool mapping_event_find(const struct look *l, const char *text, int *column);
void mapping_event_place(const struct look *l);
/* Number of the column, in letters of any case. */
int mapping_column_loosely(const struct mapping *m, const char *name);
/* For a message: "; did you mean ...?", or nothing. */
const char *mapping_column_near(struct mapping *m, const char *wrong);
/* Number of the column of this name, -1: none. */
int mapping_column(const struct mapping *m, struct str name);
/* Gives the column another name in the store when the condition language keeps its own for itself. */
void mapping_column_rename(struct mapping *m, size_t i);
/* What the store has holds: takes over the type it has the column in, if any. */
void mapping_column_as_stored(struct mapping *m, size_t i, const struct snapshot *stored);
/* Among n names, letters of any case. */
bool mapping_named(struct str s, const char *const *names, size_t n);

#endif
