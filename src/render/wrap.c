/* wrap.c - see wrap.h. */
#include "config.h"

#include "base/utf8.h"
#include "render/wrap.h"

enum { NARROWEST = 20 };

/* Full-width punctuation that closes something never begins a line. */
static bool closes(uint32_t ch)
{
    static const uint32_t marks[] = {0x3001, 0x3002, 0x300B, 0x300D, 0x300F, 0x3011, 0xFF01,
                                     0xFF09, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF1F, 0x201D};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (marks[i] == ch)
            return true;
    return false;
}

/* Bytes of the longest beginning of clean text that fits in w columns, broken after a blank or beside a wide
 * character; at least one character. */
static size_t break_at(struct str text, int w)
{
    struct str rest = text;
    size_t good = 0;
    int used = 0, last = 0;

    while (rest.n > 0) {
        size_t at = text.n - rest.n;
        uint32_t ch = utf8_next(&rest);
        int width = utf8_rune_width(ch) > 0 ? utf8_rune_width(ch) : 0;

        if (at > 0 && ch != ' ' && !closes(ch) && (text.p[at - 1] == ' ' || width == 2 || last == 2))
            good = at;
        if (used + width > w && ch != ' ')
            return good ? good : at ? at : text.n - rest.n;
        used += width;
        last = width;
    }
    return text.n;
}

void wrap_put(struct buf *out, int left, const char *name, struct str text, int w)
{
    struct buf clean = {0};
    int indent = left + utf8_width(str_of(name)) + 2;

    utf8_clean(&clean, text, CLEAN_DETAIL);
    struct str rest = buf_view(&clean);

    buf_printf(out, "%*s%s: ", left, "", name);
    do {
        size_t n = break_at(rest, w - indent > NARROWEST ? w - indent : NARROWEST);

        buf_str(out, str_trim((struct str){rest.p, n}));
        rest = str_trim((struct str){rest.p + n, rest.n - n});
        buf_putc(out, '\n');
        if (rest.n > 0)
            buf_printf(out, "%*s", indent, "");
    } while (rest.n > 0);
    buf_done(&clean);
}

struct str wrap_line(struct str *rest, int w)
{
    struct str after = *rest, line = str_cut(&after, '\n');
    size_t n = break_at(line, w);
    if (n == line.n) {
        *rest = after;
        return line;
    }
    *rest = (struct str){line.p + n, rest->n - n};
    while (n > 1 && line.p[n - 1] == ' ')
        n--;
    return (struct str){line.p, n};
}

int wrap_draw(struct canvas *c, int y, int x, int w, enum role role, struct str text)
{
    struct buf clean = {0};
    int lines = 0;

    utf8_clean(&clean, text, CLEAN_DETAIL);
    for (struct str rest = buf_view(&clean); rest.p && rest.n; lines++) {
        struct str line = wrap_line(&rest, w);

        if (c)
            canvas_text(c, y + lines, x, w, role, line);
    }
    buf_done(&clean);
    return lines;
}
