/* pairs.c - steps of a block of users. */
#include "config.h"
#include "analysis/pairs.h"

#include <stdlib.h>

#include "analysis/pick.h"

void pairs_done(struct pairs *p)
{
    free(p->all_bump);
    free(p->named);
    p->all_bump = NULL;
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
    p->named = mem_alloc(p->cap * sizeof(*p->named));
}

/* For pauses that fit 31 bits, so that all is done in lanes of 32. `name` and `time` have an element before
 * the first. */
PICK_CLONES static void make_short(const struct pairs_rule *r, const uint32_t *restrict name,
                                   const int64_t *restrict time, const uint8_t *restrict bump, size_t n,
                                   uint32_t *restrict key, uint16_t *restrict bucket)
{
    int64_t gap = r->gap, from = r->from, to = r->to;
    uint32_t names = r->names, none = names * names;
    for (size_t i = 0; i < n; i++) {
        int64_t then = time[i], pause = time[i + 1] - then;
        uint32_t ok =
            (uint32_t)(pause <= gap) & (uint32_t)(then >= from) & (uint32_t)(then <= to) & (bump[i] ^ 1u);
        uint32_t all = -ok, k = name[i] * names + name[i + 1];
        float f = (float)((int32_t)pause & (int32_t)all);
        int32_t bits;
        memcpy(&bits, &f, sizeof(bits));
        bits = (bits >> PAIRS_SHIFT) - PAIRS_BIAS;
        bucket[i] = (uint16_t)(bits > 0 ? bits : 0);
        key[i] = none ^ ((none ^ k) & all);
    }
}

static void make_long(const struct pairs_rule *r, const uint32_t *name, const int64_t *time,
                      const uint8_t *bump, size_t n, uint32_t *key, uint16_t *bucket)
{
    for (size_t i = 0; i < n; i++) {
        int64_t then = time[i], pause = time[i + 1] - then;
        bool ok = !bump[i] && pause <= r->gap && then >= r->from && then <= r->to;
        bucket[i] = (uint16_t)pairs_bucket(ok ? pause : 0);
        key[i] = ok ? name[i] * r->names + name[i + 1] : r->names * r->names;
    }
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
    p->bucket[0] = 0;
    (p->rule->gap <= INT32_MAX ? make_short : make_long)(p->rule, p->all_name + at + skip - 1,
                                                         p->time + skip - 1, p->bump + skip, p->n - skip,
                                                         p->key + skip, p->bucket + skip);
    return true;
}
