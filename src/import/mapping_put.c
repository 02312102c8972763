/* mapping_put.c - a mapping for people, and as the text that is saved. */
#include "config.h"

#include "base/nls.h"
#include "import/mapping.h"
#include "import/types.h"

void mapping_put_column(const struct mapping *m, size_t column, struct buf *out)
{
    const struct map_column *c = &m->column[column];
    static const char *const role_names[] = {[ROLE_USER] = N_("user"),
                                             [ROLE_TIME] = N_("time"),
                                             [ROLE_EVENT] = N_("event"),
                                             [ROLE_AS_OF] = N_("as of"),
                                             [ROLE_IGNORE] = N_("left out")};
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

static void put_layout(const struct source_file *f, struct buf *out)
{
    char delimiter[4] = {'"', f->delimiter, '"', '\0'};
    if (f->json)
        buf_puts(out, _(": JSON lines"));
    else
        buf_printf(out, _(": delimiter %s, %s"), f->delimiter == '\t' ? _("tab") : delimiter,
                   f->header ? _("with header") : _("no header"));
    if (f->encoding && strcmp(f->encoding, "UTF-8") != 0)
        buf_printf(out, ", %s", f->encoding);
    if (f->gzip)
        buf_puts(out, ", gzip");
    buf_putc(out, '\n');
    if (f->unsure)
        buf_puts(out, _("  (the encoding is a guess: look at names with accents, or give --encoding)\n"));
}

static const struct source_file *first_with_rows(struct source *src)
{
    for (size_t i = 0; i < source_files(src); i++)
        if (source_file(src, i)->fields || source_file(src, i)->members)
            return source_file(src, i);
    return source_file(src, 0);
}

void mapping_put(const struct mapping *m, struct source *src, struct buf *out)
{
    buf_printf(out, "%s", source_file(src, 0)->label);
    if (source_files(src) > 1)
        buf_printf(out, _(" and %zu more"), source_files(src) - 1);
    put_layout(first_with_rows(src), out);
    for (size_t i = 0; i < m->n; i++)
        mapping_put_column(m, i, out);
}

/* ---- To be saved. */

struct saving {
    struct mapping_line *line;
    struct mapping_setting *setting;
    struct mapping_text text;
};

static void save_setting(struct saving *s, const char *name, const char *value)
{
    if (value)
        s->setting[s->text.settings++] = (struct mapping_setting){name, value};
}

/* What all files agree on; NULL when they do not. */
static const char *common_delimiter(struct source *src, struct arena *a)
{
    char d = 0;
    for (size_t i = 0; i < source_files(src); i++) {
        const struct source_file *f = source_file(src, i);
        if (f->json || (d && f->delimiter != d))
            return NULL;
        d = f->delimiter;
    }
    return d == '\t' ? "tab" : arena_printf(a, "%c", d);
}

static const char *common_encoding(struct source *src)
{
    const char *e = source_file(src, 0)->encoding;
    for (size_t i = 1; i < source_files(src); i++)
        if (strcmp(source_file(src, i)->encoding, e) != 0)
            return NULL;
    return e;
}

static const char *joined_names(const struct load_options *o, struct arena *a)
{
    struct buf b = {0};
    for (size_t i = 0; i < o->column_n; i++)
        buf_printf(&b, "%s%s", i ? "," : "", o->columns[i]);
    const char *text = o->column_n ? arena_str(a, buf_view(&b)).p : NULL;
    buf_done(&b);
    return text;
}

static struct mapping_line line_of(const struct map_column *c)
{
    static const enum mapping_word words[] = {
        [ROLE_USER] = WORD_USER,   [ROLE_TIME] = WORD_TIME,      [ROLE_EVENT] = WORD_EVENT,
        [ROLE_AS_OF] = WORD_AS_OF, [ROLE_VALUE] = WORD_PROPERTY, [ROLE_IGNORE] = WORD_IGNORE};
    struct mapping_line l = {.column = c->name, .word = words[c->role]};
    if (c->role == ROLE_TIME || c->role == ROLE_AS_OF)
        l.type = c->format == TIME_AUTO ? NULL : time_format_name(c->format);
    else if (c->role == ROLE_VALUE)
        l.type = types_name(c->type);
    l.stored = c->stored != c->name ? c->stored : NULL;
    return l;
}

void mapping_save(const struct mapping *m, struct source *src, const struct load_options *o, struct buf *out)
{
    struct arena a = {0};
    struct saving s = {arena_array(&a, struct mapping_line, m->n + 1),
                       arena_array(&a, struct mapping_setting, 8 + o->null_n),
                       {0}};
    save_setting(&s, "encoding", common_encoding(src));
    save_setting(&s, "delimiter", common_delimiter(src, &a));
    save_setting(&s, "tz", zone_name(m->zone));
    save_setting(&s, "columns", joined_names(o, &a));
    save_setting(&s, "event", m->joined.n ? o->event : NULL);
    for (size_t i = 0; i < o->null_n; i++)
        save_setting(&s, "null", o->nulls[i]);
    for (size_t i = 0; i < m->n; i++)
        if (!m->joined.n || (int)i != m->event)
            s.line[s.text.n++] = line_of(&m->column[i]);
    s.text.line = s.line;
    s.text.setting = s.setting;
    buf_puts(out, _("# How the columns of an export are read; see doc/MAPPING.md. Lines may be changed.\n"));
    mapping_text_put(out, &s.text);
    arena_done(&a);
}
