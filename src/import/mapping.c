/* mapping.c - from options and samples to a mapping.
 *
 * Each file's delimiter and header are looked at by themselves; columns are joined by name over all files, so
 * that exports whose columns come in another order, or with one more, load together. Roles are guessed by
 * name and proven by values. */
#include "config.h"

#include "base/nls.h"
#include "import/mapping_look.h"
#include "import/roles.h"
#include "import/types.h"
#include "model/schema.h"

#define NEAR 5 /* mistyped letters */

/* ---- Values of a column in the samples. */

struct values {
    VEC(struct str) at;
    size_t missing;
};

static size_t place_of(const int *column, size_t n, int wanted)
{
    size_t i = 0;
    while (i < n && column[i] != wanted)
        i++;
    return i;
}

static void values_of(const struct look *l, int column, struct values *v)
{
    for (size_t i = 0; i < source_files(l->src); i++) {
        const struct source_file *f = source_file(l->src, i);
        const struct sheet *t = &l->sheet[i];
        size_t cell = place_of(f->column, f->fields, column),
               member = place_of(f->member, f->members, column);
        if (cell == f->fields && member == f->members)
            continue;
        for (size_t r = l->first[i]; r < t->row.n; r++) {
            const struct sheet_row *row = &t->row.at[r];
            if (!f->json && row->n != f->fields)
                continue;
            struct str s = cell < f->fields       ? row->cell[cell]
                           : member < row->more_n ? row->more[member]
                                                  : STR("");
            if (mapping_is_null(l->m, s))
                v->missing++;
            else
                vec_push(&v->at, s);
        }
    }
}

/* ---- Roles. */

static bool role_proven(const struct look *l, enum role role, int column)
{
    struct values v = {0};
    values_of(l, column, &v);
    size_t present = v.at.n;
    bool ok = present > 0 ? present >= v.missing : v.missing == 0;
    if (ok && role == ROLE_TIME && present)
        ok = types_time(v.at.at, present) != TIME_AUTO;
    vec_done(&v.at);
    return ok;
}

static int role_guess(const struct look *l, enum role role)
{
    int best = -1;
    unsigned best_fit = 0;
    for (size_t i = 0; i < l->m->n; i++) {
        unsigned fit = l->m->column[i].role == ROLE_VALUE ? roles_fit(role, str_of(l->m->column[i].name)) : 0;
        if (fit > best_fit && role_proven(l, role, (int)i)) {
            best_fit = fit;
            best = (int)i;
        }
    }
    /* No name helps, but just one column holds times. */
    for (size_t i = 0, times = 0; role == ROLE_TIME && best_fit == 0 && i < l->m->n; i++) {
        struct values v = {0};
        values_of(l, (int)i, &v);
        bool is_time = v.at.n && time_guess(v.at.at, v.at.n) == TIME_CIVIL;
        vec_done(&v.at);
        if (is_time)
            best = times++ ? -1 : (int)i;
    }
    return best;
}

static const char *const role_options[] = {
    [ROLE_USER] = "--user", [ROLE_TIME] = "--time", [ROLE_EVENT] = "--event", [ROLE_AS_OF] = "--as-of"};

static void put_columns(struct buf *out, const struct mapping *m)
{
    for (size_t i = 0; i < m->n; i++)
        buf_printf(out, "%s%s", i ? ", " : "", m->column[i].name);
}

const char *mapping_column_near(struct mapping *m, const char *wrong)
{
    const char *best = NULL;
    size_t least = strlen(wrong) / 2 < NEAR ? strlen(wrong) / 2 + 1 : NEAR + 1;
    for (size_t i = 0; i < m->n; i++) {
        size_t d = str_distance(str_of(wrong), str_of(m->column[i].name), NEAR);
        if (d < least) {
            least = d;
            best = m->column[i].name;
        }
    }
    return best ? arena_printf(&m->arena, _("; did you mean \"%s\"?"), best) : "";
}

/* What newcomers do not know of yet. */
static const char *role_hint(enum role role, const char *name)
{
    if (role != ROLE_EVENT)
        return "";
    return name ? _(". A fixed name stands in quotes: --event '\"payment\"'")
                : _(". It may be put together, --event 'COLUMN + \"/\" + COLUMN', or fixed, --event "
                    "'\"payment\"'");
}

