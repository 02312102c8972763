/* term.c - ncursesw behind a handful of functions.
 *
 * Only stdscr is used: sub-windows shrink for good on a resize to a tiny size (tui.md 2.2). Characters go out
 * through the wide-character calls alone. Colours are an addition: every role is told apart by attributes
 * too. */
#include "config.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <term.h>
#include <unistd.h>

#include "base/nls.h"
#include "tui/term.h"

static struct {
    SCREEN *screen;
    struct termios saved;
    bool colors;
    attr_t attr[ROLES];
    short pair[ROLES];
} term;

static volatile sig_atomic_t hung_up;

static void on_hangup(int sig)
{
    (void)sig;
    hung_up = 1;
}

/* What a role looks like: attributes that carry the meaning, and a colour on top where there is one. */
static const struct look {
    attr_t attr;
    short fg; /* -1: the terminal's own */
    short bg;
} looks[ROLES] = {
    [ROLE_TEXT] = {A_NORMAL, -1, -1},
    [ROLE_DIM] = {A_DIM, -1, -1},
    [ROLE_STRONG] = {A_BOLD, -1, -1},
    [ROLE_TITLE] = {A_REVERSE, -1, -1},
    [ROLE_CONTEXT] = {A_NORMAL, -1, -1},
    [ROLE_RULE] = {A_DIM, -1, -1},
    [ROLE_HEAD] = {A_BOLD, -1, -1},
    [ROLE_SELECTED] = {A_REVERSE, -1, -1},
    [ROLE_KEY] = {A_REVERSE | A_BOLD, -1, -1},
    [ROLE_FOOTER] = {A_REVERSE, -1, -1},
    [ROLE_STATUS] = {A_NORMAL, -1, -1},
    [ROLE_WARN] = {A_BOLD, COLOR_YELLOW, -1},
    [ROLE_ERROR] = {A_BOLD, COLOR_RED, -1},
    [ROLE_BAR] = {A_NORMAL, COLOR_CYAN, -1},
    [ROLE_BAR2] = {A_NORMAL, COLOR_YELLOW, -1},
    [ROLE_HOT] = {A_BOLD, COLOR_YELLOW, -1},
    [ROLE_COLD] = {A_NORMAL, COLOR_CYAN, -1},
    [ROLE_NODE] = {A_BOLD, -1, -1},
    [ROLE_SERIES1] = {A_NORMAL, COLOR_CYAN, -1},
    [ROLE_SERIES2] = {A_NORMAL, COLOR_YELLOW, -1},
    [ROLE_SERIES3] = {A_NORMAL, COLOR_MAGENTA, -1},
    [ROLE_FLOW1] = {A_NORMAL, COLOR_CYAN, -1},
    [ROLE_FLOW2] = {A_NORMAL, COLOR_YELLOW, -1},
    [ROLE_FLOW3] = {A_NORMAL, COLOR_MAGENTA, -1},
    [ROLE_FLOW4] = {A_NORMAL, COLOR_GREEN, -1},
};

static void init_looks(bool no_color)
{
    term.colors = !no_color && has_colors() && start_color() == OK && use_default_colors() == OK;
    for (int role = 0; role < ROLES; role++) {
        const struct look *look = &looks[role];
        term.attr[role] = look->attr;
        term.pair[role] = 0;
        if (term.colors && role < ROLE_HEAT0 && (look->fg >= 0 || look->bg >= 0)) {
            short pair = (short)(role + 1);
            if (init_pair(pair, look->fg, look->bg) == OK)
                term.pair[role] = pair;
        }
    }
}

/* Sequences that common terminals send whatever their terminfo entry says (tui.md 2.2, 8.3). */
static void define_keys(void)
{
    static const struct {
        const char *sequence;
        int key;
    } extra[] = {
        {"\033[11~", KEY_F(1)}, {"\033[12~", KEY_F(2)}, {"\033[13~", KEY_F(3)}, {"\033[14~", KEY_F(4)},
        {"\033OP", KEY_F(1)},   {"\033OQ", KEY_F(2)},   {"\033OR", KEY_F(3)},   {"\033OS", KEY_F(4)},
        {"\033[[A", KEY_F(1)},  {"\033[[B", KEY_F(2)},  {"\033[[C", KEY_F(3)},  {"\033[[D", KEY_F(4)},
        {"\033[[E", KEY_F(5)},  {"\033[A", KEY_UP},     {"\033[B", KEY_DOWN},   {"\033[C", KEY_RIGHT},
        {"\033[D", KEY_LEFT},   {"\033OA", KEY_UP},     {"\033OB", KEY_DOWN},   {"\033OC", KEY_RIGHT},
        {"\033OD", KEY_LEFT},   {"\033[H", KEY_HOME},   {"\033[F", KEY_END},    {"\033[1~", KEY_HOME},
        {"\033[4~", KEY_END},   {"\033[7~", KEY_HOME},  {"\033[8~", KEY_END},   {"\033OH", KEY_HOME},
        {"\033OF", KEY_END},    {"\033[Z", KEY_BTAB},
    };
    for (size_t i = 0; i < sizeof extra / sizeof extra[0]; i++)
        define_key(extra[i].sequence, extra[i].key);
    define_key("\033[200~", KEY_MAX - 2);
    define_key("\033[201~", KEY_MAX - 1);
}

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

