/* zone_rule.h - the POSIX TZ rule ("EST5EDT,M3.2.0,M11.1.0") that ends a zone file and holds from there on. */
#ifndef WM_ZONE_RULE_H
#define WM_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/str.h"

struct zone_change {
    char kind; /* 'M': week and weekday of a month; 'J': day 1..365 without 29 February; 'N': day 0..365 */
    int month, week; /* M: 1..12, 1..5 (5 = last) */
    int day;         /* M: 0 = Sunday; else the day */
    int32_t seconds; /* local time of day, -167..167 hours */
};

struct zone_rule {
    int32_t standard, summer; /* seconds east of UTC */
    bool has_summer;
    struct zone_change start, end; /* of summer time, in the local time before each */
};

bool zone_rule_parse(struct str s, struct zone_rule *out);
/* Seconds east of UTC at t seconds since 1970. */
int32_t zone_rule_offset(const struct zone_rule *r, int64_t t);

#endif
