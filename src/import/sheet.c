/* sheet.c - reads a sample into cells; which delimiter makes it a table. */
#include "config.h"

#include "import/csv_source.h"
#include "import/sheet.h"

#define WIDTHS 256
#define ROWS_FOR_DELIMITER 200

/* Plain fields lie in the sample; those that libcsv unquoted are gone with the next record. */
static struct str keep_cell(struct sheet *t, struct str cell, struct str sample)
{
    bool borrowed = cell.p >= sample.p && cell.p <= sample.p + sample.n;
    return borrowed ? cell : arena_str(&t->arena, cell);
}

static void row_keep(struct sheet *t, const struct csv_record *r, struct str sample)
{
    struct sheet_row row = {.n = r->n, .line = r->line};
    row.cell = arena_alloc(&t->arena, (r->n ? r->n : 1) * sizeof(*row.cell));
    for (size_t i = 0; i < r->n; i++)
        row.cell[i] = keep_cell(t, r->field[i], sample);
    row.begin = (size_t)(r->raw.p - sample.p);
    row.end = row.begin + r->raw.n;
    vec_push(&t->row, row);
}

static void read_records(struct sheet *t, struct str s, char delimiter, size_t rows)
{
    struct csv_source *csv = csv_source_new(delimiter);
    struct csv_record r;
    csv_source_start(csv, s.p, s.n, true);
    while (t->row.n < rows && csv_source_next(csv, &r)) {
        if (r.why == REJECT_NONE)
            row_keep(t, &r, s);
        else
            t->bad++;
    }
    csv_source_free(csv);
}

void sheet_read(struct sheet *t, struct str sample, bool whole, char delimiter, size_t rows)
{
    *t = (struct sheet){0};
    sample.n = csv_source_cut(sample.p, sample.n, whole, delimiter);
    read_records(t, sample, delimiter, rows);
}

void sheet_add(struct sheet *t, struct str lines, char delimiter)
{
    if (lines.n)
        read_records(t, lines, delimiter, SIZE_MAX);
}

void sheet_done(struct sheet *t)
{
    arena_done(&t->arena);
    vec_done(&t->row);
}

size_t sheet_width(const struct sheet *t, size_t first, size_t *rows)
{
    size_t count[WIDTHS] = {0}, best = 0;
    for (size_t i = first; i < t->row.n; i++) {
        size_t n = t->row.at[i].n;
        n = n < WIDTHS ? n : WIDTHS - 1;
        count[n]++;
        if (count[n] > count[best])
            best = n;
    }
    *rows = count[best];
    return best;
}

char sheet_delimiter(struct str sample, bool whole)
{
    static const char tried[] = {',', '\t', ';', '|'};
    size_t best_score = 0;
    char best = ',';
    for (size_t i = 0; i < sizeof(tried); i++) {
        struct sheet t;
        size_t rows;
        sheet_read(&t, sample, whole, tried[i], ROWS_FOR_DELIMITER);
        size_t width = sheet_width(&t, 0, &rows);
        /* Regular rows count most; among equals the delimiter that cuts more. */
        size_t score = width < 2 ? 0 : rows * WIDTHS * 16 / (t.row.n + t.bad) * 16 + width;
        if (score > best_score) {
            best_score = score;
            best = tried[i];
        }
        sheet_done(&t);
    }
    return best;
}
