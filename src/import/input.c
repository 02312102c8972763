/* input.c - layers of one file: its bytes, unpacked, as UTF-8. A plain file passes without a copy. */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zlib.h>
#include "base/arena.h"
#include "base/nls.h"
#include "base/os.h"
#include "import/input.h"

#define RAW ((size_t)256 << 10)
#define PEEK ((size_t)1024) /* enough to tell UTF-16 by its NULs */

struct input {
    const char *path, *label;
    int fd;
    int64_t size;
    uint64_t got;
    XXH3_state_t *hash;
    unsigned char *raw; /* RAW bytes read and not yet given: [at, n) */
    size_t at, n;
    bool raw_end;
    bool gzip, unpacked; /* unpacked: the last member has ended */
    z_stream z;
    enum input_utf16 form;
    struct buf pairs; /* UTF-16 not yet turned */
    struct buf ready; /* UTF-8 not yet given: from ready_at */
    size_t ready_at;
    bool bytes_end;
};

/* ---- The file's own bytes. */

static ssize_t raw_more(struct input *in, void *to, size_t n, struct err *err)
{
    ssize_t got = os_read(in->fd, to, n, in->label, err);
    if (got < 0)
        return got;
    in->raw_end = got == 0;
    in->got += (uint64_t)got;
    XXH3_128bits_update(in->hash, to, (size_t)got);
    return got;
}

static bool raw_fill(struct input *in, size_t want, struct err *err)
{
    if (in->at == in->n)
        in->at = in->n = 0;
    while (!in->raw_end && in->n < want) {
        ssize_t got = raw_more(in, in->raw + in->n, RAW - in->n, err);
        if (got < 0)
            return false;
        in->n += (size_t)got;
    }
    return true;
}

static ssize_t raw_read(struct input *in, void *to, size_t n, struct err *err)
{
    size_t had = in->n - in->at < n ? in->n - in->at : n;
    if (had == 0)
        return raw_more(in, to, n, err);
    memcpy(to, in->raw + in->at, had);
    in->at += had;
    return (ssize_t)had;
}

/* ---- gzip. */

static bool is_gzip(const unsigned char *p, size_t n)
{
    return n >= 2 && p[0] == 0x1f && p[1] == 0x8b;
}

/* Behind a member: another one, padding of zeros, or what does not belong there. */
static bool next_member(struct input *in, struct err *err)
{
    if (in->n - in->at < 2) {
        memmove(in->raw, in->raw + in->at, in->n - in->at);
        in->n -= in->at;
        in->at = 0;
        if (!raw_fill(in, 2, err))
            return false;
    }
    if (is_gzip(in->raw + in->at, in->n - in->at)) {
        if (inflateReset(&in->z) != Z_OK)
            bug("inflateReset");
        in->unpacked = false;
        return true;
    }
    do {
        while (in->at < in->n && in->raw[in->at] == 0)
            in->at++;
        if (in->at < in->n)
            return err_set(err, ERR_INPUT,
                           _("%s: something else follows the gzip data; unpack it and look (gunzip)"),
                           in->label);
    } while (!in->raw_end && raw_fill(in, 1, err));
    return in->raw_end;
}

static bool gzip_failed(const struct input *in, struct err *err)
{
    if (in->raw_end && in->at == in->n)
        return err_set(err, ERR_INPUT,
                       _("%s: the gzip data are cut off; nothing of them is loaded, fetch the file again"),
                       in->label);
    return err_set(err, ERR_INPUT,
                   _("%s: the gzip data are damaged; nothing of them is loaded, fetch the file again"),
                   in->label);
}

/* One step of unpacking. */
static bool unpack(struct input *in, struct err *err)
{
    if (!raw_fill(in, 1, err))
        return false;
    in->z.next_in = in->raw + in->at;
    in->z.avail_in = (uInt)(in->n - in->at);
    int rc = inflate(&in->z, Z_NO_FLUSH);
    in->at = in->n - in->z.avail_in;
    if (rc == Z_STREAM_END) {
        in->unpacked = true;
        return next_member(in, err);
    }
    if (rc == Z_MEM_ERROR)
        return err_set(err, ERR_SYSTEM, _("%s: not enough memory to unpack it"), in->label);
    if (rc != Z_OK || (in->raw_end && in->at == in->n && in->z.avail_out > 0))
        return gzip_failed(in, err);
    return true;
}

static ssize_t gzip_read(struct input *in, void *to, size_t n, struct err *err)
{
    size_t most = n < ((size_t)1 << 30) ? n : (size_t)1 << 30;
    in->z.next_out = to;
    in->z.avail_out = (uInt)most;
    while (in->z.avail_out > 0 && !in->unpacked)
        if (!unpack(in, err))
            return -1;
    return (ssize_t)(most - in->z.avail_out);
}

static ssize_t bytes_read(struct input *in, void *to, size_t n, struct err *err)
{
    return in->gzip ? gzip_read(in, to, n, err) : raw_read(in, to, n, err);
}

