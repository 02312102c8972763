/* output.c - where answers and messages go.
 *
 * Text follows the locale, because a terminal reads it; all else is UTF-8 everywhere, so that a script
 * under LC_ALL=C reads what one under zh_CN reads, and nothing turns into question marks. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "base/utf8.h"
#include "cli/output.h"

int output_columns(int fd)
{
    struct winsize size;
    if (isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    const char *columns = getenv("COLUMNS");
    int64_t n = 0;
    if (columns && num_i64(str_of(columns), &n) && n >= 20 && n <= 1000)
        return (int)n;
    return 80;
}

static struct writer_options options_of(const struct args *a)
{
    struct writer_options o = {.w = a->w, .h = a->h, .table = a->table, .plain = a->plain, .quiet = a->quiet};
    o.tier = encode_is_utf8() || !a->writer->terminal ? TIER_UTF8 : TIER_ASCII;
    if (a->glyphs)
        tier_named(str_of(a->glyphs), &o.tier);
    if (!o.w)
        o.w = a->output ? 80 : output_columns(STDOUT_FILENO);
    return o;
}

/* os_write_all tells no EPIPE from other failures. */
static bool put(int fd, struct str bytes, struct err *err)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EPIPE ||
                   err_set(err, ERR_SYSTEM, _("standard output: %s; nothing else was changed"),
                           strerror(errno));
        bytes.p += n;
        bytes.n -= (size_t)n;
    }
    return true;
}

static bool deliver(struct str bytes, const struct args *a, struct err *err)
{
    return a->output ? os_replace_file(a->output, bytes, err) : put(STDOUT_FILENO, bytes, err);
}

bool output_text(struct str text, const struct args *a, struct err *err)
{
    struct buf encoded = {0};
    encode_locale(&encoded, text);
    bool ok = deliver(buf_view(&encoded), a, err);
    buf_done(&encoded);
    return ok;
}

bool output_answer(struct str bytes, const struct args *a, struct err *err)
{
    return a->writer->terminal ? output_text(bytes, a, err) : deliver(bytes, a, err);
}

bool output_result(const struct result *r, const struct args *a, struct err *err)
{
    struct writer_options o = options_of(a);
    struct buf text = {0};
    a->writer->write(r, &o, &text);
    bool ok = output_answer(buf_view(&text), a, err);
    buf_done(&text);
    return ok;
}

/* Line by line, since the sanitiser would show line ends as well. */
static void put_clean(struct buf *out, struct str text)
{
    while (text.p && text.n) {
        utf8_clean(out, str_cut(&text, '\n'), CLEAN_DETAIL);
        buf_putc(out, '\n');
    }
}

void output_note(struct str text)
{
    struct buf clean = {0}, encoded = {0};
    put_clean(&clean, text);
    encode_locale(&encoded, buf_view(&clean));
    put(STDERR_FILENO, buf_view(&encoded), NULL);
    buf_done(&encoded);
    buf_done(&clean);
}

void output_error(const struct err *err)
{
    struct buf text = {0};
    buf_printf(&text, "waymark: %s", err->text);
    output_note(buf_view(&text));
    buf_done(&text);
}
