/* csv_text.h - small tables that people edit: CSV with a fixed header, such as data/tags.csv. */
#ifndef WM_CSV_TEXT_H
#define WM_CSV_TEXT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define CSV_TEXT_FIELDS 8

struct csv_text {
    const char *source; /* for messages: a file's name */
    const char *header; /* "id,category,name": also how many fields a line has, at most CSV_TEXT_FIELDS */
    /* One line: its trimmed fields in `arena`. False: csv_text_wrong said why. */
    bool (*row)(struct csv_text *t, const struct str *field);
    void *arg;
    struct arena *arena;
    int line; /* the present one, from 1 */
    struct err *err;
};

/* Calls row for every line below the header. UTF-8, with or without a byte order mark; empty lines and those
 * that begin with # say nothing; fields in quotes hold commas and doubled quotes. Errors name source and
 * line. */
bool csv_text_read(struct csv_text *t, struct str text);
/* Fails, naming source and line. */
bool csv_text_wrong(struct csv_text *t, const char *what);

#endif
