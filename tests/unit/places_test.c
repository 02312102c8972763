/* places_test.c - back and forward against a second, naive model: a list of names for the visits and one for
 * each path. Random walks; every screen that is made is freed once. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tui/places.h"

struct numbered {
    struct screen screen;
    int number;
};

static int made, freed;

static void count_freed(struct screen *s)
{
    (void)s;
    freed++;
}

static const struct screen_type plain = {.name = "plain", .close = count_freed};
static const struct screen_type page = {.name = "page", .overlay = true, .close = count_freed};

static struct screen *fresh(const struct screen_type *type)
{
    struct numbered *n = mem_zalloc(sizeof *n);
    n->screen.type = type;
    n->number = ++made;
    return &n->screen;
}

static int top(const struct places *p)
{
    return ((const struct numbered *)p->top)->number;
}

static void begin(struct places *p)
{
    made = freed = 0;
    *p = (struct places){0};
    places_push(p, NULL, fresh(&plain)); /* 1: Home */
}

static void end(struct places *p)
{
    places_done(p);
    assert_int_equal(made, freed);
}

static void test_like_a_browser(void **state)
{
    (void)state;
    struct places p;
    begin(&p);
    places_begin(&p, NULL, 4, fresh(&plain)); /* 2: a funnel */
    places_push(&p, NULL, fresh(&plain));     /* 3: users behind a number */
    places_push(&p, NULL, fresh(&plain));     /* 4: one of them */
    assert_true(places_pop(&p));
    assert_int_equal(top(&p), 3);
    assert_true(places_forward(&p)); /* what Esc left is still there */
    assert_int_equal(top(&p), 4);
    assert_false(places_forward(&p));
    assert_true(places_back(&p));
    assert_true(places_back(&p));
    assert_int_equal(top(&p), 2);
    places_push(&p, NULL, fresh(&plain)); /* 5: another way: 3 and 4 cannot be had again */
    assert_false(places_forward(&p));
    assert_int_equal(freed, 2);
    assert_true(places_back(&p) && places_back(&p));
    assert_int_equal(top(&p), 1);
    assert_false(places_back(&p));
    end(&p);
}

static void test_roots_remember_their_paths(void **state)
{
    (void)state;
    struct places p;
    begin(&p);
    places_begin(&p, NULL, 4, fresh(&plain)); /* 2 */
    places_push(&p, NULL, fresh(&plain));     /* 3 */
    assert_false(places_recall(&p, 5));
    places_begin(&p, NULL, 5, fresh(&plain)); /* 4 */
    assert_true(places_recall(&p, 4));
    assert_int_equal(top(&p), 3); /* as it was left */
    assert_true(places_recall(&p, 4));
    assert_int_equal(top(&p), 2); /* from within: to its first screen */
    places_home(&p);
    assert_int_equal(top(&p), 1);
    assert_true(places_recall(&p, 5));
    assert_int_equal(top(&p), 4);
    assert_true(places_pop(&p)); /* to Home, not to the funnel */
    assert_int_equal(top(&p), 1);
    assert_false(places_pop(&p));
    end(&p);
}

static void test_pages_are_no_places(void **state)
{
    (void)state;
    struct places p;
    begin(&p);
    places_begin(&p, NULL, 4, fresh(&plain)); /* 2 */
    places_push(&p, NULL, fresh(&page));      /* 3 */
    places_push(&p, NULL, fresh(&page));      /* 4, over it */
    assert_true(places_pop(&p));
    assert_int_equal(freed, 1);
    assert_int_equal(top(&p), 3);
    places_push(&p, NULL, fresh(&plain)); /* 5: from a page on to a place; the page is gone */
    assert_int_equal(freed, 2);
    assert_true(places_pop(&p));
    assert_int_equal(top(&p), 2);
    end(&p);
}

/* ---- at random, against names in lists */

enum { STEPS = 64, KEPT = 64 };

struct model {
    int visit[KEPT + 1], n, at;
    int below[STEPS];
};

static void model_visit(struct model *m, int number)
{
    if (m->visit[m->at] == number)
        return;
    m->n = m->at + 1;
    m->visit[m->n++] = number;
    m->at = m->n - 1;
}

static void model_pop(struct model *m)
{
    int here = m->visit[m->at], below = m->below[here];
    if (m->at > 0 && m->visit[m->at - 1] == below) {
        m->at--;
        return;
    }
    memmove(m->visit + m->at + 1, m->visit + m->at, (size_t)(m->n - m->at) * sizeof *m->visit);
    m->visit[m->at] = below;
    m->n++;
}

static void test_random_walks(void **state)
{
    (void)state;
    unsigned seed = 20261122;
    static struct model m;
    print_message("seed %u\n", seed);
    for (int walk = 0; walk < 200; walk++) {
        struct places p;
        begin(&p);
        m = (struct model){.visit = {1}, .n = 1};
        for (int i = 0; i < 24; i++) { /* short enough that nothing falls out of the history */
            seed = seed * 1103515245u + 12345u;
            int here = m.visit[m.at], what = (int)(seed >> 16) % 6, root = 2 + (int)(seed >> 20) % 8;
            if (what == 0) {
                places_begin(&p, NULL, root, fresh(&plain));
                m.below[made] = 1;
                model_visit(&m, made);
            } else if (what == 1) {
                places_push(&p, NULL, fresh(&plain));
                m.below[made] = here;
                model_visit(&m, made);
            } else if (what == 2 && here != 1) {
                assert_true(places_pop(&p));
                model_pop(&m);
            } else if (what == 3) {
                assert_int_equal(places_back(&p), m.at > 0);
                m.at -= m.at > 0;
            } else if (what == 4) {
                assert_int_equal(places_forward(&p), m.at + 1 < m.n);
                m.at += m.at + 1 < m.n;
            } else if (what == 5) {
                places_home(&p);
                model_visit(&m, 1);
            }
            assert_int_equal(top(&p), m.visit[m.at]);
            assert_int_equal(p.all.n, made - freed);
        }
        end(&p);
    }
}

/* Far more screens than are remembered: the oldest go, and all are freed in the end. */
static void test_long_walk(void **state)
{
    (void)state;
    struct places p;
    begin(&p);
    for (int i = 0; i < 500; i++)
        places_begin(&p, NULL, 2 + i % 8, fresh(&plain));
    assert_true(made - freed < 60);
    for (int i = 0; i < 31; i++)
        assert_true(places_back(&p));
    assert_false(places_back(&p));
    assert_int_equal(top(&p), made - 31);
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_like_a_browser),      cmocka_unit_test(test_roots_remember_their_paths),
        cmocka_unit_test(test_pages_are_no_places), cmocka_unit_test(test_random_walks),
        cmocka_unit_test(test_long_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
