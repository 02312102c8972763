/* csv_source.c - records of a CSV file.
 *
 * libcsv is the parser: small, old, strict when asked. Alone it costs more than everything else in a load
 * together, so lines without any quote, nearly all of them in practice, are split here, 8 or 16 bytes at a
 * time; tests/unit/csv_source_test.c compares both on random input. span_of knows the same grammar once more,
 * only to find where a record with quotes ends: libcsv cannot say that without having swallowed what follows.
 */
#include "config.h"

#include <csv.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <stdlib.h>
#include "base/arena.h"
#include "base/buf.h"
#include "import/csv_source.h"

struct csv_source {
    const char *p, *end;
    uint64_t line; /* of p */
    char delimiter;
    bool plain;
    size_t n;        /* fields of the present record; CSV_FIELDS_MAX + 1: too many */
    struct buf text; /* fields that libcsv gave: it reuses its own buffer */
    struct csv_parser libcsv;
    struct str field[CSV_FIELDS_MAX + 2];
};

static inline bool is_end(char c)
{
    return c == '\n' || c == '\r';
}

static inline bool is_blank(char c, char delimiter)
{
    return (c == ' ' || c == '\t') && c != delimiter;
}

/* Behind the line end at c. */
static inline const char *after_end(const char *c, const char *end)
{
    return *c == '\r' && c + 1 < end && c[1] == '\n' ? c + 2 : c + 1;
}

static uint64_t line_count(const char *p, const char *end)
{
    uint64_t n = 0;
    for (; p < end; p++)
        n += *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] != '\n'));
    return n;
}

/* ---- Where a record ends. */

enum span { SPAN_WHOLE, SPAN_BAD, SPAN_MORE };

static enum span first_line(const char *p, const char *end, bool last, size_t *n)
{
    const char *c = p;
    while (c < end && !is_end(*c))
        c++;
    if (c == end && !last)
        return SPAN_MORE;
    *n = (size_t)((c < end ? after_end(c, end) : end) - p);
    return SPAN_BAD;
}

enum state { BEFORE_FIELD, IN_PLAIN, IN_QUOTED, AFTER_QUOTE, AFTER_BLANK, BROKEN };

/* Not for line ends and not inside quotes. */
static inline enum state state_after(enum state s, char c, char delimiter)
{
    if (c == delimiter)
        return BEFORE_FIELD;
    if (s == AFTER_QUOTE || s == AFTER_BLANK)
        return is_blank(c, delimiter) ? AFTER_BLANK : c == '"' && s == AFTER_QUOTE ? IN_QUOTED : BROKEN;
    if (c == '"')
        return s == IN_PLAIN ? BROKEN : IN_QUOTED;
    return is_blank(c, delimiter) ? s : IN_PLAIN;
}

/* p: first byte of a record; when not `last`, what follows end is no LF that belongs to a CR before it. *n:
 * its bytes with the line end; of SPAN_BAD, those of its first line. */
static enum span span_of(const char *p, const char *end, bool last, char delimiter, size_t *n)
{
    enum state s = BEFORE_FIELD;
    bool many_lines = false;
    for (const char *c = p; c < end; c++) {
        if (s == IN_QUOTED) {
            many_lines |= is_end(*c);
            if (*c == '"')
                s = AFTER_QUOTE;
            else if (many_lines && (size_t)(c - p) >= CSV_RECORD_MAX)
                return first_line(p, end, last, n);
        } else if (is_end(*c)) {
            *n = (size_t)(after_end(c, end) - p);
            return SPAN_WHOLE;
        } else {
            s = state_after(s, *c, delimiter);
            if (s == BROKEN)
                return first_line(p, end, last, n);
        }
    }
    if (!last)
        return SPAN_MORE;
    *n = (size_t)(end - p);
    return s == IN_QUOTED ? first_line(p, end, last, n) : SPAN_WHOLE;
}

static const char *last_line_start(const char *p, const char *end)
{
    while (end > p && !is_end(end[-1]))
        end--;
    return end;
}

size_t csv_source_cut(const char *p, size_t n, bool last, char delimiter)
{
    const char *at = p, *end = p + n;
    if (last || n == 0)
        return n;
    if (end[-1] == '\r')
        end--; /* its LF may be the next byte to come */
    for (;;) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        const char *start = last_line_start(at, quote ? quote : end);
        size_t len = 0;
        if (!quote || span_of(start, end, false, delimiter, &len) == SPAN_MORE)
            return (size_t)(start - p);
        at = start + len;
    }
}

