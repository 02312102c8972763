/* tui_test.c - the explorer without a terminal: walks, edits, and keys at random. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "tests/unit/tui_drive.h"
#include "tui/keymap.h"
#include "tui/result_screen.h"

/* ---- cases */

static void test_walk(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_golden(t, "tui-home-80x24-ascii", 80, 24, TIER_ASCII);
    drive_type(t, "4");
    drive_golden(t, "tui-funnel-80x24-ascii", 80, 24, TIER_ASCII);
    drive_type(t, "<Down><Enter>");
    drive_golden(t, "tui-users-80x24-ascii", 80, 24, TIER_ASCII);
    drive_type(t, "<Enter>");
    drive_golden(t, "tui-sequence-80x24-ascii", 80, 24, TIER_ASCII);
    drive_type(t, "<Esc><Esc>");
    drive_golden(t, "tui-funnel-again-80x24-ascii", 80, 24, TIER_ASCII);
    drive_type(t, "5");
    drive_golden(t, "tui-sankey-80x24-ascii", 80, 24, TIER_ASCII);
    drive_type(t, "?");
    drive_golden(t, "tui-help-80x24-ascii", 80, 24, TIER_ASCII);
    tui_free(t);
}

static void test_wide(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_UTF8);
    drive_type(t, "4");
    drive_golden(t, "tui-funnel-120x40-utf8", 120, 40, TIER_UTF8);
    drive_type(t, "5");
    drive_golden(t, "tui-sankey-120x40-utf8", 120, 40, TIER_UTF8);
    drive_type(t, "7");
    drive_golden(t, "tui-trend-120x40-utf8", 120, 40, TIER_UTF8);
    tui_free(t);
}

/* Users behind the second step are as many as the funnel says; the counts are the published ratios of 2,000.
 */
static void test_numbers(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_UTF8);
    drive_type(t, "4");
    drive_shows(t, "2,000"); /* all */
    drive_shows(t, "267");   /* 2000 * 32240 / 241770, rounded */
    tui_free(t);
}

static void test_edit_and_undo(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_UTF8);
    drive_type(t, "4dddd"); /* one step left, the last */
    drive_shows(t, "1 Instalment done");
    drive_type(t, "alogi<Down><Enter><Enter>"); /* a second one, completed from the names */
    drive_shows(t, "Log in");
    drive_type(t, "zzzzz");
    drive_shows(t, "1 Home");
    drive_type(t, "Z");
    drive_type(t, "z-");
    drive_shows(t, "3d");
    tui_free(t);
}

/* The cursor stays where the steps are taken out: at the end as anywhere, and not at the first step. */
static void test_the_last_steps_go(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4<End>d");
    drive_shows(t, ">4 Confirm instalment");
    drive_type(t, "d");
    drive_shows(t, ">3 Bill detail");
    drive_shows(t, "1 Home");
    tui_free(t);
}

/* A step added to a broken down funnel is where the cursor goes, not a group of the step before. */
static void test_a_step_among_groups(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4bchannel<Enter>aaccount_query<Enter>");
    drive_shows(t, "2 Accounts: customers");
    tui_free(t);
}

/* The cursor goes with the step that is moved; the first cannot go up, nor the last down. */
static void test_steps_change_places(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4<Down>,");
    drive_shows(t, ">1 Credit card tab");
    drive_shows(t, " 2 Home");
    drive_type(t, ",");
    drive_shows(t, ">1 Credit card tab");
    drive_type(t, "..");
    drive_shows(t, " 1 Home");
    drive_shows(t, " 2 Bill detail");
    drive_shows(t, ">3 Credit card tab");
    drive_type(t, "z");
    drive_shows(t, " 2 Credit card tab");
    drive_type(t, "z<End>.");
    drive_shows(t, ">5 Instalment done");
    drive_type(t, ",");
    drive_shows(t, ">4 Instalment done");
    drive_shows(t, " 5 Confirm instalment");
    tui_free(t);
}

