/* run_file.c - what does not fit in memory while sorting.
 *
 * The file has no name (O_TMPFILE, or unlinked at once), so a killed import leaves nothing behind. It lies in
 * the store's folder: that is where space was made for the data, and where they may be kept. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/nls.h"
#include "base/vec.h"
#include "import/row.h"
#include "import/run_file.h"

#define FENCE 256 /* rows from one to the next; up to so many are read in vain at either end of a slice */

struct run {
    off_t at;
    size_t rows;
    uint32_t stride;       /* of its rows in the file */
    struct run_key *fence; /* the keys of rows 0, FENCE, 2 * FENCE ... */
    size_t fences, passed; /* passed: those before the next slice */
};

struct run_file {
    int fd;
    const char *dir;
    uint32_t stride;
    const unsigned char *empty; /* NULL: all runs have rows of one length */
    VEC(struct run) run;
    bool begun, ended; /* slices */
    struct run_key reached;
};

static int open_nameless(const char *dir)
{
#ifdef O_TMPFILE
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (fd >= 0)
        return fd;
#endif
    struct buf name = {0};
    buf_printf(&name, "%s/.import-XXXXXX", dir);
    int named = mkostemp(name.p, O_CLOEXEC); /* O_EXCL and 0600 by itself */
    if (named >= 0)
        unlink(name.p);
    buf_done(&name);
    return named;
}

struct run_file *run_file_new(const char *dir, uint32_t stride, struct err *err)
{
    int fd = open_nameless(dir);
    if (fd < 0) {
        err_set(err, ERR_SYSTEM, _("%s: no temporary file can be made for sorting: %s"), dir,
                strerror(errno));
        return NULL;
    }
    struct run_file *f = mem_zalloc(sizeof(*f));
    f->fd = fd;
    f->dir = dir;
    f->stride = stride;
    return f;
}

void run_file_close(struct run_file *f)
{
    if (!f)
        return;
    close(f->fd);
    for (size_t i = 0; i < f->run.n; i++)
        free(f->run.at[i].fence);
    vec_done(&f->run);
    free(f);
}

/* ---- Writing. */

void run_file_widen(struct run_file *f, uint32_t stride, const unsigned char *empty)
{
    f->stride = stride;
    f->empty = empty;
}

/* Behind the run before. */
static off_t next_place(const struct run_file *f)
{
    if (f->run.n == 0)
        return 0;
    const struct run *last = &f->run.at[f->run.n - 1];
    return last->at + (off_t)(last->rows * last->stride);
}

void run_file_begin(struct run_file *f, size_t rows)
{
    size_t fences = (rows + FENCE - 1) / FENCE;
    struct run r = {.at = next_place(f), .rows = rows, .stride = f->stride, .fences = fences};
    r.fence = mem_alloc((fences + 1) * sizeof(*r.fence));
    vec_push(&f->run, r);
}

static struct run_key key_of(const unsigned char *row)
{
    return (struct run_key){row_time(row), row_user(row), 0};
}

