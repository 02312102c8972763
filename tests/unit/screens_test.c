/* screens_test.c - every screen at seven sizes, in four tiers and two languages.
 *
 * A handful of pictures are kept as files and read by people (tests/screen/tui-*.ref); these 616 are held to
 * what must be true of any of them: whole characters and nothing of doubtful width, the title and the footer
 * fit, below 80x24 one line says so, the known numbers are there, and no tier shows other numbers than
 * another. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "app/action.h"
#include "base/nls.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "render/show.h"
#include "tests/unit/tui_drive.h"

enum { SIZES = 7, LANGS = 2, MOST = 4 };

static const int sizes[SIZES][2] = {{80, 24}, {100, 30}, {120, 40}, {200, 60}, {79, 23}, {20, 5}, {1, 1}};
static const char *const langs[LANGS] = {"en", "zh_CN"};

/* Numbers of the sample bank of 2,000 customers: the funnel's are the published counts of 241,770, scaled and
 * rounded by hand; the events are the lines of its file, counted below. */
static char events[40];
static const struct screen_case {
    const char *name, *keys;
    const char *numbers[MOST];
    bool flows; /* in hd drawn with two samples to a cell: other numbers may find room */
} screens[] = {
    {"home", "", {"2,000", events}, false},
    {"funnel", "4", {"2,000", "267", "13.35%", "0.20%"}, false},
    {"users", "4<Down><Enter>", {"267"}, false},
    {"sequence", "4<Down><Enter><Enter>", {"2026-10-"}, false},
    {"sankey", "5", {"2,000"}, true},
    {"sankey table", "5t", {NULL}, false},
    {"trend", "7", {NULL}, false},
    {"options", "4o", {"7d"}, false},
    {"segments", "2", {"2,000"}, false},
    {"data", "9", {events, "2,000"}, false},
    {"help", "4?", {NULL}, false},
};

/* ---- looking at one picture */

static void row_text(const struct canvas *c, int y, struct buf *out)
{
    struct canvas one = {.w = c->w, .h = 1, .cell = c->cell + (size_t)y * (size_t)c->w, .tier = c->tier};
    canvas_dump(&one, out);
    if (out->n)
        out->p[--out->n] = '\0'; /* the line end */
}

static bool ends_with(const struct buf *b, const char *end)
{
    size_t n = strlen(end);
    while (b->n > 0 && b->p[b->n - 1] == ' ')
        return false;
    return b->n >= n && memcmp(b->p + b->n - n, end, n) == 0;
}

static void check_frame(const struct canvas *c, const char *what)
{
    static const char *const tiers[] = {"ASCII", "ACS", "UTF-8", "HD"};
    struct buf title = {0}, footer = {0}, back = {0};
    row_text(c, 0, &title);
    row_text(c, c->h - 1, &footer);
    buf_printf(&back, "Esc %s", _(action_get(ACTION_BACK)->label));
    if (strncmp(title.p, " waymark | ", 11) != 0 || !ends_with(&title, tiers[c->tier]))
        fail_msg("%s: title '%s'", what, title.p);
    if (!ends_with(&footer, back.p) || strchr(footer.p, '~'))
        fail_msg("%s: footer '%s'", what, footer.p);
    buf_done(&title);
    buf_done(&footer);
    buf_done(&back);
}

static void check_small(const struct canvas *c, const char *what)
{
    struct buf all = {0};
    char now[32];
    canvas_dump(c, &all);
    snprintf(now, sizeof now, "%dx%d", c->w, c->h);
    if ((c->w >= 20 && !strstr(all.p, "80x24")) || (c->w >= 24 && !strstr(all.p, now)))
        fail_msg("%s: not said that it is too small:\n%s", what, all.p);
    buf_done(&all);
}

/* ---- numbers */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Runs of digits and commas, in order of size: what a table says, wherever a tier puts it. */
static void put_numbers(struct buf *out, const char *text)
{
    VEC(char *) found = {0};
    for (const char *p = text; *p;) {
        size_t n = strspn(p, "0123456789,");
        if (n && p[0] != ',')
            vec_push(&found, strndup(p, n));
        p += n ? n : 1;
    }
    qsort(found.at, found.n, sizeof *found.at, by_text);
    for (size_t i = 0; i < found.n; i++) {
        buf_printf(out, "%s ", found.at[i]);
        free(found.at[i]);
    }
    vec_done(&found);
}

static void check_numbers(const struct canvas *c, const struct screen_case *s, const char *what,
                          struct buf *first)
{
    struct buf all = {0}, numbers = {0};
    canvas_dump(c, &all);
    for (int i = 0; i < MOST && s->numbers[i]; i++)
        if (!strstr(all.p, s->numbers[i]))
            fail_msg("%s: %s is missing\n%s", what, s->numbers[i], all.p);
    put_numbers(&numbers, strchr(all.p, '\n')); /* the title names the tier */
    if (!first->n)
        buf_str(first, buf_view(&numbers));
    else if (!(s->flows && c->tier == TIER_HD) && !str_eq(buf_view(first), buf_view(&numbers)))
        fail_msg("%s: numbers\n%s\nin ascii\n%s", what, numbers.p, first->p);
    buf_done(&all);
    buf_done(&numbers);
}

/* ---- all of them */

