/* builder_detail.c - what stands around the numbers of a condition in the segment builder: every tag within
 * it, some of its customers, and the spread of what the cursor is on.
 *
 * The sets of all tags are found in one go when the builder opens and kept, as plain bitmaps: to count fifty
 * of them among the chosen is then a walk over memory, shared out over the processors. */
#include "config.h"

#include <stdlib.h>

#include "analysis/attr.h"
#include "analysis/behaviour.h"
#include "app/builder_count_p.h"
#include "base/nls.h"

/* ---- the sets of the entries */

void counter_forget(struct counter *c)
{
    for (size_t i = 0; i < c->sets; i++)
        free(c->set[i]);
    free(c->set);
    free(c->size);
    c->set = NULL;
    c->size = NULL;
    c->sets = 0;
}

static bool keep_set(struct run *r, size_t i, const struct expr *e, struct err *err)
{
    struct counter *k = r->c->counter;
    struct userset *set = audience_find(&r->audience, e, err);
    if (!set)
        return false;
    k->size[i] = userset_count(set);
    k->set[i] = userset_words(set, dict_count(r->snapshot, COL_USER));
    userset_free(set);
    return true;
}

static bool find_sets(struct run *r, struct err *err)
{
    struct count *c = r->c;
    struct counter *k = c->counter;
    const struct expr **all = arena_array(&c->arena, const struct expr *, c->entries + 1),
                      **known = arena_array(&c->arena, const struct expr *, c->entries + 1);
    size_t n = 0;
    struct err unknown;
    for (size_t i = 0; i < c->entries; i++)
        if (c->entry[i].known && (all[i] = count_parse(r, c->entry[i].text, &unknown)))
            known[n++] = all[i];
    bool ok = audience_prepare(&r->audience, known, n, err);
    k->set = mem_zalloc((c->entries + 1) * sizeof *k->set);
    k->size = mem_zalloc((c->entries + 1) * sizeof *k->size);
    k->sets = c->entries;
    for (size_t i = 0; ok && i < c->entries; i++)
        ok = !all[i] || keep_set(r, i, all[i], err);
    if (!ok)
        counter_forget(k);
    return ok;
}

static bool have_sets(struct run *r, struct err *err)
{
    struct counter *k = r->c->counter;
    uint64_t version = snapshot_version(r->snapshot);
    if (k->set && k->version == version && k->entry == r->c->entry && k->sets == r->c->entries)
        return true;
    counter_forget(k);
    k->version = version;
    k->entry = r->c->entry;
    return find_sets(r, err);
}

struct within {
    struct run *run;
    const uint64_t *chosen;
    size_t words;
};

static bool count_one(void *arg, size_t i, unsigned worker)
{
    const struct within *w = arg;
    const struct counter *k = w->run->c->counter;
    struct builder_size *size = &w->run->c->detail.size[i];
    (void)worker;
    size->known = k->set[i] != NULL;
    if (size->known) {
        size->users = k->size[i];
        size->within = userset_words_and_count(k->set[i], w->chosen, w->words);
    }
    return !progress_cancelled(w->run->progress);
}

static bool count_entries(struct run *r, struct err *err)
{
    struct count *c = r->c;
    uint32_t users = dict_count(r->snapshot, COL_USER);
    uint64_t *chosen = userset_words(c->chosen, users);
    struct within w = {r, chosen, users / 64 + 1};
    c->detail.sizes = c->entries;
    c->detail.size = arena_array(&c->arena, struct builder_size, c->entries + 1);
    bool ok = !c->entries || pool_run(c->counter->pool, c->entries, count_one, &w);
    free(chosen);
    return ok || err_set(err, ERR_CANCELLED, _("cancelled"));
}

/* ---- who */

static bool pick_sample(struct run *r, struct err *err)
{
    struct count *c = r->c;
    struct detail *d = &c->detail;
    uint32_t last = UINT32_MAX, user;
    d->samples = 0;
    for (uint64_t i = 0; i < BUILDER_SAMPLE; i++) {
        uint32_t from = (uint32_t)(i * dict_count(r->snapshot, COL_USER) / BUILDER_SAMPLE);
        struct str id;
        if (last != UINT32_MAX && from <= last)
            from = last + 1;
        if (userset_list(c->chosen, from, &user, 1) == 0)
            continue;
        if (!dict_get(r->snapshot, COL_USER, user, &id, err))
            return false;
        d->sample[d->samples++] = arena_str(&c->arena, id).p;
        last = user;
    }
    return true;
}

/* ---- how what the cursor is on is spread */

/* The values that e compares: of an attribute, or of what customers did. NULL with err->code 0: it compares
 * nothing that has values. */
