/* json_fuzz.c - lines of JSON: the fast reading and jansson's say the same of every line, and what they hand
 * out lies where it may.
 *
 * Input: the lines. */
#include "config.h"
#include <stdlib.h>
#include "base/buf.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "import/csv_source.h"
#include "import/json_source.h"

static void put_record(struct buf *out, const struct json_record *r)
{
    for (size_t i = 0; r->why == REJECT_NONE && i < r->n; i++) {
        const struct json_field *f = &r->field[i];
        FUZZ_PROMISE(f->value.n <= CSV_FIELD_MAX && f->key.n <= JSON_KEY_MAX);
        FUZZ_PROMISE(utf8_valid(f->key) && utf8_valid(f->value));
        buf_printf(out, "%d ", (int)f->kind);
        buf_str(out, f->key);
        buf_putc(out, '=');
        buf_str(out, f->value);
        buf_putc(out, '\n');
    }
}

/* A name that comes twice in an object, jansson keeps once. */
static void compare(const struct json_record *a, const struct json_record *b)
{
    struct buf fast = {0}, slow = {0};
    FUZZ_PROMISE(a->why == b->why && a->line == b->line && str_eq(a->raw, b->raw));
    put_record(&fast, a);
    put_record(&slow, b);
    FUZZ_PROMISE(b->repeats || str_eq(buf_view(&fast), buf_view(&slow)));
    buf_done(&fast);
    buf_done(&slow);
}

static void read_both(const char *p, size_t n)
{
    struct json_source *fast = json_source_new(), *slow = json_source_new();
    struct json_record a, b;
    const char *at = p;
    json_source_start(fast, p, n, true);
    json_source_start(slow, p, n, false);
    while (json_source_next(fast, &a)) {
        FUZZ_PROMISE(a.raw.p >= at && a.raw.n > 0 && a.raw.p + a.raw.n <= p + n);
        at = a.raw.p + a.raw.n;
        FUZZ_PROMISE(json_source_next(slow, &b));
        compare(&a, &b);
    }
    FUZZ_PROMISE(!json_source_next(slow, &b) && json_source_lines(fast) == json_source_lines(slow));
    json_source_free(fast);
    json_source_free(slow);
}

FUZZ_TARGET(json)
{
    struct fuzz_input in = {data, n};
    struct str s = fuzz_rest(&in);
    char *p = fuzz_copy(s, CSV_SLACK);
    FUZZ_PROMISE(json_source_cut(p, s.n, true) == s.n && json_source_cut(p, s.n, false) <= s.n);
    read_both(p, s.n);
    free(p);
    return 0;
}
