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
const struct world_name world_sets[] = {{"fund pages", "event ~ \"^fund_\""},
                                        {"odd]name", "home and channel = \"app\""},
                                        {"基金", "[fund pages] or 登录"},
                                        {"circle", "home or [circle]"},
                                        {"broken", "hom"},
                                        {NULL, NULL}};
const struct world_name world_tags[] = {{"young", "age < 30"},
                                        {"star_7", "star = 7"},
                                        {"富裕", "aum >= 1_000_000"},
                                        {"broken", "agee > 1"},
                                        {NULL, NULL}};
const struct world_name world_segments[] = {{"list_2024", "star in 6..7"},
                                            {"high intent", "tag.young and did(fund_buy)"},
                                            {"nested", "segment(\"high intent\") or not segment(list_2024)"},
                                            {"snake", "segment(bites)"},
                                            {"bites", "age > 5 and segment(tail)"},
                                            {"tail", "segment(snake)"},
                                            {NULL, NULL}};
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

static const struct world_name *definitions(char kind)
{
    return kind == 's' ? world_sets : kind == 't' ? world_tags : kind == 'g' ? world_segments : NULL;
}

static bool definition(void *arg, char kind, struct str name, struct str *text)
{
    (void)arg;
    for (const struct world_name *d = definitions(kind); d->name; d++)
        if (str_eq(str_of(d->name), name)) {
            *text = str_of(d->condition);
            return true;
        }
    return false;
}

static void names(void *arg, char kind, void (*each)(void *ctx, struct str name), void *ctx)
{
    (void)arg;
    const char *const *list = kind == 'e' ? world_events : NULL;
    const struct world_name *d = definitions(kind);
    const struct world_field *f = kind == 'p' ? world_properties : kind == 'a' ? world_attributes : NULL;
    for (; list && *list; list++)
        each(ctx, str_of(*list));
    for (; f && f->name; f++)
        each(ctx, str_of(f->name));
    for (; d && d->name; d++)
        each(ctx, str_of(d->name));
}

static bool moment(void *arg, struct str text, int64_t *first, int64_t *last)
{
    (void)arg;
    struct err unused;
    return zone_parse_bound(zone, text, first, last, &unused);
}

/* Written out for this one last event, 2017-03-31 12:00 +08:00, in a zone without changes of the clock. */
static bool since(void *arg, int64_t us, int64_t days, int64_t *first)
{
    (void)arg;
    const int64_t last = 1490932800000000, midnight = 1490889600000000;
    *first = days ? midnight - (days - 1) * 86400000000 : last - us;
    return true;
}

struct expr_vocabulary world_vocabulary = {
    .field = field, .event = event, .definition = definition, .names = names, .time = moment, .since = since};

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
    VEC(struct world_row *) event; /* of a user, oldest first */
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

/* "2017-01-05T10:00 home amount=5" up to a semicolon becomes the event time=… event=home amount=5. */
static struct world_row *event_new(const char *text, size_t n)
{
    char time[64], name[64], cells[512];
    int used = 0;
    char *copy = strndup(text, n);
    bool ok = sscanf(copy, " %63s %63[^ ;]%n", time, name, &used) == 2;
    snprintf(cells, sizeof(cells), "time=%s event=%s %s", time, name, copy + used);
    free(copy);
    return ok ? world_row_new(cells) : NULL;
}

static bool add_events(struct world_row *r, const char *at)
{
    while (*at == ';') {
        size_t n = strcspn(++at, ";");
        struct world_row *event = event_new(at, n);
        if (!event)
            return false;
        vec_push(&r->event, event);
        at += n;
    }
    return true;
}

