/* data_screen_test.c - the Data screen without a terminal: files are shown before they are loaded, watched,
 * paused, cancelled; names of events are changed and taken back. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/loader.h"
#include "base/nls.h"
#include "base/os.h"
#include "tui/keymap.h"
#include "tui_drive.h"

static const char *put_file(const char *name, struct str text)
{
    static char path[4][160];
    static unsigned next;
    struct err err = {0};
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", drive_folder(), name);
    if (!os_replace_file(p, text, &err))
        fail_msg("%s", err.text);
    return p;
}

static void type_path(struct tui *t, const char *before, const char *path, const char *behind)
{
    char keys[400];
    snprintf(keys, sizeof keys, "%s%s%s", before, path, behind);
    drive_type(t, keys);
}

static void hides(struct tui *t, const char *what)
{
    struct buf picture = {0};
    drive_picture(t, 80, 24, TIER_ASCII, &picture);
    if (strstr(picture.p, what))
        fail_msg("\"%s\" is on the screen:\n%s", what, picture.p);
    buf_done(&picture);
}

static int64_t events_of(const char *info)
{
    struct err err = {0};
    struct result *r = workspace_info(drive_workspace(), &err);
    assert_non_null(r);
    int64_t n = object_get(&r->summary, info)->i;
    result_free(r);
    return n;
}

/* 5 rows: 3 good, one without a user, one without a time. */
static void test_loading(void **state)
{
    (void)state;
    const char *path = put_file("more.csv", STR("user,time,event\nx1,2026-10-05 10:00:00,login\n"
                                                "x1,2026-10-05 10:01:00,home\n,2026-10-05 10:00:00,login\n"
                                                "x2,never,login\nx3,2026-10-06 10:00:00,login\n"));
    struct tui *t = drive_start(TIER_ASCII);
    int64_t before = events_of("events");
    drive_type(t, "9");
    drive_golden(t, "data-80x24", 80, 24, TIER_ASCII);
    type_path(t, "a", path, "<Enter>");
    drive_golden(t, "load-asks-80x24", 80, 24, TIER_ASCII);
    assert_int_equal(events_of("events"), before); /* nothing is done before the answer */
    drive_type(t, "<Enter>");
    assert_int_equal(events_of("events"), before + 3);
    drive_shows(t, "Rejected 2 (40.000%)");
    drive_shows(t, "more.csv:4");
    drive_shows(t, ",2026-10-05 10:00:00,login");
    drive_shows(t, "more.csv:5  x2,never,login");
    drive_type(t, "E");
    drive_shows(t, "/rejects/import-3.csv");
    drive_shows(t, "see --time-format");
    drive_type(t, "<Esc><Enter>");
    drive_shows(t, "bad-time");
    drive_shows(t, "no-user");
    type_path(t, "<Esc><Esc>a", path, ".not<Enter>");
    drive_shows(t, "no such file; check the name");
    drive_type(t, "<Esc>");
    drive_golden(t, "data-loaded-80x24", 80, 24, TIER_ASCII);
    drive_type(t, "<Down><Enter>");
    drive_shows(t, "more.csv:5  x2,never,login");
    drive_shows(t, "no time, or one that cannot be read");
    drive_shows(t, "The rejected rows are in this file");
    drive_type(t, "<Esc>E");
    drive_shows(t, "x2,never,login");
    drive_type(t, "<Esc><Down>E");
    drive_shows(t, "No rejected rows are kept of this import");
    tui_free(t);
}

/* Options behind the path, options changed after the first look, a file left out. */
static void test_options(void **state)
{
    (void)state;
    const char *path = put_file("bare.csv", STR("a1,1760000000,login,web\na2,1760000060,home,app\n"));
    struct tui *t = drive_start(TIER_ASCII);
    int64_t before = events_of("events");
    type_path(t, "9a", path, "<Enter>");
    drive_shows(t, "name its 4 columns in order");
    type_path(t, "<Esc>a", path, " --columns user,time,event,way --colour red<Enter>");
    drive_shows(t, "import events has no such option");
    type_path(t, "a", path, " --columns user,time,event,way<Enter>");
    drive_shows(t, "way: text");
    drive_type(t, "o<Backspace><Backspace>--type way=number<Enter>");
    drive_shows(t, "way: number");
    drive_type(t, "x");
    drive_shows(t, "stopped before it began");
    assert_int_equal(events_of("events"), before);
    type_path(t, "<Esc>a", path, " --columns=user,time,event,way<Enter>");
    drive_type(t, "<Enter>");
    assert_int_equal(events_of("events"), before + 2);
    tui_free(t);
}

/* ---- while it runs: the keys here do not wait for the end */

static const char *big_file(void)
{
    struct buf text = {0};
    buf_puts(&text, "user,time,event,note\n");
    for (int i = 0; i < 1200000; i++)
        buf_printf(&text, "u%d,2026-10-%02d 10:%02d:%02d,e%d,%s\n", i % 7000, 1 + i % 28, i % 60, i % 59,
                   i % 5, i % 1000 ? "a longer text that takes its time" : "");
    const char *path = put_file("big.csv", buf_view(&text));
    buf_done(&text);
    return path;
}

static void press(struct tui *t, const char *key)
{
    tui_key(t, keymap_named(str_of(key)));
    tui_tick(t);
}

