/* source.c - files to chunks of whole records.
 *
 * Chunks of 1 MiB: small enough that a worker finds its chunk still in its own cache, large enough that
 * handing them over costs nothing. What a cut leaves over is copied to the front of the next chunk. */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/nls.h"
#include "base/os.h"
#include "import/csv_source.h"
#include "import/source.h"

#define CHUNK ((size_t)1 << 20)
#define SAMPLE (2 * CSV_RECORD_MAX) /* so that an open quote at its beginning does not hide all of it */
#define FURTHER ((size_t)128 << 10)
#define SAMPLE_SMALL ((size_t)64 << 10)
#define FILES_SAMPLED_WELL                                                                                   \
    8 /* the first so many; memory of samples stays bounded with thousands of files                          \
       */

struct open_file {
    struct source_file public;
    int fd;     /* -1: closed, to be opened again when its turn comes */
    bool again; /* a regular file, not standard input: can be opened twice and should not shrink */
    uint64_t got;
    char *further;
    char *bytes; /* with the byte-order mark: read already and not to be had again */
    size_t n;
};

struct source {
    struct open_file *file;
    size_t n, at;
    bool begun, ended; /* file `at`: chunks were given; its end was read */
    struct buf rest;   /* what the last cut left */
};

static void close_fd(struct open_file *f)
{
    if (f->fd > STDIN_FILENO)
        close(f->fd);
    f->fd = -1;
}

/* ---- First look. */

static bool is_gzip(struct str s)
{
    return s.n >= 2 && (unsigned char)s.p[0] == 0x1f && (unsigned char)s.p[1] == 0x8b;
}

/* A byte-order mark of UTF-16, or a NUL in every second byte. */
static bool is_utf16(struct str s)
{
    if (s.n >= 2 && (memcmp(s.p, "\xff\xfe", 2) == 0 || memcmp(s.p, "\xfe\xff", 2) == 0))
        return true;
    size_t n = s.n < 1024 ? s.n : 1024, nul[2] = {0, 0};
    for (size_t i = 0; i < n; i++)
        nul[i & 1] += s.p[i] == '\0';
    return n >= 16 && (nul[0] > n / 4) != (nul[1] > n / 4);
}

static bool check_encoding(const struct source_file *f, struct str s, struct err *err)
{
    if (is_gzip(s))
        return err_set(err, ERR_INPUT, _("%s: is compressed with gzip; unpack it first (gunzip)"), f->label);
    if (is_utf16(s))
        return err_set(
            err, ERR_INPUT,
            _("%s: is UTF-16, but only UTF-8 can be loaded; convert it first: iconv -f UTF-16 -t UTF-8"),
            f->label);
    return true;
}

static bool open_file(struct open_file *f, struct err *err)
{
    if (f->fd < 0)
        f->fd = os_open_input(f->public.path, &f->public.size, err);
    return f->fd >= 0;
}

static bool read_sample(struct open_file *f, size_t limit, struct err *err)
{
    f->bytes = mem_alloc(limit + CSV_SLACK);
    while (f->n < limit) {
        ssize_t got = os_read(f->fd, f->bytes + f->n, limit - f->n, f->public.label, err);
        if (got < 0)
            return false;
        f->public.whole = got == 0;
        if (got == 0)
            break;
        f->n += (size_t)got;
    }
    struct str s = {f->bytes, f->n};
    if (!check_encoding(&f->public, s, err))
        return false;
    f->public.mark = s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    f->public.sample = (struct str){s.p + f->public.mark, s.n - f->public.mark};
    return true;
}

/* Of what lies between the line ends in p; nothing when quotes may hide line ends. */
static struct str whole_lines(const char *p, size_t n)
{
    const char *first = memchr(p, '\n', n), *last = memrchr(p, '\n', n);
    if (!first || first == last || memchr(p, '"', n))
        return (struct str){0};
    return (struct str){first + 1, (size_t)(last - first)};
}

static void look_further(struct open_file *f)
{
    int64_t step = f->public.size / SOURCE_FURTHER;
    if (step < (int64_t)SAMPLE)
        return;
    f->further = mem_alloc(SOURCE_FURTHER * (FURTHER + CSV_SLACK));
    for (size_t i = 0; i < SOURCE_FURTHER; i++) {
        char *p = f->further + i * (FURTHER + CSV_SLACK);
        ssize_t got = pread(f->fd, p, FURTHER, (off_t)((int64_t)(i + 1) * step - (int64_t)FURTHER));
        if (got > 0) /* it is only for guessing: no harm when it fails */
            f->public.further[i] = whole_lines(p, (size_t)got);
    }
}

static bool look(struct source *s, size_t i, struct err *err)
{
    struct open_file *f = &s->file[i];
    bool std_in = strcmp(f->public.path, "-") == 0;
    for (size_t k = 0; std_in && k < i; k++)
        if (strcmp(s->file[k].public.path, "-") == 0)
            return err_set(err, ERR_USAGE, _("standard input (-) can be given once only"));
    f->public.label = std_in ? _("standard input") : f->public.path;
    if (!open_file(f, err) || !read_sample(f, i < FILES_SAMPLED_WELL ? SAMPLE : SAMPLE_SMALL, err))
        return false;
    f->again = f->public.size >= 0 && !std_in;
    if (f->again && i < FILES_SAMPLED_WELL)
        look_further(f);
    if (f->again) /* do not hold thousands open */
        close_fd(f);
    return true;
}

