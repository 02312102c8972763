/* sample_test.c - counts in generated banks by the plainest means, arrays and loops. The funnel's expected
 * counts are the published ones; its rule is written down here once more. Nothing of src/sample but bank.h is
 * used. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "tests/unit/sample_read.h"

#define EVENTS_DIGEST 0xed92f139a79e9d7du /* see same_bytes_everywhere */
#define USERS_DIGEST 0x9627a5e7e7f3fe43u

/* ---- the rules again, plainly ---- */

/* The deepest step reached from any first step, later steps within the window of the first. */
static int level_of(const struct event *e, size_t n)
{
    int best = 0;
    for (size_t i = 0; i < n; i++) {
        if (e[i].name != 0)
            continue;
        int level = 1;
        for (size_t k = i + 1; k < n && level < STEPS && e[k].time <= e[i].time + WEEK; k++)
            level += e[k].name == level;
        best = level > best ? level : best;
    }
    return best;
}

static void count_funnel(const struct bank *b, uint32_t counts[STEPS])
{
    memset(counts, 0, STEPS * sizeof *counts);
    for (size_t begin = 0, end; begin < b->n; begin = end) {
        end = end_of_user(b, begin);
        int level = level_of(b->events + begin, end - begin);
        for (int i = 0; i < level; i++)
            counts[i]++;
    }
}

static uint32_t count_credit(struct bank *b)
{
    int credit = name_of(b, "credit_page"), fund = name_of(b, "fund_buy"), bought = name_of(b, "bought");
    uint32_t n = 0;
    for (size_t begin = 0, end; begin < b->n; begin = end) {
        bool viewed = false, invested = false;
        end = end_of_user(b, begin);
        for (size_t i = begin; i < end; i++) {
            viewed |= b->events[i].name == credit;
            invested |= b->events[i].name == fund || b->events[i].name == bought;
        }
        const char *registered = b->users[b->events[begin].user].fields[REGISTERED];
        n += viewed && !invested && strncmp(registered, "2017-01-", 8) == 0;
    }
    return n;
}

static void check_order(const struct bank *b, const struct bank_report *r)
{
    assert_int_equal(b->n, r->rows);
    for (size_t i = 1; i < b->n; i++)
        assert_true(b->events[i - 1].time <= b->events[i].time);
    assert_true(b->events[0].time >= r->first * 86400);
    assert_true(b->events[b->n - 1].time < (r->last + 1) * 86400);
}

/* Of one user: login (failed ones and a new password may come first) … logout, again and again; one channel
 * each. */
static void check_sessions(struct bank *b)
{
    int login = name_of(b, "login"), logout = name_of(b, "logout"), reset = name_of(b, "pwd_reset");
    for (size_t begin = 0, end; begin < b->n; begin = end) {
        bool outside = true, inside = false;
        const char *channel = NULL;
        end = end_of_user(b, begin);
        for (size_t i = begin; i < end; i++) {
            const struct event *e = &b->events[i];
            if (outside)
                assert_true(e->name == login);
            channel = outside ? e->channel : channel;
            assert_string_equal(e->channel, channel);
            if (!inside)
                assert_true(e->name == login || e->name == reset);
            else
                assert_true(e->name != login);
            inside |= e->name == login && strcmp(e->result, "ok") == 0;
            outside = e->name == logout;
            inside &= !outside;
        }
        assert_true(outside);
    }
}

static bool same_row(const struct event *a, const struct event *b)
{
    return a->name == b->name && !strcmp(a->channel, b->channel) && !strcmp(a->result, b->result) &&
           !strcmp(a->code, b->code) && !strcmp(a->amount, b->amount);
}

/* No row twice: importers may store exact duplicates once, and every count would depend on that. */
static void check_distinct(const struct bank *b)
{
    for (size_t i = 1; i < b->n; i++)
        for (size_t k = i;
             k-- > 0 && b->events[k].user == b->events[i].user && b->events[k].time == b->events[i].time;)
            assert_false(same_row(&b->events[k], &b->events[i]));
}

