/* event_search.c - tries a pattern on the rows of a sequence, each as a few lines of text. */
#include "config.h"
#include "app/event_search.h"

#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "expr/regex.h"

enum { LONGEST_US = 2000000 };

static void put_value(struct buf *out, const struct value *v)
{
    switch (v->type) {
    case VALUE_TEXT: buf_str(out, v->text); break;
    case VALUE_BOOL: buf_puts(out, v->truth ? "true" : "false"); break;
    case VALUE_REAL: num_put_double(out, v->d); break;
    case VALUE_INT: num_put_i64(out, v->i); break;
    case VALUE_OBJECT:
        for (size_t i = 0; i < v->object->n; i++) {
            buf_printf(out, "%s=", v->object->at[i].name);
            put_value(out, &v->object->at[i].value);
            buf_putc(out, '\n');
        }
        break;
    default: break;
    }
    if (v->shown) {
        buf_putc(out, '\n');
        buf_puts(out, v->shown);
    }
}

static void put_row(struct buf *out, const struct rows *rows, size_t row)
{
    static const char *const column[] = {"event", "name", "properties", "reason"};
    buf_clear(out);
    for (size_t i = 0; i < sizeof column / sizeof *column; i++) {
        const struct value *v = rows_get(rows, row, column[i]);
        if (v)
            put_value(out, v);
        buf_putc(out, '\n');
    }
    if (out->n > REGEX_SUBJECT_MAX)
        out->n = REGEX_SUBJECT_MAX; /* so long a text is found by its beginning */
    while (out->n && ((unsigned char)out->p[out->n - 1] & 0xC0) == 0x80)
        out->n--; /* no character cut in the middle */
    if (out->n && (unsigned char)out->p[out->n - 1] >= 0xC0)
        out->n--;
}

static bool walk(const struct rows *rows, size_t from, int direction, struct regex *regex, size_t *row,
                 struct err *err)
{
    struct buf text = {0};
    int64_t deadline = os_monotonic_us() + LONGEST_US;
    bool ok = true, hit = false;
    for (size_t k = 1; ok && !hit && k <= rows->n; k++) {
        *row = (from + (direction > 0 ? k : rows->n - k)) % rows->n;
        put_row(&text, rows, *row);
        ok = regex_match(regex, buf_view(&text), deadline, &hit, err);
    }
    if (!hit)
        *row = rows->n;
    buf_done(&text);
    return ok;
}

bool event_search(const struct rows *rows, size_t from, int direction, const char *pattern, size_t *row,
                  struct err *err)
{
    struct buf any_case = {0};
    *row = rows->n;
    if (!rows->n)
        return true;
    buf_printf(&any_case, "(?i)%s", pattern);
    struct regex *regex = regex_new(buf_view(&any_case), err);
    bool ok = regex && walk(rows, from % rows->n, direction, regex, row, err);
    regex_free(regex);
    buf_done(&any_case);
    return ok;
}
