/* sankey_chart_test.c - the Sankey as a chart: places the cursor can stand on, every size, a few pictures;
 * the work and the time a layout takes. */
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

/* Every node has a spot, with `who` unless it was folded; every value on a link that has a `who` has one, in
 * its own group. */
static void nodes_and_links_are_spots(void **state)
{
    struct flow_shape shape = {.seed = 7, .names = 5, .depth = 3, .paths = 5000, .links_listed = true};
    struct result *r = flow_sample(&shape);
    struct chart_view v = {.selected = -1};
    struct canvas c;
    struct arena a = {0};
    struct spots spots = {0};
    int nodes[3] = {0}, links = 0;

    (void)state;
    canvas_init(&c, 80, 40, TIER_ASCII);
    chart_of(r, &v)->draw(r, &v, &c, (struct rect){0, 0, 40, 80}, &a, &spots);
    for (size_t i = 0; i < spots.list.n; i++) {
        const struct spot *s = &spots.list.at[i];

        if (s->group >= 1000) {
            links++;
            assert_int_equal(s->count, rows_get(&r->rows, s->row, "count")->i);
            assert_string_equal(s->who, rows_get(&r->rows, s->row, "count")->who);
        } else {
            nodes[s->group]++;
            assert_non_null(s->who);
            assert_true(strncmp(s->who, (const char *[]){"1 ", "2 ", "3 "}[s->group], 2) == 0);
        }
    }
    for (int l = 0; l < 3; l++)
        assert_int_equal(nodes[l], 5);
    assert_true(links >= 10);
    canvas_done(&c);
    vec_done(&spots.list);
    arena_done(&a);
    result_free(r);
}

static int widest_line(const struct buf *b, bool *ascii)
{
    struct str rest = buf_view(b);
    int widest = 0;

    *ascii = true;
    while (rest.p && rest.n) {
        struct str line = str_cut(&rest, '\n');
        int w = utf8_width(line);

        widest = w > widest ? w : widest;
        for (size_t i = 0; i < line.n; i++)
            *ascii = *ascii && line.p[i] >= 0x20 && line.p[i] < 0x7F;
    }
    return widest;
}

/* 8 and 9: no size crashes, no line is too wide, ASCII stays 7-bit. */
static void every_size(void **state)
{
    struct rand rng;
    struct buf out = {0};

    (void)state;
    rand_seed(&rng, 20261120);
    for (int i = 0; i < 400; i++) {
        struct flow_shape shape = flow_shape_random(&rng);
        int w = 1 + (int)rand_below(&rng, 300), h = 1 + (int)rand_below(&rng, 100);
        struct chart_view v = {.selected = (int)rand_below(&rng, 30) - 1,
                               .fold = (int)rand_below(&rng, 21) - 10};
        enum tier tier = (enum tier)rand_below(&rng, TIERS);
        bool ascii;

        v.scroll = (int)rand_below(&rng, 12);
        v.base = (int)rand_below(&rng, 3);
        shape.chinese = tier != TIER_ASCII;
        struct result *r = flow_sample(&shape);

        buf_clear(&out);
        sample_draw(r, &v, w, h, tier, &out);
        assert_true(widest_line(&out, &ascii) <= w);
        assert_true(ascii || tier != TIER_ASCII);
        result_free(r);
    }
    buf_done(&out);
}

static void small_ones_are_tables(void **state)
{
    struct flow_shape shape = {.seed = 3, .names = 6, .depth = 3, .paths = 500};
    struct result *r = flow_sample(&shape);
    struct chart_view v = {.selected = -1};
    struct buf out = {0};

    (void)state;
    sample_draw(r, &v, 39, 30, TIER_ASCII, &out);
    assert_non_null(strstr(out.p, "from"));
    buf_clear(&out);
    sample_draw(r, &v, 100, 11, TIER_ASCII, &out);
    assert_non_null(strstr(out.p, "from"));
    buf_clear(&out);
    sample_draw(r, &v, 40, 12, TIER_ASCII, &out);
    assert_non_null(strstr(out.p, "Step 1"));
    buf_done(&out);
    result_free(r);
}

