/* err.h - what went wrong, in words a reader can act on.
 *
 * Every function that can fail takes a struct err * last and returns false or NULL.
 * The message reads "what: why; what to do" without program name or newline. */
#ifndef WM_ERR_H
#define WM_ERR_H

#include <stdbool.h>

enum err_code {
    ERR_NONE = 0,
    ERR_USAGE,     /* the caller asked for something that makes no sense: exit 2 */
    ERR_ABSENT,    /* what was asked for is not there: exit 1 */
    ERR_INPUT,     /* an input file or its contents: exit 3 */
    ERR_STORE,     /* the store: missing, locked, full, wrong version: exit 3 */
    ERR_DAMAGED,   /* bytes of the store are not what was written: exit 3 */
    ERR_SYSTEM,    /* the operating system refused: exit 3 */
    ERR_CANCELLED, /* the user stopped it: exit 4 */
};

struct err {
    enum err_code code;
    int column;     /* 1-based column in `source` for condition errors, else 0 */
    int width;      /* characters marked from column on, at least 1 when column > 0 */
    char text[768]; /* UTF-8, NUL-terminated */
};

/* Fills err (may be NULL) and returns false, so that `return err_set(...)` reads well.
 * fmt is translated by the caller with _(). */
bool err_set(struct err *err, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same, and remembers where in a condition text the error is. */
bool err_at(struct err *err, int column, int width, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts "prefix: " before the present message. Returns false. */
bool err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A broken promise inside the program: prints file and line to stderr and aborts. */
#define bug(what) bug_at(__FILE__, __LINE__, what)
_Noreturn void bug_at(const char *file, int line, const char *what);

#endif
