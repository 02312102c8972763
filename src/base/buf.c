/* buf.c - a growing byte buffer for building text. */
#include "config.h"

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"

void buf_done(struct buf *b)
{
    free(b->p);
    *b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    if (b->p)
        b->p[0] = '\0';
}

void buf_reserve(struct buf *b, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(b->n, more, &need) || need > SIZE_MAX / 4)
        bug("text of absurd size");
    need += 1; /* the NUL */
    if (need <= b->cap)
        return;
    size_t cap = b->cap ? b->cap * 2 : 64;
    while (cap < need)
        cap *= 2;
    b->p = mem_realloc(b->p, cap);
    b->cap = cap;
    b->p[b->n] = '\0';
}

void buf_put(struct buf *b, const void *bytes, size_t n)
{
    buf_reserve(b, n);
    if (n > 0)
        memcpy(b->p + b->n, bytes, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_putc(struct buf *b, char c)
{
    buf_reserve(b, 1);
    b->p[b->n++] = c;
    b->p[b->n] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
    buf_put(b, s, strlen(s));
}

void buf_str(struct buf *b, struct str s)
{
    buf_put(b, s.p, s.n);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    buf_reserve(b, 0);
    va_start(args, fmt);
    int n = vsnprintf(b->p + b->n, b->cap - b->n, fmt, args);
    va_end(args);
    if (n < 0) {
        b->p[b->n] = '\0';
        return;
    }
    if ((size_t)n >= b->cap - b->n) {
        buf_reserve(b, (size_t)n);
        va_start(args, fmt);
        vsnprintf(b->p + b->n, b->cap - b->n, fmt, args);
        va_end(args);
    }
    b->n += (size_t)n;
}

/* What UTF-8 cannot carry becomes U+FFFD, so that the buffer stays well-formed. */
void buf_rune(struct buf *b, uint32_t c)
{
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = 0xFFFD;
    char out[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[5] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(lead[n] | c);
    buf_put(b, out, n);
}

/* Bytes that no POSIX shell treats specially inside a word. Beyond ASCII they are letters of UTF-8. */
static bool shell_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80 || (c != '\0' && strchr("_@%+=:,./-", c));
}

void buf_shell(struct buf *b, struct str word)
{
    bool plain = word.n > 0 && word.p[0] != '='; /* zsh expands =name */
    for (size_t i = 0; plain && i < word.n; i++)
        plain = shell_plain(word.p[i]);
    if (plain) {
        buf_str(b, word);
        return;
    }
    buf_putc(b, '\'');
    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] == '\'')
            buf_puts(b, "'\\''");
        else
            buf_putc(b, word.p[i]);
    }
    buf_putc(b, '\'');
}
