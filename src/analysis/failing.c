/* failing.c - judges the values of columns that can say an event failed. */
#include "config.h"
#include "analysis/failing.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/nls.h"
#include "base/num.h"

enum { UNJUDGED, FAILS, FINE };
enum { REMEMBERED = 1 << 16 }; /* larger dictionaries hold free text: judged as it comes */

static int by_rank(const void *a, const void *b)
{
    const struct failing_column *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    return (x->def->id > y->def->id) - (x->def->id < y->def->id);
}

void failing_init(struct failing *f, struct ask *a)
{
    const struct column_def *c;
    size_t n = snapshot_columns(a->snapshot, &c);
    *f = (struct failing){.ask = a,
                          .at = arena_array(&a->arena, struct failing_column, n + 1),
                          .id = arena_array(&a->arena, uint16_t, n + 1)};
    for (size_t i = 0; i < n; i++) {
        enum failure_rank rank = schema_failure_rank(a->schema, c[i].name);
        if (c[i].table != TABLE_EVENTS || c[i].id < COL_FIRST || rank == FAILURE_SILENT ||
            c[i].type == COLUMN_TIME)
            continue;
        struct failing_column *k = &f->at[f->n++];
        *k = (struct failing_column){.def = &c[i], .rank = rank};
        k->codes = c[i].type == COLUMN_CODE ? dict_count(a->snapshot, c[i].id) : 0;
        k->verdict = k->codes && k->codes <= REMEMBERED ? arena_zalloc(&a->arena, k->codes) : NULL;
    }
    if (f->n)
        qsort(f->at, f->n, sizeof(*f->at), by_rank);
    for (size_t k = 0; k < f->n; k++)
        f->id[k] = f->at[k].def->id;
}

bool failing_text(const struct snapshot *s, const struct column_def *c, int64_t raw, struct buf *out,
                  struct err *err)
{
    struct str text;
    buf_clear(out);
    switch (c->type) {
    case COLUMN_CODE:
        if (!dict_get(s, c->id, (uint32_t)raw, &text, err))
            return false;
        buf_str(out, text);
        return true;
    case COLUMN_NUMBER: num_put_double(out, column_number(raw)); return true;
    case COLUMN_BOOL: buf_puts(out, raw ? "true" : "false"); return true;
    case COLUMN_TIME: num_put_i64(out, raw); return true;
    }
    bug("unknown column type");
}

/* A text that cannot be read is no failure here: whoever shows the event reports the damage. */
static bool judge(const struct failing *f, const struct failing_column *c, int64_t value)
{
    struct buf text = {0};
    bool fails = failing_text(f->ask->snapshot, c->def, value, &text, NULL) &&
                 schema_is_failure(f->ask->schema, c->def->name, buf_view(&text));
    buf_done(&text);
    return fails;
}

bool failing_says(const struct failing *f, size_t k, int64_t value)
{
    const struct failing_column *c = &f->at[k];
    if (value == COLUMN_NULL)
        return false;
    if (!c->verdict)
        return judge(f, c, value);
    if (value < 0 || (uint64_t)value >= c->codes)
        return false; /* damage, which whoever shows the event reports */
    uint8_t v = atomic_load_explicit(&c->verdict[value], memory_order_relaxed);
    if (v == UNJUDGED) {
        v = judge(f, c, value) ? FAILS : FINE;
        atomic_store_explicit(&c->verdict[value], v, memory_order_relaxed);
    }
    return v == FAILS;
}

size_t failing_find(const struct failing *f, uint16_t column)
{
    size_t k = 0;
    while (k < f->n && f->id[k] != column)
        k++;
    return k;
}

bool failing_value(const struct snapshot *s, const struct column_def *c, int64_t raw, struct arena *arena,
                   struct value *out, struct err *err)
{
    struct str text;
    switch (c->type) {
    case COLUMN_CODE:
        if (!dict_get(s, c->id, (uint32_t)raw, &text, err))
            return false;
        *out = value_text(arena, text);
        return true;
    case COLUMN_NUMBER: *out = value_real(column_number(raw)); return true;
    case COLUMN_BOOL: *out = value_bool(raw != 0); return true;
    case COLUMN_TIME: *out = value_time(raw); return true;
    }
    bug("unknown column type");
}

