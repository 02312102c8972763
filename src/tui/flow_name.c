/* flow_name.c - see flow_name.h. */
#include "config.h"

#include <string.h>

#include "tui/flow_name.h"

struct str flow_name_of(const char *who, bool last)
{
    struct str rest = str_of(who), none = {0};
    str_cut(&rest, ' ');
    const char *arrow = rest.p ? strstr(rest.p, " > ") : NULL;
    if (!rest.p)
        return none;
    if (!arrow)
        return rest;
    return last ? str_of(arrow + 3) : (struct str){rest.p, (size_t)(arrow - rest.p)};
}

static bool is_special(struct str s)
{
    return str_eq(s, STR("(other)")) || str_eq(s, STR("(end)")) || str_eq(s, STR("(start)")) ||
           str_eq(s, STR("(...)"));
}

static struct str without_brackets(struct str s)
{
    return s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']' ? (struct str){s.p + 1, s.n - 2} : s;
}

/* Whether the text is "[SET]" of a set that the question makes a node. */
static bool is_set(const struct query *q, struct str s)
{
    if (s.n < 2 || s.p[0] != '[')
        return false;
    for (size_t i = 0; i < query_count(q, "set"); i++)
        if (str_eq(without_brackets(str_trim(str_of(query_nth(q, "set", i)))), without_brackets(s)))
            return true;
    return false;
}

/* Names that look like one of ours have a backslash more than they really have. */
static struct str unescaped(const struct query *q, struct str s)
{
    struct str bare = s;
    while (bare.n && bare.p[0] == '\\')
        bare = (struct str){bare.p + 1, bare.n - 1};
    return bare.n < s.n && (is_special(bare) || is_set(q, bare)) ? (struct str){s.p + 1, s.n - 1} : s;
}

static void put_quoted(struct buf *out, struct str s)
{
    buf_putc(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            buf_putc(out, '\\');
        buf_putc(out, s.p[i]);
    }
    buf_putc(out, '"');
}

/* The pattern as a regular expression. */
static void put_pattern(struct buf *out, struct str s)
{
    struct buf regex = {0};
    buf_putc(&regex, '^');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '*')
            buf_puts(&regex, ".*");
        else if (strchr(".^$+?()[]{}|\\", s.p[i]))
            buf_printf(&regex, "\\%c", s.p[i]);
        else
            buf_putc(&regex, s.p[i]);
    }
    buf_putc(&regex, '$');
    buf_puts(out, "event ~ ");
    put_quoted(out, buf_view(&regex));
    buf_done(&regex);
}

bool flow_name_event(const struct query *q, struct str name, struct buf *out)
{
    if (!name.n || is_special(name) || is_set(q, name))
        return false;
    buf_str(out, unescaped(q, name));
    return true;
}

bool flow_name_condition(const struct query *q, struct str name, struct buf *out)
{
    if (!name.n || is_special(name))
        return false;
    if (is_set(q, name) && memchr(name.p, '*', name.n)) {
        put_pattern(out, without_brackets(name));
    } else if (is_set(q, name)) {
        buf_str(out, name);
    } else {
        buf_puts(out, "event = ");
        put_quoted(out, unescaped(q, name));
    }
    return true;
}
