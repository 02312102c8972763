/* import_parts_test.c - the pieces a load is made of: vocabulary, relay, sorting with and without spilling,
 * repeats, types, names. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/rand.h"
#include "import/relay.h"
#include "import/roles.h"
#include "import/row.h"
#include "import/runs.h"
#include "import/sheet.h"
#include "import/types.h"
#include "import/vocab.h"
#include "import/window.h"

/* ---- vocab */

/* Texts of all lengths around the 23 bytes that lie in the slot, with common beginnings and with NULs; always
 * room to read on. */
static struct str text_number(char to[64], uint32_t i)
{
    memset(to, 'x', 64);
    int n = snprintf(to, 40, "%u", i * 2654435761U);
    size_t length = (size_t)n + i % 37;
    to[n] = 'y';
    if (i % 5 == 0)
        to[0] = '\0';
    return (struct str){to, length > 60 ? 60 : length};
}

static void vocab_finds_what_was_added(void **state)
{
    enum { N = 50000 };
    struct vocab *v = vocab_new();
    struct vocab_table *old = vocab_pin(v);
    char text[64];
    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        struct str s = text_number(text, i);
        assert_int_equal(vocab_find(v, s), VOCAB_NONE);
        vocab_add(v, s, i * 3);
    }
    assert_int_equal(vocab_count(v), N);
    struct vocab_table *now = vocab_pin(v);
    size_t in_old = 0;
    for (uint32_t i = 0; i < N; i++) {
        struct str s = text_number(text, i);
        struct vocab_key k;
        vocab_key_of(&k, s);
        assert_int_equal(vocab_find(v, s), i * 3);
        assert_int_equal(vocab_lookup(now, &k, s), i * 3);
        uint32_t was = vocab_lookup(old, &k, s);
        assert_true(was == VOCAB_NONE || was == i * 3);
        in_old += was != VOCAB_NONE;
    }
    assert_in_range(in_old, 1, N / 2); /* it was left behind when the table grew */
    vocab_unpin(old);
    vocab_unpin(now);
    vocab_free(v);
    vocab_free(NULL);
}

static void vocab_tells_padding_from_text(void **state)
{
    struct vocab *v = vocab_new();
    char a[32] = "ab", b[32] = "ab\0";
    (void)state;
    vocab_add(v, (struct str){a, 2}, 1);
    assert_int_equal(vocab_find(v, (struct str){b, 3}), VOCAB_NONE);
    vocab_add(v, (struct str){b, 3}, 2);
    vocab_add(v, (struct str){a, 0}, 3);
    assert_int_equal(vocab_find(v, (struct str){a, 2}), 1);
    assert_int_equal(vocab_find(v, (struct str){b, 3}), 2);
    assert_int_equal(vocab_find(v, (struct str){b, 0}), 3);
    vocab_free(v);
}

/* Texts of one hash cannot be had to order, so the comparison is asked itself. */
static void vocab_compares_long_texts(void **state)
{
    struct vocab *v = vocab_new();
    char text[64] = "a text of more than the twenty-three bytes";
    const struct vocab_slot *slot;
    (void)state;
    vocab_add(v, (struct str){text, 40}, 7);
    struct vocab_table *t = vocab_pin(v);
    for (slot = t->slot; atomic_load(&slot->code1) == 0;)
        slot++;
    assert_true(vocab_same_long(slot, (struct str){text, 40}));
    assert_false(vocab_same_long(slot, (struct str){text, 39}));
    assert_false(vocab_same_long(slot, (struct str){text, 41}));
    text[39] = 'x';
    assert_false(vocab_same_long(slot, (struct str){text, 40}));
    vocab_unpin(t);
    vocab_free(v);
}

struct race {
    struct vocab *v;
    _Atomic bool stop;
    uint64_t wrong, hits;
};

static void *look_up(void *arg)
{
    struct race *r = arg;
    char text[64];
    for (uint32_t i = 0; !atomic_load(&r->stop); i = (i + 7) % 20000) {
        struct vocab_table *t = vocab_pin(r->v);
        struct str s = text_number(text, i);
        struct vocab_key k;
        vocab_key_of(&k, s);
        uint32_t code = vocab_lookup(t, &k, s);
        r->wrong += code != VOCAB_NONE && code != i;
        r->hits += code == i;
        vocab_unpin(t);
    }
    return NULL;
}

