/* run_file.c - what does not fit in memory while sorting.
 *
 * The file has no name (O_TMPFILE, or unlinked at once), so a killed import leaves nothing behind. It lies in
 * the store's folder: that is where space was made for the data, and where they may be kept.
 *
 * Reading needs no heap of runs: from what is buffered of each run, everything before the smallest of the
 * last buffered rows is safe to hand out, and the caller sorts it, which for sorted stretches is a merge. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/nls.h"
#include "base/os.h"
#include "import/row.h"
#include "import/run_file.h"

#define WRITE_AT ((size_t)1 << 20)
#define AHEAD_ROWS 65536 /* of all runs together */
#define AHEAD_LEAST 1024 /* of one run */

struct reader {
    off_t at, end;
    uint32_t stride; /* of its rows in the file */
    unsigned char *rows;
    size_t n, cap, take; /* take: rows of it to be handed out next */
};

struct run_file {
    int fd;
    const char *dir;
    uint32_t stride;
    const unsigned char *empty; /* NULL: all runs have rows of one length */
    off_t size;
    struct buf out;
    VEC(struct reader) run;
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
        free(f->run.at[i].rows);
    vec_done(&f->run);
    buf_done(&f->out);
    free(f);
}

/* ---- Writing. */

static bool flush(struct run_file *f, struct err *err)
{
    if (f->out.n == 0)
        return true;
    if (!os_write_all(f->fd, f->out.p, f->out.n, f->dir, err))
        return err_prefix(err, _("sorting needs room for a temporary file"));
    f->size += (off_t)f->out.n;
    buf_clear(&f->out);
    return true;
}

void run_file_widen(struct run_file *f, uint32_t stride, const unsigned char *empty)
{
    f->stride = stride;
    f->empty = empty;
}

bool run_file_put(struct run_file *f, const unsigned char *row, struct err *err)
{
    buf_put(&f->out, row, f->stride);
    return f->out.n < WRITE_AT || flush(f, err);
}

bool run_file_end(struct run_file *f, struct err *err)
{
    off_t begin = f->run.n ? f->run.at[f->run.n - 1].end : 0;
    if (!flush(f, err))
        return false;
    vec_push(&f->run, (struct reader){.at = begin, .end = f->size, .stride = f->stride});
    return true;
}

size_t run_file_runs(const struct run_file *f)
{
    return f->run.n;
}

/* ---- Reading. */

void run_file_begin(struct run_file *f)
{
    size_t rows = AHEAD_ROWS / (f->run.n ? f->run.n : 1);
    for (size_t i = 0; i < f->run.n; i++) {
        struct reader *r = &f->run.at[i];
        r->cap = rows < AHEAD_LEAST ? AHEAD_LEAST : rows;
        r->rows = mem_alloc(r->cap * f->stride);
    }
}

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

/* Drops what was handed out, reads on. */
static bool refill(const struct run_file *f, struct reader *r, struct err *err)
{
    if (r->take) {
        r->n -= r->take;
        memmove(r->rows, r->rows + r->take * f->stride, r->n * f->stride);
        r->take = 0;
    }
    size_t left = (size_t)(r->end - r->at) / r->stride;
    size_t more = r->cap - r->n < left ? r->cap - r->n : left;
    unsigned char *to = r->rows + r->n * f->stride;
    if (!read_fully(f, to, more * r->stride, r->at, err))
        return false;
    row_widen(to, more, r->stride, f->stride, f->empty);
    r->at += (off_t)(more * r->stride);
    r->n += more;
    return true;
}

static bool before(const unsigned char *a, const unsigned char *b)
{
    uint32_t ua = row_user(a), ub = row_user(b);
    return ua != ub ? ua < ub : row_time(a) < row_time(b);
}

static const unsigned char *last_row(const struct run_file *f, const struct reader *r)
{
    return r->rows + (r->n - 1) * f->stride;
}

/* The smallest last row of the runs that go on in the file; NULL when all are in memory. */
static const unsigned char *bound_of(const struct run_file *f, struct reader **whose)
{
    const unsigned char *bound = NULL;
    for (size_t i = 0; i < f->run.n; i++) {
        struct reader *r = &f->run.at[i];
        if (r->at >= r->end || (bound && !before(last_row(f, r), bound)))
            continue;
        bound = last_row(f, r);
        *whose = r;
    }
    return bound;
}

/* Rows of r before `bound`. */
static size_t count_before(const struct run_file *f, const struct reader *r, const unsigned char *bound)
{
    size_t lo = 0, hi = r->n;
    while (bound && lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (before(r->rows + mid * f->stride, bound))
            lo = mid + 1;
        else
            hi = mid;
    }
    return hi;
}

bool run_file_ahead(struct run_file *f, size_t *rows, struct err *err)
{
    for (;;) {
        struct reader *whose = NULL;
        for (size_t i = 0; i < f->run.n; i++)
            if (!refill(f, &f->run.at[i], err))
                return false;
        const unsigned char *bound = bound_of(f, &whose);
        *rows = 0;
        for (size_t i = 0; i < f->run.n; i++) {
            struct reader *r = &f->run.at[i];
            r->take = count_before(f, r, bound);
            *rows += r->take;
        }
        if (*rows || !bound)
            return true;
        /* Nothing but one (user, time) as far as is buffered: look further. */
        whose->cap *= 2;
        whose->rows = mem_realloc(whose->rows, whose->cap * f->stride);
    }
}

size_t run_file_take(struct run_file *f, unsigned char *to)
{
    size_t n = 0;
    for (size_t i = 0; i < f->run.n; i++) {
        const struct reader *r = &f->run.at[i];
        if (r->take == 0)
            continue;
        memcpy(to + n * f->stride, r->rows, r->take * f->stride);
        n += r->take;
    }
    return n;
}
