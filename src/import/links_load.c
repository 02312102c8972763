/* links_load.c - `import links`: which ids are other names of which customer.
 *
 * Links are few beside events, so they are read by one thread and kept in memory; the rules are the store's
 * (store/links.h): the last word about an id counts, a chain leads to its end, a circle is refused. */
#include "config.h"

#include <stdlib.h>
#include "base/intern.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "import/csv_source.h"
#include "import/decode.h"
#include "import/history.h"
#include "import/known.h"
#include "import/load.h"
#include "import/plan.h"
#include "import/rejects.h"
#include "import/repairs.h"
#include "import/sheet.h"
#include "store/batch.h"
#include "store/links.h"

struct pair {
    struct links_pair link;
    size_t order;
};
struct joining {
    const struct load_options *o;
    struct load_report *report;
    struct source *src;
    struct batch *batch;             /* NULL: a dry run */
    const struct snapshot *snapshot; /* the store as it is; NULL: there is none */
    struct snapshot *own;            /* the same, when there is no batch */
    struct intern *fresh;            /* dry run: ids that the store has not */
    struct rejects *rejects;
    struct repairs *repairs;
    struct csv_source *csv;
    struct decoder *decoder; /* of the present file; NULL: UTF-8 */
    struct buf text;
    uint64_t line;
    size_t id, customer; /* fields of the present file */
    VEC(struct pair) pair;
    VEC(struct links_pair) link; /* the last of each alias */
    struct err *err;
};

/* ---- Columns. */

static bool is_named(struct str s, const char *given, const char *const *usual, size_t n)
{
    if (given)
        return str_ieq(str_trim(s), str_of(given));
    for (size_t i = 0; i < n; i++)
        if (str_ieq(str_trim(s), str_of(usual[i])))
            return true;
    return false;
}

static size_t find_column(const struct str *name, size_t n, const char *given, const char *const *usual,
                          size_t most)
{
    size_t i = 0;
    while (i < n && !is_named(name[i], given, usual, most))
        i++;
    return i;
}

static bool find_columns(struct joining *j, const struct source_file *f, const struct str *name, size_t n)
{
    static const char *const ids[] = {"id",     "alias",        "device_id", "open_id",
                                      "openid", "anonymous_id", "设备号",    "别名"};
    static const char *const customers[] = {"customer",    "user",   "user_id", "customer_id", "cust_id",
                                            "distinct_id", "客户号", "客户",    "用户ID"};
    j->id = find_column(name, n, j->o->user, ids, sizeof(ids) / sizeof(*ids));
    j->customer = find_column(name, n, j->o->customer, customers, sizeof(customers) / sizeof(*customers));
    if (j->id < n && j->customer < n && j->id != j->customer)
        return true;
    return err_set(
        j->err, ERR_INPUT,
        _("%s: no columns id and customer; name them with --id and --customer, or all with --columns"),
        f->label);
}

static bool look_at_header(struct joining *j, size_t i)
{
    struct source_file *f = source_file(j->src, i);
    struct sheet t;
    f->delimiter = j->o->delimiter ? j->o->delimiter : sheet_delimiter(f->sample, f->whole);
    sheet_read(&t, f->sample, f->whole, f->delimiter, 2);
    bool ok =
        t.row.n > 0 || err_set(j->err, ERR_INPUT, _("%s: the file is empty; check the export"), f->label);
    if (ok && j->o->column_n) {
        struct str *name = arena_array(&j->report->arena, struct str, j->o->column_n);
        for (size_t k = 0; k < j->o->column_n; k++)
            name[k] = str_of(j->o->columns[k]);
        f->fields = j->o->column_n;
        ok = find_columns(j, f, name, f->fields);
    } else if (ok) {
        f->fields = t.row.at[0].n;
        source_header(j->src, i, t.row.at[0].begin, t.row.at[0].end, &j->report->arena);
        ok = find_columns(j, f, t.row.at[0].cell, f->fields);
    }
    int *column = arena_array(&j->report->arena, int, 2);
    column[0] = (int)j->id;
    column[1] = (int)j->customer;
    f->column = column;
    sheet_done(&t);
    return ok;
}

