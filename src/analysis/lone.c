/* lone.c - users who did nothing but lead, or took one step more, counted a block at a time.
 *
 * In most funnels most customers take the first step and no other, and most of the others the second and no
 * third. Whether a run of rows has a first step, a late one, or any other hit, and which row is its first
 * second step behind a first one, is answered for 64 rows by one addition (pick_any, pick_next), so that the
 * only users looked at hit by hit are those who went further. */
#include "config.h"

#include <stdlib.h>

#include "analysis/cursor_p.h"

enum { SETS = 14 };

/* Sets of the block's rows. Those from `end` on hold last rows of runs. */
struct sets {
    size_t words;
    uint64_t *lead, *late, *second, *later; /* second: of selector 1; later: of those above */
    uint64_t *opening;                      /* of each run the first leading row */
    uint64_t *pair; /* of each run the first row of selector 1 behind that; without one nobody goes further */
    uint64_t *end, *own, *edge; /* own: of members whose rows all lie in this block */
    uint64_t *joined; /* of ids whose customer has others: their hits are joined before they count */
    uint64_t *any_lead, *any_late, *any_pair;
    uint64_t *paired; /* own ones with a pair and no later row */
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
    return (struct sets){words, w[0], w[1], w[2],  w[3],  w[4],  w[5], w[6],
                         w[7],  w[8], w[9], w[10], w[11], w[12], w[13]};
}

/* ---- rows */

static void choose_rows(const uint64_t mask[256], const uint8_t *raw, uint32_t rows, struct sets *s)
{
    uint8_t lead[256], second[256], later[256];
    for (unsigned i = 0; i < 256; i++) {
        lead[i] = mask[i] == 1;
        second[i] = mask[i] == 2;
        later[i] = mask[i] > 2;
    }
    pick_bytes(raw, rows, lead, s->lead);
    pick_bytes(raw, rows, second, s->second);
    pick_bytes(raw, rows, later, s->later);
}

/* Takes leading hits outside the period away, and finds the late ones. */
static void choose_leads(const struct scan *scan, const struct column_view *time, const struct clip *clip,
                         struct sets *s)
{
    if (scan->from > time->min) {
        pick_at_least(time, clip->row, clip->rows, scan->from, s->late);
        for (size_t w = 0; w < s->words; w++)
            s->lead[w] &= s->late[w];
    }
    if (scan->lead_to < time->max) {
        pick_at_least(time, clip->row, clip->rows, scan->lead_to + 1, s->late);
        for (size_t w = 0; w < s->words; w++)
            s->lead[w] &= ~s->late[w];
    }
    pick_at_least(time, clip->row, clip->rows, scan->lead_late, s->late);
    for (size_t w = 0; w < s->words; w++)
        s->late[w] &= s->lead[w];
}

/* ---- users */

static inline void set_bit(uint64_t *set, uint32_t i)
{
    set[i / 64] |= UINT64_C(1) << i % 64;
}

/* One bit before each start, which ascend: so a word is complete when the next is begun, and nothing waits
 * for what was just written. */
static void set_ends(const uint32_t *restrict start, uint32_t n, uint64_t *restrict set, size_t words)
{
    uint64_t word = 0;
    size_t at = 0;
    memset(set, 0, words * sizeof(*set));
    for (uint32_t i = 0; i < n; i++) {
        size_t w = (start[i] - 1) / 64;
        uint64_t bit = UINT64_C(1) << (start[i] - 1) % 64;
        word = w == at ? word | bit : bit;
        at = w;
        set[w] = word;
    }
}

