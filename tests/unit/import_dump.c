#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/num.h"
#include "base/vec.h"
#include "base/zone.h"
#include "import_dump.h"
#include "store/snapshot.h"

struct line {
    uint32_t user;
    int64_t time;
    size_t place; /* order of arrival */
    char *text;
};
typedef VEC(struct line) line_list;

static struct err err;

static void put_value(const struct snapshot *s, const struct zone *zone, const struct column_def *c,
                      int64_t v, struct buf *out)
{
    struct str text;
    switch (c->type) {
    case COLUMN_CODE:
        assert_true(dict_get(s, c->id, (uint32_t)v, &text, &err));
        buf_str(out, text);
        break;
    case COLUMN_TIME: zone_put_local(zone, out, v); break;
    case COLUMN_BOOL: buf_puts(out, v ? "true" : "false"); break;
    case COLUMN_NUMBER: num_put_double(out, column_number(v)); break;
    }
}

static int by_name(const void *a, const void *b)
{
    return str_cmp((*(const struct column_def *const *)a)->name,
                   (*(const struct column_def *const *)b)->name);
}

/* Value columns of a table by name. */
static size_t value_columns(const struct snapshot *s, enum table t, const struct column_def *at[256])
{
    const struct column_def *all;
    size_t n = 0, count = snapshot_columns(s, &all);
    for (size_t i = 0; i < count; i++)
        if (all[i].table == t && all[i].id >= COL_FIRST && n < 256)
            at[n++] = &all[i];
    qsort(at, n, sizeof(*at), by_name);
    return n;
}

static void put_cell(const struct snapshot *s, const struct zone *zone, const struct part *p, uint32_t block,
                     const struct column_def *c, uint32_t row, const char *before, struct buf *out)
{
    struct column_view v;
    assert_true(part_column(s, p, block, c->id, &v, &err));
    int64_t value = column_at(&v, row);
    if (value == COLUMN_NULL)
        return;
    buf_printf(out, "%s", before);
    if (c->id >= COL_FIRST) {
        buf_str(out, c->name);
        buf_putc(out, '=');
    }
    put_value(s, zone, c, value, out);
}

static void dump_block(const struct snapshot *s, const struct zone *zone, const struct part *p,
                       uint32_t block, line_list *lines)
{
    static const struct column_def time = {.id = COL_TIME, .type = COLUMN_TIME},
                                   event = {.id = COL_EVENT, .type = COLUMN_CODE};
    const struct column_def *column[256];
    size_t columns = value_columns(s, p->table, column);
    struct run_view runs;
    assert_true(part_runs(s, p, block, &runs, &err));
    for (uint32_t run = 0, row = 0; row < p->block[block].rows; row++) {
        while (run + 1 < runs.n && column_at(&runs.start, run + 1) <= row)
            run++;
        struct line l = {.user = (uint32_t)column_at(&runs.user, run), .place = lines->n};
        struct buf text = {0};
        struct str user;
        assert_true(dict_get(s, COL_USER, l.user, &user, &err));
        buf_str(&text, user);
        if (p->table == TABLE_EVENTS) {
            struct column_view v;
            assert_true(part_column(s, p, block, COL_TIME, &v, &err));
            l.time = column_at(&v, row);
            put_cell(s, zone, p, block, &time, row, " | ", &text);
            put_cell(s, zone, p, block, &event, row, " | ", &text);
        }
        for (size_t c = 0; c < columns; c++)
            put_cell(s, zone, p, block, column[c], row, " | ", &text);
        l.text = text.p;
        vec_push(lines, l);
    }
}

static int in_order(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->user != y->user)
        return x->user < y->user ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct line *)a)->text, ((const struct line *)b)->text);
}

static void dump_table(const struct snapshot *s, const struct zone *zone, enum table t, bool sorted,
                       struct buf *out)
{
    line_list lines = {0};
    const struct part *part;
    size_t parts = snapshot_parts(s, t, &part);
    for (size_t i = 0; i < parts; i++)
        for (uint32_t b = 0; b < part[i].blocks; b++)
            dump_block(s, zone, &part[i], b, &lines);
    if (lines.n)
        qsort(lines.at, lines.n, sizeof(*lines.at), sorted ? by_text : in_order);
    for (size_t i = 0; i < lines.n; i++) {
        buf_printf(out, "%s\n", lines.at[i].text);
        free(lines.at[i].text);
    }
    vec_done(&lines);
}

void dump_store(struct env *env, bool sorted, struct buf *out)
{
    struct snapshot *s = snapshot_open(env, &err);
    assert_non_null(s);
    struct str name = snapshot_note(s, "tz");
    char zone_text[64] = "UTC";
    if (name.n && name.n < sizeof(zone_text))
        memcpy(zone_text, name.p, name.n), zone_text[name.n] = '\0';
    struct zone *zone = zone_open(zone_text, &err);
    assert_non_null(zone);
    dump_table(s, zone, TABLE_EVENTS, sorted, out);
    dump_table(s, zone, TABLE_USERS, sorted, out);
    zone_free(zone);
    snapshot_close(s);
}