/* ---- Rows. */

static enum reject check_id(struct str s)
{
    if (s.n == 0)
        return REJECT_USER;
    if (memchr(s.p, '\0', s.n))
        return REJECT_NUL;
    return utf8_valid(s) ? REJECT_NONE : REJECT_UTF8;
}

static enum reject check_record(const struct joining *j, const struct source_file *f,
                                const struct csv_record *r)
{
    if (r->why != REJECT_NONE)
        return r->why;
    if (r->n != f->fields)
        return REJECT_FIELDS;
    enum reject why = check_id(r->field[j->id]);
    return why == REJECT_NONE ? check_id(r->field[j->customer]) : why;
}

/* The number an id has, or would get. */
static bool number_of(struct joining *j, struct str id, uint32_t *user)
{
    if (j->batch)
        return batch_code(j->batch, COL_USER, id, user, j->err);
    *user = UINT32_MAX;
    if (j->snapshot && !dict_find(j->snapshot, COL_USER, id, user, j->err))
        return false;
    if (*user == UINT32_MAX)
        *user = (j->snapshot ? dict_count(j->snapshot, COL_USER) : 0) + intern_add(j->fresh, id);
    return true;
}

static bool take_link(struct joining *j, const struct csv_record *r)
{
    struct pair p = {.order = j->pair.n};
    if (!number_of(j, r->field[j->id], &p.link.alias) ||
        !number_of(j, r->field[j->customer], &p.link.canonical))
        return false;
    vec_push(&j->pair, p);
    return true;
}

/* The record as the file has it, when it was decoded: its lines are the same. */
static struct str original(const struct source_chunk *c, const struct csv_record *r)
{
    const char *p = csv_source_behind(c->p, c->p + c->n, r->line - 1);
    uint64_t lines = csv_source_count(r->raw.p, r->raw.n);
    const char *end = csv_source_behind(p, c->p + c->n, lines ? lines : 1);
    return (struct str){p, (size_t)(end - p)};
}

static bool take_records(struct joining *j, const struct source_file *f, const struct source_chunk *c)
{
    struct csv_record r;
    struct str text = {c->p, c->n};
    if (j->decoder) {
        buf_clear(&j->text);
        decode_text(j->decoder, text, &j->text);
        buf_reserve(&j->text, CSV_SLACK);
        text = buf_view(&j->text);
    }
    csv_source_start(j->csv, text.p, text.n, true);
    while (csv_source_next(j->csv, &r)) {
        enum reject why = check_record(j, f, &r);
        struct str raw = j->decoder ? original(c, &r) : r.raw;
        j->report->rows++;
        if (why == REJECT_NONE
                ? !take_link(j, &r)
                : !rejects_add(j->rejects, why, raw, &r.raw, f->label, j->line + r.line, j->err))
            return false;
    }
    j->line += csv_source_lines(j->csv);
    return true;
}

static bool begin_file(struct joining *j, const struct source_file *f)
{
    decode_close(j->decoder);
    j->decoder = NULL;
    if (f->decode && !(j->decoder = decode_open(f->encoding, j->err)))
        return false;
    csv_source_delimiter(j->csv, f->delimiter);
    j->id = (size_t)f->column[0];
    j->customer = (size_t)f->column[1];
    j->line = f->header_lines;
    rejects_form(j->rejects, &(struct reject_form){f->header_raw, f->delimiter, f->encoding, f->form});
    return true;
}

static bool read_links(struct joining *j, struct progress *progress)
{
    struct source_chunk c = {0};
    bool ok = true;
    j->csv = csv_source_new(',');
    while (ok && (ok = source_next(j->src, &c, j->err)) && c.n) {
        const struct source_file *f = source_file(j->src, c.file);
        ok = (!c.first || begin_file(j, f)) && take_records(j, f, &c);
        if (ok && progress_cancelled(progress))
            ok = err_set(j->err, ERR_CANCELLED, _("the import was stopped; the store is as before"));
    }
    j->report->bytes = source_got(j->src);
    source_chunk_done(&c);
    csv_source_free(j->csv);
    decode_close(j->decoder);
    buf_done(&j->text);
    return ok;
}

