/* encode.c - UTF-8 text in the codeset of the locale, for standard output, error and the terminal.
 *
 * Characters are converted one at a time only where the whole does not convert, so that one strange name
 * costs a question mark for each of its columns and not the line. */
#include "config.h"

#include <iconv.h>
#include <langinfo.h>

#include "base/encode.h"
#include "base/utf8.h"

bool encode_is_utf8(void)
{
    return str_ieq(str_of(nl_langinfo(CODESET)), STR("UTF-8"));
}

/* True when all of s was converted. */
static bool convert(iconv_t cd, struct buf *out, struct str s)
{
    buf_reserve(out, s.n * 4 + 16);
    char *from = (char *)(uintptr_t)s.p, *to = out->p + out->n;
    size_t from_left = s.n, to_left = s.n * 4 + 8;
    iconv(cd, NULL, NULL, NULL, NULL);
    if (iconv(cd, &from, &from_left, &to, &to_left) == (size_t)-1 || from_left)
        return false;
    iconv(cd, NULL, NULL, &to, &to_left);
    size_t added = (size_t)(to - (out->p + out->n));
    out->n += added;
    out->p[out->n] = '\0';
    return true;
}

static void convert_each(iconv_t cd, struct buf *out, struct str s)
{
    while (s.n) {
        struct str one = s;
        int width = utf8_rune_width(utf8_next(&s));
        one.n -= s.n;
        if (!convert(cd, out, one))
            buf_puts(out, width == 2 ? "??" : "?");
    }
}

void encode_locale(struct buf *out, struct str text)
{
    iconv_t cd = encode_is_utf8() ? (iconv_t)-1 : iconv_open(nl_langinfo(CODESET), "UTF-8");
    if (cd == (iconv_t)-1) {
        buf_str(out, text);
        return;
    }
    if (!convert(cd, out, text))
        convert_each(cd, out, text);
    iconv_close(cd);
}
