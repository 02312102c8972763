/* term.c - ncursesw behind a handful of functions.
 *
 * Only stdscr is used: sub-windows shrink for good on a resize to a tiny size (tui.md 2.2). Characters go out
 * through the wide-character calls alone, lines of the acs tier through WACS_*; no character leaves in an
 * encoding or a width that the terminal does not share. Keys are read here and understood in typed.c. Colours
 * are an addition: theme.c tells every role apart by attributes too. */
#include "config.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/encode.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/utf8.h"
#include "render/glyph.h"
#include "tui/term.h"
#include "tui/term_wait.h"
#include "tui/terminfo.h"
#include "tui/typed.h"

/* Last: they define words such as `columns` as macros. */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

enum {
    PROBE_MS = 500,
    KNOWN = 8192,   /* code points whose fate is remembered */
    WIDEST_MB = 16, /* bytes of a character in any locale */
};

static struct {
    SCREEN *screen;
    struct termios saved; /* as the shell left it */
    struct term_survey survey;
    enum theme theme;
    bool no_color, colors;
    struct typed *typed;
    signed char fate[KNOWN];
} term;

/* ---- looks */

static attr_t attributes_of(unsigned look)
{
    attr_t a = A_NORMAL;
    a |= look & LOOK_BOLD ? A_BOLD : 0;
    a |= look & LOOK_DIM ? A_DIM : 0;
    a |= look & LOOK_REVERSE ? A_REVERSE : 0;
    a |= look & LOOK_UNDERLINE ? A_UNDERLINE : 0;
    return a;
}

static int color_count(void)
{
    return term.colors ? COLORS : 0;
}

static void init_colors(void)
{
    term.colors = !term.no_color && has_colors() && start_color() == OK && use_default_colors() == OK;
    term_set_theme(term.theme);
}

void term_set_theme(enum theme t)
{
    term.theme = t;
    if (!term.screen)
        return;
    struct look body = theme_body(t, color_count());
    if (term.colors) {
        reset_color_pairs();
        assume_default_colors(body.fg, body.bg);
    }
    clearok(stdscr, TRUE);
}

/* The pair of a role, and of a half block whose other half has another role. */
static int pair_of(const struct cell *cell, struct look look)
{
    if (!term.colors)
        return 0;
    int bg = cell->under != ROLE_TEXT ? theme_look(term.theme, (enum role)cell->under, COLORS).fg : look.bg;
    if (look.fg < 0 && bg < 0)
        return 0;
    int pair = alloc_pair(look.fg, bg);
    return pair > 0 ? pair : 0;
}

/* ---- what is found out */

static const char *const utf8_locales[] = {"C.UTF-8", "zh_CN.UTF-8", "en_US.UTF-8", NULL};
static const char *const gb_locales[] = {"zh_CN.GB18030", "zh_CN.GBK", "zh_CN.GB2312", "zh_CN", NULL};

static bool terminal_usable(struct err *err)
{
    int status;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return err_set(err, ERR_USAGE,
                       _("the explorer needs a terminal; use a command instead (waymark help)"));
    const char *name = getenv("TERM");
    if (setupterm(NULL, STDOUT_FILENO, &status) != OK)
        return err_set(err, ERR_SYSTEM,
                       _("terminal type %s is unknown here; set TERM, for example TERM=xterm"),
                       name && *name ? name : "\"\"");
    if (!cursor_address)
        return err_set(err, ERR_SYSTEM,
                       _("terminal %s cannot place its cursor; use a command instead (waymark help)"),
                       name ? name : "");
    return true;
}

/* A C library with other widths than ours would put the rest of a row elsewhere than we think (tui.md 13.2).
 */
static bool widths_agree(void)
{
    bool utf8 = probe_charset(nl_langinfo(CODESET)) == PROBE_UTF8;
    for (int g = 0; g < GLYPHS && utf8; g++)
        if (wcwidth((wchar_t)glyph_of(TIER_UTF8, (enum glyph)g)) != 1)
            return false;
    for (uint32_t ch = 0x2580; ch <= 0x2593 && utf8; ch++)
        if (wcwidth((wchar_t)ch) != 1)
            return false;
    return wcwidth(L'#') == 1;
}

