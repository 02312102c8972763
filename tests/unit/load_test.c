/* load_test.c - whole loads: published figures, damaged input, and the same store by any way of loading. */
#include "config.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/os.h"
#include "base/rand.h"
#include "import/load.h"
#include "import_dump.h"
#include "store/snapshot.h"

static char place[] = "/tmp/waymark-load-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static int make_place(void **state)
{
    (void)state;
    strcpy(strrchr(place, '-') + 1, "XXXXXX");
    return mkdtemp(place) ? 0 : 1;
}

static int remove_place(void **state)
{
    (void)state;
    return nftw(place, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *in_place(const char *name)
{
    static char path[8][256];
    static unsigned next;
    char *p = path[next++ % 8];
    snprintf(p, sizeof(path[0]), "%s/%s", place, name);
    return p;
}

static const char *put_file(const char *name, struct str text)
{
    const char *path = in_place(name);
    assert_true(os_replace_file(path, text, NULL));
    return path;
}

static struct env *open_store(const char *name)
{
    struct err err = {0};
    struct env *env = env_open(in_place(name), ENV_WRITE, &err);
    if (!env)
        fail_msg("%s", err.text);
    return env;
}

/* Loads and closes the report into *r by value: its texts are gone. */
static bool load_quietly(struct env *env, struct load_options *o, struct load_report *r, struct err *err)
{
    *err = (struct err){0};
    bool ok = load_run(env, o, NULL, r, err);
    struct load_report copy = *r;
    copy.reason = NULL;
    copy.mapping = NULL;
    copy.rejects = r->rejects ? "yes" : NULL;
    load_report_done(r);
    *r = copy;
    return ok;
}

static void must_load(struct env *env, struct load_options *o, struct load_report *r)
{
    struct err err;
    if (!load_quietly(env, o, r, &err))
        fail_msg("%s: %s", o->files[0], err.text);
}

/* ---- Figures from outside: the notes beside the data. */

static bool data_there(const char *path)
{
    if (os_exists(path))
        return true;
    print_message("left out: %s is absent\n", path);
    return false;
}

static const char *data(const char *name)
{
    static char path[2][2048];
    static unsigned next;
    const char *top = getenv("top_srcdir");
    char *p = path[next++ % 2];
    snprintf(p, sizeof(path[0]), "%s/../shared/data/%s", top ? top : ".", name);
    return p;
}

static void bank_pages(void **state)
{
    static const char *const names[] = {"id", "page_no", "page_tm"}, *const nulls[] = {"~"};
    const char *pages = data("cmb_fintech_2020/beh_b.csv"), *tags = data("cmb_fintech_2020/tag_b.csv");
    struct load_report r;
    (void)state;
    if (!data_there(pages))
        return;
    struct env *env = open_store("cmb");
    must_load(env,
              &(struct load_options){
                  .files = &pages, .file_n = 1, .columns = names, .column_n = 3, .tz = "Asia/Shanghai"},
              &r);
    assert_int_equal(r.rows, 95669);
    assert_int_equal(r.users, 1232);
    assert_int_equal(r.duplicates, 7397);
    assert_int_equal(r.stored, 95669 - 7397);
    assert_int_equal(r.rejected, 0);
    must_load(
        env,
        &(struct load_options){.kind = LOAD_USERS, .files = &tags, .file_n = 1, .nulls = nulls, .null_n = 1},
        &r);
    assert_int_equal(r.stored, 4000);
    assert_int_equal(r.new_users, 4000 - 1232); /* all with page views are in the file */
    assert_int_equal(r.rejected, 0);
    env_close(env);
}

static void load_one(const char *name, struct load_options o, uint64_t stored, uint64_t users,
                     uint64_t rejected)
{
    const char *file = data(name);
    struct load_report r;
    if (!data_there(file))
        return;
    o.files = &file;
    o.file_n = 1;
    o.dry_run = true;
    must_load(NULL, &o, &r);
    assert_int_equal(r.stored + r.duplicates, stored);
    assert_int_equal(r.users, users);
    assert_int_equal(r.rejected, rejected);
}

static void known_exports(void **state)
{
    static const char *const taobao[] = {"user_id", "item_id", "category_id", "behavior", "ts"};
    (void)state;
    load_one("retentioneering_shop/simple_onlineshop.csv", (struct load_options){0}, 32283, 3751, 0);
    load_one("retentioneering_shop/ab_test_demo.csv", (struct load_options){0}, 33279, 3751, 0);
    load_one("retentioneering_ecom/ecom.csv", (struct load_options){0}, 31106, 600, 0);
    load_one("taobao_userbehavior/UserBehavior_head.csv",
             (struct load_options){.columns = taobao, .column_n = 5}, 84475, 815, 1);
    load_one("taobao_cjk/UserBehavior_cjk.csv", (struct load_options){0}, 40000, 3990, 0);
    load_one("helpdesk/helpdesk_events.csv", (struct load_options){0}, 21348, 4580, 0);
    load_one("helpdesk/helpdesk_events.jsonl", (struct load_options){0}, 21348, 4580, 0);
    load_one("vendor_formats/mixpanel_event.csv", (struct load_options){0}, 5, 3,
             0); /* counted with python's csv */
    load_one("vendor_formats/amplitude_event_data.csv", (struct load_options){0}, 10, 7, 0);
    load_one("cmb_fintech_2020/trd_b.csv", (struct load_options){.event = "Trx_Cod2_Cd"}, 142645, 3190, 0);
}

/* ---- A world of random rows, and what must become of it. */

/* Times repeat, users repeat, rows repeat; some texts need quotes. */
static void random_rows(struct rand *r, size_t rows, struct buf *out, size_t *begin)
{
    static const char *const events[] = {"login", "登录", "\"pay, \"\"now\"\"\"", "\"two\nlines\"", "x"};
    for (size_t i = 0; i < rows; i++) {
        begin[i] = out->n;
        buf_printf(out, "u%u,%s,2026-01-%02u 00:00:%02u,%s,%d\n", rand_below(r, 40), events[rand_below(r, 5)],
                   1 + rand_below(r, 3), rand_below(r, 4), rand_below(r, 3) ? "app" : "",
                   (int)rand_below(r, 3));
    }
    begin[rows] = out->n;
}

static const char *header = "user,event,time,channel,amount\n";

static void dump_load(const char *store, const char *const *files, size_t n, unsigned threads,
                      uint64_t memory, bool sorted, struct buf *out, struct load_report *r)
{
    struct env *env = open_store(store);
    must_load(env, &(struct load_options){.files = files, .file_n = n, .threads = threads, .memory = memory},
              r);
    dump_store(env, sorted, out);
    env_close(env);
}

static void expect_same(const struct buf *a, const struct buf *b, uint64_t seed, const char *what)
{
    if (!str_eq(buf_view(a), buf_view(b)))
        fail_msg("seed %llu: %s differs\n--- one\n%s\n--- other\n%s", (unsigned long long)seed, what, a->p,
                 b->p);
}

/* One file, against the same rows in several files of one import, by other numbers of threads. Equal users
 * and times of different rows would differ by order of arrival only if the files came in another order; here
 * they come in order, so all must be equal. */
static void split_files(void **state)
{
    enum { ROWS = 400, PARTS = 7 };
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct rand r;
        struct buf rows = {0}, text = {0}, whole = {0}, split = {0};
        struct load_report one, many;
        size_t begin[ROWS + 1], at = 0;
        const char *files[PARTS], *file;
        char name[32];
        rand_seed(&r, seed);
        random_rows(&r, ROWS, &rows, begin);
        buf_printf(&text, "%s%s", header, rows.p);
        file = put_file("whole.csv", buf_view(&text));
        snprintf(name, sizeof(name), "whole-%llu", (unsigned long long)seed);
        dump_load(name, &file, 1, 1, 0, false, &whole, &one);
        for (size_t i = 0; i < PARTS; i++) {
            size_t to = i == PARTS - 1 ? ROWS : at + rand_below(&r, (uint32_t)(ROWS - at));
            buf_clear(&text);
            buf_puts(&text, header);
            buf_put(&text, rows.p + begin[at], begin[to] - begin[at]);
            snprintf(name, sizeof(name), "part-%zu.csv", i);
            files[i] = put_file(name, buf_view(&text));
            at = to;
        }
        snprintf(name, sizeof(name), "split-%llu", (unsigned long long)seed);
        dump_load(name, files, PARTS, 2, 0, false, &split, &many);
        expect_same(&whole, &split, seed, "the store of seven files");
        assert_int_equal(one.stored, many.stored);
        assert_int_equal(one.duplicates, many.duplicates);
        assert_int_equal(one.stored + one.duplicates, ROWS);
        assert_int_equal(one.users, many.users);
        buf_done(&rows);
        buf_done(&text);
        buf_done(&whole);
        buf_done(&split);
    }
}

/* Enough rows for many chunks and, with little memory, many runs: users number 9 has most of the rows. */
static void big_rows(struct rand *r, size_t rows, struct buf *out)
{
    buf_puts(out, header);
    for (size_t i = 0; i < rows; i++) {
        unsigned user = rand_below(r, 4) == 0 ? rand_below(r, 5000) : 9;
        buf_printf(out, "u%u,e%u,%u,%s,%u.5\n", user, rand_below(r, 6), 1700000000 + rand_below(r, 100000),
                   rand_below(r, 50) ? "app" : "\"a \"\"b\"\"\"", rand_below(r, 10));
    }
}

static void threads_and_memory(void **state)
{
    enum { ROWS = 400000 };
    struct rand r;
    struct buf text = {0}, first = {0};
    struct load_report report, other;
    (void)state;
    rand_seed(&r, 7);
    big_rows(&r, ROWS, &text);
    const char *file = put_file("big.csv", buf_view(&text));
    dump_load("big-0", &file, 1, 1, 0, false, &first, &report);
    assert_int_equal(report.rows, ROWS);
    static const struct {
        unsigned threads;
        uint64_t memory;
    } ways[] = {{2, 0}, {3, 1}, {1, 1}, {4, 5 << 20}};
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        struct buf again = {0};
        char name[32];
        snprintf(name, sizeof(name), "big-%zu", i + 1);
        dump_load(name, &file, 1, ways[i].threads, ways[i].memory, false, &again, &other);
        expect_same(&first, &again, i, "the store by other threads and memory");
        assert_int_equal(report.stored, other.stored);
        assert_int_equal(report.users, other.users);
        buf_done(&again);
    }
    buf_done(&first);
    buf_done(&text);
}

