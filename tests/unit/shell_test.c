/* shell_test.c - what the explorer has around every screen: history, filters, order, segments of any number,
 * copies, the palette, bookmarks, the session. Keys in, screen and files out. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/nls.h"
#include "base/os.h"
#include "model/registry.h"
#include "tests/unit/tui_drive.h"
#include "tui/keymap.h"
#include "tui/pager_screen.h"
#include "tui/tui_p.h"

static void state_file(const char *name, struct buf *out)
{
    char path[128];
    struct err err = {0};
    snprintf(path, sizeof path, "%s/waymark/%s", drive_folder(), name);
    assert_true(os_read_file(path, 1 << 20, out, &err));
}

/* By the command line's road. */
static int64_t count_of(const char *condition)
{
    struct query q;
    struct err err = {0};
    query_init(&q, "segment count");
    query_add(&q, "condition", condition);
    struct result *r = workspace_keep(workspace_dir(drive_workspace()), &q, NULL, &err);
    if (!r)
        fail_msg("%s", err.text);
    const struct value *users = object_get(&r->summary, "users");
    assert_true(users && users->type == VALUE_INT);
    int64_t n = users->i;
    result_free(r);
    query_done(&q);
    return n;
}

/* ---- places */

static void test_history(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4<Down><Enter>");
    drive_shows(t, "Reached step 2");
    drive_type(t, "<Esc>");
    drive_shows(t, ">2 Credit card tab");
    drive_type(t, ">");
    drive_shows(t, "Reached step 2");
    drive_type(t, "5");
    drive_shows(t, "Sankey");
    drive_type(t, "4"); /* where the funnel was left */
    drive_shows(t, "Reached step 2");
    drive_type(t, "4"); /* and from within to the funnel itself */
    drive_shows(t, ">2 Credit card tab");
    drive_type(t, "<"); /* the users again */
    drive_shows(t, "Reached step 2");
    drive_type(t, "<");
    drive_shows(t, "Sankey");
    drive_type(t, ">>>");
    drive_shows(t, "nothing to go forward to");
    drive_type(t, "1?"); /* a page is no place */
    drive_type(t, "<");
    drive_shows(t, ">2 Credit card tab");
    tui_free(t);
}

static void test_missing_analyses_are_said(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    if (!registry_find("retention")) {
        drive_type(t, "6");
        drive_shows(t, "no retention");
    }
    if (!registry_find("distribution")) {
        drive_type(t, "8");
        drive_shows(t, "no distributions");
    }
    drive_type(t, "b");
    drive_shows(t, "b (break down) does nothing on this screen");
    tui_free(t);
}

/* Chains are explained of a funnel's customers only: other lists neither offer it nor take the key. */
static void test_why_is_for_lists_of_a_funnel(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4<Enter>");
    drive_shows(t, "v why");
    drive_type(t, "5u");
    drive_shows(t, "Enter open");
    drive_shows_not(t, "v why");
    drive_type(t, "v");
    drive_shows(t, "does nothing on this screen");
    tui_free(t);
}

/* Sixty lines on a page: the end is the last screenful, and what is looked for comes to the top. */
static void test_pages(void **state)
{
    (void)state;
    struct buf text = {0};
    struct tui *t = drive_start(TIER_ASCII);
    for (int i = 1; i <= 60; i++)
        buf_printf(&text, "%sLine %02d%s", i > 1 ? "\n" : "", i, i == 30 || i == 41 ? " Needle" : "");
    tui_push(t, pager_screen_new("Pages", text.p));
    drive_shows(t, "Line 01"); /* how far it can be scrolled is known from drawing */
    drive_type(t, "<Down>");
    drive_shows(t, "Line 02");
    drive_shows_not(t, "Line 01");
    drive_type(t, "/needle<Enter>");
    drive_shows(t, "Line 30");
    drive_shows_not(t, "Line 29");
    drive_type(t, "n");
    drive_shows(t, "Line 41");
    drive_shows_not(t, "Line 40");
    drive_type(t, "n");
    drive_shows(t, "Not found: needle");
    drive_shows(t, "Line 41");
    drive_type(t, "N");
    drive_shows(t, "Line 30");
    drive_shows_not(t, "Line 29");
    drive_type(t, "<End>");
    drive_shows(t, "Line 60");
    drive_shows(t, "Line 45");
    tui_free(t);
    buf_done(&text);
}

