/* lone.c - users who did nothing but lead, counted a block at a time.
 *
 * In most funnels most customers take the first step and no other. Whether a run of rows has a first step, a
 * late one, or any other hit is answered for 64 rows by one addition (pick_any), so that the only users
 * looked at one by one are those who went on. */
#include "config.h"

#include <stdlib.h>

#include "analysis/cursor_p.h"

enum { SETS = 10 };

/* Sets of the block's rows. Those from `end` on hold last rows of runs. */
struct sets {
    size_t words;
    uint64_t *lead, *later, *late;
    uint64_t *end, *own, *edge; /* own: of members whose rows all lie in this block */
    uint64_t *joined; /* of ids whose customer has others: their hits are joined before they count */
    uint64_t *any_lead, *any_later, *any_late;
};

static struct sets room(struct cursor *c, uint32_t rows)
{
    size_t words = pick_words(rows);
    if (words * SETS > c->set_cap) {
        c->set_cap = words * SETS;
        free(c->set);
        c->set = mem_alloc(c->set_cap * sizeof(*c->set));
    }
    uint64_t *w[SETS];
    for (size_t i = 0; i < SETS; i++)
        w[i] = c->set + i * words;
    return (struct sets){words, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9]};
}

/* ---- rows */

static void choose_bits(struct cursor *c, const uint8_t *raw, uint32_t rows, const uint8_t keep[256],
                        uint64_t *set)
{
    pick_flag_bytes(raw, rows, keep, c->flag);
    pick_bits(c->flag, rows, set);
}

static void choose_rows(struct cursor *c, const uint64_t mask[256], const uint8_t *raw, uint32_t rows,
                        struct sets *s)
{
    uint8_t lead[256], later[256];
    for (unsigned i = 0; i < 256; i++) {
        lead[i] = mask[i] == 1;
        later[i] = mask[i] > 1;
    }
    choose_bits(c, raw, rows, lead, s->lead);
    choose_bits(c, raw, rows, later, s->later);
}

/* The rows at or after `limit`. */
static void choose_since(struct cursor *c, const struct column_view *time, const struct clip *clip,
                         int64_t limit, uint64_t *set)
{
    pick_at_least(time, clip->row, clip->rows, limit, c->flag);
    pick_bits(c->flag, clip->rows, set);
}

/* Takes leading hits outside the period away, and finds the late ones. */
static void choose_leads(struct cursor *c, const struct column_view *time, const struct clip *clip,
                         struct sets *s)
{
    const struct scan *scan = c->plan->scan;
    if (scan->from > time->min) {
        choose_since(c, time, clip, scan->from, s->late);
        for (size_t w = 0; w < s->words; w++)
            s->lead[w] &= s->late[w];
    }
    if (scan->lead_to < time->max) {
        choose_since(c, time, clip, scan->lead_to + 1, s->late);
        for (size_t w = 0; w < s->words; w++)
            s->lead[w] &= ~s->late[w];
    }
    choose_since(c, time, clip, scan->lead_late, s->late);
    for (size_t w = 0; w < s->words; w++)
        s->late[w] &= s->lead[w];
}

/* ---- users */

static inline void set_bit(uint64_t *set, uint32_t i)
{
    set[i / 64] |= UINT64_C(1) << i % 64;
}

/* Rows before or behind this block may make a difference to its first and its last user. */
static void move_edge(const struct cursor *c, uint32_t u, struct sets *s)
{
    uint32_t end = c->start[u + 1] - 1;
    set_bit(s->edge, end);
    s->own[end / 64] &= ~(UINT64_C(1) << end % 64);
}

/* What another id did may lie between two hits of this one, so all of them stay. */
static void find_joined(const struct cursor *c, struct sets *s)
{
    const struct links *links = c->plan->links;
    memset(s->joined, 0, s->words * sizeof(*s->joined));
    for (uint32_t u = 0; links && u < c->users; u++) {
        uint32_t end = c->start[u + 1] - 1;
        s->joined[end / 64] |= (uint64_t)links_is_joined(links, c->user[u]) << end % 64;
    }
    for (size_t w = 0; links && w < s->words; w++) {
        s->own[w] &= ~s->joined[w];
        s->edge[w] |= s->joined[w];
    }
}

