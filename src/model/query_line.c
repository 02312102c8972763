/* query_line.c - the question as a command line, written and read: what one prints the other takes, with the
 * quotes of a shell and no more of it. */
#include "config.h"
#include "model/query_p.h"

#include "base/buf.h"
#include "base/nls.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "expr/expr.h"

/* A value that begins with - would be read as an option unless it is joined to the name. */
void query_put_param(struct buf *out, const struct query *q, size_t i, bool value)
{
    const struct param *p = &q->param[i];
    const struct analysis_info *analysis = registry_find(q->analysis);
    const struct param_info *info = analysis ? registry_param(analysis, p->name) : NULL;
    bool has_value = info ? info->kind != PARAM_SWITCH : *p->value != '\0';
    bool joined = has_value && *p->value == '-';
    struct buf word = {0};
    buf_putc(out, ' ');
    if (!info || !info->positional || !*p->value || joined) {
        buf_printf(&word, "--%s%s", p->name, joined ? "=" : "");
        buf_puts(&word, joined ? p->value : "");
        buf_shell(out, buf_view(&word));
        buf_puts(out, has_value && !joined ? " " : "");
    }
    if (has_value && !joined && value)
        buf_shell(out, str_of(p->value));
    buf_done(&word);
}

const char *query_command(const struct query *q, const char *store, struct arena *a)
{
    struct buf out = {0};
    buf_puts(&out, "waymark ");
    if (store) {
        buf_puts(&out, "-s ");
        buf_shell(&out, str_of(store));
        buf_putc(&out, ' ');
    }
    buf_shell(&out, str_of(q->analysis));
    for (size_t i = 0; i < q->n; i++)
        query_put_param(&out, q, i, true);
    const char *text = arena_strdup(a, out.p);
    buf_done(&out);
    return text;
}

/* ---- a number of it as a condition on customers ---- */

bool query_who(const struct query *q, const char *users, struct buf *out)
{
    const struct analysis_info *info = registry_find(q->analysis);
    if (!info || !registry_param(info, "users"))
        return false;
    struct query who;
    query_copy(&who, q);
    query_set(&who, "users", users);
    const char *line = query_command(&who, NULL, &who.arena) + strlen("waymark ");
    buf_puts(out, "who(");
    expr_put_text(out, str_of(line));
    buf_putc(out, ')');
    query_done(&who);
    return true;
}

/* ---- and back ---- */

static bool begins(struct str s, struct str with)
{
    return s.n >= with.n && memcmp(s.p, with.p, with.n) == 0;
}

/* A word of the line without its quotes. */
struct word {
    struct buf text;
    VEC(int) place; /* column in the line of each of its characters, and of its end */
};

struct line {
    struct str rest;
    int column; /* of rest */
    struct arena *arena;
    struct err *err;
};

static void word_done(struct word *w)
{
    buf_done(&w->text);
    vec_done(&w->place);
}

/* Takes one character as it stands. */
static void take(struct line *l, struct word *w)
{
    struct str from = l->rest;
    utf8_next(&l->rest);
    vec_push(&w->place, l->column++);
    buf_put(&w->text, from.p, from.n - l->rest.n);
}

static void skip(struct line *l)
{
    utf8_next(&l->rest);
    l->column++;
}

/* Inside double quotes a backslash is one unless it makes the next character harmless; outside it always does
 * that, and inside single quotes never. */
static bool is_escape(const struct line *l, char quote)
{
    if (*l->rest.p != '\\' || l->rest.n < 2 || quote == '\'')
        return false;
    return !quote || memchr("\\\"$`", l->rest.p[1], 4);
}

static bool quoted(struct line *l, struct word *w)
{
    char quote = *l->rest.p;
    int open = l->column;
    for (skip(l); l->rest.n && *l->rest.p != quote; take(l, w))
        if (is_escape(l, quote))
            skip(l);
    if (!l->rest.n)
        return err_at(l->err, open, 1, _("this quote is never closed; add %c"), quote);
    skip(l);
    return true;
}

/* False with err->code 0: the line has ended. */
static bool next_word(struct line *l, struct word *w)
{
    buf_clear(&w->text);
    w->place.n = 0;
    while (l->rest.n && (*l->rest.p == ' ' || *l->rest.p == '\n' || *l->rest.p == '\t'))
        skip(l);
    if (!l->rest.n)
        return false;
    int begin = l->column;
    buf_puts(&w->text, ""); /* '' is a word */
    while (l->rest.n && *l->rest.p != ' ' && *l->rest.p != '\n' && *l->rest.p != '\t') {
        if (*l->rest.p != '"' && *l->rest.p != '\'') {
            if (is_escape(l, 0))
                skip(l);
            take(l, w);
        } else if (!quoted(l, w)) {
            return false;
        }
    }
    size_t n = w->place.n;
    vec_push(&w->place, n ? w->place.at[n - 1] + 1 : begin);
    return true;
}

