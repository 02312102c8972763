/* expr_world.c - see expr_world.h. Slow and plain on purpose: it is what the tests compare with. */
#include "config.h"
#include "expr_world.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/date.h"
#include "base/num.h"
#include "base/vec.h"
#include "base/zone.h"
#include "expr/regex.h"

const char *const world_events[] = {"home",    "card_tab",   "bill_detail", "fund_buy",  "fund_list",
                                    "login",   "transfer",   "登录",        "转账.失败", "转账",
                                    "and",     "user.login", "3d secure",   "channel",   "back`tick",
                                    "weekday", "a-b",        "Überweisung", NULL};
const char *const world_sets[] = {"fund pages", "odd]name", "基金", NULL};
const struct world_field world_properties[] = {
    {"channel", EXPR_TEXT}, {"result", EXPR_TEXT},     {"amount", EXPR_NUMBER}, {"ok", EXPR_BOOL},
    {"booked", EXPR_TIME},  {"memo", EXPR_TEXT},       {"hour", EXPR_TEXT},     {"金额", EXPR_NUMBER},
    {"a.b", EXPR_TEXT},     {"user.agent", EXPR_TEXT}, {"null", EXPR_TEXT},     {"error_code", EXPR_TEXT},
    {NULL, EXPR_TEXT}};
const struct world_field world_attributes[] = {
    {"age", EXPR_NUMBER},      {"star", EXPR_NUMBER},     {"occupation", EXPR_TEXT},
    {"holds_loan", EXPR_BOOL}, {"registered", EXPR_TIME}, {"home city", EXPR_TEXT},
    {"user.x", EXPR_NUMBER},   {"aum", EXPR_NUMBER},      {NULL, EXPR_TEXT}};

static struct zone *zone;

/* ---- vocabulary ---- */

static bool listed(const char *const *list, struct str name)
{
    for (; *list; list++)
        if (str_eq(str_of(*list), name))
            return true;
    return false;
}

static bool field(void *arg, struct str name, bool of_user, struct expr_field *out)
{
    (void)arg;
    const struct world_field *f = of_user ? world_attributes : world_properties;
    for (int i = 0; f[i].name; i++)
        if (str_eq(str_of(f[i].name), name)) {
            out->id = i;
            out->type = f[i].type;
            return true;
        }
    return false;
}

static bool event(void *arg, struct str name)
{
    (void)arg;
    return listed(world_events, name);
}

static bool set(void *arg, struct str name)
{
    (void)arg;
    return listed(world_sets, name);
}

static void names(void *arg, char kind, void (*each)(void *ctx, struct str name), void *ctx)
{
    (void)arg;
    const char *const *list = kind == 'e' ? world_events : kind == 's' ? world_sets : NULL;
    const struct world_field *f = kind == 'p' ? world_properties : kind == 'a' ? world_attributes : NULL;
    for (; list && *list; list++)
        each(ctx, str_of(*list));
    for (; f && f->name; f++)
        each(ctx, str_of(f->name));
}

static bool moment(void *arg, struct str text, int64_t *first, int64_t *last)
{
    (void)arg;
    struct err unused;
    return zone_parse_bound(zone, text, first, last, &unused);
}

struct expr_vocabulary world_vocabulary = {
    .field = field, .event = event, .set = set, .names = names, .time = moment};

void world_open(void)
{
    struct err err = {0};
    zone = zone_open("Asia/Shanghai", &err);
    if (!zone)
        fprintf(stderr, "%s\n", err.text);
}

void world_close(void)
{
    zone_free(zone);
    zone = NULL;
}

/* ---- rows ---- */

struct cell {
    char *name, *value;
};
struct world_row {
    VEC(struct cell) cell;
};

/* Up to `end`, or a blank or the end of the text when `end` is a blank. */
static char *piece(const char **at, char end)
{
    const char *from = *at;
    size_t n = end == ' ' ? strcspn(from, " ") : strcspn(from, (char[]){end, '\0'});
    if (end != ' ' && from[n] != end)
        return NULL;
    char *s = strndup(from, n);
    *at = from + n + (from[n] != '\0');
    return s;
}

struct world_row *world_row_new(const char *text)
{
    struct world_row *r = mem_zalloc(sizeof(*r));
    const char *at = text;
    while (*(at += strspn(at, " "))) {
        struct cell c = {piece(&at, '='), NULL};
        if (c.name) {
            bool quoted = *at == '"';
            at += quoted;
            c.value = piece(&at, quoted ? '"' : ' ');
        }
        vec_push(&r->cell, c);
        if (!c.value) {
            world_row_free(r);
            return NULL;
        }
    }
    return r;
}

void world_row_free(struct world_row *r)
{
    for (size_t i = 0; i < r->cell.n; i++) {
        free(r->cell.at[i].name);
        free(r->cell.at[i].value);
    }
    vec_done(&r->cell);
    free(r);
}

static const char *cell(const struct world_row *r, const char *prefix, struct str name)
{
    char full[256];
    snprintf(full, sizeof(full), "%s%.*s", prefix, (int)name.n, name.p);
    for (size_t i = 0; i < r->cell.n; i++)
        if (strcmp(r->cell.at[i].name, full) == 0)
            return r->cell.at[i].value;
    return NULL;
}

