/* load_worker_test.c - imports that outlive whoever began them: notes and claims, a process of its own that
 * is followed, left, killed, paused, cancelled; a queue that goes on when the explorer is killed. */
#include "config.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/loader.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/rand.h"

enum { BIG = 400000, WAIT_MS = 60000 };

static char folder[64], store[80];
static struct nursery *nursery;

static void write_text(const char *name, struct str text)
{
    char path[160];
    struct err err = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!os_replace_file(path, text, &err))
        fail_msg("%s", err.text);
}

/* Events of customers whose ids begin with `who`. */
static const char *put_file(const char *name, const char *who, int rows, const char *header)
{
    static char path[8][160];
    static unsigned next;
    struct buf b = {0};
    buf_printf(&b, "%s\n", header);
    for (int i = 0; i < rows; i++)
        buf_printf(&b, "%s%d,2026-10-%02d 10:%02d:%02d,e%d,some text to read\n", who, i, 1 + i % 28, i % 60,
                   i % 59, i % 5);
    write_text(name, buf_view(&b));
    buf_done(&b);
    char *p = path[next++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

static const char plain[] = "user,time,event,note", other[] = "user,time,event,remark";

static int64_t events(void)
{
    struct err err = {0};
    struct workspace *w = workspace_open(store, false, &err);
    struct result *r = w ? workspace_info(w, &err) : NULL;
    if (!r)
        fail_msg("%s", err.text);
    int64_t n = object_get(&r->summary, "events")->i;
    result_free(r);
    workspace_close(w);
    return n;
}

static int make_store(void **state)
{
    struct query q;
    struct err err = {0};
    (void)state;
    snprintf(folder, sizeof folder, "%s/waymark-load.XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(folder));
    snprintf(store, sizeof store, "%s/store", folder);
    query_init(&q, "import events");
    query_add(&q, "file", put_file("first.csv", "a", 10, plain));
    query_add(&q, "tz", "UTC");
    struct result *r = workspace_import(store, &q, NULL, NULL, NULL, &err);
    if (!r)
        fail_msg("%s", err.text);
    result_free(r);
    query_done(&q);
    return 0;
}

static void remove_all(const char *dir)
{
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && unlink(path) != 0)
            remove_all(path);
    }
    if (d)
        closedir(d);
    rmdir(dir);
}

static int drop_store(void **state)
{
    (void)state;
    remove_all(folder);
    nursery_close(nursery);
    return 0;
}

/* ---- notes */

static void notes_come_back(void **state)
{
    static const char odd[] = "a\tb\nc\\d\\n 理财 \"x\"";
    struct err err = {0};
    struct loading *l = loading_open(store, &err), *another = loading_open(store, &err);
    struct load_note n = {.state = LOADER_RUNNING,
                          .folder = mem_strdup(odd),
                          .begun_us = 5,
                          .ended_us = 6,
                          .done = 7,
                          .total = 8,
                          .rows = 9,
                          .rejected = 10,
                          .stage = 2,
                          .process = 11,
                          .mapping = mem_strdup(odd)};
    struct load_note back;
    struct board *board = board_new(), *copy = board_new();
    struct board_view v;
    (void)state;
    query_init(&n.query, "import events");
    query_add(&n.query, "file", odd);
    query_add(&n.query, "again", "");
    n.outcome = (struct load_outcome){1, 2, 3, mem_strdup(odd)};
    err_set(&n.err, ERR_INPUT, "%s", odd);
    board_add(board, odd, -1);
    board_add(board, "two", 20);
    board_set(board, 1, BOARD_RUNNING, 5, 6, 7);
    board_complain(board, &(struct board_complaint){"bad-time", "no time; see", 4, odd, "f.csv", 12});
    board_keep(board, odd);
    unsigned id = loading_add(l, &n, &err);
    assert_int_equal(id, 1);
    assert_true(loading_write(l, id, &n, board, true, &err));
    assert_true(loading_read(another, id, &back, copy));
    assert_string_equal(back.query.analysis, "import events");
    assert_string_equal(query_get(&back.query, "file"), odd);
    assert_string_equal(query_get(&back.query, "again"), "");
    assert_string_equal(back.folder, odd);
    assert_string_equal(back.mapping, odd);
    assert_string_equal(back.outcome.report, odd);
    assert_string_equal(back.err.text, odd);
    assert_true(back.err.code == ERR_INPUT && back.state == LOADER_RUNNING && back.begun_us == 5 &&
                back.ended_us == 6 && back.done == 7 && back.total == 8 && back.rows == 9 &&
                back.rejected == 10 && back.stage == 2 && back.process == 11 && back.outcome.rows == 1 &&
                back.outcome.rejected == 2 && back.outcome.duplicates == 3);
    board_look(copy, &v);
    assert_int_equal(v.parts, 2);
    assert_string_equal(v.part[0].name, odd);
    assert_true(v.part[0].size == -1 && v.part[1].state == BOARD_RUNNING && v.part[1].bad == 7);
    assert_int_equal(v.complaints, 1);
    assert_true(v.complaint[0].count == 4 && v.complaint[0].line == 12);
    assert_string_equal(v.complaint[0].example, odd);
    assert_string_equal(v.kept, odd);
    board_look_done(&v);
    load_note_done(&back);
    /* Claims: of another, gone with it; wishes. */
    assert_false(loading_claim(another, id, CLAIM_SHOW));
    assert_true(loading_claim(another, id, CLAIM_WORK));
    assert_true(loading_is_claimed(l, id, CLAIM_WORK));
    assert_false(loading_is_claimed(another, id, CLAIM_WORK));
    assert_int_equal(loading_add(another, &n, &err), 2);
    loading_remove(another, 2);
    assert_int_equal(loading_add(another, &n, &err), 3); /* no number twice */
    loading_close(another);
    assert_false(loading_is_claimed(l, id, CLAIM_WORK));
    struct load_wish wish;
    assert_true(loading_put_wish(l, id, &(struct load_wish){.pause = true, .answer = LOAD_LEAVE}));
    loading_get_wish(l, id, &wish);
    assert_true(wish.pause && !wish.cancel && wish.answer == LOAD_LEAVE);
    loading_remove(l, id);
    loading_get_wish(l, id, &wish);
    assert_true(!wish.pause && wish.answer == LOAD_UNANSWERED);
    assert_int_equal(loading_next(l, 0), 3);
    loading_remove(l, 3);
    assert_int_equal(loading_next(l, 0), 0);
    loading_close(l);
    load_note_done(&n);
    board_free(board);
    board_free(copy);
}

/* What somebody or a broken disk has made of a note. */
static void spoilt_notes_do_no_harm(void **state)
{
    static const char note[] =
        "command\timport events\noption\tfile\tx.csv\nstate\trunning\nstage\t1\npart\tx\t5\t1\t1\t1\t1\n"
        "complaint\t1\t2\tid\ttext\texample\tfile\nkept\tp\nerror\t3\nwhy\tw\nreport\tr\nbegun\t1\n";
    unsigned seed = 20261122;
    struct rand r;
    struct err err = {0};
    struct loading *l = loading_open(store, &err);
    (void)state;
    print_message("seed %u\n", seed);
    rand_seed(&r, seed);
    for (int i = 0; i < 2000; i++) {
        char text[sizeof note];
        struct load_note n;
        struct board *b = board_new();
        memcpy(text, note, sizeof note);
        for (int k = 0; k < 4; k++)
            text[rand_below(&r, sizeof note - 1)] =
                (char)(rand_below(&r, 3) ? (uint32_t) "\t\n\\-0"[rand_below(&r, 5)] : rand_below(&r, 256));
        write_text("store/loading/7", (struct str){text, rand_below(&r, sizeof note)});
        if (loading_read(l, 7, &n, b)) {
            assert_true(n.state >= LOADER_WAITING && n.state < LOADER_CUT);
            assert_int_equal(strncmp(n.query.analysis, "import ", 7), 0);
        }
        load_note_done(&n);
        board_free(b);
    }
    write_text("store/loading/7", STR("no note\n"));
    write_text("store/loading/8", STR("command\timport nothing\nmapping\tm\n")); /* of a newer program */
    loading_close(l);
    struct loader *loader = loader_new(store, -1, nursery);
    assert_int_equal(loader_adopt(loader), 0);
    loader_free(loader);
    char path[160];
    snprintf(path, sizeof path, "%s/loading/7", store);
    assert_false(os_exists(path)); /* nothing can be made of it: it goes */
}

/* ---- a process of its own */

static void add(struct loader *l, const char *path)
{
    struct err err = {0};
    if (!loader_add(l, "import events", path, &err))
        fail_msg("%s", err.text);
}

static void wait_for(struct loader *l, size_t file, enum load_state state)
{
    for (int ms = 0; ms < WAIT_MS; ms += 5) {
        loader_tick(l);
        if (loader_file(l, file)->state == state)
            return;
        usleep(5000);
    }
    fail_msg("file %zu is in state %d, not %d: %s", file, loader_file(l, file)->state, state,
             loader_file(l, file)->err.text);
}

static void wait_for_rows(struct loader *l, uint64_t rows)
{
    for (int ms = 0; ms < WAIT_MS; ms += 5) {
        loader_tick(l);
        const struct progress *p = loader_progress(l);
        if (p && atomic_load(&p->rows) >= rows)
            return;
        usleep(5000);
    }
    fail_msg("no rows come");
}

/* The process that works at the note; 0: there is none. */
static pid_t worker_of(unsigned id)
{
    struct err err = {0};
    struct load_note n;
    struct loading *l = loading_open(store, &err);
    pid_t pid = loading_is_claimed(l, id, CLAIM_WORK) && loading_read(l, id, &n, NULL) ? (pid_t)n.process : 0;
    if (pid)
        load_note_done(&n);
    loading_close(l);
    return pid;
}

static size_t notes(void)
{
    struct err err = {0};
    struct loading *l = loading_open(store, &err);
    size_t n = 0;
    for (unsigned id = 0; (id = loading_next(l, id));)
        n++;
    loading_close(l);
    return n;
}

static void is_followed_to_its_end(void **state)
{
    int64_t before = events();
    struct loader *l = loader_new(store, -1, nursery);
    (void)state;
    assert_true(loader_outlives(l));
    add(l, put_file("one.csv", "b", 300, plain));
    wait_for(l, 0, LOADER_ASKING);
    assert_non_null(strstr(loader_file(l, 0)->mapping, "user = user"));
    assert_int_equal(events(), before);
    pid_t worker = worker_of(loader_file(l, 0)->note);
    assert_true(worker > 0 && worker != getpid());
    loader_answer(l, true);
    wait_for(l, 0, LOADER_DONE);
    assert_int_equal(events(), before + 300);
    assert_int_equal(loader_file(l, 0)->outcome.rows, 300);
    assert_non_null(strstr(loader_file(l, 0)->outcome.report, "300"));
    assert_int_equal(notes(), 0);
    /* The same columns again: nobody is asked. Other options: asked again. A file that is not there. */
    add(l, put_file("two.csv", "c", 200, plain));
    wait_for(l, 1, LOADER_DONE);
    struct err err = {0};
    add(l, put_file("three.csv", "d", 100, other));
    wait_for(l, 2, LOADER_ASKING);
    assert_true(loader_change(l, "--tz Asia/Shanghai", &err));
    wait_for(l, 2, LOADER_RUNNING);
    wait_for(l, 2, LOADER_ASKING);
    assert_non_null(strstr(loader_file(l, 2)->mapping, "Asia/Shanghai"));
    loader_answer(l, false);
    wait_for(l, 2, LOADER_CANCELLED);
    add(l, "nosuch.csv");
    wait_for(l, 3, LOADER_FAILED);
    assert_non_null(strstr(loader_file(l, 3)->err.text, "nosuch.csv"));
    assert_int_equal(events(), before + 500);
    loader_free(l);
    assert_int_equal(notes(), 0);
}

static struct loader *begin_big(const char *name, const char *who)
{
    struct loader *l = loader_new(store, -1, nursery);
    add(l, put_file(name, who, BIG, plain));
    wait_for(l, 0, LOADER_ASKING);
    loader_answer(l, true);
    wait_for_rows(l, 1);
    return l;
}

/* Paused, so that it is sure to be at work. On a very busy machine the word may come too late: then there is
 * nothing to see. */
static void hold(struct loader *l)
{
    uint64_t rows = 0;
    loader_pause(l, true);
    for (int still = 0; still < 40; still++, usleep(25000)) {
        loader_tick(l);
        const struct progress *p = loader_progress(l);
        uint64_t now = p ? atomic_load(&p->rows) : BIG;
        if (now >= BIG) {
            loader_pause(l, false);
            wait_for(l, 0, LOADER_DONE);
            loader_free(l);
            skip();
        }
        still = now == rows ? still : 0;
        rows = now;
    }
}

static void goes_on_when_it_is_left(void **state)
{
    int64_t before = events();
    struct loader *l = begin_big("big.csv", "e");
    (void)state;
    hold(l);
    unsigned id = loader_file(l, 0)->note;
    pid_t worker = worker_of(id);
    loader_free(l);
    assert_true(worker > 0 && kill(worker, 0) == 0);
    l = loader_new(store, -1, nursery); /* while it is worked at, or after */
    assert_int_equal(loader_adopt(l), 1);
    assert_string_equal(loader_file(l, 0)->command, "import events");
    wait_for(l, 0, LOADER_DONE);
    assert_int_equal(loader_file(l, 0)->outcome.rows, BIG);
    assert_int_equal(events(), before + BIG);
    loader_free(l);
    assert_int_equal(notes(), 0);
}

static void a_killed_process_is_told(void **state)
{
    int64_t before = events();
    struct loader *l = begin_big("big2.csv", "f");
    (void)state;
    hold(l);
    assert_int_equal(kill(worker_of(loader_file(l, 0)->note), SIGKILL), 0);
    wait_for(l, 0, LOADER_CUT);
    assert_false(loader_busy(l));
    assert_int_equal(events(), before);
    assert_int_equal(notes(), 1);
    loader_free(l);
    l = loader_new(store, -1, nursery); /* it is offered at the next start as well */
    assert_int_equal(loader_adopt(l), 1);
    assert_int_equal(loader_file(l, 0)->state, LOADER_CUT);
    assert_non_null(strstr(loader_file(l, 0)->err.text, "Enter loads it again"));
    loader_again(l, 0);
    wait_for(l, 0, LOADER_ASKING);
    loader_answer(l, true);
    wait_for(l, 0, LOADER_DONE);
    assert_int_equal(events(), before + BIG);
    loader_free(l);
    assert_int_equal(notes(), 0);
}

static void wishes_reach_it(void **state)
{
    int64_t before = events();
    struct loader *l = begin_big("big3.csv", "g");
    (void)state;
    hold(l);
    sleep(1); /* it would be through by then */
    loader_tick(l);
    assert_int_equal(loader_file(l, 0)->state, LOADER_RUNNING);
    assert_in_range(atomic_load(&loader_progress(l)->rows), 1, BIG - 1);
    assert_true(loader_pause(l, false));
    assert_true(loader_pause(l, true));
    assert_true(loader_cancel(l));
    wait_for(l, 0, LOADER_CANCELLED);
    assert_int_equal(events(), before);
    assert_int_equal(notes(), 0);
    loader_free(l);
}

/* An explorer with three files, the third of other columns, killed while the first is loaded. */
static void explore_and_die(void)
{
    alarm(WAIT_MS / 1000);
    struct nursery *own = nursery_open();
    struct loader *l = loader_new(store, -1, own);
    char path[160];
    static const char *const names[] = {"q1.csv", "q2.csv", "q3.csv"};
    for (int i = 0; i < 3; i++) {
        struct err err;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (!loader_add(l, "import events", path, &err))
            _exit(1);
    }
    while (loader_tick(l), !loader_asks(l))
        usleep(2000);
    loader_answer(l, true);
    while (loader_tick(l), !loader_progress(l) || !atomic_load(&loader_progress(l)->rows))
        usleep(2000);
    kill(getpid(), SIGKILL);
}

static void a_queue_outlives_its_explorer(void **state)
{
    int64_t before = events();
    (void)state;
    put_file("q1.csv", "h", BIG, plain);
    put_file("q2.csv", "i", 1000, plain);
    put_file("q3.csv", "j", 1000, other);
    pid_t pid = fork();
    if (pid == 0) {
        explore_and_die();
        _exit(2);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    /* Nobody looks; both of the first kind are loaded, the third is left for an answer. */
    for (int ms = 0; ms < WAIT_MS && events() < before + BIG + 1000; ms += 20)
        usleep(20000);
    assert_int_equal(events(), before + BIG + 1000);
    struct err err = {0};
    struct loading *look = loading_open(store, &err);
    for (unsigned id = 0; (id = loading_next(look, id));)
        for (int ms = 0; ms < WAIT_MS && loading_is_claimed(look, id, CLAIM_WORK); ms += 5)
            usleep(5000);
    loading_close(look);
    struct loader *l = loader_new(store, -1, nursery);
    assert_int_equal(loader_adopt(l), 3);
    assert_int_equal(loader_file(l, 0)->state, LOADER_DONE);
    assert_int_equal(loader_file(l, 1)->state, LOADER_DONE);
    assert_int_equal(loader_file(l, 1)->outcome.rows, 1000);
    assert_int_equal(loader_file(l, 2)->state, LOADER_CUT);
    loader_again(l, 2);
    wait_for(l, 2, LOADER_ASKING);
    loader_answer(l, true);
    wait_for(l, 2, LOADER_DONE);
    assert_int_equal(events(), before + BIG + 2000);
    loader_free(l);
    assert_int_equal(notes(), 0);
}

static unsigned note_in(struct loading *l, const char *in, const char *name)
{
    struct err err = {0};
    struct load_note n = {.folder = mem_strdup(in)};
    query_init(&n.query, "import events");
    query_add(&n.query, "file", name);
    unsigned id = loading_add(l, &n, &err);
    assert_true(id && loading_put_wish(l, id, &(struct load_wish){.answer = LOAD_GO}));
    load_note_done(&n);
    return id;
}

/* A name is looked for in its own folder; when that is gone, not in that of the file before. */
static void names_stay_in_their_folder(void **state)
{
    struct err err = {0};
    struct loading *l = loading_open(store, &err);
    (void)state;
    put_file("here.csv", "l", 30, plain);
    put_file("there.csv", "m", 30, plain);
    unsigned first = note_in(l, folder, "here.csv"), second = note_in(l, "/no/such/folder", "there.csv");
    loading_close(l);
    assert_true(nursery_begin(nursery, store, first, &err));
    l = loading_open(store, &err);
    struct load_note n = {0};
    for (int ms = 0; ms < WAIT_MS && !load_note_over(&n); ms += 20) {
        usleep(20000);
        load_note_done(&n);
        loading_read(l, second, &n, NULL);
    }
    assert_int_equal(n.state, LOADER_FAILED);
    assert_non_null(strstr(n.err.text, "there.csv"));
    load_note_done(&n);
    assert_true(loading_read(l, first, &n, NULL));
    assert_int_equal(n.state, LOADER_DONE);
    load_note_done(&n);
    loading_remove(l, first);
    loading_remove(l, second);
    loading_close(l);
}

/* No process can be begun: it is loaded here. */
static void a_dead_nursery_is_no_obstacle(void **state)
{
    int64_t before = events();
    struct nursery *dead = nursery_open();
    struct loader *l = loader_new(store, -1, dead);
    (void)state;
    signal(SIGCHLD, SIG_DFL);
    struct err err = {0};
    assert_false(nursery_begin(dead, "/nonexistent", 1, &err)); /* no such store: refused */
    assert_non_null(strstr(err.text, "no process"));
    char far_too_long[5000];
    memset(far_too_long, 'x', sizeof far_too_long - 1);
    far_too_long[sizeof far_too_long - 1] = '\0';
    assert_false(nursery_begin(dead, far_too_long, 1, &err));
    for (int tries = 0; tries < 100 && waitpid(-1, NULL, WNOHANG) > 0; tries++)
        ;
    assert_int_equal(kill(nursery_process(dead), SIGKILL), 0);
    assert_int_equal(waitpid(nursery_process(dead), NULL, 0), nursery_process(dead));
    add(l, put_file("last.csv", "k", 50, plain));
    wait_for(l, 0, LOADER_ASKING);
    loader_answer(l, true);
    wait_for(l, 0, LOADER_DONE);
    assert_int_equal(events(), before + 50);
    loader_free(l);
    nursery_close(dead);
    assert_int_equal(notes(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_come_back),
        cmocka_unit_test(spoilt_notes_do_no_harm),
        cmocka_unit_test(is_followed_to_its_end),
        cmocka_unit_test(goes_on_when_it_is_left),
        cmocka_unit_test(a_killed_process_is_told),
        cmocka_unit_test(wishes_reach_it),
        cmocka_unit_test(a_queue_outlives_its_explorer),
        cmocka_unit_test(names_stay_in_their_folder),
        cmocka_unit_test(a_dead_nursery_is_no_obstacle),
    };
    setenv("TZ", "UTC", 1);
    nls_init("en");
    nursery = nursery_open(); /* before all else, as the program does */
    return cmocka_run_group_tests(tests, make_store, drop_store);
}
