/* sequence_screen_test.c - finding a customer and looking at him, without a terminal: keys in, pictures out.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/nls.h"
#include "base/os.h"
#include "tests/unit/tui_drive.h"

/* The first customer with a failed transfer for lack of money. */
static void unlucky(char *id, size_t size)
{
    struct query q;
    struct err err = {0};
    query_init(&q, "find");
    query_add(&q, "error", "E2001");
    query_add(&q, "tz", "UTC");
    struct result *r = workspace_run(drive_workspace(), &q, NULL, &err);
    assert_non_null(r);
    assert_true(r->rows.n > 1);
    struct str user = rows_get(&r->rows, 0, "user")->text;
    snprintf(id, size, "%.*s", (int)user.n, user.p);
    result_free(r);
    query_done(&q);
}

static void test_find(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "312<Enter>"); /* three of many; the form and the list */
    drive_golden(t, "find-80x24-ascii", 80, 24, TIER_ASCII);
    drive_type(t, "<Tab><Down><Enter>E2001<Enter>");
    drive_shows(t, "E2001");
    drive_type(t, "<Tab><Up><Up>d"); /* the id again, emptied */
    drive_golden(t, "find-error-120x40-utf8", 120, 40, TIER_UTF8);
    drive_type(t, "<Enter>"); /* the cursor has gone to the list */
    drive_shows(t, "Sequence");
    drive_shows(t, "1/");
    drive_shows(t, ">!"); /* on the failure that was looked for */
    drive_type(t, "}");
    drive_shows(t, "2/");
    drive_shows(t, ">!");
    drive_type(t, "{{");
    drive_shows(t, "1/"); /* no further than the first */
    drive_type(t, "<Esc>");
    drive_shows(t, "Find a customer");
    tui_free(t);
}

/* The next customer is gone to also while the first is not there yet: whoever is in a hurry types ahead. */
static void test_next_before_the_first_is_there(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "312<Enter><Tab><Down><Enter>E2001<Enter><Tab><Up><Up>d<Enter><Esc>");
    tui_key(t, TERM_ENTER);
    tui_key(t, '}');
    drive_settle(t);
    drive_shows(t, "Sequence");
    drive_shows(t, "2/");
    tui_free(t);
}

/* All that were found, not only those shown, can be listed, looked at and kept. */
static void test_all_that_were_found(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    struct query q;
    struct err err = {0};
    char all[64];
    query_init(&q, "find");
    query_add(&q, "error", "E2001");
    struct result *r = workspace_run(drive_workspace(), &q, NULL, &err);
    assert_non_null(r);
    long long users = object_get(&r->summary, "users")->i;
    assert_in_range(users, 2, 999);
    result_free(r);
    query_done(&q);
    drive_type(t, "3<Enter>u");
    drive_shows(t, "Nobody is found yet");
    drive_type(t, "<Down><Enter>E2001<Enter>u");
    snprintf(all, sizeof all, "customers  %lld", users);
    drive_shows(t, all);
    drive_shows(t, "error: E2001");
    drive_type(t, "<Esc>P");
    snprintf(all, sizeof all, ">%lld customers against", users);
    drive_shows(t, all);
    drive_type(t, "<Esc>w");
    drive_shows(t, "w saves them");
    tui_free(t);
}

static void test_nobody(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "3nobody<Enter>");
    drive_shows(t, "0 customers");
    drive_type(t, "<Down><Enter>E999<Enter>");
    drive_shows(t, "no event failed with E999");
    drive_type(t, "dd<Esc>");
    tui_free(t);
}