static struct probe_setting setting_now(void)
{
    const char *tmux = getenv("TMUX");
    return (struct probe_setting){
        .charset = probe_charset(nl_langinfo(CODESET)),
        .term = getenv("TERM"),
        .utf8 = nls_find_charset(utf8_locales),
        .gb = nls_find_charset(gb_locales),
        .tmux = tmux && *tmux,
        .has_lines = acs_chars && enter_alt_charset_mode,
        .chinese = strcmp(nls_lang(), "en") != 0,
    };
}

/* In the encoding of the locale; and again in that of the terminal when it reads another one. */
static void ask_and_choose(struct term_survey *s, int timeout_ms)
{
    const char *notice = NULL;
    for (int round = 0; round < 2; round++) {
        struct probe_setting now = setting_now();
        probe_ask(&s->found, STDIN_FILENO, STDOUT_FILENO, now.charset, timeout_ms, term.typed);
        s->choice = probe_choose(&s->found, &now);
        notice = notice ? notice : s->choice.notice;
        const char *const other[] = {s->choice.ctype, NULL};
        if (!s->choice.ctype || !nls_take_charset(other))
            break;
    }
    s->choice.notice = notice;
}

/* At most as much as the C library and the colours allow. */
static void limit_tiers(struct term_survey *s)
{
    s->choice.tiers[TIER_HD] = s->choice.tiers[TIER_HD] && s->colors >= 8;
    if (!s->widths_agree)
        for (int t = TIER_ACS; t < TIERS; t++)
            s->choice.tiers[t] = false;
    if (!s->choice.tiers[s->choice.tier])
        s->choice.tier = TIER_ASCII;
}

static void note_codeset(char *to, size_t size)
{
    const char *name = nl_langinfo(CODESET);
    size_t n = strlen(name) < size - 1 ? strlen(name) : size - 1;
    memcpy(to, name, n);
    to[n] = '\0';
}

/* What somebody insists on is done, with a word on what speaks against it. */
static void insist(struct term_survey *s, enum tier t)
{
    bool doubtful = !s->choice.tiers[t];
    s->choice.tier = t;
    s->choice.tiers[t] = true;
    if (!doubtful)
        return;
    if (t >= TIER_UTF8 && probe_charset(s->codeset) != PROBE_UTF8 && nls_take_charset(utf8_locales))
        s->choice.narrow_only = false;
    s->choice.notice =
        N_("This terminal does not seem to show these glyphs; ~ changes them, :termcheck says why");
}

/* terminfo's own strings go with its entry. */
static const char *keep(char *to, size_t size, const char *sequence)
{
    if (!sequence || strlen(sequence) >= size)
        return NULL;
    return strcpy(to, sequence);
}

bool term_survey(const struct term_options *o, struct term_survey *out, struct err *err)
{
    static char on[16], off[16];

    if (!terminal_usable(err))
        return false;
    *out = (struct term_survey){0};
    if (!term.typed)
        term.typed = typed_new();
    note_codeset(out->locale_codeset, sizeof out->locale_codeset);
    ask_and_choose(out, o->probe_ms ? o->probe_ms : PROBE_MS);
    out->colors = o->no_color || max_colors < 8 ? 0 : max_colors;
    out->lines_on = keep(on, sizeof on, acs_chars ? enter_alt_charset_mode : NULL);
    out->lines_off = keep(off, sizeof off, acs_chars ? exit_alt_charset_mode : NULL);
    note_codeset(out->codeset, sizeof out->codeset);
    out->widths_agree = widths_agree();
    limit_tiers(out);
    if (o->insist)
        insist(out, o->tier);
    note_codeset(out->codeset, sizeof out->codeset);
    return true;
}

const struct term_survey *term_surveyed(void)
{
    return term.screen ? &term.survey : NULL;
}

/* ---- keys */

