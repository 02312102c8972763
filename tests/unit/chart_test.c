/* chart_test.c - pictures as text, compared with tests/screen/<name>.ref, each looked at by a person before
 * it was kept. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/utf8.h"
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
    check_text(sample_compared(false), "funnel_compared", 80, 0, TIER_ASCII);
    check_text(sample_compared(false), "funnel_compared_68", 68, 0, TIER_ASCII);
    check_text(sample_compared(true), "funnel_difference", 100, 0, TIER_UTF8);
    check_view(sample_compared(true), &plain, "funnel_60x12_no_room", 60, 12, TIER_ASCII);
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

/* The first and the last day not wholly covered. */
static struct result *partly_covered(void)
{
    struct result *r = sample_days(6, 1);
    struct value *edge = arena_array(&r->arena, struct value, 2);

    edge[0] = *rows_get(&r->rows, 0, "bucket");
    edge[1] = *rows_get(&r->rows, 5, "bucket");
    object_add(&r->arena, &r->summary, "partial", value_list(edge, 2));
    return r;
}

static void series_pictures(void **state)
{
    (void)state;
    check_text(sample_days(14, 1), "series_80_ascii", 80, 0, TIER_ASCII);
    check_text(sample_days(30, 1), "series_100x28_utf8", 100, 28, TIER_UTF8);
    check_text(sample_days(12, 5), "series_groups_80x24", 80, 24, TIER_UTF8);
    check_text(sample_days(365, 1), "series_year_80x18", 80, 18, TIER_UTF8);
    check_view(sample_days(30, 1), &plain, "series_40x6_small", 40, 6, TIER_UTF8);
    check_text(sample_days(1, 5), "series_one_bucket", 80, 0, TIER_UTF8);
    check_text(partly_covered(), "series_partial", 80, 0, TIER_UTF8);
}

static void sequence_pictures(void **state)
{
    struct chart_view third = {.selected = 3}, scrolled = {.selected = -1, .scroll = 5};

    (void)state;
    check_text(sample_sequence(true), "sequence_80_utf8_zh", 80, 0, TIER_UTF8);
    check_text(sample_sequence(false), "sequence_50_whole", 50, 0, TIER_ASCII);
    check_view(sample_sequence(false), &third, "sequence_80x20_selected", 80, 20, TIER_ASCII);
    check_view(sample_sequence(false), &scrolled, "sequence_40x12_scrolled", 40, 12, TIER_ASCII);
}

static void tree_pictures(void **state)
{
    static const bool open[7] = {true, false, false, false, false, true, false},
                      all[7] = {true, true, true, true, true, true, true};
    struct chart_view chosen = {.selected = 1, .open = open};

    (void)state;
    check_view(sample_tree(), &plain, "tree_80_ascii", 80, 9, TIER_ASCII);
    check_view(sample_tree(), &plain, "tree_110_utf8", 110, 9, TIER_UTF8);
    check_view(sample_tree(), &chosen, "tree_60_closed", 60, 9, TIER_ASCII);
    check_view(sample_tree(), &plain, "tree_80x2_one_row", 80, 2, TIER_ASCII);

    struct result *r = sample_tree();
    struct chart_view scrolled = {.selected = -1, .open = all, .scroll = 2};
    struct buf note = {0};
    chart_of(r, &scrolled)->note(r, &scrolled, 80, 5, &note); /* a heading, and rows 3 to 6 */
    assert_string_equal(note.p, "rows 3-6 of 7");
    buf_done(&note);
    r->rows.n = 0;
    check_view(r, &plain, "tree_80_nothing", 80, 3, TIER_ASCII);
}

static void around_pictures(void **state)
{
    (void)state;
    check_view(sample_around(), &plain, "around_80_ascii", 80, 5, TIER_ASCII);
    check_view(sample_around(), &plain, "around_120_utf8", 120, 5, TIER_UTF8);
    check_view(sample_around(), &plain, "around_40_stacked", 40, 8, TIER_ASCII);
}

static void matrix_pictures(void **state)
{
    (void)state;
    check_text(sample_matrix(), "matrix_80_ascii", 80, 0, TIER_ASCII);
    check_text(sample_matrix(), "matrix_80_utf8", 80, 0, TIER_UTF8);
    check_view(sample_matrix(), &plain, "matrix_50x5", 50, 5, TIER_ASCII);
}

static void profile_pictures(void **state)
{
    struct chart_view third = {.selected = 3};

    (void)state;
    check_text(sample_profile(), "profile_80_utf8", 80, 0, TIER_UTF8);
    check_view(sample_profile(), &third, "profile_60_ascii", 60, 9, TIER_ASCII);
    check_view(sample_profile(), &plain, "profile_160_utf8", 160, 9, TIER_UTF8);
    check_text(sample_tags(), "tags_80_utf8", 80, 0, TIER_UTF8);
    check_view(sample_tags(), &plain, "tags_50_ascii", 50, 11, TIER_ASCII);
}

