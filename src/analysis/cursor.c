/* cursor.c - turns blocks of a part into hits.
 *
 * Order of work in a block: leave it out when its codes or times cannot match; choose rows over the event
 * column; fetch times and properties of the chosen rows only; put residual tests and the time limits to them
 * and choose again. */
#include "config.h"
#include "analysis/cursor_p.h"

#include <stdlib.h>

#include "store/part_view.h"

void cursor_init(struct cursor *c, const struct cursor_plan *plan, void *state)
{
    *c = (struct cursor){.plan = plan, .state = state};
    c->prop = mem_zalloc(sizeof(*c->prop) * (plan->props + 1));
    uint16_t top = 0;
    for (size_t i = 0; i < plan->props; i++)
        top = plan->prop[i] > top ? plan->prop[i] : top;
    c->by_columns = (size_t)top + 1;
    c->by_column = mem_zalloc(sizeof(*c->by_column) * c->by_columns);
}

void cursor_done(struct cursor *c)
{
    for (size_t i = 0; i < c->plan->props; i++)
        free(c->prop[i]);
    free(c->prop);
    free(c->by_column);
    free(c->user);
    free(c->start);
    free(c->picked.pos);
    free(c->picked.set);
    free(c->picked.before);
    free(c->code);
    free(c->owner);
    free(c->time);
    free(c->mask);
    free(c->flag);
    free(c->byte);
    free(c->set);
}

static void room_for_runs(struct cursor *c, size_t n)
{
    if (n <= c->run_cap)
        return;
    c->run_cap = n;
    free(c->user);
    free(c->start);
    c->user = mem_alloc(n * sizeof(*c->user));
    c->start = mem_alloc((n + 1) * sizeof(*c->start));
}

/* Beyond the rows: what the loops of pick.h write further, one entry for an end, what column_bytes needs. */
enum { SLACK = PICK_SLACK + 1 > COLUMN_BYTES_SLACK ? PICK_SLACK + 1 : COLUMN_BYTES_SLACK };

/* Contents are not kept: a block is loaded from scratch. */
static void room_for_rows(struct cursor *c, size_t n)
{
    if (n <= c->cap)
        return;
    c->cap = n;
    free(c->picked.set);
    free(c->picked.before);
    c->picked.set = mem_alloc(pick_words((uint32_t)n) * sizeof(*c->picked.set));
    c->picked.before = mem_alloc(pick_words((uint32_t)n) * sizeof(*c->picked.before));
#define ROOM(p) (free(p), (p) = mem_alloc((n + SLACK) * sizeof(*(p))))
    ROOM(c->picked.pos);
    ROOM(c->code);
    ROOM(c->owner);
    ROOM(c->time);
    ROOM(c->mask);
    ROOM(c->flag);
    ROOM(c->byte);
    for (size_t i = 0; i < c->plan->props; i++) {
        ROOM(c->prop[i]);
        c->by_column[c->plan->prop[i]] = c->prop[i];
    }
#undef ROOM
}

static bool damaged(const struct cursor *c, uint32_t block, struct err *err)
{
    return part_view_damaged(c->part, block, err);
}

/* Starts of `users` runs, and the end of the last, become relative to the first. False: users or starts are
 * not what the directory says. In a loop that the compiler can see through: nothing here touches the cursor.
 */
PICK_CLONES static bool rebase(uint32_t *restrict start, const uint32_t *restrict user, uint32_t users,
                               const struct block_info *info)
{
    uint32_t row = start[0], first = info->first_user, last = info->last_user, bad = 0;
    for (uint32_t i = 0; i < users; i++) {
        bad |=
            (uint32_t)(start[i] >= start[i + 1]) | (uint32_t)(user[i] < first) | (uint32_t)(user[i] > last);
        start[i] -= row;
    }
    start[users] -= row;
    return !bad;
}

