/* event_reader.c - values of events, looked up once each. */
#include "config.h"
#include "analysis/event_reader.h"

#include <stdlib.h>

/* By a hash of the raw value; another one of the same hash takes the place. A short life needs few. */
enum { PLACES_BITS = 10, COMBINATIONS_BITS = 12 };

struct place {
    bool taken;
    int64_t raw;
    struct value value, second; /* of names: the display name; of reasons: none */
};

/* Events with the same values in all properties share what is told of them: most are pages seen over some
 * channel. */
struct combination {
    bool taken;
    size_t event; /* one that has it */
    struct value properties, reason;
};

struct event_reader {
    struct ask *ask;
    const struct event_columns *columns;
    const int64_t *const *prop;
    struct arena *arena;
    const char **name; /* of the columns, in the arena */
    struct failing failing;
    const int64_t **failing_prop; /* the columns of `failing` among prop */
    unsigned place_bits, combination_bits;
    struct place *event, *value, *reason; /* of the latter two as many per column, and per one of `failing` */
    struct combination *combination;
};

void event_columns_init(struct event_columns *out, struct ask *a)
{
    const struct column_def *c;
    size_t n = snapshot_columns(a->snapshot, &c);
    *out = (struct event_columns){.def = arena_array(&a->arena, const struct column_def *, n + 1),
                                  .id = arena_array(&a->arena, uint16_t, n + 1)};
    for (size_t i = 0; i < n; i++)
        if (c[i].table == TABLE_EVENTS && c[i].id >= COL_FIRST) {
            out->id[out->n] = c[i].id;
            out->def[out->n++] = &c[i];
        }
}

/* A place for raw of the k-th column. */
static struct place *place_of(const struct event_reader *r, struct place *places, size_t k, int64_t raw)
{
    uint64_t h = (uint64_t)raw * UINT64_C(0x9E3779B97F4A7C15);
    return &places[(k << r->place_bits) + (size_t)(h >> (64 - r->place_bits))];
}

static struct place *places_new(const struct event_reader *r, size_t columns)
{
    return mem_zalloc((columns << r->place_bits) * sizeof(struct place));
}

/* So many that n different values would fill half of them, at most 2^most. */
static unsigned bits_for(size_t n, unsigned most)
{
    unsigned bits = 1;
    while (bits < most && (size_t)1 << bits < 2 * n)
        bits++;
    return bits;
}

struct event_reader *event_reader_new(struct ask *a, const struct event_columns *c,
                                      const int64_t *const *prop, size_t n, struct arena *arena)
{
    struct event_reader *r = mem_zalloc(sizeof(*r));
    *r = (struct event_reader){.ask = a,
                               .columns = c,
                               .prop = prop,
                               .arena = arena,
                               .place_bits = bits_for(n, PLACES_BITS),
                               .combination_bits = bits_for(n, COMBINATIONS_BITS)};
    failing_init(&r->failing, a);
    r->name = mem_zalloc((c->n + 1) * sizeof(*r->name));
    r->failing_prop = mem_zalloc((r->failing.n + 1) * sizeof(*r->failing_prop));
    r->event = places_new(r, 1);
    r->value = places_new(r, c->n + 1);
    r->reason = places_new(r, r->failing.n + 1);
    r->combination = mem_zalloc(sizeof(*r->combination) << r->combination_bits);
    for (size_t k = 0; k < c->n; k++) {
        size_t f = failing_find(&r->failing, c->id[k]);
        r->name[k] = arena_str(arena, c->def[k]->name).p;
        if (f < r->failing.n)
            r->failing_prop[f] = prop[k];
    }
    return r;
}

void event_reader_free(struct event_reader *r)
{
    free(r->name);
    free(r->failing_prop);
    free(r->value);
    free(r->reason);
    free(r->event);
    free(r->combination);
    free(r);
}

bool event_reader_failed(const struct event_reader *r, size_t i)
{
    return failing_why(&r->failing, r->failing_prop, i) < r->failing.n;
}