static void times_pictures(void **state)
{
    (void)state;
    check_text(sample_times(false), "times_80_utf8", 80, 0, TIER_UTF8);
    check_view(sample_times(true), &plain, "times_groups_120", 120, 32, TIER_UTF8);
    check_view(sample_times(true), &plain, "times_60x20_low", 60, 20, TIER_ASCII);
    check_view(sample_times(false), &plain, "times_40x8_table", 40, 8, TIER_ASCII);
}

static void chains_pictures(void **state)
{
    struct chart_view third = {.selected = 2}, scrolled = {.selected = -1, .scroll = 4};

    (void)state;
    check_text(sample_chains(true), "chains_80_utf8_zh", 80, 0, TIER_UTF8);
    check_view(sample_chains(false), &third, "chains_60_selected", 60, 22, TIER_ASCII);
    check_view(sample_chains(false), &scrolled, "chains_40x10_scrolled", 40, 10, TIER_ASCII);

    struct result *r = sample_chains(false);
    struct buf note = {0};
    chart_of(r, &plain)->note(r, &plain, 60, 10,
                              &note); /* eight lines below the head: 2, 1, 2, and 3 with a blank */
    assert_string_equal(note.p, "rows 1-4 of 10");
    buf_clear(&note);
    chart_of(r, &plain)->note(r, &plain, 60, 22, &note);
    assert_int_equal(note.n, 0);
    buf_done(&note);
    result_free(r);
}

static bool has_line(struct buf *text, const char *a, const char *b, const char *c)
{
    for (struct str rest = buf_view(text); rest.p && rest.n;) {
        struct str line = str_cut(&rest, '\n');
        if (memmem(line.p, line.n, a, strlen(a)) && memmem(line.p, line.n, b, strlen(b)) &&
            memmem(line.p, line.n, c, strlen(c)))
            return true;
    }
    return false;
}

/* 754 of 1,659 against 754 of 5,000: index 301.4. They are what the picture is for. */
static void index_and_interval_are_the_last_to_go(void **state)
{
    (void)state;
    for (int w = 40; w <= 220; w++) {
        struct result *r = sample_profile();
        struct buf out = {0};

        sample_draw(r, &plain, w, 9, TIER_ASCII, &out);
        if (!has_line(&out, "26-30", "301.4", "+28.78..+31.98") ||
            !has_line(&out, "hold", "69.5", "-7.12..-4.26"))
            fail_msg("at %d columns:\n%s", w, out.p);
        buf_done(&out);
        result_free(r);
    }
}

/* In cell (2, 11) or (11, 2) 211 customers, wherever it is drawn, and its number leads to those of both tags.
 */
static void crossed_tags_lie_the_way_that_has_room(void **state)
{
    struct chart_view shares = {.selected = -1, .base = 1}, index = {.selected = -1, .base = 2};

    (void)state;
    check_view(sample_cross(false), &plain, "cross_80_utf8", 80, 15, TIER_UTF8);
    check_view(sample_cross(true), &plain, "cross_turned_50", 50, 15, TIER_ASCII);
    check_view(sample_cross(true), &shares, "cross_shares_120", 120, 6, TIER_UTF8);
    check_view(sample_cross(false), &index, "cross_index_40x8", 40, 8, TIER_ASCII);
    for (int wide = 0; wide < 2; wide++) {
        struct result *r = sample_cross(wide);
        struct spots spots = {0};
        struct arena a = {0};
        struct canvas c;
        const struct spot *last;

        canvas_init(&c, 50, 20, TIER_ASCII);
        chart_of(r, &plain)->draw(r, &plain, &c, (struct rect){0, 0, 20, 50}, &a, &spots);
        assert_int_equal(spots.list.n, 1 + 36);
        last = &spots.list.at[36];
        assert_int_equal(last->count, 211);
        assert_string_equal(last->who, wide ? "a2 b11" : "a11 b2");
        assert_string_equal(last->label, "age 11, star 2");
        vec_done(&spots.list);
        arena_done(&a);
        canvas_done(&c);
        result_free(r);
    }
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
    assert_string_equal(spots.list.at[1].who, "lost:1");
    assert_int_equal(spots.list.at[1].count, 12173);
    assert_string_equal(spots.list.at[2].who, "open:1");
    assert_string_equal(spots.list.at[3].label, "2 Product detail: customers");
    assert_int_equal(spots.list.at[3].row, 1);
    vec_done(&spots.list);
    arena_done(&a);
    canvas_done(&c);
    result_free(r);
}