static bool write_fully(const struct run_file *f, const unsigned char *from, size_t n, off_t at,
                        struct err *err)
{
    while (n > 0) {
        ssize_t put = pwrite(f->fd, from, n, at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return err_set(err, ERR_SYSTEM, _("%s: sorting needs room for a temporary file: %s"), f->dir,
                           strerror(errno));
        from += put;
        at += put;
        n -= (size_t)put;
    }
    return true;
}

bool run_file_put(struct run_file *f, size_t first, const unsigned char *rows, size_t n, struct err *err)
{
    const struct run *r = &f->run.at[f->run.n - 1];
    if (first + n > r->rows)
        bug("rows of a run");
    for (size_t i = (first + FENCE - 1) / FENCE; i * FENCE < first + n; i++)
        r->fence[i] = key_of(rows + (i * FENCE - first) * r->stride);
    return write_fully(f, rows, n * r->stride, r->at + (off_t)(first * r->stride), err);
}

size_t run_file_runs(const struct run_file *f)
{
    return f->run.n;
}

/* ---- Slices. */

static bool before(const struct run_key *a, const struct run_key *b)
{
    return a->user != b->user ? a->user < b->user : a->time < b->time;
}

/* The smallest fence that was not passed, and past it; NULL: none is left. */
static const struct run_key *pass_fence(struct run_file *f)
{
    struct run *least = NULL;
    for (size_t i = 0; i < f->run.n; i++) {
        struct run *r = &f->run.at[i];
        if (r->passed < r->fences && (!least || before(&r->fence[r->passed], &least->fence[least->passed])))
            least = r;
    }
    return least ? &least->fence[least->passed++] : NULL;
}

static void begin(struct run_file *f)
{
    const struct run_key *first = pass_fence(f);
    f->begun = true;
    f->ended = !first;
    if (first)
        f->reached = *first;
}

/* From one fence to another that is not the same: the row of the first is in it, so no slice is empty. */
bool run_file_next(struct run_file *f, size_t rows, struct run_slice *s)
{
    if (!f->begun)
        begin(f);
    if (f->ended)
        return false;
    const struct run_key *to;
    size_t passed = 0;
    do {
        to = pass_fence(f);
        passed += FENCE;
    } while (to && (passed < rows || !before(&f->reached, to)));
    *s = (struct run_slice){f->reached, to ? *to : f->reached, !to};
    f->ended = !to;
    f->reached = s->to;
    return true;
}

/* Fences before a key: all rows of the run before it lie in front of the fence behind those. */
static size_t fences_before(const struct run *r, const struct run_key *key)
{
    size_t lo = 0, hi = r->fences;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (before(&r->fence[mid], key))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Rows of the run that have to be read: from the first fence up to the last one that matter. */
static size_t span_of(const struct run *r, const struct run_slice *s, size_t *first)
{
    size_t from = fences_before(r, &s->from), to = s->last ? r->fences : fences_before(r, &s->to);
    *first = from ? (from - 1) * FENCE : 0;
    size_t end = to * FENCE < r->rows ? to * FENCE : r->rows;
    return end > *first ? end - *first : 0;
}

size_t run_file_room(const struct run_file *f, const struct run_slice *s)
{
    size_t rows = 0, first;
    for (size_t i = 0; i < f->run.n; i++)
        rows += span_of(&f->run.at[i], s, &first);
    return rows;
}

/* ---- Reading. */

static bool read_fully(const struct run_file *f, unsigned char *to, size_t n, off_t at, struct err *err)
{
    while (n > 0) {
        ssize_t got = pread(f->fd, to, n, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(err, ERR_SYSTEM, _("%s: the temporary file for sorting cannot be read: %s"),
                           f->dir, got < 0 ? strerror(errno) : _("it is too short"));
        to += got;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

/* Of n sorted rows those before a key. */
static size_t rows_before(const struct run_file *f, const unsigned char *rows, size_t n,
                          const struct run_key *key)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        struct run_key k = key_of(rows + mid * f->stride);
        if (before(&k, key))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* What of one run is in the slice, to `rows`. */
static bool read_span(const struct run_file *f, const struct run *r, const struct run_slice *s,
                      unsigned char *rows, size_t first, size_t n, size_t *from, size_t *to, struct err *err)
{
    if (!read_fully(f, rows, n * r->stride, r->at + (off_t)(first * r->stride), err))
        return false;
    row_widen(rows, n, r->stride, f->stride, f->empty);
    *from = rows_before(f, rows, n, &s->from);
    *to = s->last ? n : rows_before(f, rows, n, &s->to);
    return true;
}

bool run_file_read(const struct run_file *f, const struct run_slice *s, unsigned char *rows,
                   struct run_key *key, size_t *n, struct err *err)
{
    size_t at = 0, first, from, to;
    *n = 0;
    for (size_t i = 0; i < f->run.n; i++) {
        const struct run *r = &f->run.at[i];
        size_t span = span_of(r, s, &first);
        if (!read_span(f, r, s, rows + at * f->stride, first, span, &from, &to, err))
            return false;
        for (size_t k = at + from; k < at + to; k++) {
            key[*n] = key_of(rows + k * f->stride);
            key[(*n)++].at = (uint32_t)k;
        }
        at += span;
    }
    return true;
}