/* ---- Lines without quotes. */

/* marks() tells which of the MARK_BYTES bytes at p are the delimiter, a quote or a line end, as a word with
 * one set bit per such byte, the first byte's lowest; mark_place() the place of the lowest set bit;
 * marks_before() drops those from a byte on. */
#ifdef __SSE2__
#define MARK_BYTES 16

static inline uint64_t marks(const char *p, char delimiter)
{
    __m128i w = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i a =
        _mm_or_si128(_mm_cmpeq_epi8(w, _mm_set1_epi8(delimiter)), _mm_cmpeq_epi8(w, _mm_set1_epi8('\n')));
    __m128i b = _mm_or_si128(_mm_cmpeq_epi8(w, _mm_set1_epi8('\r')), _mm_cmpeq_epi8(w, _mm_set1_epi8('"')));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(a, b));
}

static inline int mark_place(uint64_t m)
{
    return __builtin_ctzll(m);
}

static inline uint64_t marks_before(uint64_t m, unsigned byte)
{
    return m & ((UINT64_C(1) << byte) - 1);
}
#else
#define MARK_BYTES 8
#define ONES 0x0101010101010101ULL
#define LOWS 0x7f7f7f7f7f7f7f7fULL

/* 0x80 in every byte of w that equals the byte spread over `all`; exact. */
static inline uint64_t equal_bytes(uint64_t w, uint64_t all)
{
    uint64_t x = w ^ all;
    return ~(((x & LOWS) + LOWS) | x | LOWS);
}