/* How many customers the condition is true for, by the command line's road. */
static void put_count(struct buf *out, const char *condition)
{
    struct query q;
    struct err err = {0};
    query_init(&q, "segment count");
    query_add(&q, "condition", condition);
    struct result *r = workspace_keep(workspace_dir(drive_workspace()), &q, NULL, &err);
    assert_non_null(r);
    num_put_thousands(out, object_get(&r->summary, "users")->i);
    result_free(r);
    query_done(&q);
}

static void test_comparing(void **state)
{
    (void)state;
    struct buf line = {0};
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4cage > 40<Enter>");
    drive_shows(t, "Difference, 95%");
    put_count(&line, "age > 40 and did(home) >= 1");
    buf_puts(&line, "  100.00%  100.00%                          ===");
    drive_shows(t, line.p);
    drive_type(t, "C");
    drive_shows_not(t, "age > 40");
    drive_type(t, "C");
    drive_shows(t, "Nothing is compared");
    drive_type(t, "7c");
    drive_shows(t, "This analysis compares nothing");
    buf_done(&line);
    tui_free(t);
}

/* What groups and segments add to the rows, and take away again, leaves the cursor on its step. */
static void test_the_cursor_stays(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4<Down><Down>");
    drive_shows(t, " 3 Bill detail: customers");
    drive_type(t, "bchannel<Enter>");
    drive_shows(t, " 3 Bill detail: customers");
    drive_type(t, "<Down>b<^U><Enter>"); /* of another group */
    drive_shows(t, " 3 Bill detail: customers");
    drive_type(t, "cage > 40<Enter>");
    drive_shows(t, " 3 Bill detail: customers");
    drive_type(t, "<Down>C");
    drive_shows(t, " 3 Bill detail: customers");
    drive_type(t, "<Up><Up>d"); /* the first: the second stands there */
    drive_shows(t, " 1 Credit card tab: customers");
    tui_free(t);
}

static int64_t first_lost(const char *group)
{
    struct query q;
    struct err err = {0};
    query_init(&q, "funnel");
    query_add(&q, "step", "home");
    query_add(&q, "step", "card_tab");
    query_add(&q, "by", "channel");
    struct result *r = workspace_run(drive_workspace(), &q, NULL, &err);
    int64_t lost = -1;
    assert_non_null(r);
    for (size_t i = 0; i < r->rows.n && lost < 0; i++)
        if (str_eq(rows_get(&r->rows, i, "group")->text, str_of(group)))
            lost = rows_get(&r->rows, i, "lost")->i;
    result_free(r);
    query_done(&q);
    return lost;
}

/* Below the steps stands what those of the group under the cursor did, not everyone. */
static void test_what_next_of_a_group(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    char wanted[80];
    drive_type(t, "4");
    drive_shows(t, "Step 1: what the ");
    drive_type(t, "<End>dddbchannel<Enter><Home>");
    const char *const group[] = {"app", "wechat"};
    for (int i = 0; i < 2; i++) {
        snprintf(wanted, sizeof wanted, "Step 1, %s: what the %lld lost", group[i],
                 (long long)first_lost(group[i]));
        drive_settle(t); /* what the drawing has asked */
        drive_shows(t, wanted);
        drive_type(t, "<Down>");
    }
    drive_type(t, "b<^U><Enter>cage > 40<Enter><Home>");
    drive_settle(t);
    drive_shows(t, "Step 1, everyone: what the ");
    drive_type(t, "<Down>");
    drive_settle(t);
    drive_shows(t, "Step 1, age > 40: what the ");
    tui_free(t);
}

