/* breakdown.c - the groups of a breakdown: counted, cut to the largest, named. */
#include "config.h"
#include "analysis/breakdown.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/nls.h"
#include "base/num.h"
#include "analysis/attr.h"
#include "analysis/tagging.h"
#include "model/catalogue.h"
#include "model/suggest.h"

/* ---- values met */

static size_t value_place(const struct value_count *c, int64_t value)
{
    uint64_t h = (uint64_t)value * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (size_t)(h >> 32) & (c->cap - 1);
    while (c->n[i] && c->value[i] != value)
        i = (i + 1) & (c->cap - 1);
    return i;
}

static void value_add(struct value_count *c, int64_t value, uint64_t n)
{
    if (2 * (c->used + 1) > c->cap) {
        struct value_count old = *c;
        c->cap = old.cap ? 2 * old.cap : 256;
        c->value = mem_alloc(c->cap * sizeof(*c->value));
        c->n = mem_zalloc(c->cap * sizeof(*c->n));
        for (size_t i = 0; i < old.cap; i++)
            if (old.n[i]) {
                size_t at = value_place(c, old.value[i]);
                c->value[at] = old.value[i];
                c->n[at] = old.n[i];
            }
        free(old.value);
        free(old.n);
    }
    size_t at = value_place(c, value);
    c->used += c->n[at] == 0;
    c->value[at] = value;
    c->n[at] += n;
}

static void value_done(struct value_count *c)
{
    free(c->value);
    free(c->n);
    *c = (struct value_count){0};
}

/* ---- groups */

/* 64 users at a time, of all tags: later tags first, so that the first has the last word. */
static void fill_users(int64_t *of_user, uint32_t users, uint64_t *const *word, size_t n)
{
    for (size_t w = 0; w <= users / 64; w++) {
        int64_t *here = of_user + 64 * w;
        for (unsigned i = 0; i < 64; i++)
            here[i] = COLUMN_NULL;
        for (size_t k = n; k-- > 0;)
            for (uint64_t left = word[k][w]; left; left &= left - 1)
                here[__builtin_ctzll(left)] = (int64_t)k;
    }
}

/* Only these tags have to be found. */
static struct catalogue of_category(struct ask *a, const struct catalogue *c, struct str category)
{
    struct catalogue one = {.tag = arena_array(&a->arena, struct tag, c->n + 1)};
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->tag[i].category, category))
            one.tag[one.n++] = c->tag[i];
    return one;
}

static bool by_tag(struct breakdown *b, struct ask *a, struct str category, struct err *err)
{
    struct tagging t;
    const struct catalogue *all = schema_catalogue(a->schema);
    struct str id = catalogue_find_category(all, category);
    struct catalogue one = of_category(a, all, id);
    if (!tagging_load(&t, a, &one, err))
        return false;
    const struct tag **tag = arena_array(&a->arena, const struct tag *, t.n + 1);
    uint64_t **word = arena_array(&a->arena, uint64_t *, t.n + 1);
    uint32_t n = 0;
    int64_t *of_user = arena_alloc(&a->arena, ((size_t)a->users / 64 + 1) * 64 * sizeof(*of_user));
    for (size_t i = 0; i < t.n; i++)
        if (t.at[i].set) {
            word[n] = userset_words(t.at[i].set, a->users);
            tag[n++] = t.at[i].tag;
        }
    fill_users(of_user, a->users, word, n);
    for (uint32_t k = 0; k < n; k++)
        free(word[k]);
    b->tag = tag;
    b->of_user = of_user;
    b->type = COLUMN_CODE;
    b->codes = b->none_group = n;
    b->groups = n + 1;
    tagging_done(&t);
    return n ||
           err_set(err, ERR_USAGE,
                   id.n ? _("--by tag:%.*s: this store has nothing that these tags speak of; take one of %s")
                        : _("--by tag:%.*s: there is no such category of tags; take one of %s"),
                   (int)category.n, category.p, catalogue_categories(all, &a->arena));
}

static void by_column(struct breakdown *b, const struct expr_field *f)
{
    b->column = (uint16_t)f->id;
    b->type = f->type == EXPR_TEXT   ? COLUMN_CODE
              : f->type == EXPR_BOOL ? COLUMN_BOOL
              : f->type == EXPR_TIME ? COLUMN_TIME
                                     : COLUMN_NUMBER;
    b->codes = b->type == COLUMN_CODE ? dict_count(b->ask->snapshot, b->column) : 0;
    b->none_group = b->codes;
    b->groups = b->codes + 1;
}