static inline uint64_t marks(const char *p, char delimiter)
{
    uint64_t w;
    memcpy(&w, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    return equal_bytes(w, ONES * (unsigned char)delimiter) | equal_bytes(w, ONES * '\n') |
           equal_bytes(w, ONES * '\r') | equal_bytes(w, ONES * '"');
}

static inline int mark_place(uint64_t m)
{
    return __builtin_ctzll(m) >> 3;
}

static inline uint64_t marks_before(uint64_t m, unsigned byte)
{
    return m & ((UINT64_C(1) << 8 * byte) - 1);
}
#endif

static struct str trimmed(const char *p, const char *end, char delimiter)
{
    while (p < end && is_blank(*p, delimiter))
        p++;
    while (p < end && is_blank(end[-1], delimiter))
        end--;
    return (struct str){p, (size_t)(end - p)};
}

static inline struct str field_of(const char *p, const char *end, char delimiter)
{
    /* Blanks that may surround a field are <= ' '. */
    bool tight = p == end || ((unsigned char)*p > ' ' && (unsigned char)end[-1] > ' ');
    return tight ? (struct str){p, (size_t)(end - p)} : trimmed(p, end, delimiter);
}

/* Splits the record at r->p. Returns its end (the line end or r->end), NULL when there is a quote in it. */
static const char *split_plain(struct csv_source *r)
{
    const char *field = r->p, *end = r->end;
    const char delimiter = r->delimiter;
    size_t n = 0;
    for (const char *w = r->p; w < end; w += MARK_BYTES) {
        uint64_t m = marks(w, delimiter);
        if (end - w < MARK_BYTES)
            m = marks_before(m, (unsigned)(end - w));
        for (; m; m &= m - 1) {
            const char *at = w + mark_place(m);
            if (*at == '"')
                return NULL;
            r->field[n] = field_of(field, at, delimiter);
            n += n <= CSV_FIELDS_MAX;
            r->n = n;
            if (*at != delimiter)
                return at;
            field = at + 1;
        }
    }
    r->field[n] = field_of(field, end, delimiter);
    r->n = n + (n <= CSV_FIELDS_MAX);
    return end;
}

/* ---- Everything else: libcsv. */

static void on_field(void *bytes, size_t n, void *arg)
{
    struct csv_source *r = arg;
    r->field[r->n].n = n;
    if (r->n <= CSV_FIELDS_MAX) {
        r->n++;
        buf_put(&r->text, bytes ? bytes : "", n);
    }
}

static bool split_libcsv(struct csv_source *r, const char *p, size_t n)
{
    r->n = 0;
    buf_clear(&r->text);
    bool ok = csv_parse(&r->libcsv, p, n, on_field, NULL, r) == n;
    ok = ok && csv_fini(&r->libcsv, on_field, NULL, r) == 0;
    buf_reserve(&r->text, CSV_SLACK);
    const char *at = r->text.p;
    for (size_t i = 0; i < r->n; at += r->field[i++].n)
        r->field[i].p = at;
    if (!ok) /* an error leaves libcsv in the middle of a field */
        csv_source_delimiter(r, r->delimiter);
    return ok;
}

static enum reject too_long(const struct csv_source *r, size_t bytes)
{
    if (bytes > CSV_RECORD_MAX || r->n > CSV_FIELDS_MAX)
        return REJECT_TOO_LONG;
    for (size_t i = 0; bytes > CSV_FIELD_MAX && i < r->n; i++)
        if (r->field[i].n > CSV_FIELD_MAX)
            return REJECT_TOO_LONG;
    return REJECT_NONE;
}

static void next_strict(struct csv_source *r, struct csv_record *out)
{
    size_t n = 0;
    enum span span = span_of(r->p, r->end, true, r->delimiter, &n);
    out->raw = (struct str){r->p, n};
    if (span == SPAN_BAD)
        out->why = REJECT_QUOTES;
    else if (n > CSV_RECORD_MAX)
        out->why = REJECT_TOO_LONG;
    else
        out->why = split_libcsv(r, r->p, n) ? too_long(r, n) : REJECT_QUOTES;
    r->p += n;
    r->line += line_count(out->raw.p, r->p);
}

/* False at the end. Blanks before a record stay with it. */
static bool skip_blank_lines(struct csv_source *r)
{
    const char *c = r->p;
    while (c < r->end && (is_end(*c) || is_blank(*c, r->delimiter))) {
        if (is_end(*c)) {
            c = r->p = after_end(c, r->end);
            r->line++;
        } else {
            c++;
        }
    }
    return c < r->end;
}

/* ---- Public. */

uint64_t csv_source_count(const char *p, size_t n)
{
    return line_count(p, p + n);
}

const char *csv_source_behind(const char *p, const char *end, uint64_t n)
{
    for (; n > 0 && p < end; n--) {
        while (p < end && !is_end(*p))
            p++;
        p = p < end ? after_end(p, end) : end;
    }
    return p;
}

struct csv_source *csv_source_new(char delimiter)
{
    struct csv_source *r = mem_alloc(sizeof(*r));
    memset(r, 0, offsetof(struct csv_source, field));
    csv_source_delimiter(r, delimiter);
    return r;
}

void csv_source_free(struct csv_source *r)
{
    if (!r)
        return;
    csv_free(&r->libcsv);
    buf_done(&r->text);
    free(r);
}

void csv_source_delimiter(struct csv_source *r, char delimiter)
{
    csv_free(&r->libcsv);
    if (csv_init(&r->libcsv, CSV_STRICT | CSV_STRICT_FINI) != 0)
        bug("csv_init");
    csv_set_blk_size(&r->libcsv, CSV_FIELD_MAX);
    csv_set_delim(&r->libcsv, (unsigned char)delimiter);
    r->delimiter = delimiter;
}

void csv_source_start(struct csv_source *r, const char *p, size_t n, bool plain)
{
    r->p = p;
    r->end = p + n;
    r->line = 1;
    r->plain = plain;
}

bool csv_source_next(struct csv_source *r, struct csv_record *out)
{
    if (r->p < r->end && (is_end(*r->p) || is_blank(*r->p, r->delimiter)) && !skip_blank_lines(r))
        return false;
    if (r->p >= r->end)
        return false;
    *out = (struct csv_record){.field = r->field, .line = r->line};
    const char *at = r->plain ? split_plain(r) : NULL;
    if (!at) {
        next_strict(r, out);
    } else {
        const char *after = at < r->end ? after_end(at, r->end) : at;
        out->raw = (struct str){r->p, (size_t)(after - r->p)};
        out->why = too_long(r, out->raw.n);
        r->line += at < r->end;
        r->p = after;
    }
    out->n = r->n;
    return true;
}

uint64_t csv_source_lines(const struct csv_source *r)
{
    return r->line - 1;
}