static bool role_missing(const struct look *l, enum role role, const char *name)
{
    struct buf all = {0};
    put_columns(&all, l->m);
    const char *label = source_file(l->src, 0)->label;
    if (name)
        err_set(l->err, ERR_INPUT, _("%s: there is no column \"%s\" for %s%s; the columns are %.400s%s"),
                label, name, role_options[role], mapping_column_near(l->m, name), all.p,
                role_hint(role, name));
    else
        err_set(l->err, ERR_INPUT, _("%s: cannot guess which column is meant by %s; name one of %.400s%s"),
                label, role_options[role], all.p, role_hint(role, name));
    buf_done(&all);
    return false;
}

int mapping_column_loosely(const struct mapping *m, const char *name)
{
    int exact = mapping_column(m, str_of(name));
    for (size_t i = 0; exact < 0 && i < m->n; i++)
        if (str_ieq(str_of(m->column[i].name), str_of(name)))
            return (int)i;
    return exact;
}

static bool role_find(const struct look *l, enum role role, const char *name, int *column)
{
    if (role == ROLE_EVENT && name && mapping_event_find(l, name, column))
        return *column >= 0;
    *column = name ? mapping_column_loosely(l->m, name) : role_guess(l, role);
    if (*column < 0)
        return role_missing(l, role, name);
    struct map_column *c = &l->m->column[*column];
    if (c->role != ROLE_VALUE)
        return err_set(l->err, ERR_USAGE, _("column \"%s\" is named for %s and %s; name two different ones"),
                       c->name, role_options[c->role], role_options[role]);
    c->role = role;
    c->guessed = name == NULL;
    return true;
}

/* Options first, so that a guess never takes what another option names. */
static bool find_roles(const struct look *l)
{
    struct mapping *m = l->m;
    const char *name[] = {[ROLE_USER] = l->o->user, [ROLE_TIME] = l->o->time, [ROLE_EVENT] = l->o->event};
    int *column[] = {[ROLE_USER] = &m->user, [ROLE_TIME] = &m->time, [ROLE_EVENT] = &m->event};
    if (l->o->as_of && (m->kind != LOAD_USERS || !role_find(l, ROLE_AS_OF, l->o->as_of, &m->as_of)))
        return m->kind == LOAD_USERS
                   ? false
                   : err_set(l->err, ERR_USAGE, _("--as-of: only attributes of customers have it"));
    enum role last = m->kind == LOAD_EVENTS ? ROLE_EVENT : ROLE_USER;
    for (int given = 1; given >= 0; given--)
        for (enum role r = ROLE_USER; r <= last; r++)
            if ((name[r] != NULL) == given && !role_find(l, r, name[r], column[r]))
                return false;
    return true;
}

/* A table without such a column would have to do without it in every row; objects are judged one by one. */
static bool role_in_file(const struct look *l, const struct source_file *f, enum role role, int column)
{
    if (f->json || f->fields == 0 || column < 0 || place_of(f->column, f->fields, column) < f->fields ||
        place_of(f->member, f->members, column) < f->members)
        return true;
    return err_set(
        l->err, ERR_INPUT,
        _("%s: there is no column \"%s\", which another file has for %s; load this file by itself, or "
          "name its columns with --columns"),
        f->label, l->m->column[column].name, role_options[role]);
}

static bool roles_in_files(const struct look *l)
{
    const struct mapping *m = l->m;
    for (size_t i = 0; i < source_files(l->src); i++) {
        const struct source_file *f = source_file(l->src, i);
        if (!role_in_file(l, f, ROLE_USER, m->user) || !role_in_file(l, f, ROLE_TIME, m->time) ||
            !role_in_file(l, f, ROLE_AS_OF, m->as_of) ||
            (m->joined.n == 0 && !role_in_file(l, f, ROLE_EVENT, m->event)))
            return false;
    }
    return true;
}

/* ---- Types. */

static bool find_time_format(const struct look *l, int column)
{
    struct map_column *c = &l->m->column[column];
    struct values v = {0};
    c->type = COLUMN_TIME;
    if (column == l->m->time && l->o->time_format) {
        c->given = true;
        if (time_format_named(str_of(l->o->time_format), &c->format))
            return true;
        return err_set(l->err, ERR_USAGE,
                       _("--time-format %s: no such format; there are civil, s, ms, us, compact and auto"),
                       l->o->time_format);
    }
    values_of(l, column, &v);
    c->format = types_time(v.at.at, v.at.n);
    bool ok = c->format != TIME_AUTO || v.at.n == 0;
    if (!ok)
        err_set(l->err, ERR_INPUT,
                _("column \"%s\" does not hold times, for example \"%.60s\"; name another with %s"), c->name,
                arena_str(&l->m->arena, v.at.at[0]).p, role_options[c->role]);
    vec_done(&v.at);
    return ok;
}