static bool is_money(const char *name)
{
    static const char *const money[] = {"transfer_submit", "transfer_ok",    "transfer_fail",  "scan_pay",
                                        "repayment",       "instal_confirm", "instal_success", "loan_apply",
                                        "fund_buy",        "fund_redeem",    "order_confirm",  "pay",
                                        "bought",          "bill_pay",       "deposit_open"};
    for (size_t i = 0; i < sizeof money / sizeof *money; i++)
        if (strcmp(name, money[i]) == 0)
            return true;
    return false;
}

static void check_properties(const struct bank *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct event *e = &b->events[i];
        bool ok = strcmp(e->result, "ok") == 0;
        assert_true(ok == (*e->code == '\0'));
        assert_true(ok ||
                    (e->code[0] == 'E' && strspn(e->code + 1, "0123456789") == 4 && strlen(e->code) == 5));
        assert_true(ok || !strcmp(e->result, "fail") || !strcmp(e->result, "timeout") ||
                    !strcmp(e->result, "cancel"));
        assert_true(is_money(b->names[e->name]) == (*e->amount != '\0'));
        const char *dot = strchr(e->amount, '.');
        assert_true(*e->amount == '\0' || (dot && strlen(dot) == 3 && strtod(e->amount, NULL) > 0));
    }
}

static void check_names(struct bank *b, const char *dir)
{
    size_t size;
    int listed = 0;
    char *f[3], *text = read_file(path_of(dir, "names.csv"), &size), *at = text;
    bool seen[NAMES_MOST] = {false};
    assert_int_equal(split_line(&at, f, 3), 3);
    assert_string_equal(f[1], "zh");
    for (; split_line(&at, f, 3) == 3; listed++) {
        int name = name_of(b, f[0]);
        assert_false(seen[name]);
        seen[name] = true;
        assert_true((unsigned char)f[1][0] >= 0xe4 && f[2][0] >= 'A');
    }
    assert_in_range(listed, 40, 60);
    assert_int_equal(listed, b->names_n); /* every event of the bank, and nothing that never happens */
    free(text);
}

static void check_funnel(const struct bank *b, const struct bank_report *r, const uint32_t expected[STEPS])
{
    uint32_t counts[STEPS];
    count_funnel(b, counts);
    for (int i = 0; i < STEPS; i++) {
        assert_int_equal(counts[i], expected[i]);
        assert_int_equal(r->funnel[i], expected[i]);
    }
}

static void check_bank(const char *dir, struct bank_options options, const uint32_t expected[STEPS])
{
    struct bank b;
    struct bank_report r = make_bank(dir, options);
    read_bank(&b, dir);
    assert_int_equal(b.users_n, r.users);
    check_order(&b, &r);
    check_properties(&b);
    sort_by_user(&b);
    check_sessions(&b);
    check_distinct(&b);
    check_funnel(&b, &r, expected);
    assert_int_equal(r.credit_not_invested, count_credit(&b));
    free_bank(&b);
    remove_bank(dir);
}

/* ---- tags ---- */

static bool between(const char *text, double low, double high)
{
    double v = strtod(text, NULL);
    return *text != '\0' && v >= low && v < high;
}

static int count_between(const struct bank *b, int field, double low, double high)
{
    int n = 0;
    for (size_t i = 0; i < b->users_n; i++)
        n += between(b->users[i].fields[field], low, high);
    return n;
}

static int count_equal(const struct bank *b, int field, const char *value)
{
    int n = 0;
    for (size_t i = 0; i < b->users_n; i++)
        n += strcmp(b->users[i].fields[field], value) == 0;
    return n;
}

static int check_bounds(const struct bank *b, int field, const double *bounds, int n)
{
    for (int i = 0; i + 1 < n; i++)
        if (count_between(b, field, bounds[i], bounds[i + 1]) == 0)
            fail_msg("nobody with field %d in %g..%g", field, bounds[i], bounds[i + 1]);
    return n - 1;
}

