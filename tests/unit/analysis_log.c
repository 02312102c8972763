/* analysis_log.c - random logs and conditions. */
#include "config.h"
#include "analysis_log.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"

const char *const log_event[LOG_EVENTS] = {"home", "pay", "a b", "登录", "x > y", "help"};
const char *const log_channel[LOG_CHANNELS] = {"app", "web", "柜台"};
#define LOG_BEGIN 1709999990000000LL /* 2024-03-09 15:59:50 UTC: close to midnight in Shanghai */

static int row_cmp(const void *a, const void *b)
{
    const struct log_row *x = a, *y = b;
    if (x->user != y->user)
        return x->user < y->user ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->import != y->import)
        return x->import < y->import ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static struct log_row random_row(struct rand *r, const struct log_shape *s, uint32_t order)
{
    uint32_t ticks = (uint32_t)(s->span / s->unit) + 1;
    return (struct log_row){
        .user = rand_below(r, s->users),
        .time = LOG_BEGIN + s->unit * rand_below(r, ticks),
        .event = (int)rand_below(r, rand_below(r, 2) ? 3 : LOG_EVENTS),
        .channel = (int)rand_below(r, LOG_CHANNELS + 1) - 1,
        .has_amount = rand_below(r, 3) > 0,
        .amount = (double)rand_below(r, 1000) / 100,
        .import = rand_below(r, s->imports),
        .order = order,
    };
}

void log_sort(struct log *l)
{
    if (l->row.n)
        qsort(l->row.at, l->row.n, sizeof(*l->row.at), row_cmp);
}

void log_random(struct log *l, struct rand *r, struct log_shape s)
{
    static const char *const zones[] = {"UTC", "Asia/Shanghai", "-03:30"};
    struct err err;
    *l = (struct log){.users = s.users, .imports = s.imports, .block_rows = s.block_rows};
    l->tz = zones[rand_below(r, 3)];
    l->zone = zone_open(l->tz, &err);
    for (uint32_t i = 0; i < s.rows; i++)
        vec_push(&l->row, random_row(r, &s, i));
    for (uint32_t u = 0; u < s.users; u++)
        vec_push(&l->age, rand_below(r, 4) ? (double)rand_below(r, 60) : -1);
    log_sort(l);
}

void log_done(struct log *l)
{
    vec_done(&l->row);
    vec_done(&l->age);
    zone_free(l->zone);
}

const char *log_user(uint32_t user)
{
    static char id[16];
    snprintf(id, sizeof(id), "C%03u", user);
    return id;
}

/* ---- conditions */

enum {
    COND_EVENT,
    COND_OTHER,
    COND_IN,
    COND_CHANNEL,
    COND_NOT_CHANNEL,
    COND_NE_CHANNEL,
    COND_NULL,
    COND_AMOUNT,
    COND_EITHER,
    COND_AGE,
    COND_HOUR,
    COND_MATCH,
    COND_NOT_BOTH,
    COND_KINDS, /* the others are for log_cond_of_event */
    COND_EVENT_AGE = COND_KINDS,
    COND_EVENT_HOUR,
    COND_EVENT_BOTH,
};

