/* bank_day.h - all sessions of one day, in time order over all customers. */
#ifndef WM_BANK_DAY_H
#define WM_BANK_DAY_H

#include "base/progress.h"
#include "sample/bank_walk.h"

enum { BANK_DAY_SECONDS = 86400 };

struct bank_day {
    struct rand rand;
    struct bank_events events; /* by customer; those of past midnight stay for the next day */
    uint32_t *order;           /* events of this day by time, ties as they came */
    size_t order_cap;
    uint32_t ordered;
    uint32_t starts[BANK_DAY_SECONDS + 1]; /* of the seconds in order, while sorting */
};

void bank_day_init(struct bank_day *day, const struct bank_plan *plan);
void bank_day_done(struct bank_day *day);

/* Turns the customers' weights into rates, so that about plan->events events come out: walks trial sessions
 * to learn how long sessions are. Fails when fewer events are asked for than the customers' one sure session
 * takes. */
bool bank_day_set_rates(struct bank_day *day, struct bank_plan *plan, struct err *err);

/* Makes day number d; call for 0, 1, … in turn. Fails only when cancelled. */
bool bank_day_make(struct bank_day *day, struct bank_plan *plan, uint32_t d, const struct progress *progress,
                   struct err *err);
/* Leaves only what lies past midnight; call when the day is written. */
void bank_day_next(struct bank_day *day);

#endif