static void test_jobs_and_log(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "J");
    drive_shows(t, "Nothing is being counted");
    drive_type(t, "<Esc>zE");
    drive_shows(t, "does nothing on this screen"); /* z on Home was said, with the time before it */
    tui_free(t);
}

/* Esc leaves a job running; when it is over that is said, and the answer is one key away. */
static void test_jobs_go_on(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    tui_key(t, '5');
    tui_key(t, TERM_ESC);
    drive_shows(t, "Overview");
    tui_key(t, 'J');
    drive_shows(t, "> Sankey");
    tui_key(t, TERM_ESC);
    drive_settle(t);
    drive_shows(t, "Ready: Sankey");
    drive_type(t, ">");
    drive_shows(t, "|Home");
    tui_free(t);
}

/* From the key to the end of the thread. */
static void test_cancel_is_quick(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    tui_key(t, '5');
    int64_t begun = os_monotonic_us();
    tui_key(t, TERM_CTRL('C'));
    while (tui_busy(t))
        tui_tick(t);
    assert_true(os_monotonic_us() - begun < 100000);
    assert_false(tui_done(t)); /* with a job running it is no question of leaving */
    tui_free(t);
}

/* ---- the view */

static void test_filter(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "5fcard_tab or home<Enter>");
    drive_shows(t, "filter: card_tab or home");
    drive_shows_not(t, "Log in");
    drive_type(t, "F");
    drive_shows_not(t, "filter:");
    drive_shows(t, "Log in");
    drive_type(t, "z");
    drive_shows(t, "filter: card_tab or home");
    drive_type(t, "fnosuch<Enter>"); /* said, and the answer stays */
    drive_shows(t, "nosuch");
    tui_free(t);
}

/* Users in the first line of the sorted table are the most of any day. */
static void test_order(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    struct query q;
    struct err err = {0};
    int64_t most = 0;
    char line[64];
    query_init(&q, "events");
    query_add(&q, "unit", "day");
    struct result *r = workspace_run(drive_workspace(), &q, NULL, &err);
    assert_non_null(r);
    for (size_t i = 0; i < r->rows.n; i++)
        if (rows_get(&r->rows, i, "users")->i > most)
            most = rows_get(&r->rows, i, "users")->i;
    result_free(r);
    query_done(&q);
    drive_type(t, "7susers<Enter>g");
    drive_golden(t, "shell-sorted-80x24", 80, 24, TIER_ASCII);
    snprintf(line, sizeof line, " %lld ", (long long)most);
    struct buf now = {0};
    drive_picture(t, 80, 24, TIER_ASCII, &now);
    const char *row = strchr(strstr(now.p, "-----"), '\n') + 1; /* the first row of the table */
    assert_true(strstr(row, line) && strstr(row, line) < strchr(row, '\n'));
    buf_done(&now);
    drive_type(t, "S");
    drive_golden(t, "shell-reversed-80x24", 80, 24, TIER_ASCII);
    drive_type(t, "zzz"); /* the order, its direction, the table: nothing was asked again */
    drive_shows_not(t, "-----");
    tui_free(t);
}

static void test_hide_and_break_down(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "5x");
    drive_shows_not(t, "|Log in");
    drive_type(t, "X");
    drive_shows(t, "|Log in");
    drive_type(t, "X");
    drive_shows(t, "Nothing is left out");
    drive_type(t, "7bevent<Enter>");
    drive_shows(t, "Home");
    drive_type(t, "b<^U><Enter>"); /* emptied: not any more */
    drive_shows_not(t, "Log out");
    drive_type(t, "5");
    drive_shows(t, "  Paths are");
    drive_type(t, "x");
    drive_shows(t,
                "hide: login  Paths are"); /* what is not the plain question is told, however long the rule */
    drive_type(t, "b");                    /* no groups here, but what the customers are like */
    drive_shows(t, "customers against");
    tui_free(t);
}

