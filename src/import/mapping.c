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

/* ---- Values of a column in the samples. */

struct values {
    VEC(struct str) at;
    size_t missing;
};

static void values_of(const struct look *l, int column, struct values *v)
{
    for (size_t i = 0; i < source_files(l->src); i++) {
        const struct source_file *f = source_file(l->src, i);
        const struct sheet *t = &l->sheet[i];
        size_t cell = 0;
        while (cell < f->fields && f->column[cell] != column)
            cell++;
        for (size_t r = l->first[i]; cell < f->fields && r < t->row.n; r++) {
            if (t->row.at[r].n != f->fields)
                continue;
            struct str s = t->row.at[r].cell[cell];
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
    [ROLE_USER] = "--user", [ROLE_TIME] = "--time", [ROLE_EVENT] = "--event"};

static void put_columns(struct buf *out, const struct mapping *m)
{
    for (size_t i = 0; i < m->n; i++)
        buf_printf(out, "%s%s", i ? ", " : "", m->column[i].name);
}

static bool role_missing(const struct look *l, enum role role, const char *name)
{
    struct buf all = {0};
    put_columns(&all, l->m);
    const char *label = source_file(l->src, 0)->label;
    if (name)
        err_set(l->err, ERR_INPUT, _("%s: there is no column \"%s\" for %s; the columns are %.400s"), label,
                name, role_options[role], all.p);
    else
        err_set(l->err, ERR_INPUT, _("%s: cannot guess which column is meant by %s; name one of %.400s"),
                label, role_options[role], all.p);
    buf_done(&all);
    return false;
}

static int column_loosely(const struct mapping *m, const char *name)
{
    int exact = mapping_column(m, str_of(name));
    for (size_t i = 0; exact < 0 && i < m->n; i++)
        if (str_ieq(str_of(m->column[i].name), str_of(name)))
            return (int)i;
    return exact;
}

static bool role_find(const struct look *l, enum role role, const char *name, int *column)
{
    *column = name ? column_loosely(l->m, name) : role_guess(l, role);
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
    enum role last = m->kind == LOAD_EVENTS ? ROLE_EVENT : ROLE_USER;
    for (int given = 1; given >= 0; given--)
        for (enum role r = ROLE_USER; r <= last; r++)
            if ((name[r] != NULL) == given && !role_find(l, r, name[r], column[r]))
                return false;
    return true;
}

/* ---- Types. */

static bool find_time_format(const struct look *l)
{
    struct map_column *c = &l->m->column[l->m->time];
    struct values v = {0};
    c->type = COLUMN_TIME;
    if (l->o->time_format) {
        c->given = true;
        if (time_format_named(str_of(l->o->time_format), &c->format))
            return true;
        return err_set(l->err, ERR_USAGE,
                       _("--time-format %s: no such format; there are civil, s, ms, us, compact and auto"),
                       l->o->time_format);
    }
    values_of(l, l->m->time, &v);
    c->format = types_time(v.at.at, v.at.n);
    bool ok = c->format != TIME_AUTO || v.at.n == 0;
    if (!ok)
        err_set(l->err, ERR_INPUT,
                _("column \"%s\" does not hold times, for example \"%.60s\"; name another with --time"),
                c->name, arena_str(&l->m->arena, v.at.at[0]).p);
    vec_done(&v.at);
    return ok;
}

/* The condition language keeps these names for itself. */
static bool is_reserved(struct str name)
{
    static const char *const names[] = {"user", "event", "time", "hour", "weekday"};
    return mapping_named(name, names, sizeof(names) / sizeof(*names));
}

static void guess_type(const struct look *l, size_t i)
{
    struct map_column *c = &l->m->column[i];
    enum table table = l->m->kind == LOAD_EVENTS ? TABLE_EVENTS : TABLE_USERS;
    const struct column_def *def = l->stored ? snapshot_column(l->stored, table, str_of(c->stored)) : NULL;
    struct values v = {0};
    values_of(l, (int)i, &v);
    c->type = types_guess(str_of(c->name), v.at.at, v.at.n, &c->format);
    vec_done(&v.at);
    if (!def || def->type == c->type)
        return;
    c->type = def->type; /* what the store has holds */
    c->format = TIME_AUTO;
    c->given = true;
}

static bool apply_type(const struct look *l, const char *text)
{
    const char *equal = strrchr(text, '=');
    enum column_type type;
    if (!equal || !types_named(str_of(equal + 1), &type))
        return err_set(l->err, ERR_USAGE, _("--type %s: write COLUMN=text, number, boolean or time"), text);
    const char *name = arena_str(&l->m->arena, (struct str){text, (size_t)(equal - text)}).p;
    int i = column_loosely(l->m, name);
    if (i < 0)
        return err_set(l->err, ERR_USAGE, _("--type %s: there is no column \"%s\""), text, name);
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

static bool find_types(const struct look *l)
{
    for (size_t i = 0; i < l->m->n; i++) {
        struct map_column *c = &l->m->column[i];
        if (c->role == ROLE_VALUE && is_reserved(str_of(c->name)))
            c->stored = arena_printf(&l->m->arena, "%s_value", c->name);
        if (c->role == ROLE_VALUE)
            guess_type(l, i);
    }
    for (size_t i = 0; i < l->o->type_n; i++)
        if (!apply_type(l, l->o->types[i]))
            return false;
    return l->m->time < 0 || find_time_format(l);
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
}

bool mapping_is_null(const struct mapping *m, struct str value)
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
    if (o->encoding && !str_ieq(str_of(o->encoding), STR("utf-8")) &&
        !str_ieq(str_of(o->encoding), STR("utf8")))
        return err_set(
            err, ERR_USAGE,
            _("--encoding %s: only UTF-8 can be loaded; convert the file first: iconv -f %s -t UTF-8"),
            o->encoding, o->encoding);
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

static bool look_at_all(struct look *l)
{
    for (size_t i = 0; i < source_files(l->src); i++)
        if (!mapping_file_look(l, i))
            return false;
    return any_rows(l) && find_roles(l) && find_types(l);
}

bool mapping_make(struct mapping *m, struct source *src, const struct load_options *o,
                  const struct snapshot *stored, struct err *err)
{
    *m = (struct mapping){.kind = o->kind, .user = -1, .time = -1, .event = -1};
    struct look l = {.m = m, .src = src, .o = o, .stored = stored, .err = err};
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

static void put_column(const struct mapping *m, const struct map_column *c, struct buf *out)
{
    static const char *const role_names[] = {
        [ROLE_USER] = N_("user"), [ROLE_TIME] = N_("time"), [ROLE_EVENT] = N_("event")};
    buf_printf(out, "  %s", c->name);
    if (c->role != ROLE_VALUE)
        buf_printf(out, " = %s%s", _(role_names[c->role]), c->guessed ? _(" (guessed)") : "");
    else
        buf_printf(out, ": %s", types_name(c->type));
    if (c->type == COLUMN_TIME && c->format != TIME_AUTO)
        buf_printf(out, ", %s", time_format_name(c->format));
    if (c->role == ROLE_TIME && (c->format == TIME_CIVIL || c->format == TIME_COMPACT))
        buf_printf(out, _(", zone %s unless the time names one"), zone_name(m->zone));
    if (c->stored != c->name)
        buf_printf(out, _(", stored as %s"), c->stored);
    buf_putc(out, '\n');
}

void mapping_put(const struct mapping *m, struct source *src, struct buf *out)
{
    const struct source_file *f = source_file(src, 0);
    buf_printf(out, "%s", f->label);
    if (source_files(src) > 1)
        buf_printf(out, _(" and %zu more"), source_files(src) - 1);
    char delimiter[4] = {'"', f->delimiter, '"', '\0'};
    buf_printf(out, _(": delimiter %s, %s\n"), f->delimiter == '\t' ? _("tab") : delimiter,
               f->header ? _("with header") : _("no header"));
    for (size_t i = 0; i < m->n; i++)
        put_column(m, &m->column[i], out);
}