static size_t last_row_at(struct result *r, int scroll, int h)
{
    struct chart_view v = {.selected = -1, .scroll = scroll};
    struct spots spots = {0};
    struct arena a = {0};
    struct canvas c;
    size_t last = 0;

    canvas_init(&c, 90, h, TIER_ASCII);
    chart_of(r, &v)->draw(r, &v, &c, (struct rect){0, 0, h, 90}, &a, &spots);
    for (size_t i = 0; i < spots.list.n; i++)
        last = spots.list.at[i].row > last ? spots.list.at[i].row : last;
    vec_done(&spots.list);
    arena_done(&a);
    canvas_done(&c);
    return last;
}

/* Scrolled as far as ever, the last page is shown, and the last row on it: never beyond, never back at the
 * top. */
static void scrolling_ends_at_the_last_row(void **state)
{
    struct result *all[] = {sample_funnel(false), sample_days(60, 1), sample_sequence(false), sample_table()};
    static const int low[] = {5, 14, 10, 4};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        for (int scroll = (int)all[i]->rows.n; scroll < 200; scroll += 37)
            assert_int_equal(last_row_at(all[i], scroll, low[i]), all[i]->rows.n - 1);
        assert_true(last_row_at(all[i], 0, low[i]) < all[i]->rows.n - 1);
        result_free(all[i]);
    }
}

/* What comes back when nothing matched: columns or not, no rows, no summary. */
static struct result *empty(enum picture picture)
{
    static const struct column_info columns[] = {{"step", NULL, VALUE_INT}, {"name", NULL, VALUE_TEXT}};
    struct result *r = result_new("events", picture);

    result_columns(r, columns, picture % 2 ? 2 : 0);
    return r;
}

static void no_size_crashes(void **state)
{
    struct result *all[] = {sample_funnel(true),   sample_compared(true), sample_table(),
                            sample_days(40, 1),    sample_days(9, 5),     sample_days(1, 1),
                            sample_sequence(true), sample_matrix(),       sample_tree(),
                            sample_around(),       empty(PICTURE_TABLE),  empty(PICTURE_STEPS),
                            empty(PICTURE_FLOW),   empty(PICTURE_SERIES), empty(PICTURE_SEQUENCE),
                            empty(PICTURE_MATRIX), empty(PICTURE_LIST)};
    struct buf out = {0};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        for (int w = 0; w <= 120; w += 7)
            for (int h = 0; h <= 40; h += 3)
                for (int k = 0; k < 3; k++) {
                    struct chart_view v = {.table = k == 1, .selected = k * 5 - 1, .scroll = k * 7};

                    sample_draw(all[i], &v, w, h, (enum tier)(w % TIERS), &out);
                    chart_of(all[i], &v)->note(all[i], &v, w, h, &out);
                }
        result_free(all[i]);
    }
    buf_done(&out);
}

/* What a picture says beside its marks is there without them. */
static void plain_pictures_are_text_alone(void **state)
{
    struct result *all[] = {sample_funnel(true),   sample_compared(false), sample_table(), sample_days(40, 1),
                            sample_sequence(true), sample_matrix(),        sample_tree(),  sample_around(),
                            sample_profile(),      sample_cross(true),     sample_tags()};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        for (int tier = 0; tier < TIERS; tier++) {
            struct writer_options o = {.tier = (enum tier)tier, .w = 100, .plain = true, .quiet = true};
            struct buf out = {0};
            writer_named("text")->write(all[i], &o, &out);
            for (struct str rest = buf_view(&out); rest.n;) {
                uint32_t ch = utf8_next(&rest);
                if (ch >= 0x2500 && ch <= 0x259F)
                    fail_msg("picture %zu in %s: U+%04X\n%s", i, tier_name(o.tier), (unsigned)ch, out.p);
            }
            if (strstr(out.p, "---") || strstr(out.p, "###") || strstr(out.p, "==="))
                fail_msg("picture %zu in %s:\n%s", i, tier_name(o.tier), out.p);
            buf_done(&out);
        }
        result_free(all[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(funnel_pictures),
        cmocka_unit_test(a_selected_number_is_marked),
        cmocka_unit_test(table_pictures),
        cmocka_unit_test(series_pictures),
        cmocka_unit_test(sequence_pictures),
        cmocka_unit_test(matrix_pictures),
        cmocka_unit_test(profile_pictures),
        cmocka_unit_test(times_pictures),
        cmocka_unit_test(chains_pictures),
        cmocka_unit_test(index_and_interval_are_the_last_to_go),
        cmocka_unit_test(crossed_tags_lie_the_way_that_has_room),
        cmocka_unit_test(tree_pictures),
        cmocka_unit_test(around_pictures),
        cmocka_unit_test(every_number_with_users_is_a_spot),
        cmocka_unit_test(no_size_crashes),
        cmocka_unit_test(scrolling_ends_at_the_last_row),
        cmocka_unit_test(plain_pictures_are_text_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