/* A message that was made without a place gets that of the word, from its character `from` on. */
static bool wrong(struct line *l, const struct word *w, size_t from)
{
    if (l->err && !l->err->column) {
        l->err->code = ERR_USAGE;
        l->err->column = w->place.at[from];
        l->err->width = w->place.at[w->place.n - 1] - l->err->column;
        l->err->width += l->err->width == 0;
    }
    return false;
}

/* The word from its character `from` (at byte `at`) on is the value. */
static bool add_value(struct query *q, const struct param_info *p, struct line *l, const struct word *w,
                      size_t from, size_t at)
{
    const char *value = w->text.p + at;
    size_t n = w->place.n - from;
    if (strlen(value) != w->text.n - at)
        return err_set(l->err, ERR_USAGE, _("--%s: the value has a zero byte in it"), p->name) ||
               wrong(l, w, from);
    if (!p->repeat && query_count(q, p->name))
        return err_set(l->err, ERR_USAGE, _("--%s is given more than once; keep one"), p->name) ||
               wrong(l, w, from);
    if (!query_check_value(p, value, l->err))
        return wrong(l, w, from);
    query_add(q, p->name, value);
    int *place = arena_array(&q->arena, int, n);
    memcpy(place, w->place.at + from, n * sizeof *place);
    q->param[q->n - 1].place = place;
    return true;
}

static bool no_value(struct line *l, const struct word *w, const struct param_info *p)
{
    err_set(l->err, ERR_USAGE, _("--%s: the value is missing; %s"), p->name, _(p->help));
    return wrong(l, w, 0);
}

/* --name, --name=value or --name value */
static bool option(struct query *q, const struct analysis_info *a, struct line *l, struct word *w)
{
    struct str name = {w->text.p + 2, strcspn(w->text.p + 2, "=")};
    size_t joined = name.n + 3;
    const char *text = arena_str(l->arena, name).p;
    const struct param_info *p = registry_param(a, text);
    if (!p)
        return query_no_param(a, text, l->err) || wrong(l, w, 0);
    if (joined <= w->text.n)
        return add_value(q, p, l, w, (size_t)utf8_count((struct str){w->text.p, joined}), joined);
    if (p->kind == PARAM_SWITCH) {
        query_add(q, p->name, "");
        return true;
    }
    struct word value = {0};
    bool got = next_word(l, &value);
    bool ok = got ? add_value(q, p, l, &value, 0, 0) : l->err && l->err->column ? false : no_value(l, w, p);
    word_done(&value);
    return ok;
}

/* To the first positional parameter that is still free. */
static bool positional(struct query *q, const struct analysis_info *a, struct line *l, const struct word *w)
{
    for (const struct param_info *p = a->param; p->name; p++)
        if (p->positional && (p->repeat || !query_count(q, p->name)))
            return add_value(q, p, l, w, 0, 0);
    err_set(l->err, ERR_USAGE, _("%s: %s is one argument too many; options begin with --"), a->id, w->text.p);
    return wrong(l, w, 0);
}

static bool about_store(struct line *l, const struct word *w)
{
    err_set(l->err, ERR_USAGE, _("the question is asked of this store; leave -s and its value out"));
    return wrong(l, w, 0);
}

static bool arguments(struct query *q, const struct analysis_info *a, struct line *l, struct word *w)
{
    while (next_word(l, w)) {
        bool ok = begins(buf_view(&w->text), STR("--")) && w->text.n > 2 ? option(q, a, l, w)
                  : begins(buf_view(&w->text), STR("-s"))                ? about_store(l, w)
                                                                         : positional(q, a, l, w);
        if (!ok)
            return false;
    }
    return !l->err->column;
}

static bool parse_line(struct query *q, struct line *l, struct word *w)
{
    bool any = next_word(l, w);
    if (any && str_eq(buf_view(&w->text), STR("waymark")))
        any = next_word(l, w);
    if (!any)
        return !l->err->column &&
               err_at(l->err, 1, 1, _("the name of an analysis is missing, such as funnel"));
    const struct analysis_info *a = registry_find(w->text.p);
    if (!a && begins(buf_view(&w->text), STR("-s")))
        return about_store(l, w);
    if (!a)
        return query_no_analysis(w->text.p, l->err) || wrong(l, w, 0);
    q->analysis = a->id;
    struct word whole = {0};
    vec_push(&whole.place, w->place.at[0]);
    vec_push(&whole.place, w->place.at[w->place.n - 1]);
    bool ok = arguments(q, a, l, w) && (query_check(q, l->err) || wrong(l, &whole, 0));
    word_done(&whole);
    return ok;
}

bool query_parse(struct query *q, struct str text, struct err *err)
{
    struct err own = {0};
    struct arena scratch = {0};
    struct word w = {0};
    struct line l = {text, 1, &scratch, &own};
    query_init(q, "");
    bool ok = parse_line(q, &l, &w);
    word_done(&w);
    arena_done(&scratch);
    if (!ok && err)
        *err = own;
    return ok;
}