static void vocab_is_read_while_it_grows(void **state)
{
    struct race r = {.v = vocab_new()};
    pthread_t reader;
    char text[64];
    (void)state;
    assert_int_equal(pthread_create(&reader, NULL, look_up, &r), 0);
    for (uint32_t i = 0; i < 20000; i++)
        vocab_add(r.v, text_number(text, i), i);
    atomic_store(&r.stop, true);
    pthread_join(reader, NULL);
    assert_int_equal(r.wrong, 0);
    vocab_free(r.v);
}

/* ---- relay */

struct chain {
    int next, last, fail_at; /* fail_at: the item whose work fails; -1: none */
    int put_next;
    bool in_order;
    _Atomic int busy_take, busy_put, worked;
};

static enum relay_take chain_take(void *arg, void *item)
{
    struct chain *c = arg;
    c->in_order &= atomic_fetch_add(&c->busy_take, 1) == 0;
    *(int *)item = c->next;
    enum relay_take t = c->next < c->last ? RELAY_ITEM : RELAY_END;
    c->next += t == RELAY_ITEM;
    atomic_fetch_sub(&c->busy_take, 1);
    return t;
}

static bool chain_work(void *arg, void *item, unsigned worker)
{
    struct chain *c = arg;
    (void)worker;
    for (volatile int spin = *(int *)item % 7 * 300; spin > 0; spin--)
        ;
    atomic_fetch_add(&c->worked, 1);
    return *(int *)item != c->fail_at;
}

static bool chain_put(void *arg, void *item)
{
    struct chain *c = arg;
    c->in_order &= atomic_fetch_add(&c->busy_put, 1) == 0;
    c->in_order &= *(int *)item == c->put_next++;
    atomic_fetch_sub(&c->busy_put, 1);
    return true;
}

static bool run_chain(struct chain *c, unsigned threads, size_t items)
{
    int item[8];
    void *slot[8];
    struct pool *pool = pool_new(threads);
    for (size_t i = 0; i < 8; i++)
        slot[i] = &item[i];
    bool ok = relay_run(&(struct relay){chain_take, chain_work, chain_put, c, slot, items}, pool);
    pool_free(pool);
    return ok;
}

static void relay_keeps_order(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        for (size_t items = 1; items <= 8; items++) {
            struct chain c = {.last = 300, .fail_at = -1, .in_order = true};
            assert_true(run_chain(&c, threads, items));
            assert_true(c.in_order);
            assert_int_equal(c.put_next, 300);
            assert_int_equal(atomic_load(&c.worked), 300);
        }
    }
}

static void relay_stops_at_failure(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        struct chain c = {.last = 1000000, .fail_at = 50, .in_order = true};
        assert_false(run_chain(&c, threads, 8));
        assert_true(c.in_order);
        assert_in_range(c.put_next, 0, 51);
        assert_in_range(c.next, 51, 51 + 8);
    }
}

/* ---- runs */

enum { STRIDE = 16 };

static void put_row(unsigned char *row, uint32_t user, int64_t time, uint32_t mark)
{
    memcpy(row + ROW_TIME, &time, 8);
    memcpy(row + ROW_USER, &user, 4);
    memcpy(row + ROW_FIRST, &mark, 4);
}

static uint32_t row_mark(const unsigned char *row)
{
    uint32_t m;
    memcpy(&m, row + ROW_FIRST, 4);
    return m;
}

/* Plain and obvious: compare user, time, arrival. */
static int naive_order(const void *a, const void *b)
{
    const unsigned char *x = *(unsigned char *const *)a, *y = *(unsigned char *const *)b;
    if (row_user(x) != row_user(y))
        return row_user(x) < row_user(y) ? -1 : 1;
    if (row_time(x) != row_time(y))
        return row_time(x) < row_time(y) ? -1 : 1;
    return row_mark(x) < row_mark(y) ? -1 : 1;
}

static void order(struct runs *runs)
{
    struct pool *pool = pool_new(2);
    runs_order(runs, pool, NULL);
    pool_free(pool);
}

static void spill(struct runs *runs, struct err *err)
{
    struct run_window w = {0};
    order(runs);
    assert_true(runs_spill(runs, err));
    for (runs_take(runs, &w); w.n; runs_take(runs, &w))
        assert_true(runs_sort(runs, &w, err) && runs_write(runs, &w, err));
    runs_spilled(runs);
    run_window_done(&w);
}

/* False: all were had. */
static bool next_window(struct runs *runs, struct run_window *w, bool spilled)
{
    struct err err;
    if (spilled && !runs_merge(runs, w))
        return false;
    if (!spilled)
        runs_take(runs, w);
    if (!spilled && w->n == 0)
        return false;
    assert_true(runs_sort(runs, w, &err));
    assert_true(w->n > 0);
    return true;
}

