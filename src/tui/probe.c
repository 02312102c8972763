/* probe.c - see probe.h. What the answers mean was measured on xterm, PuTTY, mlterm, rxvt, tmux and screen
 * (doc/TERMINALS.md). */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "tui/probe.h"
#include "tui/typed.h"

enum { ESC = 27, SLOW_US = 150000 };

/* In the order they are sent. 模 is C4 A3 in GBK: unlike most Han it is well-formed UTF-8 as well, and no
 * terminal replaces it by two marks of an error, which would count like one Han. */
static const struct {
    const char *utf8, *gb;
} samples[PROBE_SAMPLES] = {
    [PROBE_HAN] = {"\xE4\xB8\xAD\xE6\x96\x87", "\xD6\xD0\xCE\xC4"},
    [PROBE_TWIN] = {NULL, "\xC4\xA3\xC4\xA3"},
    [PROBE_LINE] = {"\xE2\x94\x80", "\xA9\xA4"},
    [PROBE_BLOCK] = {"\xE2\x96\x88", "\xA8\x80"},
    [PROBE_SYMBOL] = {"\xE2\x91\xA0\xC2\xB7", "\xA2\xD9\xA1\xA4"},
    [PROBE_ACS] = {"\033(0q\033(B", "\033(0q\033(B"},
    [PROBE_REPEAT] = {"#\033[3b", "#\033[3b"},
};

static const char *sample_of(enum probe_sample s, enum probe_charset charset)
{
    return charset == PROBE_GB ? samples[s].gb : samples[s].utf8;
}

enum probe_charset probe_charset(const char *codeset)
{
    struct str name = str_of(codeset);
    if (str_ieq(name, STR("UTF-8")) || str_ieq(name, STR("UTF8")))
        return PROBE_UTF8;
    static const char *const gb[] = {"GB18030", "GBK", "GB2312", "CP936", "EUC-CN"};
    for (size_t i = 0; i < sizeof gb / sizeof *gb; i++)
        if (str_ieq(name, str_of(gb[i])))
            return PROBE_GB;
    return PROBE_OTHER;
}

void probe_question(struct buf *out, enum probe_charset charset)
{
    for (int s = 0; s < PROBE_SAMPLES; s++)
        if (sample_of((enum probe_sample)s, charset))
            buf_printf(out, "\r%s\033[6n", sample_of((enum probe_sample)s, charset));
    buf_puts(out,
             "\r\033[K\033[c"); /* every terminal answers the last one: then there is no more to wait for */
}

/* ---- answers */

/* ESC [ digits ; digits R at the head: the column, else -1. */
static int cursor_column(struct str s, size_t *length)
{
    struct str body = {s.p + 2, 0};
    while (2 + body.n < s.n && ((s.p[2 + body.n] >= '0' && s.p[2 + body.n] <= '9') || s.p[2 + body.n] == ';'))
        body.n++;
    if (2 + body.n >= s.n || s.p[2 + body.n] != 'R')
        return -1;
    struct str row = str_cut(&body, ';');
    int64_t y = 0, x = 0;
    if (!body.p || !num_i64(row, &y) || !num_i64(body, &x) || x < 1 || x > 1000)
        return -1;
    *length = (size_t)(body.p + body.n - s.p) + 1;
    return (int)x;
}

/* ESC [ ? … c */
static size_t attributes_length(struct str s)
{
    size_t i = 3;
    if (s.n < 4 || s.p[2] != '?')
        return 0;
    while (i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == ';'))
        i++;
    return i < s.n && s.p[i] == 'c' ? i + 1 : 0;
}

static bool next_unanswered(const struct probe_found *f, enum probe_charset charset, int *sample)
{
    for (*sample = 0; *sample < PROBE_SAMPLES; ++*sample)
        if (sample_of((enum probe_sample) * sample, charset) && f->columns[*sample] < 0)
            return true;
    return false;
}