/* ---- Input that is not as it should be. */

static void expect_rejects(struct str text, const char *id, uint64_t line, uint64_t stored)
{
    static unsigned number; /* a store of its own: rows that were there already would not be stored again */
    char name[32];
    snprintf(name, sizeof(name), "odd-%u", number++);
    struct env *env = open_store(name);
    struct load_report r;
    struct err err = {0};
    struct buf kept = {0};
    const char *file = put_file("odd.csv", text);
    if (!load_run(env, &(struct load_options){.files = &file, .file_n = 1}, NULL, &r, &err))
        fail_msg("%s", err.text);
    assert_int_equal(r.reason_n, 1);
    assert_string_equal(r.reason[0].id, id);
    assert_int_equal(r.reason[0].line, line);
    assert_int_equal(r.stored, stored);
    assert_int_equal(r.rows, stored + r.rejected);
    /* The rejected row is in the rejects file, byte for byte. */
    assert_true(os_read_file(r.rejects, (size_t)100 << 20, &kept, NULL));
    struct str rest = text;
    for (uint64_t i = 1; i < line; i++)
        (void)str_cut(&rest, '\n');
    struct str bad = str_cut(&rest, '\n');
    assert_non_null(memmem(kept.p, kept.n, bad.p, bad.n));
    struct stat st;
    assert_int_equal(stat(r.rejects, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    buf_done(&kept);
    load_report_done(&r);
    env_close(env);
}

static void odd_input(void **state)
{
    struct buf b = {0};
    (void)state;
    static const char nul[] = "user,event,time\na,x,2026-01-01\nb,x\0y,2026-01-01\nc,z,2026-01-01\n";
    expect_rejects((struct str){nul, sizeof(nul) - 1}, "nul-byte", 3, 2);
    static const char nul_user[] = "user,event,time\na,x,2026-01-01\n\0b,x,2026-01-01\nc,z,2026-01-01\n";
    expect_rejects((struct str){nul_user, sizeof(nul_user) - 1}, "nul-byte", 3, 2);
    static const char nul_time[] = "user,event,time\na,x,2026-01-01\nb,x,2026-01-0\0\nc,z,2026-01-01\n";
    expect_rejects((struct str){nul_time, sizeof(nul_time) - 1}, "nul-byte", 3, 2);
    expect_rejects(STR("user,event,time\na,x,2026-01-01\nb\xc0\x80,x,2026-01-01\nc,z,2026-01-01\n"),
                   "bad-utf8", 3, 2);
    expect_rejects(STR("user,event,time\r\na,x,2026-01-01\r\nb,x\r\nc,z,2026-01-01"), "field-count", 3, 2);
    /* A field of 5 MB. */
    buf_puts(&b, "user,event,time\na,x,2026-01-01\nb,");
    for (size_t i = 0; i < 5000000; i++)
        buf_putc(&b, 'y');
    buf_puts(&b, ",2026-01-01\nc,z,2026-01-01\n");
    expect_rejects(buf_view(&b), "too-long", 3, 2);
    /* A quote that is never closed costs its line, not the 3 MB behind it. */
    buf_clear(&b);
    buf_puts(&b, "user,event,time\na,\"x,2026-01-01\n");
    for (size_t i = 0; i < 100000; i++)
        buf_printf(&b, "u%zu,event,2026-01-01 00:00:00\n", i);
    expect_rejects(buf_view(&b), "bad-quotes", 2, 100000);
    buf_done(&b);
}

static uint64_t store_state(struct env *env, struct buf *rows)
{
    struct err err;
    struct snapshot *s = snapshot_open(env, &err);
    const struct import_def *imports;
    assert_non_null(s);
    uint64_t n = snapshot_imports(s, &imports) * 1000 + dict_count(s, COL_USER);
    snapshot_close(s);
    dump_store(env, false, rows);
    return n;
}

/* A load that fails leaves the store as it was, and says which kind of failure it is. */
static void failures_change_nothing(void **state)
{
    struct env *env = open_store("steady");
    struct load_report r;
    struct err err;
    struct buf before = {0}, after = {0}, many = {0};
    const char *good = put_file("good.csv", STR("user,event,time\na,x,2026-01-01\n"));
    (void)state;
    must_load(env, &(struct load_options){.files = &good, .file_n = 1}, &r);
    uint64_t old = store_state(env, &before);
    buf_puts(&many, "user,event,time\n");
    for (int i = 0; i < 30000; i++)
        buf_printf(&many, "n%d,x,%s\n", i, i % 3 ? "never" : "2026-01-01");
    struct progress stopped = {0};
    atomic_store(&stopped.cancel, true);
    const char *bad = put_file("bad.csv", buf_view(&many)),
               *secret = put_file("secret.csv", STR("a,b\n"));
    const char *gone = in_place("gone.csv"), *taken = put_file("taken.csv", STR("keep me"));
    assert_int_equal(chmod(secret, 0), 0);
    const struct {
        struct load_options o;
        struct progress *progress;
        enum err_code code;
    } tries[] = {
        {{.files = &bad, .file_n = 1}, NULL, ERR_INPUT},
        {{.files = &bad, .file_n = 1, .max_rejects = "1%"}, NULL, ERR_INPUT},
        {{.files = &bad, .file_n = 1, .max_rejects = "many"}, NULL, ERR_USAGE},
        {{.files = &good, .file_n = 1}, NULL, ERR_INPUT}, /* loaded already */
        {{.files = &good, .file_n = 1, .again = true, .event = "page"}, NULL, ERR_INPUT},
        {{.files = &good, .file_n = 1, .again = true, .user = "event", .event = "event"}, NULL, ERR_USAGE},
        {{.files = &good, .file_n = 1, .again = true, .rejects = taken}, NULL, ERR_INPUT},
        {{.files = &good, .file_n = 1, .again = true, .tz = "Moon/Base"}, NULL, ERR_NONE},
        {{.files = &good, .file_n = 1, .again = true}, &stopped, ERR_CANCELLED},
        {{.files = &gone, .file_n = 1}, NULL, ERR_INPUT},
        {{.files = &secret, .file_n = 1}, NULL, ERR_INPUT},
        {{.files = &good, .file_n = 0}, NULL, ERR_USAGE},
    };
    for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
        err = (struct err){0};
        if (tries[i].o.files == &secret && geteuid() == 0)
            continue; /* nothing is secret to root */
        assert_false(load_run(env, &tries[i].o, tries[i].progress, &r, &err));
        if (tries[i].code && err.code != tries[i].code)
            fail_msg("try %zu: code %d, %s", i, (int)err.code, err.text);
        assert_true(strlen(err.text) > 10);
        load_report_done(&r);
        buf_clear(&after);
        assert_int_equal(store_state(env, &after), old);
        assert_true(str_eq(buf_view(&before), buf_view(&after)));
    }
    buf_clear(&after);
    assert_true(os_read_file(taken, 100, &after, NULL));
    assert_string_equal(after.p, "keep me");
    buf_done(&before);
    buf_done(&after);
    buf_done(&many);
    env_close(env);
}

static void standard_input(void **state)
{
    struct buf text = {0}, rows = {0};
    struct load_report r;
    const char *dash = "-";
    (void)state;
    buf_puts(&text, header);
    for (int i = 0; i < 60000; i++) /* more than the sample */
        buf_printf(&text, "u%d,event,2026-01-01 00:00:00,app,%d\n", i % 1000, i);
    put_file("stdin.csv", buf_view(&text));
    int fd = open(in_place("stdin.csv"), O_RDONLY), kept = dup(STDIN_FILENO);
    assert_true(fd >= 0 && dup2(fd, STDIN_FILENO) >= 0);
    struct env *env = open_store("stdin");
    must_load(env, &(struct load_options){.files = &dash, .file_n = 1}, &r);
    assert_int_equal(r.stored, 60000);
    assert_int_equal(r.bytes, text.n);
    env_close(env);
    if (kept >= 0)
        dup2(kept, STDIN_FILENO);
    close(fd);
    buf_done(&text);
    buf_done(&rows);
}

/* A column that is empty for the first ten megabytes is still seen to hold numbers. */
static void late_column(void **state)
{
    struct buf text = {0};
    struct load_report r;
    struct err err = {0};
    (void)state;
    buf_puts(&text, "user,event,time,late\n");
    for (int i = 0; i < 400000; i++)
        buf_printf(&text, "u%d,event,2026-01-01 00:00:%02d,%s\n", i % 1000, i % 60, i < 390000 ? "" : "12.5");
    const char *file = put_file("late.csv", buf_view(&text));
    assert_true(
        load_run(NULL, &(struct load_options){.files = &file, .file_n = 1, .dry_run = true}, NULL, &r, &err));
    assert_non_null(strstr(r.mapping, "late: number"));
    assert_int_equal(r.rejected, 0);
    load_report_done(&r);
    buf_done(&text);
}

static void names_merge(void **state)
{
    struct env *env = open_store("names");
    struct err err = {0};
    uint64_t n;
    (void)state;
    assert_true(
        load_names(env, put_file("n1.csv", STR("event,zh,en\nlogin,登录,Log in\npay,付款,\n")), &n, &err));
    assert_int_equal(n, 2);
    assert_true(load_names(env, put_file("n2.csv", STR("en;event\nPay;pay\nBye;logout\n")), &n, &err));
    struct snapshot *s = snapshot_open(env, &err);
    struct str note = snapshot_note(s, "names");
    assert_true(str_eq(note, STR("login\t登录\tLog in\npay\t付款\tPay\nlogout\t\tBye\n")));
    snapshot_close(s);
    assert_false(load_names(env, put_file("n3.csv", STR("event,zh\nx,a\tb\n")), &n, &err));
    assert_false(load_names(env, put_file("n4.csv", STR("name,zh\nx,y\n")), &n, &err));
    env_close(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bank_pages, make_place, remove_place),
        cmocka_unit_test(known_exports),
        cmocka_unit_test_setup_teardown(split_files, make_place, remove_place),
        cmocka_unit_test_setup_teardown(threads_and_memory, make_place, remove_place),
        cmocka_unit_test_setup_teardown(odd_input, make_place, remove_place),
        cmocka_unit_test_setup_teardown(failures_change_nothing, make_place, remove_place),
        cmocka_unit_test_setup_teardown(standard_input, make_place, remove_place),
        cmocka_unit_test_setup_teardown(late_column, make_place, remove_place),
        cmocka_unit_test_setup_teardown(names_merge, make_place, remove_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