/* 12 ages, 18 occupations, 10 assets, 6 holdings, 8 stars. */
static void check_tags(const struct bank *b)
{
    static const double ages[] = {0, 18, 23, 26, 31, 36, 41, 46, 51, 56, 61, 71, 200};
    static const double assets[] = {0, 0.005, 1e3, 1e4, 5e4, 2e5, 5e5, 1e6, 3e6, 6e6, 1e12};
    static const double stars[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    static const char *const occupations[] = {"公务员",   "事业单位", "企业管理", "教育",     "医疗卫生",
                                              "工程技术", "金融从业", "法律",     "行政文员", "商业服务",
                                              "生产制造", "交通运输", "农林牧渔", "军人警察", "个体工商户",
                                              "自由职业", "学生",     "退休"};
    int tags =
        check_bounds(b, AGE, ages, 13) + check_bounds(b, AUM, assets, 11) + check_bounds(b, STAR, stars, 9);
    for (int i = 0; i < 18; i++, tags++)
        assert_true(count_equal(b, OCCUPATION, occupations[i]) > 0);
    for (int field = DEPOSIT; field <= CARD; field++, tags++)
        assert_true(count_equal(b, field, "true") > 0);
    assert_true(count_equal(b, GOLD, "true") > 0 && count_equal(b, INSURANCE, "true") > 0);
    assert_int_equal(tags + 1, 54);
}

static double mean_assets(const struct bank *b, double low, double high)
{
    double sum = 0;
    int n = 0;
    for (size_t i = 0; i < b->users_n; i++)
        if (between(b->users[i].fields[AGE], low, high)) {
            sum += strtod(b->users[i].fields[AUM], NULL);
            n++;
        }
    return sum / n;
}

static void check_people(const struct bank *b)
{
    assert_true(mean_assets(b, 18, 23) * 4 < mean_assets(b, 31, 36));
    assert_true(count_equal(b, AGE, "") > 0 && count_equal(b, OCCUPATION, "") > 0 &&
                count_equal(b, CITY, "") > 0);
    for (size_t i = 0; i < b->users_n; i++) {
        char *const *f = b->users[i].fields;
        assert_true((strcmp(f[CARD], "true") == 0) == (*f[REPAYMENT] != '\0'));
        assert_true(!between(f[AGE], 0, 22) || strcmp(f[OCCUPATION], "退休") != 0);
    }
}

/* How many of the customers who saw the card pages hold a card, in percent. */
static int card_holders(const struct bank *b)
{
    int visitors = 0, holders = 0;
    for (size_t begin = 0, end; begin < b->n; begin = end) {
        bool visits = false;
        end = end_of_user(b, begin);
        for (size_t i = begin; i < end; i++)
            visits |= b->events[i].name == 1;
        visitors += visits;
        holders += visits && strcmp(b->users[b->events[begin].user].fields[CARD], "true") == 0;
    }
    return holders * 100 / visitors;
}

/* ---- tests ---- */

static void counts_by_hand(void **state)
{
    (void)state;
    static const uint32_t expected[][STEPS] = {
        {241770, 32240, 1591, 591, 530},
        {24177, 3224, 159, 59, 53},
        {483540, 64480, 3182, 1182, 1060},
        {1000, 133, 7, 2, 2},
        {1, 0, 0, 0, 0},
    };
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
        uint32_t counts[STEPS];
        bank_funnel_counts(expected[k][0], counts);
        for (int i = 0; i < STEPS; i++)
            assert_int_equal(counts[i], expected[k][i]);
    }
}

static void default_bank(void **state)
{
    (void)state;
    static const uint32_t published[STEPS] = {241770, 32240, 1591, 591, 530};
    struct bank b;
    struct bank_report r = make_bank("default", (struct bank_options){0});
    read_bank(&b, "default");
    assert_in_range(r.rows, 2850000, 3150000);
    assert_int_equal(r.last, days_before(2026, 10, 31));
    assert_int_equal(r.last - r.first, 29);
    assert_int_equal(b.users_n, 241770);
    check_order(&b, &r);
    check_properties(&b);
    check_names(&b, "default");
    check_tags(&b);
    check_people(&b);
    sort_by_user(&b);
    check_sessions(&b);
    check_distinct(&b);
    check_funnel(&b, &r, published);
    assert_in_range(card_holders(&b), 90, 99);
    assert_true(r.credit_not_invested > 0);
    assert_int_equal(r.credit_not_invested, count_credit(&b));
    free_bank(&b);
    remove_bank("default");
}