bool probe_answers(struct probe_found *f, struct buf *in, enum probe_charset charset)
{
    struct buf typed = {0};
    bool done = false;
    for (size_t i = 0, step; i < in->n; i += step) {
        struct str s = {in->p + i, in->n - i};
        int sample, x = -1;
        step = 1;
        bool bracket = s.n > 2 && s.p[0] == ESC && s.p[1] == '[';
        if (bracket && next_unanswered(f, charset, &sample) && (x = cursor_column(s, &step)) > 0) {
            f->columns[sample] = (signed char)(x - 1 < 100 ? x - 1 : 100);
        } else if (bracket && attributes_length(s)) {
            step = attributes_length(s);
            done = true;
        } else {
            buf_putc(&typed, s.p[0]);
            continue;
        }
        f->answered = true;
    }
    buf_done(in);
    *in = typed;
    return done;
}

/* ---- asking */

/* Half an answer at the end must not be taken for typing before its rest is there. */
static size_t whole_part(const struct buf *in)
{
    size_t from = in->n;
    while (from > 0 && in->n - from < 32 && in->p[from - 1] != ESC)
        from--;
    if (from == 0 || in->p[from - 1] != ESC)
        return in->n;
    for (size_t i = from + 1; i < in->n; i++)
        if (in->p[i] >= 0x40 && in->p[i] <= 0x7E)
            return in->n;
    return from - 1;
}

static bool take_in(struct probe_found *f, struct buf *in, enum probe_charset charset, struct typed *typed)
{
    size_t whole = whole_part(in);
    struct buf rest = {0}, now = {0};
    buf_put(&now, in->p, whole);
    buf_put(&rest, in->p + whole, in->n - whole);
    bool done = probe_answers(f, &now, charset);
    typed_feed(typed, now.p ? now.p : "", now.n);
    buf_done(&now);
    buf_done(in);
    *in = rest;
    return done;
}

static void listen(struct probe_found *f, int fd, enum probe_charset charset, int64_t end,
                   struct typed *typed)
{
    struct buf in = {0};
    bool done = false;
    for (int64_t left; !done && (left = end - os_monotonic_us()) > 0;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        char bytes[512];
        int n = poll(&p, 1, (int)(left / 1000) + 1);
        if (n < 0 && errno == EINTR)
            continue;
        ssize_t got = n > 0 ? read(fd, bytes, sizeof bytes) : 0;
        if (got <= 0)
            break;
        buf_put(&in, bytes, (size_t)got);
        done = take_in(f, &in, charset, typed);
    }
    typed_feed(typed, in.p ? in.p : "",
               in.n); /* if it is half an answer, its rest will be known for what it is */
    buf_done(&in);
}

void probe_ask(struct probe_found *f, int in_fd, int out_fd, enum probe_charset charset, int timeout_ms,
               struct typed *typed)
{
    struct termios was, raw;
    *f = (struct probe_found){0};
    memset(f->columns, -1, sizeof f->columns);
    if (timeout_ms <= 0 || tcgetattr(in_fd, &was) != 0)
        return;
    raw = was;
    cfmakeraw(&raw);
    raw.c_oflag = was.c_oflag;
    tcsetattr(in_fd, TCSANOW, &raw);
    struct buf question = {0};
    struct err err;
    probe_question(&question, charset);
    int64_t start = os_monotonic_us();
    f->asked = os_write_all(out_fd, question.p, question.n, "/dev/tty", &err);
    listen(f, in_fd, charset, start + (int64_t)timeout_ms * 1000, typed);
    f->round_trip_us = os_monotonic_us() - start;
    tcsetattr(in_fd, TCSANOW, &was);
    buf_done(&question);
}

/* ---- what follows */

static bool narrow(const struct probe_found *f, enum probe_sample s)
{
    return f->columns[s] == 1;
}

static void choose_utf8(struct probe_choice *c, const struct probe_found *f, const struct probe_setting *s)
{
    if (narrow(f, PROBE_LINE) && narrow(f, PROBE_BLOCK)) {
        c->tier = TIER_UTF8;
        c->tiers[TIER_UTF8] = c->tiers[TIER_HD] = true;
        c->tiers[TIER_ACS] = s->has_lines;
        if (s->tmux && s->chinese)
            c->notice =
                N_("tmux hides how wide your terminal draws lines: if columns do not line up, press ~ "
                   "(waymark termcheck shows a card)");
    } else {
        c->notice = N_("This terminal draws lines two columns wide, so pictures are in ASCII: set ambiguous "
                       "characters to narrow in its settings");
    }
}

