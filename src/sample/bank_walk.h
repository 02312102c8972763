/* bank_walk.h - one session, from login to logout. */
#ifndef WM_BANK_WALK_H
#define WM_BANK_WALK_H

#include "base/rand.h"
#include "base/vec.h"
#include "sample/bank_plan.h"

/* 16 bytes, because a day of 100 million events a month holds three million of them. */
struct bank_event {
    uint32_t user;
    int32_t second;                /* of the day; may lie in the next one */
    uint32_t amount;               /* cents; 0: none */
    uint8_t event, channel, error; /* enum bank_event_id, enum bank_channel, number in bank_error_table */
};

_Static_assert(sizeof(struct bank_event) == 16, "a busy day stays small");

struct bank_events {
    struct bank_event *at;
    size_t n, cap;
};

struct bank_visit {
    uint32_t user;
    int32_t start;   /* second of the day */
    uint32_t amount; /* cents of the transfer when it is known before, else 0 */
    uint8_t intent;  /* enum bank_intent */
    uint8_t must;    /* steps of the instalment funnel that this session takes for sure */
    bool incident;
};

/* Appends the session's events; returns the second of its last one. It lasts less than BANK_WALK_LONGEST. */
#define BANK_WALK_LONGEST 28800
int32_t bank_walk(const struct bank_plan *plan, const struct bank_visit *visit, struct rand *r,
                  struct bank_events *out);

/* The intent of a session that nothing obliges. */
enum bank_intent bank_walk_intent(const struct bank_plan *plan, const struct bank_profile *who,
                                  struct rand *r);

#endif
