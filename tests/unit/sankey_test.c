/* sankey_test.c - the invariants of tui.md 10.7 on random paths of many shapes and at many sizes, and a few
 * pictures.
 *
 * SEED=n in the environment chooses other random paths; it is printed when a test fails. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>
#include "base/utf8.h"
#include "flow_sample.h"
#include "render/sankey_fit.h"
#include "render/sankey_layout.h"
#include "render_sample.h"

enum { ROUNDS = 300 };

static uint64_t seed;

struct drawn {
    struct sankey s;
    struct result *r;
    struct arena a;
    double threshold;
    int h;
    bool ok;
};

static struct drawn *draw_random(struct rand *rng)
{
    struct drawn *d = mem_zalloc(sizeof *d);
    struct flow_shape shape = flow_shape_random(rng);

    d->r = flow_sample(&shape);
    d->h = 10 + (int)rand_below(rng, 60);
    d->threshold = 0.1 + rand_unit(rng);
    int nodes = 2 + (int)rand_below(rng, (uint32_t)(d->h - 3) / 2);

    struct sankey full;

    d->ok = sankey_graph_read(&full, d->r, (int)rand_below(rng, 4), 1 + (int)rand_below(rng, 7), &d->a);
    if (d->ok) {
        sankey_graph_fold(&d->s, &full, nodes, &d->a);
        d->ok = sankey_layout(&d->s, d->h, d->threshold, &d->a);
    }
    return d;
}

static void drawn_free(struct drawn *d)
{
    arena_done(&d->a);
    result_free(d->r);
    free(d);
}

static void for_each_drawing(void (*check)(const struct drawn *d))
{
    struct rand rng;

    rand_seed(&rng, seed);
    for (int i = 0; i < ROUNDS; i++) {
        struct drawn *d = draw_random(&rng);

        if (!d->ok)
            fail_msg("round %d of SEED=%llu has no layout", i, (unsigned long long)seed);
        check(d);
        drawn_free(d);
    }
}

/* 1: what is drawn and what is folded add up to all transitions of the result, channel by channel. */
static void check_conserved(const struct drawn *d)
{
    const struct sankey *s = &d->s;

    for (int l = 0; l + 1 < s->layers; l++) {
        int64_t all = 0;

        for (size_t i = 0; i < d->r->rows.n; i++) {
            const struct value *row = &d->r->rows.cell[i * d->r->rows.columns];

            if (row[0].i == s->step[l] && !str_eq(row[2].text, STR("(end)")))
                all += row[3].i;
        }
        assert_int_equal(s->channel_shown[l] + s->channel_folded[l], all);
    }
    for (size_t i = 0; i < s->nodes; i++) { /* and no node loses a path when others are folded into it */
        int64_t out = 0;

        for (size_t j = 0; j < s->links; j++)
            out += s->link[j].from == i ? s->link[j].value : 0;
        if (s->node[i].layer + 1 < s->layers)
            assert_int_equal(s->node[i].value, out + s->node[i].ended);
    }
}

/* 2: in each layer nodes lie one below the other inside the canvas, the other last. */
static void check_apart(const struct drawn *d)
{
    const struct sankey *s = &d->s;

    for (int l = 0; l < s->layers; l++) {
        int free_from = 0;

        for (size_t i = s->begin[l]; i < s->begin[l + 1]; i++) {
            const struct sankey_node *n = &s->node[s->order[i]];

            assert_int_equal(n->layer, l);
            assert_true(n->h >= 1 && n->y >= free_from && n->y + n->h <= d->h);
            assert_true(!n->other || i + 1 == s->begin[l + 1]);
            free_from = n->y + n->h;
        }
    }
}

static bool covers(const bool *row, int from, int n)
{
    for (int y = from; y < from + n; y++)
        if (row[y])
            return true;
    return false;
}

/* 3: at both ends a visible link has rows of its own inside its node; a ribbon has cells in every column and
 * never breaks. */
static void check_ports(const struct drawn *d)
{
    const struct sankey *s = &d->s;

    for (size_t n = 0; n < s->nodes; n++)
        for (int side = 0; side < 2; side++) {
            bool row[200] = {false};

            for (size_t i = 0; i < s->links; i++) {
                const struct sankey_link *l = &s->link[i];
                int y = side ? l->y1 : l->y0, h = side ? l->h1 : l->h0;

                if (!l->shown || (side ? l->to : l->from) != n)
                    continue;
                assert_true(h >= 1 && y >= s->node[n].y && y + h <= s->node[n].y + s->node[n].h);
                assert_false(covers(row, y, h));
                memset(row + y, true, (size_t)h);
            }
            if (side == 0 && s->node[n].exit_h)
                assert_false(covers(row, s->node[n].y + s->node[n].h - s->node[n].exit_h, s->node[n].exit_h));
        }
}

