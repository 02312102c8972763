/* source.c - files to chunks of whole records.
 *
 * Chunks of 1 MiB: small enough that a worker finds its chunk still in its own cache, large enough that
 * handing them over costs nothing. The first are smaller: nothing is known yet of the texts in them, and what
 * is not known takes the long way. What a cut leaves over is copied to the front of the next chunk. */
#include "config.h"

#include <stdlib.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/nls.h"
#include "import/csv_source.h"
#include "import/decode.h"
#include "import/json_source.h"
#include "import/source.h"

#define CHUNK ((size_t)1 << 20)
#define CHUNK_FIRST ((size_t)64 << 10)
#define SAMPLE (2 * CSV_RECORD_MAX) /* so that an open quote at its beginning does not hide all of it */
#define FURTHER ((size_t)64 << 10)
#define SAMPLE_SMALL ((size_t)64 << 10)
#define FILES_SAMPLED_WELL                                                                                   \
    8 /* the first so many; memory of samples stays bounded with thousands of files                          \
       */

struct open_file {
    struct source_file public;
    struct input *in; /* NULL: closed, to be opened again when its turn comes */
    bool again;       /* a regular file, not standard input: can be opened twice and should not shrink */
    char *bytes;      /* with the byte-order mark: read already and not to be had again */
    size_t n;
    struct buf decoded; /* the same as UTF-8, when it is not */
    char *further;
    struct buf further_decoded[SOURCE_FURTHER];
};

struct source {
    struct open_file *file;
    size_t n, at;
    bool begun, ended; /* file `at`: chunks were given; its end was read */
    struct buf rest;   /* what the last cut left */
    uint64_t passed;   /* bytes of the files before `at` */
    size_t chunk;      /* bytes of the next one */
};

static void close_input(struct open_file *f)
{
    input_close(f->in);
    f->in = NULL;
}

/* ---- First look. */

static bool open_file(struct open_file *f, struct err *err)
{
    if (!f->in)
        f->in = input_open(f->public.path, f->public.label, f->public.form, err);
    return f->in != NULL;
}

