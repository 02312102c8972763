/* flow_screen_test.c - what the keys of a Sankey and of the tree of beginnings ask: each time the command
 * line that asks the same, and what is on the screen then. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/tui_drive.h"
#include "tui/tui_p.h"

#define PATHS "waymark paths --depth 6"

/* What the screen on top asks. */
static void expect_asked(struct tui *t, const char *command)
{
    struct arena a = {0};
    const struct screen *top = t->places.top;
    assert_non_null(top->type->question);
    assert_string_equal(query_command(top->type->question(top), NULL, &a), command);
    arena_done(&a);
}

static void type_and_expect(struct tui *t, const char *keys, const char *command, const char *shown)
{
    drive_type(t, keys);
    expect_asked(t, command);
    drive_shows(t, shown);
}

static void test_begin_anew(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    type_and_expect(t, "5", PATHS, "Log in@1");
    type_and_expect(t, "r", PATHS " --start 'event = \"login\"'", "Paths begin here; r again: they end here");
    type_and_expect(t, "r", PATHS " --end 'event = \"login\"'", "Paths end here");
    type_and_expect(t, "r", PATHS " --centre 'event = \"login\"'", "Paths lie around it");
    type_and_expect(t, "r", PATHS, "Whole paths");
    type_and_expect(t, "<Right>r", PATHS " --start 'event = \"home\"'", "Home@1");
    type_and_expect(t, "z", PATHS, "Log in@1");
    tui_free(t);
}

static void test_through(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    type_and_expect(t, "5v", PATHS " --through '1 login'", "Only paths through 1 login; v again");
    type_and_expect(t, "v", PATHS, "No longer only paths through 1 login");
    type_and_expect(t, "<Right>v", PATHS " --through '2 home'", "Only paths through 2 home");
    type_and_expect(t, "<Tab>v", PATHS " --through '2 home' --through '2 home > logout'", "Home@2 > Log out");
    type_and_expect(t, "v", PATHS " --through '2 home'", "No longer only paths through 2 home > logout");
    tui_free(t);
}

static void test_steps(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "5");
    drive_shows(t, "Step 1 ");
    drive_type(t, "]");
    drive_shows(t, "Step 2 ");
    drive_shows_not(t, "Step 1 ");
    drive_type(t, "]");
    drive_shows(t, "Step 3 ");
    drive_shows_not(t, "Step 2 ");
    drive_type(t, "[");
    drive_shows(t, "Step 2 ");
    drive_shows_not(t, "Step 1 ");
    drive_type(t, "{");
    drive_shows(t, "Step 1 ");
    drive_type(t, "}");
    drive_shows(t, "Step 6 ");
    tui_free(t);
}

static void test_hide(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    type_and_expect(t, "5x", PATHS " --hide 'event = \"login\"'", "Home@1");
    type_and_expect(t, "x", PATHS " --hide '(event = \"login\") or event = \"home\"'", "@1");
    type_and_expect(t, "zz", PATHS, "Log in@1");
    tui_free(t);
}

static void test_sets(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    type_and_expect(t, "5afund_* , ,card_*<Enter>", PATHS " --set 'fund_*' --set 'card_*'",
                    "set: fund_*  set: card_*");
    drive_type(t, "a");
    drive_shows(t, "with commas: fund_*, card_*");
    drive_type(t, "<Backspace><Backspace><Backspace><Backspace><Backspace><Backspace><Backspace><Backspace><"
                  "Enter>"); /* the second, and the comma */
    expect_asked(t, PATHS " --set 'fund_*'");
    tui_free(t);
}

static void test_before_and_after(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "5<Right>d");
    expect_asked(t, "waymark transitions --event 'event = \"home\"'");
    drive_shows(t, "Came from");
    tui_free(t);
}

/* ---- the tree */

/* Rows of the tree that are drawn: those with a percentage. */
static int rows_drawn(struct tui *t)
{
    struct buf now = {0};
    int n = 0;
    drive_picture(t, 100, 1000, TIER_ASCII, &now);
    for (struct str rest = buf_view(&now); rest.p && rest.n;) {
        struct str line = str_cut(&rest, '\n');
        n += memchr(line.p, '%', line.n) && !memmem(line.p, line.n, "rows", 4);
    }
    buf_done(&now);
    return n;
}

/* Rows of a tree that goes so deep, by its own question. */
static int rows_to_level(int64_t level)
{
    struct query q;
    struct err err = {0};
    query_init(&q, "paths");
    query_add(&q, "tree", "");
    struct result *r = workspace_run(drive_workspace(), &q, NULL, &err);
    int n = 0;
    assert_non_null(r);
    for (size_t i = 0; i < r->rows.n; i++)
        n += rows_get(&r->rows, i, "level")->i <= level;
    result_free(r);
    query_done(&q);
    return n;
}

static void test_tree(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    type_and_expect(t, "5t", PATHS, "From");
    type_and_expect(t, "t", PATHS " --tree", "How paths begin");
    drive_type(t, "-"); /* all closed */
    assert_int_equal(rows_drawn(t), rows_to_level(1));
    drive_shows(t, ">+ Log in");
    drive_type(t, "<Enter>");
    drive_shows(t, ">- Log in");
    drive_shows(t, "  + Home");
    drive_type(t, "<Enter>");
    assert_int_equal(rows_drawn(t), rows_to_level(1));
    drive_type(t, "<Right><Right><Down><Right>"); /* what is open is opened once */
    drive_shows(t, ">  - Home");
    drive_type(t, "<Down>");
    drive_shows_not(t, ">  - Home");
    drive_type(t, "<Left>"); /* it has nothing below it, or is closed: to the row above */
    drive_shows(t, ">  - Home");
    drive_type(t, "<Left>");
    drive_shows(t, ">  + Home");
    drive_type(t, "<Left>");
    drive_shows(t, ">- Log in");
    drive_type(t, "+"); /* all open */
    assert_int_equal(rows_drawn(t), rows_to_level(99));
    type_and_expect(t, "t", PATHS, "Log in@1");
    tui_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_begin_anew), cmocka_unit_test(test_steps),
        cmocka_unit_test(test_through),    cmocka_unit_test(test_hide),
        cmocka_unit_test(test_sets),       cmocka_unit_test(test_before_and_after),
        cmocka_unit_test(test_tree),
    };
    return cmocka_run_group_tests(tests, drive_make_store, drive_drop_store);
}
