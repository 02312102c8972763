/* pty_test.c - the real program in terminals of every kind: UTF-8 and GB18030, wide and narrow, silent, slow,
 * mismatched with the locale; sizes, signals, pasted text, bytes on the wire. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/os.h"
#include "base/rand.h"
#include "tests/pty/rig.h"
#include "tests/unit/tui_drive.h"

static char store[128];
static struct rig *rig;

static int make_store(void **state)
{
    drive_make_store(state);
    snprintf(store, sizeof store, "%s/store", drive_folder());
    rig_use_home(drive_folder());
    return 0;
}

static int stop(void **state)
{
    (void)state;
    rig_free(rig);
    rig = NULL;
    return 0;
}

/* The explorer with more arguments: up to six, ended by NULL. */
static void start(const struct rig_options *o, ...)
{
    const char *arguments[12] = {"-s", store, "--setting", "session=off"};
    va_list more;
    va_start(more, o);
    for (size_t n = 4; n < 11 && (arguments[n] = va_arg(more, const char *)); n++)
        ;
    va_end(more);
    rig_free(rig);
    rig = rig_start(o, arguments);
}

static void leave(int status)
{
    rig_type(rig, "Q");
    assert_int_equal(rig_end(rig), status);
}

static void screen_of(struct buf *out)
{
    buf_clear(out);
    rig_settle(rig);
    rig_screen(rig, out);
}

static const struct rig_options plain = {0};

/* ---- what the terminal shows */

static void a_utf8_terminal_gets_lines_and_blocks(void **state)
{
    (void)state;
    start(&plain, NULL);
    rig_expect(rig, "waymark | Home");
    rig_expect(rig, "UTF-8");
    rig_forget(rig);
    rig_type(rig, "4");
    rig_expect(rig, "Credit card tab");
    rig_expect(rig, "2,000");
    rig_expect(rig, "█");
    rig_settle(rig);
    assert_int_equal(rig_misread(rig), 0);
    for (int y = 0; y < 24; y++)
        assert_true(rig_row_width(rig, y) <= 80);
    assert_true(rig_coloured(rig));
    leave(0);
    assert_true(rig_is_cooked(rig));
    assert_false(rig_in_alternate_screen(rig));
}

/* A row of keys. After each of them the other terminal must come to show what this one shows. */
static const char *const tour[] = {"", "4", "5", "7", "2", "9", "?", "1"};

static void start_tour(const struct rig_options *o, const char *glyphs, const char *lang, const char *first)
{
    start(o, "--lang", lang, glyphs ? "--glyphs" : NULL, glyphs, NULL);
    rig_expect(rig, first);
    rig_settle(rig);
    rig_type(rig, "j"); /* the notice of the start goes */
}

/* Both go on until they agree: how long a job takes decides nothing. */
static void assert_agree(struct rig *other, const char *key)
{
    struct buf theirs = {0}, ours = {0};
    for (int i = 0; i < 200; i++) {
        rig_settle(other);
        buf_clear(&theirs);
        rig_screen(other, &theirs);
        screen_of(&ours);
        if (str_eq(buf_view(&ours), buf_view(&theirs)))
            break;
    }
    if (!str_eq(buf_view(&ours), buf_view(&theirs))) {
        struct str x = buf_view(&theirs), y = buf_view(&ours);
        while (x.p && y.p) {
            struct str one = str_cut(&x, '\n'), two = str_cut(&y, '\n');
            if (!str_eq(one, two))
                print_message("%.*s\n%.*s\n", (int)one.n, one.p, (int)two.n, two.p);
        }
        fail_msg("after key '%s' the screens differ", key);
    }
    buf_done(&theirs);
    buf_done(&ours);
}

static void assert_same_screens(const struct rig_options *a, const char *glyphs_a,
                                const struct rig_options *b, const char *glyphs_b, const char *lang,
                                const char *first)
{
    start_tour(a, glyphs_a, lang, first);
    struct rig *other = rig;
    rig = NULL;
    start_tour(b, glyphs_b, lang, first);
    for (size_t i = 0; i < sizeof tour / sizeof *tour; i++) {
        rig_type(other, tour[i]);
        rig_type(rig, tour[i]);
        assert_agree(other, tour[i]);
    }
    rig_free(other);
}