static bool by_attribute(struct breakdown *b, struct ask *a, const char *name, struct err *err)
{
    const struct expr_vocabulary *v = schema_vocabulary(a->schema);
    struct expr_field field;
    uint32_t users;
    if (!v->field(v->arg, str_of(name), true, &field))
        return err_set(err, ERR_USAGE,
                       _("--by user.%s: customers have no such attribute; these they have: %s"), name,
                       suggest_names(&a->arena, v, 'a', str_of(name), false));
    int64_t *value = attr_load(a->snapshot, (uint16_t)field.id, &users, err);
    if (!value)
        return false;
    int64_t *of_user = arena_alloc(&a->arena, ((size_t)users + 1) * sizeof(*of_user));
    memcpy(of_user, value, users * sizeof(*of_user));
    free(value);
    by_column(b, &field);
    b->of_user = of_user;
    return true;
}

bool breakdown_init(struct breakdown *b, struct ask *a, const char *name, struct err *err)
{
    struct expr_field field;
    const struct expr_vocabulary *v = schema_vocabulary(a->schema);
    *b = (struct breakdown){.ask = a, .none_group = UINT32_MAX, .other_group = UINT32_MAX, .groups = 1};
    if (!name)
        return true;
    if (strcmp(name, "event") == 0) {
        b->by_event = true;
        b->groups = b->codes = a->events;
        return true;
    }
    if (strncmp(name, "tag:", 4) == 0)
        return by_tag(b, a, str_of(name + 4), err);
    if (strncmp(name, "user.", 5) == 0 && !v->field(v->arg, str_of(name), false, &field))
        return by_attribute(b, a, name + 5, err);
    if (!v->field(v->arg, str_of(name), false, &field))
        return err_set(err, ERR_USAGE,
                       _("--by %s: the store has no such property; write event, tag:CATEGORY, user.ATTRIBUTE "
                         "or one of its properties: %s"),
                       name, ask_properties(a, str_of(name), false));
    by_column(b, &field);
    return true;
}

void breakdown_count_init(struct breakdown_count *c, const struct breakdown *b)
{
    *c = (struct breakdown_count){0};
    c->of_code = mem_zalloc(((size_t)b->codes + 1) * sizeof(*c->of_code));
}

/* n times a value that is not an event's code. */
static inline void count_value(struct breakdown_count *c, const struct breakdown *b, int64_t value,
                               uint64_t n)
{
    if (value == COLUMN_NULL)
        c->of_code[b->codes] += n;
    else if (b->type != COLUMN_CODE)
        value_add(&c->of_value, value, n);
    else
        c->of_code[(uint64_t)value < b->codes ? (uint64_t)value : b->codes] += n;
}

void breakdown_count_add(struct breakdown_count *c, const struct breakdown *b, const uint32_t *code,
                         const int64_t *prop, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (b->by_event)
            c->of_code[code[i]]++;
        else
            count_value(c, b, prop[i], 1);
    }
}

void breakdown_count_user(struct breakdown_count *c, const struct breakdown *b, uint32_t user, uint64_t n)
{
    count_value(c, b, b->of_user[user], n);
}

void breakdown_count_merge(struct breakdown_count *into, const struct breakdown_count *from,
                           const struct breakdown *b)
{
    for (size_t k = 0; k <= b->codes; k++)
        into->of_code[k] += from->of_code[k];
    for (size_t i = 0; i < from->of_value.cap; i++)
        if (from->of_value.n[i])
            value_add(&into->of_value, from->of_value.value[i], from->of_value.n[i]);
}

void breakdown_count_done(struct breakdown_count *c)
{
    free(c->of_code);
    value_done(&c->of_value);
}

/* ---- names */

static struct str name_of_value(const struct breakdown *b, int64_t value)
{
    struct buf t = {0};
    if (b->type == COLUMN_BOOL)
        buf_puts(&t, value ? "true" : "false");
    else if (b->type == COLUMN_TIME)
        zone_put_rfc3339(b->ask->zone, &t, value);
    else
        num_put_double(&t, column_number(value));
    struct str s = arena_str(&b->ask->arena, buf_view(&t));
    buf_done(&t);
    return s;
}

