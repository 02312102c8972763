/* csv_fuzz.c - the CSV reader: its fast path, its strict path through libcsv, and libcsv alone say the same;
 * cutting the bytes into chunks changes nothing.
 *
 * Input: delimiter, sizes of two pieces, then the file. */
#include "config.h"
#include <csv.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/buf.h"
#include "fuzz.h"
#include "import/csv_source.h"

/* What was read, as text: fields ended by 1, records by 2; a bad record is 3 and its raw bytes. */
struct reading {
    struct buf text;
    uint64_t lines;
    bool bad;
};

static void put_record(struct reading *r, const struct csv_record *x)
{
    r->bad |= x->why != REJECT_NONE;
    if (x->why == REJECT_NONE)
        for (size_t i = 0; i < x->n; i++) {
            buf_str(&r->text, x->field[i]);
            buf_putc(&r->text, 1);
        }
    else
        buf_printf(&r->text, "\3%d", (int)x->why);
    buf_putc(&r->text, 2);
}

/* Reads one chunk; raw bytes of records follow each other, lines count up. */
static void read_chunk(struct reading *r, struct csv_source *c, const char *p, size_t n, bool plain)
{
    struct csv_record x;
    const char *at = p;
    uint64_t line = 1;
    csv_source_start(c, p, n, plain);
    while (csv_source_next(c, &x)) {
        FUZZ_PROMISE(x.raw.p >= at && x.raw.p + x.raw.n <= p + n && x.raw.n > 0);
        FUZZ_PROMISE(x.line >= line);
        at = x.raw.p + x.raw.n;
        line = x.line;
        put_record(r, &x);
    }
    r->lines += csv_source_lines(c);
}

static struct reading read_whole(struct str s, char delimiter, bool plain)
{
    struct reading r = {0};
    struct csv_source *c = csv_source_new(delimiter);
    char *p = fuzz_copy(s, CSV_SLACK);
    read_chunk(&r, c, p, s.n, plain);
    free(p);
    csv_source_free(c);
    return r;
}

/* As source.c does: what was not whole is seen again with what follows. */
static struct reading read_pieces(struct str s, char delimiter, size_t first, size_t step)
{
    struct reading r = {0};
    struct csv_source *c = csv_source_new(delimiter);
    size_t at = 0, end = first < s.n ? first : s.n;
    for (;;) {
        bool last = end == s.n;
        char *p = fuzz_copy((struct str){s.p + at, end - at}, CSV_SLACK);
        size_t whole = csv_source_cut(p, end - at, last, delimiter);
        FUZZ_PROMISE(whole <= end - at && (!last || whole == end - at));
        read_chunk(&r, c, p, whole, true);
        free(p);
        at += whole;
        if (last)
            break;
        end = end + step < s.n ? end + step : s.n;
    }
    csv_source_free(c);
    return r;
}

/* ---- libcsv by itself */

static void on_field(void *bytes, size_t n, void *arg)
{
    struct reading *r = arg;
    buf_put(&r->text, bytes ? bytes : "", n);
    buf_putc(&r->text, 1);
}

static void on_record(int c, void *arg)
{
    struct reading *r = arg;
    (void)c;
    buf_putc(&r->text, 2);
}

static bool read_libcsv(struct str s, char delimiter, struct reading *r)
{
    struct csv_parser p;
    if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
        abort();
    csv_set_delim(&p, (unsigned char)delimiter);
    bool ok =
        csv_parse(&p, s.p, s.n, on_field, on_record, r) == s.n && csv_fini(&p, on_field, on_record, r) == 0;
    csv_free(&p);
    return ok;
}

static bool equal(const struct reading *a, const struct reading *b)
{
    return str_eq(buf_view(&a->text), buf_view(&b->text));
}

FUZZ_TARGET(csv)
{
    static const char delimiters[] = {',', ';', '\t', '|', ':', ' '};
    struct fuzz_input in = {data, n};
    char delimiter = delimiters[fuzz_byte(&in) % sizeof(delimiters)];
    size_t first = 1 + fuzz_byte(&in), step = 1 + fuzz_byte(&in);
    struct str s = fuzz_rest(&in);
    struct reading fast = read_whole(s, delimiter, true), strict = read_whole(s, delimiter, false);
    struct reading pieces = read_pieces(s, delimiter, first, step), libcsv = {0};
    FUZZ_PROMISE(equal(&fast, &strict) && fast.lines == strict.lines);
    FUZZ_PROMISE(equal(&fast, &pieces) && fast.lines == pieces.lines);
    bool whole = read_libcsv(s, delimiter, &libcsv);
    FUZZ_PROMISE(!whole || fast.bad || equal(&fast, &libcsv));
    FUZZ_PROMISE(!whole || !fast.bad);
    buf_done(&fast.text);
    buf_done(&strict.text);
    buf_done(&pieces.text);
    buf_done(&libcsv.text);
    return 0;
}
