/* num.c - numbers as text, strictly, and in the "C" locale whatever the process has set.
 *
 * Reading doubles: when the digits fit in 53 bits and the power of ten is at most 22, both are exact doubles
 * and one multiplication or division rounds once, that is correctly (Clinger 1990). Everything else goes to
 * strtod. */
#include "config.h"

#include "base/num.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define EXACT_MOST (UINT64_C(1) << 53)

static locale_t c_locale;

static void c_locale_open(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale)
        bug("the C locale cannot be made");
}

static locale_t c_locale_get(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, c_locale_open);
    return c_locale;
}

bool num_u64(struct str s, uint64_t *out)
{
    size_t i = s.n > 0 && s.p[0] == '+';
    if (i == s.n)
        return false;
    uint64_t v = 0;
    for (; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(v, UINT64_C(10), &v) || __builtin_add_overflow(v, digit, &v))
            return false;
    }
    *out = v;
    return true;
}

bool num_i64(struct str s, int64_t *out)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    uint64_t v;
    if (minus)
        s = (struct str){s.p + 1, s.n - 1};
    if ((minus && s.n > 0 && s.p[0] == '+') || !num_u64(s, &v) || v > (uint64_t)INT64_MAX + minus)
        return false;
    *out = (int64_t)(minus ? UINT64_C(0) - v : v);
    return true;
}

/* A decimal number taken apart: value = digits * 10^power, `digits` complete only while not `long_`. */
struct decimal {
    bool minus, integer, too_long;
    uint64_t digits;
    int64_t power;
};

static size_t scan_digits(struct str s, size_t i, struct decimal *d, bool fraction)
{
    for (; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';
        if (digit > 9)
            break;
        if (d->digits > (UINT64_MAX - 9) / 10)
            d->too_long = true;
        else
            d->digits = d->digits * 10 + digit;
        d->power -= fraction;
    }
    return i;
}

/* The exponent, held within bounds far outside any double so that it cannot overflow. */
static bool scan_exponent(struct str s, size_t i, struct decimal *d)
{
    bool minus = i < s.n && s.p[i] == '-';
    if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
        i++;
    if (i == s.n)
        return false;
    int64_t e = 0;
    for (; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';
        if (digit > 9)
            return false;
        e = e > 99999 ? e : e * 10 + digit;
    }
    d->power += minus ? -e : e;
    return true;
}

static bool scan(struct str s, struct decimal *d)
{
    *d = (struct decimal){.integer = true};
    d->minus = s.n > 0 && s.p[0] == '-';
    size_t start = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+');
    size_t i = scan_digits(s, start, d, false);
    size_t seen = i - start;
    if (i < s.n && s.p[i] == '.') {
        d->integer = false;
        size_t after = i + 1;
        i = scan_digits(s, after, d, true);
        seen += i - after;
    }
    if (seen == 0)
        return false;
    if (i == s.n)
        return true;
    d->integer = false;
    return (s.p[i] == 'e' || s.p[i] == 'E') && scan_exponent(s, i + 1, d);
}

/* True when the integer in s, without sign and leading zeros, is what v prints as: printing is exact. */
static bool integer_kept(struct str s, double v)
{
    while (s.n > 1 && (s.p[0] == '0' || s.p[0] == '-' || s.p[0] == '+'))
        s = (struct str){s.p + 1, s.n - 1};
    char text[320];
    int n = snprintf(text, sizeof(text), "%.0f", fabs(v));
    return n > 0 && str_eq(s, (struct str){text, (size_t)n});
}

static bool double_slow(struct str s, const struct decimal *d, double *out)
{
    char few[128];
    char *text = s.n < sizeof(few) ? few : malloc(s.n + 1);
    if (!text)
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    double v = strtod_l(text, NULL, c_locale_get());
    if (text != few)
        free(text);
    if (isinf(v) || (d->integer && fabs(v) >= (double)EXACT_MOST && !integer_kept(s, v)))
        return false;
    *out = v;
    return true;
}