static void a_terminal_with_wide_lines_gets_ascii(void **state)
{
    static const struct rig_options wide = {.wide_ambiguous = true};
    (void)state;
    start(&wide, NULL);
    rig_expect(rig, "two columns wide");
    rig_forget(rig); /* the samples */
    rig_type(rig, "~");
    rig_expect(rig, "nothing but ASCII");
    assert_same_screens(&plain, "ascii", &wide, NULL, "en", "waymark | Home");
    rig_settle(rig);
    rig_forget(rig);
    rig_type(rig, "5");
    rig_settle(rig);
    assert_int_equal(rig_ambiguous(rig), 0);
}

static const struct rig_options gb = {.locale = "zh_CN.GB18030", .gb = true};

static void a_gb18030_terminal_gets_chinese_and_vt100_lines(void **state)
{
    (void)state;
    if (!rig_has_gb_locale(drive_folder()))
        skip();
    start(&gb, NULL);
    rig_expect(rig, "首页");
    rig_expect(rig, "ACS");
    rig_settle(rig);
    rig_forget(rig);
    rig_type(rig, "4");
    rig_expect(rig, "信用卡");
    rig_settle(rig);
    assert_int_equal(rig_four_byte(rig), 0);
    assert_int_equal(rig_misread(rig), 0);
    assert_int_equal(rig_repeats(rig), 0);
    assert_same_screens(&plain, "acs", &gb, NULL, "zh_CN", "首页");
    static const struct rig_options old = {.locale = "zh_CN.GB18030", .gb = true, .no_repeat = true};
    assert_same_screens(&gb, NULL, &old, NULL, "zh_CN", "首页");
}

static void chinese_can_be_typed_in_gb18030(void **state)
{
    (void)state;
    if (!rig_has_gb_locale(drive_folder()))
        skip();
    start(&gb, NULL);
    rig_expect(rig, "首页");
    rig_type(rig, "3\xD0\xC5\xD3\xC3"); /* 信用 */
    rig_expect(rig, "信用");
    rig_type(rig, "\xA3"); /* a character in two writes */
    rig_settle(rig);
    rig_type(rig, "\xBF"); /* ？ */
    rig_expect(rig, "信用？");
}

/* The locale says one thing and the terminal does another: nothing unreadable is sent after the question, and
 * the person is told. */
static void a_wrong_locale_is_noticed(void **state)
{
    static const struct rig_options utf8_in_gb = {.gb = true}, gb_in_utf8 = {.locale = "zh_CN.GB18030"};
    (void)state;
    if (!rig_has_gb_locale(drive_folder()))
        skip();
    start(&utf8_in_gb, NULL);
    rig_expect(rig, "The terminal reads GB18030");
    rig_expect(rig, "ACS");
    rig_settle(rig);
    rig_forget(rig);
    rig_type(rig, "4");
    rig_expect(rig, "Credit card tab");
    rig_type(rig, "L");
    rig_expect(rig, "信用卡");
    rig_type(rig, "5");
    rig_settle(rig);
    assert_int_equal(rig_misread(rig) + rig_four_byte(rig), 0);
    start(&gb_in_utf8, "--lang", "en", NULL);
    rig_expect(rig, "The terminal reads UTF-8");
    rig_settle(rig);
    rig_forget(rig);
    rig_type(rig, "5");
    rig_expect(rig, "▓");
    assert_int_equal(rig_misread(rig), 0);
    assert_same_screens(&plain, NULL, &gb_in_utf8, NULL, "zh_CN", "首页");
}