static void check_ribbons(const struct drawn *d)
{
    for (size_t i = 0; i < d->s.links; i++) {
        const struct sankey_link *l = &d->s.link[i];
        int top = l->y0, bottom = l->y0 + l->h0;

        for (int x = 0; l->shown && x < 19; x++) {
            int t, b;

            sankey_ribbon(l, x, 19, &t, &b);
            assert_true(b > t && t < bottom && b > top && t >= 0 && b <= d->h);
            top = t;
            bottom = b;
        }
    }
}

/* 4: rows are the value at the one scale, up or down by one, or flagged. */
static void check_heights(const struct drawn *d)
{
    for (size_t i = 0; i < d->s.nodes; i++) {
        const struct sankey_node *n = &d->s.node[i];
        double exact = (double)n->value * d->s.ky;

        if (!n->forced)
            assert_true(fabs(n->h - exact) <= 1 + 1e-6);
        else
            assert_true(n->h > exact - 1);
    }
}

/* 6 */
static void check_cost(const struct drawn *d)
{
    const struct sankey *s = &d->s;
    int64_t cost = 0;
    int *rank = test_calloc(s->nodes + 1, sizeof *rank);

    for (size_t i = 0; i < s->nodes; i++)
        rank[s->order[i]] = (int)i;
    for (size_t i = 0; i < s->links; i++)
        for (size_t j = 0; j < i; j++) {
            const struct sankey_link *x = &s->link[i], *y = &s->link[j];

            if (x->shown && y->shown && s->node[x->from].layer == s->node[y->from].layer &&
                (int64_t)(rank[x->from] - rank[y->from]) * (rank[x->to] - rank[y->to]) < 0)
                cost += x->value < y->value ? x->value : y->value;
        }
    test_free(rank);
    assert_int_equal(s->cost_after, cost);
    assert_true(s->cost_after <= s->cost_before);
}

static bool bends(const struct sankey *s, const struct sankey_link *l, int channel)
{
    return l->shown && s->node[l->from].layer == channel && sankey_link_is_wire(l) && l->y0 != l->y1;
}

/* The wire that must turn after l because l leaves on the row where it arrives; NULL: none. */
static const struct sankey_link *follower(const struct sankey *s, const struct sankey_link *l, int channel)
{
    for (size_t i = 0; i < s->links; i++)
        if (&s->link[i] != l && bends(s, &s->link[i], channel) && s->link[i].y1 == l->y0)
            return &s->link[i];
    return NULL;
}

static bool in_cycle(const struct sankey *s, const struct sankey_link *l, int channel)
{
    const struct sankey_link *at = follower(s, l, channel);

    for (size_t i = 0; at && at != l && i < s->links; i++)
        at = follower(s, at, channel);
    return at == l;
}

static void check_two_wires(const struct sankey_link *x, const struct sankey_link *y)
{
    int x0 = x->y0 < x->y1 ? x->y0 : x->y1, x1 = x->y0 < x->y1 ? x->y1 : x->y0;
    int y0 = y->y0 < y->y1 ? y->y0 : y->y1, y1 = y->y0 < y->y1 ? y->y1 : y->y0;

    assert_true(x->track != y->track || x1 < y0 || y1 < x0);
}

/* Every wire that bends has a track; wires in one track do not touch; one that leaves a row turns before the
 * one that arrives on it, except in a cycle, of which one pair at most is out of order. */
static void check_tracks(const struct drawn *d)
{
    struct sankey s = d->s;
    struct arena a = {0};

    for (int l = 0; l + 1 < s.layers; l++) {
        int tracks = sankey_route(&s, l, &a);

        for (size_t i = 0; i < s.links; i++) {
            const struct sankey_link *x = &s.link[i], *next;

            if (!bends(&s, x, l))
                continue;
            assert_true(x->track >= 0 && x->track < tracks);
            for (size_t j = 0; j < i; j++)
                if (bends(&s, &s.link[j], l))
                    check_two_wires(x, &s.link[j]);
            next = follower(&s, x, l);
            assert_true(!next || x->track < next->track || in_cycle(&s, x, l));
        }
    }
    arena_done(&a);
}

static void conserved(void **state)
{
    (void)state;
    for_each_drawing(check_conserved);
}

static void apart(void **state)
{
    (void)state;
    for_each_drawing(check_apart);
}

static void every_visible_link_has_rows(void **state)
{
    (void)state;
    for_each_drawing(check_ports);
    for_each_drawing(check_ribbons);
}

static void one_scale(void **state)
{
    (void)state;
    for_each_drawing(check_heights);
}

static void fewer_crossings(void **state)
{
    (void)state;
    for_each_drawing(check_cost);
}

static void wires_keep_apart(void **state)
{
    (void)state;
    for_each_drawing(check_tracks);
}

