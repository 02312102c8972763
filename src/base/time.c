/* time.c - times as exports write them.
 *
 * Strict about the calendar (no 30 February, no hour 24, no second 60) and lenient about layout where no two
 * readings are possible: one-digit months, days and hours, '/' or '.' between the parts of a date, a comma
 * before a fraction. Day-first and month-first dates are refused: nothing in the text says which of the two
 * it is. */
#include "config.h"

#include "base/date.h"

#include "base/num.h"

/* ---- The 19 bytes nearly every export uses ---- */

static uint64_t load8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

/* Compares 8 bytes with a pattern of '0' (any digit) and separators; digits become 0..9, separators 0.
 * `nines` has 6 where the pattern has a digit and 15 where it has a separator: adding it carries into the
 * upper half of a byte exactly when the byte is out of range. No carry leaves a byte unseen: one that could
 * has upper bits set itself. */
static bool match8(const char *p, const char *pattern, const char *nines, unsigned char out[8])
{
    uint64_t v = load8(p) ^ load8(pattern);
    memcpy(out, &v, 8);
    return ((v | (v + load8(nines))) & UINT64_C(0xF0F0F0F0F0F0F0F0)) == 0;
}

static int two(const unsigned char *d)
{
    return d[0] * 10 + d[1];
}

static bool parse_day(const char *p, int64_t *us)
{
    unsigned char a[8], b[8];
    if (!match8(p, "0000-00-", "\6\6\6\6\17\6\6\17", a) ||
        !match8(p + 2, "00-00-00", "\6\6\17\6\6\17\6\6", b))
        return false;
    struct civil t = {two(a) * 100 + two(a + 2), two(a + 5), two(b + 6), 0, 0, 0, 0};
    if (!date_valid(&t))
        return false;
    *us = date_us(&t);
    return true;
}

/* Neighbouring rows mostly share their day: the last one of this thread is kept. */
static bool parse_19(const char *p, struct time_text *out)
{
    static _Thread_local struct {
        char text[10];
        int64_t us;
    } day;
    unsigned char c[8];
    if (memcmp(p, day.text, sizeof(day.text)) != 0) {
        if (!parse_day(p, &day.us))
            return false;
        memcpy(day.text, p, sizeof(day.text));
    }
    if ((p[10] != ' ' && p[10] != 'T') || !match8(p + 11, "00:00:00", "\6\6\17\6\6\17\6\6", c))
        return false;
    int hour = two(c), minute = two(c + 3), second = two(c + 6);
    if (hour >= 24 || minute >= 60 || second >= 60)
        return false;
    *out = (struct time_text){day.us + (int64_t)((hour * 60 + minute) * 60 + second) * US_PER_S, false};
    return true;
}

/* ---- All other civil forms ---- */

/* Reads between least and most digits at *at; false when there are fewer. A further digit is left for the
 * caller. */
static bool digits(struct str s, size_t *at, int least, int most, int *out)
{
    int n = 0, v = 0;
    while (n < most && *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9') {
        v = v * 10 + (s.p[(*at)++] - '0');
        n++;
    }
    *out = v;
    return n >= least;
}

static bool take(struct str s, size_t *at, char c)
{
    if (*at >= s.n || s.p[*at] != c)
        return false;
    (*at)++;
    return true;
}

/* Digits behind the point as microseconds; finer ones are cut off, so that a time never moves forward. */
static bool fraction(struct str s, size_t *at, int *micro)
{
    int scale = 100000, n = 0;
    for (; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; (*at)++, n++) {
        *micro += (s.p[*at] - '0') * scale;
        scale /= 10;
    }
    return n > 0;
}

static bool parse_date(struct str s, size_t *at, struct civil *t)
{
    if (!digits(s, at, 4, 4, &t->year) || *at >= s.n)
        return false;
    char sep = s.p[*at];
    if (sep != '-' && sep != '/' && sep != '.')
        return false;
    (*at)++;
    return digits(s, at, 1, 2, &t->month) && take(s, at, sep) && digits(s, at, 1, 2, &t->day);
}

static bool parse_clock(struct str s, size_t *at, struct civil *t)
{
    if (!digits(s, at, 1, 2, &t->hour))
        return false;
    if (!take(s, at, ':'))
        return true;
    if (!digits(s, at, 2, 2, &t->minute))
        return false;
    if (!take(s, at, ':'))
        return true;
    if (!digits(s, at, 2, 2, &t->second))
        return false;
    if (take(s, at, '.') || take(s, at, ','))
        return fraction(s, at, &t->micro);
    return true;
}

/* Z, UTC, +hh, +hhmm, +hh:mm, perhaps behind a blank; nothing at all is fine too. */
static bool parse_offset(struct str s, size_t *at, int64_t *seconds, bool *has)
{
    *seconds = 0;
    *has = *at < s.n;
    take(s, at, ' ');
    if (!*has || take(s, at, 'Z') || take(s, at, 'z'))
        return true;
    if (s.n - *at == 3 && memcmp(s.p + *at, "UTC", 3) == 0) {
        *at += 3;
        return true;
    }
    bool minus = take(s, at, '-');
    int hours, minutes = 0;
    if ((!minus && !take(s, at, '+')) || !digits(s, at, 2, 2, &hours))
        return false;
    if ((take(s, at, ':') || *at < s.n) && !digits(s, at, 2, 2, &minutes))
        return false;
    *seconds = (hours * 3600 + minutes * 60) * (minus ? -1 : 1);
    return hours <= 23 && minutes <= 59;
}

static bool in_range(int64_t us)
{
    return us >= TIME_MIN && us <= TIME_MAX;
}

