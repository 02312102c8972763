/* load_note.c - notes are lines of a word and fields (field.h); unknown words are passed over, so that a
 * newer version's notes can be shown. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/load_note.h"
#include "base/field.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"

enum { NOTE_MAX = 64 << 20 };

struct loading {
    char *dir;
    int claims; /* locks of one byte for each claim; the file holds the last number given */
};

static const char *const states[] = {
    [LOADER_WAITING] = "waiting", [LOADER_ASKING] = "asking", [LOADER_RUNNING] = "running",
    [LOADER_DONE] = "done",       [LOADER_FAILED] = "failed", [LOADER_CANCELLED] = "cancelled"};

void load_note_done(struct load_note *n)
{
    query_done(&n->query);
    free(n->folder);
    free(n->mapping);
    free(n->outcome.report);
    *n = (struct load_note){0};
}

bool load_note_over(const struct load_note *n)
{
    return n->state == LOADER_DONE || n->state == LOADER_FAILED || n->state == LOADER_CANCELLED;
}

/* ---- the folder */

static void put_path(const struct loading *l, unsigned id, const char *ending, struct buf *out)
{
    buf_clear(out);
    buf_printf(out, "%s/%u%s", l->dir, id, ending);
}

struct loading *loading_open(const char *store, struct err *err)
{
    struct buf path = {0};
    buf_printf(&path, "%s/loading", store);
    struct loading *l = mem_zalloc(sizeof *l);
    l->dir = mem_strdup(path.p);
    bool ok = os_make_dirs(l->dir, err);
    buf_puts(&path, "/claims");
    l->claims = ok ? open(path.p, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (ok && l->claims < 0)
        err_set(err, ERR_SYSTEM, "%s: %s", path.p, strerror(errno));
    buf_done(&path);
    if (l->claims >= 0)
        return l;
    loading_close(l);
    return NULL;
}

void loading_close(struct loading *l)
{
    if (!l)
        return;
    if (l->claims >= 0)
        close(l->claims);
    free(l->dir);
    free(l);
}

static unsigned number_of(const char *name)
{
    int64_t n;
    return num_i64(str_of(name), &n) && n > 0 && n < 1000000000 ? (unsigned)n : 0;
}

unsigned loading_next(const struct loading *l, unsigned after)
{
    unsigned least = 0;
    DIR *d = opendir(l->dir);
    for (struct dirent *e; d && (e = readdir(d));) {
        unsigned n = number_of(e->d_name);
        if (n > after && (!least || n < least))
            least = n;
    }
    if (d)
        closedir(d);
    return least;
}

/* ---- claims */

static struct flock byte_of(unsigned id, enum load_claim c, short type)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = 2 * (off_t)id + c, .l_len = 1};
}

bool loading_claim(struct loading *l, unsigned id, enum load_claim c)
{
    struct flock at = byte_of(id, c, F_WRLCK);
    return fcntl(l->claims, F_OFD_SETLK, &at) == 0;
}

void loading_release(struct loading *l, unsigned id, enum load_claim c)
{
    struct flock at = byte_of(id, c, F_UNLCK);
    fcntl(l->claims, F_OFD_SETLK, &at);
}

bool loading_is_claimed(const struct loading *l, unsigned id, enum load_claim c)
{
    struct flock at = byte_of(id, c, F_WRLCK);
    return fcntl(l->claims, F_OFD_GETLK, &at) == 0 && at.l_type != F_UNLCK;
}

/* ---- writing */

static void put_text(struct buf *out, const char *word, const char *text)
{
    if (!text)
        return;
    buf_puts(out, word);
    buf_putc(out, '\t');
    field_put(out, text);
    buf_putc(out, '\n');
}

static void put_pair(struct buf *out, const char *word, const char *a, const char *b)
{
    buf_puts(out, word);
    buf_putc(out, '\t');
    field_put(out, a);
    buf_putc(out, '\t');
    field_put(out, b);
    buf_putc(out, '\n');
}

static void put_number(struct buf *out, const char *word, int64_t n)
{
    buf_printf(out, "%s\t%lld\n", word, (long long)n);
}

static void put_board(struct buf *out, struct board *board)
{
    struct board_view v;
    board_look(board, &v);
    for (size_t i = 0; i < v.parts; i++) {
        const struct board_part *p = &v.part[i];
        put_text(out, "part", p->name);
        out->n--; /* goes on in the line */
        buf_printf(out, "\t%lld\t%d\t%lld\t%lld\t%lld\n", (long long)p->size, (int)p->state,
                   (long long)p->done, (long long)p->rows, (long long)p->bad);
    }
    for (size_t i = 0; i < v.complaints; i++) {
        const struct board_complaint *c = &v.complaint[i];
        buf_printf(out, "complaint\t%lld\t%lld\t", (long long)c->count, (long long)c->line);
        const char *const text[] = {c->id, c->text, c->example, c->file};
        for (int k = 0; k < 4; k++) {
            field_put(out, text[k] ? text[k] : "");
            buf_putc(out, k < 3 ? '\t' : '\n');
        }
    }
    put_text(out, "kept", v.kept);
    board_look_done(&v);
}