static void check_runs(uint64_t seed, size_t n, uint32_t users, uint32_t times, size_t spills)
{
    struct rand r;
    struct err err = {0};
    struct run_window w = {0};
    struct runs *runs = runs_new(STRIDE, (uint64_t)1 << 30, "/tmp");
    unsigned char *rows = malloc(n * STRIDE + 1), **want = malloc((n + 1) * sizeof(*want));
    size_t seen = 0;
    assert_true(rows && want);
    rand_seed(&r, seed);
    for (size_t i = 0; i < n; i++) {
        uint32_t user = rand_below(&r, 8) ? rand_below(&r, users) : 0;
        put_row(rows + i * STRIDE, user, (int64_t)rand_below(&r, times) - 5, (uint32_t)i);
        want[i] = rows + i * STRIDE;
    }
    for (size_t i = 0, part = n / (spills + 1) + 1; i < n; i += part) {
        runs_add(runs, rows + i * STRIDE, n - i < part ? n - i : part);
        if (spills)
            spill(runs, &err);
    }
    qsort(want, n, sizeof(*want), naive_order);
    if (spills)
        runs_merge_begin(runs);
    else
        order(runs);
    for (;;) {
        if (!next_window(runs, &w, spills))
            break;
        /* Rows of one user and moment come in one window. */
        if (seen)
            assert_true(row_user(want[seen]) != row_user(want[seen - 1]) ||
                        row_time(want[seen]) != row_time(want[seen - 1]));
        for (size_t i = 0; i < w.n; i++, seen++)
            if (seen >= n || memcmp(w.rows + (size_t)w.key[i].at * STRIDE, want[seen], STRIDE) != 0)
                fail_msg("seed %llu: row %zu of %zu differs", (unsigned long long)seed, seen, n);
    }
    assert_int_equal(seen, n);
    run_window_done(&w);
    runs_free(runs);
    free(rows);
    free(want);
}

static void runs_sort_like_qsort(void **state)
{
    (void)state;
    check_runs(1, 0, 1, 1, 0);
    check_runs(2, 1, 1, 1, 0);
    for (uint64_t seed = 3; seed < 40; seed++)
        check_runs(seed, seed * 97, 1 + (uint32_t)seed % 9, 1 + (uint32_t)seed * 5, seed % 4);
    check_runs(50, 200000, 3000, 100000, 0);
    check_runs(51, 200000, 3000, 100000, 9);
    check_runs(52, 600000, 2, 100000, 0); /* giants */
    check_runs(53, 300000, 2, 100000, 3);
    check_runs(54, 300000, 1, 2, 0); /* hardly any order to part them by */
    check_runs(55, 300000, 1, 2, 5);
    check_runs(56, 200000, 5000000, 1000, 4); /* users far apart */
}

/* Rows get longer on the way, with runs on disk or not, in tight memory or not: each ends as the empty row
 * does from where it ended when it came. */
static void check_widening(uint64_t seed, size_t n, uint64_t memory, bool spills)
{
    enum { STEPS = 4, WIDE = STRIDE << (STEPS - 1) };
    struct rand r;
    struct err err = {0};
    struct run_window w = {0};
    struct runs *runs = runs_new(STRIDE, memory, "/tmp");
    unsigned char *rows = malloc(n * WIDE + 1), **want = malloc((n + 1) * sizeof(*want)), empty[WIDE];
    size_t seen = 0, spilled = 0;
    assert_true(rows && want);
    rand_seed(&r, seed);
    for (size_t i = 0; i < WIDE; i++)
        empty[i] = (unsigned char)(i * 7 + 1);
    for (size_t i = 0; i < n; i++) {
        size_t step = i * STEPS / n;
        uint32_t stride = STRIDE << step;
        unsigned char row[WIDE];
        if (step != (i ? (i - 1) * STEPS / n : 0)) {
            if (spills && (step & 1))
                spill(runs, &err), spilled++;
            if (!runs_widen(runs, stride, empty)) {
                spill(runs, &err), spilled++;
                assert_true(runs_widen(runs, stride, empty));
            }
        }
        memset(row, (int)rand_below(&r, 256), sizeof(row));
        put_row(row, rand_below(&r, 50), rand_below(&r, 20), (uint32_t)i);
        runs_add(runs, row, 1);
        memcpy(rows + i * WIDE, empty, WIDE);
        memcpy(rows + i * WIDE, row, stride);
        want[i] = rows + i * WIDE;
    }
    qsort(want, n, sizeof(*want), naive_order);
    if (spilled) {
        spill(runs, &err);
        runs_merge_begin(runs);
    } else {
        order(runs);
    }
    for (;;) {
        if (!next_window(runs, &w, spilled))
            break;
        for (size_t i = 0; i < w.n; i++, seen++)
            if (seen >= n || memcmp(w.rows + (size_t)w.key[i].at * WIDE, want[seen], WIDE) != 0)
                fail_msg("seed %llu: row %zu of %zu differs", (unsigned long long)seed, seen, n);
    }
    assert_int_equal(seen, n);
    assert_true(spilled || memory > 1);
    run_window_done(&w);
    runs_free(runs);
    free(rows);
    free(want);
}