static int64_t *values_of(struct run *r, const struct expr *e, struct spread_of *of, struct err *err)
{
    if (e->definition || e->question || e->op == EXPR_AND || e->op == EXPR_OR || e->op == EXPR_NOT)
        return NULL;
    if (e->call) {
        if (e->op == EXPR_SEQUENCE)
            return NULL;
        struct buf name = {0};
        expr_put_subject(&name, e);
        *of = (struct spread_of){.name = arena_str(&r->c->arena, buf_view(&name)).p,
                                 .type = e->field.type == EXPR_TIME ? COLUMN_TIME : COLUMN_NUMBER,
                                 .users = dict_count(r->snapshot, COL_USER)};
        buf_done(&name);
        return behaviour_values(&r->audience, e, err);
    }
    const struct column_def *column = snapshot_column(r->snapshot, TABLE_USERS, e->field.name);
    if (!column || !e->field.of_user || e->field.id < COL_FIRST)
        return NULL;
    *of = (struct spread_of){
        .name = arena_str(&r->c->arena, column->name).p, .type = column->type, .column = column->id};
    return attr_load(r->snapshot, column->id, &of->users, err);
}

static bool make_spread(struct run *r, const struct expr *e, struct err *err)
{
    struct counter *k = r->c->counter;
    struct spread_of of;
    struct err why = {0};
    arena_done(&k->spread_arena);
    free(k->spread_look);
    k->spread_look = NULL;
    int64_t *value = values_of(r, e, &of, &why);
    if (!value) {
        *err = why;
        return !why.code;
    }
    struct userset *taken = audience_find(&r->audience, e, err);
    bool ok = taken && spread_build(&k->spread, r->snapshot, schema_zone(r->schema), &of, value, taken,
                                    &k->spread_arena, err);
    userset_free(taken);
    free(value);
    if (ok)
        k->spread_look = mem_strdup(r->c->look);
    k->spread_version = snapshot_version(r->snapshot);
    return ok;
}

/* The answer has its own copy: the counter's may change while it is looked at. */
static void copy_spread(struct count *c)
{
    struct spread *s = &c->detail.spread;
    *s = c->counter->spread;
    s->name = arena_strdup(&c->arena, s->name);
    for (size_t i = 0; i < s->bars; i++)
        s->bar[i].label = arena_strdup(&c->arena, s->bar[i].label);
    c->detail.has_spread = true;
}

static bool find_spread(struct run *r, struct err *err)
{
    struct count *c = r->c;
    struct counter *k = c->counter;
    struct err wrong;
    const struct expr *e = c->look ? count_parse(r, c->look, &wrong) : NULL;
    c->detail.has_spread = false;
    if (!e)
        return true;
    bool known = k->spread_look && strcmp(k->spread_look, c->look) == 0 &&
                 k->spread_version == snapshot_version(r->snapshot);
    if (!known && !make_spread(r, e, err))
        return false;
    if (k->spread_look)
        copy_spread(c);
    return true;
}

/* ---- all of it */

/* When the store has changed since, what is around the numbers may speak of others than they do: it will all
 * be counted anew, and until then nothing is shown. */
bool count_detail(struct count *c, struct progress *p, struct err *err)
{
    struct run r;
    struct detail *d = &c->detail;
    bool ok = count_begin(&r, c, p, err);
    if (ok && snapshot_version(r.snapshot) == c->version) {
        d->counted = d->counted || (have_sets(&r, err) && count_entries(&r, err) && pick_sample(&r, err));
        ok = d->counted && find_spread(&r, err);
    }
    count_end(&r);
    return ok;
}

void count_show_detail(struct count *c)
{
    const struct detail *d = &c->detail;
    c->answer.size = d->size;
    c->answer.sizes = d->sizes;
    c->answer.samples = d->samples;
    memcpy(c->answer.sample, d->sample, sizeof d->sample);
    c->shown = d->spread;
    c->answer.spread = d->has_spread ? &c->shown : NULL;
}

void count_borrow(struct count *c, const struct count *from)
{
    const struct builder_counts *a = &from->answer;
    if (!a->sizes || from->entry != c->entry || from->entries != c->entries)
        return;
    c->answer.sizes = a->sizes;
    c->answer.size = arena_array(&c->arena, struct builder_size, a->sizes);
    memcpy(c->answer.size, a->size, a->sizes * sizeof *a->size);
}

void count_look(struct count *c, const char *look)
{
    free(c->look);
    c->look = look ? mem_strdup(look) : NULL;
}

const char *count_looked(const struct count *c)
{
    return c->look;
}
