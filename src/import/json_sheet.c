/* json_sheet.c - cells of objects in samples. */
#include "config.h"

#include "import/json_sheet.h"
#include "import/json_source.h"

static struct str first_line(struct str s)
{
    struct str rest = str_trim(s);
    return str_trim(str_cut(&rest, '\n'));
}

static bool is_object(struct json_source *js, struct str text)
{
    struct json_record rec;
    text = str_trim(text);
    if (text.n < 2 || text.p[0] != '{')
        return false;
    json_source_object(js, text, (struct str){0}, true, &rec);
    return rec.why == REJECT_NONE;
}

enum json_look json_sheet_look(struct str sample, bool whole)
{
    struct str text = str_trim(sample), line = first_line(sample);
    struct json_source *js = json_source_new();
    enum json_look look = JSON_LOOK_NO;
    bool cut = !whole && line.n == text.n; /* the first line is longer than the sample */
    if (line.n && line.p[0] == '{' && (cut || is_object(js, line)))
        look = JSON_LOOK_LINES;
    else if (line.n && line.p[0] == '[' &&
             (line.n == 1 || str_trim((struct str){line.p + 1, line.n - 1}).p[0] == '{'))
        look = JSON_LOOK_ARRAY;
    json_source_free(js);
    return look;
}

/* Room for the names known now and some more; what is not set is missing. */
static void widen(struct sheet *t, struct sheet_row *row, size_t n)
{
    if (n <= row->more_n)
        return;
    size_t cap = n + n / 2 + 8;
    struct str *wide = arena_array(&t->arena, struct str, cap);
    if (row->more_n)
        memcpy(wide, row->more, row->more_n * sizeof(*wide));
    for (size_t i = row->more_n; i < cap; i++)
        wide[i] = STR("");
    row->more = wide;
    row->more_n = cap;
}

static void put_fields(struct sheet *t, struct sheet_row *row, struct intern *names,
                       const struct json_record *rec)
{
    for (size_t i = 0; i < rec->n; i++) {
        const struct json_field *f = &rec->field[i];
        uint32_t at = intern_add(names, f->key);
        widen(t, row, (size_t)at + 1);
        row->more[at] = f->kind == JSON_IS_NULL ? STR("") : arena_str(&t->arena, f->value);
    }
}

static void read_lines(struct sheet *t, struct intern *names, struct str s, const char *base, size_t rows)
{
    struct json_source *js = json_source_new();
    struct json_record rec;
    json_source_start(js, s.p, s.n, true);
    while (t->row.n < rows && json_source_next(js, &rec)) {
        if (rec.why != REJECT_NONE) {
            t->bad++;
            continue;
        }
        struct sheet_row row = {.line = rec.line, .begin = (size_t)(rec.raw.p - base)};
        row.end = row.begin + rec.raw.n;
        put_fields(t, &row, names, &rec);
        vec_push(&t->row, row);
    }
    json_source_free(js);
}

void json_sheet_read(struct sheet *t, struct intern *names, struct str sample, bool whole, size_t rows)
{
    *t = (struct sheet){0};
    sample.n = json_source_cut(sample.p, sample.n, whole);
    read_lines(t, names, sample, sample.p, rows);
}

void json_sheet_add(struct sheet *t, struct intern *names, struct str lines)
{
    if (lines.n)
        read_lines(t, names, lines, lines.p, SIZE_MAX);
}

bool json_sheet_holds(const struct sheet *t, size_t first, size_t cell)
{
    struct json_source *js = json_source_new();
    size_t objects = 0;
    bool ok = true;
    for (size_t r = first; ok && r < t->row.n; r++) {
        if (cell >= t->row.at[r].n || t->row.at[r].cell[cell].n == 0)
            continue;
        ok = is_object(js, t->row.at[r].cell[cell]);
        objects++;
    }
    json_source_free(js);
    return ok && objects > 0;
}

void json_sheet_expand(struct sheet *t, struct intern *names, size_t first, size_t cell, struct str prefix)
{
    struct json_source *js = json_source_new();
    struct json_record rec;
    for (size_t r = first; r < t->row.n; r++) {
        struct sheet_row *row = &t->row.at[r];
        if (cell >= row->n || row->cell[cell].n == 0)
            continue;
        json_source_object(js, row->cell[cell], prefix, true, &rec);
        if (rec.why == REJECT_NONE)
            put_fields(t, row, names, &rec);
    }
    json_source_free(js);
}