static void rows_get_longer(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 9; seed++)
        check_widening(seed, seed * 211, (uint64_t)1 << 30, seed & 1);
    check_widening(20, 400000, 1, false); /* longer rows do not fit any more: they must be spilled */
}

/* A disk that is full in the middle of a run: the reason is told, and nothing else happens. */
static void a_full_disk_stops_a_run(void **state)
{
    struct rlimit before, small;
    struct err err = {0};
    struct run_window w = {0};
    struct runs *runs = runs_new(STRIDE, 1 << 20, "/tmp");
    unsigned char row[STRIDE];
    bool ok = true;
    (void)state;
    for (uint32_t i = 0; i < 40000; i++) {
        put_row(row, i, 0, i);
        runs_add(runs, row, 1);
    }
    order(runs);
    assert_true(runs_spill(runs, &err));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 300000; /* of 640000, and of the second window's 524288 */
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (runs_take(runs, &w); ok && w.n; runs_take(runs, &w))
        ok = runs_sort(runs, &w, &err) && runs_write(runs, &w, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    assert_false(ok);
    assert_non_null(strstr(err.text, "sorting needs room for a temporary file"));
    assert_non_null(strstr(err.text, strerror(EFBIG)));
    run_window_done(&w);
    runs_free(runs);
}

/* ---- window */

static void check_repeats(uint64_t seed, size_t n, uint32_t marks)
{
    struct rand r;
    struct runs *runs = runs_new(STRIDE, 1 << 20, "/tmp");
    struct run_window w = {0};
    struct window_columns c = {0};
    struct row_cell mark = {.type = COLUMN_CODE, .offset = ROW_FIRST};
    const struct row_cell *cells[] = {&mark};
    unsigned char row[STRIDE];
    rand_seed(&r, seed);
    for (size_t i = 0; i < n; i++) {
        put_row(row, 0, rand_below(&r, 2), rand_below(&r, marks));
        runs_add(runs, row, 1);
    }
    order(runs);
    runs_take(runs, &w);
    assert_true(runs_sort(runs, &w, NULL));
    window_make(&c, &w, STRIDE, cells, 1, WINDOW_FIRST);
    /* Each against all before it. */
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const unsigned char *x = w.rows + (size_t)w.key[i].at * STRIDE;
        bool again = false;
        for (size_t k = 0; k < i && !again; k++)
            again = memcmp(x, w.rows + (size_t)w.key[k].at * STRIDE, STRIDE) == 0;
        if (again)
            continue;
        assert_true(kept < c.n);
        assert_int_equal(c.value[0][kept++], row_mark(x));
    }
    assert_int_equal(kept, c.n);
    assert_int_equal(c.repeats, n - kept);
    assert_int_equal(c.users, 1);
    window_make(&c, &w, STRIDE, cells, 1, WINDOW_KEEP);
    assert_int_equal(c.n, n);
    window_done(&c);
    run_window_done(&w);
    runs_free(runs);
}

static void repeats_are_dropped(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 60; seed++)
        check_repeats(seed, 1 + seed % 30, 1 + (uint32_t)seed % 7);
    check_repeats(60, 3000, 500);
}

/* ---- guesses */

#define GUESS(name, type, ...)                                                                               \
    do {                                                                                                     \
        const char *texts_[] = {__VA_ARGS__};                                                                \
        struct str s_[8];                                                                                    \
        enum time_format f_;                                                                                 \
        size_t n_ = sizeof(texts_) / sizeof(*texts_);                                                        \
        for (size_t i_ = 0; i_ < n_; i_++)                                                                   \
            s_[i_] = str_of(texts_[i_]);                                                                     \
        assert_int_equal(types_guess(STR(name), s_, n_, &f_), type);                                         \
    } while (0)