static void a_silent_terminal_gets_ascii_and_is_not_waited_for(void **state)
{
    static const struct rig_options silent = {.answers = ANSWERS_NEVER};
    (void)state;
    start(&silent, NULL);
    rig_expect(rig, "does not say how it draws");
    rig_expect(rig, "ASCII");
    rig_settle(rig);
    assert_same_screens(&plain, "ascii", &silent, NULL, "en", "waymark | Home");
    rig_type(rig, "~");
    rig_expect(rig, "Glyphs: acs");
    rig_type(rig, "~");
    rig_expect(rig, "Glyphs: utf8");
    rig_type(rig, "5");
    rig_expect(rig, "▓");
    leave(0);
}

static void late_answers_are_no_keys(void **state)
{
    static const struct rig_options slow = {.answers = ANSWERS_HELD};
    struct buf before = {0}, after = {0};
    (void)state;
    start(&slow, NULL);
    rig_expect(rig, "does not say how it draws");
    rig_type(rig, "4");
    rig_expect(rig, "Credit card tab");
    screen_of(&before);
    rig_release(rig);
    screen_of(&after);
    assert_string_equal(after.p, before.p);
    buf_done(&before);
    buf_done(&after);
    rig_type(rig, "\033");
    rig_expect(rig, "waymark | Home");
    leave(0);
}

static void what_is_typed_ahead_is_not_lost(void **state)
{
    static const struct rig_options eager = {.type_ahead = "5"};
    (void)state;
    start(&eager, NULL);
    rig_expect(rig, "▓");
    leave(0);
}

static void the_c_locale_is_no_prison(void **state)
{
    static const struct rig_options c = {.locale = "C"}, poor = {.locale = "C", .answers = ANSWERS_NEVER};
    (void)state;
    start(&c, NULL);
    rig_expect(rig, "UTF-8");
    rig_type(rig, "5");
    rig_expect(rig, "▓");
    start(&poor, NULL);
    rig_expect(rig, "ASCII");
    rig_type(rig, "L");
    rig_expect(rig, "LC_ALL=C.UTF-8");
    rig_settle(rig);
    rig_forget(rig);
    rig_type(rig, "5");
    rig_expect(rig, "###");
    rig_settle(rig);
    assert_int_equal(rig_misread(rig), 0);
}

static void colours_can_be_refused(void **state)
{
    static const char *const env[] = {"NO_COLOR=1", NULL};
    static const struct rig_options no_color = {.env = env};
    (void)state;
    start(&no_color, NULL);
    rig_expect(rig, "waymark | Home");
    rig_type(rig, "5");
    rig_expect(rig, "▓");
    rig_settle(rig);
    assert_false(rig_coloured(rig));
    rig_type(rig, "~"); /* hd speaks in colours: it is passed over */
    rig_expect(rig, "Glyphs: ascii");
}

/* Who names the glyphs gets them, and a word of doubt where the terminal seems unable. */
static void what_was_asked_for_is_drawn(void **state)
{
    static const struct rig_options wide = {.wide_ambiguous = true},
                                    silent = {.locale = "C", .answers = ANSWERS_NEVER};
    const struct rig_options *const doubtful[] = {&wide, &silent};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        start(doubtful[i], "--glyphs", "utf8", NULL);
        rig_expect(rig, "does not seem to show these glyphs");
        rig_expect(rig, "UTF-8");
        rig_forget(rig);
        rig_type(rig, "T"); /* settings are gone through again */
        rig_type(rig, "5");
        rig_expect(rig, "▓");
        leave(0);
    }
    start(&plain, "--glyphs", "ascii", NULL);
    rig_expect(rig, "ASCII");
    rig_type(rig, "5");
    rig_expect(rig, "1 row = ");
    assert_false(rig_shows(rig, "▓"));
    assert_false(rig_shows(rig, "does not seem"));
    rig_type(rig, "~T"); /* one that was chosen stays */
    rig_expect(rig, "ACS");
    rig_type(rig, ":set glyphs utf8\r");
    rig_expect(rig, "▓");
    leave(0);
}

