/* input_fuzz.c - the bytes of files: gzip that is cut or damaged, UTF-16, other encodings. Read in any pieces
 * they are the same, or end in words; decoding keeps lines and makes valid text, but for the mark of bytes
 * that are none.
 *
 * Input: how large pieces are, what to do, then the file. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/utf8.h"
#include "fuzz.h"
#include "import/csv_source.h"
#include "import/decode.h"
#include "import/input.h"

enum { MOST = 1 << 20 };

static char path[64];

static void write_input(struct str s)
{
    static int fd = -1;
    if (fd < 0) {
        fd = memfd_create("input", MFD_CLOEXEC);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    }
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, s.p, s.n, 0) != (ssize_t)s.n)
        abort();
}

/* Everything, in pieces of `step` bytes; false: it ended in an error, after what is in out. */
static bool read_in(size_t step, enum input_utf16 form, struct buf *out, uint64_t hash[2])
{
    struct err err = {0};
    struct input *in = input_open(path, "fuzz", form, &err);
    ssize_t got = 1;
    FUZZ_PROMISE(in != NULL);
    while (got > 0 && out->n < MOST) {
        buf_reserve(out, step);
        got = input_read(in, out->p + out->n, step, &err);
        FUZZ_PROMISE(got <= (ssize_t)step);
        out->n += got > 0 ? (size_t)got : 0;
    }
    FUZZ_PROMISE(got >= 0 || (err.code != ERR_NONE && err.text[0]));
    input_hash(in, hash);
    input_close(in);
    return got >= 0;
}

static void check_pieces(size_t step, enum input_utf16 form)
{
    struct buf whole = {0}, pieces = {0};
    uint64_t a[2], b[2];
    bool ok = read_in(65536, form, &whole, a);
    FUZZ_PROMISE(ok == read_in(step, form, &pieces, b));
    if (ok && whole.n < MOST)
        FUZZ_PROMISE(str_eq(buf_view(&whole), buf_view(&pieces)) && a[0] == b[0] && a[1] == b[1]);
    buf_done(&whole);
    buf_done(&pieces);
}

/* Its bytes are UTF-8 once those that stand for none are taken out. */
static void check_text(struct str text)
{
    struct buf valid = {0};
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != DECODE_BAD)
            buf_putc(&valid, text.p[i]);
    FUZZ_PROMISE(utf8_valid(buf_view(&valid)));
    buf_done(&valid);
}

static void check_decode(struct str s, const char *name)
{
    enum input_utf16 form;
    struct err err = {0};
    struct buf out = {0};
    const char *encoding = decode_named(name, &form, &err);
    struct decoder *d = encoding ? decode_open(encoding, &err) : NULL;
    if (d) {
        char *p = fuzz_copy(s, 0);
        decode_text(d, (struct str){p, s.n}, &out);
        FUZZ_PROMISE(csv_source_count(s.p, s.n) == csv_source_count(out.p ? out.p : "", out.n));
        check_text(buf_view(&out));
        free(p);
    } else {
        FUZZ_PROMISE(err.code != ERR_NONE && err.text[0]);
    }
    decode_close(d);
    buf_done(&out);
}

FUZZ_TARGET(input)
{
    static const char *const encodings[] = {"GB18030", "GBK", "Latin-1", "Big5", "windows-1252"};
    struct fuzz_input in = {data, n};
    size_t step = 1 + fuzz_byte(&in);
    unsigned what = fuzz_byte(&in);
    struct str s = fuzz_rest(&in);
    FUZZ_PROMISE(decode_guess(&s, 1) != NULL);
    if (what & 8) {
        check_decode(s, encodings[what % 5]);
        return 0;
    }
    write_input(s);
    check_pieces(step, (enum input_utf16)(what % 5));
    return 0;
}