/* Users of the block in [lo, hi), with the first row of each relative to clip->row. */
static bool load_runs(struct cursor *c, uint32_t block, struct clip *clip, struct err *err)
{
    const struct block_info *info = &c->part->block[block];
    struct run_view runs;
    if (!part_runs(c->plan->scan->snapshot, c->part, block, &runs, err))
        return false;
    uint32_t from = info->first_user >= c->lo ? 0 : part_view_find(&runs, c->lo);
    uint32_t to = info->last_user < c->hi ? runs.n : part_view_find(&runs, c->hi);
    room_for_runs(c, (size_t)(to - from) + 1);
    column_decode_u32(&runs.user, from, to - from, c->user);
    column_decode_u32(&runs.start, from, to - from, c->start);
    int64_t end = to < runs.n ? column_at(&runs.start, to) : (int64_t)info->rows;
    c->users = to - from;
    if (!c->users)
        return clip->rows = 0, true;
    c->start[c->users] = (uint32_t)end;
    *clip = (struct clip){block, c->start[0], (uint32_t)end - c->start[0]};
    bool good = rebase(c->start, c->user, c->users, info) && end <= (int64_t)info->rows;
    return good || damaged(c, block, err);
}

static bool may_match(const struct cursor *c, uint32_t block)
{
    const struct cursor_plan *p = c->plan;
    const struct block_info *info = &c->part->block[block];
    if (info->max_time < p->scan->from || info->min_time > p->scan->to)
        return false;
    if (p->dense || !p->wanted)
        return true;
    for (size_t i = 0; i < p->wanteds; i++)
        if (part_has_code(p->scan->snapshot, c->part, block, p->wanted[i]))
            return true;
    return false;
}

static bool open_column(struct cursor *c, uint16_t column, const struct clip *clip, struct column_view *out,
                        struct err *err)
{
    if (!part_column(c->plan->scan->snapshot, c->part, clip->block, column, out, err))
        return false;
    return out->rows >= clip->row + clip->rows || damaged(c, clip->block, err);
}

/* Of `rows` rows those in the set become hits, and starts of users counted in rows starts counted in hits. */
static void choose(struct cursor *c, uint32_t rows)
{
    pick_count(&c->picked, rows);
    pick_starts(&c->picked, c->start, c->users + 1);
    c->n = c->picked.n;
    if (c->plan->needs_rows)
        pick_rows(&c->picked, rows, &c->plan->table);
}

static void mark_codes(struct cursor *c)
{
    if (c->plan->marks)
        for (uint32_t i = 0; i < c->n; i++)
            c->mask[i] = c->plan->mask[c->code[i]];
}

static void open_bytes(struct cursor *c, const struct column_view *event, const struct clip *clip,
                       struct event_bytes *e)
{
    const struct cursor_plan *p = c->plan;
    e->raw = column_bytes(event, clip->row, clip->rows, c->byte);
    for (uint32_t i = 0; i < 256; i++) {
        uint64_t k = (uint64_t)event->base + event->step * i;
        bool known = k < p->codes;
        e->keep[i] = known ? p->keep[k] : 0;
        e->code[i] = (uint32_t)k;
        e->mask[i] = known && p->marks ? p->mask[k] : 0;
    }
}

/* The common case: a byte per code or less, so that choosing reads one byte per row. */
static bool choose_bytes(struct cursor *c, const struct column_view *event, const struct clip *clip,
                         bool edge, struct err *err)
{
    const struct cursor_plan *p = c->plan;
    struct column_view time;
    struct event_bytes e;
    if (event->max >= (int64_t)p->codes)
        return damaged(c, clip->block, err);
    open_bytes(c, event, clip, &e);
    if (!early_test(c, &e, clip, err))
        return false;
    bool leads = p->leads && (c->tested || !p->ask);
    if (leads && !open_column(c, COL_TIME, clip, &time, err))
        return false;
    if (leads && !time.present && !time.has_null) {
        if (!lone_choose(c, &e, &time, clip, edge, err))
            return false;
    } else {
        pick_bytes(e.raw, clip->rows, e.keep, c->picked.set);
        choose(c, clip->rows);
    }
    const uint32_t *pos = c->picked.pos;
    if (p->needs_code)
        for (uint32_t i = 0; i < c->n; i++)
            c->code[i] = e.code[e.raw[pos[i]]];
    if (p->marks)
        for (uint32_t i = 0; i < c->n; i++)
            c->mask[i] = e.mask[e.raw[pos[i]]];
    return true;
}

