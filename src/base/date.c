/* date.c - the proleptic Gregorian calendar in integers.
 *
 * Years are counted from 1 March: the leap day is then the last of its year and the months repeat in a
 * pattern of 153 days per five. Four hundred years are 146,097 days, always. */
#include "config.h"

#include "base/date.h"

#define DAYS_400 146097
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t date_days(int year, int month, int day)
{
    int64_t y = month <= 2 ? (int64_t)year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3; /* March is 0 */
    int64_t cycle = floor_div(y, 400);
    int64_t of_cycle = y - cycle * 400;
    int64_t before = of_cycle * 365 + of_cycle / 4 - of_cycle / 100;
    return cycle * DAYS_400 + before + (153 * m + 2) / 5 + day - 1 - DAYS_TO_1970;
}

static void civil_day(int64_t days, struct civil *out)
{
    days += DAYS_TO_1970;
    int64_t cycle = floor_div(days, DAYS_400);
    int64_t left = days - cycle * DAYS_400; /* 0..146096 */
    /* Take out the leap days passed so far: what is left divides by 365. The last day of a cycle is one too
     * many. */
    int64_t year = (left - left / 1460 + left / 36524 - left / (DAYS_400 - 1)) / 365;
    left -= year * 365 + year / 4 - year / 100;
    int64_t m = (5 * left + 2) / 153;
    out->day = (int)(left - (153 * m + 2) / 5 + 1);
    out->month = (int)(m < 10 ? m + 3 : m - 9);
    out->year = (int)(cycle * 400 + year + (m >= 10));
}

void date_civil(int64_t us, struct civil *out)
{
    int64_t days = floor_div(us, US_PER_DAY);
    int64_t left = us - days * US_PER_DAY;
    civil_day(days, out);
    out->micro = (int)(left % US_PER_S);
    int seconds = (int)(left / US_PER_S);
    out->second = seconds % 60;
    out->minute = seconds / 60 % 60;
    out->hour = seconds / 3600;
}

int64_t date_us(const struct civil *c)
{
    int64_t seconds = ((int64_t)c->hour * 60 + c->minute) * 60 + c->second;
    return date_days(c->year, c->month, c->day) * US_PER_DAY + seconds * US_PER_S + c->micro;
}

bool date_valid(const struct civil *c)
{
    static const unsigned char length[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1)
        return false;
    bool leap = (c->year % 4 == 0 && c->year % 100 != 0) || c->year % 400 == 0;
    if (c->day > length[c->month - 1] + (leap && c->month == 2))
        return false;
    return c->hour >= 0 && c->hour < 24 && c->minute >= 0 && c->minute < 60 && c->second >= 0 &&
           c->second < 60 && c->micro >= 0 && c->micro < US_PER_S;
}

int date_weekday(int64_t days)
{
    int64_t from_monday = days + 3; /* 1970-01-01 was a Thursday */
    return (int)(from_monday - floor_div(from_monday, 7) * 7);
}