static void define_keys(void)
{
    const struct {
        const char *sequence;
        uint32_t key;
    } known[] = {
        {key_up, TERM_UP},       {key_down, TERM_DOWN},     {key_left, TERM_LEFT},
        {key_right, TERM_RIGHT}, {key_ppage, TERM_PAGE_UP}, {key_npage, TERM_PAGE_DOWN},
        {key_home, TERM_HOME},   {key_end, TERM_END},       {key_enter, TERM_ENTER},
        {key_dc, TERM_DELETE},   {key_btab, TERM_BACKTAB},  {key_backspace, TERM_BACKSPACE},
        {key_f1, TERM_F0 + 1},   {key_f2, TERM_F0 + 2},     {key_f3, TERM_F0 + 3},
        {key_f4, TERM_F0 + 4},   {key_f5, TERM_F0 + 5},     {key_f6, TERM_F0 + 6},
        {key_f7, TERM_F0 + 7},   {key_f8, TERM_F0 + 8},     {key_f9, TERM_F0 + 9},
        {key_f10, TERM_F0 + 10}, {key_f11, TERM_F0 + 11},   {key_f12, TERM_F0 + 12},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].sequence)
            typed_define(term.typed, known[i].sequence, known[i].key);
}

/* ---- life */

static SCREEN *new_screen(void)
{
    const char *before = getenv("TERMINFO");
    char *kept = before ? strdup(before) : NULL;
    struct buf entry = {0};
    /* Only screens of single bytes are drawn with REP. */
    if (probe_charset(nl_langinfo(CODESET)) != PROBE_UTF8 && terminfo_without_repeat(&entry, getenv("TERM")))
        setenv("TERMINFO", entry.p, 1);
    SCREEN *screen = newterm(NULL, stdout, stdin);
    if (kept)
        setenv("TERMINFO", kept, 1);
    else
        unsetenv("TERMINFO");
    free(kept);
    buf_done(&entry);
    return screen;
}

static void send_mode(const char *sequence)
{
    putp(sequence);
    fflush(stdout);
}

/* Pasted text comes between marks: outside a prompt it must not run as commands. */
static void set_paste(bool on)
{
    send_mode(on ? "\033[?2004h" : "\033[?2004l");
}

static void set_modes(void)
{
    raw(); /* Ctrl-C and Ctrl-Z are keys here */
    noecho();
    nonl();
    leaveok(stdscr, FALSE);
    set_paste(true);
}

bool term_open(const struct term_options *o, struct err *err)
{
    if (!term_survey(o, &term.survey, err))
        return false;
    tcgetattr(STDIN_FILENO, &term.saved);
    if (term.survey.choice.english && !o->keep_language)
        nls_init("en");
    /* Exported sizes would freeze the size for good. */
    unsetenv("LINES");
    unsetenv("COLUMNS");
    use_tioctl(TRUE);
    TERMINAL *asked = cur_term; /* newterm reads the entry again */
    term_wait_begin(); /* before ncurses: a signal it finds at its default it takes, and ignores a stop while
                          it draws */
    term.screen = new_screen();
    if (!term.screen)
        return err_set(err, ERR_SYSTEM, _("the terminal could not be set up"));
    set_term(term.screen);
    if (asked != cur_term)
        del_curterm(asked);
    define_keys();
    if (keypad_xmit)
        send_mode(keypad_xmit);
    set_modes();
    term.no_color = o->no_color;
    term.theme = o->theme;
    init_colors();
    memset(term.fate, 0, sizeof term.fate);
    erase();
    refresh();
    return true;
}

/* Nothing of a customer stays behind on terminals without an alternate screen. */
static void leave_screen(void)
{
    erase();
    refresh();
    set_paste(false);
    if (keypad_local)
        send_mode(keypad_local);
    endwin();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &term.saved);
}

void term_close(void)
{
    if (!term.screen)
        return;
    leave_screen();
    delscreen(term.screen);
    term.screen = NULL;
    typed_free(term.typed);
    term.typed = NULL;
}

static void enter_again(void)
{
    refresh(); /* ncurses takes the screen again */
    set_modes();
    if (keypad_xmit)
        send_mode(keypad_xmit);
    term_wait_note_resize();
    clearok(stdscr, TRUE);
}

