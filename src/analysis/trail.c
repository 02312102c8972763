/* trail.c - see trail.h. */
#include "config.h"
#include "analysis/trail.h"

static bool is(const struct journey *j, size_t i, uint64_t bit)
{
    return bit && (j->mask[i] & bit);
}

static uint32_t name_of(const struct trail_rule *r, const struct journey *j, size_t i)
{
    uint64_t in = r->sets ? j->mask[i] & r->sets : 0;
    if (in)
        return r->set_name[__builtin_ctzll(in)];
    return r->name ? r->name[j->code[i]] : j->code[i];
}

/* Visible events of the stretch [from, to), forwards or backwards, as steps; *more: there were more than
 * `most`. */
static size_t walk(const struct trail_rule *r, const struct journey *j, size_t from, size_t to, bool back,
                   size_t most, struct trail_step *out, bool *more)
{
    size_t n = 0;
    *more = false;
    for (size_t k = from; k < to; k++) {
        size_t i = back ? to - 1 - (k - from) : k;
        if (is(j, i, r->hide))
            continue;
        uint32_t name = name_of(r, j, i);
        if (r->collapse && n && out[n - 1].name == name) {
            out[n - 1].events++;
            out[n - 1].time = back ? j->time[i] : out[n - 1].time;
            continue;
        }
        if (n == most) {
            *more = true;
            break;
        }
        out[n++] = (struct trail_step){name, 1, j->time[i]};
    }
    return n;
}

/* From a start to an end. */
static void cut_middle(const struct trail_rule *r, const struct journey *j, size_t from, size_t to,
                       struct trail *t)
{
    struct trail_step last[TRAIL_STEPS];
    size_t head = r->depth / 2, tail = r->depth - head - 1;
    bool unused;
    t->end = walk(r, j, from, to, false, r->depth, t->step, &t->more);
    if (!t->more)
        return;
    t->more = false;
    walk(r, j, from, to, true, tail, last, &unused);
    /* The step left out takes its time from the first one that it stands for, which is there already. */
    t->step[head].name = TRAIL_CUT;
    t->step[head].events = 1;
    for (size_t i = 0; i < tail; i++)
        t->step[r->depth - 1 - i] = last[i];
    t->end = r->depth;
}

/* Both walks see the event in the middle, so that repeats around it are merged as anywhere else. */
static void look_around(const struct trail_rule *r, const struct journey *j, size_t from, size_t at,
                        size_t to, struct trail *t)
{
    struct trail_step before[TRAIL_STEPS + 1];
    bool unused;
    size_t behind = walk(r, j, at, to, false, r->depth + 1, t->step + r->depth, &t->more);
    size_t ahead = walk(r, j, from, at + 1, true, r->depth + 1, before, &unused);
    t->begin = r->depth + 1 - ahead;
    t->end = r->depth + behind;
    t->step[r->depth].events += before[0].events - 1;
    t->step[r->depth].time = before[0].time;
    for (size_t i = 1; i < ahead; i++)
        t->step[r->depth - i] = before[i];
}

static bool has_goal(const struct trail_rule *r, const struct journey *j, size_t from, size_t to)
{
    while (from < to && !is(j, from, r->goal))
        from++;
    return from < to;
}

static size_t first_of(const struct trail_rule *r, const struct journey *j, size_t from, size_t to,
                       uint64_t bit)
{
    while (from < to && (is(j, from, r->hide) || !is(j, from, bit)))
        from++;
    return from;
}

/* The path's events within the session [from, to); false when there is none. */
static bool cut_ends(const struct trail_rule *r, const struct journey *j, size_t *from, size_t *to)
{
    while (*from < *to && is(j, *from, r->hide))
        ++*from;
    while (*to > *from && is(j, *to - 1, r->hide))
        --*to;
    if (r->start)
        *from = first_of(r, j, *from, *to, r->start);
    /* One event cannot be both the start and the end of a path. */
    size_t least = *from + (r->start && r->end ? 1 : 0);
    while (r->end && *to > least && (is(j, *to - 1, r->hide) || !is(j, *to - 1, r->end)))
        --*to;
    return *to > least;
}

static void one_session(const struct trail_rule *r, const struct journey *j, size_t from, size_t to,
                        struct trail *t)
{
    size_t session = to, centre = 0;
    t->begin = t->end = 0;
    t->more = t->goal = false;
    t->first = j->time[from];
    t->last = j->time[to - 1];
    if (!cut_ends(r, j, &from, &to) || (r->centre && (centre = first_of(r, j, from, to, r->centre)) == to))
        return;
    t->first = j->time[from];
    t->last = j->time[to - 1];
    t->goal = r->goal && has_goal(r, j, from, session);
    if (r->centre)
        look_around(r, j, from, centre, to, t);
    else if (r->start && r->end)
        cut_middle(r, j, from, to, t);
    else
        t->end = walk(r, j, from, to, r->end != 0, r->depth, t->step, &t->more);
}

void trail_each(const struct trail_rule *r, const struct journey *j,
                bool (*fn)(void *arg, const struct trail *t), void *arg)
{
    struct trail t;
    for (size_t from = 0, to; from < j->n; from = to) {
        to = session_end(&r->session, j, from);
        one_session(r, j, from, to, &t);
        if (!fn(arg, &t))
            return;
    }
}