/* A leading row may stand behind the row of selector 1 that it comes before. */
static void find_ties(const struct column_view *time, const struct clip *clip, const struct sets *s)
{
    uint64_t carry = 0;
    pick_repeated(time, clip->row, clip->rows, s->pair);
    for (size_t w = 0; w < s->words; w++) {
        uint64_t end = s->end[w], tied = pick_any(s->pair[w] & s->second[w] & ~end, end, &carry);
        s->own[w] &= ~tied;
        s->edge[w] |= tied;
    }
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
    memset(s->edge, 0, s->words * sizeof(*s->edge));
    set_ends(c->start + 1, c->users, s->end, s->words);
    memcpy(s->own, s->end, s->words * sizeof(*s->own));
    if (member) {
        memset(s->own, 0, s->words * sizeof(*s->own));
        for (uint32_t u = 0; u < c->users; u++) {
            uint32_t end = c->start[u + 1] - 1;
            s->own[end / 64] |= (member[c->user[u] / 64] >> (c->user[u] % 64) & 1) << end % 64;
        }
    }
    if (edge)
        move_edge(c, 0, s);
    if (c->more)
        move_edge(c, c->users - 1, s);
    find_joined(c, s);
}

/* Who has a leading row, a late one, a pair, a later one; counts who is lone. */
PICK_CLONES static void count_lone(struct scan_lone *total, const struct sets *s)
{
    const struct sets k = *s; /* which nothing stored here changes */
    struct scan_lone sum = {0};
    uint64_t begin = 1, opening = 0, pair = 0, lead = 0, late = 0, gone = 0, deep = 0; /* carried on */
    for (size_t w = 0; w < k.words; w++) {
        uint64_t end = k.end[w], own = k.own[w];
        k.opening[w] = pick_first(k.lead[w], end, &begin, &opening);
        k.pair[w] = pick_next(k.opening[w], k.second[w], end, &pair);
        uint64_t leads = k.any_lead[w] = pick_any(k.lead[w], end, &lead);
        uint64_t lates = k.any_late[w] = pick_any(k.late[w], end, &late);
        uint64_t pairs = k.any_pair[w] = pick_any(k.pair[w], end, &gone);
        k.paired[w] = own & pairs & ~pick_any(k.later[w], end, &deep);
        sum.users += (uint64_t)__builtin_popcountll(own & ~pairs);
        sum.lead += (uint64_t)__builtin_popcountll(own & ~pairs & leads);
        sum.late += (uint64_t)__builtin_popcountll(own & ~pairs & lates);
    }
    total->users += sum.users;
    total->lead += sum.lead;
    total->late += sum.late;
}

/* 64 rows from `row` on. */
static inline uint64_t rows_at(const uint64_t *set, uint32_t row)
{
    return set[row / 64] >> row % 64 | set[row / 64 + 1] << 1 << (63 - row % 64);
}

/* Appends the hits of rows [from, to) to the chosen; of leading hits in a row the last one, unless `all`. */
static inline void take_rows(struct cursor *c, const struct sets *s, uint32_t from, uint32_t to, bool all)
{
    uint32_t *pos = c->picked.pos, n = c->n;
    uint32_t led = 0;                                /* the hit before is a leading one */
    for (uint32_t row = from; row < to; row += 64) { /* mostly once */
        uint64_t lead = rows_at(s->lead, row), bits = lead | rows_at(s->second, row) | rows_at(s->later, row);
        if (to - row < 64)
            bits &= (UINT64_C(1) << (to - row)) - 1;
        for (lead = all ? 0 : lead; bits; bits &= bits - 1) {
            unsigned i = (unsigned)__builtin_ctzll(bits);
            uint32_t leads = (uint32_t)(lead >> i) & 1;
            n -= led & leads;
            pos[n++] = row + i;
            led = leads;
        }
    }
    c->n = n;
}

