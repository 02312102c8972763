/* history_test.c - what an import found is read back as it was, whatever bytes are in it; what a newer
 * program wrote is passed over. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/os.h"
#include "import/history.h"

enum { REJECTS = 3, REPAIRS = 1 };

static struct load_reason rejects[REJECTS] = {
    {.id = "bad-time", .count = 3, .line = 17, .file = "a\tb.csv", .example = "u1,x\r\\n\\\\,\t\n"},
    {.id = "no-user", .count = UINT64_C(9007199254740993), .line = 1, .file = "支付.csv", .example = ""},
    {.id = "bad-utf8", .count = 1, .line = UINT64_MAX, .file = "C:\\new\\table", .example = "\\"},
};
static struct load_reason repairs[REPAIRS] = {
    {.id = "no such repair", .count = 5, .line = 6, .file = "f", .example = "\t"},
};

static char place[] = "/tmp/waymark-history-XXXXXX";
static struct env *env;

static int make_place(void **state)
{
    struct err err = {0};
    (void)state;
    return mkdtemp(place) && (env = env_open(place, ENV_WRITE, &err)) ? 0 : 1;
}

static int remove_place(void **state)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "writer"};
    char path[64];
    (void)state;
    env_close(env);
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        snprintf(path, sizeof(path), "%s/%s", place, files[i]);
        remove(path);
    }
    return rmdir(place);
}

/* Writes the report, or the text as it stands; returns the import's number. */
static uint32_t write_note(const struct load_report *r, const char *text)
{
    struct err err = {0};
    struct batch *b = batch_begin(env, TABLE_EVENTS, 1, &err);
    assert_non_null(b);
    uint32_t import = batch_import(b);
    char key[24];
    snprintf(key, sizeof(key), "import.%u", import);
    assert_true(r ? history_write(b, r, &err) : batch_note(b, key, str_of(text), &err));
    assert_true(batch_commit(b, &(struct import_def){.rows = 1}, &err));
    return import;
}

static void read_note(uint32_t import, struct history *h)
{
    struct err err = {0};
    struct snapshot *s = snapshot_open(env, &err);
    assert_non_null(s);
    history_read(s, import, h);
    snapshot_close(s);
}

static void expect_same(const struct load_reason *got, const struct load_reason *wanted, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(got[i].id, wanted[i].id);
        assert_true(got[i].count == wanted[i].count && got[i].line == wanted[i].line);
        assert_string_equal(got[i].file, wanted[i].file);
        assert_string_equal(got[i].example, wanted[i].example);
    }
}

static void reads_what_was_written(void **state)
{
    (void)state;
    struct load_report r = {.begun_by = UINT32_MAX,
                            .reason = rejects,
                            .reason_n = REJECTS,
                            .repair = repairs,
                            .repair_n = REPAIRS};
    struct history h;
    read_note(write_note(&r, NULL), &h);
    assert_int_equal(h.begun_by, UINT32_MAX);
    assert_int_equal(h.reason_n, REJECTS);
    assert_int_equal(h.repair_n, REPAIRS);
    expect_same(h.reason, rejects, REJECTS);
    expect_same(h.repair, repairs, REPAIRS);
    assert_string_equal(h.reason[0].text, "no time, or one that cannot be read; see --time-format");
    assert_string_equal(h.repair[0].text, "no such repair"); /* a newer program's: its id */
    history_done(&h);
}

static void written_as_documented(void **state)
{
    (void)state;
    struct history h;
    read_note(write_note(NULL, "begun\t7\n"
                               "colour\tblue\t1\t2\tf\te\n"       /* what that is we do not know */
                               "reject\tno-user\tmany\t2\tf\te\n" /* nor how many */
                               "reject\tno-user\t4\t2\tf\\t\ta\\tb\tc\\q\\\n"
                               "repair\tx\t1\t\tf\te\n"
                               "begun\t4294967296\n"),
              &h);
    assert_int_equal(h.begun_by, 7);
    assert_int_equal(h.reason_n, 1);
    assert_int_equal(h.repair_n, 0);
    assert_int_equal(h.reason[0].count, 4);
    assert_string_equal(h.reason[0].file, "f\t");
    assert_string_equal(h.reason[0].example, "a\tb\tcq\\"); /* the last backslash stands before nothing */
    history_done(&h);
}

static void nothing_to_tell(void **state)
{
    (void)state;
    struct load_report r = {0};
    struct history h;
    read_note(write_note(&r, NULL), &h);
    assert_true(!h.begun_by && !h.reason_n && !h.repair_n);
    history_done(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_was_written),
        cmocka_unit_test(written_as_documented),
        cmocka_unit_test(nothing_to_tell),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
