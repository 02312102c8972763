/* places.c - where somebody has been. */
#include "config.h"

#include "tui/places.h"

enum { VISITS_MAX = 32 };

static void forget(struct places *p, const struct screen *s)
{
    for (size_t i = 0; i < p->all.n; i++)
        if (p->all.at[i] == s) {
            memmove(&p->all.at[i], &p->all.at[i + 1], (p->all.n - i - 1) * sizeof *p->all.at);
            p->all.n--;
            return;
        }
}

static void release(struct places *p, struct screen *s)
{
    while (s && --s->refs == 0) {
        struct screen *below = s->below;
        forget(p, s);
        if (s->type->close)
            s->type->close(s);
        free(s);
        s = below; /* it was pointed to by the one that is gone */
    }
}

static struct screen *hold(struct screen *s)
{
    s->refs++;
    return s;
}

static struct screen *under_overlays(struct screen *s)
{
    while (s && s->type->overlay)
        s = s->below;
    return s;
}

/* ---- the top */

/* A root is found again as it was left. */
static void remember(struct places *p)
{
    struct screen *s = under_overlays(p->top), *was;
    if (!s || s->root <= PLACE_HOME)
        return;
    was = p->last[s->root];
    p->last[s->root] = hold(s);
    release(p, was);
}

static void set_top(struct places *p, struct screen *s)
{
    struct screen *old = p->top;
    if (old && old->root != s->root)
        remember(p);
    p->top = hold(s);
    release(p, old);
}

static void visit(struct places *p, struct screen *s)
{
    if (p->visit.n && p->visit.at[p->at] == s)
        return;
    while (p->visit.n > p->at + 1)
        release(p, p->visit.at[--p->visit.n]);
    vec_push(&p->visit, hold(s));
    p->at = p->visit.n - 1;
    if (p->visit.n <= VISITS_MAX)
        return;
    struct screen *oldest = p->visit.at[0];
    memmove(p->visit.at, p->visit.at + 1, --p->visit.n * sizeof *p->visit.at);
    p->at--;
    release(p, oldest);
}

void places_show(struct places *p, struct screen *s)
{
    visit(p, s);
    set_top(p, s);
}

/* ---- new screens */

static void adopt(struct places *p, struct tui *t, int root, struct screen *below, struct screen *s)
{
    s->tui = t;
    s->root = root;
    s->below = below ? hold(below) : NULL;
    if (!s->context)
        s->context = s->type->context;
    vec_push(&p->all, s);
    if (s->type->overlay)
        set_top(p, s);
    else
        places_show(p, s);
}

void places_push(struct places *p, struct tui *t, struct screen *s)
{
    struct screen *below = s->type->overlay ? p->top : under_overlays(p->top);
    adopt(p, t, below ? below->root : PLACE_HOME, below, s);
}

static struct screen *home_of(const struct places *p)
{
    struct screen *s = p->top;
    while (s->below)
        s = s->below;
    return s;
}

void places_begin(struct places *p, struct tui *t, int root, struct screen *s)
{
    adopt(p, t, root, home_of(p), s);
}

/* ---- going */

int places_root(const struct places *p)
{
    return p->top->root;
}

bool places_pop(struct places *p)
{
    struct screen *s = p->top, *below = s->below;
    if (!below)
        return false;
    if (!s->type->overlay && p->at > 0 && p->visit.at[p->at - 1] == below)
        p->at--;
    else if (!s->type->overlay) { /* as if it had been looked at before: forward leads to the one left */
        vec_push(&p->visit, NULL);
        memmove(&p->visit.at[p->at + 1], &p->visit.at[p->at], (p->visit.n - p->at - 1) * sizeof *p->visit.at);
        p->visit.at[p->at] = hold(below);
    }
    set_top(p, below);
    return true;
}

void places_home(struct places *p)
{
    places_show(p, home_of(p));
}

bool places_recall(struct places *p, int root)
{
    struct screen *s = p->last[root];
    if (places_root(p) == root)
        for (s = under_overlays(p->top); s->below->root == root;)
            s = s->below;
    if (s)
        places_show(p, s);
    return s != NULL;
}

static bool step(struct places *p, size_t to)
{
    if (to >= p->visit.n) /* also when it wrapped below 0 */
        return false;
    p->at = to;
    set_top(p, p->visit.at[to]);
    return true;
}

bool places_back(struct places *p)
{
    return step(p, p->at - 1);
}

bool places_forward(struct places *p)
{
    return step(p, p->at + 1);
}

void places_done(struct places *p)
{
    for (size_t i = 0; i < p->visit.n; i++)
        release(p, p->visit.at[i]);
    for (int i = 0; i < PLACES_ROOTS; i++)
        release(p, p->last[i]);
    release(p, p->top);
    vec_done(&p->visit);
    vec_done(&p->all);
}