/* Any size: the codes are decoded first. Dense scans need no choosing at all. */
static bool choose_codes(struct cursor *c, const struct column_view *event, const struct clip *clip,
                         struct err *err)
{
    column_decode_u32(event, clip->row, clip->rows, c->code);
    if (clip->rows && pick_largest(c->code, clip->rows) >= c->plan->codes)
        return damaged(c, clip->block, err);
    c->n = clip->rows;
    if (!c->plan->dense) {
        pick_codes(c->code, clip->rows, c->plan->keep, c->picked.set);
        choose(c, clip->rows);
        for (uint32_t i = 0; c->plan->needs_rows && i < c->n; i++)
            c->code[i] = c->code[c->picked.pos[i]];
    }
    mark_codes(c);
    return true;
}

bool cursor_fetch(struct cursor *c, uint16_t column, const struct clip *clip, int64_t *out, struct err *err)
{
    struct column_view view;
    if (!open_column(c, column, clip, &view, err))
        return false;
    if (c->n == clip->rows)
        column_decode(&view, clip->row, c->n, out);
    else
        pick_values(&view, clip->row, c->picked.pos, c->n, out);
    return true;
}

/* Keeps the hits whose flag is set. */
static void choose_again(struct cursor *c)
{
    uint32_t old = c->n;
    pick_flags(c->flag, old, c->picked.set);
    choose(c, old);
    if (c->n == old)
        return;
    const uint32_t *pos = c->picked.pos;
    uint32_t n = c->n;
    if (c->plan->needs_time)
        for (uint32_t i = 0; i < n; i++)
            c->time[i] = c->time[pos[i]];
    if (c->plan->needs_code)
        for (uint32_t i = 0; i < n; i++)
            c->code[i] = c->code[pos[i]];
    if (c->plan->marks)
        for (uint32_t i = 0; i < n; i++)
            c->mask[i] = c->mask[pos[i]];
    for (size_t k = 0; k < c->props; k++)
        for (uint32_t i = 0; i < n; i++)
            c->prop[k][i] = c->prop[k][pos[i]];
}

static void choose_times(struct cursor *c, uint32_t block)
{
    const struct block_info *info = &c->part->block[block];
    int64_t from = c->plan->scan->from, to = c->plan->scan->to;
    if (info->min_time >= from && info->max_time <= to)
        return;
    for (uint32_t i = 0; i < c->n; i++)
        c->flag[i] = c->time[i] >= from && c->time[i] <= to;
    choose_again(c);
}

static void choose_members(struct cursor *c)
{
    const uint64_t *member = c->plan->scan->member;
    if (!member)
        return;
    for (uint32_t u = 0; u < c->users; u++)
        memset(c->flag + c->start[u], member[c->user[u] / 64] >> (c->user[u] % 64) & 1,
               c->start[u + 1] - c->start[u]);
    choose_again(c);
}

static void fill_owner(struct cursor *c)
{
    for (uint32_t u = 0; u < c->users; u++)
        for (uint32_t i = c->start[u]; i < c->start[u + 1]; i++)
            c->owner[i] = c->user[u];
}

/* Selector k of the plan; the gate is one more than the scan's own. */
static const struct select *selector(const struct cursor_plan *p, unsigned k)
{
    return p->gate >> k & 1 ? &p->gated : &p->scan->selector[k];
}

/* Takes bits out of masks where the residual test fails; hits without any (or without the gate) go. */
static void choose_tested(struct cursor *c)
{
    const struct cursor_plan *p = c->plan;
    if (c->tested || (!p->ask && !p->gate))
        return;
    if (p->needs_user)
        fill_owner(c);
    struct select_rows rows = {c->n, c->code, c->time, c->owner, c->by_column};
    for (uint64_t left = p->ask; left; left &= left - 1) {
        unsigned k = (unsigned)__builtin_ctzll(left);
        const struct select *s = selector(p, k);
        select_test(s, &rows, c->flag);
        for (uint32_t i = 0; i < c->n; i++)
            c->mask[i] &= ~((uint64_t)!c->flag[i] << k);
    }
    if (!p->scan->everything || p->gate) {
        uint64_t need = p->gate ? p->gate : UINT64_MAX;
        for (uint32_t i = 0; i < c->n; i++)
            c->flag[i] = (c->mask[i] & need) != 0;
        choose_again(c);
    }
    if (p->gate)
        for (uint32_t i = 0; i < c->n; i++)
            c->mask[i] &= ~p->gate;
}

