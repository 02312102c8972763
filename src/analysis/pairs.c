/* pairs.c - steps of a block of users. */
#include "config.h"
#include "analysis/pairs.h"

#include <stdlib.h>

#include "analysis/pick.h"

void pairs_done(struct pairs *p)
{
    free(p->all_bump);
    free(p->cut);
    free(p->named);
    p->all_bump = p->cut = NULL;
    p->named = NULL;
    p->cap = 0;
}

static void room(struct pairs *p, size_t n)
{
    if (n + 1 <= p->cap)
        return;
    pairs_done(p);
    p->cap = n + 1;
    p->all_bump = mem_alloc(p->cap);
    p->cut = mem_alloc(p->cap);
    p->named = mem_alloc(p->cap * sizeof(*p->named));
}

/* ---- buckets */

enum { MANTISSA = 23, FINEST = 6, COARSEST = 2 };

static inline uint32_t bits_of(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof(bits));
    return bits;
}

/* The half keeps what multiplying rounds away from moving a pause to the bucket before. */
static struct pairs_scale scale_of(int fine_bits, int64_t longest, int64_t unit)
{
    struct pairs_scale s = {.fine = 1u << fine_bits, .shift = MANTISSA - fine_bits};
    s.per_unit = 1.0f / (float)unit;
    s.origin = (float)s.fine + 0.5f;
    /* One more than needed: the loops may round otherwise than this does. */
    s.buckets =
        (bits_of((float)longest * s.per_unit + s.origin) >> s.shift) - (bits_of(s.origin) >> s.shift) + 2;
    return s;
}

/* All fine if that can be, since then counting is all there is to do. Otherwise coarser ones do as well as
 * many fine ones, and stay in the cache. */
struct pairs_scale pairs_scale_for(int64_t longest, int64_t unit, uint64_t most)
{
    int bits = COARSEST;
    while (bits < MANTISSA - 3 && longest / unit >= INT64_C(1) << bits)
        bits++;
    struct pairs_scale s = scale_of(bits, longest, unit);
    if (s.buckets > most)
        for (bits = FINEST; bits >= COARSEST && s.buckets > most; bits--)
            s = scale_of(bits, longest, unit);
    return s;
}

/* ---- steps */

/* What is made for `n` events; `name` and `time` have an element before the first. */
struct made {
    const uint32_t *name;
    const int64_t *time;
    const uint8_t *cut;
    size_t n;
    uint32_t *key, *spot;
};

/* Pauses that fit 31 bits, so that all is done in lanes of 32. */
PICK_CLONES static void make_short(const struct pairs_rule *r, const struct made *m)
{
    int64_t gap = r->session.gap, from = r->from, to = r->to;
    uint32_t names = r->names, none = names * names, buckets = r->scale.buckets;
    int shift = r->scale.shift;
    float per_unit = r->scale.per_unit, origin = r->scale.origin;
    uint32_t first = bits_of(origin) >> shift;
    const uint32_t *restrict name = m->name;
    const int64_t *restrict time = m->time;
    const uint8_t *restrict cut = m->cut;
    uint32_t *restrict key = m->key, *restrict spot = m->spot;
    for (size_t i = 0; i < m->n; i++) {
        int64_t then = time[i], pause = time[i + 1] - then;
        uint32_t ok =
            (uint32_t)(pause <= gap) & (uint32_t)(then >= from) & (uint32_t)(then <= to) & (cut[i] ^ 1u);
        uint32_t all = -ok, pair = name[i] * names + name[i + 1];
        float f = (float)((int32_t)pause & (int32_t)all) * per_unit + origin;
        pair = none ^ ((none ^ pair) & all);
        key[i] = pair;
        spot[i] = pair * buckets + (bits_of(f) >> shift) - first;
    }
}

static void make_long(const struct pairs_rule *r, const struct made *m)
{
    const struct pairs_scale *s = &r->scale;
    for (size_t i = 0; i < m->n; i++) {
        int64_t then = m->time[i], pause = m->time[i + 1] - then;
        bool ok = !m->cut[i] && pause <= r->session.gap && then >= r->from && then <= r->to;
        float f = (float)(ok ? pause : 0) * s->per_unit + s->origin;
        m->key[i] = ok ? m->name[i] * r->names + m->name[i + 1] : r->names * r->names;
        m->spot[i] = m->key[i] * s->buckets + (bits_of(f) >> s->shift) - (bits_of(s->origin) >> s->shift);
    }
}

/* Where sessions begin other than by a pause. */
static const uint8_t *find_cuts(struct pairs *p, const struct session_rule *s, const uint64_t *mask)
{
    if (session_by_pause(s))
        return p->all_bump;
    for (size_t i = 0; i < p->hits; i++)
        p->cut[i] = p->all_bump[i] || session_is_cut(s, p->all_time, mask, i);
    return p->cut;
}

void pairs_begin(struct pairs *p, const struct pairs_rule *r, const struct journeys *js)
{
    size_t base = js->start[0];
    p->hits = js->start[js->users] - base;
    p->at = 0;
    p->rule = r;
    p->all_time = js->time + base;
    p->all_name = js->code + base;
    room(p, p->hits);
    memset(p->all_bump, 0, p->hits + 1);
    for (size_t u = 0; u < js->users; u++)
        p->all_bump[js->start[u] - base] = 1;
    p->all_cut = find_cuts(p, &r->session, js->mask ? js->mask + base : NULL);
    for (size_t i = 0; r->name && i < p->hits; i++)
        p->named[i] = r->name[p->all_name[i]];
    if (r->name)
        p->all_name = p->named;
}

bool pairs_next(struct pairs *p)
{
    size_t at = p->at, left = p->hits - at, skip = at == 0;
    if (!left)
        return false;
    p->n = left < PAIRS_MOST ? left : PAIRS_MOST;
    p->time = p->all_time + at;
    p->bump = p->all_bump + at;
    p->at += p->n;
    /* Nothing lies before the block's first event, which is its user's first anyway. */
    p->key[0] = p->rule->names * p->rule->names;
    p->spot[0] = p->key[0] * p->rule->scale.buckets;
    struct made m = {p->all_name + at + skip - 1,
                     p->time + skip - 1,
                     p->all_cut + at + skip,
                     p->n - skip,
                     p->key + skip,
                     p->spot + skip};
    (p->rule->session.gap <= INT32_MAX ? make_short : make_long)(p->rule, &m);
    return true;
}