/* One step typed after the other makes a funnel in that order. */
static void test_steps_in_the_order_typed(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4dddddalogin<Enter>ahome<Enter>acard_tab<Enter>amessage<Enter>");
    drive_shows(t, " 1 Log in");
    drive_shows(t, " 2 Home");
    drive_shows(t, " 3 Credit card tab");
    drive_shows(t, ">4 Messages");
    tui_free(t);
}

/* What helps stands at the end of a message: none is cut. */
static void test_long_messages_are_whole(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    tui_status(t, ROLE_ERROR, "%s",
               "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen");
    drive_shows(t, " one two");
    drive_shows(t, " fifteen");
    drive_type(t, "<Down>");
    drive_shows_not(t, "fifteen");
    tui_free(t);
}

static void test_help_is_searched_and_runs(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4?/lost after<Enter><Enter>"); /* the line found does what it says */
    drive_shows(t, "Lost after step 1");
    drive_type(t, "<Esc>?/no such thing<Enter>");
    drive_shows(t, "Not found: no such thing");
    tui_free(t);
}

/* What is longer than there is room for beside a line stands whole below the list, in help and in options. */
static void test_long_help_is_whole(void **state)
{
    (void)state;
    struct buf now = {0};
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4o<Down><Down><Down><Down><Down><Down><Down><Down>");
    drive_picture(t, 80, 24, TIER_ASCII, &now);
    assert_non_null(strstr(now.p, "> rule "));
    assert_non_null(strstr(now.p, "retentioneering; all: side by side"));
    assert_non_null(strstr(now.p, "d takes it back to its default"));
    buf_clear(&now);
    drive_type(t, "<Esc>?");
    drive_picture(t, 80, 24, TIER_ASCII, &now);
    assert_non_null(strstr(now.p, "everyone who had it\n"));
    buf_done(&now);
    tui_free(t);
}

static void test_maximise(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4");
    drive_shows(t, "? help");
    drive_type(t, "\\");
    drive_shows_not(t, "? help");
    drive_shows(t, "267");
    drive_type(t, "\\");
    drive_shows(t, "? help");
    tui_free(t);
}

/* ---- customers of a number */

static void test_segment_of_a_number(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4<Down>wcard people<Enter>1");
    drive_shows(t, "Saved as a segment: card people");
    drive_type(t, "wcard list<Enter>2");
    drive_shows(t, "Saved as a segment: card list");
    /* 2000 * 32240 / 241770, as the funnel says; both ways of keeping them, and by another road: the
     * condition itself */
    assert_int_equal(count_of("segment(\"card people\")"), 267);
    assert_int_equal(count_of("segment(\"card list\")"), 267);
    assert_int_equal(count_of("segment(\"card list\") and segment(\"card people\")"), 267);
    drive_type(t, "P");
    drive_shows(t, "Profile");
    drive_shows(t, "267");
    drive_type(t, "<Esc><Enter>P"); /* over a list: those of the list */
    drive_shows(t, "267");
    drive_type(t, ":segment card people<Enter>");
    drive_type(t, "1");
    drive_shows(t, "[card people]");
    drive_type(t, ":segment nobody<Enter>");
    drive_shows(t, "no segment called nobody");
    tui_free(t);
}

/* ---- text out of the screen */

/* However deep somebody is: where he is stands in the first row. */
static void test_path_in_the_title(void **state)
{
    (void)state;
    struct buf now = {0};
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4<Down><Enter><Enter>K");
    drive_picture(t, 80, 24, TIER_ASCII, &now);
    struct str rest = buf_view(&now), first = str_cut(&rest, '\n');
    assert_non_null(memmem(first.p, first.n, " waymark | ~ > ", 15));
    assert_non_null(memmem(first.p, first.n, "> Note for a ticket", 19));
    assert_non_null(memmem(first.p, first.n, "ASCII", 5));
    drive_shows(t, " waymark | Home > Funnel > Reached step 2 > Sequence"); /* 100 columns */
    buf_done(&now);
    tui_free(t);
}

