/* sample_read.h - banks made for a test, read back by the plainest means: a splitter for these files (they
 * never quote) and arrays. Whatever cannot be read fails the test. */
#ifndef WM_SAMPLE_READ_H
#define WM_SAMPLE_READ_H

#include <stddef.h>
#include <stdint.h>
#include "sample/bank.h"

enum { STEPS = BANK_FUNNEL_STEPS, NAMES_MOST = 200, WEEK = 7 * 86400 };

/* Columns of users.csv. */
enum {
    ID,
    AGE,
    GENDER,
    CITY,
    OCCUPATION,
    AUM,
    STAR,
    DEPOSIT,
    FUND,
    WEALTH,
    LOAN,
    CARD,
    GOLD,
    INSURANCE,
    REGISTERED,
    REPAYMENT,
    USER_FIELDS
};

struct event {
    uint32_t user; /* index in bank.users */
    int64_t time;  /* seconds since the epoch, as if UTC */
    uint32_t at;   /* line */
    int name;      /* in bank.names */
    char *channel, *result, *code, *amount;
};

struct user {
    long id;
    char *fields[20];
};

struct bank {
    char *event_text, *user_text;
    struct event *events;
    size_t n;
    struct user *users; /* by id */
    size_t users_n;
    const char *names[NAMES_MOST];
    int names_n;
};

extern char sample_root[]; /* the test's folder, from mkdtemp */

/* root/dir/name; of the last four calls. */
char *path_of(const char *dir, const char *name);
char *read_file(const char *path, size_t *size);
int split_line(char **at, char **fields, int most);
struct bank_report make_bank(const char *dir, struct bank_options options);
void remove_bank(const char *dir);

/* The first names are the steps of the funnel. Events stand as in the file until sort_by_user. */
void read_bank(struct bank *b, const char *dir);
void free_bank(struct bank *b);
int name_of(struct bank *b, const char *name);
void sort_by_user(struct bank *b);
size_t end_of_user(const struct bank *b, size_t begin);
int64_t days_before(int year, int month, int day);

#endif