static void write(struct log_cond *c)
{
    const char *a = log_event[c->a], *ch = log_channel[c->b % LOG_CHANNELS];
    switch (c->kind) {
    case COND_EVENT: snprintf(c->text, sizeof(c->text), "event = \"%s\"", a); break;
    case COND_OTHER: snprintf(c->text, sizeof(c->text), "event != \"%s\"", a); break;
    case COND_IN: snprintf(c->text, sizeof(c->text), "event in (\"%s\", \"%s\")", a, log_event[c->b]); break;
    case COND_CHANNEL:
        snprintf(c->text, sizeof(c->text), "event = \"%s\" and channel = \"%s\"", a, ch);
        break;
    case COND_NOT_CHANNEL: snprintf(c->text, sizeof(c->text), "not channel = \"%s\"", ch); break;
    case COND_NE_CHANNEL: snprintf(c->text, sizeof(c->text), "channel != \"%s\"", ch); break;
    case COND_NULL: snprintf(c->text, sizeof(c->text), "channel is null or event = \"%s\"", a); break;
    case COND_AMOUNT: snprintf(c->text, sizeof(c->text), "amount > %g and amount <= 8", c->x); break;
    case COND_EITHER: snprintf(c->text, sizeof(c->text), "event = \"%s\" or amount < %g", a, c->x); break;
    case COND_AGE: snprintf(c->text, sizeof(c->text), "user.age >= %g", 3 * c->x); break;
    case COND_HOUR: snprintf(c->text, sizeof(c->text), "hour in 0..%g", c->x); break;
    case COND_MATCH:
        snprintf(c->text, sizeof(c->text), "channel ~ \"^[aw柜]\" and event != \"%s\"", a);
        break;
    case COND_EVENT_AGE:
        snprintf(c->text, sizeof(c->text), "event = \"%s\" and user.age >= %g", a, 3 * c->x);
        break;
    case COND_EVENT_HOUR:
        snprintf(c->text, sizeof(c->text), "event = \"%s\" and hour in 0..%g", a, c->x);
        break;
    case COND_EVENT_BOTH:
        snprintf(c->text, sizeof(c->text), "event = \"%s\" and (channel is null or amount >= %g)", a, c->x);
        break;
    default: snprintf(c->text, sizeof(c->text), "not (event = \"%s\" and amount >= %g)", a, c->x);
    }
}

void log_cond_random(struct log_cond *c, struct rand *r)
{
    *c = (struct log_cond){.kind = (int)rand_below(r, rand_below(r, 2) ? 1 : COND_KINDS)};
    c->a = (int)rand_below(r, LOG_EVENTS);
    c->b = (int)rand_below(r, c->kind == COND_IN ? LOG_EVENTS : LOG_CHANNELS);
    c->x = rand_below(r, 12);
    write(c);
}

void log_cond_of_event(struct log_cond *c, struct rand *r, int event)
{
    static const int kind[] = {COND_CHANNEL, COND_EVENT_AGE, COND_EVENT_HOUR, COND_EVENT_BOTH};
    *c = (struct log_cond){.kind = rand_below(r, 2) ? COND_EVENT : kind[rand_below(r, 4)], .a = event};
    c->b = (int)rand_below(r, LOG_CHANNELS);
    c->x = rand_below(r, 12);
    write(c);
}

static int local_hour(const struct log *l, int64_t time)
{
    struct civil civil;
    date_civil(zone_local(l->zone, time), &civil);
    return civil.hour;
}

bool log_cond_holds(const struct log_cond *c, const struct log *l, const struct log_row *row)
{
    bool event = row->event == c->a, channel = row->channel == c->b % LOG_CHANNELS;
    double age = l->age.at[row->user];
    switch (c->kind) {
    case COND_EVENT: return event;
    case COND_OTHER: return !event;
    case COND_IN: return event || row->event == c->b;
    case COND_CHANNEL: return event && channel;
    case COND_NOT_CHANNEL: return !channel;
    case COND_NE_CHANNEL: return row->channel != LOG_NONE && !channel;
    case COND_NULL: return row->channel == LOG_NONE || event;
    case COND_AMOUNT: return row->has_amount && row->amount > c->x && row->amount <= 8;
    case COND_EITHER: return event || (row->has_amount && row->amount < c->x);
    case COND_AGE: return age >= 0 && age >= 3 * c->x;
    case COND_EVENT_AGE: return event && age >= 0 && age >= 3 * c->x;
    case COND_EVENT_HOUR: return event && local_hour(l, row->time) <= (int)c->x;
    case COND_EVENT_BOTH:
        return event && (row->channel == LOG_NONE || (row->has_amount && row->amount >= c->x));
    case COND_HOUR: return local_hour(l, row->time) <= (int)c->x;
    case COND_MATCH: return row->channel != LOG_NONE && !event;
    default: return !(event && row->has_amount && row->amount >= c->x);
    }
}
