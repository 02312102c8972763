/* buf.h - a growing byte buffer for building text; always NUL-terminated once written to. */
#ifndef WM_BUF_H
#define WM_BUF_H

#include <stdint.h>
#include "base/str.h"

struct buf {
    char *p; /* owned; NULL while empty */
    size_t n, cap;
};

void buf_done(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
void buf_reserve(struct buf *b, size_t more);
void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_putc(struct buf *b, char c);
void buf_puts(struct buf *b, const char *s);
void buf_str(struct buf *b, struct str s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_rune(struct buf *b, uint32_t code_point);     /* as UTF-8 */
static inline struct str buf_view(const struct buf *b) /* until the next change */
{
    return (struct str){b->p ? b->p : "", b->n};
}
/* The bytes as a shell word: quoted only when needed. */
void buf_shell(struct buf *b, struct str word);

#endif
