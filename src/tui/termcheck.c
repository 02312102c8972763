/* termcheck.c - see termcheck.h. Printed like any other text, not in full screen, so that it can be copied
 * into a report of a fault. */
#include "config.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

#include "app/settings.h"
#include "base/encode.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/utf8.h"
#include "render/glyph.h"
#include "tui/termcheck.h"

enum { CARD = 32 /* columns of the sample in a row */, NAME = 10 };

/* ---- in the encoding of the terminal */

/* The letter of the VT100 set for one of our lines, 0 for what is no line. */
static char line_letter(uint32_t ch)
{
    static const struct {
        uint32_t ch;
        char letter;
    } letters[] = {{0x2500, 'q'}, {0x2502, 'x'}, {0x250C, 'l'}, {0x2510, 'k'},
                   {0x2514, 'm'}, {0x2518, 'j'}, {0x253C, 'n'}, {0x2592, 'a'}};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].ch == ch)
            return letters[i].letter;
    return 0;
}

static void put_acs(struct buf *out, uint32_t ch, const struct term_survey *s)
{
    if (ch == 0x2588)
        buf_puts(out, "\033[7m \033[m");
    else if (line_letter(ch) && s->lines_on)
        buf_printf(out, "%s%c%s", s->lines_on, line_letter(ch), s->lines_off ? s->lines_off : "");
    else
        buf_rune(out, ch); /* ASCII: a mark of every tier */
}

/* ---- the card */

static bool can_be_written(enum tier t, const struct term_survey *s)
{
    bool utf8 = probe_charset(s->codeset) == PROBE_UTF8;
    return t == TIER_ASCII || (t == TIER_ACS ? s->lines_on != NULL : utf8);
}

/* A row of a picture in this tier: a bar, a line with corners, three fills; always CARD columns. */
static void draw_sample(struct canvas *c)
{
    glyph_bar(c, 0, 0, 8, 61, 64, GLYPH_BAR, ROLE_TEXT);
    glyph_hline(c, 0, 9, 4, ROLE_TEXT);
    glyph_put(c, 0, 13, GLYPH_WIRE_LEFT_DOWN, ROLE_TEXT);
    glyph_put(c, 0, 15, GLYPH_WIRE_UP_RIGHT, ROLE_TEXT);
    glyph_hline(c, 0, 16, 3, ROLE_TEXT);
    for (int i = 0; i < 3; i++)
        glyph_put(c, 0, 20 + i, GLYPH_FLOW_HOT, ROLE_TEXT);
    for (int i = 0; i < 3; i++)
        glyph_put(c, 0, 23 + i, GLYPH_FLOW_COLD, ROLE_TEXT);
    for (int i = 0; i < 4; i++)
        canvas_put(c, 0, 27 + i, c->tier == TIER_HD && i % 2 ? 0x2580 : glyph_shade(c->tier, 2 + 2 * i),
                   ROLE_TEXT);
}

static void put_tier(struct buf *out, enum tier t, const struct term_survey *s)
{
    struct canvas c;
    struct buf utf8 = {0};
    buf_printf(out, " %d %-*s", (int)t + 1, NAME - 3, tier_name(t));
    if (!can_be_written(t, s)) {
        buf_puts(&utf8,
                 t == TIER_ACS ? _("this terminal does not have it") : _("this locale does not have it"));
        encode_locale(out, buf_view(&utf8));
        buf_done(&utf8);
        buf_putc(out, '\n');
        return;
    }
    canvas_init(&c, CARD, 1, t);
    draw_sample(&c);
    for (int x = 0; x < CARD; x++) {
        uint32_t ch = canvas_at(&c, 0, x)->ch;
        if (t == TIER_ACS)
            put_acs(out, ch, s);
        else
            buf_rune(&utf8, ch);
    }
    encode_locale(out, buf_view(&utf8));
    buf_printf(out, "|%s\n", s->choice.tiers[t] ? t == s->choice.tier ? " *" : "" : " -");
    canvas_done(&c);
    buf_done(&utf8);
}

static void put_colours(struct buf *out, int colors)
{
    buf_printf(out, " %-*s", NAME - 1, "");
    for (int i = 0; i < 8; i++)
        buf_printf(out, colors >= 8 ? "\033[3%dm##\033[m \033[4%dm \033[m" : "## ", i, i);
    buf_puts(out, "|\n");
}

/* As the terminal of the survey is sent it, one row for each tier; rows end in '|' in the same column. */
static void put_card(struct buf *out, const struct term_survey *s)
{
    buf_printf(out, " %-*s", NAME - 1, "");
    for (int i = 1; i <= CARD; i++)
        buf_putc(out, (char)(i % 10 ? '.' : '0' + i / 10));
    buf_puts(out, "|\n");
    for (int t = 0; t < TIERS; t++)
        put_tier(out, (enum tier)t, s);
    struct buf han = {0};
    buf_printf(&han, " %-*s", NAME - 1, "");
    buf_puts(&han, "中文理财频道漏斗桑基客群序列趋势|\n");
    if (!s->choice.narrow_only)
        encode_locale(out, buf_view(&han));
    buf_done(&han);
    put_colours(out, s->colors);
}

/* ---- what was found */

static void put_variables(struct buf *out)
{
    static const char *const names[] = {"TERM", "LC_ALL", "LC_CTYPE", "LANG",
                                        "TMUX", "STY",    "NO_COLOR", "COLORTERM"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (!value)
            continue;
        buf_printf(out, "%s=", names[i]);
        utf8_clean(out, str_of(value), CLEAN_DETAIL);
        buf_puts(out, "  ");
    }
    buf_putc(out, '\n');
}

