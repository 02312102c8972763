/* bank_customer.h - who the customers are: attributes that hang together, a function of the seed and the
 * number alone.
 *
 * Nothing is kept: whoever needs a customer makes it again. */
#ifndef WM_BANK_CUSTOMER_H
#define WM_BANK_CUSTOMER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"

#define BANK_CUSTOMER_HEADER                                                                                 \
    "user_id,age,gender,city,occupation,aum,star,holds_deposit,holds_fund,holds_wealth,holds_loan,"          \
    "holds_credit_card,holds_gold,holds_insurance,registered,repayment_day\n"

/* How likely somebody is to care for an instalment. */
enum bank_stratum { STRATUM_LIKELY, STRATUM_OTHER, STRATUM_MINOR, STRATUM_COUNT };

struct bank_customer {
    uint32_t number;
    uint32_t activity;  /* weight of the customer's traffic, heavy-tailed, about 4096 on average */
    uint64_t aum;       /* cents */
    int64_t registered; /* day since 1970-01-01 */
    uint8_t age, city, occupation, star;
    uint8_t persona, channel; /* enum bank_persona, usual enum bank_channel */
    uint8_t wealth;           /* 0..15: what amounts are made of */
    uint8_t salary_day;       /* day of month of the salary transfer, 0 for none */
    uint8_t repayment_day;
    bool male;
    bool deposit, fund, wealth_product, loan, credit_card, gold, insurance;
    uint16_t blank; /* enum in bank_customer.c: attributes the bank does not know */
};

/* today: the first day of the export; nobody registers later. */
void bank_customer_make(struct bank_customer *c, uint64_t seed, uint32_t number, int64_t today);
enum bank_stratum bank_customer_stratum(const struct bank_customer *c);
/* Somebody who visits the card pages holds a credit card, but for the few who only look (level 1). */
void bank_customer_set_level(struct bank_customer *c, unsigned level);

/* The eight digits by which exports know a customer: scattered, distinct for all numbers below
 * BANK_USERS_MAX. */
struct bank_customer_ids {
    uint64_t factor, offset;
};
struct bank_customer_ids bank_customer_ids(uint64_t seed);
uint32_t bank_customer_id(const struct bank_customer_ids *ids, uint32_t number);
void bank_customer_put_row(const struct bank_customer *c, const struct bank_customer_ids *ids,
                           struct buf *out);

#endif