/* ---- Links. */

static int by_alias(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->link.alias != y->link.alias)
        return x->link.alias < y->link.alias ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static const char *name_of(struct joining *j, uint32_t user)
{
    struct str name;
    if (j->snapshot && user < dict_count(j->snapshot, COL_USER) &&
        dict_get(j->snapshot, COL_USER, user, &name, NULL))
        return arena_str(&j->report->arena, name).p;
    uint32_t known = j->snapshot ? dict_count(j->snapshot, COL_USER) : 0;
    if (j->fresh && user >= known && user - known < intern_count(j->fresh))
        return arena_str(&j->report->arena, intern_get(j->fresh, user - known)).p;
    return ""; /* new with this import: a batch gives no names back */
}

static void note_conflict(struct joining *j, uint32_t alias)
{
    struct repair_tally t = {0};
    repairs_note(&t, 1U << REPAIR_CONFLICT, str_of(name_of(j, alias)), 0);
    repairs_add(j->repairs, &t, source_file(j->src, 0)->label, 0);
}

/* Of each alias the last; one that was given to two customers is told. */
static void keep_last(struct joining *j)
{
    if (j->pair.n)
        qsort(j->pair.at, j->pair.n, sizeof(*j->pair.at), by_alias);
    for (size_t i = 0; i < j->pair.n; i++) {
        struct links_pair l = j->pair.at[i].link;
        bool again = i + 1 < j->pair.n && j->pair.at[i + 1].link.alias == l.alias;
        if (!again)
            vec_push(&j->link, l);
        else if (j->pair.at[i + 1].link.canonical != l.canonical)
            note_conflict(j, l.alias);
    }
    j->report->duplicates = j->pair.n - j->link.n;
    j->report->stored = j->report->users = j->link.n;
}

/* Links the store has that lead elsewhere. */
static bool note_moved(struct joining *j)
{
    const struct links *old;
    if (!j->snapshot)
        return true;
    if (!snapshot_links(j->snapshot, &old, j->err))
        return false;
    for (size_t i = 0; old && i < j->link.n; i++) {
        struct links_pair l = j->link.at[i];
        if (l.alias < old->users && old->customer[l.alias] != l.alias &&
            old->customer[l.alias] != l.canonical)
            note_conflict(j, l.alias);
    }
    return true;
}

static bool try_links(struct joining *j)
{
    struct links_trial t;
    if (!links_try(j->snapshot, j->link.at, j->link.n, &t, j->err))
        return false;
    j->report->crowded = t.crowded;
    j->report->most_ids = t.largest_ids;
    j->report->crowd = name_of(j, t.largest);
    if (!t.circular)
        return true;
    const char *name = name_of(j, t.circle);
    return err_set(j->err, ERR_INPUT,
                   *name ? _("%s: the links lead in a circle, for example through %s; nothing was stored")
                         : _("%s: the links lead in a circle%s; nothing was stored"),
                   source_file(j->src, 0)->label, name);
}

static bool write_links(struct joining *j)
{
    static const uint16_t column[] = {COL_CANON};
    size_t n = j->link.n;
    uint32_t *user = mem_alloc((n + 1) * sizeof(*user));
    int64_t *value = mem_alloc((n + 1) * sizeof(*value));
    for (size_t i = 0; i < n; i++) {
        user[i] = j->link.at[i].alias;
        value[i] = j->link.at[i].canonical;
    }
    struct part_writer *w = part_begin(j->batch, column, 1, j->err);
    bool ok = w != NULL;
    if (ok && !part_append(w, n, user, (const int64_t *const[]){value}, j->err)) {
        part_drop(w);
        ok = false;
    } else if (ok) {
        ok = part_end(w, j->err);
    }
    free(user);
    free(value);
    return ok;
}