static bool read_value(struct event_reader *r, size_t k, int64_t raw, struct value *out, struct err *err)
{
    struct place *p = place_of(r, r->value, k, raw);
    if (!p->taken || p->raw != raw) {
        p->taken = false;
        if (!failing_value(r->ask->snapshot, r->columns->def[k], raw, r->arena, &p->value, err))
            return false;
        p->taken = true;
        p->raw = raw;
    }
    *out = p->value;
    return true;
}

static bool make_reason(struct event_reader *r, size_t f, int64_t raw, struct value *out, struct err *err)
{
    struct buf text = {0};
    const struct failing_column *c = &r->failing.at[f];
    struct object *o = arena_new(r->arena, struct object);
    if (!failing_text(r->ask->snapshot, c->def, raw, &text, err))
        return false;
    struct value said, told;
    failing_explain(r->ask, buf_view(&text), r->arena, &said, &told);
    o->at = arena_array(r->arena, struct field, o->cap = 4);
    object_add(r->arena, o, "property", value_text(r->arena, c->def->name));
    object_add(r->arena, o, "value", value_text(r->arena, buf_view(&text)));
    object_add(r->arena, o, "text", said);
    object_add(r->arena, o, "tell", told);
    buf_done(&text);
    *out = value_object(o);
    return true;
}

static bool read_reason(struct event_reader *r, size_t i, struct value *out, struct err *err)
{
    size_t f = failing_why(&r->failing, r->failing_prop, i);
    *out = value_none();
    if (f == r->failing.n)
        return true;
    int64_t raw = r->failing_prop[f][i];
    struct place *p = place_of(r, r->reason, f, raw);
    if (!p->taken || p->raw != raw) {
        p->taken = false;
        if (!make_reason(r, f, raw, &p->value, err))
            return false;
        p->taken = true;
        p->raw = raw;
    }
    *out = p->value;
    return true;
}

static bool read_properties(struct event_reader *r, size_t i, struct value *out, struct err *err)
{
    size_t n = 0;
    for (size_t k = 0; k < r->columns->n; k++)
        n += r->prop[k][i] != COLUMN_NULL;
    struct object *o = arena_alloc(r->arena, sizeof(*o));
    *o = (struct object){.at = arena_alloc(r->arena, n * sizeof(*o->at) + 1), .cap = n};
    for (size_t k = 0; k < r->columns->n; k++) {
        struct value v;
        if (r->prop[k][i] == COLUMN_NULL)
            continue;
        if (!read_value(r, k, r->prop[k][i], &v, err))
            return false;
        o->at[o->n++] = (struct field){r->name[k], v};
    }
    *out = value_object(o);
    return true;
}

static struct combination *combination_of(struct event_reader *r, size_t i)
{
    uint64_t h = 0;
    for (size_t k = 0; k < r->columns->n; k++)
        h = (h ^ (uint64_t)r->prop[k][i]) * UINT64_C(0x9E3779B97F4A7C15);
    return &r->combination[h >> (64 - r->combination_bits)];
}

static bool is_same(const struct event_reader *r, size_t i, size_t k)
{
    for (size_t c = 0; c < r->columns->n; c++)
        if (r->prop[c][i] != r->prop[c][k])
            return false;
    return true;
}

bool event_reader_read(struct event_reader *r, size_t i, struct value *properties, struct value *reason,
                       struct err *err)
{
    struct combination *c = combination_of(r, i);
    if (!c->taken || !is_same(r, c->event, i)) {
        c->taken = false;
        if (!read_properties(r, i, &c->properties, err) || !read_reason(r, i, &c->reason, err))
            return false;
        c->taken = true;
        c->event = i;
    }
    *properties = c->properties;
    *reason = c->reason;
    return true;
}

bool event_reader_name(struct event_reader *r, uint32_t code, struct value *id, struct value *name,
                       struct err *err)
{
    struct place *p = place_of(r, r->event, 0, code);
    if (!p->taken || p->raw != code) {
        struct str text;
        p->taken = false;
        if (!dict_get(r->ask->snapshot, COL_EVENT, code, &text, err))
            return false;
        p->taken = true;
        p->raw = code;
        p->value = value_text(r->arena, text);
        p->second = value_text(r->arena, schema_event_name(r->ask->schema, text));
    }
    *id = p->value;
    *name = p->second;
    return true;
}