/* The condition language keeps these names for itself. */
static bool is_reserved(struct str name)
{
    static const char *const names[] = {"user", "event", "time", "hour", "weekday"};
    return mapping_named(name, names, sizeof(names) / sizeof(*names));
}

void mapping_column_rename(struct mapping *m, size_t i)
{
    struct map_column *c = &m->column[i];
    if (is_reserved(str_of(c->stored)))
        c->stored = arena_printf(&m->arena, "%s_value", c->name);
}

void mapping_column_as_stored(struct mapping *m, size_t i, const struct snapshot *stored)
{
    struct map_column *c = &m->column[i];
    enum table table = m->kind == LOAD_EVENTS ? TABLE_EVENTS : TABLE_USERS;
    const struct column_def *def = stored ? snapshot_column(stored, table, str_of(c->stored)) : NULL;
    if (!def || def->type == c->type)
        return;
    c->type = def->type;
    c->format = TIME_AUTO;
    c->given = true;
}

static void guess_type(const struct look *l, size_t i)
{
    struct map_column *c = &l->m->column[i];
    struct values v = {0};
    values_of(l, (int)i, &v);
    c->type = types_guess(str_of(c->name), v.at.at, v.at.n, &c->format);
    vec_done(&v.at);
    mapping_column_as_stored(l->m, i, l->stored);
}

static bool apply_type(const struct look *l, const char *text)
{
    const char *equal = strrchr(text, '=');
    enum column_type type;
    if (!equal || !types_named(str_of(equal + 1), &type))
        return err_set(l->err, ERR_USAGE, _("--type %s: write COLUMN=text, number, boolean or time"), text);
    const char *name = arena_str(&l->m->arena, (struct str){text, (size_t)(equal - text)}).p;
    int i = mapping_column_loosely(l->m, name);
    if (i < 0)
        return err_set(l->err, ERR_USAGE, _("--type %s: there is no column \"%s\"%s"), text, name,
                       mapping_column_near(l->m, name));
    struct map_column *c = &l->m->column[i];
    if (c->role != ROLE_VALUE && type != c->type)
        return err_set(l->err, ERR_USAGE,
                       _("--type %s: the column is used for %s, its type cannot be chosen"), text,
                       role_options[c->role]);
    if (type != c->type)
        c->format = TIME_AUTO;
    c->type = type;
    c->given = true;
    return true;
}

/* What the saved mapping says of columns that are here. */
static bool apply_text(const struct look *l, bool types)
{
    for (size_t i = 0; l->text && i < l->text->n; i++) {
        const struct mapping_line *line = &l->text->line[i];
        int at = mapping_column(l->m, str_of(line->column));
        struct map_column *c = at < 0 ? NULL : &l->m->column[at];
        if (!c)
            continue;
        if (!types && line->word == WORD_IGNORE && c->role == ROLE_VALUE)
            c->role = ROLE_IGNORE;
        if (!types && line->stored && c->role == ROLE_VALUE)
            c->stored = arena_strdup(&l->m->arena, line->stored);
        if (types && line->word == WORD_PROPERTY && line->type && c->role == ROLE_VALUE)
            if (!apply_type(l, arena_printf(&l->m->arena, "%s=%s", line->column, line->type)))
                return false;
    }
    return true;
}

static bool find_types(const struct look *l)
{
    apply_text(l, false);
    for (size_t i = 0; i < l->m->n; i++) {
        struct map_column *c = &l->m->column[i];
        if (c->role != ROLE_VALUE)
            continue;
        mapping_column_rename(l->m, i);
        guess_type(l, i);
    }
    if (!apply_text(l, true))
        return false;
    for (size_t i = 0; i < l->o->type_n; i++)
        if (!apply_type(l, l->o->types[i]))
            return false;
    return (l->m->time < 0 || find_time_format(l, l->m->time)) &&
           (l->m->as_of < 0 || find_time_format(l, l->m->as_of));
}

/* ---- Public. */

int mapping_column(const struct mapping *m, struct str name)
{
    for (size_t i = 0; i < m->n; i++)
        if (str_eq(str_of(m->column[i].name), name))
            return (int)i;
    return -1;
}