bool term_suspend(void)
{
    if (!term.screen)
        return false;
    leave_screen();
    bool stopped = term_wait_stop();
    enter_again();
    return stopped;
}

void term_size(int *w, int *h)
{
    getmaxyx(stdscr, *h, *w);
}

/* ---- what can be shown */

bool term_has_tier(enum tier t)
{
    if (!term.screen)
        return true;
    return term.survey.choice.tiers[t] && (t != TIER_HD || (term.colors && term.theme != THEME_MONO));
}

enum tier term_tier(void)
{
    return term.survey.choice.tier;
}

enum tier term_next_tier(enum tier now)
{
    enum tier t = now;
    do
        t = (enum tier)((t + 1) % TIERS);
    while (t != now && !term_has_tier(t));
    return t;
}

bool term_shows_chinese(void)
{
    return !term.screen || !term.survey.choice.narrow_only;
}

const char *term_notice(void)
{
    return term.survey.choice.notice ? _(term.survey.choice.notice) : NULL;
}

/* ---- drawing */

/* Whether the C library writes ch in as many columns as we count, and in bytes that a terminal of its
 * encoding reads: of GB18030 only the two-byte part is understood everywhere. */
static bool writable(uint32_t ch)
{
    char bytes[WIDEST_MB];
    mbstate_t state = {0};
    if (ch < 0x80)
        return true;
    size_t n = wcrtomb(bytes, (wchar_t)ch, &state);
    if (n == (size_t)-1 || n > sizeof bytes)
        return false;
    bool utf8 = probe_charset(term.survey.codeset) == PROBE_UTF8;
    return (utf8 || n <= 2) && wcwidth((wchar_t)ch) == utf8_rune_width(ch);
}

static bool known_writable(uint32_t ch)
{
    if (ch >= 0x4E00 && ch < 0x4E00 + KNOWN) { /* most of what is asked about */
        signed char *fate = &term.fate[ch - 0x4E00];
        if (!*fate)
            *fate = writable(ch) ? 1 : -1;
        return *fate > 0;
    }
    return writable(ch);
}

static const cchar_t *line_drawing(uint32_t ch)
{
    switch (ch) {
    case 0x2500: return WACS_HLINE;
    case 0x2502: return WACS_VLINE;
    case 0x250C: return WACS_ULCORNER;
    case 0x2510: return WACS_URCORNER;
    case 0x2514: return WACS_LLCORNER;
    case 0x2518: return WACS_LRCORNER;
    case 0x251C: return WACS_LTEE;
    case 0x2524: return WACS_RTEE;
    case 0x252C: return WACS_TTEE;
    case 0x2534: return WACS_BTEE;
    case 0x253C: return WACS_PLUS;
    case 0x2592: return WACS_CKBOARD;
    default: return NULL;
    }
}

static void put_char(int y, int x, wchar_t *text, attr_t attr, int pair)
{
    cchar_t out;
    if (setcchar(&out, text, attr, 0, &pair) == OK)
        mvadd_wch(y, x, &out);
}

static void put_line(int y, int x, const cchar_t *line, attr_t attr, int pair)
{
    wchar_t text[CCHARW_MAX + 1] = {0};
    attr_t alternate;
    short unused;
    int wide_pair;
    if (getcchar(line, text, &alternate, &unused, &wide_pair) == OK)
        put_char(y, x, text, attr | (alternate & A_ALTCHARSET), pair);
}

static void put_cell(enum tier tier, int y, int x, const struct cell *cell)
{
    /* The rest of a Sankey has its own glyph where there are no half blocks: a colour as well would double
     * the bytes. */
    enum role role = cell->role == ROLE_COLD && tier != TIER_HD ? ROLE_TEXT : (enum role)cell->role;
    struct look look = theme_look(term.theme, role, color_count());
    attr_t attr = attributes_of(look.attr);
    int pair = pair_of(cell, look);
    uint32_t ch = cell->ch, mark = cell->mark;
    if (cell->reverse)
        attr ^= A_REVERSE;
    if (tier == TIER_ACS && ch == 0x2588) {
        ch = ' ';
        attr ^= A_REVERSE;
    }
    const cchar_t *line = tier == TIER_ACS ? line_drawing(ch) : NULL;
    if (line) {
        put_line(y, x, line, attr, pair);
        return;
    }
    bool wide = !known_writable(ch) && utf8_rune_width(ch) == 2;
    if (!known_writable(ch)) {
        ch = '?';
        mark = 0;
    }
    wchar_t text[3] = {(wchar_t)ch, mark && writable(mark) ? (wchar_t)mark : 0, 0};
    put_char(y, x, text, attr, pair);
    if (wide) /* the place of both columns */
        put_char(y, x + 1, (wchar_t[]){L'?', 0}, attr, pair);
}