/* Written by the site: only it can lock. */
static void lock_mask(struct tui *t)
{
    char path[128];
    struct err err = {0};
    snprintf(path, sizeof path, "%s/policy", drive_folder());
    assert_true(os_replace_file(path, STR("lock mask = on\n"), &err));
    assert_true(settings_read(tui_settings(t), path, true, &err));
    assert_int_equal(remove(path), 0);
}

static void test_mask(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "4<Down><Enter>");
    drive_shows_not(t, "****");
    drive_type(t, "M");
    drive_shows(t, "  masked  ");
    drive_shows(t, " ****");
    drive_shows(t, "are hidden");
    drive_type(t, "<Enter>"); /* what is hidden can still be opened */
    drive_shows(t, "> Sequence ****");
    drive_type(t, "K"); /* a page made of it */
    drive_shows(t, "Customer: ****");
    drive_type(t, "M");
    drive_shows_not(t, "****");
    drive_shows(t, "shown again");
    drive_type(t, "K");
    drive_shows_not(t, "****");
    drive_type(t, "M"); /* a page made before is closed */
    drive_shows(t, "> Sequence ****");
    drive_shows_not(t, "Note for a ticket");
    drive_type(t, ":set mask off<Enter>");
    drive_shows_not(t, "****");
    lock_mask(t);
    drive_type(t, "M");
    drive_shows(t, "mask is locked at on by this site");
    drive_shows(t, "> Sequence ****");
    drive_type(t, ":set mask off<Enter>");
    drive_shows(t, "> Sequence ****");
    tui_free(t);
}

/* Somebody who presses 3 is about to type an id: its digits must not lead to other screens. */
static void test_digits_of_an_id(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "3<Esc>"); /* thought better of it */
    drive_type(t, "3zz<Enter>");
    drive_shows(t, "0 customers");
    drive_type(t, "<Esc>3");
    drive_shows(t, "Customer id, or a part of it:");
    drive_type(t, "45<Enter>");
    drive_shows(t, "> Find a customer");
    drive_type(t, "<Enter>");
    drive_shows(t, "> Sequence ");
    drive_type(t, "1");
    drive_shows(t, "waymark | Home ");
    drive_type(t, "3"); /* the customer looked at last */
    drive_shows(t, "> Sequence ");
    drive_shows(t, "3 again looks for another");
    drive_type(t, "3");
    drive_shows(t, "Customer id, or a part of it:");
    tui_free(t);
}

static void test_copies(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    struct buf text = {0};
    drive_type(t, "4<Down>y");
    drive_shows(t, "Copied to ");
    state_file("copied.txt", &text);
    assert_non_null(strstr(text.p, "\t267"));
    buf_clear(&text);
    drive_type(t, "Y");
    state_file("copied.txt", &text);
    assert_non_null(strstr(text.p, "Credit card tab"));
    assert_non_null(strstr(text.p, "2,000"));
    drive_type(t, ":set export off<Enter>y");
    drive_shows(t, "switched off");
    drive_type(t, "e");
    drive_shows(t, "switched off");
    buf_done(&text);
    tui_free(t);
}

/* ---- the palette */

static void test_palette(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, ":set sm");
    drive_shows(t, "1 set small on");
    drive_type(t, "<Tab>");
    drive_shows(t, ": set small on");
    drive_type(t, "<Enter>");
    assert_true(settings_is(tui_settings(t), SETTING_SMALL, "on"));
    drive_type(t, ":<Up>");
    drive_shows(t, ": set small on");
    drive_type(t, "<Esc>:set small perhaps<Enter>");
    drive_shows(t, "on|off");
    drive_type(t, ":frobnicate now<Enter>");
    drive_shows(t, "no command called frobnicate now");
    drive_type(t, "7:goto 2026-10-20<Enter>");
    drive_shows(t, "10-20");
    drive_type(t, ":goto soon<Enter>");
    drive_shows(t, "no day");
    tui_free(t);
}

/* ---- what is kept */

static void test_bookmarks(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "'");
    drive_shows(t, "no bookmarks yet");
    drive_type(t, "m");
    drive_shows(t, "Only answers can be bookmarked");
    drive_type(t, "4-m<^U>short one<Enter>");
    drive_type(t, "51'");
    drive_shows(t, "short one");
    drive_type(t, "1");
    drive_shows(t, "within 3d of the first");
    tui_free(t);
}

