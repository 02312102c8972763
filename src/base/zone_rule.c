/* zone_rule.c - POSIX TZ rules, with the hours beyond a day that zone files use (RFC 8536 3.3.1). */
#include "config.h"

#include "base/zone_rule.h"

#include "base/date.h"

#define SECONDS_PER_DAY 86400

static bool take(struct str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = (struct str){s->p + 1, s->n - 1};
    return true;
}

static bool number(struct str *s, int most, int *out)
{
    int v = 0;
    size_t n = 0;
    for (; n < s->n && n < 4 && s->p[n] >= '0' && s->p[n] <= '9'; n++)
        v = v * 10 + (s->p[n] - '0');
    *s = (struct str){s->p + n, s->n - n};
    *out = v;
    return n > 0 && v <= most;
}

/* [+-]hh[:mm[:ss]] */
static bool clock(struct str *s, int most_hours, int32_t *seconds)
{
    bool minus = take(s, '-');
    if (!minus)
        take(s, '+');
    int h, m = 0, sec = 0;
    if (!number(s, most_hours, &h))
        return false;
    if (take(s, ':') && !number(s, 59, &m))
        return false;
    if (m >= 0 && take(s, ':') && !number(s, 59, &sec))
        return false;
    *seconds = (int32_t)((h * 3600 + m * 60 + sec) * (minus ? -1 : 1));
    return true;
}

/* "EST" or "<+03>": at least three characters that we do not keep. */
static bool name(struct str *s)
{
    bool quoted = take(s, '<');
    size_t n = 0;
    for (; n < s->n; n++) {
        char c = s->p[n];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-')))
            break;
    }
    *s = (struct str){s->p + n, s->n - n};
    return n >= 3 && (!quoted || take(s, '>'));
}

static bool change(struct str *s, struct zone_change *c)
{
    *c = (struct zone_change){.kind = 'N', .seconds = 7200};
    bool ok;
    if (take(s, 'M')) {
        c->kind = 'M';
        ok = number(s, 12, &c->month) && c->month > 0 && take(s, '.') && number(s, 5, &c->week) &&
             c->week > 0 && take(s, '.') && number(s, 6, &c->day);
    } else if (take(s, 'J')) {
        c->kind = 'J';
        ok = number(s, 365, &c->day) && c->day > 0;
    } else {
        ok = number(s, 365, &c->day);
    }
    return ok && (!take(s, '/') || clock(s, 167, &c->seconds));
}

bool zone_rule_parse(struct str s, struct zone_rule *out)
{
    *out = (struct zone_rule){0};
    if (!name(&s) || !clock(&s, 24, &out->standard))
        return false;
    out->standard = -out->standard; /* POSIX counts west of Greenwich */
    out->summer = out->standard;
    if (s.n == 0)
        return true;
    out->has_summer = true;
    if (!name(&s))
        return false;
    out->summer = out->standard + 3600;
    if (s.n > 0 && s.p[0] != ',') {
        if (!clock(&s, 24, &out->summer))
            return false;
        out->summer = -out->summer;
    }
    if (s.n == 0)
        s = STR(",M3.2.0,M11.1.0"); /* what POSIX leaves to the system: the rule of the United States, as
                                       glibc does */
    return take(&s, ',') && change(&s, &out->start) && take(&s, ',') && change(&s, &out->end) && s.n == 0;
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days since 1970 of the change in this year. */
static int64_t change_day(const struct zone_change *c, int year)
{
    int64_t first = date_days(year, 1, 1);
    if (c->kind == 'N')
        return first + c->day;
    if (c->kind == 'J')
        return first + c->day - 1 + (leap(year) && c->day >= 60);
    int64_t month = date_days(year, c->month, 1);
    int weekday = (c->day + 6) % 7; /* Monday is 0 */
    int64_t day = month + (weekday - date_weekday(month) + 7) % 7 + (c->week - 1) * 7;
    int64_t next = c->month == 12 ? date_days(year + 1, 1, 1) : date_days(year, c->month + 1, 1);
    return day < next ? day : day - 7;
}

int32_t zone_rule_offset(const struct zone_rule *r, int64_t t)
{
    if (!r->has_summer)
        return r->standard;
    struct civil local;
    date_civil((t + r->standard) * US_PER_S, &local);
    int64_t start = change_day(&r->start, local.year) * SECONDS_PER_DAY + r->start.seconds - r->standard;
    int64_t end = change_day(&r->end, local.year) * SECONDS_PER_DAY + r->end.seconds - r->summer;
    bool summer = start < end ? t >= start && t < end : t >= start || t < end;
    return summer ? r->summer : r->standard;
}
