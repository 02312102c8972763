/* rejects.h - rows that cannot be loaded: counted by reason, shown by example, kept byte for byte. */
#ifndef WM_REJECTS_H
#define WM_REJECTS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/str.h"

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
    REJECT_COUNT
};

const char *reject_id(enum reject r);   /* stable, for scripts */
const char *reject_text(enum reject r); /* translated, with advice */

struct load_report;
struct rejects;

/* path: where rejected rows go, NULL: counted only. The file is made when the first row comes (0600, must not
 * exist). A path given by the user is checked now; when `numbered` a path that exists gets -2, -3 ... before
 * its ending instead. */
struct rejects *rejects_open(const char *path, bool numbered, struct err *err);
/* All rows so far are safe on disk. */
bool rejects_sync(struct rejects *r, struct err *err);
/* keep = false: the import failed; removes the file unless a user named it and it holds rows. NULL is fine.
 */
void rejects_close(struct rejects *r, bool keep);
/* The header line that stands before rows of this file, so that the file can be mended and loaded; borrowed.
 */
void rejects_header(struct rejects *r, struct str header);
bool rejects_add(struct rejects *r, enum reject why, struct str raw, const char *file, uint64_t line,
                 struct err *err);
uint64_t rejects_count(const struct rejects *r);
/* Fills reasons and the file's name, in the report's arena. */
void rejects_report(const struct rejects *r, struct load_report *report);

#endif
