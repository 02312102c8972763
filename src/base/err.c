/* err.c - messages for readers, and the end of the program when it broke its own promise. */
#include "config.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* A text cut by the array's end must not end inside a UTF-8 character. */
static void trim_partial(char *text, size_t cap)
{
    size_t n = strlen(text);
    if (n + 1 < cap)
        return;
    size_t start = n;
    while (start > 0 && n - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t want = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    if (n - start < want)
        text[start - 1] = '\0';
}

/* Names and values from files may be in any encoding. */
static void mend(char *text)
{
    struct str rest = str_of(text);
    while (rest.n) {
        char *at = text + (rest.p - text);
        if (utf8_next(&rest) == UTF8_BAD)
            *at = '?';
    }
}

/* Through a copy: an argument may well be the text of this very error. */
__attribute__((format(printf, 2, 0))) static void format(struct err *err, const char *fmt, va_list args)
{
    char text[sizeof(err->text)];
    if (vsnprintf(text, sizeof(text), fmt, args) < 0)
        text[0] = '\0';
    trim_partial(text, sizeof(text));
    mend(text);
    memcpy(err->text, text, sizeof(text));
}

bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    if (!err)
        return false;
    va_list args;
    va_start(args, fmt);
    format(err, fmt, args);
    va_end(args);
    err->code = code;
    err->column = err->width = 0;
    return false;
}

bool err_at(struct err *err, int column, int width, const char *fmt, ...)
{
    if (!err)
        return false;
    va_list args;
    va_start(args, fmt);
    format(err, fmt, args);
    va_end(args);
    err->code = ERR_USAGE;
    err->column = column;
    err->width = column > 0 && width < 1 ? 1 : width;
    return false;
}

bool err_prefix(struct err *err, const char *fmt, ...)
{
    if (!err)
        return false;
    char old[sizeof(err->text)];
    memcpy(old, err->text, sizeof(old));
    va_list args;
    va_start(args, fmt);
    format(err, fmt, args);
    va_end(args);
    size_t n = strlen(err->text);
    snprintf(err->text + n, sizeof(err->text) - n, ": %s", old);
    trim_partial(err->text, sizeof(err->text));
    return false;
}

_Noreturn void bug_at(const char *file, int line, const char *what)
{
    fprintf(stderr, "waymark: %s:%d: broken promise: %s\n", file, line, what);
    abort();
}