static void test_session(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    struct buf text = {0};
    tui_session_begin(t);
    drive_type(t, "4<Down><Enter><Enter>"); /* a funnel, its users, one of them */
    drive_shows(t, "Sequence");
    drive_type(t, "m"); /* a mark on an event says something of a customer: it lasts for the session alone */
    drive_shows(t, "Marked with *");
    struct buf id = {0};
    const struct query *q = t->places.top->type->question(t->places.top);
    buf_puts(&id, query_get(q, "id"));
    tui_free(t);
    state_file("session", &text);
    state_file("recent", &text);
    assert_true(id.n >= 8 && !strstr(text.p, id.p));
    buf_done(&id);
    assert_non_null(strstr(text.p, "--users reached:2"));
    assert_null(strstr(text.p, "waymark user")); /* no customer is named */

    t = drive_start(TIER_ASCII);
    tui_session_begin(t);
    drive_shows(t, "Restored from last time: Reached step 2");
    drive_shows(t, "home > card_tab"); /* among the recent questions */
    drive_type(t, ">");
    drive_shows(t, "Home > Funnel > Reached step 2");
    drive_type(t, "<Esc>");
    drive_shows(t, "1 Home");
    tui_free(t);
    buf_done(&text);
}

/* An answer on Home is replaced between two drawings: what was drawn of the old one leads nowhere any more.
 */
static void test_replaced_answer_on_home(void **state)
{
    (void)state;
    struct buf now = {0};
    struct tui *t = drive_start(TIER_ASCII);
    drive_shows(t, "Commonest events");
    drive_type(t, "G"); /* one of the events */
    tui_act(t, ACTION_REFRESH);
    drive_picture(t, 100, 30, TIER_ASCII, &now); /* still the old answer */
    drive_settle(t);
    tui_key(t, TERM_ENTER);
    drive_shows(t, "waymark | Home  ");
    drive_type(t, "<Enter>"); /* now it is drawn */
    drive_shows(t, "waymark | Home > Events");
    buf_done(&now);
    tui_free(t);
}

/* Questions kept in the store are on Home, and lead to where they belong. */
static void test_saved_questions(void **state)
{
    (void)state;
    struct query q;
    struct err err = {0};
    query_init(&q, "question save");
    query_add(&q, "name", "two steps");
    query_add(&q, "question", "funnel --step login --step card_tab --window 1d");
    struct result *r = workspace_keep(workspace_dir(drive_workspace()), &q, NULL, &err);
    if (!r)
        fail_msg("%s", err.text);
    result_free(r);
    query_set(&q, "name", "odd");
    query_set(&q, "question", "transitions");
    result_free(workspace_keep(workspace_dir(drive_workspace()), &q, NULL, &err));
    struct tui *t = drive_start(TIER_ASCII);
    drive_shows(t, "Saved questions");
    drive_shows(t, "login > card_tab");
    drive_type(t, "<Down><Down><Down><Down><Down><Down>");
    drive_shows(t, "> two steps");
    drive_type(t, "<Down>");
    drive_shows(t, "> odd");
    drive_type(t, "<Up><Enter>");
    drive_shows(t, "waymark | Home > Funnel");
    drive_shows(t, "Log in");
    drive_type(t, "14"); /* it is the funnel now */
    drive_shows(t, "Log in");
    tui_free(t);
    query_done(&q);
    for (int i = 0; i < 2; i++) {
        query_init(&q, "question drop");
        query_add(&q, "name", i ? "odd" : "two steps");
        result_free(workspace_keep(workspace_dir(drive_workspace()), &q, NULL, &err));
        query_done(&q);
    }
}

static void test_session_can_be_switched_off(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    struct buf before = {0}, after = {0};
    struct err err = {0};
    state_file("session", &before);
    assert_true(settings_put_pair(tui_settings(t), STR("session=off"), &err));
    tui_session_begin(t);
    drive_shows_not(t, "Restored");
    drive_type(t, "7");
    tui_free(t);
    state_file("session", &after);
    assert_string_equal(before.p, after.p);
    buf_done(&before);
    buf_done(&after);
}