static bool read_sample(struct open_file *f, size_t limit, struct err *err)
{
    for (size_t room = SAMPLE_SMALL;; room = limit) { /* most of thousands of files are small */
        f->bytes = mem_realloc(f->bytes, room + CSV_SLACK);
        ssize_t got = input_read(f->in, f->bytes + f->n, room - f->n, err);
        if (got < 0)
            return false;
        f->n += (size_t)got;
        if (f->n < room || room == limit)
            break;
    }
    f->public.whole = f->n < limit;
    f->public.size = input_size(f->in);
    f->public.gzip = input_is_gzip(f->in);
    f->public.form = input_form(f->in);
    f->public.mark = f->n >= 3 && memcmp(f->bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    f->public.sample = (struct str){f->bytes + f->public.mark, f->n - f->public.mark};
    return true;
}

/* Of what lies between the line ends in p; nothing when quotes may hide line ends. */
static struct str whole_lines(const char *p, size_t n)
{
    const char *first = memchr(p, '\n', n), *last = memrchr(p, '\n', n);
    if (!first || first == last)
        return (struct str){0};
    return (struct str){first + 1, (size_t)(last - first)};
}

static void look_further(struct open_file *f)
{
    int64_t step = f->public.size / SOURCE_FURTHER;
    if (f->public.whole || step < (int64_t)FURTHER)
        return;
    f->further = mem_alloc(SOURCE_FURTHER * (FURTHER + CSV_SLACK));
    for (size_t i = 0; i < SOURCE_FURTHER; i++) {
        char *p = f->further + i * (FURTHER + CSV_SLACK);
        ssize_t got = input_peek(f->in, p, FURTHER, (int64_t)(i + 1) * step - (int64_t)FURTHER);
        if (got > 0) /* it is only for guessing: no harm when it fails */
            f->public.further[i] = whole_lines(p, (size_t)got);
    }
}

static const char *guess_encoding(const struct open_file *f)
{
    struct str piece[1 + SOURCE_FURTHER] = {f->public.sample};
    if (f->public.form == INPUT_UTF16LE)
        return "UTF-16LE";
    if (f->public.form == INPUT_UTF16BE)
        return "UTF-16BE";
    memcpy(piece + 1, f->public.further, sizeof(f->public.further));
    return f->public.mark ? "UTF-8" : decode_guess(piece, 1 + SOURCE_FURTHER);
}

static struct str decoded(struct decoder *d, struct buf *to, struct str s)
{
    decode_text(d, s, to);
    buf_reserve(to, CSV_SLACK);
    return buf_view(to);
}

static bool decode_samples(struct open_file *f, struct err *err)
{
    f->public.decode = f->public.form == INPUT_BYTES && strcmp(f->public.encoding, "UTF-8") != 0;
    if (!f->public.decode)
        return true;
    struct decoder *d = decode_open(f->public.encoding, err);
    if (!d)
        return false;
    f->public.mark = f->n >= 4 && memcmp(f->bytes, "\x84\x31\x95\x33", 4) == 0 ? 4 : 0; /* of GB18030 */
    f->public.sample =
        decoded(d, &f->decoded, (struct str){f->bytes + f->public.mark, f->n - f->public.mark});
    for (size_t i = 0; i < SOURCE_FURTHER; i++)
        if (f->public.further[i].n)
            f->public.further[i] = decoded(d, &f->further_decoded[i], f->public.further[i]);
    decode_close(d);
    return true;
}

static bool look(struct source *s, size_t i, const char *encoding, struct err *err)
{
    struct open_file *f = &s->file[i];
    bool std_in = strcmp(f->public.path, "-") == 0;
    for (size_t k = 0; std_in && k < i; k++)
        if (strcmp(s->file[k].public.path, "-") == 0)
            return err_set(err, ERR_USAGE, _("standard input (-) can be given once only"));
    f->public.label = std_in ? _("standard input") : f->public.path;
    f->public.form = INPUT_GUESS;
    if (encoding && !(encoding = decode_named(encoding, &f->public.form, err)))
        return false;
    if (!open_file(f, err) || !read_sample(f, i < FILES_SAMPLED_WELL ? SAMPLE : SAMPLE_SMALL, err))
        return false;
    f->again = f->public.size >= 0 && !std_in;
    if (f->again && i < FILES_SAMPLED_WELL && !f->public.gzip && f->public.form == INPUT_BYTES)
        look_further(f);
    bool given = encoding && f->public.form == INPUT_BYTES;
    f->public.encoding = given ? encoding : guess_encoding(f);
    f->public.unsure = !given && strcmp(f->public.encoding, DECODE_WESTERN) == 0;
    if (f->again) /* do not hold thousands open */
        close_input(f);
    return decode_samples(f, err);
}

struct source *source_open(const char *const *paths, size_t n, const char *encoding, struct err *err)
{
    struct source *s = mem_zalloc(sizeof(*s));
    s->file = mem_zalloc((n ? n : 1) * sizeof(*s->file));
    s->n = n;
    s->chunk = CHUNK_FIRST;
    for (size_t i = 0; i < n; i++) {
        s->file[i].public = (struct source_file){.number = i, .path = paths[i], .size = -1};
        if (!look(s, i, encoding, err)) {
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
        struct open_file *f = &s->file[i];
        close_input(f);
        free(f->bytes);
        free(f->further);
        buf_done(&f->decoded);
        for (size_t k = 0; k < SOURCE_FURTHER; k++)
            buf_done(&f->further_decoded[k]);
        if (f->public.names)
            intern_free(f->public.names);
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

/* Where the n-th line of the file's own bytes begins, behind the byte-order mark. */
static size_t raw_line(const struct open_file *f, size_t n)
{
    const char *p = f->bytes + f->public.mark;
    return (size_t)(csv_source_behind(p, f->bytes + f->n, n) - p);
}

void source_header(struct source *s, size_t i, size_t begin, size_t end, struct arena *a)
{
    struct open_file *f = &s->file[i];
    size_t before = (size_t)csv_source_count(f->public.sample.p, begin),
           lines = (size_t)csv_source_count(f->public.sample.p, end);
    if (f->public.decode) {
        bool all = end == f->public.sample.n;
        begin = raw_line(f, before);
        end = all ? f->n - f->public.mark : raw_line(f, lines);
    }
    f->public.header = end;
    f->public.header_lines = lines;
    f->public.header_raw = arena_str(a, (struct str){f->bytes + f->public.mark + begin, end - begin});
}

void source_looked(struct source *s)
{
    for (size_t i = 0; i < s->n; i++) {
        s->file[i].public.sample = (struct str){0};
        memset(s->file[i].public.further, 0, sizeof(s->file[i].public.further));
        free(s->file[i].further);
        s->file[i].further = NULL;
        buf_done(&s->file[i].decoded);
        for (size_t k = 0; k < SOURCE_FURTHER; k++)
            buf_done(&s->file[i].further_decoded[k]);
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

uint64_t source_got(const struct source *s)
{
    return s->passed + (s->at < s->n && s->begun && s->file[s->at].in ? input_got(s->file[s->at].in) : 0);
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

/* Reads over what was loaded before: it counts for the file's hash and the numbers of lines. */
static bool pass_front(struct open_file *f, struct err *err)
{
    char *piece = mem_alloc(CHUNK), last = 0;
    uint64_t left = f->public.from, lines = 0;
    while (left) {
        ssize_t n = input_read(f->in, piece, left < CHUNK ? left : CHUNK, err);
        if (n <= 0)
            break;
        lines += csv_source_count(piece, (size_t)n) - (last == '\r' && piece[0] == '\n');
        last = piece[n - 1];
        left -= (uint64_t)n;
    }
    free(piece);
    f->public.header_lines = lines;
    f->public.mark = f->public.header = 0;
    return left == 0 ||
           err_set(err, ERR_INPUT, _("%s: changed while it was read; load a finished copy of it"),
                   f->public.label);
}

static bool begin_file(struct source *s, struct err *err)
{
    struct open_file *f = &s->file[s->at];
    buf_clear(&s->rest);
    s->ended = false;
    if (f->public.from)
        return open_file(f, err) && pass_front(f, err);
    if (f->in) { /* its sample cannot be read again */
        buf_put(&s->rest, f->bytes, f->n);
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
    if (!s->ended && c->n < want) {
        ssize_t got = input_read(f->in, c->buf + c->n, want - c->n, err);
        if (got < 0)
            return false;
        s->ended = (size_t)got < want - c->n;
        c->n += (size_t)got;
    }
    if (s->ended && f->again && input_got(f->in) < (uint64_t)f->public.size)
        return err_set(err, ERR_INPUT, _("%s: became shorter while it was read; load a finished copy of it"),
                       f->public.label);
    return true;
}

/* Trail bytes of GBK may look like the delimiter |, not like quotes and line ends: that suffices to cut. */
static size_t cut(const struct source_file *f, const char *p, size_t n, bool last)
{
    return f->json ? json_source_cut(p, n, last) : csv_source_cut(p, n, last, f->delimiter);
}

/* Leaves whole records in the chunk, the rest in s->rest. */
static bool fill_whole(struct source *s, struct source_chunk *c, struct err *err)
{
    const struct source_file *f = &s->file[s->at].public;
    size_t skip = c->first ? f->mark + f->header : 0;
    chunk_reserve(c, s->rest.n);
    if (s->rest.n)
        memcpy(c->buf, s->rest.p, s->rest.n);
    c->n = s->rest.n;
    for (size_t want = s->chunk;; want *= 2) {
        if (want < c->n)
            continue;
        if (!fill(s, c, want, err))
            return false;
        if (skip > c->n)
            return err_set(err, ERR_INPUT, _("%s: changed while it was read; load a finished copy of it"),
                           f->label);
        size_t whole = skip + cut(f, c->buf + skip, c->n - skip, s->ended);
        if (whole > skip || s->ended) {
            buf_clear(&s->rest);
            buf_put(&s->rest, c->buf + whole, c->n - whole);
            c->p = c->buf + skip;
            c->n = whole - skip;
            s->chunk = s->chunk < CHUNK ? 2 * s->chunk : CHUNK;
            return true;
        }
        if (want >= SOURCE_LINE_MAX)
            return err_set(err, ERR_INPUT,
                           _("%s: has a line of more than 64 MiB; it does not look like an export"),
                           f->label);
    }
}

static void pass_file(struct source *s)
{
    struct open_file *f = &s->file[s->at];
    f->public.passed = true;
    f->public.bytes = input_got(f->in);
    input_hash(f->in, f->public.hash);
    s->passed += f->public.bytes;
    close_input(f);
}

bool source_next(struct source *s, struct source_chunk *c, struct err *err)
{
    c->n = 0;
    while (s->at < s->n) {
        if (!s->begun && !begin_file(s, err))
            return false;
        c->first = !s->begun;
        s->begun = true;
        if (!s->ended || s->rest.n) {
            if (!fill_whole(s, c, err))
                return false;
            c->file = s->at;
            c->got = input_got(s->file[s->at].in);
            if (c->n)
                return true;
        } else {
            pass_file(s);
            s->at++;
            s->begun = false;
        }
    }
    return true;
}