static void pictures(void **state)
{
    struct flow_shape shape = {.seed = 20261120, .names = 9, .depth = 6, .paths = 68400};
    struct result *r = flow_sample(&shape);
    struct chart_view plain = {.selected = -1}, focus = {.selected = -1, .focus = "2 Home"};
    struct writer_options o = {.tier = TIER_UTF8, .w = 120};
    struct buf out = {0};

    (void)state;
    sample_draw(r, &focus, 80, 19, TIER_ASCII, &out);
    golden_check("sankey_80_ascii_focus", buf_view(&out));
    buf_clear(&out);
    sample_draw(r, &plain, 80, 18, TIER_ASCII, &out);
    golden_check("sankey_80_ascii", buf_view(&out));
    buf_clear(&out);
    writer_named("text")->write(r, &o, &out);
    golden_check("sankey_120_utf8", buf_view(&out));
    buf_clear(&out);
    sample_draw(r, &focus, 200, 54, TIER_ASCII, &out);
    golden_check("sankey_200_ascii_focus", buf_view(&out));
    buf_clear(&out);
    sample_draw(r, &plain, 40, 12, TIER_ASCII, &out);
    golden_check("sankey_40x12", buf_view(&out));
    result_free(r);
    shape.chinese = true;
    r = flow_sample(&shape);
    buf_clear(&out);
    focus.focus = "2 首页";
    sample_draw(r, &focus, 80, 19, TIER_UTF8, &out);
    golden_check("sankey_80_utf8_zh_focus", buf_view(&out));
    buf_done(&out);
    result_free(r);
}

/* How often a layout for a large screen looks at a link. */
static size_t work_of(int names, int fold, size_t *rows)
{
    struct flow_shape shape = {.seed = 5, .names = names, .depth = 12, .paths = 200000};
    struct result *r = flow_sample(&shape);
    struct chart_view v = {.selected = -1, .fold = fold};
    struct sankey s;
    struct arena a = {0};

    assert_true(sankey_fit(&s, r, &v, sankey_fit_columns(300, 12), 99, &a));
    *rows = r->rows.n;
    result_free(r);
    arena_done(&a);
    return s.looked;
}

/* What is drawn is bounded by the place; only reading and folding may grow with the answer. Every row is read
 * once and, when it is in the steps shown, folded twice. */
static void layout_is_linear(void **state)
{
    (void)state;
    for (int fold = 0; fold >= -20; fold -= 10) {
        size_t few, many, work = work_of(16, fold, &few), more = work_of(128, fold, &many);

        print_message("fold %d: %zu rows %zu looks, %zu rows %zu looks\n", fold, few, work, many, more);
        assert_true(many > 10 * few);
        assert_true(more <= work + 3 * (many - few));
    }
}

static double ms_since(clock_t start, int times)
{
    return (double)(clock() - start) * 1000 / CLOCKS_PER_SEC / times;
}

static void layout_is_timed(void **state)
{
    struct flow_shape shape = {.seed = 5, .names = 40, .depth = 12, .paths = 200000};
    struct result *r = flow_sample(&shape);
    struct chart_view v = {.selected = -1};
    struct buf out = {0};
    struct arena a = {0};
    struct sankey s;
    clock_t start = clock();

    (void)state;
    for (int i = 0; i < 20; i++) {
        sankey_fit(&s, r, &v, sankey_fit_columns(300, 12), 99, &a);
        arena_done(&a);
    }
    print_message("300x100 of 480 nodes and %zu rows: %.2f ms per layout", r->rows.n, ms_since(start, 20));
    start = clock();
    for (int i = 0; i < 20; i++)
        sample_draw(r, &v, 300, 100, TIER_UTF8, &out);
    print_message(", %.2f ms per drawing\n", ms_since(start, 20));
    buf_done(&out);
    result_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_and_links_are_spots), cmocka_unit_test(every_size),
        cmocka_unit_test(small_ones_are_tables),     cmocka_unit_test(pictures),
        cmocka_unit_test(layout_is_linear),          cmocka_unit_test(layout_is_timed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