bool num_double(struct str s, double *out)
{
    static const double ten_to[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    struct decimal d;
    if (!scan(s, &d))
        return false;
    if (d.too_long || d.digits > EXACT_MOST || d.power < -22 || d.power > 22)
        return double_slow(s, &d, out);
    double v = (double)d.digits;
    v = d.power < 0 ? v / ten_to[-d.power] : v * ten_to[d.power];
    *out = d.minus ? -v : v;
    return true;
}

bool num_size(struct str s, uint64_t *out)
{
    static const char units[] = "kmgt";
    unsigned shift = 0;
    if (s.n > 0) {
        const char *unit = strchr(units, s.p[s.n - 1] | 0x20);
        if (unit && *unit) {
            shift = 10 * (unsigned)(unit - units + 1);
            s.n--;
        }
    }
    uint64_t v;
    if (!num_u64(s, &v) || v > UINT64_MAX >> shift)
        return false;
    *out = v << shift;
    return true;
}

/* Decimal digits of v at the end of a 20-byte field; returns where they begin. */
static size_t digits_before(char text[20], uint64_t v)
{
    size_t at = 20;
    do {
        text[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    return at;
}

static uint64_t magnitude(int64_t v)
{
    return v < 0 ? UINT64_C(0) - (uint64_t)v : (uint64_t)v;
}

void num_put_i64(struct buf *out, int64_t v)
{
    char text[20];
    size_t at = digits_before(text, magnitude(v));
    if (v < 0)
        buf_putc(out, '-');
    buf_put(out, text + at, 20 - at);
}

void num_put_thousands(struct buf *out, int64_t v)
{
    char text[20];
    if (v < 0)
        buf_putc(out, '-');
    for (size_t start = digits_before(text, magnitude(v)), at = start; at < 20; at++) {
        if (at > start && (20 - at) % 3 == 0)
            buf_putc(out, ',');
        buf_putc(out, text[at]);
    }
}

/* v in the first unit that keeps it below 1000 after rounding, with `decimals` 0 or 1. */
static int scaled(char *to, size_t cap, int64_t v, int decimals)
{
    static const char units[] = {0, 'k', 'M', 'G', 'T', 'P', 'E'};
    uint64_t m = magnitude(v), unit = 1, tenths = 0;
    size_t u = 0;
    uint64_t parts = decimals ? 10 : 1; /* of a unit */
    do {
        unit *= 1000;
        u++;
        uint64_t part = unit / parts;
        tenths = m / part + (m % part >= part - part / 2);
    } while (tenths >= 1000 * parts && u + 1 < sizeof(units));
    const char *minus = v < 0 ? "-" : "";
    if (decimals)
        return snprintf(to, cap, "%s%llu.%llu%c", minus, (unsigned long long)(tenths / 10),
                        (unsigned long long)(tenths % 10), units[u]);
    return snprintf(to, cap, "%s%llu%c", minus, (unsigned long long)tenths, units[u]);
}

static void cut_to(struct buf *out, size_t n)
{
    out->n = n;
    out->p[n] = '\0';
}

static bool put_exact(struct buf *out, int64_t v, size_t room)
{
    size_t start = out->n;
    num_put_thousands(out, v);
    if (out->n - start <= room)
        return true;
    cut_to(out, start);
    num_put_i64(out, v);
    if (out->n - start <= room)
        return true;
    cut_to(out, start);
    return false;
}

/* Exact up to four digits, else two or three significant ones. What fits nowhere is filled with '#', as in a
 * spreadsheet: a number cut short would be a lie. */
void num_put_short(struct buf *out, int64_t v, int columns)
{
    size_t room = columns > 0 ? (size_t)columns : 0;
    if (magnitude(v) < 10000 && put_exact(out, v, room))
        return;
    for (int decimals = 1; decimals >= 0; decimals--) {
        char text[32];
        int n = scaled(text, sizeof(text), v, decimals);
        if (decimals == 1 && n > 5 + (v < 0)) /* 123.4k says no more than a reader wants: 123k */
            continue;
        if ((size_t)n <= room) {
            buf_put(out, text, (size_t)n);
            return;
        }
    }
    for (size_t i = 0; i < room; i++)
        buf_putc(out, '#');
}

void num_put_double(struct buf *out, double v)
{
    if (v == floor(v) && fabs(v) < (double)EXACT_MOST) {
        num_put_i64(out, (int64_t)v);
        return;
    }
    char text[40];
    locale_t before = uselocale(c_locale_get());
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    uselocale(before);
    buf_puts(out, text);
}

__extension__ typedef unsigned __int128 wide;

/* In integers, rounding half away from zero: two people must never see two roundings of one ratio. */
void num_put_percent(struct buf *out, int64_t part, int64_t whole, int decimals)
{
    if (whole == 0) {
        buf_putc(out, '-');
        return;
    }
    decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
    uint64_t scale = 1;
    for (int i = 0; i < decimals; i++)
        scale *= 10;
    uint64_t divisor = magnitude(whole);
    wide units = ((wide)magnitude(part) * 100 * scale * 2 + divisor) / ((wide)divisor * 2);
    if (units > 0 && (part < 0) != (whole < 0))
        buf_putc(out, '-');
    wide percent = units / scale;
    const uint64_t half = UINT64_C(1000000000000000000);
    if (percent >= half)
        buf_printf(out, "%llu%018llu", (unsigned long long)(percent / half),
                   (unsigned long long)(percent % half));
    else
        buf_printf(out, "%llu", (unsigned long long)percent);
    if (decimals > 0)
        buf_printf(out, ".%0*llu", decimals, (unsigned long long)(units % scale));
    buf_putc(out, '%');
}

void num_put_bytes(struct buf *out, uint64_t v)
{
    static const char units[] = {0, 'k', 'M', 'G', 'T', 'P', 'E'};
    if (v < 1000) {
        buf_printf(out, "%llu B", (unsigned long long)v);
        return;
    }
    size_t u = 1;
    uint64_t tenth = 100;
    uint64_t tenths = v / tenth + (v % tenth >= tenth / 2);
    while (u + 1 < sizeof(units) && tenths >= 10000) {
        tenth *= 1000;
        u++;
        tenths = v / tenth + (v % tenth >= tenth / 2);
    }
    buf_printf(out, "%llu.%llu %cB", (unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10),
               units[u]);
}
