/* sankey_route.c - where wires turn: constrained left-edge channel routing (tui.md 10.5).
 *
 * A wire runs from its source's row to a knee, up or down, and on to its target's row. When wire A leaves on
 * the row where wire B arrives, A must turn before B does, or the two would run over each other; every row
 * starts at most one wire and ends at most one, so these constraints are chains and cycles. A cycle is broken
 * at its smallest flow. Two knees share a track only when their vertical runs do not touch. */
#include "config.h"

#include <stdlib.h>
#include "render/sankey_layout.h"

struct wire {
    struct sankey_link *link;
    int top, bottom;    /* rows of the vertical run, both included */
    struct wire *after; /* must turn after this one */
    bool placed;
};

static int compare_wires(const void *a, const void *b)
{
    const struct wire *x = a, *y = b;

    if (x->top != y->top)
        return x->top < y->top ? -1 : 1;
    if (x->bottom != y->bottom)
        return x->bottom < y->bottom ? -1 : 1;
    return (x->link > y->link) - (x->link < y->link);
}

static size_t collect(struct sankey *s, int channel, struct wire *wire)
{
    size_t n = 0, begin, end;

    sankey_channel(s, channel, &begin, &end);
    s->looked += end - begin;
    for (size_t i = begin; i < end; i++) {
        struct sankey_link *l = &s->link[s->out[i]];

        l->track = -1;
        if (!sankey_link_is_wire(l) || l->y0 == l->y1)
            continue;
        wire[n++] = (struct wire){
            .link = l, .top = l->y0 < l->y1 ? l->y0 : l->y1, .bottom = l->y0 < l->y1 ? l->y1 : l->y0};
    }
    qsort(wire, n, sizeof *wire, compare_wires);
    return n;
}

static void constrain(struct wire *wire, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (i != j && wire[i].link->y0 == wire[j].link->y1)
                wire[j].after = &wire[i];
}

/* Fills one track from the top with wires that may turn here; returns how many. `ready` was taken before the
 * track began, so that a wire and the one it must follow never share a track. */
static size_t fill_track(struct wire *wire, size_t n, const bool *ready, int track)
{
    size_t placed = 0;
    int free_from = -1;

    for (size_t i = 0; i < n; i++) {
        if (wire[i].placed || !ready[i] || wire[i].top <= free_from)
            continue;
        wire[i].placed = true;
        wire[i].link->track = track;
        free_from = wire[i].bottom;
        placed++;
    }
    return placed;
}

/* Every wire left waits for another, so following them from any leads into a cycle: its smallest flow waits
 * no longer. */
static void break_cycle(struct wire *wire, size_t n)
{
    struct wire *w = wire, *smallest;

    while (w->placed)
        w++;
    for (size_t i = 0; i < n; i++)
        w = w->after;
    smallest = w;
    for (struct wire *v = w->after; v != w; v = v->after)
        if (v->link->value < smallest->link->value)
            smallest = v;
    smallest->after = NULL;
}

int sankey_route(struct sankey *s, int channel, struct arena *a)
{
    struct wire *wire = arena_array(a, struct wire, s->out_begin[s->nodes] + 1);
    size_t n = collect(s, channel, wire), left = n;
    bool *ready = arena_array(a, bool, n + 1);
    int tracks = 0;

    constrain(wire, n);
    while (left > 0) {
        for (size_t i = 0; i < n; i++)
            ready[i] = !wire[i].after || wire[i].after->placed;
        size_t placed = fill_track(wire, n, ready, tracks);

        if (placed == 0)
            break_cycle(wire, n);
        else
            tracks++;
        left -= placed;
    }
    return tracks;
}