/* ---- values ---- */

struct world_value {
    bool missing;
    const char *text;
    double number;
    bool truth;
    int64_t time;
};

static double calendar(const char *time, int id)
{
    int64_t us, last;
    struct err unused;
    struct civil c;
    zone_parse_bound(zone, str_of(time), &us, &last, &unused);
    date_civil(zone_local(zone, us), &c);
    return id == EXPR_FIELD_HOUR ? c.hour : date_weekday(date_days(c.year, c.month, c.day)) + 1;
}

static struct world_value value_of(const struct expr_field *f, const struct world_row *r)
{
    bool derived = f->id == EXPR_FIELD_HOUR || f->id == EXPR_FIELD_WEEKDAY;
    const char *s = cell(r, f->qualified ? "user." : "", derived ? STR("time") : f->name);
    struct world_value v = {.missing = !s, .text = s};
    int64_t last;
    if (!s)
        return v;
    if (derived)
        v.number = calendar(s, f->id);
    else if (f->type == EXPR_NUMBER)
        v.number = strtod(s, NULL);
    else if (f->type == EXPR_BOOL)
        v.truth = strcmp(s, "true") == 0;
    else if (f->type == EXPR_TIME && !moment(NULL, str_of(s), &v.time, &last))
        v.missing = true;
    return v;
}

/* ---- evaluation ---- */

/* -1, 0, 1: below, inside, above the literal; a date is a whole day. */
static int order(const struct world_value *v, const struct expr_literal *l)
{
    switch (l->type) {
    case EXPR_TEXT: return str_cmp(str_of(v->text), l->text);
    case EXPR_BOOL: return v->truth - l->truth;
    case EXPR_NUMBER: return (v->number > l->number) - (v->number < l->number);
    case EXPR_TIME: return (v->time > l->time_end) - (v->time < l->time);
    }
    abort();
}

static bool in(const struct world_value *v, const struct expr *e)
{
    for (size_t i = 0; i < e->n; i++) {
        const struct expr_literal *l = &e->literal[i];
        if (l->is_range ? order(v, l) >= 0 && order(v, l->high) <= 0 : order(v, l) == 0)
            return true;
    }
    return false;
}

static bool matches(const struct world_value *v, const struct expr_literal *l)
{
    struct err err = {0};
    bool hit = false;
    struct regex *r = regex_new(l->text, &err);
    if (!r || !regex_match(r, str_of(v->text), 0, &hit, &err))
        abort();
    regex_free(r);
    return hit;
}

static bool compare(const struct expr *e, const struct world_row *r)
{
    struct world_value v = value_of(&e->field, r);
    if (e->op == EXPR_IS_NULL || e->op == EXPR_NOT_NULL)
        return v.missing == (e->op == EXPR_IS_NULL);
    if (v.missing)
        return false;
    switch (e->op) {
    case EXPR_EQ: return order(&v, e->literal) == 0;
    case EXPR_NE: return order(&v, e->literal) != 0;
    case EXPR_LT: return order(&v, e->literal) < 0;
    case EXPR_LE: return order(&v, e->literal) <= 0;
    case EXPR_GT: return order(&v, e->literal) > 0;
    case EXPR_GE: return order(&v, e->literal) >= 0;
    case EXPR_IN: return in(&v, e);
    case EXPR_MATCH: return matches(&v, e->literal);
    case EXPR_NMATCH: return !matches(&v, e->literal);
    /* In this world [fund pages] has all events that begin with fund_; the other sets are empty. */
    case EXPR_SET: return str_eq(e->literal->text, STR("fund pages")) && strncmp(v.text, "fund_", 5) == 0;
    default: abort();
    }
}

bool world_eval(const struct expr *e, const struct world_row *r)
{
    if (e->op == EXPR_NOT)
        return !world_eval(e->child[0], r);
    if (e->op != EXPR_AND && e->op != EXPR_OR)
        return compare(e, r);
    for (size_t i = 0; i < e->n; i++)
        if (world_eval(e->child[i], r) == (e->op == EXPR_OR))
            return e->op == EXPR_OR;
    return e->op == EXPR_AND;
}

/* ---- equality of trees ---- */

static bool same_literal(const struct expr_literal *a, const struct expr_literal *b)
{
    if (a->type != b->type || a->is_range != b->is_range || !str_eq(a->text, b->text))
        return false;
    if (memcmp(&a->number, &b->number, sizeof(double)) != 0 || a->truth != b->truth)
        return false;
    return a->time == b->time && a->time_end == b->time_end &&
           (!a->is_range || same_literal(a->high, b->high));
}

static bool same_field(const struct expr_field *a, const struct expr_field *b)
{
    return str_eq(a->name, b->name) && a->type == b->type && a->id == b->id && a->of_user == b->of_user &&
           a->qualified == b->qualified;
}

bool world_same(const struct expr *a, const struct expr *b)
{
    if (a->op != b->op || a->n != b->n)
        return false;
    bool inner = a->op == EXPR_AND || a->op == EXPR_OR || a->op == EXPR_NOT;
    if (!inner && !same_field(&a->field, &b->field))
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (inner ? !world_same(a->child[i], b->child[i]) : !same_literal(&a->literal[i], &b->literal[i]))
            return false;
    return true;
}
