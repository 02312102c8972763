/* readers.c - many processes ask while imports come in: every answer is that of one committed state, never
 * older than what was committed before the question, and readers do not make the file grow.
 *
 * Import k brings 2^k customers, each through home, card, pay: any sum of customers in an answer names the
 * state it came from, and the three steps of a funnel, the users and the events must all name the same one.
 */
#include "config.h"
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "rig.h"

#define READERS 20
#define IMPORTS 10
#define EACH 6 /* events of a customer: home, card, pay, twice */

static struct board {                  /* shared by all processes */
    _Atomic unsigned begun, committed; /* imports */
    _Atomic unsigned answers, funnels, seen, wrong;
    _Atomic bool stop;
    char said[600]; /* by the first who found something wrong */
} * board;

static const char *store(void)
{
    return rig_path("store");
}

/* ---- a reader */

static void wrong(const char *what, const char *text)
{
    if (board->wrong++ == 0)
        snprintf(board->said, sizeof(board->said), "%s: %.450s", what, text);
}

/* The state with so many customers, -1: none. */
static int state_of(json_int_t users)
{
    for (int k = 0; k <= IMPORTS; k++)
        if (users == ((json_int_t)1 << k) - 1)
            return k;
    return -1;
}

static json_int_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static int state_of_info(const json_t *root)
{
    const json_t *summary = json_object_get(root, "summary");
    json_int_t users = number(summary, "users");
    int k = state_of(users);
    bool fits = number(summary, "events") == users * EACH && number(summary, "users_with_events") == users &&
                json_array_size(json_object_get(root, "rows")) == (size_t)(k < 0 ? 0 : k);
    return fits ? k : -1;
}

static int state_of_funnel(const json_t *root)
{
    const json_t *rows = json_object_get(root, "rows");
    json_int_t users = number(json_array_get(rows, 0), "users");
    for (size_t i = 0; i < 3; i++)
        if (number(json_array_get(rows, i), "users") != users)
            return -1;
    return json_array_size(rows) == 3 ? state_of(users) : -1;
}

static void judge(const struct rig_exit *x, bool funnel, unsigned committed, unsigned begun)
{
    if (x->status != 0 || x->signal) {
        wrong("a reader failed", x->err);
        return;
    }
    json_t *root = json_loads(x->out, 0, NULL);
    int k = funnel ? state_of_funnel(root) : state_of_info(root);
    json_decref(root);
    if (k < 0)
        wrong("an answer of no committed state", x->out);
    else if ((unsigned)k < committed)
        wrong("an answer older than what was committed before the question", x->out);
    else if ((unsigned)k > begun)
        wrong("an answer newer than what had begun", x->out);
    else
        board->seen |= 1u << k;
    board->answers++;
    board->funnels += funnel;
}

static _Noreturn void read_on(unsigned reader)
{
    rand_seed(&rig.rand, rig.seed + reader);
    while (!board->stop) {
        struct rig_exit x;
        bool funnel = rand_below(&rig.rand, 2);
        unsigned committed = board->committed;
        struct rig_call ask_info = {.arg = {"-s", store(), "info", "--format", "json"}};
        struct rig_call ask_funnel = {.arg = {"-s", store(), "funnel", "--step", "home", "--step", "card",
                                              "--step", "pay", "--format", "json"}};
        rig_run(&x, funnel ? &ask_funnel : &ask_info);
        judge(&x, funnel, committed, board->begun);
        rig_exit_done(&x);
    }
    _exit(0);
}

/* ---- the writer */

static void import(const char *into, unsigned k)
{
    char path[64], prefix[16];
    struct rig_exit x;
    snprintf(path, sizeof(path), "r%u.csv", k);
    snprintf(prefix, sizeof(prefix), "r%u_", k);
    rig_write_events(rig_path("%s", path), prefix, 1u << k, EACH);
    rig_run(&x, &(struct rig_call){.arg = {"-s", into, "import", "events", rig_path("%s", path), "--quiet"},
                                   .env = {"WAYMARK_COMMIT_BYTES=4K"}});
    if (x.status != 0)
        rig_fail("import %u: status %d: %.300s", k, x.status, x.err);
    rig_exit_done(&x);
}

static uint64_t file_bytes(const char *name)
{
    struct stat st;
    return stat(rig_path("%s/data.mdb", name), &st) == 0 ? (uint64_t)st.st_size : 0;
}

static void round_of_imports(void)
{
    pid_t reader[READERS];
    rig_remove(store());
    *board = (struct board){0};
    board->begun = 1;
    import(store(), 0);
    board->committed = 1;
    for (unsigned i = 0; i < READERS; i++)
        if ((reader[i] = fork()) == 0)
            read_on(i);
    for (unsigned k = 1; k < IMPORTS; k++) {
        usleep(50000 + rand_below(&rig.rand, 200000));
        board->begun = k + 1;
        import(store(), k);
        board->committed = k + 1;
    }
    usleep(200000);
    board->stop = true;
    for (unsigned i = 0; i < READERS; i++)
        while (waitpid(reader[i], NULL, 0) < 0 && errno == EINTR)
            continue;
}

static void judge_round(void)
{
    unsigned states = (unsigned)__builtin_popcount(board->seen);
    uint64_t quiet = file_bytes("quiet"), busy = file_bytes("store");
    const char *why = rig_check(store());
    printf("%u answers (%u funnels) of %u states by %d readers; file %llu bytes, %llu without readers\n",
           board->answers, board->funnels, states, READERS, (unsigned long long)busy,
           (unsigned long long)quiet);
    if (board->wrong)
        rig_fail("%u wrong answers; the first: %s", board->wrong, board->said);
    if (why)
        rig_fail("%s", why);
    if (busy > 3 * quiet)
        rig_fail("readers made the file %llu times as large", (unsigned long long)(busy / quiet));
    if (board->answers < READERS || states < 3)
        rig_fail("too few answers to show anything");
}

int main(int argc, char **argv)
{
    rig_begin(argc, argv, 1, 10);
    board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED)
        rig_broken("mmap");
    for (unsigned k = 0; k < IMPORTS; k++)
        import(rig_path("quiet"), k);
    for (unsigned i = 0; i < rig.runs; i++) {
        round_of_imports();
        judge_round();
    }
    return rig_end();
}
