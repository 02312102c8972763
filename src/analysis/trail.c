/* trail.c - cuts one user's events into paths. */
#include "config.h"
#include "analysis/trail.h"

static bool is(const struct journey *j, size_t i, uint64_t bit)
{
    return bit && (j->mask[i] & bit);
}

/* Events [from, to) of the session, from `at` in direction `by`: visible ones become steps. */
static void take_steps(const struct trail_rule *r, const struct journey *j, size_t from, size_t to,
                       struct trail *t)
{
    bool back = r->end != 0;
    for (size_t k = from; k < to && !t->more; k++) {
        size_t i = back ? to - 1 - (k - from) : k;
        if (is(j, i, r->hide) || (r->collapse && t->steps && t->code[t->steps - 1] == j->code[i]))
            continue;
        if (t->steps == r->depth)
            t->more = true;
        else
            t->code[t->steps++] = j->code[i];
    }
}

static void one_session(const struct trail_rule *r, const struct journey *j, size_t from, size_t to,
                        struct trail *t)
{
    t->steps = 0;
    t->more = false;
    t->first = j->time[from];
    while (from < to && (is(j, from, r->hide) || (r->start && !is(j, from, r->start))))
        from++;
    while (r->end && to > from && (is(j, to - 1, r->hide) || !is(j, to - 1, r->end)))
        to--;
    if (from == to)
        return;
    t->first = j->time[from];
    take_steps(r, j, from, to, t);
}

void trail_each(const struct trail_rule *r, const struct journey *j,
                void (*fn)(void *arg, const struct trail *t), void *arg)
{
    struct trail t;
    for (size_t from = 0, to; from < j->n; from = to) {
        for (to = from + 1; to < j->n && j->time[to] - j->time[to - 1] <= r->gap; to++)
            ;
        one_session(r, j, from, to, &t);
        fn(arg, &t);
    }
}