static void terminals_by_name(void **state)
{
    static const char *const names[] = {"xterm", "xterm-256color", "screen-256color",
                                        "linux", "vt100",          "tmux-256color"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct rig_options o = {.term = names[i]};
        start(&o, NULL);
        rig_expect(rig, "waymark | Home");
        rig_expect(rig, strcmp(names[i], "linux") == 0 ? "ACS" : "UTF-8");
        rig_type(rig, "4");
        rig_expect(rig, "Credit card tab");
        leave(0);
        assert_true(rig_is_cooked(rig));
    }
    static const char *const useless[] = {"dumb", "no-such-terminal", ""};
    for (size_t i = 0; i < sizeof useless / sizeof *useless; i++) {
        struct rig_options o = {.term = useless[i]};
        start(&o, NULL);
        assert_int_equal(rig_end(rig), 3);
        assert_true(rig_shows(rig, "terminal"));
    }
}

/* The column of the '|' that ends the row beginning with this text; -1: there is no such row. */
static int end_column(const char *row_begins)
{
    int column = -1;
    struct buf row = {0};
    for (int y = 0; y < 24; y++) {
        buf_clear(&row);
        rig_row(rig, y, &row);
        if (row.n && strstr(row.p, row_begins) && strrchr(row.p, '|'))
            column = rig_row_width(rig, y) - (row.p[row.n - 1] == '|' ? 1 : 3); /* " *" behind it */
    }
    buf_done(&row);
    return column;
}

static void the_card_lines_up_where_it_should(void **state)
{
    static const struct rig_options wide = {.wide_ambiguous = true};
    const char *const arguments[] = {"termcheck", NULL};
    (void)state;
    rig_free(rig);
    rig = rig_start(&plain, arguments);
    rig_expect(rig, "Which is the last row");
    int ruler = end_column(".........1");
    assert_int_equal(ruler, 42);
    assert_int_equal(end_column("1 ascii"), ruler);
    assert_int_equal(end_column("2 acs"), ruler);
    assert_int_equal(end_column("3 utf8"), ruler);
    assert_int_equal(end_column("4 hd"), ruler);
    assert_int_equal(end_column("中文理财"), ruler);
    assert_true(rig_shows(rig, "a line                            columns: 1"));
    rig_type(rig, "2\r");
    rig_expect(rig, "glyphs = acs");
    assert_int_equal(rig_end(rig), 0);
    rig_free(rig);
    rig = rig_start(&wide, arguments);
    rig_expect(rig, "Which is the last row");
    assert_int_equal(end_column("1 ascii"), ruler);
    assert_true(end_column("3 utf8") > ruler); /* a person sees what is wrong */
    assert_true(rig_shows(rig, "a line                            columns: 2"));
    if (!rig_has_gb_locale(drive_folder()))
        return;
    rig_free(rig);
    rig = rig_start(&gb, arguments);
    rig_expect(rig, "2 acs");
    rig_settle(rig);
    assert_int_equal(end_column("2 acs"), ruler);
    assert_int_equal(end_column("中文理财"), ruler);
    assert_int_equal(rig_four_byte(rig), 0);
    rig_type(rig, "\r");
    assert_int_equal(rig_end(rig), 0);
}

static void the_card_is_shown_in_the_explorer(void **state)
{
    (void)state;
    start(&plain, NULL);
    rig_expect(rig, "waymark | Home");
    rig_type(rig, ":termcheck\r");
    rig_expect(rig, "returns to full screen");
    assert_false(rig_in_alternate_screen(rig));
    assert_true(rig_shows(rig, "a line                            columns: 1"));
    int ruler = end_column(".........1");
    assert_int_equal(ruler, 42);
    assert_int_equal(end_column("2 acs"), ruler);
    assert_int_equal(end_column("3 utf8"), ruler);
    rig_type(rig, "\r");
    rig_expect(rig, "waymark | Home");
    assert_true(rig_in_alternate_screen(rig));
    leave(0);
}

/* ---- long work */