/* ---- UTF-16. */

/* Three bytes, also for surrogates: then they are no UTF-8, as it should be. */
static void put_unit(struct buf *out, uint32_t u)
{
    if (u < 0x80) {
        buf_putc(out, (char)u);
    } else if (u < 0x800) {
        buf_putc(out, (char)(0xC0 | u >> 6));
        buf_putc(out, (char)(0x80 | (u & 63)));
    } else {
        buf_putc(out, (char)(0xE0 | u >> 12));
        buf_putc(out, (char)(0x80 | (u >> 6 & 63)));
        buf_putc(out, (char)(0x80 | (u & 63)));
    }
}

static uint32_t unit_at(const char *p, enum input_utf16 form)
{
    unsigned char a = (unsigned char)p[0], b = (unsigned char)p[1];
    return form == INPUT_UTF16LE ? (uint32_t)(a | b << 8) : (uint32_t)(a << 8 | b);
}

static bool is_high(uint32_t u)
{
    return u >= 0xD800 && u < 0xDC00;
}

static bool is_low(uint32_t u)
{
    return u >= 0xDC00 && u < 0xE000;
}

/* Turns whole characters; what is left stays for the next time. A byte over at the end becomes one that is no
 * UTF-8, followed by itself, overlong. */
static void turn(struct input *in)
{
    const char *p = in->pairs.p;
    size_t n = in->pairs.n, i = 0;
    while (i + 2 <= n) {
        uint32_t u = unit_at(p + i, in->form);
        if (is_high(u) && i + 4 > n && !in->bytes_end)
            break;
        uint32_t v = is_high(u) && i + 4 <= n ? unit_at(p + i + 2, in->form) : 0;
        if (is_low(v))
            buf_rune(&in->ready, 0x10000 + ((u - 0xD800) << 10) + (v - 0xDC00));
        else
            put_unit(&in->ready, u);
        i += is_low(v) ? 4 : 2;
    }
    if (in->bytes_end && i < n) {
        unsigned char odd = (unsigned char)p[i++];
        buf_putc(&in->ready, (char)0xFF);
        buf_putc(&in->ready, (char)(0xC0 | odd >> 6));
        buf_putc(&in->ready, (char)(0x80 | (odd & 63)));
    }
    memmove(in->pairs.p, in->pairs.p + i, n - i);
    in->pairs.n = n - i;
}

static ssize_t utf16_read(struct input *in, void *to, size_t n, struct err *err)
{
    while (in->ready_at == in->ready.n && !in->bytes_end) {
        buf_clear(&in->ready);
        in->ready_at = 0;
        buf_reserve(&in->pairs, RAW);
        ssize_t got = bytes_read(in, in->pairs.p + in->pairs.n, RAW, err);
        if (got < 0)
            return got;
        in->bytes_end = got == 0;
        in->pairs.n += (size_t)got;
        turn(in);
    }
    size_t had = in->ready.n - in->ready_at < n ? in->ready.n - in->ready_at : n;
    if (had)
        memcpy(to, in->ready.p + in->ready_at, had);
    in->ready_at += had;
    return (ssize_t)had;
}

/* Every export has some, and the other way round they would be letters of Glagolitic, Gurmukhi, Malayalam and
 * Devanagari. Counting NULs alone does not do: U+4E00, "one", has its own in the other half. */
static bool is_separator(unsigned char c)
{
    return c == ',' || c == '\n' || c == '\r' || c == '\t';
}

static enum input_utf16 guess_form(const unsigned char *p, size_t n)
{
    if (n >= 2 && p[0] == 0xFF && p[1] == 0xFE)
        return INPUT_UTF16LE;
    if (n >= 2 && p[0] == 0xFE && p[1] == 0xFF)
        return INPUT_UTF16BE;
    size_t le = 0, be = 0, nul = 0;
    for (size_t i = 0; i + 2 <= n; i += 2) {
        le += p[i + 1] == 0 && is_separator(p[i]);
        be += p[i] == 0 && is_separator(p[i + 1]);
        nul += p[i] == 0;
        nul += p[i + 1] == 0;
    }
    if (n < 16 || nul <= n / 32 || (le < 2) == (be < 2))
        return INPUT_BYTES;
    return le > be ? INPUT_UTF16LE : INPUT_UTF16BE;
}

/* Decides the form by the first unpacked bytes, which then wait in pairs. */
static bool find_form(struct input *in, struct err *err)
{
    enum input_utf16 asked = in->form;
    buf_reserve(&in->pairs, PEEK);
    while (in->pairs.n < PEEK && !in->bytes_end) {
        ssize_t got = bytes_read(in, in->pairs.p + in->pairs.n, PEEK - in->pairs.n, err);
        if (got < 0)
            return false;
        in->bytes_end = got == 0;
        in->pairs.n += (size_t)got;
    }
    in->form = guess_form((const unsigned char *)in->pairs.p, in->pairs.n);
    if (asked == INPUT_UTF16 && in->form == INPUT_BYTES)
        in->form = INPUT_UTF16LE;
    if (in->form == INPUT_BYTES) {
        buf_put(&in->ready, in->pairs.p, in->pairs.n);
        buf_clear(&in->pairs);
    } else {
        turn(in);
    }
    return true;
}

