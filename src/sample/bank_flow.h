/* bank_flow.h - what customers do next: one Markov chain per intent, one mix of intents per persona. */
#ifndef WM_BANK_FLOW_H
#define WM_BANK_FLOW_H

#include <stdint.h>
#include "sample/bank_draw.h"
#include "sample/bank_event.h"

/* What a session is for. INTENT_CARD_1..4 know the card pages up to one level of the instalment funnel (1
 * card_tab … 4 instal_success); no other intent ever leads there, which is what keeps the funnel's answer
 * exact. */
enum bank_intent {
    INTENT_BROWSE,
    INTENT_ACCOUNT,
    INTENT_TRANSFER,
    INTENT_SALARY,
    INTENT_PAY,
    INTENT_BILLS,
    INTENT_FUND,
    INTENT_WEALTH,
    INTENT_DEPOSIT,
    INTENT_CREDIT,
    INTENT_COUPON,
    INTENT_SERVICE,
    INTENT_CARD_1,
    INTENT_CARD_2,
    INTENT_CARD_3,
    INTENT_CARD_4,
    INTENT_COUNT
};

/* Who somebody is as a user of the app. */
enum bank_persona {
    PERSONA_EVERYDAY,
    PERSONA_YOUNG,
    PERSONA_INVESTOR,
    PERSONA_WEALTHY,
    PERSONA_SENIOR,
    PERSONA_MERCHANT,
    PERSONA_COUNT
};

struct bank_flow {
    uint8_t next[INTENT_COUNT][EVENT_COUNT][BANK_SLOTS]; /* enum bank_event_id */
    uint8_t intent[PERSONA_COUNT][BANK_SLOTS];           /* enum bank_intent, none of the card ones */
    uint8_t error[ERRORS_COUNT][BANK_SLOTS];             /* number in bank_error_table */
    uint8_t after_failure[BANK_SLOTS];                   /* enum bank_event_id; EVENT_COUNT: the same again */
};

void bank_flow_init(struct bank_flow *flow);

#endif