static bool parse_civil(struct str s, struct time_text *out)
{
    if (s.n == 19 && parse_19(s.p, out))
        return true;
    struct civil t = {0};
    size_t at = 0;
    int64_t offset = 0;
    bool has = false;
    if (!parse_date(s, &at, &t))
        return false;
    if (at < s.n) {
        if (!take(s, &at, ' ') && !take(s, &at, 'T') && !take(s, &at, 't'))
            return false;
        if (!parse_clock(s, &at, &t) || !parse_offset(s, &at, &offset, &has))
            return false;
    }
    if (at != s.n || !date_valid(&t))
        return false;
    *out = (struct time_text){date_us(&t) - offset * US_PER_S, has};
    return in_range(out->us);
}

static bool parse_compact(struct str s, struct time_text *out)
{
    if (s.n != 8 && s.n != 14)
        return false;
    struct civil t = {0};
    size_t at = 0;
    bool ok = digits(s, &at, 4, 4, &t.year) && digits(s, &at, 2, 2, &t.month) && digits(s, &at, 2, 2, &t.day);
    if (ok && s.n == 14)
        ok = digits(s, &at, 2, 2, &t.hour) && digits(s, &at, 2, 2, &t.minute) &&
             digits(s, &at, 2, 2, &t.second);
    if (!ok || !date_valid(&t))
        return false;
    *out = (struct time_text){date_us(&t), false};
    return true;
}

/* ---- Epochs ---- */

/* A count of units of `unit` microseconds, with a fraction; finer than a microsecond is cut off downwards. */
static bool parse_epoch(struct str s, int64_t unit, struct time_text *out)
{
    size_t at = 0;
    bool minus = take(s, &at, '-');
    int64_t whole = 0, part = 0;
    size_t start = at;
    for (; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++) {
        if (at - start >= 18)
            return false;
        whole = whole * 10 + (s.p[at] - '0');
    }
    if (at == start)
        return false;
    bool lost = false;
    if (unit > 1 && take(s, &at, '.')) {
        size_t first = at;
        int64_t scale = unit / 10;
        for (; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++, scale /= 10) {
            part += (s.p[at] - '0') * scale;
            lost |= scale == 0 && s.p[at] != '0';
        }
        if (at == first)
            return false;
    }
    int64_t us;
    if (at != s.n || __builtin_mul_overflow(whole, unit, &us))
        return false;
    us = minus ? -us - part - lost : us + part;
    *out = (struct time_text){us, true};
    return in_range(us);
}

/* Epochs are told apart by length: 9 to 11 digits are seconds (1973 to 5138), 12 or 13 milliseconds (2001 to
 * 2286), 15 or 16 microseconds (2001 to 2286). 8 and 14 digits are compact dates when the calendar agrees. */
static bool parse_auto(struct str s, struct time_text *out)
{
    if (parse_civil(s, out) || parse_compact(s, out))
        return true;
    size_t whole = 0;
    while (whole < s.n && s.p[whole] >= '0' && s.p[whole] <= '9')
        whole++;
    switch (whole) {
    case 9:
    case 10:
    case 11: return parse_epoch(s, US_PER_S, out);
    case 12:
    case 13: return parse_epoch(s, US_PER_MS, out);
    case 15:
    case 16: return parse_epoch(s, 1, out);
    default: return false;
    }
}

bool time_parse(struct str s, enum time_format format, struct time_text *out)
{
    switch (format) {
    case TIME_CIVIL: return parse_civil(s, out);
    case TIME_EPOCH_S: return parse_epoch(s, US_PER_S, out);
    case TIME_EPOCH_MS: return parse_epoch(s, US_PER_MS, out);
    case TIME_EPOCH_US: return parse_epoch(s, 1, out);
    case TIME_COMPACT: return parse_compact(s, out);
    case TIME_AUTO: break;
    }
    return parse_auto(s, out);
}

/* ---- Formats by name and by example ---- */

/* The one format that time_parse(TIME_AUTO) would read s in. */
static enum time_format format_of(struct str s)
{
    struct time_text t;
    if (!parse_auto(s, &t))
        return TIME_AUTO;
    if (parse_civil(s, &t))
        return TIME_CIVIL;
    if (parse_compact(s, &t))
        return TIME_COMPACT;
    size_t whole = 0;
    while (whole < s.n && s.p[whole] != '.')
        whole++;
    return whole <= 11 ? TIME_EPOCH_S : whole <= 13 ? TIME_EPOCH_MS : TIME_EPOCH_US;
}

enum time_format time_guess(const struct str *samples, size_t n)
{
    enum time_format shared = TIME_AUTO;
    for (size_t i = 0; i < n; i++) {
        if (samples[i].n == 0)
            continue;
        enum time_format f = format_of(samples[i]);
        if (f == TIME_AUTO || (shared != TIME_AUTO && f != shared))
            return TIME_AUTO;
        shared = f;
    }
    return shared;
}

static const char *const format_names[] = {
    [TIME_AUTO] = "auto",   [TIME_CIVIL] = "civil", [TIME_EPOCH_S] = "s",
    [TIME_EPOCH_MS] = "ms", [TIME_EPOCH_US] = "us", [TIME_COMPACT] = "compact",
};

const char *time_format_name(enum time_format f)
{
    return format_names[f];
}

bool time_format_named(struct str name, enum time_format *out)
{
    for (size_t i = 0; i < sizeof(format_names) / sizeof(*format_names); i++) {
        if (str_ieq(name, str_of(format_names[i]))) {
            *out = (enum time_format)i;
            return true;
        }
    }
    return false;
}
