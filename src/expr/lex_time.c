/* lex_time.c - finds a date or time in the text and writes it in one way.
 *
 * Only the shape is known here; whether there is a 30th of February, and which instant it is, the vocabulary
 * says. */
#include "config.h"
#include "expr/lex_time.h"

#include "base/buf.h"

struct cursor {
    struct str s;
    size_t at;
};

static char peek(const struct cursor *c, size_t ahead)
{
    return c->at + ahead < c->s.n ? c->s.p[c->at + ahead] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(const struct cursor *c, size_t ahead)
{
    size_t n = 0;
    while (is_digit(peek(c, ahead + n)))
        n++;
    return n;
}

/* Reads `mark` and at least `least` and at most two digits into out, padded to two. */
static bool part(struct cursor *c, const char *marks, size_t least, struct buf *out, const char *mark)
{
    if (!peek(c, 0) || !strchr(marks, peek(c, 0)))
        return false;
    size_t n = digits(c, 1);
    if (n < least || n > 2)
        return false;
    buf_puts(out, mark);
    if (n == 1)
        buf_putc(out, '0');
    buf_put(out, c->s.p + c->at + 1, n);
    c->at += 1 + n;
    return true;
}

/* .5000 is .5, .000 nothing */
static void fraction(struct cursor *c, struct buf *out)
{
    size_t n = peek(c, 0) == '.' ? digits(c, 1) : 0;
    if (!n)
        return;
    size_t keep = n;
    while (keep && peek(c, keep) == '0')
        keep--;
    if (keep)
        buf_put(out, c->s.p + c->at, keep + 1);
    c->at += n + 1;
}

static void offset(struct cursor *c, struct buf *out)
{
    if (peek(c, 0) == 'Z' || peek(c, 0) == 'z') {
        buf_putc(out, 'Z');
        c->at++;
        return;
    }
    bool colon = peek(c, 3) == ':' && digits(c, 4) == 2;
    size_t n = digits(c, 1);
    if ((peek(c, 0) != '+' && peek(c, 0) != '-') || !(n == 4 || n == 2))
        return;
    const char *minute = n == 4 ? c->s.p + c->at + 3 : colon ? c->s.p + c->at + 4 : "00";
    buf_put(out, c->s.p + c->at, 3);
    buf_putc(out, ':');
    buf_put(out, minute, 2);
    c->at += n == 4 ? 5 : colon ? 6 : 3;
}

static void clock_time(struct cursor *c, struct buf *out)
{
    struct cursor before = *c;
    size_t n = out->n;
    if (!part(c, "Tt ", 1, out, " ") || !part(c, ":", 2, out, ":")) {
        *c = before;
        out->n = n;
        return;
    }
    if (part(c, ":", 2, out, ":"))
        fraction(c, out);
    else
        buf_puts(out, ":00");
    offset(c, out);
}

/* Bytes read; 0 when s begins with no date. */
static size_t scan(struct str s, struct buf *out)
{
    struct cursor c = {s, 0};
    if (digits(&c, 0) != 4)
        return 0;
    buf_put(out, s.p, 4);
    c.at = 4;
    if (!part(&c, "-/", 1, out, "-") || !part(&c, "-/", 1, out, "-"))
        return 0;
    clock_time(&c, out);
    return c.at;
}

size_t lex_time_length(struct str s)
{
    struct cursor c = {s, 0};
    if (digits(&c, 0) != 4 || (s.n > 4 && s.p[4] != '-' && s.p[4] != '/') || !digits(&c, 5))
        return 0;
    struct buf unused = {0};
    size_t n = scan(s, &unused);
    buf_done(&unused);
    c.at = n ? n : 4;
    while (!n &&
           (is_digit(peek(&c, 0)) || ((peek(&c, 0) == '-' || peek(&c, 0) == '/') && is_digit(peek(&c, 1)))))
        c.at++;
    return c.at;
}

struct str lex_time_canonical(struct arena *a, struct str s)
{
    struct buf out = {0};
    size_t n = scan(s, &out);
    struct str text = arena_str(a, n == s.n ? buf_view(&out) : s);
    buf_done(&out);
    return text;
}