bool term_open(const struct term_options *o, struct err *err)
{
    if (!terminal_usable(err))
        return false;
    /* Exported sizes would freeze the size for good. */
    unsetenv("LINES");
    unsetenv("COLUMNS");
    use_tioctl(TRUE);
    set_escdelay(100);
    term.screen = newterm(NULL, stdout, stdin);
    if (!term.screen)
        return err_set(err, ERR_SYSTEM, _("the terminal could not be set up"));
    set_term(term.screen);
    raw(); /* Ctrl-C and Ctrl-Z are keys here */
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    define_keys();
    init_looks(o->no_color);
    struct sigaction action = {.sa_handler = on_hangup};
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    erase();
    refresh();
    return true;
}

void term_close(void)
{
    if (!term.screen)
        return;
    /* Nothing of a customer stays behind on terminals without an alternate screen. */
    erase();
    refresh();
    endwin();
    delscreen(term.screen);
    term.screen = NULL;
}

void term_size(int *w, int *h)
{
    getmaxyx(stdscr, *h, *w);
}

enum tier term_tier(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? TIER_UTF8 : TIER_ASCII;
}

static void put_row(const struct canvas *c, int y)
{
    for (int x = 0; x < c->w; x++) {
        const struct cell *cell = &c->cell[(size_t)y * (size_t)c->w + (size_t)x];
        if (!cell->ch)
            continue;
        wchar_t text[3] = {(wchar_t)cell->ch, (wchar_t)cell->mark, 0};
        attr_t attr = term.attr[cell->role];
        if (cell->reverse)
            attr ^= A_REVERSE;
        cchar_t out;
        setcchar(&out, text, attr, term.pair[cell->role], NULL);
        mvadd_wch(y, x, &out);
    }
}

void term_show(const struct canvas *c)
{
    int w, h;
    term_size(&w, &h);
    erase();
    for (int y = 0; y < c->h && y < h; y++)
        put_row(c, y);
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

static uint32_t special_key(wint_t key)
{
    if (key >= KEY_F(1) && key <= KEY_F(24))
        return TERM_F0 + (uint32_t)(key - KEY_F(0));
    switch (key) {
    case KEY_UP: return TERM_UP;
    case KEY_DOWN: return TERM_DOWN;
    case KEY_LEFT: return TERM_LEFT;
    case KEY_RIGHT: return TERM_RIGHT;
    case KEY_PPAGE: return TERM_PAGE_UP;
    case KEY_NPAGE: return TERM_PAGE_DOWN;
    case KEY_HOME: return TERM_HOME;
    case KEY_END: return TERM_END;
    case KEY_ENTER: return TERM_ENTER;
    case KEY_BACKSPACE: return TERM_BACKSPACE;
    case KEY_DC: return TERM_DELETE;
    case KEY_BTAB: return TERM_BACKTAB;
    case KEY_RESIZE: return TERM_RESIZE;
    case KEY_MAX - 2: return TERM_PASTE_BEGIN;
    case KEY_MAX - 1: return TERM_PASTE_END;
    default: return TERM_NONE;
    }
}

static uint32_t plain_key(wint_t key)
{
    switch (key) {
    case '\r':
    case '\n': return TERM_ENTER;
    case 27: return TERM_ESC;
    case 8:
    case 127: return TERM_BACKSPACE;
    case '\t': return TERM_TAB;
    default: return (uint32_t)key;
    }
}

static uint32_t read_key(void)
{
    wint_t key;
    switch (get_wch(&key)) {
    case KEY_CODE_YES: return special_key(key);
    case OK: return plain_key(key);
    default: return TERM_NONE;
    }
}

uint32_t term_key(int timeout_ms, int wake_fd)
{
    uint32_t key = read_key(); /* ncurses may hold keys already read, or a resize */
    if (key != TERM_NONE)
        return key;
    struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = wake_fd, .events = POLLIN}};
    int n = poll(fds, wake_fd >= 0 ? 2 : 1, timeout_ms);
    if (hung_up || (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)))
        return TERM_HANGUP;
    if (n > 0 && wake_fd >= 0 && (fds[1].revents & POLLIN)) {
        char away[64];
        ssize_t got = read(wake_fd, away, sizeof away);
        (void)got;
        return TERM_NONE;
    }
    return read_key(); /* also after EINTR: a resize waits there */
}

const char *term_rescue(void)
{
    /* Attributes off, line drawing off, cursor on, bracketed paste off, main screen, new line. */
    return term.screen ? "\033[0m\033(B\033[?25h\033[?2004l\033[?1049l\r\n" : NULL;
}