/* The pane has what the steps leave, and where they leave nothing there is none. */
static void test_no_step_gives_way(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    struct buf now = {0};
    drive_type(t, "4");
    for (int steps = 5; steps < 18; steps++) {
        buf_clear(&now);
        drive_picture(t, 80, 24, TIER_ASCII, &now);
        for (int k = 1; k <= steps && k <= 18; k++) {
            char line[16];
            snprintf(line, sizeof line, "\n%c%-2d", k == 1 ? '>' : ' ', k);
            if (k > 9)
                snprintf(line, sizeof line, "\n%d ", k);
            if (!strstr(now.p, line))
                fail_msg("%d steps: the %dth is hidden\n%s", steps, k, now.p);
        }
        if ((strstr(now.p, "lost after it did next") != NULL) != (steps < 15))
            fail_msg("%d steps\n%s", steps, now.p);
        drive_type(t, "alogin<Enter><Home>");
    }
    buf_done(&now);
    tui_free(t);
}

/* D says what is so: nobody is lost after the last step, and chains have no such number at all. */
static void test_nobody_is_lost(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4<End>D");
    drive_shows(t, "Nobody is lost after the last step");
    drive_type(t, "<Home>DvD");
    drive_shows(t, "There is no list of users behind this");
    tui_free(t);
}

/* Wide enough for the whole footer. */
static void wide_shows_not(struct tui *t, const char *what)
{
    struct buf now = {0};
    drive_picture(t, 200, 30, TIER_UTF8, &now);
    if (strstr(now.p, what))
        fail_msg("on screen: %s\n%s", what, now.p);
    buf_done(&now);
}

/* A customer's chains are nobody's number: the footer offers neither the customers nor the lost. */
static void test_footer_of_chains(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4");
    drive_shows(t, "u users");
    drive_shows(t, "D lost");
    drive_shows(t, "w save");
    drive_type(t, "<Enter>v");
    drive_shows(t, "Chains of ");
    drive_shows(t, "Enter open");
    wide_shows_not(t, "u users");
    wide_shows_not(t, "D lost");
    wide_shows_not(t, "w save");
    wide_shows_not(t, "b break");
    wide_shows_not(t, "c compare");
    tui_free(t);
}

static void open_question(struct tui *t, const char *line)
{
    struct query q;
    struct err err = {0};
    if (!query_parse(&q, str_of(line), &err))
        fail_msg("%s", err.text);
    tui_push(t, result_screen_new(t, &q));
    query_done(&q);
    drive_settle(t);
    drive_type(t, "<Home>");
}

/* Lists are called by what people see, not by what the data say. */
static void test_titles_of_lists(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    open_question(t, "funnel --step home --step card_tab --next 1");
    drive_type(t, "<Down><Enter>");
    drive_shows(t, "Next, of those lost after step 1: Log out");
    open_question(t, "funnel --step home --step card_tab --by channel --next 1");
    drive_type(t, "<Down><Enter>");
    drive_shows(t, "Next, of those lost after step 1: app > Log out");
    open_question(t, "funnel --step home --step card_tab --by event");
    drive_type(t, "<Enter>");
    drive_shows(t, "Reached step 1: Home");
    tui_free(t);
}

/* As long as a refused question stands, nothing goes on from the numbers of the one before. */
static void test_nothing_goes_on_from_an_older_answer(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    const char *const key[] = {"<Enter>", "u", "D", "w", "P"};
    drive_type(t, "4anosuch<Enter>");
    for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
        drive_type(t, "<Down>");
        drive_type(t, key[i]);
        drive_shows(t, "This answers the question before");
    }
    drive_type(t, "z<Home>D");
    drive_shows(t, "Lost after step");
    tui_free(t);
}

/* The list to call back from: attributes are chosen among the options of the list, and written with it. */
static void test_recall_list(void **state)
{
    (void)state;
    struct err err = {0};
    char path[128];
    struct buf file = {0}, keys = {0};
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4<Down>Do");
    for (int i = 0; i < 60 && !strstr(file.p ? file.p : "", "> columns"); i++) {
        drive_type(t, "<Down>");
        buf_clear(&file);
        drive_picture(t, 100, 30, TIER_ASCII, &file);
    }
    drive_type(t, "<Enter>cit<Tab>,star<Enter><Esc>");
    drive_shows(t, "Lost after step 2");
    drive_shows(t, "city");
    snprintf(path, sizeof path, "%s/recall.csv", drive_folder());
    buf_printf(&keys, "e%s<Enter>", path);
    drive_type(t, keys.p);
    buf_clear(&file);
    assert_true(os_read_file(path, 1 << 20, &file, &err));
    assert_true(str_eq(STR("user,events,first,last,step,reached,city,star"),
                       (struct str){file.p, strcspn(file.p, "\n")}));
    buf_done(&file);
    buf_done(&keys);
    tui_free(t);
}

