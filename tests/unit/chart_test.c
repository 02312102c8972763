/* chart_test.c - pictures as text, compared with tests/screen/<name>.ref, each looked at by a person before
 * it was kept. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "render_sample.h"

static const struct chart_view plain = {.selected = -1};

static void check_text(struct result *r, const char *golden, int w, int h, enum tier tier)
{
    struct writer_options o = {.tier = tier, .w = w, .h = h};
    struct buf out = {0};

    writer_named("text")->write(r, &o, &out);
    golden_check(golden, buf_view(&out));
    buf_done(&out);
    result_free(r);
}

static void check_view(struct result *r, const struct chart_view *v, const char *golden, int w, int h,
                       enum tier tier)
{
    struct buf out = {0};

    sample_draw(r, v, w, h, tier, &out);
    golden_check(golden, buf_view(&out));
    buf_done(&out);
    result_free(r);
}

static void funnel_pictures(void **state)
{
    (void)state;
    check_text(sample_funnel(false), "funnel_80_ascii", 80, 0, TIER_ASCII);
    check_text(sample_funnel(true), "funnel_100_utf8_zh", 100, 0, TIER_UTF8);
    check_text(sample_funnel(false), "funnel_80_acs", 80, 0, TIER_ACS);
    check_view(sample_funnel(false), &plain, "funnel_100x8_low", 100, 8, TIER_ASCII);
    check_view(sample_funnel(true), &plain, "funnel_40x12_narrow", 40, 12, TIER_UTF8);
}

static void a_selected_number_is_marked(void **state)
{
    struct chart_view v = {.selected = 2};

    (void)state;
    check_view(sample_funnel(false), &v, "funnel_80_selected", 80, 14, TIER_ASCII);
}

static void table_pictures(void **state)
{
    struct chart_view v = {.table = true, .selected = -1};

    (void)state;
    check_text(sample_table(), "table_100_utf8", 100, 0, TIER_UTF8);
    check_view(sample_table(), &plain, "table_60_shrunk", 60, 12, TIER_ASCII);
    check_view(sample_table(), &plain, "table_40_cut", 40, 8, TIER_ASCII);
    check_view(sample_funnel(false), &v, "funnel_as_table", 80, 14, TIER_ASCII);
}

static void every_number_with_users_is_a_spot(void **state)
{
    struct result *r = sample_funnel(false);
    struct spots spots = {0};
    struct arena a = {0};
    struct canvas c;

    (void)state;
    canvas_init(&c, 80, 20, TIER_ASCII);
    chart_of(r, &plain)->draw(r, &plain, &c, (struct rect){0, 0, 20, 80}, &a, &spots);
    assert_int_equal(spots.list.n, 6 + 5 + 5);
    assert_string_equal(spots.list.at[0].who, "reached:1");
    assert_string_equal(spots.list.at[1].who, "lost:2");
    assert_int_equal(spots.list.at[1].count, 12173);
    assert_string_equal(spots.list.at[2].who, "open:2");
    assert_string_equal(spots.list.at[3].label, "2 Product detail: users");
    assert_int_equal(spots.list.at[3].row, 1);
    vec_done(&spots.list);
    arena_done(&a);
    canvas_done(&c);
    result_free(r);
}

static void no_size_crashes(void **state)
{
    struct result *all[] = {sample_funnel(true), sample_table()};
    struct buf out = {0};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        for (int w = 0; w <= 120; w += 7)
            for (int h = 0; h <= 40; h += 3)
                sample_draw(all[i], &plain, w, h, (enum tier)(w % TIERS), &out);
        result_free(all[i]);
    }
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(funnel_pictures), cmocka_unit_test(a_selected_number_is_marked),
        cmocka_unit_test(table_pictures),  cmocka_unit_test(every_number_with_users_is_a_spot),
        cmocka_unit_test(no_size_crashes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