void failing_explain(const struct ask *a, struct str reason, struct arena *arena, struct value *text,
                     struct value *tell)
{
    const struct reason *r = schema_reason(a->schema, reason);
    struct str said = r ? reason_text(r) : STR(""), told = r ? reason_tell(r) : STR("");
    *text = said.n ? value_text(arena, said) : value_none();
    *tell = told.n ? value_text(arena, told) : value_none();
}

/* ---- conditions */

/* The column's value that is written so; false: it has none, or it is no failure. */
static bool value_called(const struct failing *f, size_t k, struct str reason, int64_t *raw)
{
    const struct failing_column *c = &f->at[k];
    struct err damage;
    uint32_t code = UINT32_MAX;
    double d;
    switch (c->def->type) {
    case COLUMN_CODE:
        if (!dict_find(f->ask->snapshot, c->def->id, reason, &code, &damage) || code == UINT32_MAX)
            return false;
        *raw = code;
        break;
    case COLUMN_NUMBER:
        if (!num_double(reason, &d))
            return false;
        *raw = column_of_number(d);
        break;
    case COLUMN_BOOL:
        if (!str_eq(reason, STR("false")) && !str_eq(reason, STR("true")))
            return false;
        *raw = str_eq(reason, STR("true"));
        break;
    default: return false;
    }
    return failing_says(f, k, *raw);
}

static void put_condition(struct buf *out, const struct column_def *c, struct str reason)
{
    buf_putc(out, '`');
    for (size_t i = 0; i < c->name.n; i++) {
        if (c->name.p[i] == '`')
            buf_putc(out, '`');
        buf_putc(out, c->name.p[i]);
    }
    buf_puts(out, "` = ");
    if (c->type == COLUMN_CODE)
        expr_put_text(out, reason);
    else
        buf_str(out, reason);
}

/* Some of the reasons the store knows, those written most like the wrong one first. */
static const char *known_reasons(const struct failing *f, struct str wrong, struct ask *a)
{
    enum { TOLD = 6, LOOKED_AT = 10000 };
    struct str best[TOLD] = {{0}};
    size_t distance[TOLD] = {0}, n = 0;
    for (size_t k = 0; k < f->n; k++)
        for (uint32_t code = 0; code < f->at[k].codes && code < LOOKED_AT; code++) {
            struct str text;
            if (!failing_says(f, k, code) || !dict_get(a->snapshot, f->id[k], code, &text, NULL))
                continue;
            size_t d = str_distance(text, wrong, 64), at = n < TOLD ? n++ : TOLD;
            for (; at > 0 && d < distance[at - 1]; at--)
                if (at < TOLD) {
                    best[at] = best[at - 1];
                    distance[at] = distance[at - 1];
                }
            if (at < TOLD) {
                best[at] = text;
                distance[at] = d;
            }
        }
    struct buf b = {0};
    for (size_t i = 0; i < n; i++) {
        buf_puts(&b, i ? ", " : "");
        buf_str(&b, best[i]);
    }
    const char *text = b.n ? arena_str(&a->arena, buf_view(&b)).p : _("none");
    buf_done(&b);
    return text;
}

const char *failing_condition(const struct failing *f, const char *reason, const char *property,
                              struct ask *a, size_t *k, struct err *err)
{
    int64_t raw = 0;
    struct str text = str_trim(str_of(reason));
    for (*k = 0; *k < f->n; ++*k)
        if ((!property || str_eq(f->at[*k].def->name, str_of(property))) && value_called(f, *k, text, &raw))
            break;
    if (*k == f->n) {
        err_set(err, ERR_ABSENT, _("no event failed with %s; reasons there are: %s"), reason,
                known_reasons(f, text, a));
        return NULL;
    }
    struct buf b = {0};
    put_condition(&b, f->at[*k].def, text);
    const char *condition = arena_str(&a->arena, buf_view(&b)).p;
    buf_done(&b);
    return condition;
}