static void wait_for_rows(struct tui *t, uint64_t rows)
{
    struct loader *l = tui_loader(t);
    for (int i = 0; i < 20000; i++) {
        const struct progress *p = loader_progress(l);
        tui_tick(t);
        if (!p || atomic_load(&p->rows) >= rows)
            return;
        usleep(500);
    }
    fail_msg("no rows come");
}

static void begin_big(struct tui *t, const char *path)
{
    type_path(t, "9a", path, "<Enter>");
    press(t, "Enter");
    wait_for_rows(t, 1);
    assert_non_null(loader_progress(tui_loader(t)));
}

static void test_pause(void **state)
{
    (void)state;
    const char *path = big_file();
    struct tui *t = drive_start(TIER_ASCII);
    int64_t before = events_of("events");
    begin_big(t, path);
    press(t, "p");
    const struct progress *p = loader_progress(tui_loader(t));
    assert_non_null(p);
    drive_shows(t, "paused");
    usleep(300000); /* what is in the pipeline comes out of it */
    uint64_t rows = atomic_load(&p->rows);
    assert_true(rows < 1200000);
    usleep(400000);
    assert_int_equal(atomic_load(&p->rows), rows);
    assert_int_equal(events_of("events"), before);
    /* Elsewhere meanwhile, and back. */
    press(t, "1");
    drive_shows(t, "Home");
    drive_shows(t, "(9 shows it)");
    press(t, "Q");
    drive_shows(t, "Files are being loaded; leaving cancels that");
    press(t, "n");
    press(t, "9");
    drive_shows(t, "paused");
    press(t, "p");
    drive_settle(t);
    assert_int_equal(events_of("events"), before + 1200000);
    drive_shows(t, "1,200,000 rows");
    hides(t, "paused");
    tui_free(t);
}

static void test_cancel(void **state)
{
    (void)state;
    char path[200];
    snprintf(path, sizeof path, "%s --again", put_file("big2.csv", STR("")));
    struct buf text = {0};
    struct err err = {0};
    char big[200];
    snprintf(big, sizeof big, "%s/big.csv", drive_folder());
    assert_true(os_read_file(big, (size_t)200 << 20, &text, &err));
    buf_puts(&text, "extra,2026-10-01 10:00:00,e1,x\n");
    snprintf(path, sizeof path, "%s", put_file("big2.csv", buf_view(&text)));
    buf_done(&text);
    struct tui *t = drive_start(TIER_ASCII);
    int64_t before = events_of("events"), users = events_of("users");
    begin_big(t, path);
    press(t, "p");
    press(t, "^C"); /* Ctrl-C asks first */
    drive_shows(t, "Cancel loading?");
    press(t, "n");
    assert_non_null(loader_progress(tui_loader(t)));
    press(t, "^C");
    press(t, "y");
    drive_settle(t);
    drive_shows(t, "cancelled");
    assert_int_equal(events_of("events"), before);
    assert_int_equal(events_of("users"), users);
    tui_free(t);
}

/* ---- names */

static void test_names(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "9<Tab>");
    drive_type(t, "/transfer_start<Enter>");
    drive_shows(t, ">transfer_start");
    drive_type(t, "<Enter><Enter>");
    for (int i = 0; i < 20; i++)
        drive_type(t, "<Backspace>");
    drive_type(t, "Money goes<Enter>");
    drive_shows(t, "Money goes");
    drive_shows(t, "transfer_start has its new name");
    drive_type(t, "1");
    drive_shows(t, "Home");
    drive_type(t, "9z");
    drive_shows(t, "transfer_start has its former name again");
    hides(t, "Money goes");
    drive_type(t, "z");
    drive_shows(t, "There is no change to take back");
    drive_type(t, "/transfer_start<Enter><Enter><Enter>");
    for (int i = 0; i < 20; i++)
        drive_type(t, "<Backspace>");
    drive_type(t, "Money goes<Enter>/money<Enter><Enter><Enter>");
    for (int i = 0; i < 20; i++)
        drive_type(t, "<Backspace>");
    drive_type(t, "<Enter>");
    hides(t, "Money goes");
    drive_type(t, "z");
    drive_shows(t, "Money goes");
    drive_type(t, "/no such event<Enter>");
    drive_shows(t, "No event has");
    /* Esc at the second name keeps the first. */
    drive_type(t, "/transfer_submit<Enter><Enter>x<Enter>");
    drive_shows(t, "English name of transfer_submit:");
    drive_shows(t, "提交转账x");
    drive_type(t, "<Esc>");
    drive_shows(t, "提交转账x");
    drive_type(t, "z");
    hides(t, "提交转账x");
    char keys[300];
    snprintf(keys, sizeof keys, "d%s<Enter>", put_file("n.csv", STR("event,en\ntransfer_start,Transfer\n")));
    drive_type(t, keys);
    hides(t, "Money goes");
    tui_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loading), cmocka_unit_test(test_options), cmocka_unit_test(test_pause),
        cmocka_unit_test(test_cancel),  cmocka_unit_test(test_names),
    };
    setenv("TZ", "UTC", 1);
    nls_init("en");
    return cmocka_run_group_tests(tests, drive_make_store, drive_drop_store);
}
