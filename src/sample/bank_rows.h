/* bank_rows.h - events as lines of events.csv. */
#ifndef WM_BANK_ROWS_H
#define WM_BANK_ROWS_H

#include "sample/bank_day.h"
#include "sample/bank_file.h"

#define BANK_ROWS_HEADER "user_id,time,event,channel,result,error_code,amount\n"

enum { BANK_ROWS_TAIL = 32 };

/* What rows are put together from: text is copied, hardly anything formatted. */
struct bank_rows {
    struct {
        char text[BANK_ROWS_TAIL]; /* ",home,app," */
        uint8_t n;
    } tails[EVENT_COUNT][CHANNEL_COUNT];
    char stamp[20]; /* "2026-10-31 09:12:05" */
    uint64_t rows;
};

void bank_rows_init(struct bank_rows *rows);
/* Writes the ordered events of day d and marks in the profiles what customers have seen. */
bool bank_rows_write(struct bank_rows *rows, const struct bank_day *day, struct bank_plan *plan, uint32_t d,
                     struct bank_file *file, struct progress *progress, struct err *err);

#endif
