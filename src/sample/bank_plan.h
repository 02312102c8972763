/* bank_plan.h - what is decided before the first event: the options made whole, and 16 bytes per customer. */
#ifndef WM_BANK_PLAN_H
#define WM_BANK_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "sample/bank.h"
#include "sample/bank_customer.h"
#include "sample/bank_flow.h"

enum { SEEN_CREDIT = 1, SEEN_INVESTMENT = 2 };

struct bank_profile {
    uint32_t rate;   /* sessions per ordinary day in 1/65536; before bank_rate_set: the weight */
    uint16_t anchor; /* day of the one session that must happen and goes as deep as level */
    uint16_t busy;   /* seconds of the coming day still taken by a session begun the day before */
    uint8_t level;   /* 0..4: the step of the instalment funnel where the customer stops for good */
    uint8_t persona, channel, wealth;
    uint8_t salary_day;
    uint8_t seen; /* SEEN_… in rows written so far */
};
_Static_assert(sizeof(struct bank_profile) == 16, "eight million customers fit in 128 MB");

/* One day of the period. */
struct bank_date {
    uint8_t of_month, weekday; /* 1..31; 0 = Monday */
    uint8_t load;              /* sessions of this weekday in sixteenths of an ordinary one */
    bool incident;             /* transfers by WeChat time out */
};

struct bank_plan {
    uint64_t seed, events;
    uint32_t users;
    uint32_t days;
    int64_t first; /* day since 1970-01-01 */
    uint32_t counts[BANK_FUNNEL_STEPS];
    struct bank_date *dates;       /* [days] */
    struct bank_profile *profiles; /* [users] */
    struct bank_customer_ids ids;
    struct bank_flow flow;
};

/* Checks the options, makes the customers and chooses who stops where. bank_plan_done also after a failure.
 */
bool bank_plan_init(struct bank_plan *plan, const struct bank_options *options,
                    const struct progress *progress, struct err *err);
void bank_plan_done(struct bank_plan *plan);

/* The customer of this number, as its level leaves it. */
void bank_plan_customer(const struct bank_plan *plan, uint32_t number, struct bank_customer *c);

#endif
