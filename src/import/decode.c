/* decode.c - iconv behind two functions, and a guess between UTF-8, GB18030 and the letters of western
 * Europe.
 *
 * Every byte string is valid in Latin-1, so that nothing is wrong with it says nothing: what speaks for it is
 * that the bytes beyond ASCII stand alone, are letters with accents, and stand beside other letters. In UTF-8
 * and in the encodings of Chinese, Japanese, Korean and Russian they come in twos and more. */
#include "config.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/nls.h"
#include "base/utf8.h"
#include "import/decode.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define ACCENTS 3 /* fewer may be damage */

struct decoder {
    iconv_t cd;
};

/* name: what iconv calls it; alias: without '-' and '_', in capitals. */
static const struct {
    const char *alias, *name;
    enum input_utf16 form;
} encodings[] = {
    {"UTF8", "UTF-8", INPUT_BYTES},
    {"ASCII", "UTF-8", INPUT_BYTES},
    {"USASCII", "UTF-8", INPUT_BYTES},
    {"GB18030", "GB18030", INPUT_BYTES},
    {"GBK", "GBK", INPUT_BYTES},
    {"CP936", "GBK", INPUT_BYTES},
    {"GB2312", "GBK", INPUT_BYTES},
    {"EUCCN", "GBK", INPUT_BYTES},
    {"BIG5", "BIG5", INPUT_BYTES},
    {"SHIFTJIS", "SHIFT_JIS", INPUT_BYTES},
    {"SJIS", "SHIFT_JIS", INPUT_BYTES},
    {"EUCJP", "EUC-JP", INPUT_BYTES},
    {"EUCKR", "EUC-KR", INPUT_BYTES},
    {"LATIN1", "ISO-8859-1", INPUT_BYTES},
    {"ISO88591", "ISO-8859-1", INPUT_BYTES},
    {"LATIN9", "ISO-8859-15", INPUT_BYTES},
    {"ISO885915", "ISO-8859-15", INPUT_BYTES},
    {"CP1252", "CP1252", INPUT_BYTES},
    {"WINDOWS1252", "CP1252", INPUT_BYTES},
    {"CP1251", "CP1251", INPUT_BYTES},
    {"WINDOWS1251", "CP1251", INPUT_BYTES},
    {"UTF16", "UTF-16", INPUT_UTF16},
    {"UTF16LE", "UTF-16LE", INPUT_UTF16LE},
    {"UTF16BE", "UTF-16BE", INPUT_UTF16BE},
    {"UCS2", "UTF-16", INPUT_UTF16},
};

const char *decode_named(const char *name, enum input_utf16 *form, struct err *err)
{
    struct buf plain = {0};
    for (const char *c = name; *c; c++)
        if (*c != '-' && *c != '_' && *c != ' ')
            buf_putc(&plain, *c);
    const char *found = NULL;
    for (size_t i = 0; !found && i < COUNT(encodings); i++) {
        if (!str_ieq(buf_view(&plain), str_of(encodings[i].alias)))
            continue;
        found = encodings[i].name;
        *form = encodings[i].form;
    }
    buf_done(&plain);
    if (!found)
        err_set(err, ERR_USAGE,
                _("--encoding %s: not one that can be read; there are UTF-8, GB18030, GBK, Big5, UTF-16, "
                  "UTF-16LE, UTF-16BE, Latin-1, Windows-1252 and some more; convert others with iconv"),
                name);
    return found;
}

struct decoder *decode_open(const char *name, struct err *err)
{
    iconv_t cd = iconv_open("UTF-8", name);
    if (cd == (iconv_t)-1) {
        err_set(err, ERR_SYSTEM,
                _("this system cannot read the encoding %s; convert the file with iconv elsewhere"), name);
        return NULL;
    }
    struct decoder *d = mem_alloc(sizeof(*d));
    d->cd = cd;
    return d;
}

void decode_close(struct decoder *d)
{
    if (!d)
        return;
    iconv_close(d->cd);
    free(d);
}

/* One line, or what of it begins with a character beyond ASCII. */
static void decode_piece(struct decoder *d, const char *p, size_t n, struct buf *out)
{
    char *in = (char *)(uintptr_t)p; /* iconv takes char ** for historical reasons; it does not write there */
    while (n > 0) {
        buf_reserve(out, 4 * n + 16);
        char *to = out->p + out->n;
        size_t room = out->cap - out->n - 1, before = room;
        size_t rc = iconv(d->cd, &in, &n, &to, &room);
        out->n += before - room;
        if (rc != (size_t)-1 || n == 0)
            continue;
        if (errno == E2BIG)
            continue;
        buf_putc(out, DECODE_BAD);
        in++, n--;
        iconv(d->cd, NULL, NULL, NULL, NULL);
    }
}