static void other_sizes(void **state)
{
    (void)state;
    static const uint32_t tenth[STEPS] = {24177, 3224, 159, 59, 53}, thousand[STEPS] = {1000, 133, 7, 2, 2},
                          one[STEPS] = {1, 0, 0, 0, 0}, few[STEPS] = {300, 40, 2, 1, 1};
    check_bank("tenth", (struct bank_options){.seed = 7, .users = 24177}, tenth);
    check_bank("long", (struct bank_options){.seed = 8, .users = 1000, .events = 100000, .days = 400},
               thousand);
    check_bank("day", (struct bank_options){.seed = 9, .users = 1000, .events = 8000, .days = 1}, thousand);
    check_bank("past", (struct bank_options){.seed = 10, .users = 1000, .last = days_before(2019, 2, 28)},
               thousand);
    /* many sessions each, also around midnight */
    check_bank("busy", (struct bank_options){.seed = 12, .users = 300, .events = 170000}, few);
    check_bank("one", (struct bank_options){.seed = 11, .users = 1, .events = 100}, one);
}

static void asked_events(void **state)
{
    (void)state;
    struct bank_report r =
        make_bank("asked", (struct bank_options){.seed = 3, .users = 24177, .events = 500000});
    assert_in_range(r.rows, 475000, 525000);
    remove_bank("asked");
}

static bool same_files(const char *a, const char *b, const char *name)
{
    size_t na, nb;
    char *x = read_file(path_of(a, name), &na), *y = read_file(path_of(b, name), &nb);
    bool same = na == nb && memcmp(x, y, na) == 0;
    free(x);
    free(y);
    return same;
}

static void same_seed_same_bytes(void **state)
{
    (void)state;
    struct bank_options o = {.seed = 42, .users = 3000};
    make_bank("first", o);
    make_bank("second", o);
    o.seed = 43;
    make_bank("third", o);
    assert_true(same_files("first", "second", "events.csv") && same_files("first", "second", "users.csv"));
    assert_true(same_files("first", "third", "names.csv"));
    assert_false(same_files("first", "third", "events.csv") || same_files("first", "third", "users.csv"));
    remove_bank("first");
    remove_bank("second");
    remove_bank("third");
}

static uint64_t digest_file(const char *path) /* FNV-1a */
{
    size_t n;
    char *text = read_file(path, &n);
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)text[i]) * 0x100000001b3u;
    free(text);
    return h;
}

/* Not what the bytes should be, but that every machine and compiler writes the same: change the numbers with
 * the generator, never to make another machine pass. */
static void same_bytes_everywhere(void **state)
{
    (void)state;
    make_bank("digest", (struct bank_options){.seed = 20261031, .users = 1000});
    print_message("events %016" PRIx64 " users %016" PRIx64 "\n",
                  digest_file(path_of("digest", "events.csv")), digest_file(path_of("digest", "users.csv")));
    assert_true(digest_file(path_of("digest", "events.csv")) == EVENTS_DIGEST);
    assert_true(digest_file(path_of("digest", "users.csv")) == USERS_DIGEST);
    remove_bank("digest");
}

