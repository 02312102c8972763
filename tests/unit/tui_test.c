/* tui_test.c - the explorer without a terminal: keys in, the canvas out as text, compared with tests/screen/tui-*.ref.
 *
 * The store is a small sample bank, the same on every machine. REFRESH=1 rewrites the pictures: read them before you commit. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/generate.h"
#include "app/workspace.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/utf8.h"
#include "tui/keymap.h"
#include "tui/tui.h"

static char folder[] = "/tmp/waymark-tui-XXXXXX";
static char store[64];
static struct workspace *workspace;

static void must(bool ok, const struct err *err)
{
    if (!ok)
        fail_msg("%s", err->text);
}

static void run(struct result *(*command)(const struct query *q, struct err *err), const char *name, ...)
{
    struct query q;
    struct err err = {0};
    query_init(&q, name);
    va_list args;
    va_start(args, name);
    for (const char *param; (param = va_arg(args, const char *));)
        query_add(&q, param, va_arg(args, const char *));
    va_end(args);
    struct result *r = command(&q, &err);
    must(r != NULL, &err);
    result_free(r);
    query_done(&q);
}

static struct result *generate(const struct query *q, struct err *err)
{
    return generate_run(q, NULL, err);
}

static struct result *take_in(const struct query *q, struct err *err)
{
    return workspace_import(store, q, NULL, NULL, NULL, err);
}

static int make_store(void **state)
{
    (void)state;
    char bank[64], events[80], users[80], names[80];
    assert_non_null(mkdtemp(folder));
    snprintf(store, sizeof store, "%s/store", folder);
    snprintf(bank, sizeof bank, "%s/bank", folder);
    snprintf(events, sizeof events, "%s/events.csv", bank);
    snprintf(users, sizeof users, "%s/users.csv", bank);
    snprintf(names, sizeof names, "%s/names.csv", bank);
    run(generate, "generate", "dir", bank, "users", "2000", "seed", "7", NULL);
    run(take_in, "import events", "file", events, "tz", "Asia/Shanghai", NULL);
    run(take_in, "import users", "file", users, NULL);
    run(take_in, "import names", "file", names, NULL);
    struct err err = {0};
    workspace = workspace_open(store, false, &err);
    must(workspace != NULL, &err);
    return 0;
}

static void remove_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (unlink(path) != 0)
        rmdir(path);
}

static int drop_store(void **state)
{
    (void)state;
    workspace_close(workspace);
    static const char *const names[] = {"bank/events.csv", "bank/users.csv", "bank/names.csv", "bank", "store/data.mdb",
                                        "store/lock.mdb", "store/writer", "store/rejects", "store", "out.csv"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        remove_file(names[i]);
    rmdir(folder);
    return 0;
}

/* ---- driving */

static void settle(struct tui *t)
{
    int64_t end = os_monotonic_us() + 20000000;
    while (tui_busy(t)) {
        tui_tick(t);
        if (os_monotonic_us() > end)
            fail_msg("a job does not end");
        usleep(200);
    }
}

/* "4<Down><Enter>ab": characters as keys, names between angle brackets. After each key jobs are waited for. */
static void type(struct tui *t, const char *keys)
{
    struct canvas c;
    canvas_init(&c, 80, 24, TIER_ASCII);
    for (const char *k = keys; *k;) {
        uint32_t key;
        const char *end = *k == '<' ? strchr(k, '>') : NULL;
        if (end && end > k + 1) {
            key = keymap_named((struct str){k + 1, (size_t)(end - k - 1)});
            assert_true(key != 0);
            k = end + 1;
        } else {
            struct str rest = str_of(k);
            key = utf8_next(&rest);
            k = rest.p;
        }
        tui_key(t, key);
        settle(t);
        tui_draw(t, &c); /* spots are known from drawing, as in the loop */
    }
    canvas_done(&c);
}

static struct tui *start(enum tier tier)
{
    struct tui *t = tui_new(workspace, tier);
    settle(t);
    return t;
}

static void picture(struct tui *t, int w, int h, enum tier tier, struct buf *out)
{
    struct canvas c;
    canvas_init(&c, w, h, tier);
    tui_draw(t, &c);
    canvas_dump(&c, out);
    canvas_done(&c);
}

static void compare(const char *name, const struct buf *now)
{
    char path[512];
    const char *root = getenv("top_srcdir");
    snprintf(path, sizeof path, "%s/tests/screen/tui-%s.ref", root ? root : ".", name);
    struct err err = {0};
    struct buf ref = {0};
    if (getenv("REFRESH"))
        must(os_replace_file(path, buf_view(now), &err), &err);
    must(os_read_file(path, 1 << 20, &ref, &err), &err);
    if (!str_eq(buf_view(now), buf_view(&ref)))
        fail_msg("%s differs; now:\n%s", path, now->p);
    buf_done(&ref);
}

/* When the imports were made differs from run to run: "2026-11-22 05:03~" at the end of their lines goes. */
static void hide_clock(struct buf *picture)
{
    for (char *name = picture->p; (name = strstr(name, ".csv  ")); name++) {
        char *end = strchr(name, '\n');
        memset(name + 6, '.', (size_t)(end - name - 6));
    }
}

static void golden(struct tui *t, const char *name, int w, int h, enum tier tier)
{
    struct buf now = {0};
    picture(t, w, h, tier, &now);
    hide_clock(&now);
    compare(name, &now);
    buf_done(&now);
}

static void shows(struct tui *t, const char *what)
{
    struct buf now = {0};
    picture(t, 100, 30, TIER_UTF8, &now);
    if (!strstr(now.p, what))
        fail_msg("not on screen: %s\n%s", what, now.p);
    buf_done(&now);
}

