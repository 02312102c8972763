/* hostile_test.c - data that tries to speak to the terminal: every code point and five hundred escape
 * sequences as ids, names, values, segments and file names, through every surface there is.
 *
 * The surfaces: all screens of the explorer with their title, status row, prompts, help, log and pages (cells
 * in memory, and the bytes on the line of the real program); what its e writes; standard output of every
 * command as text, HTML, SVG, CSV and JSON in both languages; standard error of mistakes that quote their cause. The
 * list is `questions`, `mistakes` and `walk` below: a new surface belongs there. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/os.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "render/canvas.h"
#include "tests/pty/rig.h"
#include "tests/unit/tui_drive.h"

static VEC(char *) sequences;
static char folder[64], store[96];

/* ---- the attacks */

static void add(const char *fmt, ...)
{
    char text[128];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    vec_push(&sequences, strdup(text));
}

static void make_sequences(void)
{
    static const char *const csi[] = {"\033[", "\xC2\x9B", "\x9B"}, *const osc[] = {"\033]", "\xC2\x9D",
                                                                                    "\x9D"};
    static const char *const end[] = {"\007", "\033\\", "\xC2\x9C", "\x9C"};
    static const int command[] = {0, 1, 2, 4, 7, 8, 9, 10, 11, 12, 50, 52, 104, 133, 777, 1337};
    for (size_t i = 0; i < 3; i++)
        for (int final = 0x40; final < 0x7F; final++)
            add("%s31337%c", csi[i], final);
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < sizeof command / sizeof *command; k++)
            for (size_t e = 0; e < 4; e++)
                add("%s%d;31337%s", osc[i], command[k], end[e]);
    for (int c = 0x20; c < 0x7F; c++)
        add("\033%c31337", c);
    for (int c = 1; c < 0x20; c++)
        add("a%cb", c);
    for (int c = 0x80; c < 0xA0; c++) {
        add("a\xC2%cb", c);
        add("a%cb", c);
    }
    static const char *const more[] = {"\033P31337q\033\\",
                                       "\033_31337\033\\",
                                       "\033^31337\033\\",
                                       "\033X31337\033\\",
                                       "\033[?1049l31337",
                                       "\033[2J\033[H31337",
                                       "\033[6n",
                                       "\033[c",
                                       "\033[21t",
                                       "\033(0lqk",
                                       "a\rb",
                                       "a\x7F"
                                       "b",
                                       "\xE2\x80\xAE"
                                       "evil",
                                       "\xE2\x81\xA6x",
                                       "\xE2\x80\xA8line",
                                       "\xE2\x80\x8Bzero",
                                       "\xEF\xBB\xBF"
                                       "bom",
                                       "\xD7\x90\xD7\x91",
                                       "\xF0\x9F\x98\x80",
                                       "=1+1",
                                       "@SUM(A1)",
                                       "\xFF\xFE",
                                       "\xC0\xAF",
                                       "\xED\xA0\x80"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        add("%s", more[i]);
}

/* ---- the store */

static void put_csv(struct buf *out, const char *text)
{
    buf_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            buf_putc(out, '"');
        buf_putc(out, *text);
    }
    buf_putc(out, '"');
}

static void write_file(const char *name, const struct buf *b)
{
    char path[128];
    struct err err;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_true(os_replace_file(path, buf_view(b), &err));
}

/* Each sequence is a customer's id, an event's name, a value, a display name and an attribute. */
static void write_sequences(void)
{
    struct buf events = {0}, users = {0}, names = {0};
    buf_puts(&events, "user,time,event,note\n");
    buf_puts(&users, "user,city\n");
    buf_puts(&names, "event,zh,en\n");
    for (size_t i = 0; i < sequences.n; i++) {
        const char *s = sequences.at[i];
        for (int k = 0; k < 3; k++) {
            put_csv(&events, s);
            buf_printf(&events, ",2026-10-%02zu 10:%02zu:%02d,", 1 + i % 28, i % 60, k);
            put_csv(&events, k == 1 ? "home" : sequences.at[(i + (size_t)k) % sequences.n]);
            buf_putc(&events, ',');
            put_csv(&events, s);
            buf_putc(&events, '\n');
        }
        put_csv(&users, s);
        buf_putc(&users, ',');
        put_csv(&users, s);
        buf_putc(&users, '\n');
        put_csv(&names, s);
        buf_putc(&names, ',');
        put_csv(&names, s);
        buf_putc(&names, ',');
        put_csv(&names, s);
        buf_putc(&names, '\n');
    }
    write_file("events.csv", &events);
    write_file("users.csv", &users);
    write_file("names.csv", &names);
    buf_done(&events);
    buf_done(&users);
    buf_done(&names);
}