/* Of the cursor's users those stay who are not lone, with their hits. */
PICK_CLONES static void keep_others(struct cursor *c, const struct sets *s)
{
    bool unordered = c->plan->scan->unordered;
    uint32_t kept = 0, before = 0; /* runs that end in earlier words */
    c->n = 0;
    for (size_t w = 0; w < s->words; w++) {
        uint64_t stay = (s->own[w] & s->any_pair[w]) | s->edge[w];
        for (; stay; stay &= stay - 1) {
            uint64_t below = (stay & -stay) - 1;
            uint32_t u = before + (uint32_t)__builtin_popcountll(s->end[w] & below);
            uint32_t from = c->start[u], to = c->start[u + 1];
            c->user[kept] = c->user[u]; /* kept <= u: nothing still to be read is overwritten */
            c->start[kept++] = c->n;
            take_rows(c, s, from, to, unordered || (s->joined[w] & stay & -stay));
        }
        before += (uint32_t)__builtin_popcountll(s->end[w]);
    }
    c->users = kept;
    c->start[kept] = c->n;
    c->picked.n = c->n;
}

/* ---- telling who leads */

/* Users who only lead, into owner; their first leading rows are chosen, and flag says who is late. */
PICK_CLONES static void list_leaders(struct cursor *c, const struct sets *s)
{
    uint32_t *pos = c->picked.pos, *user = c->owner, n = 0, k = 0, before = 0;
    uint8_t *late = c->flag;
    pick_list(s->opening, s->words, pos); /* one for each run with a leading row, in the same order */
    for (size_t w = 0; w < s->words; w++) {
        uint64_t end = s->end[w], lone = s->own[w] & ~s->any_pair[w];
        for (uint64_t left = s->any_lead[w]; left; left &= left - 1, k++) {
            uint64_t bit = left & -left;
            user[n] = c->user[before + (uint32_t)__builtin_popcountll(end & (bit - 1))];
            late[n] = (s->any_late[w] & bit) != 0;
            pos[n] = pos[k]; /* n <= k */
            n += (lone & bit) != 0;
        }
        before += (uint32_t)__builtin_popcountll(end);
    }
    c->n = c->picked.n = n;
}

/* Codes and properties of the chosen rows. */
static bool fetch_told(struct cursor *c, const struct event_bytes *e, const struct clip *clip,
                       struct err *err)
{
    const struct scan *scan = c->plan->scan;
    for (uint32_t i = 0; !scan->no_codes && i < c->n; i++)
        c->code[i] = e->code[e->raw[c->picked.pos[i]]];
    for (size_t k = 0; k < scan->columns; k++)
        if (!cursor_fetch(c, c->plan->prop[k], clip, c->prop[k], err))
            return false;
    return true;
}

static struct scan_told told(const struct cursor *c, const int64_t *gap)
{
    return (struct scan_told){c->n,
                              c->owner,
                              c->flag,
                              gap,
                              c->plan->scan->no_codes ? NULL : c->code,
                              (const int64_t *const *)c->prop};
}

static bool tell_leaders(struct cursor *c, const struct event_bytes *e, const struct clip *clip,
                         const struct sets *s, struct err *err)
{
    list_leaders(c, s);
    if (!fetch_told(c, e, clip, err))
        return false;
    struct scan_told l = told(c, NULL);
    c->plan->scan->lead(c->state, &l);
    for (size_t w = 0; w < s->words; w++) { /* so that the others keep it */
        s->later[w] |= s->opening[w];
        s->lead[w] &= ~s->opening[w];
    }
    return true;
}

/* ---- telling who took one step more */

/* The last one before a row; there is one. */
static inline uint32_t last_before(const uint64_t *set, uint32_t row)
{
    size_t w = row / 64;
    uint64_t bits = set[w] & ((UINT64_C(1) << row % 64) - 1);
    while (!bits)
        bits = set[--w];
    return (uint32_t)(64 * w) + 63 - (uint32_t)__builtin_clzll(bits);
}

/* Of each paired run: the pair's row or the last of selector 1, the leading row before it, the run's last
 * row, and whether the run has a late one. */