/* ---- cases */

static void test_walk(void **state)
{
    (void)state;
    struct tui *t = start(TIER_ASCII);
    golden(t, "home-80x24-ascii", 80, 24, TIER_ASCII);
    type(t, "4");
    golden(t, "funnel-80x24-ascii", 80, 24, TIER_ASCII);
    type(t, "<Down><Enter>");
    golden(t, "users-80x24-ascii", 80, 24, TIER_ASCII);
    type(t, "<Enter>");
    golden(t, "sequence-80x24-ascii", 80, 24, TIER_ASCII);
    type(t, "<Esc><Esc>");
    golden(t, "funnel-again-80x24-ascii", 80, 24, TIER_ASCII);
    type(t, "5");
    golden(t, "sankey-80x24-ascii", 80, 24, TIER_ASCII);
    type(t, "?");
    golden(t, "help-80x24-ascii", 80, 24, TIER_ASCII);
    tui_free(t);
}

static void test_wide(void **state)
{
    (void)state;
    struct tui *t = start(TIER_UTF8);
    type(t, "4");
    golden(t, "funnel-120x40-utf8", 120, 40, TIER_UTF8);
    type(t, "5");
    golden(t, "sankey-120x40-utf8", 120, 40, TIER_UTF8);
    type(t, "7");
    golden(t, "trend-120x40-utf8", 120, 40, TIER_UTF8);
    tui_free(t);
}

/* Users behind the second step are as many as the funnel says; the counts are the published ratios of 2,000. */
static void test_numbers(void **state)
{
    (void)state;
    struct tui *t = start(TIER_UTF8);
    type(t, "4");
    shows(t, "2,000"); /* all */
    shows(t, "267");   /* 2000 * 32240 / 241770, rounded */
    tui_free(t);
}

static void test_edit_and_undo(void **state)
{
    (void)state;
    struct tui *t = start(TIER_UTF8);
    type(t, "4dddd"); /* one step left, the last */
    shows(t, "1 Instalment done");
    type(t, "alogi<Down><Enter><Enter>"); /* a second one, completed from the names */
    shows(t, "Log in");
    type(t, "zzzzz");
    shows(t, "1 Home");
    type(t, "Z");
    type(t, "z-");
    shows(t, "3d");
    tui_free(t);
}

static void test_wrong_step_is_said(void **state)
{
    (void)state;
    struct tui *t = start(TIER_UTF8);
    type(t, "4anosuch<Enter>");
    shows(t, "nosuch");
    type(t, "z");
    shows(t, "Credit card tab");
    tui_free(t);
}

static void test_export(void **state)
{
    (void)state;
    char path[64], keys[128];
    snprintf(path, sizeof path, "%s/out.csv", folder);
    struct tui *t = start(TIER_UTF8);
    snprintf(keys, sizeof keys, "4e%s<Enter>", path);
    type(t, keys);
    shows(t, "out.csv");
    struct buf csv = {0};
    struct err err = {0};
    must(os_read_file(path, 1 << 20, &csv, &err), &err);
    assert_non_null(strstr(csv.p, "card_tab"));
    type(t, keys + 1); /* never over an existing file */
    shows(t, "exists");
    buf_done(&csv);
    tui_free(t);
}

static void test_unknown_customer(void **state)
{
    (void)state;
    struct tui *t = start(TIER_UTF8);
    type(t, "3nobody<Enter>");
    shows(t, "nobody");
    type(t, "<Esc>");
    assert_false(tui_done(t));
    type(t, "qn");
    assert_false(tui_done(t));
    type(t, "qy");
    assert_true(tui_done(t));
    tui_free(t);
}

static void test_small_and_full_width_keys(void **state)
{
    (void)state;
    struct tui *t = start(TIER_ASCII);
    golden(t, "small-60x10", 60, 10, TIER_ASCII);
    struct buf now = {0};
    picture(t, 1, 1, TIER_ASCII, &now);
    buf_done(&now);
    type(t, "？"); /* a Chinese input method is on */
    shows(t, "Help");
    tui_free(t);
}

/* Random keys at random sizes: nothing may crash or hang, and there is always a way home. */
static void test_monkey(void **state)
{
    (void)state;
    static const char keys[] = "hjklgG\t1345 7?/nNtoaEdx+-[]r%eifzZRuL~\rq\033,.";
    unsigned seed = 20261121;
    for (int round = 0; round < 4; round++) {
        struct tui *t = start(TIER_UTF8);
        for (int i = 0; i < 250; i++) {
            seed = seed * 1103515245u + 12345u;
            char ch = keys[(seed >> 16) % (sizeof keys - 1)];
            uint32_t key = ch == '\r' ? TERM_ENTER : ch == '\033' ? TERM_ESC : (uint32_t)ch;
            if (ch != 'e' && ch != 'L')
                tui_key(t, key);
            if (i % 3 == 0)
                settle(t);
            struct buf now = {0};
            picture(t, 20 + (int)(seed >> 8) % 150, 5 + (int)(seed >> 4) % 60, i % 2 ? TIER_UTF8 : TIER_ASCII, &now);
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
        cmocka_unit_test(test_wrong_step_is_said),
        cmocka_unit_test(test_export),
        cmocka_unit_test(test_unknown_customer),
        cmocka_unit_test(test_small_and_full_width_keys),
        cmocka_unit_test(test_monkey),
    };
    return cmocka_run_group_tests(tests, make_store, drop_store);
}