/* Every code point but NUL and surrogates, 256 in a value; some hundred are events' names too. */
static void write_code_points(void)
{
    struct buf b = {0};
    buf_puts(&b, "user,time,event,note\n");
    for (uint32_t from = 0; from < 0x110000; from += 256) {
        struct buf value = {0};
        for (uint32_t ch = from; ch < from + 256; ch++)
            if (ch && (ch < 0xD800 || ch > 0xDFFF))
                buf_rune(&value, ch);
        if (value.n) {
            buf_printf(&b, "all,2026-11-01 10:%02u:%02u,page,", from / 256 / 60 % 60, from / 256 % 60);
            put_csv(&b, value.p);
            buf_putc(&b, '\n');
        }
        buf_done(&value);
    }
    write_file("points.csv", &b);
    buf_done(&b);
}

/* ---- running the program */

/* The real one; what it says on both outputs, in files. */
static int run_program(const char *const *arguments)
{
    const char *argv[24] = {0};
    char program[512], out[128], errors[128];
    const char *top = getenv("top_builddir");
    snprintf(program, sizeof program, "%s/waymark", top ? top : ".");
    snprintf(out, sizeof out, "%s/out", folder);
    snprintf(errors, sizeof errors, "%s/err", folder);
    argv[0] = program;
    argv[1] = "-s";
    argv[2] = store;
    for (size_t i = 0; arguments[i] && i < 20; i++)
        argv[i + 3] = arguments[i];
    pid_t child = fork();
    if (child == 0) {
        dup2(open("/dev/null", O_RDONLY), 0);
        dup2(open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
        dup2(open(errors, O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
        execv(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    int status = 0;
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 127)
        fail_msg("waymark %s %s: ended by %d", arguments[0], arguments[1] ? arguments[1] : "", status);
    return WEXITSTATUS(status);
}

static void must_run(const char *a, ...)
{
    const char *arguments[20] = {a};
    va_list more;
    va_start(more, a);
    for (size_t n = 1; n < 19 && (arguments[n] = va_arg(more, const char *)); n++)
        ;
    va_end(more);
    if (run_program(arguments) != 0)
        fail_msg("waymark %s %s %s failed", arguments[0], arguments[1], arguments[2] ? arguments[2] : "");
}

/* ---- what must not be there */

static bool moves_or_hides(uint32_t ch, bool exact)
{
    bool control = (ch < 0x20 && ch != '\n') || (ch >= 0x7F && ch < 0xA0) || ch == UTF8_BAD;
    bool bidi = ch == 0x61C || ch == 0x200E || ch == 0x200F || (ch >= 0x202A && ch <= 0x202E) ||
                (ch >= 0x2066 && ch <= 0x2069) || ch == 0x2028 || ch == 0x2029;
    return control || bidi || (!exact && utf8_rune_width(ch) < 0 && ch != '\n');
}

/* exact: CSV and JSON, which keep what cannot move a cursor (and CSV the tab). */
static void assert_clean(const char *what, struct str s, bool exact)
{
    const char *start = s.p;
    while (s.n > 0) {
        size_t at = (size_t)(s.p - start);
        uint32_t ch = utf8_next(&s);
        if (moves_or_hides(ch, exact) && !(exact && ch == '\t'))
            fail_msg("%s: U+%04X at byte %zu, after: %.*s", what, (unsigned)ch, at, (int)(at < 60 ? at : 60),
                     start + (at < 60 ? 0 : at - 60));
    }
}

static void assert_file_clean(const char *what, const char *name, bool exact)
{
    char path[128];
    struct buf b = {0};
    struct err err;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!os_read_file(path, 1u << 28, &b, &err))
        fail_msg("%s: %s", what, err.text);
    assert_clean(what, buf_view(&b), exact);
    buf_done(&b);
}

/* ---- commands */

#define EVIL                                                                                                 \
    "\033]0;31337\007\xC2\x9B"                                                                               \
    "31337m"

static const char *const questions[][10] = {
    {"info"},
    {"funnel", "--step", "home", "--step", "any"},
    {"paths", "--depth", "4"},
    {"transitions"},
    {"events"},
    {"user", "a\x1F"
             "b"},
    {"user", "all"},
    {"segment", "list"},
    {"segment", "users", "did(home)"},
    {"segment", "export", "did(home)", "--columns", "city"},
    {"segment", "count", "city = '\033[31337m'"},
    {"profile", "did(home)"},
    {"set", "list"},
    {"check"},
    {"failures"},
    {"funnel", "--step", "home", "--step", "any", "--users", "1"},
    {"events", "--by", "city"},
    {"help", EVIL},
    {"show", "home"},
    {"show", "funnel"},
    {"show", "sankey"},
    {"show", "data"},
    {"show", "segments"},
};

static void every_command_in_every_format(void **state)
{
    static const char *const formats[] = {"text", "html", "svg", "csv", "json"}, *const langs[] = {"en", "zh_CN"};
    enum { PICTURES = 3, FORMATS = 5 };
    (void)state;
    size_t said = 0;
    for (size_t q = 0; q < sizeof questions / sizeof *questions; q++)
        for (int f = 0; f < FORMATS; f++)
            for (int l = 0; l < (f ? 1 : 2); l++) {
                const char *arguments[16];
                char what[200];
                size_t n = 0;
                while (n < 10 && questions[q][n]) {
                    arguments[n] = questions[q][n];
                    n++;
                }
                const char *const rest[] = {"--format", formats[f], "--lang", langs[l], NULL};
                memcpy(arguments + n, rest, sizeof rest);
                snprintf(what, sizeof what, "waymark %s … --format %s", questions[q][0], formats[f]);
                said += run_program(arguments) == 0;
                assert_file_clean(what, "out", f >= PICTURES);
                assert_file_clean(what, "err", false);
            }
    print_message("%zu answers of commands\n", said);
    assert_true(said >= 50);
}

/* Messages that quote what was wrong. */
static const char *const mistakes[][8] = {
    {EVIL},
    {"--" EVIL},
    {"funnel", "--step", EVIL},
    {"segment", "count", EVIL},
    {"segment", "show", EVIL},
    {"import", "events", "/nonexistent/" EVIL},
    {"segment", "save", EVIL, "did(home)"},
    {"user", EVIL},
    {"events", "--by", EVIL},
    {"info", "--format", EVIL},
    {"info", "--size", EVIL},
    {"info", "--glyphs", EVIL},
    {"info", "--lang", EVIL},
    {"set", "save", EVIL, "home"},
    {"set", "drop", EVIL},
    {"import", "names", EVIL},
    {"backup", "/nonexistent/" EVIL},
    {"forget-import", EVIL},
    {"info", "--output", "/nonexistent/" EVIL},
    {"segment", "load", EVIL},
    {"tag", "load", EVIL},
    {"funnel", "--window", EVIL, "--step", "home"},
    {"import", "events", "events.csv", "--tz", EVIL},
    {"import", "segment", EVIL, "/nonexistent/" EVIL},
    {"show", "home", "--keys", "<" EVIL ">"},
    {"--setting", EVIL "=1", "info"},
};

static void every_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        char what[64];
        run_program(mistakes[i]);
        snprintf(what, sizeof what, "mistake %zu", i);
        assert_file_clean(what, "err", false);
        assert_file_clean(what, "out", false);
    }
}

/* What an import says of rows it rejects, and what it keeps of them. */
static void rejects(void **state)
{
    struct buf b = {0};
    (void)state;
    buf_puts(&b, "user,time,event,note\n");
    for (size_t i = 0; i < sequences.n; i++) {
        put_csv(&b, sequences.at[i]);
        buf_printf(&b, "%s", i % 2 ? ",2026-12-01 10:00:00,home,x\n" : ",");
        if (i % 2 == 0) {
            put_csv(&b, sequences.at[i]); /* as a time */
            buf_puts(&b, ",home,x\n");
        }
    }
    write_file("odd.csv", &b);
    buf_done(&b);
    char path[128];
    snprintf(path, sizeof path, "%s/odd.csv", folder);
    static const char *const formats[] = {"text", "csv", "json"};
    for (int f = 0; f < 3; f++) {
        const char *const arguments[] = {"import",   "events",        path,   "--dry-run",  "--format",
                                         formats[f], "--max-rejects", "1000", "--encoding", "utf-8",
                                         NULL};
        run_program(arguments);
        assert_file_clean("import", "out", f > 0);
        assert_file_clean("import", "err", false);
    }
}

/* ---- screens */

/* One way through all screens, prompts, pages and the log; each stop is looked at. */
static const char *const walk[] = {
    "",
    "<Down>",
    "4",
    "<Down>",
    "<Enter>",
    "<Enter>",
    "<Down><Down>",
    "i",
    "<Esc>",
    "/\033[3",
    "<Enter>",
    "<Esc>",
    "<Esc>",
    "5",
    "<Right><Down>",
    "u",
    "<Enter>",
    "<Esc>",
    "<Esc>",
    "t",
    "<Down><Down><Down>",
    "t",
    "%",
    "i",
    "<Esc>",
    "7",
    "o",
    "<Esc>",
    "2",
    "<Down><Down>",
    "<Right>",
    "p",
    "p",
    "<Tab>",
    "e",
    "<Esc>",
    "9",
    "<Down>",
    "<Enter>",
    "<Esc>",
    "<Tab>",
    "<Down>",
    "?",
    "<Esc>",
    ":fun",
    "<Esc>",
    "3all<Enter>",
    "<Down><Down><Down>",
    "<Enter>",
    "<Esc>",
    "<Esc>",
    "3"
    "nobody\xC2\x9B"
    "1m<Enter>",
    "<Esc>",
    "E",
    "<Esc>",
    "J",
    "<Esc>",
    "P",
    "<Esc>",
    "1",
};

static void check_canvas(const char *at, struct tui *t, int w, int h, enum tier tier)
{
    struct buf picture = {0};
    drive_picture(t, w, h, tier, &picture);
    assert_clean(at, buf_view(&picture), false);
    if (tier == TIER_ASCII || tier == TIER_ACS)
        for (struct str s = buf_view(&picture); s.n > 0;) {
            uint32_t ch = utf8_next(&s);
            if (utf8_rune_ambiguous(ch))
                fail_msg("%s: U+%04X in tier %s", at, (unsigned)ch, tier_name(tier));
        }
    buf_done(&picture);
}

static void every_screen(void **state)
{
    (void)state;
    for (int tier = 0; tier < TIERS; tier++) {
        struct tui *t = drive_start((enum tier)tier);
        for (size_t i = 0; i < sizeof walk / sizeof *walk; i++) {
            char at[64];
            drive_type(t, walk[i]);
            snprintf(at, sizeof at, "stop %zu, after '%.20s'", i, walk[i]);
            check_canvas(at, t, 80, 24, (enum tier)tier);
            check_canvas(at, t, 200, 60, (enum tier)tier);
        }
        tui_free(t);
    }
}

/* Every code point through the one door between data and the screen, in every tier. */
static void every_code_point_on_a_canvas(void **state)
{
    struct canvas c;
    struct buf text = {0}, dump = {0};
    (void)state;
    canvas_init(&c, 8, 1, TIER_ASCII);
    for (int tier = 0; tier < TIERS; tier++)
        for (uint32_t ch = 1; ch < 0x110000; ch++) {
            buf_clear(&text);
            buf_clear(&dump);
            buf_putc(&text, 'a');
            buf_rune(&text, ch);
            buf_putc(&text, 'b');
            c.tier = (enum tier)tier;
            canvas_clear(&c, (struct rect){0, 0, 1, 8}, ROLE_TEXT);
            canvas_text(&c, 0, 0, 8, ROLE_TEXT, buf_view(&text));
            for (int x = 0; x < 8; x++) {
                const struct cell *cell = canvas_at(&c, 0, x);
                bool bad = cell->ch && (moves_or_hides(cell->ch, false) || utf8_rune_width(cell->ch) < 1);
                bool wide = tier <= TIER_ACS && utf8_rune_ambiguous(cell->ch);
                if (bad || wide || (cell->mark && utf8_rune_width(cell->mark) != 0))
                    fail_msg("U+%04X became U+%04X in tier %d", (unsigned)ch, (unsigned)cell->ch, tier);
            }
        }
    buf_done(&text);
    buf_done(&dump);
    canvas_done(&c);
}

/* What e writes, by the ending of its name. */
static void every_export(void **state)
{
    static const char *const endings[] = {"txt", "html", "svg", "csv", "json"};
    static const char *const screens[] = {"4ahome<Enter>", "5", "7", "4ahome<Enter><Enter>", "3all<Enter>"};
    (void)state;
    for (size_t s = 0; s < sizeof screens / sizeof *screens; s++)
        for (int e = 0; e < 5; e++) {
            char name[32], keys[160];
            snprintf(name, sizeof name, "export-%zu.%s", s, endings[e]);
            snprintf(keys, sizeof keys, "%se%s/%s<Enter>", screens[s], folder, name);
            struct tui *t = drive_start(TIER_UTF8); /* a screen comes back as it was left: here each is new */
            drive_type(t, keys);
            tui_free(t);
            assert_file_clean(name, name, e > 2);
        }
}

#ifdef HAVE_RIG
/* The bytes on the line of the real program: only what a terminal library says. */
static void the_line_itself(void **state)
{
    static const char *const keys[] = {"4", "j", "\r", "\r", "j", "\033", "5",      "l",
                                       "t", "7", "2",  "9",  "?", "E",    "3all\r", "1"};
    const char *const arguments[] = {"-s", store, NULL};
    (void)state;
    rig_use_home(folder);
    struct rig *r = rig_start(&(struct rig_options){.w = 120, .h = 40}, arguments);
    rig_expect(r, "waymark | Home");
    rig_forget(r);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        rig_type(r, keys[i]);
        rig_settle(r);
    }
    struct str raw = rig_raw(r);
    assert_true(raw.n > 5000);
    for (size_t i = 0; i + 1 < raw.n; i++) {
        bool spoken = raw.p[i] == 27 && strchr("]P_^XcDEHM", raw.p[i + 1]);
        bool number = raw.p[i] == 27 && raw.n - i > 7 && memcmp(raw.p + i + 2, "31337", 5) == 0;
        if (spoken || number || raw.p[i] == 7 || raw.p[i] == 5)
            fail_msg("byte %zu of the line: %02X %02X", i, (unsigned char)raw.p[i],
                     (unsigned char)raw.p[i + 1]);
    }
    assert_int_equal(rig_misread(r), 0);
    rig_free(r);
}
#endif