static void put_note(struct buf *out, const struct load_note *n)
{
    put_text(out, "command", n->query.analysis);
    for (size_t i = 0; i < n->query.n; i++)
        put_pair(out, "option", n->query.param[i].name, n->query.param[i].value);
    put_text(out, "folder", n->folder);
    put_text(out, "state", states[n->state]);
    put_number(out, "begun", n->begun_us);
    put_number(out, "ended", n->ended_us);
    put_number(out, "process", n->process);
    put_number(out, "done", (int64_t)n->done);
    put_number(out, "total", (int64_t)n->total);
    put_number(out, "rows", (int64_t)n->rows);
    put_number(out, "rejected", (int64_t)n->rejected);
    put_number(out, "stage", n->stage);
    put_text(out, "mapping", n->mapping);
    put_number(out, "all-rows", (int64_t)n->outcome.rows);
    put_number(out, "all-rejected", (int64_t)n->outcome.rejected);
    put_number(out, "all-duplicates", (int64_t)n->outcome.duplicates);
    put_text(out, "report", n->outcome.report);
    if (n->err.code) {
        put_number(out, "error", n->err.code);
        put_text(out, "why", n->err.text);
    }
}

bool loading_write(struct loading *l, unsigned id, const struct load_note *n, struct board *board,
                   bool lasting, struct err *err)
{
    struct buf text = {0}, path = {0};
    put_note(&text, n);
    if (board)
        put_board(&text, board);
    put_path(l, id, "", &path);
    bool ok =
        lasting ? os_replace_file(path.p, buf_view(&text), err) : os_renew_file(path.p, buf_view(&text), err);
    buf_done(&text);
    buf_done(&path);
    return ok;
}

/* Numbers are not given twice: a process may still be at the end of its work at a note that was removed. */
static unsigned new_number(struct loading *l, struct err *err)
{
    struct flock all = byte_of(0, CLAIM_SHOW, F_WRLCK);
    char text[16] = "";
    unsigned id = 0;
    if (fcntl(l->claims, F_OFD_SETLKW, &all) == 0 && pread(l->claims, text, sizeof text - 1, 0) >= 0) {
        id = number_of(text) + 1;
        int n = snprintf(text, sizeof text, "%u", id);
        id = pwrite(l->claims, text, (size_t)n, 0) == n ? id : 0;
    }
    if (!id)
        err_set(err, ERR_SYSTEM, "%s/claims: %s", l->dir, strerror(errno));
    loading_release(l, 0, CLAIM_SHOW);
    return id;
}

unsigned loading_add(struct loading *l, const struct load_note *n, struct err *err)
{
    unsigned id = new_number(l, err);
    if (id && loading_claim(l, id, CLAIM_SHOW) && loading_write(l, id, n, NULL, true, err))
        return id;
    if (id)
        loading_release(l, id, CLAIM_SHOW);
    return 0;
}

void loading_remove(struct loading *l, unsigned id)
{
    static const char *const endings[] = {"", ".wish"};
    struct buf path = {0};
    for (int i = 0; i < 2; i++) {
        put_path(l, id, endings[i], &path);
        unlink(path.p);
    }
    buf_done(&path);
    loading_release(l, id, CLAIM_SHOW);
}

/* ---- reading */

static void take_state(struct load_note *n, struct str *rest)
{
    char *word = field_take(rest);
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(word, states[i]) == 0)
            n->state = (enum load_state)i;
    free(word);
}

static void take_text(char **to, struct str *rest)
{
    free(*to);
    *to = field_take(rest);
}

static void take_option(struct load_note *n, struct str *rest)
{
    char *name = field_take(rest), *value = field_take(rest);
    query_add(&n->query, name, value);
    free(name);
    free(value);
}

static void take_why(struct load_note *n, struct str *rest)
{
    char *why = field_take(rest);
    err_set(&n->err, n->err.code, "%s", why);
    free(why);
}

static void take_part(struct board *board, size_t nth, size_t *known, struct str *rest)
{
    int64_t n[5] = {0};
    char *name = field_take(rest);
    bool ok = true;
    for (int i = 0; i < 5; i++)
        ok = ok && field_take_number(rest, &n[i]);
    if (ok && nth >= *known) {
        board_add(board, name, n[0]);
        ++*known;
    }
    if (ok && n[1] >= BOARD_WAITING && n[1] <= BOARD_DONE)
        board_set(board, nth, (enum board_state)n[1], (uint64_t)n[2], (uint64_t)n[3], (uint64_t)n[4]);
    free(name);
}

static void take_complaint(struct board *board, struct str *rest)
{
    int64_t count, line;
    if (!field_take_number(rest, &count) || !field_take_number(rest, &line))
        return;
    char *id = field_take(rest), *text = field_take(rest), *example = field_take(rest),
         *file = field_take(rest);
    board_complain(board,
                   &(struct board_complaint){id, text, (uint64_t)count, example, file, (uint64_t)line});
    free(id);
    free(text);
    free(example);
    free(file);
}