static void check_tiers(struct tui *t, const struct screen_case *s, int w, int h, const char *lang)
{
    struct buf first = {0};
    struct canvas c;
    canvas_init(&c, w, h, TIER_ASCII);
    for (int tier = 0; tier < TIERS; tier++) {
        char what[96];
        snprintf(what, sizeof what, "%s %dx%d %s %s", s->name, w, h, tier_name((enum tier)tier), lang);
        drive_set_tier(t, (enum tier)tier);
        canvas_resize(&c, w, h);
        tui_draw(t, &c);
        drive_check_whole(&c, what);
        if (w >= 80 && h >= 24) {
            check_frame(&c, what);
            check_numbers(&c, s, what, &first);
        } else {
            check_small(&c, what);
        }
    }
    canvas_done(&c);
    buf_done(&first);
}

static void every_screen_size_tier_and_language(void **state)
{
    (void)state;
    for (int l = 0; l < LANGS; l++)
        for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
            nls_init(langs[l]);
            struct tui *t = drive_start(TIER_ASCII);
            drive_type(t, screens[i].keys);
            for (int k = 0; k < SIZES; k++)
                check_tiers(t, &screens[i], sizes[k][0], sizes[k][1], langs[l]);
            tui_free(t);
        }
    nls_init("en");
}

/* --plain: nothing drawn, and the numbers that are known are there all the same. */
static void plain_screens_are_text_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++)
        for (int k = 0; k < 4; k++) {
            char what[64];
            struct canvas c;
            struct buf all = {0};
            struct tui *t = drive_start(TIER_UTF8);
            assert_true(settings_put(tui_settings(t), STR("plain"), STR("on"), NULL));
            drive_type(t, screens[i].keys);
            canvas_init(&c, sizes[k][0], sizes[k][1], k % 2 ? TIER_HD : TIER_UTF8);
            drive_set_tier(t, c.tier);
            tui_draw(t, &c);
            snprintf(what, sizeof what, "plain %s %dx%d", screens[i].name, c.w, c.h);
            for (size_t n = 0; n < (size_t)c.w * (size_t)c.h; n++)
                if (c.cell[n].ch >= 0x2500 && c.cell[n].ch <= 0x259F)
                    fail_msg("%s: U+%04X", what, (unsigned)c.cell[n].ch);
            check_frame(&c, what);
            canvas_dump(&c, &all);
            for (int n = 0; n < MOST && screens[i].numbers[n]; n++)
                if (!strstr(all.p, screens[i].numbers[n]))
                    fail_msg("%s: %s is missing\n%s", what, screens[i].numbers[n], all.p);
            buf_done(&all);
            canvas_done(&c);
            tui_free(t);
        }
}

/* :set small on: from 60x16 on screens are drawn, whole; below that one line says so, and keys still lead
 * out. */
static void small_windows_on_request(void **state)
{
    static const int small[][2] = {{60, 16}, {79, 23}, {70, 20}, {100, 16}, {60, 24}};
    (void)state;
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++)
        for (size_t k = 0; k < sizeof small / sizeof *small; k++) {
            char what[64];
            struct canvas c;
            struct buf all = {0};
            struct tui *t = drive_start(TIER_UTF8);
            drive_type(t, ":set small on<Enter>");
            drive_type(t, screens[i].keys);
            canvas_init(&c, small[k][0], small[k][1], TIER_UTF8);
            tui_draw(t, &c);
            snprintf(what, sizeof what, "small %s %dx%d", screens[i].name, c.w, c.h);
            drive_check_whole(&c, what);
            canvas_dump(&c, &all);
            if (strstr(all.p, "needs "))
                fail_msg("%s: refused", what);
            check_frame(&c, what);
            canvas_resize(&c, 59, 16);
            tui_draw(t, &c);
            buf_clear(&all);
            canvas_dump(&c, &all);
            assert_non_null(strstr(all.p, "needs 60x16, now 59x16"));
            buf_done(&all);
            canvas_done(&c);
            tui_free(t);
        }
}

/* Labels have places of fixed widths: the footer's, the keys' in help, headings of tables and of summaries.
 */
static void labels_fit_in_both_languages(void **state)
{
    (void)state;
    for (int l = 0; l < LANGS; l++) {
        nls_init(langs[l]);
        for (int a = 1; a < ACTIONS; a++) {
            const struct action_info *info = action_get((enum action)a);
            int label = utf8_width(str_of(_(info->label))), help = utf8_width(str_of(_(info->help)));
            if (label < 2 || label > 15)
                fail_msg("%s: label '%s' has %d columns", info->name, _(info->label), label);
            if (help < 2 || help > 180)
                fail_msg("%s: help '%s' has %d columns", info->name, _(info->help), help);
        }
        static const char *const keys[] = {
            "users", "conversion", "total_rate", "median_s",   "still open",       "share",
            "first", "last",       "rejected",   "duplicates", "users_with_events"};
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            assert_in_range(utf8_width(str_of(show_key(keys[i]))), 1, 24);
    }
    nls_init("en");
}

static int make_store(void **state)
{
    drive_make_store(state);
    char path[96], line[512];
    long lines = -1; /* the heading */
    snprintf(path, sizeof path, "%s/bank/events.csv", drive_folder());
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        lines += strchr(line, '\n') != NULL;
    fclose(f);
    snprintf(events, sizeof events, "%ld,%03ld", lines / 1000, lines % 1000);
    return 0;
}

int main(void)
{
    nls_init("en");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_screen_size_tier_and_language),
        cmocka_unit_test(small_windows_on_request),
        cmocka_unit_test(plain_screens_are_text_alone),
        cmocka_unit_test(labels_fit_in_both_languages),
    };
    return cmocka_run_group_tests(tests, make_store, drive_drop_store);
}