static void put_line(struct buf *out, const char *name, const char *value)
{
    int pad = 34 - utf8_width(str_of(name));
    buf_printf(out, " %s%*s%s\n", name, pad > 1 ? pad : 1, "", value);
}

static void put_sample(struct buf *out, enum probe_sample sample, const struct term_survey *s)
{
    char columns[64];
    int n = s->found.columns[sample];
    if (n < 0)
        snprintf(columns, sizeof columns, "%s", _("no answer"));
    else
        snprintf(columns, sizeof columns, _("columns: %d"), n);
    put_line(out, probe_sample_title(sample), columns);
}

static void put_findings(struct buf *out, const struct term_survey *s)
{
    char text[160];
    bool same = strcmp(s->codeset, s->locale_codeset) == 0;
    snprintf(text, sizeof text, same ? "%s" : "%s -> %s", s->locale_codeset, s->codeset);
    put_line(out, _("encoding of the locale"), text);
    if (!s->found.answered) {
        put_line(out, _("the terminal's answer"), s->found.asked ? _("none") : _("not asked"));
    } else {
        snprintf(text, sizeof text, "%.1f ms", (double)s->found.round_trip_us / 1000);
        put_line(out, _("the terminal's answer"), text);
        for (int i = 0; i < PROBE_SAMPLES; i++)
            put_sample(out, (enum probe_sample)i, s);
    }
    snprintf(text, sizeof text, "%d", s->colors);
    put_line(out, _("colours"), text);
    put_line(out, _("widths of the C library"),
             s->widths_agree ? _("as ours") : _("other than ours: ASCII only"));
    put_line(out, _("glyphs chosen"), tier_name(s->choice.tier));
    if (s->choice.notice)
        buf_printf(out, " %s\n", _(s->choice.notice));
}

/* ---- the question */

/* 0: none, 1 to 4: a tier. */
static int read_choice(void)
{
    char line[64];
    if (!fgets(line, sizeof line, stdin))
        return 0;
    return line[0] >= '1' && line[0] <= '0' + TIERS ? line[0] - '0' : 0;
}

static void say(const struct buf *utf8)
{
    struct buf local = {0};
    struct err err;
    encode_locale(&local, buf_view(utf8));
    os_write_all(STDOUT_FILENO, local.p ? local.p : "", local.n, "stdout", &err);
    buf_done(&local);
}

static void ask_which(const struct term_survey *s)
{
    struct buf text = {0}, path = {0};
    buf_printf(&text, "%s\n%s ",
               _("Every row must end below the others in |, with lines that look like lines. * is what is "
                 "chosen, - is not "
                 "offered here."),
               _("Which is the last row that looks right (1 to 4, Enter: the one chosen)?"));
    say(&text);
    int n = read_choice();
    enum tier t = n ? (enum tier)(n - 1) : s->choice.tier;
    buf_clear(&text);
    settings_config_path(&path);
    if (t == s->choice.tier)
        buf_printf(&text, "%s\n", _("Then nothing is to be done: waymark chooses it by itself."));
    else
        buf_printf(&text, _("Write this line into %s:\n"), path.p);
    if (t != s->choice.tier)
        buf_printf(&text, "glyphs = %s\n", tier_name(t));
    say(&text);
    buf_done(&path);
    buf_done(&text);
}

/* ---- without a terminal */

static void environment_alone(struct term_survey *s)
{
    *s = (struct term_survey){.widths_agree = true};
    memset(s->found.columns, -1, sizeof s->found.columns);
    snprintf(s->codeset, sizeof s->codeset, "%s", nl_langinfo(CODESET));
    snprintf(s->locale_codeset, sizeof s->locale_codeset, "%s", nl_langinfo(CODESET));
    bool utf8 = probe_charset(s->codeset) == PROBE_UTF8;
    s->choice.tier = utf8 ? TIER_UTF8 : TIER_ASCII;
    s->choice.tiers[TIER_ASCII] = true;
    s->choice.tiers[TIER_UTF8] = s->choice.tiers[TIER_HD] = utf8;
    s->choice.narrow_only = probe_charset(s->codeset) == PROBE_OTHER;
}

int termcheck_run(const struct term_options *o)
{
    struct term_survey s;
    struct err err = {0};
    struct buf text = {0}, card = {0};
    bool terminal = term_survey(o, &s, &err);
    if (!terminal)
        environment_alone(&s);
    put_variables(&text);
    put_findings(&text, &s);
    if (!terminal)
        buf_printf(&text, " %s\n",
                   err.code == ERR_USAGE ? _("input or output is no terminal: there is nobody to ask")
                                         : err.text);
    buf_putc(&text, '\n');
    say(&text);
    put_card(&card, &s);
    os_write_all(STDOUT_FILENO, card.p, card.n, "stdout", &err);
    if (terminal)
        ask_which(&s);
    buf_done(&text);
    buf_done(&card);
    return 0;
}

void termcheck_show(void)
{
    const struct term_survey *s = term_surveyed();
    struct buf text = {0}, bytes = {0};
    if (!s)
        return;
    put_variables(&text);
    put_findings(&text, s);
    buf_putc(&text, '\n');
    encode_locale(&bytes, buf_view(&text));
    put_card(&bytes, s);
    buf_clear(&text);
    buf_printf(&text, "\n%s", _("Enter returns to full screen"));
    encode_locale(&bytes, buf_view(&text));
    term_print_bytes(buf_view(&bytes));
    buf_done(&text);
    buf_done(&bytes);
}
