/* rejects.h - rows that cannot be loaded: counted by reason, shown by example, kept byte for byte. */
#ifndef WM_REJECTS_H
#define WM_REJECTS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/str.h"
#include "import/input.h"

enum reject {
    REJECT_NONE,
    REJECT_QUOTES,     /* bad-quotes */
    REJECT_TOO_LONG,   /* too-long */
    REJECT_FIELDS,     /* field-count */
    REJECT_NUL,        /* nul-byte */
    REJECT_UTF8,       /* bad-utf8 */
    REJECT_USER,       /* no-user */
    REJECT_EVENT,      /* no-event */
    REJECT_TIME,       /* bad-time */
    REJECT_TIME_RANGE, /* time-range */
    REJECT_NUMBER,     /* bad-number */
    REJECT_INEXACT,    /* inexact-number */
    REJECT_BOOLEAN,    /* bad-boolean */
    REJECT_TIME_VALUE, /* bad-time-value */
    REJECT_JSON,       /* bad-json */
    REJECT_COUNT
};

const char *reject_named(const char *id); /* translated, with advice; NULL: there is none */

struct load_report;
struct rejects;

/* How rows of a file are written: a rejects file holds rows of one form, so that it can be mended and loaded.
 */
struct reject_form {
    struct str header; /* line that stands before them; n 0: none. Borrowed */
    char delimiter;    /* 0: JSON lines */
    const char *encoding;
    enum input_utf16 utf16; /* then rows come as UTF-8 and are turned back */
};

/* path: where rejected rows go, NULL: counted only. The file is made when the first row comes (0600, must not
 * exist). A path given by the user is checked now; when `numbered` a path that exists gets -2, -3 ... before
 * its ending instead. Rows of another form go to a further file, numbered too. */
struct board;
/* board: is told of every reason while rows come; may be NULL. */
struct rejects *rejects_open(const char *path, bool numbered, struct board *board, struct err *err);
/* All rows so far are safe on disk. */
bool rejects_sync(struct rejects *r, struct err *err);
/* keep = false: the import failed; removes the file unless a user named it and it holds rows. NULL is fine.
 */
void rejects_close(struct rejects *r, bool keep);
/* Of the rows to come. */
void rejects_form(struct rejects *r, const struct reject_form *form);
/* text: the row as UTF-8 for people, NULL: raw is. */
bool rejects_add(struct rejects *r, enum reject why, struct str raw, const struct str *text, const char *file,
                 uint64_t line, struct err *err);
uint64_t rejects_count(const struct rejects *r);
/* A row as an example: without its line end, cut to 200 bytes, NULs as blanks; the caller frees it. */
char *rejects_example(struct str raw);
/* Fills reasons and the first file's name, in the report's arena. */
void rejects_report(const struct rejects *r, struct load_report *report);

#endif