/* A segment that takes long to count: thousands of different questions. */
static void save_slow_segment(void)
{
    struct err err = {0};
    struct query q;
    struct buf text = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/slow.txt", drive_folder());
    buf_puts(&text, "slow\t");
    for (int i = 0; i < 8000; i++)
        buf_printf(&text, "%swho(\"paths --gap %ds --users '2 home'\")", i ? " or " : "", 100 + i);
    buf_putc(&text, '\n');
    assert_true(os_replace_file(path, buf_view(&text), &err));
    query_init(&q, "segment load");
    query_add(&q, "file", path);
    struct result *r = workspace_keep(store, &q, NULL, &err);
    if (!r)
        fail_msg("%s", err.text);
    result_free(r);
    query_done(&q);
    buf_done(&text);
}

/* Over a second a bar and a rate; the screen can be left, what runs is in the list of jobs, and Ctrl-C ends
 * it. */
static void long_work_shows_how_far_it_is(void **state)
{
    (void)state;
    save_slow_segment();
    start(&plain, NULL);
    rig_expect(rig, "waymark | Home");
    rig_type(rig, "7");
    rig_expect(rig, "2026-10-02 ");
    rig_type(rig, ":segment slow\r");
    rig_expect(rig, "Counting...");
    rig_expect(rig, "^C cancels");
    rig_expect(rig, "/s  about ");
    assert_true(rig_shows(rig, "Counting... ["));
    assert_true(rig_shows(rig, "#"));
    rig_type(rig, "J");
    rig_expect(rig, "Enter goes there");
    rig_expect(rig, "> Events");
    rig_type(rig, "\r"); /* there */
    rig_expect(rig, "Counting...");
    rig_type(rig, "\003");
    rig_expect(rig, "the answer shown is the one before, R asks again");
    assert_false(rig_shows(rig, "Counting..."));
    leave(0);
}

/* ---- sizes */

static void row_of_the_cursor(struct buf *out)
{
    int y, x;
    rig_settle(rig);
    rig_cursor(rig, &y, &x);
    buf_clear(out);
    rig_row(rig, y, out);
    for (size_t i = 0; i < out->n; i++) /* "2 Credit card tab": what stands before the numbers */
        if (i > 6 && out->p[i] == ' ' && out->p[i + 1] == ' ')
            out->p[out->n = i] = '\0';
}

static void any_size_and_back(void **state)
{
    static const int sizes[][2] = {{200, 60}, {60, 10},   {1, 1},    {20, 5},
                                   {79, 23},  {300, 100}, {120, 40}, {80, 24}};
    struct buf before = {0}, after = {0};
    (void)state;
    start(&plain, NULL);
    rig_expect(rig, "waymark | Home");
    rig_type(rig, "4");
    rig_expect(rig, "Credit card tab");
    rig_type(rig, "jj");
    row_of_the_cursor(&before);
    assert_non_null(strstr(before.p, "3 "));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        rig_resize(rig, sizes[i][0], sizes[i][1]);
        if (sizes[i][0] >= 80 && sizes[i][1] >= 24)
            rig_expect(rig, "Credit card tab");
        else if (sizes[i][0] >= 20)
            rig_expect(rig, "80x24");
        rig_settle(rig);
        for (int y = 0; y < sizes[i][1]; y++)
            assert_true(rig_row_width(rig, y) <= sizes[i][0]);
    }
    row_of_the_cursor(&after);
    assert_string_equal(after.p, before.p);
    rig_resize(rig, 60, 10);
    rig_expect(rig, "80x24");
    rig_type(rig, "Q");
    assert_int_equal(rig_end(rig), 0);
    buf_done(&before);
    buf_done(&after);
}

static void a_storm_of_sizes(void **state)
{
    struct rand rng;
    (void)state;
    unsigned seed = 20261121;
    rand_seed(&rng, seed);
    start(&plain, NULL);
    rig_expect(rig, "waymark | Home");
    for (int i = 0; i < 300; i++) {
        rig_resize(rig, 1 + (int)rand_below(&rng, 220), 1 + (int)rand_below(&rng, 70));
        if (i % 7 == 0)
            rig_type(rig, (const char *[]){"4", "5", "7", "j", "\t", "2", "9"}[rand_below(&rng, 7)]);
    }
    rig_resize(rig, 80, 24);
    rig_type(rig, "1");
    rig_expect(rig, "waymark | Home");
    leave(0);
}

