/* analysis_log.h - small random event logs for tests of analysis/: the log itself, which slow and obvious
 * counts walk over, and the same log as a store with blocks of a few rows (analysis_fake.c) or as a real one.
 */
#ifndef WM_ANALYSIS_LOG_H
#define WM_ANALYSIS_LOG_H

#include "base/rand.h"
#include "base/vec.h"
#include "base/zone.h"
#include "model/query.h"
#include "model/result.h"
#include "store/env.h"

enum { LOG_EVENTS = 6, LOG_CHANNELS = 3, LOG_NONE = -1 };
extern const char *const log_event[LOG_EVENTS];
extern const char *const log_channel[LOG_CHANNELS];

struct log_row {
    uint32_t user;
    int64_t time;
    int event;
    int channel; /* LOG_NONE: missing */
    bool has_amount;
    double amount;
    uint32_t import, order; /* arrival */
};
struct log {
    VEC(struct log_row) row; /* sorted by (user, time, import, order) */
    uint32_t users, imports;
    uint32_t block_rows; /* of the fake store */
    VEC(double) age;     /* per user, < 0: missing */
    const char *tz;
    struct zone *zone;
    const char *sets; /* the note of saved page sets, NULL: none; the fake store alone has it */
};

struct log_shape {
    uint32_t users, rows, imports, block_rows;
    int64_t span; /* µs over which times are drawn */
    int64_t unit; /* times are multiples of it: small spans in units give many ties */
};
void log_random(struct log *l, struct rand *r, struct log_shape shape);
void log_sort(struct log *l); /* after times were changed */
void log_done(struct log *l);
const char *log_user(uint32_t user); /* its id; good until the next call */

/* The log as a store; the fake's blocks hold block_rows rows. */
struct env *log_fake(const struct log *l);
void log_fake_free(struct env *e);

/* A random event condition: its text, and its meaning spelled out. */
struct log_cond {
    char text[160];
    int kind, a, b;
    double x;
};
void log_cond_random(struct log_cond *c, struct rand *r);
/* One that only this event can meet, its name alone half of the time. */
void log_cond_of_event(struct log_cond *c, struct rand *r, int event);
bool log_cond_holds(const struct log_cond *c, const struct log *l, const struct log_row *row);

/* Adds a random --gap to the query; *gap in µs, INT64_MAX for none. */
void log_random_gap(struct rand *r, struct query *q, int64_t *gap);
/* Where sessions of a log are cut; has_*: the condition is asked. */
struct log_sessions {
    int64_t gap;
    bool midnight, has_opens, has_closes;
    struct log_cond opens, closes;
};
/* Adds a random --gap, and sometimes --midnight, --session-start and --session-end. */
void log_random_sessions(struct rand *r, struct query *q, struct log_sessions *out);
/* Whether `row` begins a session of the user whose event before it is `last`. */
bool log_begins_session(const struct log *l, const struct log_sessions *s, const struct log_row *last,
                        const struct log_row *row);
/* One time in `seldom` adds a random --from, at a time of the log, and perhaps a --to 5 s behind it. Without
 * them *from is INT64_MIN and *to INT64_MAX. */
void log_random_period(const struct log *l, struct rand *r, uint32_t seldom, struct query *q, int64_t *from,
                       int64_t *to);

/* Rows of the user from *at on, in order; moves *at behind them. False at the end. */
bool log_next_user(const struct log *l, size_t *at, const struct log_row **row, size_t *n);

/* Runs the query with two threads and fails the test with the seed when there is no result. */
struct result *log_ask(struct env *e, const struct query *q, uint64_t seed);
/* Before the store of the last question is closed. */
void log_leave(const struct env *e);
/* Fails the test, naming seed, query and what differs. */
#define log_expect(ok, seed, q, what) log_expect_at(ok, seed, q, what, __FILE__, __LINE__)
void log_expect_at(bool ok, uint64_t seed, const struct query *q, const char *what, const char *file,
                   int line);
/* $WAYMARK_SEED or a fixed first seed; $WAYMARK_ROUNDS or `rounds`. */
uint64_t log_first_seed(void);
uint64_t log_rounds(uint64_t rounds);
extern const uint64_t log_rounds_per_thousand; /* of those, on this kind of store */
/* Small stores: a few users, ties, several imports, blocks of a few rows. */
struct log_shape log_small(struct rand *r);

#endif