static void put_row(const struct canvas *c, int y, int w)
{
    for (int x = 0; x < c->w && x < w; x++) {
        const struct cell *cell = canvas_at(c, y, x);
        if (cell->ch)
            put_cell(c->tier, y, x, cell);
    }
}

void term_show(const struct canvas *c)
{
    int w, h;
    term_size(&w, &h);
    erase();
    for (int y = 0; y < c->h && y < h; y++)
        put_row(c, y, w);
    bool visible = c->cursor_y >= 0 && c->cursor_y < h && c->cursor_x >= 0 && c->cursor_x < w;
    curs_set(visible ? 1 : 0);
    if (visible)
        move(c->cursor_y, c->cursor_x);
    refresh();
}

void term_redraw(void)
{
    clearok(stdscr, TRUE);
}

/* ---- waiting */

static bool take_size(void)
{
    struct winsize size;
    int w, h;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_col || !size.ws_row)
        return false;
    term_size(&w, &h);
    if (size.ws_col != w || size.ws_row != h)
        resize_term(size.ws_row, size.ws_col);
    clearok(stdscr, TRUE); /* what was under way has landed on a screen of another size */
    return true;
}

static uint32_t signalled(void)
{
    if (term_wait_hung_up())
        return TERM_HANGUP;
    if (term_wait_take_stop())
        term_suspend();
    return term_wait_take_resize() && take_size() ? TERM_RESIZE : TERM_NONE;
}

uint32_t term_key(int timeout_ms, int wake_fd)
{
    uint32_t key;
    while ((key = signalled()) == TERM_NONE && (key = typed_next(term.typed, false)) == TERM_NONE) {
        bool part = typed_pending(term.typed);
        switch (term_wait_for(term.typed, part ? typed_patience(term.typed) : timeout_ms, wake_fd)) {
        case WAKE_GONE: return TERM_HANGUP;
        case WAKE_OTHER: return TERM_NONE;
        case WAKE_TIME:
            if (!part)
                return TERM_NONE;
            if ((key = typed_next(term.typed, true)) != TERM_NONE)
                return key;
            if (typed_pending(term.typed)) /* half an answer: its rest may take long, others must not wait */
                return TERM_NONE;
            break;
        case WAKE_INPUT:
        case WAKE_SIGNAL: break;
        }
    }
    return key;
}

static void wait_for_enter(void)
{
    char c = 0;
    ssize_t n;
    do
        n = read(STDIN_FILENO, &c, 1);
    while ((n == 1 && c != '\n' && c != '\r') || (n < 0 && errno == EINTR && !term_wait_hung_up()));
}

void term_print_bytes(struct str bytes)
{
    if (!term.screen)
        return;
    leave_screen();
    os_write_all(STDOUT_FILENO, bytes.p, bytes.n, "terminal", NULL);
    wait_for_enter();
    enter_again();
}

void term_print(struct str text)
{
    struct buf bytes = {0};
    encode_locale(&bytes, text);
    term_print_bytes(buf_view(&bytes));
    buf_done(&bytes);
}

void term_send(struct str bytes)
{
    if (term.screen)
        os_write_all(STDOUT_FILENO, bytes.p, bytes.n, "terminal", NULL);
}

const char *term_rescue(void)
{
    /* Attributes off, line drawing off, cursor on, bracketed paste off, main screen, new line. */
    return term.screen ? "\033[0m\033(B\033[?25h\033[?2004l\033[?1049l\r\n" : NULL;
}