/* ---- keys */

static void unknown_keys_do_nothing(void **state)
{
    struct buf before = {0}, after = {0};
    (void)state;
    start(&plain, NULL);
    rig_expect(rig, "waymark | Home");
    screen_of(&before);
    rig_type(rig, "\033[1;5A\033[5;5~\033[I\033]11;rgb:1/1/1\007\033[>41;1c");
    screen_of(&after);
    assert_string_equal(after.p, before.p);
    rig_type(rig, "\033OS"); /* F4 */
    rig_settle(rig);
    rig_type(rig, "\033");
    rig_expect(rig, "waymark | Home");
    buf_done(&before);
    buf_done(&after);
}

static void pasted_text_is_no_command(void **state)
{
    (void)state;
    start(&plain, NULL);
    rig_expect(rig, "waymark | Home");
    rig_type(rig, "\033[200~4Qyq\033[201~");
    rig_expect(rig, "Pasted text");
    assert_true(rig_shows(rig, "waymark | Home"));
    rig_type(rig, "3\033[200~C000017\033[201~"); /* but an answer */
    rig_expect(rig, "C000017");
    rig_type(rig, "\r");
    rig_expect(rig, "Sequence");
}

/* ---- signals: the terminal is as it was, whatever happens */

static void ends_leave_the_terminal_as_it_was(void **state)
{
    static const struct {
        int signal, status;
    } ends[] = {{SIGTERM, 4}, {SIGHUP, 4}, {SIGSEGV, 3}, {SIGABRT, 3}, {SIGBUS, 3}};
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
#if defined(__SANITIZE_ADDRESS__)
        if (ends[i].status == 3)
            continue; /* there the sanitizer's report is wanted */
#endif
        start(&plain, NULL);
        rig_expect(rig, "waymark | Home");
        assert_false(rig_is_cooked(rig));
        assert_true(rig_in_alternate_screen(rig));
        rig_signal(rig, ends[i].signal);
        assert_int_equal(rig_end(rig), ends[i].status);
        assert_true(rig_is_cooked(rig));
        assert_false(rig_in_alternate_screen(rig));
    }
    start(&plain, NULL);
    rig_expect(rig, "waymark | Home");
    rig_hang_up(rig);
    assert_int_equal(rig_end(rig), 4);
}

static void stopping_and_going_on(void **state)
{
    (void)state;
    for (int by_key = 0; by_key < 2; by_key++) {
        start(&plain, NULL);
        rig_expect(rig, "waymark | Home");
        rig_type(rig, "4");
        rig_expect(rig, "Credit card tab");
        if (by_key)
            rig_type(rig, "\032");
        else
            rig_signal(rig, SIGTSTP);
        rig_expect_stopped(rig);
        assert_true(rig_is_cooked(rig));
        assert_false(rig_in_alternate_screen(rig));
        assert_false(rig_shows(rig, "Credit card tab"));
        rig_resize(rig, 100, 30); /* while it sleeps */
        rig_signal(rig, SIGCONT);
        rig_expect(rig, "Credit card tab");
        assert_false(rig_is_cooked(rig));
        rig_type(rig, "5");
        rig_expect(rig, "▓");
        leave(0);
    }
}

/* The wire is busy when the signal comes: it must not be lost in the midst of a frame. */
static void stops_while_it_draws(void **state)
{
    (void)state;
    start(&plain, NULL);
    rig_expect(rig, "waymark | Home");
    rig_type(rig, "4");
    for (unsigned i = 0; i < 12; i++) {
        rig_expect(rig, "Credit card tab");
        rig_type(rig, "\f");
        usleep(i * 200);
        rig_signal(rig, SIGTSTP);
        rig_expect_stopped(rig);
        rig_signal(rig, SIGCONT);
    }
    rig_expect(rig, "Credit card tab");
    leave(0);
}