static struct str name_of_code(const struct breakdown *b, uint32_t code)
{
    struct str s;
    if (b->tag)
        return b->tag[code]->id;
    return dict_get(b->ask->snapshot, b->by_event ? COL_EVENT : b->column, code, &s, NULL) ? s : STR("?");
}

struct str breakdown_value_name(const struct breakdown *b, int64_t value)
{
    return breakdown_is_text(b) ? name_of_code(b, (uint32_t)value) : name_of_value(b, value);
}

struct str breakdown_name(struct breakdown *b, uint32_t group)
{
    if (group == b->none_group)
        return STR("(none)");
    if (group == b->other_group)
        return STR("(other)");
    return b->name ? b->name[group] : name_of_code(b, group);
}

struct value breakdown_cell(const struct breakdown *b, struct arena *arena, struct str group)
{
    const struct tag *tag = b->tag ? catalogue_find(schema_catalogue(b->ask->schema), group) : NULL;
    if (b->by_event)
        return ask_event_value(b->ask, arena, group);
    if (tag)
        return value_shown(value_text(arena, group), arena_str(arena, catalogue_name(tag)).p);
    return ask_group_value(arena, group);
}

uint32_t breakdown_find(struct breakdown *b, struct str name)
{
    for (uint32_t g = 0; g < b->groups; g++)
        if (str_eq(breakdown_name(b, g), name))
            return g;
    return UINT32_MAX;
}

/* ---- the largest */

struct candidate {
    uint64_t n;
    int64_t value; /* or code */
    struct str name;
};

static int candidate_cmp(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return str_cmp(x->name, y->name);
}

static size_t list_candidates(const struct breakdown *b, const struct breakdown_count *c,
                              struct candidate **out)
{
    size_t n = 0;
    struct candidate *list = mem_alloc((b->codes + c->of_value.used + 1) * sizeof(*list));
    for (uint32_t k = 0; k < b->codes; k++)
        if (c->of_code[k])
            list[n++] = (struct candidate){c->of_code[k], k, name_of_code(b, k)};
    for (size_t i = 0; i < c->of_value.cap; i++)
        if (c->of_value.n[i])
            list[n++] = (struct candidate){c->of_value.n[i], c->of_value.value[i],
                                           name_of_value(b, c->of_value.value[i])};
    if (n)
        qsort(list, n, sizeof(*list), candidate_cmp);
    *out = list;
    return n;
}

uint32_t breakdown_value_group(const struct breakdown *b, int64_t prop)
{
    if (prop == COLUMN_NULL)
        return b->none_group;
    size_t at = b->of_value.cap ? value_place(&b->of_value, prop) : 0;
    return b->of_value.cap && b->of_value.n[at] ? (uint32_t)b->of_value.n[at] - 1 : b->other_group;
}

/* A table of values that does not grow: its numbers are groups + 1. */
static void index_new(struct value_count *c, size_t values, struct arena *a)
{
    for (c->cap = 16; c->cap < 2 * values;)
        c->cap *= 2;
    c->value = arena_array(a, int64_t, c->cap);
    c->n = arena_array(a, uint64_t, c->cap);
}

static void index_add(struct value_count *c, int64_t value, uint32_t group)
{
    size_t at = value_place(c, value);
    c->value[at] = value;
    c->n[at] = (uint64_t)group + 1;
}

void breakdown_fold(struct breakdown *b, const struct breakdown_count *c, int64_t top)
{
    struct candidate *list;
    struct arena *a = &b->ask->arena;
    size_t n = list_candidates(b, c, &list);
    uint32_t named = top > 0 && (uint64_t)top < n ? (uint32_t)top : (uint32_t)n;
    bool none = c->of_code[b->codes] > 0;
    b->other_group = named < n ? named : UINT32_MAX;
    b->none_group = none ? named + (named < n) : UINT32_MAX;
    b->groups = named + (named < n) + none;
    b->name = arena_array(a, struct str, (size_t)named + 1);
    b->of_code = arena_array(a, uint32_t, (size_t)b->codes + 1);
    index_new(&b->of_value, named, a);
    for (uint32_t k = 0; k <= b->codes; k++)
        b->of_code[k] = k == b->codes ? b->none_group : b->other_group;
    for (uint32_t g = 0; g < named; g++) {
        b->name[g] = list[g].name;
        if (breakdown_is_text(b))
            b->of_code[list[g].value] = g;
        else
            index_add(&b->of_value, list[g].value, g);
    }
    free(list);
}
