/* rig.c - see rig.h.
 *
 * libvterm reads UTF-8 and draws ambiguous characters narrow. A GB18030 terminal is a decoder in front of it;
 * a terminal that draws them wide gets stand-ins from plane 3, which libvterm draws two columns wide, and
 * which are turned back when the screen is read. So the answers to the program's questions about the cursor
 * are those of such a terminal too. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <vterm.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/os.h"
#include "base/utf8.h"
#include "tests/pty/rig.h"

enum {
    PATIENCE_US = 30000000,
    SETTLED_MS = 100,
    STAND_IN = 0x3C000,
    STAND_IN_END = 0x3FFFE,
    GETA = 0x3013 /* wide, for the private area */
};

struct rig {
    struct rig_options o;
    int fd, w, h;
    pid_t child, program; /* a shell's stand-in (or the program itself), the program */
    int status;
    bool ended, closed, alternate;
    VTerm *vt;
    VTermScreen *screen;
    VTermPos cursor;
    iconv_t gb;
    struct buf part;    /* bytes of a character not yet whole */
    struct buf control; /* of a sequence that may be REP */
    struct buf held;    /* answers */
    struct buf raw;
    size_t four_byte, repeats, misread, ambiguous;
};

/* ---- the terminal's side */

static int moved(VTermPos pos, VTermPos old, int visible, void *user)
{
    (void)old, (void)visible;
    ((struct rig *)user)->cursor = pos;
    return 1;
}

static int property(VTermProp prop, VTermValue *value, void *user)
{
    if (prop == VTERM_PROP_ALTSCREEN)
        ((struct rig *)user)->alternate = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.movecursor = moved, .settermprop = property};

static void write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno != EINTR && errno != EAGAIN)
            return; /* the program is gone: the test will see */
        p += put > 0 ? put : 0;
        n -= put > 0 ? (size_t)put : 0;
    }
}

static void answer(struct rig *r)
{
    char bytes[256];
    for (size_t n; (n = vterm_output_read(r->vt, bytes, sizeof bytes)) > 0;) {
        if (r->o.answers == ANSWERS_HELD)
            buf_put(&r->held, bytes, n);
        else if (r->o.answers == ANSWERS_AT_ONCE)
            write_all(r->fd, bytes, n);
    }
}

static void show(struct rig *r, const char *utf8, size_t n)
{
    vterm_input_write(r->vt, utf8, n);
    answer(r);
}

static void show_rune(struct rig *r, uint32_t ch, bool wide)
{
    struct buf one = {0};
    uint32_t stand_in = STAND_IN + ch < STAND_IN_END ? STAND_IN + ch : GETA;
    buf_rune(&one, wide ? stand_in : ch);
    show(r, one.p, one.n);
    buf_done(&one);
}

static void show_misread(struct rig *r, size_t n)
{
    r->misread += n;
    while (n-- > 0)
        show_rune(r, 0xFFFD, false);
}

/* One character of GB18030 that is whole: two columns if it has two bytes. */
static void show_gb(struct rig *r)
{
    char utf8[8];
    char *from = r->part.p, *to = utf8;
    size_t n = r->part.n, room = sizeof utf8;
    r->four_byte += n == 4;
    iconv(r->gb, NULL, NULL, NULL, NULL);
    if (iconv(r->gb, &from, &n, &to, &room) == (size_t)-1) {
        show_misread(r, r->part.n);
    } else {
        struct str s = {utf8, sizeof utf8 - room};
        uint32_t ch = utf8_next(&s);
        show_rune(r, ch, r->part.n == 2 && utf8_rune_width(ch) != 2);
    }
    buf_clear(&r->part);
}