/* Times and properties of the hits, and what they decide. */
static bool load_values(struct cursor *c, const struct clip *clip, struct err *err)
{
    const struct cursor_plan *p = c->plan;
    c->props = c->tested ? p->scan->columns : p->props;
    if (p->needs_time && !cursor_fetch(c, COL_TIME, clip, c->time, err))
        return false;
    for (size_t k = 0; k < c->props; k++)
        if (!cursor_fetch(c, p->prop[k], clip, c->prop[k], err))
            return false;
    choose_members(c);
    choose_times(c, clip->block);
    choose_tested(c);
    return true;
}

static bool load_hits(struct cursor *c, const struct clip *clip, bool edge, struct err *err)
{
    const struct cursor_plan *p = c->plan;
    struct column_view event;
    room_for_rows(c, clip->rows);
    c->tested = false;
    if (p->dense && !p->needs_code && !p->marks) {
        c->n = clip->rows;
        return load_values(c, clip, err);
    }
    if (!open_column(c, COL_EVENT, clip, &event, err))
        return false;
    bool plain = event.bits > 0 && event.bits <= 8 && !event.present && !event.has_null;
    bool chosen =
        plain && !p->dense ? choose_bytes(c, &event, clip, edge, err) : choose_codes(c, &event, clip, err);
    return chosen && load_values(c, clip, err);
}

/* Nobody in the block needs to be seen. */
static void skip_block(struct cursor *c)
{
    memset(c->start, 0, sizeof(*c->start) * ((size_t)c->users + 1));
    c->n = 0;
}

static bool load(struct cursor *c, struct err *err)
{
    uint32_t block = c->next++;
    const struct block_info *info = &c->part->block[block];
    bool any = may_match(c, block);
    struct clip clip = {0};
    c->at = c->users = c->n = 0;
    c->rows += info->rows;
    bool edge = c->more;
    c->more = c->next < c->part->blocks && c->part->block[c->next].first_user == info->last_user &&
              info->last_user < c->hi;
    if (!any && !c->plan->scan->count_users && !edge && !c->more)
        return true;
    if (!load_runs(c, block, &clip, err))
        return false;
    if (any && c->users)
        return load_hits(c, &clip, edge, err);
    skip_block(c);
    return true;
}

/* Loads until there is a user or the range is over. */
static bool refill(struct cursor *c, struct err *err)
{
    while (c->at >= c->users && c->next < c->part->blocks && c->part->block[c->next].first_user < c->hi)
        if (!load(c, err))
            return false;
    return true;
}

bool cursor_open(struct cursor *c, const struct part *part, uint32_t lo, uint32_t hi, struct err *err)
{
    c->part = part;
    c->lo = lo;
    c->hi = hi;
    c->next = part_view_block(part, lo); /* those before it end below lo */
    c->more = false;
    c->at = c->users = c->n = 0;
    /* Everything above indexes by user: numbers without an id would lead astray. */
    if (part->blocks &&
        part->block[part->blocks - 1].last_user >= dict_count(c->plan->scan->snapshot, COL_USER))
        return damaged(c, part->blocks - 1, err);
    return refill(c, err);
}

uint32_t cursor_whole(const struct cursor *c, uint32_t limit)
{
    uint32_t end = c->users;
    if (end && c->more && c->at < end)
        end--;
    if (c->at >= end || c->user[end - 1] < limit)
        return end - c->at;
    uint32_t lo = c->at, hi = end;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (c->user[mid] < limit)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo - c->at;
}

bool cursor_advance(struct cursor *c, uint32_t users, struct err *err)
{
    c->at += users;
    return refill(c, err);
}
