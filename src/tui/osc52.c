/* osc52.c - the sequence that hands text to a terminal's clipboard. */
#include "config.h"

#include "tui/osc52.h"

static void put_base64(struct buf *out, struct str s)
{
    static const char letter[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t three = (uint32_t)(unsigned char)s.p[i] << 16;
        three |= i + 1 < s.n ? (uint32_t)(unsigned char)s.p[i + 1] << 8 : 0;
        three |= i + 2 < s.n ? (uint32_t)(unsigned char)s.p[i + 2] : 0;
        for (unsigned k = 0; k < 4; k++)
            buf_putc(out, i + k > s.n ? '=' : letter[three >> (18 - 6 * k) & 63]);
    }
}

void osc52_put(struct buf *out, struct str text)
{
    buf_puts(out, "\033]52;c;");
    put_base64(out, text);
    buf_putc(out, '\a');
}
