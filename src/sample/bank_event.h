/* bank_event.h - the vocabulary of the sample bank: events, channels, results, errors. */
#ifndef WM_BANK_EVENT_H
#define WM_BANK_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"

enum bank_event_id {
#define EVENT(id, zh, en, money, median, seconds, failures, errors) EVENT_##id,
#include "sample/bank_event.def"
#undef EVENT
    EVENT_COUNT
};

enum bank_money { MONEY_NONE, MONEY_DRAW, MONEY_KEEP };

enum bank_channel { CHANNEL_APP, CHANNEL_WEB, CHANNEL_WECHAT, CHANNEL_COUNTER, CHANNEL_SMS, CHANNEL_COUNT };

enum bank_result { RESULT_OK, RESULT_FAIL, RESULT_TIMEOUT, RESULT_CANCEL, RESULT_COUNT };

/* Families of errors: which ones an event can meet. */
enum bank_family {
    ERRORS_NONE,
    ERRORS_LOGIN,
    ERRORS_TRANSFER,
    ERRORS_INVEST,
    ERRORS_BILL,
    ERRORS_CARD,
    ERRORS_LOAN,
    ERRORS_COUPON,
    ERRORS_COUNT
};

struct bank_event_info {
    const char *id, *zh, *en;
    uint32_t median;   /* yuan */
    uint16_t seconds;  /* median until the next event */
    uint16_t failures; /* per thousand */
    uint8_t money, family;
};

struct bank_error_info {
    const char *code; /* five bytes */
    uint8_t family, result, weight;
};

extern const struct bank_event_info bank_event_table[EVENT_COUNT];
extern const struct bank_error_info bank_error_table[];
extern const char *const bank_channel_names[CHANNEL_COUNT];
extern const char *const bank_result_names[RESULT_COUNT];

/* Numbers in bank_error_table: none, and the one an incident brings. */
#define BANK_ERROR_NONE 0
#define BANK_ERROR_BANK_TIMEOUT 1

/* Fills the choice table of a family. */
void bank_event_errors(enum bank_family family, uint8_t slots[64]);

/* names.csv: event, zh, en. */
void bank_event_put_names(struct buf *out);

#endif
