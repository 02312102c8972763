/* bank_event.c - the tables behind bank_event.h, and names.csv.
 *
 * Errors are concentrated as in real logs: a few codes make most of the failures of their family. */
#include "config.h"

#include "sample/bank_draw.h"
#include "sample/bank_event.h"

const struct bank_event_info bank_event_table[EVENT_COUNT] = {
#define EVENT(id, zh, en, money, median, seconds, failures, errors)                                          \
    {#id, zh, en, median, seconds, failures, MONEY_##money, ERRORS_##errors},
#include "sample/bank_event.def"
#undef EVENT
};

const char *const bank_channel_names[CHANNEL_COUNT] = {"app", "web", "wechat", "counter", "sms"};
const char *const bank_result_names[RESULT_COUNT] = {"ok", "fail", "timeout", "cancel"};

const struct bank_error_info bank_error_table[] = {
    {"", ERRORS_NONE, RESULT_OK, 0},
    {"E2004", ERRORS_TRANSFER, RESULT_TIMEOUT, 7}, /* the receiving bank does not answer */
    {"E2001", ERRORS_TRANSFER, RESULT_FAIL, 26},   /* balance too low */
    {"E2002", ERRORS_TRANSFER, RESULT_FAIL, 12},   /* over the daily limit */
    {"E2003", ERRORS_TRANSFER, RESULT_FAIL, 10},   /* payee's name and account differ */
    {"E2005", ERRORS_TRANSFER, RESULT_CANCEL, 6},  /* SMS code not entered */
    {"E2006", ERRORS_TRANSFER, RESULT_FAIL, 3},    /* stopped by risk control */
    {"E1001", ERRORS_LOGIN, RESULT_FAIL, 40},      /* wrong password */
    {"E1002", ERRORS_LOGIN, RESULT_FAIL, 9},       /* device not bound */
    {"E1003", ERRORS_LOGIN, RESULT_FAIL, 7},       /* face check */
    {"E1004", ERRORS_LOGIN, RESULT_TIMEOUT, 8},    /* no answer in time */
    {"E3001", ERRORS_INVEST, RESULT_FAIL, 30},     /* risk grade too low for the product */
    {"E3002", ERRORS_INVEST, RESULT_FAIL, 10},     /* sold out */
    {"E3003", ERRORS_INVEST, RESULT_FAIL, 9},      /* outside trading hours */
    {"E3004", ERRORS_INVEST, RESULT_CANCEL, 11},   /* cancelled by the customer */
    {"E3005", ERRORS_INVEST, RESULT_TIMEOUT, 4},   /* no answer in time */
    {"E4001", ERRORS_BILL, RESULT_FAIL, 36},       /* nothing to pay */
    {"E4002", ERRORS_BILL, RESULT_TIMEOUT, 20},    /* the biller does not answer */
    {"E4003", ERRORS_BILL, RESULT_CANCEL, 8},      /* cancelled by the customer */
    {"E5001", ERRORS_CARD, RESULT_FAIL, 24},       /* over the card's limit */
    {"E5002", ERRORS_CARD, RESULT_CANCEL, 32},     /* cancelled by the customer */
    {"E5003", ERRORS_CARD, RESULT_TIMEOUT, 8},     /* no answer in time */
    {"E6001", ERRORS_LOAN, RESULT_FAIL, 38},       /* rating too low */
    {"E6002", ERRORS_LOAN, RESULT_FAIL, 16},       /* papers missing */
    {"E6003", ERRORS_LOAN, RESULT_CANCEL, 10},     /* cancelled by the customer */
    {"E7001", ERRORS_COUPON, RESULT_FAIL, 46},     /* all claimed */
    {"E7002", ERRORS_COUPON, RESULT_FAIL, 18},     /* not entitled */
};

enum { ERROR_ROWS = sizeof bank_error_table / sizeof *bank_error_table };

void bank_event_errors(enum bank_family family, uint8_t slots[64])
{
    uint8_t values[ERROR_ROWS], weights[ERROR_ROWS];
    size_t n = 0;
    for (uint8_t i = 0; i < ERROR_ROWS; i++) {
        if (bank_error_table[i].family != family)
            continue;
        values[n] = i;
        weights[n++] = bank_error_table[i].weight;
    }
    memset(slots, BANK_ERROR_NONE, BANK_SLOTS);
    if (family != ERRORS_NONE)
        bank_draw_slots(slots, values, weights, n);
}

void bank_event_put_names(struct buf *out)
{
    buf_puts(out, "event,zh,en\n");
    for (int i = 0; i < EVENT_COUNT; i++)
        buf_printf(out, "%s,%s,%s\n", bank_event_table[i].id, bank_event_table[i].zh, bank_event_table[i].en);
}