static void set_nulls(struct mapping *m, const struct load_options *o)
{
    static const char *const usual[] = {"", "\\N", "NULL", "null", "(null)"};
    size_t n = sizeof(usual) / sizeof(*usual);
    struct str *null = arena_array(&m->arena, struct str, n + o->null_n);
    for (size_t i = 0; i < n + o->null_n; i++)
        null[i] = str_of(i < n ? usual[i] : o->nulls[i - n]);
    m->null = null;
    m->null_n = n + o->null_n;
    for (size_t i = 0; i < m->null_n; i++)
        if (null[i].n)
            m->null_first[(unsigned char)null[i].p[0]] = true;
}

bool mapping_names_null(const struct mapping *m, struct str value)
{
    for (size_t i = 0; i < m->null_n; i++)
        if (str_eq(m->null[i], value))
            return true;
    return false;
}

static bool open_zone(struct look *l)
{
    struct str noted = l->stored ? snapshot_note(l->stored, NOTE_TZ) : (struct str){0};
    const char *name = l->o->tz;
    if (!name && noted.n)
        name = arena_str(&l->m->arena, noted).p;
    l->m->zone = zone_open(name, l->err);
    return l->m->zone != NULL;
}

static bool check_options(const struct load_options *o, struct err *err)
{
    if (o->input && strcmp(o->input, "csv") != 0 && strcmp(o->input, "jsonl") != 0)
        return err_set(err, ERR_USAGE, _("--input %s: there are csv and jsonl"), o->input);
    if (o->delimiter == '"' || o->delimiter == '\n' || o->delimiter == '\r')
        return err_set(err, ERR_USAGE, _("--delimiter: a quote or a line end cannot part fields"));
    if (o->file_n == 0)
        return err_set(err, ERR_USAGE, _("no file is named; name at least one, or - for standard input"));
    return true;
}

static bool any_rows(const struct look *l)
{
    for (size_t i = 0; i < source_files(l->src); i++)
        if (l->sheet[i].row.n > l->first[i] || l->sheet[i].bad || !source_file(l->src, i)->whole)
            return true;
    const char *label = source_file(l->src, 0)->label;
    bool header = l->sheet[0].row.n > 0;
    return err_set(l->err, ERR_INPUT,
                   header ? _("%s: there is nothing below the header; check the export")
                          : _("%s: the file is empty; check the export"),
                   label);
}

/* From here on nobody looks at them. */
static void leave_out_ignored(const struct look *l)
{
    for (size_t i = 0; i < source_files(l->src); i++) {
        struct source_file *f = source_file(l->src, i);
        for (size_t k = 0; k < f->fields; k++)
            if (f->column[k] >= 0 && l->m->column[f->column[k]].role == ROLE_IGNORE)
                f->column[k] = -1;
        for (size_t k = 0; k < f->members; k++)
            if (f->member[k] >= 0 && l->m->column[f->member[k]].role == ROLE_IGNORE)
                f->member[k] = -1;
    }
}

static bool look_at_all(struct look *l)
{
    for (size_t i = 0; i < source_files(l->src); i++)
        if (!mapping_file_look(l, i))
            return false;
    if (!any_rows(l) || !find_roles(l) || !roles_in_files(l) || !find_types(l))
        return false;
    mapping_event_place(l);
    leave_out_ignored(l);
    return true;
}

bool mapping_make(struct mapping *m, struct source *src, const struct load_options *o,
                  const struct mapping_text *text, const struct snapshot *stored, struct err *err)
{
    *m = (struct mapping){.kind = o->kind, .user = -1, .time = -1, .event = -1, .as_of = -1};
    struct look l = {.m = m, .src = src, .o = o, .text = text, .stored = stored, .err = err};
    size_t n = source_files(src);
    if (!check_options(o, err) || !open_zone(&l))
        return false;
    set_nulls(m, o);
    l.sheet = mem_zalloc(n * sizeof(*l.sheet));
    l.first = mem_zalloc(n * sizeof(*l.first));
    bool ok = look_at_all(&l);
    for (size_t i = 0; i < n; i++)
        sheet_done(&l.sheet[i]);
    free(l.sheet);
    free(l.first);
    return ok;
}

void mapping_done(struct mapping *m)
{
    zone_free(m->zone);
    m->zone = NULL;
    arena_done(&m->arena);
}
