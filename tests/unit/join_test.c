/* join_test.c - customers with several ids: a store with links answers every question as one in which the ids
 * were replaced before loading, byte for byte; and without its links again as it did before them.
 * WAYMARK_SEED and WAYMARK_ROUNDS repeat a run. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/builder.h"
#include "app/spread.h"
#include "app/workspace.h"
#include "base/buf.h"
#include "base/str.h"
#include "join_world.h"
#include "render/writer.h"
#include "store/merge.h"
#include "store/upkeep.h"

static struct err err;

/* ---- asking */

/* Everything but what says how it was asked, and that ids were joined. */
static char *text_of(struct result *r)
{
    static const char *const own[] = {"other_ids", "user"};
    struct buf out = {0};
    size_t n = 0;
    r->rule = r->command = "";
    r->parameters.n = 0;
    for (size_t i = 0; i < r->summary.n; i++) {
        const char *name = r->summary.at[i].name;
        if (strcmp(name, own[0]) != 0 && strcmp(name, own[1]) != 0)
            r->summary.at[n++] = r->summary.at[i];
    }
    r->summary.n = n;
    if (object_get(&r->more, "changes"))
        r->more.n = 0; /* numbers and times of imports, which are not the same in both stores */
    writer_named("json")->write(r, &(struct writer_options){0}, &out);
    result_free(r);
    return out.p;
}

static char *ask(const char *dir, const struct query *q)
{
    bool keeps = strchr(q->analysis, ' ') != NULL;
    struct workspace *w = workspace_open(dir, false, &err);
    assert_non_null(w);
    struct result *r = keeps ? workspace_keep(dir, q, NULL, &err) : workspace_run(w, q, NULL, &err);
    workspace_close(w);
    return r ? text_of(r) : strdup(err.text);
}

static void expect_same(const struct join_world *w, const struct query *q, const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return;
    struct arena arena = {0};
    print_error("seed %llu: %s\n--- joined\n%s\n--- expected\n%s\n", (unsigned long long)w->seed,
                query_command(q, NULL, &arena), a, b);
    arena_done(&arena);
    fail();
}

/* ---- questions */

static uint32_t below(struct join_world *w, uint32_t n)
{
    return rand_below(&w->rand, n);
}