static void test_sequence(void **state)
{
    (void)state;
    char id[32], keys[64];
    struct tui *t = drive_start(TIER_ASCII);
    unlucky(id, sizeof id);
    snprintf(keys, sizeof keys, "3%s<Enter>", id);
    drive_type(t, keys); /* a whole id opens at once */
    drive_shows(t, "Sequence");
    drive_type(t, ".<Tab>"); /* the failure, and the pane that tells of it */
    drive_golden(t, "sequence-failure-80x24-ascii", 80, 24, TIER_ASCII);
    drive_golden(t, "sequence-failure-120x40-utf8", 120, 40, TIER_UTF8);
    drive_type(t, "<Tab>");
    drive_golden(t, "sequence-person-80x24-ascii", 80, 24, TIER_ASCII);
    drive_type(t, "<Tab>m");
    drive_shows(t, "Marked");
    drive_type(t, "gG'");
    drive_shows(t, "*!");
    drive_type(t, "!");
    drive_shows(t, "failed (!)");
    drive_type(t, "!K");
    drive_shows(t, "What failed");
    drive_shows(t, "Tell the customer");
    drive_golden(t, "sequence-note-80x24-ascii", 80, 24, TIER_ASCII);
    drive_type(t, "<Esc>g/sms.code<Enter>");
    drive_shows(t, "SMS code  events");
    drive_type(t, "/(<Enter>");
    drive_shows(t, "!");
    tui_free(t);
}

static void test_everyone(void **state)
{
    (void)state;
    char id[32], keys[64];
    struct tui *t = drive_start(TIER_ASCII);
    unlucky(id, sizeof id);
    snprintf(keys, sizeof keys, "3%s<Enter>.u", id);
    drive_type(t, keys);
    drive_golden(t, "failure-80x24-ascii", 80, 24, TIER_ASCII);
    drive_golden(t, "failure-120x40-utf8", 120, 40, TIER_UTF8);
    drive_type(t, "<Enter>");
    drive_shows(t, "customers  3"); /* as the line above the days said */
    drive_shows(t, id);
    drive_type(t, "<Enter>");
    drive_shows(t, ">!"); /* on the failure for which he is in the list */
    drive_type(t, "<Esc><Esc><Esc>gu");
    drive_shows(t, "did not fail");
    tui_free(t);
}

/* Replaying hides what is to come; leaving it shows everything again. */
static void test_replay(void **state)
{
    (void)state;
    char id[32], keys[64];
    struct tui *t = drive_start(TIER_ASCII);
    unlucky(id, sizeof id);
    snprintf(keys, sizeof keys, "3%s<Enter>--g<Space>", id);
    drive_type(t, keys);
    drive_shows(t, "playing");
    drive_type(t, "<Space>");
    drive_shows(t, "stopped");
    drive_type(t, "<Esc>");
    drive_shows(t, "Sequence");
    drive_shows(t, "events");
    tui_free(t);
}

/* The event under the cursor is left out wherever it happened, and comes back with all others. */
static void test_hide(void **state)
{
    (void)state;
    char id[32], text[64];
    struct query q;
    struct err err = {0};
    int64_t same = 0;
    unlucky(id, sizeof id);
    query_init(&q, "user");
    query_add(&q, "id", id);
    struct result *r = workspace_run(drive_workspace(), &q, NULL, &err);
    assert_true(r && r->rows.n > 1);
    for (size_t i = 0; i < r->rows.n; i++)
        same += str_eq(rows_get(&r->rows, i, "event")->text, rows_get(&r->rows, 0, "event")->text);
    assert_true(same > 0 && same < (int64_t)r->rows.n);

    struct tui *t = drive_start(TIER_ASCII);
    snprintf(text, sizeof text, "3%s<Enter>gx", id);
    drive_type(t, text);
    snprintf(text, sizeof text, "events %d of %d", (int)r->rows.n - (int)same, (int)r->rows.n);
    drive_shows(t, text);
    snprintf(text, sizeof text, ", %d hidden", (int)same);
    drive_shows(t, text);
    drive_type(t, "X");
    snprintf(text, sizeof text, "events %d of %d", (int)r->rows.n, (int)r->rows.n);
    drive_shows(t, text);
    drive_shows_not(t, "hidden");
    drive_type(t, "X");
    drive_shows(t, "Nothing is left out");
    tui_free(t);
    result_free(r);
    query_done(&q);
}

int main(void)
{
    nls_init("en");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),     cmocka_unit_test(test_all_that_were_found),
        cmocka_unit_test(test_nobody),   cmocka_unit_test(test_sequence),
        cmocka_unit_test(test_everyone), cmocka_unit_test(test_replay),
        cmocka_unit_test(test_hide),     cmocka_unit_test(test_next_before_the_first_is_there),
    };
    return cmocka_run_group_tests(tests, drive_make_store, drive_drop_store);
}
