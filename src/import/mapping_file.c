/* mapping_file.c - one file's sample: delimiter, header or not, and which column each field is. */
#include "config.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "import/json_sheet.h"
#include "import/mapping_look.h"
#include "import/roles.h"
#include "import/types.h"

/* ---- Headers. */

bool mapping_named(struct str s, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_ieq(str_trim(s), str_of(names[i])))
            return true;
    return false;
}

static bool is_valuelike(struct str s)
{
    int64_t v;
    struct time_text t;
    return types_number(s, false, &v) == REJECT_NONE || time_parse(s, TIME_AUTO, &t);
}

static bool names_a_role(const struct load_options *o, struct str s)
{
    const char *given[] = {o->user, o->time, o->event};
    for (size_t i = 0; i < 3; i++)
        if (given[i] && str_ieq(s, str_of(given[i])))
            return true;
    return roles_fit(ROLE_USER, s) || roles_fit(ROLE_TIME, s) || roles_fit(ROLE_EVENT, s);
}

/* Most of the rows below have a number or a time in this cell. */
static bool values_below(const struct sheet *t, size_t cell)
{
    size_t rows = 0, like = 0;
    for (size_t i = 1; i < t->row.n && rows < 100; i++) {
        if (cell >= t->row.at[i].n || t->row.at[i].cell[cell].n == 0)
            continue;
        rows++;
        like += is_valuelike(t->row.at[i].cell[cell]);
    }
    return like * 2 > rows;
}

/* A header has no values in it, and names we know, or names where the rows below have values. */
static bool is_header(const struct load_options *o, const struct sheet *t)
{
    const struct sheet_row *row = &t->row.at[0];
    bool known = false, above = false;
    for (size_t i = 0; i < row->n; i++) {
        struct str s = str_trim(row->cell[i]);
        if (o->column_n && mapping_named(s, o->columns, o->column_n))
            return true;
        if (s.n && is_valuelike(s))
            return false;
        known |= names_a_role(o, s);
        above |= s.n && values_below(t, i);
    }
    return known || above;
}

/* ---- Columns. */

int mapping_column_add(struct mapping *m, const char *name)
{
    if (m->n % 64 == 0) {
        struct map_column *more = arena_array(&m->arena, struct map_column, m->n + 64);
        if (m->n)
            memcpy(more, m->column, m->n * sizeof(*more));
        m->column = more;
    }
    m->column[m->n] = (struct map_column){.name = name, .stored = name, .type = COLUMN_CODE};
    return (int)m->n++;
}

static bool cells_empty(const struct look *l, size_t file, size_t cell)
{
    const struct sheet *t = &l->sheet[file];
    for (size_t i = l->first[file]; i < t->row.n; i++)
        if (cell < t->row.at[i].n && t->row.at[i].cell[cell].n)
            return false;
    return true;
}

/* A name for each field of a file, unique within it; NULL for one that has neither name nor values. */
static const char **field_names(struct look *l, size_t file, size_t n, const struct sheet_row *header)
{
    struct arena *a = &l->m->arena;
    const char **name = arena_array(a, const char *, n ? n : 1);
    for (size_t i = 0; i < n; i++) {
        struct str s = header ? str_trim(header->cell[i]) : str_of(l->o->columns[i]);
        if (s.n == 0 && cells_empty(l, file, i))
            continue;
        name[i] = s.n ? arena_str(a, s).p : arena_printf(a, "column%zu", i + 1);
        for (size_t k = 0, copy = 2; k < i; k++) {
            if (!name[k] || strcmp(name[k], name[i]) != 0)
                continue;
            name[i] = arena_printf(a, "%.*s_%zu", (int)s.n, s.n ? s.p : "", copy++);
            k = (size_t)-1; /* the new name may be taken too */
        }
    }
    return name;
}

/* "a, b, c": what the reader could type. */
static void put_names(struct buf *out, const struct look *l, size_t width)
{
    static const char *const usual[] = {"user_id", "event", "time"};
    for (size_t i = 0; i < width; i++)
        buf_printf(out, "%s%s", i ? "," : "",
                   i < 3 && l->o->kind == LOAD_EVENTS ? usual[i]
                   : i                                ? "..."
                                                      : usual[0]);
}

static bool no_header(const struct look *l, const struct source_file *f, size_t width)
{
    struct buf names = {0};
    if (width < 2)
        return err_set(l->err, ERR_INPUT,
                       _("%s: no columns can be made out; is it a CSV or JSON export? Another delimiter is "
                         "given with --delimiter, another encoding with --encoding"),
                       f->label);
    put_names(&names, l, width < 4 ? width : 4);
    err_set(l->err, ERR_INPUT,
            _("%s: the first line is no header; name its %zu columns in order: --columns %s"), f->label,
            width, names.p);
    buf_done(&names);
    return false;
}

