/* query.c - the question as plain data: a list of named values, checked against analysis.def.
 *
 * Conditions are only looked at for being there: what names mean is known to a store, not to a question. The
 * question as a command line is in query_line.c. */
#include "config.h"
#include "model/query_p.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/zone.h"
#include "model/registry.h"

#define NEAR 3 /* letters apart that still look like a slip of the finger */

void query_init(struct query *q, const char *analysis)
{
    *q = (struct query){.n = 0};
    arena_init(&q->arena);
    q->analysis = arena_strdup(&q->arena, analysis);
}

void query_done(struct query *q)
{
    arena_done(&q->arena);
    *q = (struct query){.n = 0};
}

void query_copy(struct query *to, const struct query *from)
{
    query_init(to, from->analysis);
    for (size_t i = 0; i < from->n; i++)
        query_add(to, from->param[i].name, from->param[i].value);
}

/* Where the nth parameter of a name stands; q->n beyond the last. */
static size_t place(const struct query *q, const char *name, size_t nth)
{
    for (size_t i = 0; i < q->n; i++)
        if (strcmp(q->param[i].name, name) == 0 && nth-- == 0)
            return i;
    return q->n;
}

static void insert_at(struct query *q, size_t at, const char *name, const char *value)
{
    if (q->n == q->cap) {
        size_t cap = q->cap ? q->cap * 2 : 8;
        struct param *grown = arena_array(&q->arena, struct param, cap);
        if (q->n)
            memcpy(grown, q->param, q->n * sizeof(*grown));
        q->param = grown;
        q->cap = cap;
    }
    memmove(q->param + at + 1, q->param + at, (q->n - at) * sizeof(*q->param));
    q->param[at] =
        (struct param){.name = arena_strdup(&q->arena, name), .value = arena_strdup(&q->arena, value)};
    q->n++;
}

static void remove_at(struct query *q, size_t at)
{
    q->n--;
    memmove(q->param + at, q->param + at + 1, (q->n - at) * sizeof(*q->param));
}

/* A parameter is taken away, and with it those that mean nothing without it. */
static void remove_all(struct query *q, const char *name)
{
    const struct analysis_info *a = registry_find(q->analysis);
    for (size_t i = q->n; i-- > 0;) {
        const struct param_info *p = a ? registry_param(a, q->param[i].name) : NULL;
        if (strcmp(q->param[i].name, name) == 0 || (p && p->needs && strcmp(p->needs, name) == 0))
            remove_at(q, i);
    }
}

void query_add(struct query *q, const char *name, const char *value)
{
    insert_at(q, q->n, name, value);
}

void query_set(struct query *q, const char *name, const char *value)
{
    size_t at = place(q, name, 0);
    if (!value) {
        remove_all(q, name);
        return;
    }
    if (at == q->n) {
        query_add(q, name, value);
        return;
    }
    q->param[at].value = arena_strdup(&q->arena, value);
    q->param[at].place = NULL;
    for (size_t more = place(q, name, 1); more < q->n; more = place(q, name, 1))
        remove_at(q, more);
}

void query_insert(struct query *q, const char *name, size_t nth, const char *value)
{
    insert_at(q, place(q, name, nth), name, value);
}

void query_remove(struct query *q, const char *name, size_t nth)
{
    size_t at = place(q, name, nth);
    if (at < q->n)
        remove_at(q, at);
    if (!query_count(q, name))
        remove_all(q, name);
}

const char *query_get(const struct query *q, const char *name)
{
    return query_nth(q, name, 0);
}

size_t query_count(const struct query *q, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < q->n; i++)
        count += strcmp(q->param[i].name, name) == 0;
    return count;
}

const char *query_nth(const struct query *q, const char *name, size_t nth)
{
    size_t at = place(q, name, nth);
    return at < q->n ? q->param[at].value : NULL;
}

/* ---- checking ---- */

/* The known word closest to one that is not; keeps *best (NULL at first) when `known` is no closer. */
static void nearer(const char *wrong, const char *known, const char **best, size_t *distance)
{
    size_t d = str_distance(str_of(wrong), str_of(known), NEAR);
    if (d <= NEAR && d < *distance) {
        *best = known;
        *distance = d;
    }
}

bool query_no_analysis(const char *id, struct err *err)
{
    const char *best = NULL;
    size_t n, distance = SIZE_MAX;
    const struct analysis_info *all = registry_all(&n);
    for (size_t i = 0; i < n; i++)
        nearer(id, all[i].id, &best, &distance);
    if (best)
        return err_set(err, ERR_USAGE, _("%s: there is no such analysis; did you mean %s?"), id, best);
    return err_set(err, ERR_USAGE, _("%s: there is no such analysis; --help lists them"), id);
}