/* Bytes of ASCII at the front. */
static size_t ascii_run(const char *p, size_t n)
{
    size_t i = 0;
    for (uint64_t w; i + 8 <= n; i += 8) {
        memcpy(&w, p + i, 8);
        if (w & 0x8080808080808080ULL)
            break;
    }
    while (i < n && (unsigned char)p[i] < 0x80)
        i++;
    return i;
}

void decode_text(struct decoder *d, struct str text, struct buf *out)
{
    while (text.n) {
        size_t plain = ascii_run(text.p, text.n);
        buf_put(out, text.p, plain);
        text.p += plain;
        text.n -= plain;
        const char *end = text.n ? memchr(text.p, '\n', text.n) : NULL;
        size_t rest = end ? (size_t)(end - text.p) : text.n;
        decode_piece(d, text.p, rest, out);
        text.p += rest;
        text.n -= rest;
    }
}

/* ---- Guessing. */

struct votes {
    size_t utf8, utf8_bad; /* characters beyond ASCII, and bytes that are none */
    size_t gb, gb_common, gb_bad;
    size_t high, accent; /* bytes beyond ASCII; those of them that look like one letter of a western word */
};

static void count_utf8(struct votes *v, struct str s)
{
    while (s.n && ((unsigned char)s.p[0] & 0xC0) == 0x80) /* a piece may begin inside a character */
        s.p++, s.n--;
    while (s.n) {
        size_t plain = ascii_run(s.p, s.n);
        s.p += plain, s.n -= plain;
        if (s.n == 0 || s.n < 4) /* or end inside one */
            return;
        if (utf8_next(&s) == UTF8_BAD)
            v->utf8_bad++;
        else
            v->utf8++;
    }
}

/* The 3,755 characters of everyday text are first in GB2312: lead bytes B0 to D7. */
static void count_gb(struct votes *v, struct str s)
{
    while (s.n) {
        size_t plain = ascii_run(s.p, s.n);
        s.p += plain, s.n -= plain;
        if (s.n < 4)
            return;
        unsigned char a = (unsigned char)s.p[0], b = (unsigned char)s.p[1];
        bool two = a >= 0x81 && a <= 0xFE && b >= 0x40 && b <= 0xFE && b != 0x7F;
        bool four = a >= 0x81 && a <= 0xFE && b >= 0x30 && b <= 0x39 && (unsigned char)s.p[2] >= 0x81;
        v->gb += two || four;
        v->gb_common += two && b >= 0xA1 && ((a >= 0xB0 && a <= 0xD7) || a == 0xA1 || a == 0xA3);
        v->gb_bad += !two && !four;
        size_t n = four ? 4 : two ? 2 : 1;
        s.p += n, s.n -= n;
    }
}

static bool is_ascii_letter(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void count_accents(struct votes *v, struct str s)
{
    for (size_t i = ascii_run(s.p, s.n); i < s.n; i += 1 + ascii_run(s.p + i + 1, s.n - i - 1)) {
        unsigned char c = (unsigned char)s.p[i], before = i ? (unsigned char)s.p[i - 1] : 0,
                      after = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
        bool letter = c >= 0xC0 && c != 0xD7 && c != 0xF7, alone = before < 0x80 && after < 0x80;
        v->high++;
        v->accent += letter && alone && (is_ascii_letter(before) || is_ascii_letter(after));
    }
}

/* Past what a cut before may have left of a character: behind the first line end. */
static struct str from_line(struct str s)
{
    const char *end = s.n ? memchr(s.p, '\n', s.n) : NULL;
    if (end)
        s = (struct str){end + 1, s.n - (size_t)(end + 1 - s.p)};
    return s;
}

const char *decode_guess(const struct str *piece, size_t n)
{
    struct votes v = {0};
    for (size_t i = 0; i < n; i++) {
        struct str s = i ? from_line(piece[i]) : piece[i];
        count_utf8(&v, s);
        count_gb(&v, s);
        count_accents(&v, s);
    }
    bool utf8_bad = v.utf8_bad * 4 > v.utf8;
    bool gb_good = v.gb > 0 && v.gb_bad * 8 <= v.gb && v.gb_common * 10 >= v.gb * 6;
    if (!utf8_bad)
        return "UTF-8";
    if (gb_good)
        return "GB18030";
    return v.accent >= ACCENTS && v.accent * 5 >= v.high * 4 ? DECODE_WESTERN : "UTF-8";
}
