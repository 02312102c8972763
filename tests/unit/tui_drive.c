/* tui_drive.c - drives the explorer: keys in, the canvas out. */
#include "config.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/generate.h"
#include "base/os.h"
#include "base/utf8.h"
#include "render/glyph.h"
#include "tests/unit/tui_drive.h"
#include "tui/keymap.h"

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

int drive_make_folder(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    setenv("XDG_STATE_HOME", folder, 1); /* what is copied is not the tester's */
    return 0;
}

void drive_open(const char *dir)
{
    struct err err = {0};
    workspace = workspace_open(dir, false, &err);
    must(workspace != NULL, &err);
}

int drive_make_store(void **state)
{
    char bank[64], events[80], users[80], names[80];
    drive_make_folder(state);
    snprintf(store, sizeof store, "%s/store", folder);
    snprintf(bank, sizeof bank, "%s/bank", folder);
    snprintf(events, sizeof events, "%s/events.csv", bank);
    snprintf(users, sizeof users, "%s/users.csv", bank);
    snprintf(names, sizeof names, "%s/names.csv", bank);
    run(generate, "generate", "dir", bank, "users", "2000", "seed", "7", NULL);
    run(take_in, "import events", "file", events, "tz", "Asia/Shanghai", NULL);
    run(take_in, "import users", "file", users, NULL);
    run(take_in, "import names", "file", names, NULL);
    drive_open(store);
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

int drive_drop_store(void **state)
{
    (void)state;
    workspace_close(workspace);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}

const char *drive_folder(void)
{
    return folder;
}

struct workspace *drive_workspace(void)
{
    return workspace;
}

/* ---- driving */

static int64_t spent_us(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (int64_t)spent.tv_sec * 1000000 + spent.tv_nsec / 1000;
}

/* Counted in time of the processor: how busy the machine is with other things decides nothing, unless all
 * waits for ever. */
void drive_settle(struct tui *t)
{
    int64_t spent = spent_us(), begun = os_monotonic_us();
    while (tui_busy(t)) {
        tui_tick(t);
        if (spent_us() - spent > 20000000 || os_monotonic_us() - begun > 600000000)
            fail_msg("a job does not end");
        usleep(200);
    }
}

/* "4<Down><Enter>ab": characters as keys, names between angle brackets. After each key jobs are waited for.
 */
void drive_type(struct tui *t, const char *keys)
{
    struct canvas c;
    canvas_init(&c, 80, 24, TIER_ASCII);
    struct str rest = str_of(keys);
    struct err err = {0};
    for (uint32_t key; keymap_next(&rest, &key, &err);) {
        tui_key(t, key);
        tui_draw(t, &c); /* with the answer of before, which is seen first when the next takes long */
        drive_settle(t);
        tui_draw(t, &c); /* spots are known from drawing, as in the loop */
    }
    must(!err.code, &err);
    canvas_done(&c);
}

struct tui *drive_start(enum tier tier)
{
    struct tui *t = tui_new(workspace, tier);
    drive_settle(t);
    return t;
}

void drive_picture(struct tui *t, int w, int h, enum tier tier, struct buf *out)
{
    struct canvas c;
    canvas_init(&c, w, h, tier);
    tui_draw(t, &c);
    canvas_dump(&c, out);
    canvas_done(&c);
}

void drive_set_tier(struct tui *t, enum tier tier)
{
    struct canvas c;
    canvas_init(&c, 80, 24, tier);
    for (int i = 0; tui_draw(t, &c), c.tier != tier; i++) {
        assert_true(i < TIERS);
        tui_act(t, ACTION_GLYPHS);
    }
    canvas_done(&c);
    tui_status(t, ROLE_STATUS, "%s", "");
}

static void check_cell(const struct canvas *c, int y, int x, const char *what)
{
    const struct cell *cell = canvas_at(c, y, x);
    uint32_t ch = cell->ch;
    if (ch == 0) { /* right half of what stands left of it */
        assert_true(x > 0 && utf8_rune_width(canvas_at(c, y, x - 1)->ch) == 2);
        return;
    }
    int w = utf8_rune_width(ch);
    bool narrow = c->tier == TIER_ASCII || c->tier == TIER_ACS;
    if (w < 1 || (w == 2 && (x + 1 >= c->w || canvas_at(c, y, x + 1)->ch != 0)) || cell->role >= ROLES ||
        (narrow && w == 1 && utf8_rune_ambiguous(ch) && !glyph_allowed(c->tier, ch)))
        fail_msg("%s, %dx%d %s: U+%04X at row %d column %d", what, c->w, c->h, tier_name(c->tier),
                 (unsigned)ch, y, x);
}

void drive_check_whole(const struct canvas *c, const char *what)
{
    assert_true(c->cursor_y < c->h && c->cursor_x < c->w);
    for (int y = 0; y < c->h; y++)
        for (int x = 0; x < c->w; x++)
            check_cell(c, y, x, what);
}

static void compare(const char *name, const struct buf *now)
{
    char path[512];
    const char *root = getenv("top_srcdir");
    snprintf(path, sizeof path, "%s/tests/screen/%s.ref", root ? root : ".", name);
    struct err err = {0};
    struct buf ref = {0};
    if (getenv("REFRESH"))
        must(os_replace_file(path, buf_view(now), &err), &err);
    must(os_read_file(path, 1 << 20, &ref, &err), &err);
    if (!str_eq(buf_view(now), buf_view(&ref)))
        fail_msg("%s differs; now:\n%s", path, now->p);
    buf_done(&ref);
}

/* When something was loaded differs from run to run: from "2026-11-22 05:03" on, as far as the line goes. */
static void hide_clock(struct buf *picture)
{
    for (char *name = picture->p; (name = strstr(name, ".csv ")); name++) {
        char *end = strchr(name, '\n'), *date = strstr(name, " 20");
        if (date && date < end)
            memset(date + 1, '.', (size_t)(end - date - 1));
    }
    for (char *at = picture->p; (at = strstr(at, "/tmp/waymark-tui-"));)
        for (; *at && !strchr(" ~\n", *at) && strncmp(at, "/store", 6) != 0 && strncmp(at, "/more", 5) != 0;
             at++)
            *at = '.';
}

void drive_golden(struct tui *t, const char *name, int w, int h, enum tier tier)
{
    struct buf now = {0};
    drive_picture(t, w, h, tier, &now);
    drive_settle(t); /* with a new size there may be more to ask for */
    buf_clear(&now);
    drive_picture(t, w, h, tier, &now);
    hide_clock(&now);
    compare(name, &now);
    buf_done(&now);
}

void drive_shows(struct tui *t, const char *what)
{
    struct buf now = {0};
    drive_picture(t, 100, 30, TIER_UTF8, &now);
    if (!strstr(now.p, what))
        fail_msg("not on screen: %s\n%s", what, now.p);
    buf_done(&now);
}

void drive_shows_not(struct tui *t, const char *what)
{
    struct buf now = {0};
    drive_picture(t, 100, 30, TIER_UTF8, &now);
    if (strstr(now.p, what))
        fail_msg("on screen: %s\n%s", what, now.p);
    buf_done(&now);
}