static void choose_gb(struct probe_choice *c, const struct probe_found *f, const struct probe_setting *s)
{
    c->tiers[TIER_ACS] = s->has_lines && f->columns[PROBE_ACS] < 2;
    c->tier = s->has_lines && narrow(f, PROBE_ACS) ? TIER_ACS : TIER_ASCII;
}

/* Locale and terminal differ: another locale is taken for characters, and all is asked again in it. */
static void choose_other_locale(struct probe_choice *c, const char *locale, const char *notice)
{
    c->ctype = locale;
    c->notice = notice;
}

static void choose_silent(struct probe_choice *c, const struct probe_found *f, const struct probe_setting *s)
{
    c->english = true;
    c->narrow_only = s->charset == PROBE_OTHER;
    c->tiers[TIER_ACS] = s->has_lines && s->charset != PROBE_OTHER;
    c->tiers[TIER_UTF8] = c->tiers[TIER_HD] = s->charset == PROBE_UTF8;
    if (f->asked && s->charset != PROBE_OTHER)
        c->notice =
            N_("The terminal does not say how it draws: ASCII is safe. ~ tries lines, L Chinese; waymark "
               "termcheck shows a card");
}

/* Sending UTF-8 on would be worse than nothing: bytes of it are control characters to other terminals. */
static void choose_unwritable(struct probe_choice *c)
{
    c->narrow_only = c->english = true;
    c->notice =
        N_("The terminal reads GB18030, the locale says UTF-8: Chinese cannot be shown. Set the terminal "
           "to UTF-8");
}

/* The console's font has lines and blocks, but neither arcs nor Chinese, whatever it answers. */
static void choose_console(struct probe_choice *c, const struct probe_setting *s)
{
    c->tier = s->has_lines ? TIER_ACS : TIER_ASCII;
    c->english = true;
    if (s->chinese)
        c->notice = N_("The Linux console has no Chinese characters; use a terminal over SSH");
}

static void choose_answered(struct probe_choice *c, const struct probe_found *f,
                            const struct probe_setting *s)
{
    bool reads_utf8 = s->charset == PROBE_GB ? f->columns[PROBE_TWIN] == 2 : f->columns[PROBE_HAN] == 4;
    bool reads_gb = s->charset == PROBE_GB ? f->columns[PROBE_TWIN] == 4 : f->columns[PROBE_HAN] == 6;
    if (reads_utf8 && s->charset == PROBE_UTF8)
        choose_utf8(c, f, s);
    else if (reads_gb && s->charset == PROBE_GB)
        choose_gb(c, f, s);
    else if (reads_utf8 && s->utf8)
        choose_other_locale(c, s->utf8,
                            s->charset == PROBE_OTHER
                                ? NULL
                                : N_("The terminal reads UTF-8, the locale says GB18030: UTF-8 is used. Set "
                                     "LC_ALL=zh_CN.UTF-8, or the terminal to GB18030"));
    else if (reads_gb && s->gb)
        choose_other_locale(
            c, s->gb,
            N_("The terminal reads GB18030, the locale says otherwise: GB18030 is used. Set the "
               "terminal to UTF-8, or LC_ALL=zh_CN.GB18030"));
    else if (reads_gb)
        choose_unwritable(c);
    else
        choose_silent(c, f, s);
}

struct probe_choice probe_choose(const struct probe_found *f, const struct probe_setting *s)
{
    struct probe_choice c = {.tier = TIER_ASCII, .tiers = {[TIER_ASCII] = true}};
    if (!f->answered)
        choose_silent(&c, f, s);
    else
        choose_answered(&c, f, s);
    if (strncmp(s->term ? s->term : "", "linux", 5) == 0 && c.tier >= TIER_ACS)
        choose_console(&c, s);
    c.tiers[c.tier] = true;
    c.slow = f->answered && f->round_trip_us > SLOW_US;
    return c;
}

const char *probe_sample_title(enum probe_sample s)
{
    static const char *const titles[PROBE_SAMPLES] = {N_("two Chinese characters"),
                                                      N_("bytes of GBK and UTF-8 alike"),
                                                      N_("a line"),
                                                      N_("a block"),
                                                      N_("two symbols"),
                                                      N_("a line of the VT100 set"),
                                                      N_("a repeated character")};
    return _(titles[s]);
}