static bool wrong_width(const struct look *l, const struct source_file *f, size_t names, size_t width)
{
    struct buf example = {0};
    put_names(&example, l, width < 4 ? width : 4);
    err_set(
        l->err, ERR_INPUT,
        l->o->column_n
            ? _("%s: --columns names %zu columns, but rows have %zu fields; name as many, for example "
                "--columns %s")
            : _("%s: the header names %zu columns, but rows have %zu fields; name them with --columns %s"),
        f->label, names, width, example.p);
    buf_done(&example);
    return false;
}

static bool width_seen(const struct sheet *t, size_t first, size_t width)
{
    for (size_t i = first; i < t->row.n; i++)
        if (t->row.at[i].n == width)
            return true;
    return first >= t->row.n; /* nothing says otherwise */
}

static bool names_valid(const struct look *l, const struct source_file *f, struct str header)
{
    if (utf8_valid(header))
        return true;
    return err_set(l->err, ERR_INPUT,
                   _("%s: the header is not in %s; name the file's encoding with --encoding"), f->label,
                   f->encoding);
}

static bool take_header(struct look *l, size_t i)
{
    struct source_file *f = source_file(l->src, i);
    const struct sheet_row *row = &l->sheet[i].row.at[0];
    source_header(l->src, i, row->begin, row->end, &l->m->arena);
    l->first[i] = 1;
    return names_valid(l, f, (struct str){f->sample.p + row->begin, row->end - row->begin});
}

/* Lines from further on may begin inside quotes. */
static void add_further(struct look *l, size_t i)
{
    const struct source_file *f = source_file(l->src, i);
    for (size_t k = 0; l->sheet[i].row.n && k < SOURCE_FURTHER; k++)
        if (f->further[k].n && !memchr(f->further[k].p, '"', f->further[k].n))
            sheet_add(&l->sheet[i], f->further[k], f->delimiter);
}

static bool is_json(const struct look *l, const struct source_file *f)
{
    return l->o->input ? strcmp(l->o->input, "jsonl") == 0
                       : json_sheet_look(f->sample, f->whole) == JSON_LOOK_LINES;
}

static bool refuse_array(const struct look *l, const struct source_file *f)
{
    if (l->o->input || json_sheet_look(f->sample, f->whole) != JSON_LOOK_ARRAY)
        return true;
    return err_set(l->err, ERR_INPUT,
                   _("%s: is one JSON array; one object in each line is needed: jq -c '.[]' makes it"),
                   f->label);
}

/* Delimiter, header, and the mapping's column of each field. */
bool mapping_file_look(struct look *l, size_t i)
{
    struct source_file *f = source_file(l->src, i);
    struct sheet *t = &l->sheet[i];
    if (!refuse_array(l, f))
        return false;
    if (is_json(l, f))
        return mapping_json_file(l, i);
    f->delimiter = l->o->delimiter ? l->o->delimiter : sheet_delimiter(f->sample, f->whole);
    sheet_read(t, f->sample, f->whole, f->delimiter, mapping_rows(f));
    add_further(l, i);
    if (t->row.n == 0 && t->bad == 0)
        return true; /* an empty file: many of them come with daily exports */
    bool header = t->row.n && is_header(l->o, t);
    if (header && !take_header(l, i))
        return false;
    size_t rows, width = sheet_width(t, l->first[i], &rows);
    if (!header && !l->o->column_n)
        return no_header(l, f, width);
    f->fields = l->o->column_n ? l->o->column_n : t->row.at[0].n;
    if (!width_seen(t, l->first[i], f->fields))
        return wrong_width(l, f, f->fields, width);
    const char **name = field_names(l, i, f->fields, l->o->column_n ? NULL : &t->row.at[0]);
    int *column = arena_array(&l->m->arena, int, f->fields ? f->fields : 1);
    for (size_t k = 0; k < f->fields; k++)
        column[k] = -1;
    f->column = column;
    mapping_json_fields(l, i, name);
    for (size_t k = 0; k < f->fields; k++) {
        if (!name[k] || (f->object && f->object[k].p))
            continue;
        column[k] = mapping_column(l->m, str_of(name[k]));
        if (column[k] < 0)
            column[k] = mapping_column_add(l->m, name[k]);
    }
    if (f->object)
        mapping_json_number(l, f);
    return true;
}