static size_t parts_of(struct board *board)
{
    struct board_view v;
    board_look(board, &v);
    size_t n = v.parts;
    board_look_done(&v);
    return n;
}

static void take_board(struct board *board, struct str text)
{
    size_t known = parts_of(board), nth = 0;
    while (text.p) {
        struct str line = str_cut(&text, '\n'), word = str_cut(&line, '\t');
        if (str_eq(word, STR("part"))) {
            take_part(board, nth++, &known, &line);
        } else if (str_eq(word, STR("complaint"))) {
            take_complaint(board, &line);
        } else if (str_eq(word, STR("kept"))) {
            char *path = field_take(&line);
            board_keep(board, path);
            free(path);
        }
    }
}

static bool take_number(struct load_note *n, struct str word, struct str *rest)
{
    const struct {
        const char *word;
        uint64_t *to;
    } numbers[] = {{"done", &n->done},
                   {"total", &n->total},
                   {"rows", &n->rows},
                   {"rejected", &n->rejected},
                   {"all-rows", &n->outcome.rows},
                   {"all-rejected", &n->outcome.rejected},
                   {"all-duplicates", &n->outcome.duplicates}};
    int64_t value;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (str_eq(word, str_of(numbers[i].word)) && field_take_number(rest, &value)) {
            *numbers[i].to = (uint64_t)value;
            return true;
        }
    return false;
}

static void take_line(struct load_note *n, struct str word, struct str rest)
{
    int64_t value;
    if (take_number(n, word, &rest))
        return;
    if (str_eq(word, STR("option")))
        take_option(n, &rest);
    else if (str_eq(word, STR("folder")))
        take_text(&n->folder, &rest);
    else if (str_eq(word, STR("state")))
        take_state(n, &rest);
    else if (str_eq(word, STR("mapping")))
        take_text(&n->mapping, &rest);
    else if (str_eq(word, STR("report")))
        take_text(&n->outcome.report, &rest);
    else if (str_eq(word, STR("why")))
        take_why(n, &rest);
    else if (str_eq(word, STR("begun")) && field_take_number(&rest, &value))
        n->begun_us = value;
    else if (str_eq(word, STR("ended")) && field_take_number(&rest, &value))
        n->ended_us = value;
    else if (str_eq(word, STR("process")) && field_take_number(&rest, &value))
        n->process = value;
    else if (str_eq(word, STR("stage")) && field_take_number(&rest, &value))
        n->stage = (int)value;
    else if (str_eq(word, STR("error")) && field_take_number(&rest, &value))
        n->err.code = value > 0 && value <= ERR_CANCELLED ? (enum err_code)value : ERR_SYSTEM;
}

/* The command comes first. */
static bool take_note(struct load_note *out, struct str text)
{
    struct str line = str_cut(&text, '\n'), word = str_cut(&line, '\t');
    if (!str_eq(word, STR("command")))
        return false;
    char *command = field_take(&line);
    query_init(&out->query, command);
    free(command);
    while (text.p) {
        line = str_cut(&text, '\n');
        word = str_cut(&line, '\t');
        take_line(out, word, line);
    }
    return strncmp(out->query.analysis, "import ", 7) == 0;
}

bool loading_read(const struct loading *l, unsigned id, struct load_note *out, struct board *board)
{
    struct buf text = {0}, path = {0};
    struct err err;
    *out = (struct load_note){0};
    put_path(l, id, "", &path);
    bool ok = os_read_file(path.p, NOTE_MAX, &text, &err) && take_note(out, buf_view(&text));
    if (ok && board)
        take_board(board, buf_view(&text));
    if (!ok)
        load_note_done(out);
    buf_done(&text);
    buf_done(&path);
    return ok;
}

/* ---- wishes */

bool loading_put_wish(struct loading *l, unsigned id, const struct load_wish *w)
{
    struct buf text = {0}, path = {0};
    struct err err;
    put_path(l, id, ".wish", &path);
    buf_printf(&text, "%d\t%d\t%d\n", w->cancel, w->pause, (int)w->answer);
    bool ok = os_renew_file(path.p, buf_view(&text), &err);
    buf_done(&text);
    buf_done(&path);
    return ok;
}

void loading_get_wish(const struct loading *l, unsigned id, struct load_wish *out)
{
    struct buf text = {0}, path = {0};
    struct err err;
    int64_t n[3];
    *out = (struct load_wish){0};
    put_path(l, id, ".wish", &path);
    if (os_exists(path.p) && os_read_file(path.p, 4096, &text, &err)) {
        struct str rest = str_trim(buf_view(&text));
        if (field_take_number(&rest, &n[0]) && field_take_number(&rest, &n[1]) &&
            field_take_number(&rest, &n[2]))
            *out = (struct load_wish){n[0] == 1, n[1] == 1, n[2] == 1 ? LOAD_GO : n[2] == 2 ? LOAD_LEAVE : 0};
    }
    buf_done(&text);
    buf_done(&path);
}