static void take_gb(struct rig *r, unsigned char byte)
{
    size_t n = r->part.n;
    bool fits = n == 0 || (n == 1 && byte >= 0x30 && byte != 0x7F && byte != 0xFF) ||
                (n == 2 && byte >= 0x81) || (n == 3 && byte >= 0x30 && byte <= 0x39);
    if (!fits) {
        show_misread(r, n);
        buf_clear(&r->part);
        n = 0;
    }
    if (n == 0 && byte < 0x81) {
        show(r, &(char){(char)byte}, 1);
        return;
    }
    buf_putc(&r->part, (char)byte);
    bool two = n == 1 && byte >= 0x40;
    if (two || n == 3)
        show_gb(r);
}

static void take_utf8(struct rig *r, unsigned char byte)
{
    static const unsigned char lead[] = {0xC2, 0xE0, 0xF0, 0xF5};
    if (r->part.n && (byte & 0xC0) != 0x80) {
        show_misread(r, r->part.n);
        buf_clear(&r->part);
    }
    if (!r->part.n && byte < 0x80) {
        show(r, &(char){(char)byte}, 1);
        return;
    }
    if (!r->part.n && (byte < lead[0] || byte >= lead[3])) {
        show_misread(r, 1);
        return;
    }
    buf_putc(&r->part, (char)byte);
    unsigned char first = (unsigned char)r->part.p[0];
    if (r->part.n < (first < lead[1] ? 2u : first < lead[2] ? 3u : 4u))
        return;
    struct str s = buf_view(&r->part);
    uint32_t ch = utf8_next(&s);
    if (ch == UTF8_BAD)
        show_misread(r, r->part.n);
    else
        show_rune(r, ch, r->o.wide_ambiguous && utf8_rune_ambiguous(ch));
    r->ambiguous += ch != UTF8_BAD && utf8_rune_ambiguous(ch);
    buf_clear(&r->part);
}

static void take_byte(struct rig *r, unsigned char byte)
{
    if (r->o.gb)
        take_gb(r, byte);
    else
        take_utf8(r, byte);
}

/* ESC [ digits b is counted, and dropped where the terminal does not know it. */
static void take(struct rig *r, unsigned char byte)
{
    struct buf *c = &r->control;
    bool goes_on =
        (c->n == 0 && byte == 27) || (c->n == 1 && byte == '[') || (c->n > 1 && byte >= '0' && byte <= '9');
    if (goes_on) {
        buf_putc(c, (char)byte);
        return;
    }
    bool repeat = c->n > 2 && byte == 'b';
    r->repeats += repeat;
    if (!(repeat && r->o.no_repeat)) {
        for (size_t i = 0; i < c->n; i++)
            take_byte(r, (unsigned char)c->p[i]);
        take_byte(r, byte);
    }
    buf_clear(c);
}

/* ---- the program's side */

