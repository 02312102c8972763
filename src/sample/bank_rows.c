/* bank_rows.c - see bank_rows.h. */
#include "config.h"

#include <stdio.h>
#include "base/date.h"
#include "base/nls.h"
#include "sample/bank_rows.h"

enum { BATCH = 65536 }; /* rows between two looks at progress */

void bank_rows_init(struct bank_rows *rows)
{
    memset(rows, 0, sizeof *rows);
    for (size_t e = 0; e < EVENT_COUNT; e++)
        for (size_t c = 0; c < CHANNEL_COUNT; c++)
            rows->tails[e][c].n = (uint8_t)snprintf(rows->tails[e][c].text, BANK_ROWS_TAIL, ",%s,%s,",
                                                    bank_event_table[e].id, bank_channel_names[c]);
}

static void put_two(char *to, int32_t n)
{
    to[0] = (char)('0' + n / 10);
    to[1] = (char)('0' + n % 10);
}

static void stamp_day(struct bank_rows *rows, int64_t day)
{
    struct civil c;
    date_civil(day * US_PER_DAY, &c);
    put_two(rows->stamp, c.year / 100);
    put_two(rows->stamp + 2, c.year % 100);
    put_two(rows->stamp + 5, c.month);
    put_two(rows->stamp + 8, c.day);
    rows->stamp[4] = rows->stamp[7] = '-';
    rows->stamp[10] = ' ';
    rows->stamp[13] = rows->stamp[16] = ':';
}

static void stamp_second(struct bank_rows *rows, int32_t second)
{
    put_two(rows->stamp + 11, second / 3600);
    put_two(rows->stamp + 14, second / 60 % 60);
    put_two(rows->stamp + 17, second % 60);
}

/* Digits of n, at least `least` of them; returns the end. */
static char *put_digits(char *to, uint32_t n, int least)
{
    char digits[10];
    int k = 0;
    do {
        digits[k++] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0 || k < least);
    while (k > 0)
        *to++ = digits[--k];
    return to;
}

static char *put_text(char *to, const char *text)
{
    size_t n = strlen(text);
    memcpy(to, text, n);
    return to + n;
}

static char *put_outcome(char *to, const struct bank_event *e)
{
    if (e->error == BANK_ERROR_NONE && e->amount == 0)
        return put_text(to, "ok,,\n");
    const struct bank_error_info *error = &bank_error_table[e->error];
    to = put_text(to, bank_result_names[error->result]);
    *to++ = ',';
    to = put_text(to, error->code);
    *to++ = ',';
    if (e->amount > 0) {
        to = put_digits(to, e->amount / 100, 1);
        *to++ = '.';
        to = put_digits(to, e->amount % 100, 2);
    }
    *to++ = '\n';
    return to;
}

static size_t put_row(const struct bank_rows *rows, const struct bank_event *e, uint32_t id, char *to)
{
    char *at = put_digits(to, id, 8);
    *at++ = ',';
    memcpy(at, rows->stamp, 19);
    at += 19;
    memcpy(at, rows->tails[e->event][e->channel].text, BANK_ROWS_TAIL);
    at += rows->tails[e->event][e->channel].n;
    return (size_t)(put_outcome(at, e) - to);
}

static void mark_seen(struct bank_plan *plan, const struct bank_event *e)
{
    if (e->event == EVENT_credit_page)
        plan->profiles[e->user].seen |= SEEN_CREDIT;
    else if (e->event == EVENT_fund_buy || e->event == EVENT_bought)
        plan->profiles[e->user].seen |= SEEN_INVESTMENT;
}

static bool report_progress(struct bank_rows *rows, uint64_t more, struct progress *progress, struct err *err)
{
    rows->rows += more;
    if (!progress)
        return true;
    atomic_store_explicit(&progress->done, rows->rows, memory_order_relaxed);
    atomic_store_explicit(&progress->rows, rows->rows, memory_order_relaxed);
    return !progress_cancelled(progress) ||
           err_set(err, ERR_CANCELLED, _("generate: stopped; nothing was written"));
}

bool bank_rows_write(struct bank_rows *rows, const struct bank_day *day, struct bank_plan *plan, uint32_t d,
                     struct bank_file *file, struct progress *progress, struct err *err)
{
    int32_t stamped = -1;
    stamp_day(rows, plan->first + d);
    for (uint32_t i = 0; i < day->ordered; i++) {
        const struct bank_event *e = &day->events.at[day->order[i]];
        if (e->second != stamped)
            stamp_second(rows, stamped = e->second);
        size_t n = put_row(rows, e, bank_customer_id(&plan->ids, e->user), bank_file_room(file));
        mark_seen(plan, e);
        if (!bank_file_advance(file, n, err))
            return false;
        if (i % BATCH == BATCH - 1 && !report_progress(rows, BATCH, progress, err))
            return false;
    }
    return report_progress(rows, day->ordered % BATCH, progress, err);
}