bool query_no_param(const struct analysis_info *a, const char *name, struct err *err)
{
    const char *best = NULL;
    size_t distance = SIZE_MAX;
    for (const struct param_info *p = a->param; p->name; p++)
        nearer(name, p->name, &best, &distance);
    for (const struct param_info *p = registry_common(); p->name; p++)
        nearer(name, p->name, &best, &distance);
    if (best)
        return err_set(err, ERR_USAGE, _("%s: there is no option --%s; did you mean --%s?"), a->id, name,
                       best);
    return err_set(err, ERR_USAGE, _("%s: there is no option --%s; see %s --help"), a->id, name, a->id);
}

static bool check_choice(const struct param_info *p, const char *value, struct err *err)
{
    if (registry_choice(p->choices, value))
        return true;
    return err_set(err, ERR_USAGE, _("--%s: %s is none of the choices; use one of %s"), p->name, value,
                   p->choices);
}

static bool check_duration(const struct param_info *p, const char *value, struct err *err)
{
    int64_t us;
    if (registry_choice(p->choices, value))
        return true;
    if (!duration_parse(str_of(value), &us, err))
        return err_prefix(err, "--%s", p->name);
    if (us < 0)
        return err_set(err, ERR_USAGE, _("--%s: %s is negative; use a duration such as 30m or 7d"), p->name,
                       value);
    return true;
}

static bool check_number(const struct param_info *p, const char *value, struct err *err)
{
    int64_t n;
    return registry_read_number(p->name, value, p->least, INT64_MAX, &n, err);
}

/* The zone is not known here; whether the text is a day or a time does not hang on it. */
static bool check_bound(const struct param_info *p, const char *value, struct err *err)
{
    int64_t first, last;
    struct zone *utc = zone_open("UTC", err);
    if (!utc)
        return false;
    bool ok = zone_parse_bound(utc, str_of(value), &first, &last, err);
    zone_free(utc);
    return ok || err_prefix(err, "--%s", p->name);
}

bool query_check_value(const struct param_info *p, const char *value, struct err *err)
{
    if (p->kind == PARAM_SWITCH)
        return !*value || err_set(err, ERR_USAGE, _("--%s takes no value; remove %s"), p->name, value);
    if (!*value)
        return err_set(err, ERR_USAGE, _("--%s: the value is empty; write one or leave the option out"),
                       p->name);
    switch (p->kind) {
    case PARAM_CHOICE: return check_choice(p, value, err);
    case PARAM_DURATION: return check_duration(p, value, err);
    case PARAM_NUMBER: return check_number(p, value, err);
    case PARAM_BOUND: return check_bound(p, value, err);
    case PARAM_SWITCH:
    case PARAM_TEXT:
    case PARAM_CONDITION:
    case PARAM_SEGMENT:
    case PARAM_USER: break;
    }
    return true;
}

/* "ID" as the usage has it, or "--step". */
static const char *spelling(const struct param_info *p, char *out, size_t size)
{
    size_t n = 0;
    if (!p->positional)
        n = (size_t)snprintf(out, size, "--");
    for (const char *c = p->name; *c && n + 1 < size; c++)
        out[n++] = p->positional ? (char)toupper((unsigned char)*c) : *c;
    out[n] = '\0';
    return out;
}

/* What would be left out without a word is an error. */
static bool check_needs(const struct query *q, const struct param_info *p, const char *value, struct err *err)
{
    if (!p->needs || query_count(q, p->needs))
        return true;
    return err_set(err, ERR_USAGE, _("--%s %s means nothing without --%s; add that, or leave --%s out"),
                   p->name, value, p->needs, p->name);
}

static bool check_required(const struct query *q, const struct analysis_info *a, struct err *err)
{
    char name[64];
    for (const struct param_info *p = a->param; p->name; p++)
        if (p->required && query_count(q, p->name) == 0)
            return err_set(err, ERR_USAGE, _("%s: %s is missing (%s); for example: waymark %s"), a->id,
                           spelling(p, name, sizeof(name)), _(p->help), a->example);
    return true;
}

bool query_check(const struct query *q, struct err *err)
{
    const struct analysis_info *a = registry_find(q->analysis);
    if (!a)
        return query_no_analysis(q->analysis, err);
    for (size_t i = 0; i < q->n; i++) {
        const struct param_info *p = registry_param(a, q->param[i].name);
        if (!p)
            return query_no_param(a, q->param[i].name, err);
        if (!p->repeat && query_count(q, p->name) > 1)
            return err_set(err, ERR_USAGE, _("--%s is given more than once; keep one"), p->name);
        if (!query_check_value(p, q->param[i].value, err) || !check_needs(q, p, q->param[i].value, err))
            return false;
    }
    return check_required(q, a, err);
}