static void notice_end(struct rig *r, bool wait)
{
    int status;
    if (!r->ended && waitpid(r->child, &status, wait ? 0 : WNOHANG) == r->child) {
        r->ended = true;
        r->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}

/* False when nothing came in that time. */
static bool pump(struct rig *r, int ms)
{
    char bytes[8192];
    struct pollfd p = {.fd = r->fd, .events = POLLIN};
    if (r->fd < 0 || r->closed || poll(&p, 1, ms) <= 0)
        return false;
    ssize_t n = read(r->fd, bytes, sizeof bytes);
    for (ssize_t i = 0; i < n; i++)
        take(r, (unsigned char)bytes[i]);
    if (n > 0)
        buf_put(&r->raw, bytes, (size_t)n);
    r->closed = n <= 0;
    return n > 0;
}

static const char *absolute(const char *below, char *to, size_t size)
{
    const char *top = getenv("top_builddir");
    char folder[1024];
    snprintf(folder, sizeof folder, "%s", top ? top : ".");
    char *real = realpath(folder, NULL);
    snprintf(to, size, "%s/%s", real ? real : folder, below);
    free(real);
    return to;
}

static const char *home = "/nonexistent";

void rig_use_home(const char *folder)
{
    home = folder;
}

static void set_environment(const struct rig_options *o)
{
    static const char *const unset[] = {"LANGUAGE", "LANG",     "LC_CTYPE", "LC_MESSAGES", "TMUX",
                                        "STY",      "NO_COLOR", "LINES",    "COLUMNS",     "TERMINFO"};
    char folder[1100];
    for (size_t i = 0; i < sizeof unset / sizeof *unset; i++)
        unsetenv(unset[i]);
    setenv("LC_ALL", o->locale ? o->locale : "C.UTF-8", 1);
    setenv("TERM", o->term ? o->term : "xterm-256color", 1);
    setenv("HOME", home, 1);
    setenv("XDG_CONFIG_HOME", home, 1);
    setenv("XDG_STATE_HOME", home, 1);
    setenv("WAYMARK_LOCALEDIR", absolute("po", folder, sizeof folder), 1);
    for (const char *const *e = o->env; e && *e; e++)
        putenv((char *)(uintptr_t)*e);
}

static void run_child(const struct rig_options *o, const char *const *arguments)
{
    char program[1100];
    const char *argv[32] = {absolute("waymark", program, sizeof program)};
    size_t n = 1;
    while (*arguments && n < 31)
        argv[n++] = *arguments++;
    set_environment(o);
    execv(program, (char *const *)(uintptr_t)argv);
    _exit(127);
}

/* What a shell with job control does: the program is a job of its own, the terminal is its while it runs, and
 * when the program stops, so does this, until it is told to go on. */
_Noreturn static void run_shell(const struct rig_options *o, const char *const *arguments, int tell)
{
    int status;
    signal(SIGTTOU, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    pid_t job = fork();
    if (job == 0) {
        setpgid(0, 0);
        tcsetpgrp(STDIN_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
        close(tell);
        run_child(o, arguments);
    }
    setpgid(job, job);
    tcsetpgrp(STDIN_FILENO, job);
    if (write(tell, &job, sizeof job) != (ssize_t)sizeof job)
        _exit(126);
    close(tell);
    while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status)) {
        tcsetpgrp(STDIN_FILENO, getpgrp());
        raise(SIGSTOP);
        tcsetpgrp(STDIN_FILENO, job);
        kill(-job, SIGCONT);
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

struct rig *rig_start(const struct rig_options *o, const char *const *arguments)
{
    struct rig *r = mem_zalloc(sizeof *r);
    r->o = *o;
    r->w = o->w ? o->w : 80;
    r->h = o->h ? o->h : 24;
    r->vt = vterm_new(r->h, r->w);
    vterm_set_utf8(r->vt, 1);
    r->screen = vterm_obtain_screen(r->vt);
    vterm_screen_set_callbacks(r->screen, &callbacks, r);
    vterm_screen_enable_altscreen(r->screen, 1);
    vterm_screen_reset(r->screen, 1);
    r->gb = iconv_open("UTF-8", "GB18030");
    struct winsize size = {.ws_row = (unsigned short)r->h, .ws_col = (unsigned short)r->w};
    int tell[2];
    assert_int_equal(pipe2(tell, O_CLOEXEC), 0);
    r->child = forkpty(&r->fd, NULL, NULL, &size);
    if (r->child == 0 && o->no_shell)
        run_child(o, arguments);
    if (r->child == 0)
        run_shell(o, arguments, tell[1]);
    assert_true(r->child > 0);
    close(tell[1]);
    if (read(tell[0], &r->program, sizeof r->program) != (ssize_t)sizeof r->program)
        r->program = r->child;
    close(tell[0]);
    fcntl(r->fd, F_SETFD, FD_CLOEXEC);
    if (o->type_ahead)
        rig_type(r, o->type_ahead);
    return r;
}

void rig_free(struct rig *r)
{
    if (!r)
        return;
    notice_end(r, false);
    if (!r->ended) {
        kill(r->program, SIGKILL);
        kill(r->child, SIGKILL);
        notice_end(r, true);
    }
    if (r->fd >= 0)
        close(r->fd);
    vterm_free(r->vt);
    iconv_close(r->gb);
    buf_done(&r->part);
    buf_done(&r->control);
    buf_done(&r->held);
    buf_done(&r->raw);
    free(r);
}

void rig_type(struct rig *r, const char *bytes)
{
    write_all(r->fd, bytes, strlen(bytes));
}

void rig_resize(struct rig *r, int w, int h)
{
    struct winsize size = {.ws_row = (unsigned short)h, .ws_col = (unsigned short)w};
    while (pump(r, 0)) /* what was drawn for the old size belongs there */
        ;
    r->w = w;
    r->h = h;
    vterm_set_size(r->vt, h, w);
    ioctl(r->fd, TIOCSWINSZ, &size);
}

void rig_signal(struct rig *r, int sig)
{
    kill(sig == SIGCONT ? r->child : r->program, sig);
}

void rig_hang_up(struct rig *r)
{
    close(r->fd);
    r->fd = -1;
}

void rig_release(struct rig *r)
{
    r->o.answers = ANSWERS_AT_ONCE;
    write_all(r->fd, r->held.p, r->held.n);
    buf_clear(&r->held);
}

/* ---- looking */

static void fail_with_screen(struct rig *r, const char *what, const char *text)
{
    struct buf row = {0};
    for (int y = 0; y < r->h; y++) { /* cmocka cuts long messages */
        buf_clear(&row);
        rig_row(r, y, &row);
        print_message("%2d|%.*s\n", y, (int)row.n, row.p ? row.p : "");
    }
    notice_end(r, false);
    fail_msg("%s: %s (%s)", what, text, r->ended ? "the program has ended" : "the program runs");
}

static void wait_for(struct rig *r, const char *text, bool shown)
{
    int64_t end = os_monotonic_us() + PATIENCE_US;
    while (rig_shows(r, text) != shown) {
        pump(r, 50);
        notice_end(r, false);
        if (os_monotonic_us() > end || (r->ended && !pump(r, 0) && rig_shows(r, text) != shown))
            fail_with_screen(r, shown ? "never seen" : "still there", text);
    }
}

void rig_expect(struct rig *r, const char *text)
{
    wait_for(r, text, true);
}

void rig_expect_gone(struct rig *r, const char *text)
{
    wait_for(r, text, false);
}

void rig_settle(struct rig *r)
{
    while (pump(r, SETTLED_MS))
        ;
}

int rig_end(struct rig *r)
{
    int64_t end = os_monotonic_us() + PATIENCE_US;
    while (!r->ended) {
        if (!pump(r, 20) && (r->closed || r->fd < 0))
            usleep(2000);
        notice_end(r, false);
        if (os_monotonic_us() > end)
            fail_with_screen(r, "the program does not end", "");
    }
    while (pump(r, 0))
        ;
    return r->status;
}

void rig_expect_stopped(struct rig *r)
{
    int64_t end = os_monotonic_us() + PATIENCE_US;
    int status = 0;
    while (waitpid(r->child, &status, WUNTRACED | WNOHANG) != r->child || !WIFSTOPPED(status)) {
        pump(r, 20);
        if (os_monotonic_us() > end)
            fail_with_screen(r, "the program does not stop", "");
    }
    while (pump(r, 0))
        ;
}

static VTermScreenCell cell_at(struct rig *r, int y, int x)
{
    VTermScreenCell cell = {.width = 1};
    vterm_screen_get_cell(r->screen, (VTermPos){.row = y, .col = x}, &cell);
    return cell;
}

static bool is_blank(const VTermScreenCell *cell)
{
    return (!cell->chars[0] || cell->chars[0] == ' ') && !cell->attrs.reverse;
}

int rig_row_width(struct rig *r, int y)
{
    int used = 0;
    for (int x = 0; x < r->w;) {
        VTermScreenCell cell = cell_at(r, y, x);
        x += cell.width > 0 ? cell.width : 1;
        used = is_blank(&cell) ? used : x;
    }
    return used;
}

void rig_row(struct rig *r, int y, struct buf *out)
{
    size_t end = out->n;
    for (int x = 0; x < r->w;) {
        VTermScreenCell cell = cell_at(r, y, x);
        buf_rune(out, !cell.chars[0]                                              ? ' '
                      : cell.chars[0] >= STAND_IN && cell.chars[0] < STAND_IN_END ? cell.chars[0] - STAND_IN
                                                                                  : cell.chars[0]);
        for (int i = 1; cell.chars[0] && i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
            buf_rune(out, cell.chars[i]);
        x += cell.width > 0 ? cell.width : 1;
        if (cell.chars[0] && cell.chars[0] != ' ')
            end = out->n;
    }
    out->n = end;
}

void rig_screen(struct rig *r, struct buf *out)
{
    for (int y = 0; y < r->h; y++) {
        rig_row(r, y, out);
        buf_putc(out, '\n');
    }
}

bool rig_shows(struct rig *r, const char *text)
{
    struct buf now = {0};
    rig_screen(r, &now);
    bool shown = strstr(now.p, text) != NULL;
    buf_done(&now);
    return shown;
}

void rig_cursor(const struct rig *r, int *y, int *x)
{
    *y = r->cursor.row;
    *x = r->cursor.col;
}

bool rig_reversed(struct rig *r, int y, int x)
{
    return cell_at(r, y, x).attrs.reverse;
}

bool rig_coloured(struct rig *r)
{
    for (int y = 0; y < r->h; y++)
        for (int x = 0; x < r->w; x++) {
            VTermScreenCell cell = cell_at(r, y, x);
            if (!VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg))
                return true;
        }
    return false;
}

bool rig_in_alternate_screen(const struct rig *r)
{
    return r->alternate;
}

bool rig_is_cooked(const struct rig *r)
{
    struct termios t;
    return tcgetattr(r->fd, &t) == 0 && (t.c_lflag & ICANON) && (t.c_lflag & ECHO) && (t.c_iflag & ICRNL);
}

size_t rig_bytes(const struct rig *r)
{
    return r->raw.n;
}

struct str rig_raw(const struct rig *r)
{
    return buf_view(&r->raw);
}

void rig_forget(struct rig *r)
{
    buf_clear(&r->raw);
    r->repeats = r->four_byte = r->misread = r->ambiguous = 0;
}

size_t rig_four_byte(const struct rig *r)
{
    return r->four_byte;
}

size_t rig_repeats(const struct rig *r)
{
    return r->repeats;
}

size_t rig_misread(const struct rig *r)
{
    return r->misread;
}

size_t rig_ambiguous(const struct rig *r)
{
    return r->ambiguous;
}

/* ---- a locale */

static bool run_localedef(const char *to)
{
    pid_t child = fork();
    int status = 1;
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, 1);
        dup2(nowhere, 2);
        execlp("localedef", "localedef", "--no-archive", "-c", "-i", "zh_CN", "-f", "GB18030", to,
               (char *)NULL);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) <= 1;
}

bool rig_has_gb_locale(const char *folder)
{
    char path[512];
    const char *before = setlocale(LC_CTYPE, NULL);
    char *kept = mem_strdup(before);
    bool ok = setlocale(LC_CTYPE, "zh_CN.GB18030") != NULL;
    if (!ok) {
        snprintf(path, sizeof path, "%s/zh_CN.GB18030", folder);
        if (run_localedef(path)) {
            snprintf(path, sizeof path, "%s:/usr/lib/locale", folder);
            setenv("LOCPATH", path, 1);
            ok = setlocale(LC_CTYPE, "zh_CN.GB18030") != NULL;
        }
    }
    setlocale(LC_CTYPE, kept);
    free(kept);
    return ok;
}