/* Two days on which transfers by WeChat time out, ten days before the end. */
static void incident_shows(void **state)
{
    (void)state;
    struct bank b;
    int timeouts[30] = {0}, transfers[30] = {0};
    struct bank_report r =
        make_bank("incident", (struct bank_options){.seed = 5, .users = 24177, .events = 600000});
    read_bank(&b, "incident");
    int failed = name_of(&b, "transfer_fail"), sent = name_of(&b, "sms_code");
    for (size_t i = 0; i < b.n; i++) {
        const struct event *e = &b.events[i];
        int day = (int)(e->time / 86400 - r.first);
        if (strcmp(e->channel, "wechat") == 0) {
            timeouts[day] += e->name == failed && strcmp(e->code, "E2004") == 0;
            transfers[day] += e->name == sent;
        }
    }
    for (int day = 0; day < 30; day++)
        assert_true(transfers[day] > 0 && (timeouts[day] * 2 > transfers[day]) == (day == 19 || day == 20));
    free_bank(&b);
    remove_bank("incident");
}

static void refuses(struct bank_options options, enum err_code code)
{
    struct err err = {0};
    assert_false(bank_write(&options, path_of("refused", ""), NULL, NULL, &err));
    assert_int_equal(err.code, code);
    assert_true(strlen(err.text) > 20);
}

static void bad_options(void **state)
{
    (void)state;
    refuses((struct bank_options){.users = BANK_USERS_MAX + 1}, ERR_USAGE);
    refuses((struct bank_options){.events = BANK_EVENTS_MAX + 1}, ERR_USAGE);
    refuses((struct bank_options){.days = -1}, ERR_USAGE);
    refuses((struct bank_options){.days = BANK_DAYS_MAX + 1}, ERR_USAGE);
    refuses((struct bank_options){.users = 1000, .events = 2000}, ERR_USAGE);
    refuses((struct bank_options){.users = 10, .events = 1000000}, ERR_USAGE);
    assert_int_equal(access(path_of("refused", "events.csv"), F_OK), -1);
    rmdir(path_of("refused", ""));
}

static void keeps_other_files(void **state)
{
    (void)state;
    make_bank("refused", (struct bank_options){.users = 100, .seed = 1});
    make_bank("refused", (struct bank_options){.users = 200, .seed = 1}); /* its own files it replaces */
    uint64_t before = digest_file(path_of("refused", "events.csv"));
    FILE *f = fopen(path_of("refused", "other"), "w");
    assert_non_null(f);
    fclose(f);
    refuses((struct bank_options){.users = 100}, ERR_USAGE);
    assert_true(digest_file(path_of("refused", "events.csv")) == before);
    assert_int_equal(access(path_of("refused", "other"), F_OK), 0);
    remove_bank("refused");
}

static void check_cancelled(struct progress *progress)
{
    struct bank_options options = {.users = 20000, .seed = 1, .days = 300, .events = 5000000};
    struct err err = {0};
    assert_false(bank_write(&options, path_of("cancelled", ""), progress, NULL, &err));
    assert_int_equal(err.code, ERR_CANCELLED);
    rmdir(path_of("cancelled", "")); /* fails, and the next line too, when a file is left */
    assert_int_equal(access(path_of("cancelled", ""), F_OK), -1);
}

static void *cancel_underway(void *arg)
{
    struct progress *progress = arg;
    while (atomic_load(&progress->rows) == 0)
        usleep(1000);
    atomic_store(&progress->cancel, true);
    return NULL;
}

static void cancel_leaves_nothing(void **state)
{
    (void)state;
    struct progress before = {.cancel = true}, underway = {.rows = 0};
    pthread_t thread;
    check_cancelled(&before);
    assert_int_equal(pthread_create(&thread, NULL, cancel_underway, &underway), 0);
    check_cancelled(&underway);
    pthread_join(thread, NULL);
    assert_true(underway.rows > 0 && underway.rows < underway.total);
}

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(sample_root) ? 0 : -1;
}

static int remove_root(void **state)
{
    (void)state;
    return rmdir(sample_root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_hand),       cmocka_unit_test(default_bank),
        cmocka_unit_test(other_sizes),          cmocka_unit_test(asked_events),
        cmocka_unit_test(same_seed_same_bytes), cmocka_unit_test(same_bytes_everywhere),
        cmocka_unit_test(incident_shows),       cmocka_unit_test(bad_options),
        cmocka_unit_test(keeps_other_files),    cmocka_unit_test(cancel_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