/* 5: the order of rows does not matter, nor whether nodes come as a table or a list. */
static void order_of_rows_does_not_matter(void **state)
{
    struct rand rng;
    struct chart_view v = {.selected = -1};

    (void)state;
    rand_seed(&rng, seed);
    for (int i = 0; i < 60; i++) {
        struct flow_shape shape = flow_shape_random(&rng);
        struct result *plain = flow_sample(&shape);
        struct buf a = {0}, b = {0};

        shape.shuffled = true;
        shape.nodes_listed = i % 2;
        struct result *shuffled = flow_sample(&shape);

        sample_draw(plain, &v, 100, 30, TIER_ASCII, &a);
        sample_draw(shuffled, &v, 100, 30, TIER_ASCII, &b);
        if (strstr(a.p, "Step 1")) /* a table follows the rows */
            assert_string_equal(a.p, b.p);
        buf_done(&a);
        buf_done(&b);
        result_free(plain);
        result_free(shuffled);
    }
}

/* 7: with a focused node its links, and only they, are hot. */
static void focus_is_hot(void **state)
{
    struct flow_shape shape = {.seed = 7, .names = 6, .depth = 3, .paths = 5000};
    struct result *r = flow_sample(&shape);
    struct chart_view v = {.selected = -1, .focus = "2 Home"};
    struct canvas c;
    struct arena a = {0};
    struct spots spots = {0};
    int hot = 0, edges = 0;

    (void)state;
    canvas_init(&c, 80, 24, TIER_ASCII);
    chart_of(r, &v)->draw(r, &v, &c, (struct rect){0, 0, 24, 80}, &a, &spots);
    for (int i = 0; i < c.w * c.h; i++) {
        hot += c.cell[i].role == ROLE_HOT && (c.cell[i].ch == '#' || c.cell[i].ch == '=');
        edges += c.cell[i].role == ROLE_COLD && (c.cell[i].ch == '#' || c.cell[i].ch == '=');
    }
    assert_true(hot > 20);
    assert_int_equal(edges, 0);
    canvas_done(&c);
    vec_done(&spots.list);
    arena_done(&a);
    result_free(r);
}

/* 7, exactly: the marks are the paths through the node, so all of its links are hot, hot flows that leave a
 * node and hot exits add up to its hot paths, and folding keeps that. */
static void check_membership(const struct sankey *s, size_t focus)
{
    for (size_t n = 0; n < s->nodes; n++) {
        int64_t in = 0, out = 0;

        for (size_t i = 0; i < s->links; i++) {
            const struct sankey_link *l = &s->link[i];

            assert_in_range(l->hot_value, 0, l->value);
            in += l->to == n ? l->hot_value : 0;
            out += l->from == n ? l->hot_value : 0;
            if (l->from == focus || l->to == focus)
                assert_int_equal(l->hot_value, l->value);
        }
        if (s->node[n].layer + 1 < s->layers)
            assert_int_equal(s->node[n].hot_value, out + s->node[n].hot_ended);
        if (s->node[n].layer > 0)
            assert_int_equal(s->node[n].hot_value, in);
    }
    assert_int_equal(s->node[focus].hot_value, s->node[focus].value);
    assert_int_equal(s->node[focus].hot_ended, s->node[focus].ended);
}

/* All paths pass one node at that step; NULL: there are none. */
static const char *only_node(const struct result *through, int step)
{
    const struct rows *t = object_get(&through->summary, "nodes")->rows;
    const char *who = NULL;

    for (size_t i = 0; i < t->n; i++)
        if (rows_get(t, i, "step")->i == step) {
            assert_null(who);
            who = rows_get(t, i, "users")->who;
        }
    return who;
}

static void membership_is_exact(void **state)
{
    struct rand rng;
    int checked = 0;

    (void)state;
    rand_seed(&rng, seed);
    for (int round = 0; round < 200; round++) {
        struct flow_shape shape = flow_shape_random(&rng);
        struct result *r = flow_sample(&shape);
        struct arena a = {0};
        struct sankey full, folded;

        shape.through_step = 1 + (int)rand_below(&rng, (uint32_t)shape.depth);
        shape.through_name = 1 + (int)rand_below(&rng, (uint32_t)(shape.names < 4 ? shape.names : 4));
        struct result *through = flow_sample(&shape);

        assert_true(sankey_graph_read(&full, r, 0, 20, &a));
        sankey_graph_mark(&full, through, &a);
        sankey_graph_fold(&folded, &full, 3 + (int)rand_below(&rng, 30), &a);
        const char *who = only_node(through, shape.through_step);

        for (size_t n = 0; who && n < folded.nodes; n++)
            if (folded.node[n].who && strcmp(folded.node[n].who, who) == 0) {
                check_membership(&folded, n);
                checked++;
            }
        arena_done(&a);
        result_free(through);
        result_free(r);
    }
    assert_true(checked > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conserved),
        cmocka_unit_test(apart),
        cmocka_unit_test(every_visible_link_has_rows),
        cmocka_unit_test(one_scale),
        cmocka_unit_test(order_of_rows_does_not_matter),
        cmocka_unit_test(fewer_crossings),
        cmocka_unit_test(wires_keep_apart),
        cmocka_unit_test(focus_is_hot),
        cmocka_unit_test(membership_is_exact),
    };
    const char *chosen = getenv("SEED");

    seed = chosen ? strtoull(chosen, NULL, 10) : 20261120;
    print_message("SEED=%llu\n", (unsigned long long)seed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
