/* sample_read.c - see sample_read.h. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "tests/unit/sample_read.h"

char sample_root[] = "sample-test-XXXXXX";

char *path_of(const char *dir, const char *name)
{
    static char path[4][512];
    static int turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/%s%s%s", sample_root, dir, *name ? "/" : "", name);
    return p;
}

char *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("%s: %s", path, strerror(errno));
    fseek(f, 0, SEEK_END);
    *size = (size_t)ftell(f);
    rewind(f);
    char *text = malloc(*size + 1);
    assert_int_equal(fread(text, 1, *size, f), *size);
    text[*size] = '\0';
    fclose(f);
    return text;
}

/* Cuts the line at *at into fields, moves *at to the next; returns the number of fields, 0 at the end. */
int split_line(char **at, char **fields, int most)
{
    int n = 0;
    char *p = *at;
    if (*p == '\0')
        return 0;
    fields[n++] = p;
    for (; *p != '\n' && *p != '\0'; p++)
        if (*p == ',') {
            *p = '\0';
            assert_true(n < most);
            fields[n++] = p + 1;
        }
    if (*p == '\n')
        *p++ = '\0';
    *at = p;
    return n;
}

void remove_bank(const char *dir)
{
    static const char *const names[] = {"events.csv", "users.csv", "names.csv", "other"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(dir, names[i]));
    assert_int_equal(rmdir(path_of(dir, "")), 0);
}

struct bank_report make_bank(const char *dir, struct bank_options options)
{
    struct bank_report report;
    struct err err = {0};
    if (!bank_write(&options, path_of(dir, ""), NULL, &report, &err))
        fail_msg("%s", err.text);
    return report;
}

int name_of(struct bank *b, const char *name)
{
    for (int i = 0; i < b->names_n; i++)
        if (strcmp(b->names[i], name) == 0)
            return i;
    assert_true(b->names_n < NAMES_MOST);
    b->names[b->names_n] = name;
    return b->names_n++;
}

/* Days before a date by counting years and months. */
int64_t days_before(int year, int month, int day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days = day - 1;
    for (int y = 1970; y < year; y++)
        days += y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 366 : 365;
    for (int m = 1; m < month; m++)
        days += lengths[m - 1] + (m == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    return days;
}

static int64_t parse_time(const char *s)
{
    static char last[11];
    static int64_t day;
    int y, mo, d, h, m, sec;
    assert_int_equal(strlen(s), 19);
    if (strncmp(s, last, 10) != 0) {
        assert_int_equal(sscanf(s, "%4d-%2d-%2d", &y, &mo, &d), 3);
        day = days_before(y, mo, d);
        memcpy(last, s, 10);
    }
    h = (s[11] - '0') * 10 + s[12] - '0';
    m = (s[14] - '0') * 10 + s[15] - '0';
    sec = (s[17] - '0') * 10 + s[18] - '0';
    assert_true(s[10] == ' ' && s[13] == ':' && s[16] == ':' && h < 24 && m < 60 && sec < 60);
    return day * 86400 + h * 3600 + m * 60 + sec;
}

static int compare_users(const void *a, const void *b)
{
    const struct user *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static void read_users(struct bank *b, const char *dir)
{
    size_t size, cap = 0;
    char *fields[USER_FIELDS], *at = b->user_text = read_file(path_of(dir, "users.csv"), &size);
    assert_int_equal(split_line(&at, fields, USER_FIELDS), USER_FIELDS);
    assert_string_equal(fields[OCCUPATION], "occupation");
    assert_string_equal(fields[REPAYMENT], "repayment_day");
    while (split_line(&at, fields, USER_FIELDS) == USER_FIELDS) {
        if (b->users_n == cap)
            b->users = realloc(b->users, (cap = cap * 2 + 1000) * sizeof *b->users);
        struct user *u = &b->users[b->users_n++];
        u->id = strtol(fields[ID], NULL, 10);
        memcpy(u->fields, fields, sizeof fields);
    }
    assert_true(*at == '\0');
    qsort(b->users, b->users_n, sizeof *b->users, compare_users);
    for (size_t i = 1; i < b->users_n; i++)
        assert_true(b->users[i - 1].id < b->users[i].id); /* no id twice */
}

static void read_events(struct bank *b, const char *dir)
{
    size_t size, cap = 0;
    char *f[7], *at = b->event_text = read_file(path_of(dir, "events.csv"), &size);
    assert_int_equal(split_line(&at, f, 7), 7);
    assert_string_equal(f[0], "user_id");
    assert_string_equal(f[6], "amount");
    while (split_line(&at, f, 7) == 7) {
        if (b->n == cap)
            b->events = realloc(b->events, (cap = cap * 2 + 100000) * sizeof *b->events);
        struct user key = {.id = strtol(f[0], NULL, 10)};
        struct user *u = bsearch(&key, b->users, b->users_n, sizeof key, compare_users);
        assert_non_null(u);
        b->events[b->n] = (struct event){.user = (uint32_t)(u - b->users),
                                         .time = parse_time(f[1]),
                                         .at = (uint32_t)b->n,
                                         .name = name_of(b, f[2]),
                                         .channel = f[3],
                                         .result = f[4],
                                         .code = f[5],
                                         .amount = f[6]};
        b->n++;
    }
    assert_true(*at == '\0');
}

void read_bank(struct bank *b, const char *dir)
{
    memset(b, 0, sizeof *b);
    for (int i = 0; i < STEPS; i++)
        name_of(b, bank_funnel[i]); /* the first names are the steps */
    read_users(b, dir);
    read_events(b, dir);
}

void free_bank(struct bank *b)
{
    free(b->event_text);
    free(b->user_text);
    free(b->events);
    free(b->users);
}

static int compare_events(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    if (x->user != y->user)
        return x->user < y->user ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

void sort_by_user(struct bank *b)
{
    qsort(b->events, b->n, sizeof *b->events, compare_events);
}

size_t end_of_user(const struct bank *b, size_t begin)
{
    size_t end = begin;
    while (end < b->n && b->events[end].user == b->events[begin].user)
        end++;
    return end;
}