static void find_ends(const struct cursor *c, bool edge, struct sets *s)
{
    const uint64_t *member = c->plan->scan->member;
    memset(s->end, 0, s->words * sizeof(*s->end));
    memset(s->edge, 0, s->words * sizeof(*s->edge));
    for (uint32_t u = 0; u < c->users; u++)
        set_bit(s->end, c->start[u + 1] - 1);
    memcpy(s->own, s->end, s->words * sizeof(*s->own));
    if (member) {
        memset(s->own, 0, s->words * sizeof(*s->own));
        for (uint32_t u = 0; u < c->users; u++)
            if (member[c->user[u] / 64] >> (c->user[u] % 64) & 1)
                set_bit(s->own, c->start[u + 1] - 1);
    }
    if (edge)
        move_edge(c, 0, s);
    if (c->more)
        move_edge(c, c->users - 1, s);
    find_joined(c, s);
}

PICK_CLONES static void count_lone(struct cursor *c, const struct sets *s)
{
    for (size_t w = 0; w < s->words; w++) {
        uint64_t lone = s->own[w] & ~s->any_later[w];
        c->lone.users += (uint64_t)__builtin_popcountll(lone);
        c->lone.lead += (uint64_t)__builtin_popcountll(lone & s->any_lead[w]);
        c->lone.late += (uint64_t)__builtin_popcountll(lone & s->any_late[w]);
    }
}

/* Appends the hits of rows [from, to) to the chosen; of leading hits in a row the last one, unless `all`. */
static inline void take_rows(struct cursor *c, const struct sets *s, uint32_t from, uint32_t to, bool all)
{
    uint32_t *pos = c->picked.pos, n = c->n;
    uint32_t led = 0; /* the hit before is a leading one */
    for (uint32_t w = from / 64; w <= (to - 1) / 64; w++) {
        uint64_t bits = s->lead[w] | s->later[w], lead = all ? 0 : s->lead[w];
        if (w == from / 64)
            bits &= UINT64_MAX << from % 64;
        if (w == (to - 1) / 64)
            bits &= UINT64_MAX >> (63 - (to - 1) % 64);
        for (; bits; bits &= bits - 1) {
            unsigned i = (unsigned)__builtin_ctzll(bits);
            uint32_t leads = (uint32_t)(lead >> i) & 1;
            n -= led & leads;
            pos[n++] = w * 64 + i;
            led = leads;
        }
    }
    c->n = n;
}

/* Of the cursor's users those stay who are not lone, with their hits. */
PICK_CLONES static void keep_others(struct cursor *c, const struct sets *s)
{
    uint32_t kept = 0, before = 0; /* runs that end in earlier words */
    c->n = 0;
    for (size_t w = 0; w < s->words; w++) {
        uint64_t stay = (s->own[w] & s->any_later[w]) | s->edge[w];
        for (; stay; stay &= stay - 1) {
            uint64_t below = (stay & -stay) - 1;
            uint32_t u = before + (uint32_t)__builtin_popcountll(s->end[w] & below);
            uint32_t from = c->start[u], to = c->start[u + 1];
            c->user[kept] = c->user[u]; /* kept <= u: nothing still to be read is overwritten */
            c->start[kept++] = c->n;
            take_rows(c, s, from, to, s->joined[w] & stay & -stay);
        }
        before += (uint32_t)__builtin_popcountll(s->end[w]);
    }
    c->users = kept;
    c->start[kept] = c->n;
    c->picked.n = c->n;
}

bool lone_choose(struct cursor *c, const uint64_t mask[256], const uint8_t *raw,
                 const struct column_view *time, const struct clip *clip, bool edge)
{
    if (time->present || time->has_null)
        return false;
    struct sets s = room(c, clip->rows);
    choose_rows(c, mask, raw, clip->rows, &s);
    choose_leads(c, time, clip, &s);
    find_ends(c, edge, &s);
    pick_any(s.lead, s.end, s.words, s.any_lead);
    pick_any(s.late, s.end, s.words, s.any_late);
    pick_any(s.later, s.end, s.words, s.any_later);
    count_lone(c, &s);
    keep_others(c, &s);
    return true;
}
