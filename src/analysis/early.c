/* early.c - conditions on events, answered before rows are chosen.
 *
 * Where all that a condition asks about is the events of a few names, only their properties are fetched. An
 * event that fails becomes one of a name that nobody wants, so that whatever is behind - choosing rows,
 * counting users who only lead - sees a question about names alone. */
#include "config.h"

#include "analysis/cursor_p.h"

bool early_can(const struct cursor_plan *p)
{
    if (!p->ask || p->gate || p->scan->everything)
        return false;
    for (uint64_t left = p->ask; left; left &= left - 1) {
        uint64_t bit = left & -left;
        const struct select *s = &p->scan->selector[__builtin_ctzll(bit)];
        for (uint32_t c = 0; c < p->codes; c++)
            if (s->answer[c] == SELECT_ASK && p->mask[c] != bit)
                return false;
    }
    return true;
}

/* A byte that is no hit; 256: all are. */
static unsigned find_spare(const struct event_bytes *e)
{
    unsigned b = 0;
    while (b < 256 && e->keep[b])
        b++;
    return b;
}

/* The rows that the selector asks about. */
static void choose_asked(struct cursor *c, const struct event_bytes *e, const struct select *s, uint32_t rows)
{
    uint8_t asked[256];
    for (unsigned b = 0; b < 256; b++)
        asked[b] = e->keep[b] && s->answer[e->code[b]] == SELECT_ASK;
    pick_bytes(e->raw, rows, asked, c->picked.set);
    c->n = c->picked.n = pick_list(c->picked.set, pick_words(rows), c->picked.pos);
}

static void fill_owner(struct cursor *c)
{
    const uint32_t *pos = c->picked.pos;
    for (uint32_t u = 0, i = 0; i < c->n; i++) {
        while (c->start[u + 1] <= pos[i])
            u++;
        c->owner[i] = c->user[u];
    }
}

/* What the test reads of the chosen rows. */
static bool fetch(struct cursor *c, const struct event_bytes *e, const struct select *s,
                  const struct clip *clip, struct err *err)
{
    const struct cursor_plan *p = c->plan;
    for (uint32_t i = 0; i < c->n; i++)
        c->code[i] = e->code[e->raw[c->picked.pos[i]]];
    if (select_needs_user(s))
        fill_owner(c);
    if (select_needs_time(s) && !cursor_fetch(c, COL_TIME, clip, c->time, err))
        return false;
    for (size_t k = 0; k < p->props; k++)
        for (size_t i = 0; i < s->columns; i++)
            if (p->prop[k] == s->column[i] && !cursor_fetch(c, p->prop[k], clip, c->prop[k], err))
                return false;
    return true;
}

/* The chosen rows that fail become `spare`. */
static void strike(struct cursor *c, struct event_bytes *e, uint32_t rows, uint8_t spare)
{
    const uint32_t *pos = c->picked.pos;
    if (e->raw != c->byte) /* packed bits are unpacked into c->byte, but not always from its first byte on */
        memmove(c->byte, e->raw, rows);
    for (uint32_t i = 0; i < c->n; i++)
        c->byte[pos[i]] = c->flag[i] ? c->byte[pos[i]] : spare;
    e->raw = c->byte;
}

bool early_test(struct cursor *c, struct event_bytes *e, const struct clip *clip, struct err *err)
{
    unsigned spare = find_spare(e);
    if (!c->plan->early || spare > UINT8_MAX)
        return true;
    for (uint64_t left = c->plan->ask; left; left &= left - 1) {
        const struct select *s = &c->plan->scan->selector[__builtin_ctzll(left)];
        choose_asked(c, e, s, clip->rows);
        if (!c->n)
            continue;
        if (!fetch(c, e, s, clip, err))
            return false;
        select_test(s, &(struct select_rows){c->n, c->code, c->time, c->owner, c->by_column}, c->flag);
        strike(c, e, clip->rows, (uint8_t)spare);
    }
    c->tested = true;
    return true;
}
