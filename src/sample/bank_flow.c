/* bank_flow.c - unfolds the chains of bank_flow.def into choice tables: a step of a session is then one byte
 * load. */
#include "config.h"

#include <string.h>
#include "sample/bank_flow.h"

#define ROW_TARGETS 9
#define INTENT_ANY INTENT_COUNT

struct flow_row {
    uint8_t intent, from;
    struct {
        uint8_t to, weight;
    } target[ROW_TARGETS];
};

static const struct flow_row row_table[] = {
#define TO(id, share)                                                                                        \
    {                                                                                                        \
        EVENT_##id, share                                                                                    \
    }
#define ROW(intent, from, ...) {INTENT_##intent, EVENT_##from, {__VA_ARGS__}},
#include "sample/bank_flow.def"
#undef ROW
#undef TO
};

/* The intents of 64 sessions of each persona, in the order of enum bank_intent up to INTENT_SERVICE. Salary
 * transfers have their own day and card sessions their own customers. */
static const uint8_t persona_mix[PERSONA_COUNT][INTENT_CARD_1] = {
    [PERSONA_EVERYDAY] = {12, 14, 10, 0, 6, 7, 3, 3, 2, 2, 4, 1},
    [PERSONA_YOUNG] = {11, 10, 8, 0, 14, 4, 4, 1, 1, 3, 7, 1},
    [PERSONA_INVESTOR] = {8, 9, 6, 0, 4, 4, 19, 8, 2, 1, 2, 1},
    [PERSONA_WEALTHY] = {7, 10, 9, 0, 2, 2, 9, 18, 5, 0, 1, 1},
    [PERSONA_SENIOR] = {9, 22, 6, 0, 1, 8, 2, 4, 8, 0, 1, 3},
    [PERSONA_MERCHANT] = {6, 16, 22, 0, 7, 3, 1, 1, 1, 5, 1, 1},
};

/* Half of those whose attempt failed try again at once. */
static const uint8_t failure_values[] = {EVENT_COUNT, EVENT_home, EVENT_chat, EVENT_logout};
static const uint8_t failure_weights[] = {36, 12, 6, 10};

static void fill_row(struct bank_flow *flow, const struct flow_row *row)
{
    uint8_t values[ROW_TARGETS], weights[ROW_TARGETS];
    size_t n = 0;
    for (; n < ROW_TARGETS && row->target[n].weight > 0; n++) {
        values[n] = row->target[n].to;
        weights[n] = row->target[n].weight;
    }
    size_t first = row->intent == INTENT_ANY ? 0 : row->intent;
    size_t end = row->intent == INTENT_ANY ? INTENT_COUNT : first + 1;
    for (size_t intent = first; intent < end; intent++)
        bank_draw_slots(flow->next[intent][row->from], values, weights, n);
}

static void fill_intents(struct bank_flow *flow)
{
    uint8_t values[INTENT_CARD_1];
    for (uint8_t i = 0; i < INTENT_CARD_1; i++)
        values[i] = i;
    for (size_t p = 0; p < PERSONA_COUNT; p++)
        bank_draw_slots(flow->intent[p], values, persona_mix[p], INTENT_CARD_1);
}

/* Rows of ANY stand first in the list, so that an intent's own rows replace them. */
void bank_flow_init(struct bank_flow *flow)
{
    memset(flow, 0, sizeof *flow);
    for (size_t i = 0; i < sizeof row_table / sizeof *row_table; i++)
        fill_row(flow, &row_table[i]);
    fill_intents(flow);
    bank_draw_slots(flow->after_failure, failure_values, failure_weights, sizeof failure_values);
    for (int family = 0; family < ERRORS_COUNT; family++)
        bank_event_errors((enum bank_family)family, flow->error[family]);
}
