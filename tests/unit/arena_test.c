/* Region memory, the malloc family and growing arrays. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/rand.h"
#include "base/vec.h"

struct piece {
    unsigned char *p;
    size_t n;
    unsigned char mark;
};

/* Thousands of blocks of all sizes, each filled with its own byte: an overlap would show as a foreign byte.
 */
static void blocks_do_not_overlap(void **state)
{
    (void)state;
    struct arena a = {0};
    struct rand r;
    rand_seed(&r, 11);
    VEC(struct piece) pieces = {0};
    for (int i = 0; i < 5000; i++) {
        size_t n = rand_below(&r, 100) == 0 ? rand_below(&r, 200000) : rand_below(&r, 300);
        struct piece piece = {arena_alloc(&a, n), n, (unsigned char)rand_below(&r, 256)};
        assert_int_equal((uintptr_t)piece.p % 16, 0);
        memset(piece.p, piece.mark, n);
        vec_push(&pieces, piece);
    }
    for (size_t i = 0; i < pieces.n; i++) {
        for (size_t k = 0; k < pieces.at[i].n; k++) {
            if (pieces.at[i].p[k] != pieces.at[i].mark)
                fail_msg("block %zu, byte %zu was overwritten", i, k);
        }
    }
    vec_done(&pieces);
    arena_done(&a);
}

static void done_leaves_it_usable(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    assert_string_equal(arena_strdup(&a, "one"), "one");
    arena_done(&a);
    assert_null(a.chunk);
    assert_string_equal(arena_strdup(&a, "two"), "two");
    arena_done(&a);
    arena_done(&a);
}

static void cleared_memory_is_cleared(void **state)
{
    (void)state;
    struct arena a = {0};
    memset(arena_alloc(&a, 3000), 0xAA, 3000);
    arena_done(&a);
    for (int i = 0; i < 50; i++) {
        int64_t *numbers = arena_array(&a, int64_t, 17);
        for (int k = 0; k < 17; k++)
            assert_int_equal(numbers[k], 0);
        memset(numbers, 0xFF, 17 * sizeof(*numbers));
    }
    assert_non_null(arena_new(&a, struct piece));
    arena_done(&a);
}

static void strings(void **state)
{
    (void)state;
    struct arena a = {0};
    struct str kept = arena_str(&a, (struct str){"ab\0cd", 5});
    assert_int_equal(kept.n, 5);
    assert_memory_equal(kept.p, "ab\0cd", 6);
    struct str empty = arena_str(&a, (struct str){NULL, 0});
    assert_int_equal(empty.n, 0);
    assert_string_equal(empty.p, "");
    assert_string_equal(arena_printf(&a, "%d %s", -7, "days"), "-7 days");
    char long_[6000];
    memset(long_, 'x', sizeof(long_) - 1);
    long_[sizeof(long_) - 1] = '\0';
    assert_string_equal(arena_printf(&a, "%s", long_), long_);
    arena_done(&a);
}

static void malloc_family(void **state)
{
    (void)state;
    void *p = mem_alloc(0);
    assert_non_null(p);
    assert_null(mem_realloc(p, 0));
    char *z = mem_zalloc(100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(z[i], 0);
    z = mem_realloc(z, 200);
    z[199] = 1;
    free(z);
    char *s = mem_strdup("text");
    assert_string_equal(s, "text");
    free(s);
    assert_int_equal(mem_size(3, 7), 21);
}

static void say_hook(void)
{
    ssize_t ignored = write(STDERR_FILENO, "[hook]", 6);
    (void)ignored;
}

static void multiply_too_far(void)
{
    mem_size(SIZE_MAX / 2, 3);
}

/* Runs fn in a child with stderr in a pipe; returns the exit status and what it said. */
static int run_dying(void (*fn)(void), char *said, size_t cap)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        fn();
        _exit(0);
    }
    close(ends[1]);
    size_t n = 0;
    ssize_t got;
    while (n + 1 < cap && (got = read(ends[0], said + n, cap - 1 - n)) > 0)
        n += (size_t)got;
    said[n] = '\0';
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void memory_gone_ends_with_status_3(void **state)
{
    (void)state;
    char said[512];
    mem_on_fail(say_hook);
    assert_int_equal(run_dying(multiply_too_far, said, sizeof(said)), 3);
    mem_on_fail(NULL);
    assert_memory_equal(said, "[hook]waymark: ", 15);
    assert_non_null(strstr(said, "memory"));
}

static void vectors_grow(void **state)
{
    (void)state;
    VEC(struct piece) v = {0};
    for (size_t i = 0; i < 1000; i++)
        vec_push(&v, (struct piece){NULL, i, 0});
    assert_int_equal(v.n, 1000);
    assert_true(v.cap >= 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(v.at[i].n, i);
    vec_reserve(&v, 5000);
    assert_true(v.cap >= 6000);
    assert_int_equal(v.at[999].n, 999);
    vec_done(&v);
    assert_null(v.at);
    assert_int_equal(v.n + v.cap, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_do_not_overlap),
        cmocka_unit_test(done_leaves_it_usable),
        cmocka_unit_test(cleared_memory_is_cleared),
        cmocka_unit_test(strings),
        cmocka_unit_test(malloc_family),
        cmocka_unit_test(memory_gone_ends_with_status_3),
        cmocka_unit_test(vectors_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