static void without_a_shell_nothing_stops(void **state)
{
    static const struct rig_options alone = {.no_shell = true};
    (void)state;
    start(&alone, NULL);
    rig_expect(rig, "waymark | Home");
    rig_type(rig, "\032");
    rig_expect(rig, "There is no shell to go back to");
    rig_type(rig, "5");
    rig_expect(rig, "▓");
    leave(0);
}

/* ---- the wire (tui.md 3.6) */

struct frame {
    int w, h;
    const char *glyphs, *keys, *wait; /* before */
    const char *key;                  /* measured */
    size_t at_most;
    const char *first; /* keys before it, each answered; NULL: none */
};

static void frames_are_small(void **state)
{
    /* Below what such frames cost in tui.md 3.6 (without colours there; its larger Sankeys are of other
     * data). */
    static const struct frame frames[] = {
        {80, 24, "ascii", "4", "card tab", "\014", 2000, NULL},
        {80, 24, "utf8", "4", "card tab", "\014", 2600, NULL},
        {80, 24, "utf8", "4", "card tab", "j", 800, NULL},
        {80, 24, "utf8", "5", "1 row = ", "\014", 2600, NULL},
        {80, 24, "utf8", "5", "1 row = ", "]", 2600, NULL},
        {120, 40, "utf8", "5", "1 row = ", "\014", 7700, NULL},
        {200, 60, "utf8", "5", "1 row = ", "\014", 17500, NULL},
        {200, 60, "utf8", "5", "1 row = ", "l", 12500,
         NULL}, /* from a node of all paths: each fill changes */
        {200, 60, "utf8", "5", "1 row = ", "l", 3300, "llh"},
        {80, 24, "utf8", "", "Home", "j", 300, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        const struct frame *f = &frames[i];
        static const char *const no_color[] = {"NO_COLOR=1", NULL};
        struct rig_options o = {.w = f->w, .h = f->h, .env = no_color};
        start(&o, "--glyphs", f->glyphs, NULL);
        rig_expect(rig, "waymark | Home");
        rig_type(rig, f->keys);
        rig_expect(rig, f->wait);
        rig_settle(rig);
        for (const char *key = f->first; key && *key; key++) {
            rig_type(rig, (const char[]){*key, 0});
            rig_settle(rig);
        }
        rig_forget(rig);
        rig_type(rig, f->key);
        rig_settle(rig);
        print_message("%dx%d %s: key '%s' on '%s': %zu bytes\n", f->w, f->h, f->glyphs,
                      *f->key == 12 ? "^L" : f->key, f->wait, rig_bytes(rig));
        assert_true(rig_bytes(rig) > 0);
        if (rig_bytes(rig) > f->at_most)
            fail_msg("%zu bytes, at most %zu are allowed", rig_bytes(rig), f->at_most);
    }
    /* Nobody types: nothing is sent. */
    rig_forget(rig);
    rig_settle(rig);
    assert_int_equal(rig_bytes(rig), 0);
}

/* ---- what is loaded goes on without the explorer; the next one shows it */

static void put_events(const char *path, const char *who, int rows)
{
    struct buf b = {0};
    struct err err = {0};
    buf_puts(&b, "user,time,event,note\n");
    for (int i = 0; i < rows; i++)
        buf_printf(&b, "%s%d,2026-10-%02d 10:%02d:%02d,e%d,some text to be read\n", who, i, 1 + i % 28,
                   i % 60, i % 59, i % 5);
    if (!os_replace_file(path, buf_view(&b), &err))
        fail_msg("%s", err.text);
    buf_done(&b);
}

static void begin_load(const char *path)
{
    rig_expect(rig, "waymark | Home");
    rig_type(rig, "9a");
    rig_type(rig, path);
    rig_type(rig, "\r");
    rig_expect(rig, "Is that right?");
    rig_type(rig, "\r");
    rig_expect(rig, "[>] reading");
}

/* The line is cut, or SIGTERM comes: the next start offers the place that was left. */
static void the_place_outlives_the_terminal(void **state)
{
    const char *const arguments[] = {"-s", store, NULL};
    (void)state;
    for (int by_signal = 0; by_signal < 2; by_signal++) {
        rig_free(rig);
        rig = rig_start(&plain, arguments);
        rig_expect(rig, "waymark | Home");
        rig_type(rig, by_signal ? "5" : "4");
        rig_expect(rig, by_signal ? "1 row = " : "Credit card tab");
        if (by_signal)
            rig_signal(rig, SIGTERM);
        else
            rig_hang_up(rig);
        assert_int_equal(rig_end(rig), 4);
        rig_free(rig);
        rig = rig_start(&plain, arguments);
        rig_expect(rig, by_signal ? "Restored from last time: Sankey" : "Restored from last time: Funnel");
        rig_type(rig, ">");
        rig_expect(rig, by_signal ? "Home > Sankey" : "Home > Funnel");
        leave(0);
    }
}

static void loading_outlives_the_terminal(void **state)
{
    char path[200];
    (void)state;
    snprintf(path, sizeof path, "%s/outlives.csv", drive_folder());
    put_events(path, "o", 1000000);
    for (int by = 0; by < 3; by++) { /* the line is cut; the explorer is killed; somebody quits */
        static const char *const again[] = {"", " --again --keep-duplicates", " --again --keep-duplicates"};
        char line[260];
        snprintf(line, sizeof line, "%s%s", path, again[by]);
        start(&plain, NULL);
        begin_load(line);
        if (by == 0)
            rig_hang_up(rig);
        else if (by == 1)
            rig_signal(rig, SIGKILL);
        else
            rig_type(rig, "Q");
        if (by == 2) {
            rig_expect(rig, "that goes on");
            rig_type(rig, "y");
        }
        assert_int_equal(rig_end(rig), by == 0 ? 4 : by == 1 ? 128 + SIGKILL : 0);
        start(&plain, NULL);
        rig_expect(rig, "Last time's files: 1 ");
        rig_type(rig, "9");
        rig_expect(rig, ">done ");
        rig_expect(rig, "1,000,000");
        rig_type(rig, "\r");
        rig_expect(rig, "1,000,000 rows   took ");
        leave(0);
        start(&plain, NULL);
        rig_expect(rig, "waymark | Home");
        rig_settle(rig);
        assert_false(rig_shows(rig, "Last time's files")); /* it was told */
        leave(0);
    }
}

int main(int argc, char **argv)
{
#define CASE(name) cmocka_unit_test_teardown(name, stop)
    const struct CMUnitTest tests[] = {
        CASE(a_utf8_terminal_gets_lines_and_blocks),
        CASE(a_terminal_with_wide_lines_gets_ascii),
        CASE(a_gb18030_terminal_gets_chinese_and_vt100_lines),
        CASE(chinese_can_be_typed_in_gb18030),
        CASE(a_wrong_locale_is_noticed),
        CASE(a_silent_terminal_gets_ascii_and_is_not_waited_for),
        CASE(late_answers_are_no_keys),
        CASE(what_is_typed_ahead_is_not_lost),
        CASE(the_c_locale_is_no_prison),
        CASE(colours_can_be_refused),
        CASE(what_was_asked_for_is_drawn),
        CASE(terminals_by_name),
        CASE(the_card_lines_up_where_it_should),
        CASE(the_card_is_shown_in_the_explorer),
        CASE(long_work_shows_how_far_it_is),
        CASE(any_size_and_back),
        CASE(a_storm_of_sizes),
        CASE(unknown_keys_do_nothing),
        CASE(pasted_text_is_no_command),
        CASE(ends_leave_the_terminal_as_it_was),
        CASE(stopping_and_going_on),
        CASE(stops_while_it_draws),
        CASE(without_a_shell_nothing_stops),
        CASE(frames_are_small),
        CASE(the_place_outlives_the_terminal),
        CASE(loading_outlives_the_terminal),
    };
    if (argc > 1) /* one of them: a name, with * */
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, make_store, drive_drop_store);
}