static bool commit(struct joining *j, int64_t started_us, uint32_t users)
{
    struct load_report *r = j->report;
    const struct source_file *f = source_file(j->src, 0);
    size_t n = source_files(j->src);
    struct import_file *file = arena_array(&r->arena, struct import_file, n);
    for (size_t i = 0; i < n; i++)
        file[i] = (struct import_file){source_file(j->src, i)->bytes,
                                       {source_file(j->src, i)->hash[0], source_file(j->src, i)->hash[1]}};
    r->new_users = j->batch ? batch_codes(j->batch, COL_USER) - users : intern_count(j->fresh);
    struct import_def info = {.started_us = started_us,
                              .finished_us = os_now_us(),
                              .rows = r->rows,
                              .stored = r->stored,
                              .duplicates = r->duplicates,
                              .rejected = r->rejected,
                              .users = r->users,
                              .new_users = r->new_users,
                              .bytes = r->bytes,
                              .source = str_of(f->label),
                              .files = n,
                              .file = file};
    struct batch *b = j->batch;
    if (b && !history_write(b, r, j->err))
        return false;
    j->batch = NULL;
    return !b || batch_commit(b, &info, j->err);
}

static bool open_rejects(struct joining *j, struct env *env)
{
    struct buf path = {0};
    if (j->batch)
        buf_printf(&path, "%s/rejects/import-%u.csv", env_dir(env), batch_import(j->batch));
    j->rejects = rejects_open(j->o->rejects ? j->o->rejects : path.p, !j->o->rejects, NULL, j->err);
    j->repairs = repairs_new();
    buf_done(&path);
    return j->rejects != NULL;
}

/* A dry run looks at the store there is, if any, and keeps new ids to itself. */
static bool open_store(struct joining *j, struct env *env)
{
    if (j->o->dry_run) {
        j->fresh = intern_new();
        j->own = env ? snapshot_open(env, j->err) : NULL;
        j->snapshot = j->own;
        return !env || j->own;
    }
    j->batch = batch_begin(env, TABLE_USERS, 0, j->err);
    j->snapshot = j->batch ? batch_snapshot(j->batch) : NULL;
    return j->batch != NULL;
}

static bool join(struct joining *j, struct env *env, struct progress *progress)
{
    int64_t started_us = os_now_us();
    j->src = source_open(j->o->files, j->o->file_n, j->o->encoding, j->err);
    if (!j->src)
        return false;
    for (size_t i = 0; i < source_files(j->src); i++)
        if (!look_at_header(j, i))
            return false;
    source_looked(j->src);
    if (!open_store(j, env) || (j->snapshot && !j->o->again && !known_files(j->src, j->snapshot, j->err)))
        return false;
    uint32_t users = j->batch ? batch_codes(j->batch, COL_USER) : 0;
    if (!open_rejects(j, env) || !read_links(j, progress))
        return false;
    rejects_report(j->rejects, j->report);
    if (j->pair.n == 0)
        return err_set(j->err, ERR_INPUT, _("%s: no link could be read; nothing was stored"),
                       source_file(j->src, 0)->label);
    keep_last(j);
    if (!note_moved(j) || !try_links(j) || (j->batch && !write_links(j)))
        return false;
    repairs_report(j->repairs, j->report);
    return rejects_sync(j->rejects, j->err) && commit(j, started_us, users);
}

bool load_links(struct env *env, const struct load_options *o, struct progress *progress,
                struct load_report *report, struct err *err)
{
    int64_t began = os_monotonic_us();
    struct plan plan;
    *report = (struct load_report){0};
    if (o->file_n == 0)
        return err_set(err, ERR_USAGE, _("no file is named; name at least one, or - for standard input"));
    struct joining j = {.o = &plan.o, .report = report, .err = err};
    bool ok = plan_make(&plan, o, err) && join(&j, env, progress);
    batch_abort(j.batch);
    snapshot_close(j.own);
    intern_free(j.fresh);
    rejects_close(j.rejects, ok);
    repairs_free(j.repairs);
    source_close(j.src);
    vec_done(&j.pair);
    vec_done(&j.link);
    plan_done(&plan);
    report->seconds = (double)(os_monotonic_us() - began) / 1e6;
    return ok;
}