/* ---- life */

static int make_store(void **state)
{
    drive_make_folder(state);
    snprintf(folder, sizeof folder, "%s", drive_folder());
    snprintf(store, sizeof store, "%s/hostile", folder);
    setenv("XDG_CONFIG_HOME", folder, 1);
    setenv("XDG_STATE_HOME", folder, 1);
    make_sequences();
    print_message("%zu sequences\n", sequences.n);
    assert_true(sequences.n >= 500);
    write_sequences();
    write_code_points();
    char path[3][128];
    static const char *const names[] = {"events.csv", "points.csv", "users.csv"};
    for (int i = 0; i < 3; i++)
        snprintf(path[i], sizeof path[i], "%s/%s", folder, names[i]);
    must_run("import", "events", path[0], "--encoding", "utf-8", "--max-rejects", "100000", NULL);
    assert_file_clean("import", "err", false);
    must_run("import", "events", path[1], "--encoding", "utf-8", "--max-rejects", "100000", NULL);
    must_run("import", "users", path[2], "--encoding", "utf-8", "--max-rejects", "100000", NULL);
    snprintf(path[0], sizeof path[0], "%s/names.csv", folder);
    const char *const import_names[] = {"import", "names", path[0], NULL};
    run_program(import_names);
    const char *const save[] = {"segment", "save", "safe name", "city = '" EVIL "' or did(home)", NULL};
    run_program(save);
    drive_open(store);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_in_every_format),
        cmocka_unit_test(every_mistake),
        cmocka_unit_test(rejects),
        cmocka_unit_test(every_screen),
        cmocka_unit_test(every_code_point_on_a_canvas),
        cmocka_unit_test(every_export),
#ifdef HAVE_RIG
        cmocka_unit_test(the_line_itself),
#endif
    };
    int failed = cmocka_run_group_tests(tests, make_store, drive_drop_store);
    for (size_t i = 0; i < sequences.n; i++)
        free(sequences.at[i]);
    vec_done(&sequences);
    return failed;
}
