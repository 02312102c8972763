/* date.h - the civil calendar, text of times, durations. Times are int64_t microseconds since 1970-01-01 UTC.
 */
#ifndef WM_DATE_H
#define WM_DATE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

#define TIME_NONE INT64_MIN
#define TIME_MIN (-62135596800000000LL) /* year 1 */
#define TIME_MAX 253402300799999999LL   /* year 9999 */
#define US_PER_S 1000000LL
#define US_PER_MS 1000LL
#define US_PER_DAY 86400000000LL

struct civil {
    int year, month, day; /* 1..12, 1..31 */
    int hour, minute, second, micro;
};

int64_t date_days(int year, int month, int day); /* days since 1970-01-01, proleptic Gregorian */
void date_civil(int64_t us, struct civil *out);  /* of local microseconds */
int64_t date_us(const struct civil *c);          /* local microseconds; no range check */
bool date_valid(const struct civil *c);
int date_weekday(int64_t days); /* 0 = Monday */

enum time_format {
    TIME_AUTO,
    TIME_CIVIL,   /* YYYY-MM-DD, / or . separated, [T or blank] HH[:MM[:SS[.f..]]], optional Z or +hh[:mm] */
    TIME_EPOCH_S, /* seconds, fraction allowed */
    TIME_EPOCH_MS,
    TIME_EPOCH_US,
    TIME_COMPACT, /* YYYYMMDD[HHMMSS] */
};

struct time_text {
    int64_t us;      /* UTC when has_offset, else local in a zone still to be applied */
    bool has_offset; /* epoch forms and forms with Z or an offset */
};
/* Parses one whole string. Fast path for the 19-byte "YYYY-MM-DD HH:MM:SS". False when it is no such time.
 * One-digit months, days and hours, a blank before the offset, "UTC" for Z are taken; digits finer than 1 us
 * are cut off. */
bool time_parse(struct str s, enum time_format format, struct time_text *out);
/* The format that all n samples share (empty ones ignored), or TIME_AUTO when none does. */
enum time_format time_guess(const struct str *samples, size_t n);
const char *time_format_name(enum time_format f); /* "civil", "s", "ms", "us", "compact" */
bool time_format_named(struct str name, enum time_format *out);

/* "10s", "5m", "7d", "1.5h", "250ms", "2w" -> microseconds; m is minute. A bare number is an error. */
bool duration_parse(struct str s, int64_t *us, struct err *err);
void duration_put(struct buf *out, int64_t us);           /* canonical, as the parser reads it: "7d", "90m" */
void duration_put_human(struct buf *out, double seconds); /* "2m10s", "3d04h", "38s", "0.4s" */

#endif