/* r: the window and what follows it. */
static void test_window_has_a_key(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4r<Enter><^U>1d<Enter><Down><Enter><Esc>");
    drive_shows(t, "2 Credit card tab");
    drive_type(t, "i");
    drive_shows(t, "--window 1d");
    drive_shows(t, "--order strict");
    tui_free(t);
}

/* After `and` a property is wanted, after `event =` an event, and of values nothing is known. */
static void test_completion_in_conditions(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4acha");
    drive_shows(t, "channel"); /* channel = ... may begin a condition, too */
    drive_shows(t, "chat");
    drive_type(t, "<^U>home AND cha");
    drive_shows(t, "channel");
    wide_shows_not(t, "chat");
    drive_type(t, "<Tab> = a");
    wide_shows_not(t, "account_query");
    drive_type(t, "<^U>event = acc");
    drive_shows(t, "account_query");
    drive_type(t, "<^U>event in (login, acc");
    drive_shows(t, "account_query");
    drive_type(t, "<^U>channel in (app, acc");
    wide_shows_not(t, "account_query");
    drive_type(t, "<^U>(acc");
    drive_shows(t, "account_query");
    tui_free(t);
}

static void test_wrong_step_is_said(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_UTF8);
    drive_type(t, "4anosuch<Enter>");
    drive_shows(t, "nosuch");
    drive_type(t, "<Down>"); /* the numbers are still those of the question before */
    drive_shows(t, "nosuch");
    drive_type(t, "z");
    drive_shows(t, "Credit card tab");
    tui_free(t);
}

static void test_export(void **state)
{
    (void)state;
    char path[64], keys[128];
    snprintf(path, sizeof path, "%s/out.csv", drive_folder());
    struct tui *t = drive_start(TIER_UTF8);
    snprintf(keys, sizeof keys, "4e%s<Enter>", path);
    drive_type(t, keys);
    drive_shows(t, "out.csv");
    struct buf csv = {0};
    struct err err = {0};
    assert_true(os_read_file(path, 1 << 20, &csv, &err));
    assert_non_null(strstr(csv.p, "card_tab"));
    drive_type(t, keys + 1); /* never over an existing file */
    drive_shows(t, "exists");
    buf_done(&csv);
    tui_free(t);
}

/* The row that says what the cursor is on: "Log out@4  2,000 …"; up to the first double blank. */
static void under_cursor(struct tui *t, int w, int h, char *out, size_t size)
{
    struct buf now = {0};
    drive_picture(t, w, h, TIER_UTF8, &now);
    const char *row = now.p;
    for (int y = 0; y < h - 4; y++)
        row = strchr(row, '\n') + 1;
    const char *end = strstr(row + 1, "  ");
    snprintf(out, size, "%.*s", (int)(end - row), row);
    buf_done(&now);
}

/* Another size draws other nodes in other places: the cursor stays on its node. */
static void test_resize_keeps_the_node(void **state)
{
    (void)state;
    char before[128], wide[128], after[128];
    struct tui *t = drive_start(TIER_UTF8);
    drive_type(t, "5]]<Right><Down>");
    under_cursor(t, 80, 24, before, sizeof before);
    assert_non_null(strchr(before, '@'));
    under_cursor(t, 200, 60, wide, sizeof wide);
    assert_string_equal(wide, before);
    under_cursor(t, 80, 24, after, sizeof after);
    assert_string_equal(after, before);
    tui_free(t);
}