/* ---- keys */

static void test_input_method(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "漏斗");
    drive_shows_not(t, "input method");
    drive_type(t, "图");
    drive_shows(t, "The input method is on");
    drive_type(t, "：funnel<Enter>"); /* full-width colon */
    drive_shows(t, "Credit card tab");
    tui_free(t);
}

/* What the terminal sends between the marks of a paste is text in a field and nothing elsewhere. */
static void test_paste(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, ":");
    tui_key(t, TERM_PASTE_BEGIN);
    drive_type(t, "set 1 go");
    tui_key(t, TERM_ENTER); /* a line end within: not the end of the field */
    tui_key(t, TERM_PASTE_END);
    drive_shows(t, ": set 1 go");
    tui_free(t);
}

/* Every action can be had on every screen it is for: by a key that does it there, or by its name. */
static void test_every_action_is_reachable(void **state)
{
    (void)state;
    for (int a = 1; a < ACTIONS; a++) {
        const struct action_info *info = action_get((enum action)a);
        struct buf label = {0};
        keymap_label(&label, (enum action)a);
        assert_true(info->name[0] && info->label[0] && info->help[0]);
        assert_int_equal(action_named(str_of(info->name)), a);
        if (!label.n && info->context)
            fail_msg("%s has no key", info->name);
        buf_done(&label);
    }
}

static void footers_fit(const char *end)
{
    static const char *const screens[] = {"1", "2", "4", "<Enter>", "<Enter>", "5", "7", "9", "4o", "1?"};
    struct tui *t = drive_start(TIER_UTF8);
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
        struct buf now = {0};
        drive_type(t, screens[i]);
        drive_picture(t, 80, 24, TIER_UTF8, &now);
        const char *last = now.p;
        for (int y = 0; y < 23; y++)
            last = strchr(last, '\n') + 1;
        struct str footer = str_trim(str_of(last));
        size_t n = strlen(end);
        assert_true(footer.n > n &&
                    memcmp(footer.p + footer.n - n, end, n) == 0); /* help and back stand at the end, whole */
        assert_null(memchr(footer.p, '~', footer.n));              /* nothing is cut */
        buf_done(&now);
    }
    tui_free(t);
}

static void test_footers_fit(void **state)
{
    (void)state;
    char folder[512];
    const char *build = getenv("top_builddir");
    footers_fit("? help  Esc back");
    snprintf(folder, sizeof folder, "%s/po", build ? build : ".");
    setenv("WAYMARK_LOCALEDIR", folder, 1);
    nls_init("zh_CN");
    if (nls_has_catalogue())
        footers_fit("? 帮助  Esc 返回");
    else
        print_message("no Chinese messages here: not tried\n");
    nls_init("en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_missing_analyses_are_said),
        cmocka_unit_test(test_why_is_for_lists_of_a_funnel),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_jobs_and_log),
        cmocka_unit_test(test_jobs_go_on),
        cmocka_unit_test(test_cancel_is_quick),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_hide_and_break_down),
        cmocka_unit_test(test_steps_in_the_order_typed),
        cmocka_unit_test(test_long_messages_are_whole),
        cmocka_unit_test(test_help_is_searched_and_runs),
        cmocka_unit_test(test_long_help_is_whole),
        cmocka_unit_test(test_maximise),
        cmocka_unit_test(test_segment_of_a_number),
        cmocka_unit_test(test_path_in_the_title),
        cmocka_unit_test(test_mask),
        cmocka_unit_test(test_digits_of_an_id),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_palette),
        cmocka_unit_test(test_bookmarks),
        cmocka_unit_test(test_session),
        cmocka_unit_test(test_replaced_answer_on_home),
        cmocka_unit_test(test_saved_questions),
        cmocka_unit_test(test_session_can_be_switched_off),
        cmocka_unit_test(test_input_method),
        cmocka_unit_test(test_paste),
        cmocka_unit_test(test_every_action_is_reachable),
        cmocka_unit_test(test_footers_fit),
    };
    nls_init("en");
    return cmocka_run_group_tests(tests, drive_make_store, drive_drop_store);
}
