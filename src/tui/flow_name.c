/* flow_name.c - see flow_name.h. */
#include "config.h"

#include <string.h>

#include "base/arena.h"
#include "model/node_name.h"
#include "tui/flow_name.h"

/* The node of "2 home", or one end of "2 home > pay"; empty without one. */
static struct str name_of(const char *who, bool last, struct arena *a)
{
    struct str rest = str_of(who), from, to;
    str_cut(&rest, ' ');
    if (!rest.p)
        return (struct str){0};
    return node_name_read(rest, &from, &to, a) && last ? to : from;
}

bool flow_name_is_other(const char *who)
{
    struct arena a = {0};
    bool is = str_eq(name_of(who, false, &a), STR("(other)"));
    arena_done(&a);
    return is;
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

static struct str event_of(const struct query *q, struct str name)
{
    struct str bare = name;
    while (bare.n && bare.p[0] == '\\')
        bare = (struct str){bare.p + 1, bare.n - 1};
    return node_name_event(name, &bare, is_set(q, bare));
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

bool flow_name_event(const struct query *q, const char *who, bool last, struct buf *out)
{
    struct arena a = {0};
    struct str name = name_of(who, last, &a);
    bool any = name.n && !node_name_is_special(name) && !is_set(q, name);
    if (any)
        buf_str(out, event_of(q, name));
    arena_done(&a);
    return any;
}

bool flow_name_condition(const struct query *q, const char *who, bool last, struct buf *out)
{
    struct arena a = {0};
    struct str name = name_of(who, last, &a);
    bool any = name.n && !node_name_is_special(name), set = any && is_set(q, name);
    if (set && memchr(name.p, '*', name.n)) {
        put_pattern(out, without_brackets(name));
    } else if (set) {
        buf_str(out, name);
    } else if (any) {
        buf_puts(out, "event = ");
        put_quoted(out, event_of(q, name));
    }
    arena_done(&a);
    return any;
}
