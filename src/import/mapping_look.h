/* mapping_look.h - what mapping.c and mapping_file.c share while a mapping is made. */
#ifndef WM_MAPPING_LOOK_H
#define WM_MAPPING_LOOK_H

#include "import/mapping.h"
#include "import/sheet.h"

struct look {
    struct mapping *m;
    struct source *src;
    const struct load_options *o;
    const struct snapshot *stored;
    struct sheet *sheet; /* per file */
    size_t *first;       /* per file: row of the sheet where data begin */
    struct err *err;
};

/* Delimiter, header, and the mapping's column of each field of file i, from its sample. */
bool mapping_file_look(struct look *l, size_t i);
/* Number of the column of this name, -1: none. */
int mapping_column(const struct mapping *m, struct str name);
/* Among n names, letters of any case. */
bool mapping_named(struct str s, const char *const *names, size_t n);

#endif