struct world_row *world_row_new(const char *text)
{
    struct world_row *r = mem_zalloc(sizeof(*r));
    const char *at = text;
    while (*(at += strspn(at, " ")) && *at != ';') {
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
    if (add_events(r, at))
        return r;
    world_row_free(r);
    return NULL;
}

void world_row_free(struct world_row *r)
{
    for (size_t i = 0; i < r->cell.n; i++) {
        free(r->cell.at[i].name);
        free(r->cell.at[i].value);
    }
    vec_done(&r->cell);
    for (size_t i = 0; i < r->event.n; i++)
        world_row_free(r->event.at[i]);
    vec_done(&r->event);
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

/* ---- behaviour ---- */

static int64_t when(const struct world_row *event)
{
    static const struct expr_field time = {.name = {"time", 4}, .type = EXPR_TIME, .id = EXPR_FIELD_TIME};
    return value_of(&time, event).time;
}

static bool in_period(const struct expr_call *c, const struct world_row *event)
{
    return when(event) >= c->period.from && when(event) <= c->period.to;
}

static bool happens(const struct expr_step *s, const struct world_row *event)
{
    return world_eval(s->event, event) && (!s->where || world_eval(s->where, event));
}

/* Whether steps from k on can be filled by events behind `at`; every chain is tried. */
static bool chain(const struct expr_call *c, const struct world_row *r, size_t k, size_t at, int64_t begin)
{
    if (k == c->steps)
        return true;
    size_t next = k; /* the step to fill; those before it are absent ones */
    while (c->step[next].absent)
        next++;
    for (size_t i = at; i < r->event.n; i++) {
        const struct world_row *event = r->event.at[i];
        bool fits = happens(&c->step[next], event);
        int64_t from = k ? begin : when(event);
        fits =
            fits && (k || in_period(c, event)) && (c->within == INT64_MAX || when(event) - from <= c->within);
        if (fits && chain(c, r, next + 1, i + 1, from))
            return true;
        for (size_t a = k; a < next; a++)
            if (happens(&c->step[a], event))
                return false;
    }
    return false;
}

/* The value of the property as something to count: its text. */
static struct world_value called(const struct expr *e, const struct world_row *r)
{
    const struct expr_call *c = e->call;
    struct world_value v = {.missing = true};
    const char *seen[256];
    double sum = 0, n = 0, least = 0, most = 0, hits = 0;
    int64_t first = INT64_MAX, last = INT64_MIN;
    int different = 0;
    bool of_time = c->of.type == EXPR_TIME;
    for (size_t i = 0; i < r->event.n; i++) {
        const struct world_row *event = r->event.at[i];
        if (!happens(c->step, event) || !in_period(c, event))
            continue;
        hits++;
        first = when(event) < first ? when(event) : first;
        last = when(event) > last ? when(event) : last;
        const char *text = c->function == EXPR_DAYS ? cell(event, "", STR("time"))
                           : c->of.name.n           ? cell(event, "", c->of.name)
                                                    : NULL;
        if (!text)
            continue;
        size_t length = c->function == EXPR_DAYS ? 10 : strlen(text) + 1;
        bool known = false;
        for (int k = 0; k < different; k++)
            known = known || strncmp(seen[k], text, length) == 0;
        if (!known)
            seen[different++] = text;
        double x = c->function == EXPR_DAYS ? 0
                   : of_time                ? (double)value_of(&c->of, event).time
                                            : strtod(text, NULL);
        sum += x;
        least = n == 0 || x < least ? x : least;
        most = n == 0 || x > most ? x : most;
        n++;
    }
    switch (c->function) {
    case EXPR_DID: v = (struct world_value){.number = hits}; break;
    case EXPR_SUM: v = (struct world_value){.number = sum}; break;
    case EXPR_AVG: v = (struct world_value){.missing = n == 0, .number = sum / n}; break;
    case EXPR_MIN:
        v = (struct world_value){.missing = n == 0, .number = least, .time = (int64_t)least};
        break;
    case EXPR_MAX: v = (struct world_value){.missing = n == 0, .number = most, .time = (int64_t)most}; break;
    case EXPR_DISTINCT:
    case EXPR_DAYS: v = (struct world_value){.number = different}; break;
    case EXPR_FIRST: v = (struct world_value){.missing = hits == 0, .time = first}; break;
    case EXPR_LAST: v = (struct world_value){.missing = hits == 0, .time = last}; break;
    case EXPR_IN_ORDER: abort();
    }
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
    if (e->definition)
        return world_eval(e->definition, r);
    if (e->op == EXPR_SEQUENCE)
        return chain(e->call, r, 0, 0, 0);
    struct world_value v = e->call ? called(e, r) : value_of(&e->field, r);
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
    case EXPR_OLDER: return v.time < e->literal->time;
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

static bool same_or_none(const struct expr *a, const struct expr *b)
{
    return !a == !b && (!a || world_same(a, b));
}

static bool same_call(const struct expr_call *a, const struct expr_call *b)
{
    const struct expr_period *p = &a->period, *q = &b->period;
    bool same = a->function == b->function && a->steps == b->steps && a->within == b->within &&
                same_field(&a->of, &b->of) && str_eq(a->within_text, b->within_text) && p->kind == q->kind &&
                p->from == q->from && p->to == q->to && str_eq(p->text[0], q->text[0]) &&
                str_eq(p->text[1], q->text[1]);
    for (size_t i = 0; same && i < a->steps; i++)
        same = a->step[i].absent == b->step[i].absent && world_same(a->step[i].event, b->step[i].event) &&
               same_or_none(a->step[i].where, b->step[i].where);
    return same;
}

static bool same_question(const struct expr_question *a, const struct expr_question *b)
{
    bool same = a->n == b->n && str_eq(a->after, b->after);
    for (size_t i = 0; same && i < a->n; i++)
        same =
            str_eq(a->asked[i].before, b->asked[i].before) && world_same(a->asked[i].tree, b->asked[i].tree);
    return same;
}

bool world_same(const struct expr *a, const struct expr *b)
{
    if (a->op != b->op || a->n != b->n || !a->call != !b->call)
        return false;
    if (a->call && !same_call(a->call, b->call))
        return false;
    if (!a->question != !b->question || (a->question && !same_question(a->question, b->question)))
        return false;
    if (!same_or_none(a->definition, b->definition))
        return false;
    bool inner = a->op == EXPR_AND || a->op == EXPR_OR || a->op == EXPR_NOT;
    if (!inner && !same_field(&a->field, &b->field))
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (inner ? !world_same(a->child[i], b->child[i]) : !same_literal(&a->literal[i], &b->literal[i]))
            return false;
    return true;
}