struct source *source_open(const char *const *paths, size_t n, struct err *err)
{
    struct source *s = mem_zalloc(sizeof(*s));
    s->file = mem_zalloc((n ? n : 1) * sizeof(*s->file));
    s->n = n;
    for (size_t i = 0; i < n; i++)
        s->file[i].fd = -1;
    for (size_t i = 0; i < n; i++) {
        s->file[i].public = (struct source_file){.path = paths[i], .size = -1};
        if (!look(s, i, err)) {
            source_close(s);
            return NULL;
        }
    }
    return s;
}

void source_close(struct source *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++) {
        close_fd(&s->file[i]);
        free(s->file[i].bytes);
        free(s->file[i].further);
    }
    free(s->file);
    buf_done(&s->rest);
    free(s);
}

size_t source_files(const struct source *s)
{
    return s->n;
}

struct source_file *source_file(struct source *s, size_t i)
{
    return &s->file[i].public;
}

void source_looked(struct source *s)
{
    for (size_t i = 0; i < s->n; i++) {
        s->file[i].public.sample = (struct str){0};
        memset(s->file[i].public.further, 0, sizeof(s->file[i].public.further));
        free(s->file[i].further);
        s->file[i].further = NULL;
        if (s->file[i].again) {
            free(s->file[i].bytes);
            s->file[i].bytes = NULL;
        }
    }
}

uint64_t source_size(const struct source *s)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->file[i].public.size < 0)
            return 0;
        sum += (uint64_t)s->file[i].public.size;
    }
    return sum;
}

/* ---- Chunks. */

void source_chunk_done(struct source_chunk *c)
{
    free(c->buf);
    *c = (struct source_chunk){0};
}

static void chunk_reserve(struct source_chunk *c, size_t n)
{
    if (c->cap >= n + CSV_SLACK)
        return;
    c->cap = n + CSV_SLACK;
    c->buf = mem_realloc(c->buf, c->cap);
}

static bool begin_file(struct source *s, struct err *err)
{
    struct open_file *f = &s->file[s->at];
    buf_clear(&s->rest);
    s->ended = false;
    if (f->fd >= 0) { /* its sample cannot be read again */
        buf_put(&s->rest, f->bytes, f->n);
        f->got = f->n;
        s->ended = f->public.whole;
        return true;
    }
    return open_file(f, err);
}

/* Reads on until `want` bytes are in the chunk or the file ends. */
static bool fill(struct source *s, struct source_chunk *c, size_t want, struct err *err)
{
    struct open_file *f = &s->file[s->at];
    chunk_reserve(c, want);
    while (!s->ended && c->n < want) {
        ssize_t got = os_read(f->fd, c->buf + c->n, want - c->n, f->public.label, err);
        if (got < 0)
            return false;
        s->ended = got == 0;
        c->n += (size_t)got;
        f->got += (uint64_t)got;
    }
    if (s->ended && f->again && f->got < (uint64_t)f->public.size)
        return err_set(err, ERR_INPUT, _("%s: became shorter while it was read; load a finished copy of it"),
                       f->public.label);
    return true;
}

/* Leaves whole records in the chunk, the rest in s->rest. */
static bool fill_whole(struct source *s, struct source_chunk *c, struct err *err)
{
    const struct source_file *f = &s->file[s->at].public;
    size_t skip = s->begun ? 0 : f->mark + f->header;
    chunk_reserve(c, s->rest.n);
    if (s->rest.n)
        memcpy(c->buf, s->rest.p, s->rest.n);
    c->n = s->rest.n;
    for (size_t want = CHUNK;; want *= 2) {
        if (want < c->n)
            continue;
        if (!fill(s, c, want, err))
            return false;
        if (skip > c->n)
            return err_set(err, ERR_INPUT, _("%s: changed while it was read; load a finished copy of it"),
                           f->label);
        size_t whole = skip + csv_source_cut(c->buf + skip, c->n - skip, s->ended, f->delimiter);
        if (whole > skip || s->ended) {
            buf_clear(&s->rest);
            buf_put(&s->rest, c->buf + whole, c->n - whole);
            c->bytes = whole;
            c->p = c->buf + skip;
            c->n = whole - skip;
            return true;
        }
        if (want >= SOURCE_LINE_MAX)
            return err_set(err, ERR_INPUT,
                           _("%s: has a line of more than 64 MiB; it does not look like a CSV file"),
                           f->label);
    }
}

bool source_next(struct source *s, struct source_chunk *c, struct err *err)
{
    c->n = 0;
    while (s->at < s->n) {
        if (!s->begun && !begin_file(s, err))
            return false;
        if (!s->ended || s->rest.n) {
            if (!fill_whole(s, c, err))
                return false;
            c->file = s->at;
            c->first = !s->begun;
            s->begun = true;
            if (c->n)
                return true;
        } else {
            close_fd(&s->file[s->at]);
            s->at++;
            s->begun = false;
        }
    }
    return true;
}
