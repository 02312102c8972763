/* duration.c - lengths of time: "7d", "1.5h", "250ms" in; canonical and human text out.
 *
 * Exact in integers: a text that is not a whole number of microseconds is refused, not rounded. */
#include "config.h"

#include <math.h>

#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"

struct unit {
    struct str name;
    int64_t us;
    bool written; /* by duration_put; weeks are only read */
};

/* Longest first. */
static const struct unit units[] = {
    {{"w", 1}, 7 * US_PER_DAY, false},
    {{"d", 1}, US_PER_DAY, true},
    {{"h", 1}, 3600 * US_PER_S, true},
    {{"m", 1}, 60 * US_PER_S, true},
    {{"s", 1}, US_PER_S, true},
    {{"ms", 2}, US_PER_MS, true},
    {{"us", 2}, 1, true},
};
#define UNITS (sizeof(units) / sizeof(*units))

static bool bad(struct str s, struct err *err, const char *why)
{
    return err_set(err, ERR_USAGE,
                   _("not a duration: \"%.*s\": %s; write a number and a unit, such as 30m, 12h or 7d"),
                   (int)(s.n < 40 ? s.n : 40), s.p ? s.p : "", why);
}

static const struct unit *unit_named(struct str name)
{
    for (size_t i = 0; i < UNITS; i++) {
        if (str_eq(name, units[i].name))
            return &units[i];
    }
    return NULL;
}

/* "5" of "1.5h": adds 5/10 of the unit. False when that is no whole number of microseconds. */
static bool add_fraction(struct str tail, int64_t unit, int64_t *us)
{
    while (tail.n > 0 && tail.p[tail.n - 1] == '0')
        tail.n--;
    if (tail.n > 12)
        return false;
    int64_t part = 0, whole = 1;
    for (size_t i = 0; i < tail.n; i++) {
        part = part * 10 + (tail.p[i] - '0');
        whole *= 10;
    }
    /* part / whole * unit: take common factors out first, so that the product cannot overflow. */
    int64_t a = whole, b = unit;
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    whole /= a;
    unit /= a;
    return part % whole == 0 && !__builtin_add_overflow(*us, part / whole * unit, us);
}

static size_t digits_at(struct str s, size_t from)
{
    size_t n = 0;
    while (from + n < s.n && s.p[from + n] >= '0' && s.p[from + n] <= '9')
        n++;
    return n;
}

bool duration_parse(struct str s, int64_t *us, struct err *err)
{
    size_t whole = digits_at(s, 0), at = whole;
    struct str tail = {s.p, 0};
    if (at < s.n && s.p[at] == '.') {
        tail = (struct str){s.p + at + 1, digits_at(s, at + 1)};
        at += 1 + tail.n;
        if (tail.n == 0)
            return bad(s, err, _("no digit follows the point"));
    }
    if (whole == 0)
        return bad(s, err, _("it does not begin with a digit"));
    if (at == s.n)
        return bad(s, err, _("the unit is missing"));
    const struct unit *unit = unit_named((struct str){s.p + at, s.n - at});
    if (!unit)
        return bad(s, err, _("the units are us, ms, s, m (minutes), h, d and w"));
    int64_t v;
    if (!num_i64((struct str){s.p, whole}, &v) || __builtin_mul_overflow(v, unit->us, &v))
        return bad(s, err, _("it is too long"));
    if (!add_fraction(tail, unit->us, &v))
        return bad(s, err, _("it is finer than a microsecond, or too long"));
    *us = v;
    return true;
}

void duration_put(struct buf *out, int64_t us)
{
    if (us == 0) {
        buf_puts(out, "0s");
        return;
    }
    for (size_t i = 0; i < UNITS; i++) {
        if (units[i].written && us % units[i].us == 0) {
            num_put_i64(out, us / units[i].us);
            buf_str(out, units[i].name);
            return;
        }
    }
}

/* Two neighbouring units, the smaller in two digits. */
static void put_pair(struct buf *out, double small, int64_t per_large, char large, char unit)
{
    int64_t n = (int64_t)small;
    num_put_i64(out, n / per_large);
    buf_printf(out, "%c%02lld%c", large, (long long)(n % per_large), unit);
}

void duration_put_human(struct buf *out, double seconds)
{
    if (!isfinite(seconds) || fabs(seconds) > 1e15) {
        buf_putc(out, '-');
        return;
    }
    if (seconds < 0) {
        buf_putc(out, '-');
        seconds = -seconds;
    }
    /* Each limit is where rounding would reach the next unit: 59.6 s are 1m00s, not 60s. */
    if (seconds > 0 && seconds < 0.0009995) {
        num_put_i64(out, (int64_t)floor(seconds * 1e6 + 0.5)); /* not "0ms after the window" */
        buf_puts(out, "us");
    } else if (seconds < 0.0995) {
        num_put_i64(out, (int64_t)floor(seconds * 1000 + 0.5));
        buf_puts(out, seconds == 0 ? "s" : "ms");
    } else if (seconds < 9.95) {
        int64_t tenths = (int64_t)floor(seconds * 10 + 0.5);
        num_put_i64(out, tenths / 10);
        if (tenths % 10)
            buf_printf(out, ".%d", (int)(tenths % 10));
        buf_putc(out, 's');
    } else if (seconds < 59.5) {
        num_put_i64(out, (int64_t)floor(seconds + 0.5));
        buf_putc(out, 's');
    } else if (seconds < 3599.5) {
        put_pair(out, floor(seconds + 0.5), 60, 'm', 's');
    } else if (seconds < 86370) {
        put_pair(out, floor(seconds / 60 + 0.5), 60, 'h', 'm');
    } else {
        put_pair(out, floor(seconds / 3600 + 0.5), 24, 'd', 'h');
    }
}