PICK_CLONES static uint32_t list_pairs(const struct sets *s, bool last_ones, uint32_t *restrict row,
                                       uint32_t *restrict led, uint32_t *restrict end, uint8_t *restrict late)
{
    const uint64_t *lead = s->lead, *of = last_ones ? s->second : s->pair, *paired = s->paired;
    const uint64_t *lates = s->any_late;
    uint32_t n = 0;
    for (size_t w = 0, words = s->words; w < words; w++)
        for (uint64_t left = paired[w], any = lates[w]; left; left &= left - 1) {
            uint32_t bit = (uint32_t)__builtin_ctzll(left), last = (uint32_t)(64 * w) + bit;
            uint32_t at = last_before(of, last + 1);
            row[n] = at;
            led[n] = last_before(lead, at);
            end[n] = last;
            late[n++] = (uint8_t)(any >> bit & 1);
        }
    return n;
}

/* Of the pairs those that fit stay, a row of each chosen, and their runs' last rows take the place of code.
 * One that comes too late may not be the user's last word: then he stays. */
static void choose_pairs(struct cursor *c, const struct column_view *time, const struct clip *clip,
                         const struct sets *s)
{
    const struct scan *scan = c->plan->scan;
    uint32_t *second = c->picked.pos, *led = c->owner, *end = c->code;
    uint32_t n = list_pairs(s, scan->pair_last, second, led, end, c->flag), kept = 0;
    int64_t *gap = c->time, *begin = c->time + n; /* a pair has two rows: there is room */
    pick_values(time, clip->row, second, n, gap);
    pick_values(time, clip->row, led, n, begin);
    for (uint32_t i = 0; i < n; i++) {
        bool fits = gap[i] - begin[i] <= scan->pair_longest;
        s->own[end[i] / 64] &= ~((uint64_t)fits << end[i] % 64);
        gap[kept] = gap[i] - begin[i];
        c->flag[kept] = c->flag[i];
        end[kept] = end[i];
        second[kept] = scan->pair_second ? second[i] : led[i];
        kept += fits;
    }
    c->n = c->picked.n = kept;
}

/* Of each chosen row, whose run ends in the row that code says, its user into owner. */
PICK_CLONES static void find_users(struct cursor *c, const struct sets *s)
{
    uint32_t *before = c->picked.before, runs = 0;
    for (size_t w = 0; w < s->words; w++) {
        before[w] = runs;
        runs += (uint32_t)__builtin_popcountll(s->end[w]);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t end = c->code[i];
        uint64_t below = s->end[end / 64] & ((UINT64_C(1) << end % 64) - 1);
        c->owner[i] = c->user[before[end / 64] + (uint32_t)__builtin_popcountll(below)];
    }
}

static bool tell_pairs(struct cursor *c, const struct event_bytes *e, const struct column_view *time,
                       const struct clip *clip, const struct sets *s, struct err *err)
{
    const struct scan *scan = c->plan->scan;
    struct scan_told l = {.late = c->flag, .gap = c->time};
    choose_pairs(c, time, clip, s);
    c->lone.users += c->n;
    l.n = c->n;
    if (scan->lead) {
        find_users(c, s);
        if (!fetch_told(c, e, clip, err))
            return false;
        l = told(c, c->time);
    }
    scan->pair(c->state, &l);
    return true;
}

bool lone_choose(struct cursor *c, const struct event_bytes *e, const struct column_view *time,
                 const struct clip *clip, bool edge, struct err *err)
{
    const struct scan *scan = c->plan->scan;
    struct sets s = room(c, clip->rows);
    choose_rows(e->mask, e->raw, clip->rows, &s);
    choose_leads(scan, time, clip, &s);
    find_ends(c, edge, &s);
    if (scan->unordered)
        find_ties(time, clip, &s);
    count_lone(&c->lone, &s);
    if (!tell_pairs(c, e, time, clip, &s, err) || (scan->lead && !tell_leaders(c, e, clip, &s, err)))
        return false;
    keep_others(c, &s);
    return true;
}
