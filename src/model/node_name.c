/* node_name.c - see node_name.h. */
#include "config.h"
#include "model/node_name.h"

#include <string.h>


static const struct str arrow = {" > ", 3};

static struct str without_backslashes(struct str s)
{
    while (s.n && s.p[0] == '\\')
        s = (struct str){s.p + 1, s.n - 1};
    return s;
}

bool node_name_is_special(struct str name)
{
    return str_eq(name, STR("(other)")) || str_eq(name, STR("(end)")) || str_eq(name, STR("(start)")) ||
           str_eq(name, STR("(...)"));
}

bool node_name_looks_special(struct str name, const struct str *set, size_t n)
{
    struct str bare = without_backslashes(name);
    bool looks = node_name_is_special(bare);
    for (size_t i = 0; i < n; i++)
        looks |= str_eq(bare, set[i]);
    return looks;
}

struct str node_name_of(struct str event, const struct str *set, size_t n, struct arena *a)
{
    if (!node_name_looks_special(event, set, n))
        return event;
    return str_of(arena_printf(a, "\\%.*s", (int)event.n, event.p));
}

struct str node_name_event(struct str name, const struct str *set, size_t n)
{
    bool more = name.n && name.p[0] == '\\' && node_name_looks_special(name, set, n);
    return more ? (struct str){name.p + 1, name.n - 1} : name;
}

/* ---- as --users takes it */

static bool is_quoted(struct str word)
{
    return str_eq(without_backslashes(word), STR(">"));
}

/* The word at *at, without the space behind it; *at moves behind that. */
static struct str next_word(struct str s, size_t *at)
{
    size_t from = *at;
    while (*at < s.n && s.p[*at] != ' ')
        ++*at;
    return (struct str){s.p + from, (*at)++ - from};
}

void node_name_put(struct buf *b, struct str name)
{
    for (size_t at = 0; at <= name.n;) {
        struct str word = next_word(name, &at);
        if (is_quoted(word))
            buf_putc(b, '\\');
        buf_str(b, word);
        if (at <= name.n)
            buf_putc(b, ' ');
    }
}

void node_name_put_link(struct buf *b, struct str from, struct str to)
{
    node_name_put(b, from);
    buf_str(b, arrow);
    node_name_put(b, to);
}

static struct str unquoted(struct str text, struct arena *a)
{
    struct buf b = {0};
    for (size_t at = 0; at <= text.n;) {
        struct str word = next_word(text, &at);
        bool quoted = word.n > 1 && is_quoted(word);
        buf_str(&b, quoted ? (struct str){word.p + 1, word.n - 1} : word);
        if (at <= text.n)
            buf_putc(&b, ' ');
    }
    struct str s = arena_str(a, buf_view(&b));
    buf_done(&b);
    return s;
}

bool node_name_read(struct str text, struct str *from, struct str *to, struct arena *a)
{
    size_t at = 0;
    while (at + arrow.n <= text.n && memcmp(text.p + at, arrow.p, arrow.n) != 0)
        at++;
    bool link = at + arrow.n <= text.n;
    *from = unquoted(link ? (struct str){text.p, at} : text, a);
    *to = link ? unquoted((struct str){text.p + at + arrow.n, text.n - at - arrow.n}, a) : (struct str){0};
    return link;
}