static const char *one_of(struct join_world *w, const char *const *list, size_t n)
{
    return list[below(w, (uint32_t)n)];
}
#define ONE_OF(w, ...)                                                                                       \
    one_of(w, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const char *event_cond(struct join_world *w)
{
    return ONE_OF(w, "home", "pay", "`a b`", "登录", "help", "channel = \"app\"", "amount > 4.5",
                  "user.age >= 30", "home and user.city = \"上海\"", "not user.vip = true",
                  "event is not null");
}

static const char *customer_cond(struct join_world *w)
{
    return ONE_OF(w, "age >= 30", "age is null", "not age >= 30", "city = \"上海\"", "vip = true",
                  "not vip = true", "city is not null and not did(pay)", "did(home) >= 2",
                  "not did(home) >= 3", "did(pay) = 0", "sum(amount of pay) > 10",
                  "distinct(channel of home) >= 2", "days(home) >= 2", "first(home) < 2024-03-10",
                  "last(pay) is null", "sequence(home > pay within 1d)",
                  "not sequence(home > not pay > help)", "did(home where user.age > 20) >= 1",
                  "who(\"funnel --step home --step pay --users lost:1\")",
                  "not who(\"transitions --users 'home > pay'\")", "since < 2024-02-20 or did(help)",
                  "avg(amount of home) < 5");
}

static void frame(struct join_world *w, struct query *q)
{
    if (below(w, 3) == 0)
        query_add(q, "segment", customer_cond(w));
    if (below(w, 4) == 0 && strcmp(q->analysis, "tag") != 0 && strcmp(q->analysis, "profile") != 0)
        query_add(q, "where", event_cond(w));
    if (below(w, 4) == 0)
        query_add(q, "from", ONE_OF(w, "2024-03-09", "2024-03-10", "2024-03-09 16:00:00"));
    query_add(q, "tz", ONE_OF(w, "UTC", "Asia/Shanghai"));
}

static void ask_funnel(struct join_world *w, struct query *q)
{
    static const char *const who[] = {"reached:1", "lost:1", "open:1", "reached:2", "lost:2"};
    uint32_t steps = 2 + below(w, 3);
    for (uint32_t i = 0; i < steps; i++)
        query_add(q, "step", event_cond(w));
    query_add(q, "window", ONE_OF(w, "1us", "5s", "1h", "7d", "none", "same-day"));
    if (below(w, 3) == 0)
        query_add(q, "detail", "");
    else if (below(w, 2))
        query_add(q, "users", one_of(w, who, 5));
}

static void ask_paths(struct join_world *w, struct query *q)
{
    if (below(w, 2))
        query_add(q, below(w, 2) ? "start" : "end", event_cond(w));
    query_add(q, "gap", ONE_OF(w, "1s", "30m", "1d", "none"));
    query_add(q, "depth", ONE_OF(w, "2", "4", "7"));
    if (below(w, 3) == 0)
        query_add(q, "collapse", "");
    if (below(w, 4) == 0)
        query_add(q, "min", "2");
    if (below(w, 3) == 0)
        query_add(q, "users", ONE_OF(w, "1 home", "2 pay", "1 home > pay"));
}

static void ask_events(struct join_world *w, struct query *q)
{
    query_add(q, "unit", ONE_OF(w, "hour", "day", "week", "all"));
    query_add(q, "metric", ONE_OF(w, "events", "users", "events_per_user", "sum(amount)", "avg(amount)"));
    if (below(w, 2))
        query_add(q, "by", ONE_OF(w, "event", "channel", "amount", "tag:age"));
    else if (below(w, 2))
        query_add(q, "users", "all");
}

static void ask_profile(struct join_world *w, struct query *q)
{
    query_add(q, "condition", customer_cond(w));
    if (below(w, 2))
        query_add(q, "against", customer_cond(w));
    if (below(w, 3) == 0)
        query_add(q, "users", "all");
    else if (below(w, 4) == 0)
        query_add(q, "cross", "age,age");
}

static void ask_segment(struct join_world *w, struct query *q)
{
    query_add(q, "condition", customer_cond(w));
    if (strcmp(q->analysis, "segment export") == 0)
        query_add(q, "columns", "age,city,vip,since");
}

/* A random question; for `user` about one customer, by any of his ids in the first store. */
static void draw(struct join_world *w, struct query *q, struct query *second)
{
    static const struct {
        const char *name;
        void (*fill)(struct join_world *, struct query *);
    } kind[] = {{"funnel", ask_funnel},         {"paths", ask_paths},     {"transitions", NULL},
                {"events", ask_events},         {"profile", ask_profile}, {"tag", NULL},
                {"segment count", ask_segment}, {"user", NULL},           {"segment users", ask_segment},
                {"segment export", ask_segment}};
    size_t k = below(w, sizeof(kind) / sizeof(*kind));
    query_init(q, kind[k].name);
    if (kind[k].fill)
        kind[k].fill(w, q);
    if (strcmp(kind[k].name, "transitions") == 0 && below(w, 2))
        query_add(q, "users", "home > pay");
    if (strncmp(kind[k].name, "segment", 7) != 0 && strcmp(kind[k].name, "user") != 0)
        frame(w, q);
    query_copy(second, q);
    if (strcmp(kind[k].name, "user") == 0) {
        uint32_t customer = below(w, w->customers);
        query_add(q, "id", join_world_any(w, customer));
        query_add(second, "id", join_world_own(w, customer));
    }
}

static void compare(struct join_world *w, unsigned questions)
{
    for (unsigned i = 0; i < questions; i++) {
        struct query q[2];
        draw(w, &q[0], &q[1]);
        char *a = ask(w->dir[0], &q[0]), *b = ask(w->dir[1], &q[1]);
        expect_same(w, &q[0], a, b);
        free(a);
        free(b);
        query_done(&q[0]);
        query_done(&q[1]);
    }
}

/* ---- the tests */

static uint64_t from_env(const char *name, uint64_t otherwise)
{
    const char *v = getenv(name);
    return v && *v ? strtoull(v, NULL, 10) : otherwise;
}

/* From room for one hit, so that each customer takes a pass, to more than is needed. */
static void draw_memory(struct join_world *w)
{
    static const char *const bytes[] = {"1", "300", "5000", "40000"};
    if (below(w, 2))
        setenv("WAYMARK_JOIN_BYTES", bytes[below(w, 4)], 1);
    else
        unsetenv("WAYMARK_JOIN_BYTES");
}

static void as_if_replaced(void **state)
{
    (void)state;
    uint64_t seed = from_env("WAYMARK_SEED", 1), rounds = from_env("WAYMARK_ROUNDS", 12);
    for (uint64_t end = seed + rounds; seed < end; seed++) {
        struct join_world w;
        join_world_make(&w, seed);
        draw_memory(&w);
        join_world_link(&w);
        compare(&w, 60);
        if (below(&w, 2))
            assert_true(store_merge(w.env[0], NULL, &err));
        compare(&w, 10);
        join_world_done(&w);
    }
}

/* Steps that share no event. */
static void draw_plain(struct join_world *w, struct query *q)
{
    static const char *const name[] = {"home", "pay", "help", "`a b`"};
    uint32_t first = below(w, 4), steps = 2 + below(w, 3);
    query_init(q, "funnel");
    for (uint32_t i = 0; i < steps; i++)
        query_add(q, "step", name[(first + i) % 4]);
    query_add(q, "window", ONE_OF(w, "1us", "5s", "1h", "7d", "none"));
    if (below(w, 3) == 0)
        query_add(q, "segment", customer_cond(w));
    if (below(w, 3) == 0)
        query_add(q, "from", ONE_OF(w, "2024-03-09", "2024-03-10", "2024-03-09 16:00:00"));
    if (below(w, 3) == 0)
        query_add(q, "to", ONE_OF(w, "2024-03-10", "2024-03-11"));
}

/* In a store of one part, customers who only lead are counted by blocks (lone.c), but for the joined ones.
 * The other store keeps its parts, so that there everybody is looked at. */
static void led_alone(void **state)
{
    (void)state;
    uint64_t seed = from_env("WAYMARK_SEED", 3000), rounds = from_env("WAYMARK_ROUNDS", 8);
    for (uint64_t end = seed + rounds; seed < end; seed++) {
        struct join_world w;
        join_world_make(&w, seed);
        draw_memory(&w);
        join_world_link(&w);
        assert_true(merge_everything(w.env[0], NULL, &err));
        for (int i = 0; i < 40; i++) {
            struct query q;
            draw_plain(&w, &q);
            char *a = ask(w.dir[0], &q), *b = ask(w.dir[1], &q);
            expect_same(&w, &q, a, b);
            free(a);
            free(b);
            query_done(&q);
        }
        join_world_done(&w);
    }
}

/* The answers of before the links, and again when they are forgotten. */
static void forgotten_links(void **state)
{
    enum { QUESTIONS = 12 };
    (void)state;
    uint64_t seed = from_env("WAYMARK_SEED", 1000), rounds = from_env("WAYMARK_ROUNDS", 4);
    for (uint64_t end = seed + rounds; seed < end; seed++) {
        struct join_world w;
        struct query q[QUESTIONS], second;
        char *before[QUESTIONS];
        join_world_make(&w, seed);
        for (int i = 0; i < QUESTIONS; i++) {
            draw(&w, &q[i], &second);
            query_done(&second);
            before[i] = ask(w.dir[0], &q[i]);
        }
        join_world_link(&w);
        compare(&w, 5);
        for (uint32_t n = w.links_from; n <= w.links_to; n++)
            assert_true(store_forget(w.env[0], n, NULL, NULL, &err));
        for (int i = 0; i < QUESTIONS; i++) {
            char *after = ask(w.dir[0], &q[i]);
            expect_same(&w, &q[i], after, before[i]);
            free(after);
            free(before[i]);
            query_done(&q[i]);
        }
        join_world_done(&w);
    }
}

static char *list_file(struct join_world *w, bool any)
{
    char *path = mem_strdup("/tmp/waymark-list-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    struct rand before = w->rand;
    for (uint32_t c = 0; c < w->customers; c += 2)
        fprintf(f, "%s\n", any ? join_world_any(w, c) : join_world_own(w, c));
    w->rand = before;
    fclose(f);
    return path;
}

/* A list of anybody's ids is a list of their customers, whether it was loaded before the links or after. */
static void lists_of_ids(void **state)
{
    (void)state;
    uint64_t seed = from_env("WAYMARK_SEED", 2000), rounds = from_env("WAYMARK_ROUNDS", 4);
    for (uint64_t end = seed + rounds; seed < end; seed++) {
        struct join_world w;
        join_world_make(&w, seed);
        bool after = seed % 2;
        if (after)
            join_world_link(&w);
        for (int store = 0; store < 2; store++) {
            struct query q;
            char *path = list_file(&w, store == 0);
            query_init(&q, "import segment");
            query_add(&q, "name", "listed");
            query_add(&q, "file", path);
            free(ask(w.dir[store], &q));
            query_done(&q);
            remove(path);
            free(path);
        }
        if (!after)
            join_world_link(&w);
        static const char *const cond[] = {"segment(listed)", "not segment(listed)",
                                           "segment(listed) and did(home)"};
        for (int i = 0; i < 3; i++) {
            struct query q;
            query_init(&q, "segment users");
            query_add(&q, "condition", cond[i]);
            char *a = ask(w.dir[0], &q), *b = ask(w.dir[1], &q);
            expect_same(&w, &q, a, b);
            assert_non_null(strstr(a, "\"rows\""));
            free(a);
            free(b);
            query_done(&q);
        }
        join_world_done(&w);
    }
}

/* What the segment builder says of a condition: how many, and how values lie among customers, not among ids.
 */
static char *spread_text(const char *dir, const char *condition)
{
    struct workspace *w = workspace_open(dir, false, &err);
    struct builder *b = w ? builder_new(w, -1, &err) : NULL;
    struct buf out = {0};
    bool fresh;
    assert_non_null(b);
    assert_true(builder_set_text(b, condition, &err));
    builder_look(b, condition);
    for (builder_tick(b); builder_counting(b); builder_tick(b))
        usleep(100);
    const struct builder_counts *c = builder_counts(b, &fresh);
    buf_printf(&out, "%llu of %llu\n", (unsigned long long)c->chosen, (unsigned long long)c->users);
    assert_non_null(c->spread);
    for (size_t i = 0; i < c->spread->bars; i++)
        buf_printf(&out, "%s: %llu of %llu\n", c->spread->bar[i].label,
                   (unsigned long long)c->spread->bar[i].taken, (unsigned long long)c->spread->bar[i].users);
    buf_printf(&out, "missing: %llu\n", (unsigned long long)c->spread->missing);
    builder_free(b);
    workspace_close(w);
    return out.p;
}

static void spreads_of_customers(void **state)
{
    static const char *const cond[] = {"age >= 30", "city = \"上海\"", "since < 2024-02-20", "did(home) >= 1",
                                       "sum(amount of pay) > 10"};
    (void)state;
    uint64_t seed = from_env("WAYMARK_SEED", 4000), rounds = from_env("WAYMARK_ROUNDS", 4);
    for (uint64_t end = seed + rounds; seed < end; seed++) {
        struct join_world w;
        join_world_make(&w, seed);
        join_world_link(&w);
        for (size_t i = 0; i < sizeof(cond) / sizeof(*cond); i++) {
            char *a = spread_text(w.dir[0], cond[i]), *b = spread_text(w.dir[1], cond[i]);
            if (strcmp(a, b) != 0)
                fail_msg("seed %llu: %s:\n--- joined\n%s--- expected\n%s", (unsigned long long)seed, cond[i],
                         a, b);
            free(a);
            free(b);
        }
        join_world_done(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_if_replaced),       cmocka_unit_test(led_alone),
        cmocka_unit_test(forgotten_links),      cmocka_unit_test(lists_of_ids),
        cmocka_unit_test(spreads_of_customers),
    };
    setenv("WAYMARK_MAP_SIZE", "64M", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