/* ---- Public. */

struct input *input_open(const char *path, const char *label, enum input_utf16 form, struct err *err)
{
    struct input *in = mem_zalloc(sizeof(*in));
    *in = (struct input){.path = path, .label = label, .form = form};
    in->fd = os_open_input(path, &in->size, err);
    if (in->fd < 0) {
        free(in);
        return NULL;
    }
    in->hash = XXH3_createState();
    in->raw = mem_alloc(RAW);
    if (!in->hash)
        (void)mem_alloc(SIZE_MAX / 2); /* says that memory is gone, and ends */
    XXH3_128bits_reset(in->hash);
    if (!raw_fill(in, 2, err)) {
        input_close(in);
        return NULL;
    }
    in->gzip = is_gzip(in->raw, in->n);
    if (in->gzip && inflateInit2(&in->z, 15 + 16) != Z_OK) {
        in->gzip = false;
        input_close(in);
        err_set(err, ERR_SYSTEM, _("%s: not enough memory to unpack it"), label);
        return NULL;
    }
    return in;
}

void input_close(struct input *in)
{
    if (!in)
        return;
    if (in->fd > STDIN_FILENO)
        close(in->fd);
    if (in->gzip)
        inflateEnd(&in->z);
    XXH3_freeState(in->hash);
    free(in->raw);
    buf_done(&in->pairs);
    buf_done(&in->ready);
    free(in);
}

static ssize_t read_some(struct input *in, void *to, size_t n, struct err *err)
{
    if ((in->form == INPUT_GUESS || in->form == INPUT_UTF16) && !find_form(in, err))
        return -1;
    if (in->form != INPUT_BYTES)
        return utf16_read(in, to, n, err);
    size_t had = in->ready.n - in->ready_at < n ? in->ready.n - in->ready_at : n;
    if (had == 0)
        return bytes_read(in, to, n, err);
    memcpy(to, in->ready.p + in->ready_at, had);
    in->ready_at += had;
    return (ssize_t)had;
}

ssize_t input_read(struct input *in, void *to, size_t n, struct err *err)
{
    size_t done = 0;
    while (done < n) {
        ssize_t got = read_some(in, (char *)to + done, n - done, err);
        if (got < 0)
            return got;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

int64_t input_size(const struct input *in)
{
    return in->size;
}

uint64_t input_got(const struct input *in)
{
    return in->got;
}

bool input_is_gzip(const struct input *in)
{
    return in->gzip;
}

enum input_utf16 input_form(const struct input *in)
{
    return in->form;
}

ssize_t input_peek(const struct input *in, void *to, size_t n, int64_t at)
{
    return pread(in->fd, to, n, (off_t)at);
}

void input_hash(const struct input *in, uint64_t hash[2])
{
    XXH128_hash_t h = XXH3_128bits_digest(in->hash);
    hash[0] = h.low64;
    hash[1] = h.high64;
}

/* ---- And back. */

static void put_pair(struct buf *out, uint32_t u, enum input_utf16 form)
{
    char a = (char)(u & 255), b = (char)(u >> 8);
    buf_putc(out, form == INPUT_UTF16LE ? a : b);
    buf_putc(out, form == INPUT_UTF16LE ? b : a);
}

/* Bytes of the sequence that begins with c, as put_unit and buf_rune wrote them. */
static size_t length_of(unsigned char c)
{
    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xFF ? 4 : 3;
}

void input_utf16_back(struct buf *out, struct str text, enum input_utf16 form)
{
    for (size_t i = 0; i < text.n;) {
        const unsigned char *p = (const unsigned char *)text.p + i;
        size_t len = length_of(*p);
        if (i + len > text.n)
            return;
        i += len;
        if (len == 1)
            put_pair(out, *p, form);
        else if (len == 2)
            put_pair(out, (uint32_t)(p[0] & 31) << 6 | (p[1] & 63), form);
        else if (*p == 0xFF)
            buf_putc(out, (char)((p[1] & 3) << 6 | (p[2] & 63)));
        else if (len == 3)
            put_pair(out, (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63), form);
        else {
            uint32_t c = (uint32_t)(p[0] & 7) << 18 | (uint32_t)(p[1] & 63) << 12 |
                         (uint32_t)(p[2] & 63) << 6 | (p[3] & 63);
            put_pair(out, 0xD800 + ((c - 0x10000) >> 10), form);
            put_pair(out, 0xDC00 + ((c - 0x10000) & 0x3FF), form);
        }
    }
}
