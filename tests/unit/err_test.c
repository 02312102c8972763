/* Error records: always false, always terminated, never half a character, safe when they quote themselves. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/utf8.h"

static void fills_and_returns_false(void **state)
{
    (void)state;
    struct err e = {.column = 9, .width = 9};
    assert_false(err_set(&e, ERR_INPUT, "%s: line %d", "a.csv", 7));
    assert_int_equal(e.code, ERR_INPUT);
    assert_string_equal(e.text, "a.csv: line 7");
    assert_int_equal(e.column, 0);
    assert_int_equal(e.width, 0);
    assert_false(err_set(NULL, ERR_INPUT, "nobody listens"));
    assert_false(err_at(NULL, 1, 1, "nobody listens"));
    assert_false(err_prefix(NULL, "nobody listens"));
}

static void remembers_the_place(void **state)
{
    (void)state;
    struct err e = {0};
    assert_false(err_at(&e, 5, 3, "unknown name %s", "foo"));
    assert_int_equal(e.code, ERR_USAGE);
    assert_int_equal(e.column, 5);
    assert_int_equal(e.width, 3);
    err_at(&e, 5, 0, "end of text");
    assert_int_equal(e.width, 1);
}

static void prefixes(void **state)
{
    (void)state;
    struct err e = {0};
    err_at(&e, 2, 4, "odd");
    e.code = ERR_STORE;
    assert_false(err_prefix(&e, "step %d", 3));
    assert_string_equal(e.text, "step 3: odd");
    assert_int_equal(e.code, ERR_STORE);
    assert_int_equal(e.column, 2);
}

static void may_quote_itself(void **state)
{
    (void)state;
    struct err e = {0};
    err_set(&e, ERR_SYSTEM, "disk full");
    err_set(&e, ERR_STORE, "commit: %s; free some space", e.text);
    assert_string_equal(e.text, "commit: disk full; free some space");
    err_prefix(&e, "%.6s", e.text);
    assert_string_equal(e.text, "commit: commit: disk full; free some space");
}

/* Too long by every possible amount, in characters of 1 to 4 bytes: the cut text is well-formed and as long
 * as it can. */
static void cuts_between_characters(void **state)
{
    (void)state;
    static const char *const letters[] = {"x", "é", "中", "𝒜"};
    for (size_t k = 0; k < 4; k++) {
        for (size_t lead = 0; lead < 8; lead++) {
            char text[2000] = "";
            memset(text, '.', lead);
            while (strlen(text) < 1500)
                strcat(text, letters[k]);
            struct err e = {0};
            err_set(&e, ERR_INPUT, "%s", text);
            size_t n = strlen(e.text);
            assert_true(utf8_valid((struct str){e.text, n}));
            assert_memory_equal(e.text, text, n);
            assert_true(n < sizeof(e.text) && n + strlen(letters[k]) >= sizeof(e.text));
            struct err p = {0};
            err_set(&p, ERR_INPUT, "%s", text);
            err_prefix(&p, "ab");
            assert_true(utf8_valid(str_of(p.text)));
            assert_true(strlen(p.text) + strlen(letters[k]) >= sizeof(p.text));
        }
    }
}

static void fits_exactly(void **state)
{
    (void)state;
    struct err e = {0};
    char text[sizeof(e.text)];
    memset(text, 'y', sizeof(text) - 1);
    memcpy(text + sizeof(text) - 4, "中", 4); /* ends at the last byte there is */
    err_set(&e, ERR_INPUT, "%s", text);
    assert_string_equal(e.text, text);
}

static void other_encodings_become_utf8(void **state)
{
    (void)state;
    struct err e = {0};
    err_set(&e, ERR_INPUT, "%s: no", "a\xd6\xd0\xce");
    assert_string_equal(e.text, "a???: no");
    err_set(&e, ERR_INPUT, "%s: no", "\xe4\xb8\xad");
    assert_string_equal(e.text, "中: no");
}

static void bugs_abort(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        bug("the sky fell");
    }
    close(ends[1]);
    char said[300] = "";
    ssize_t n = read(ends[0], said, sizeof(said) - 1);
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(n > 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(said, "err_test.c"));
    assert_non_null(strstr(said, "the sky fell"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_and_returns_false),
        cmocka_unit_test(remembers_the_place),
        cmocka_unit_test(prefixes),
        cmocka_unit_test(may_quote_itself),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(fits_exactly),
        cmocka_unit_test(other_encodings_become_utf8),
        cmocka_unit_test(bugs_abort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