/* An option that makes no sense is refused at once, so that the form can be left. */
static void test_options_can_be_left(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_UTF8);
    drive_type(t, "4o<Down><Down><Down><Down><Down><Down><Enter>");
    drive_type(t, "<Backspace><Backspace>1x<Enter>");
    drive_shows(t, "1x");                /* the message names it */
    drive_shows(t, "window         7d"); /* the line is as it was */
    drive_type(t, "<Esc>");
    drive_shows(t, "Credit card tab");
    drive_shows(t, "within 7d of the first");
    tui_free(t);
}

static void test_unknown_customer(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_UTF8);
    drive_type(t, "3nobody<Enter>");
    drive_shows(t, "nobody");
    drive_type(t, "<Esc>");
    assert_false(tui_done(t));
    drive_type(t, "qn");
    assert_false(tui_done(t));
    drive_type(t, "qy");
    assert_true(tui_done(t));
    tui_free(t);
}

static void test_small_and_full_width_keys(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_golden(t, "tui-small-60x10", 60, 10, TIER_ASCII);
    struct buf now = {0};
    drive_picture(t, 1, 1, TIER_ASCII, &now);
    buf_done(&now);
    drive_type(t, "？"); /* a Chinese input method is on */
    drive_shows(t, "Help");
    tui_free(t);
}

/* Random keys at random sizes: nothing may crash or hang, and there is always a way home. */
static void test_monkey(void **state)
{
    (void)state;
    static const char keys[] =
        "hjklgG\t123456789 ?/nNtoaEADdx+-[]{}r%eifFsSbcCxXwPyYmM'<>\\JpTzZRuUL~:\rq\033,.!";
    unsigned seed = 20261121;
    for (int round = 0; round < 4; round++) {
        struct tui *t = drive_start(TIER_UTF8);
        for (int i = 0; i < 250; i++) {
            seed = seed * 1103515245u + 12345u;
            char ch = keys[(seed >> 16) % (sizeof keys - 1)];
            uint32_t key = ch == '\r' ? TERM_ENTER : ch == '\033' ? TERM_ESC : (uint32_t)ch;
            if (ch != 'e' && ch != 'L')
                tui_key(t, key);
            if (i % 3 == 0)
                drive_settle(t);
            struct buf now = {0};
            drive_picture(t, 20 + (int)(seed >> 8) % 150, 5 + (int)(seed >> 4) % 60,
                          i % 2 ? TIER_UTF8 : TIER_ASCII, &now);
            buf_done(&now);
        }
        tui_free(t);
    }
}

int main(void)
{
    nls_init("en");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_edit_and_undo),
        cmocka_unit_test(test_the_last_steps_go),
        cmocka_unit_test(test_a_step_among_groups),
        cmocka_unit_test(test_the_cursor_stays),
        cmocka_unit_test(test_what_next_of_a_group),
        cmocka_unit_test(test_no_step_gives_way),
        cmocka_unit_test(test_nobody_is_lost),
        cmocka_unit_test(test_steps_change_places),
        cmocka_unit_test(test_comparing),
        cmocka_unit_test(test_footer_of_chains),
        cmocka_unit_test(test_titles_of_lists),
        cmocka_unit_test(test_nothing_goes_on_from_an_older_answer),
        cmocka_unit_test(test_recall_list),
        cmocka_unit_test(test_window_has_a_key),
        cmocka_unit_test(test_completion_in_conditions),
        cmocka_unit_test(test_wrong_step_is_said),
        cmocka_unit_test(test_export),
        cmocka_unit_test(test_resize_keeps_the_node),
        cmocka_unit_test(test_options_can_be_left),
        cmocka_unit_test(test_unknown_customer),
        cmocka_unit_test(test_small_and_full_width_keys),
        cmocka_unit_test(test_monkey),
    };
    return cmocka_run_group_tests(tests, drive_make_store, drive_drop_store);
}