static void types_lose_nothing(void **state)
{
    int64_t v;
    (void)state;
    GUESS("amount", COLUMN_NUMBER, "1", "-2.50", "0", "0.5", "1e3");
    GUESS("amount", COLUMN_CODE, "1", "007");
    GUESS("amount", COLUMN_CODE, "1", "+7");
    GUESS("amount", COLUMN_CODE, "1", "n/a");
    GUESS("amount", COLUMN_CODE, "6222021234567890123");
    GUESS("order_id", COLUMN_CODE, "1", "2");
    GUESS("商品ID", COLUMN_CODE, "1", "2");
    GUESS("客户编号", COLUMN_CODE, "1", "2");
    GUESS("paid", COLUMN_NUMBER, "1", "2");
    GUESS("ok", COLUMN_BOOL, "true", "FALSE", "True");
    GUESS("ok", COLUMN_BOOL, "是", "否");
    GUESS("ok", COLUMN_NUMBER, "0", "1");
    GUESS("ok", COLUMN_CODE, "y", "n");
    GUESS("seen", COLUMN_TIME, "2026-01-02", "2026-01-02 03:04:05");
    GUESS("seen", COLUMN_NUMBER, "20260102", "20260103");
    GUESS("seen_date", COLUMN_TIME, "20260102", "20260103");
    assert_int_equal(types_number(STR("12345678901234567890"), false, &v), REJECT_INEXACT);
    assert_int_equal(types_number(STR("1_000"), false, &v), REJECT_NUMBER);
    assert_int_equal(types_number(STR("0755"), true, &v), REJECT_INEXACT);
    assert_int_equal(types_number(STR("0755"), false, &v), REJECT_NONE);
    assert_true(column_number(v) == 755.0);
}

static void times_by_majority(void **state)
{
    struct str s[] = {STR("1511544070"), STR("broken"), STR("1511544071"), STR("1511544072")};
    (void)state;
    assert_int_equal(types_time(s, 4), TIME_EPOCH_S);
    assert_int_equal(types_time(s, 2), TIME_EPOCH_S);
    assert_int_equal(types_time(s + 1, 1), TIME_AUTO);
    assert_int_equal(types_time(s, 0), TIME_AUTO);
}

static void names_say_roles(void **state)
{
    (void)state;
    assert_true(roles_fit(ROLE_USER, STR("User ID")) > 0);
    assert_true(roles_fit(ROLE_USER, STR("distinct_id")) > roles_fit(ROLE_USER, STR("device_id")));
    assert_true(roles_fit(ROLE_USER, STR("用户ID")) > roles_fit(ROLE_USER, STR("id")));
    assert_true(roles_fit(ROLE_TIME, STR("event-time")) > 0);
    assert_true(roles_fit(ROLE_TIME, STR("时间戳")) > 0);
    assert_true(roles_fit(ROLE_EVENT, STR("行为类型")) > 0);
    assert_true(roles_fit(ROLE_EVENT, STR("name")) > roles_fit(ROLE_EVENT, STR("event_id")));
    assert_int_equal(roles_fit(ROLE_EVENT, STR("amount")), 0);
    assert_false(roles_is_id(STR("paid")));
    assert_true(roles_is_id(STR("transaction_ID")));
}

static char delimiter_of(const char *text)
{
    char padded[256] = {0};
    strcpy(padded, text);
    return sheet_delimiter(str_of(padded), true);
}

static void delimiters(void **state)
{
    (void)state;
    assert_int_equal(delimiter_of("a,b;c\n1,2;3\n4,5;6\n"), ',');
    assert_int_equal(delimiter_of("a;b;c\n1,5;2;3\n4;5,1;6\n"), ';');
    assert_int_equal(delimiter_of("a\tb, c\n1\t2\n4\t5, 6, 7\n"), '\t');
    assert_int_equal(delimiter_of("a|b\n1|2\n"), '|');
    assert_int_equal(delimiter_of("only\none\n"), ',');
    assert_int_equal(delimiter_of("\"x;y\",b\n\"1;2\",3\n"), ',');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vocab_finds_what_was_added),
        cmocka_unit_test(vocab_tells_padding_from_text),
        cmocka_unit_test(vocab_compares_long_texts),
        cmocka_unit_test(vocab_is_read_while_it_grows),
        cmocka_unit_test(relay_keeps_order),
        cmocka_unit_test(relay_stops_at_failure),
        cmocka_unit_test(runs_sort_like_qsort),
        cmocka_unit_test(rows_get_longer),
        cmocka_unit_test(a_full_disk_stops_a_run),
        cmocka_unit_test(repeats_are_dropped),
        cmocka_unit_test(types_lose_nothing),
        cmocka_unit_test(times_by_majority),
        cmocka_unit_test(names_say_roles),
        cmocka_unit_test(delimiters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
