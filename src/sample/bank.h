/* bank.h - writes a believable sample bank: event and customer exports with known answers.
 *
 * The same options give the same bytes on every machine: all draws are integer arithmetic on one seeded
 * generator, and no clock is read. Memory is 16 bytes per customer plus one day of events.
 *
 * Known answers. With U customers the funnel home, card_tab, bill_detail, instal_confirm, instal_success (in
 * order, any window of at least a day, per user, best chain) has exactly U, U*32240/241770, U*1591/241770,
 * U*591/241770 and U*530/241770 users, each rounded half up. The question "registered in January 2017, viewed
 * credit_page, never fund_buy nor bought" has as many customers as report.credit_not_invested says: the
 * writer keeps count of who did what. */
#ifndef WM_BANK_H
#define WM_BANK_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/progress.h"

#define BANK_FUNNEL_STEPS 5
#define BANK_USERS_MAX 80000000u
#define BANK_EVENTS_MAX 10000000000u
#define BANK_DAYS_MAX 3650

struct bank_options {
    uint64_t seed;
    uint32_t users;  /* 0: 241,770 */
    uint64_t events; /* about so many; 0: 12.4 per user */
    int days;        /* 0: 30 */
    int64_t last;    /* last day, days since 1970-01-01; 0: 2026-10-31 */
};

struct bank_report {
    uint64_t rows; /* events */
    uint32_t users;
    uint64_t bytes;                     /* of all three files */
    int64_t first, last;                /* days since 1970-01-01 */
    uint32_t funnel[BANK_FUNNEL_STEPS]; /* the known answer */
    uint32_t credit_not_invested;       /* the other known answer */
};

/* The event names of the instalment funnel, in order. */
extern const char *const bank_funnel[BANK_FUNNEL_STEPS];

/* The users who reach each step among this many. */
void bank_funnel_counts(uint32_t users, uint32_t counts[BANK_FUNNEL_STEPS]);

/* Writes events.csv, users.csv and names.csv (event, zh, en) into dir, made when absent. The files appear
 * under their names only when all three are complete; files of an earlier bank are replaced. Fails, leaving
 * dir as it was: when dir holds anything else (ERR_USAGE), when the options are out of range or ask for fewer
 * events than the customers need (ERR_USAGE), when the disk refuses (ERR_SYSTEM), when progress->cancel is
 * set (ERR_CANCELLED). progress (may be NULL): total and done count events; rows likewise. report may be
 * NULL. */
bool bank_write(const struct bank_options *options, const char *dir, struct progress *progress,
                struct bank_report *report, struct err *err);

#endif
