/* command.c - the command table: command.def, followed by one command per analysis.
 *
 * Parameters that several import commands share are written once below. The table is put together at first
 * use because the analyses are only known to the registry. */
#include "config.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>

#include "app/command.h"
#include "base/buf.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/vec.h"

enum { REPEAT = 1, REQUIRED = 2, POSITIONAL = 4 };

#define AT_LEAST(least, name, kind, flags, def, choices, help)                                               \
    {name,                                                                                                   \
     PARAM_##kind,                                                                                           \
     ((flags)&REPEAT) != 0,                                                                                  \
     ((flags)&REQUIRED) != 0,                                                                                \
     ((flags)&POSITIONAL) != 0,                                                                              \
     def,                                                                                                    \
     choices,                                                                                                \
     help,                                                                                                   \
     least,                                                                                                  \
     NULL},
#define P(name, kind, flags, def, choices, help) AT_LEAST(0, name, kind, flags, def, choices, help)
#define NO_PARAMETERS
#define IMPORT_FILE                                                                                          \
    P("file", TEXT, REPEAT | REQUIRED | POSITIONAL, NULL, "FILE",                                            \
      N_("files, or folders with the exports in them; - is standard input"))
#define IMPORT_TEXT                                                                                          \
    P("input", CHOICE, 0, NULL, "csv|jsonl", N_("what the files are; by content when not given"))            \
    P("mapping", TEXT, 0, NULL, "FILE",                                                                      \
      N_("use the columns saved in this file, or save them there when it is absent"))                        \
    P("columns", TEXT, 0, NULL, "A,B,C",                                                                     \
      N_("names of the columns, for a file without a header or instead of it"))                              \
    P("encoding", TEXT, 0, NULL, "NAME", N_("encoding of the text; guessed when not given"))                 \
    P("delimiter", TEXT, 0, NULL, "CHARACTER",                                                               \
      N_("between fields: a character, or tab; guessed when not given"))                                     \
    P("tz", TEXT, 0, NULL, "ZONE", N_("zone of times without offset: a name or +08:00"))                     \
    P("type", TEXT, REPEAT, NULL, "COLUMN=TYPE",                                                             \
      N_("text, number, boolean or time; guessed when not given"))                                           \
    P("null", TEXT, REPEAT, NULL, "TEXT", N_("what stands for a missing value, beside the empty field"))
#define IMPORT_REJECTS                                                                                       \
    P("rejects", TEXT, 0, NULL, "FILE",                                                                      \
      N_("keep rejected rows here; else in the folder rejects of the store"))                                \
    P("max-rejects", TEXT, 0, NULL, "N",                                                                     \
      N_("more rejected rows than this number or percentage make the import fail"))                          \
    P("again", SWITCH, 0, NULL, NULL, N_("load files even when they were loaded before"))                    \
    P("dry-run", SWITCH, 0, NULL, NULL, N_("read and report, but store nothing"))                            \
    P("yes", SWITCH, 0, NULL, NULL, N_("on a terminal: load without asking whether the columns are right"))

#define COMMAND(id, name, args, summary, example, ...)                                                       \
    static const struct param_info id##_param[] = {__VA_ARGS__{0}};
#include "app/command.def"
#undef COMMAND

#define COMMAND(id, name, args, summary, example, ...) {name, args, summary, example, id##_param, false},
static const struct command_info own[] = {
#include "app/command.def"
};
#undef COMMAND

static const struct param_info common[] = {
    P("store", TEXT, 0, NULL, "DIR",
      N_("the store; else $WAYMARK_STORE, else waymark/default in the data folder"))
        P("format", CHOICE, 0, "text", "text|txt|ansi|html|svg|csv|json",
          N_("text (or txt), ansi with colours, html and svg draw the picture; csv and json are data"))
            P("output", TEXT, 0, NULL, "FILE",
              N_("-o: write the answer to this file, readable by you alone; - is standard output"))
                P("table", SWITCH, 0, NULL, NULL, N_("the table instead of the picture"))
                    P("size", TEXT, 0, NULL, "WxH",
                      N_("columns and rows of the picture")) P("glyphs", CHOICE, 0, NULL, "ascii|acs|utf8|hd",
                                                               N_("characters pictures are drawn with"))
                        P("plain", SWITCH, 0, NULL, NULL,
                          N_("no lines and no bars, as for screen readers: text alone"))
                            P("lang", CHOICE, 0, NULL, "en|zh|zh_CN", N_("language of messages and headings"))
                                P("setting", TEXT, REPEAT, NULL, "KEY=VALUE",
                                  N_("a setting of the explorer; waymark help settings lists them"))
                                    P("quiet", SWITCH, 0, NULL, NULL,
                                      N_("no progress, no notes, no rule below the picture")){0}};

static VEC(struct command_info) all;

/* "ID" for an analysis with a positional parameter id, "[ID]" when it may be left out. */
static const char *analysis_args(const struct analysis_info *a)
{
    struct buf b = {0};
    for (const struct param_info *p = a->param; p->name; p++) {
        if (!p->positional)
            continue;
        if (b.n)
            buf_putc(&b, ' ');
        buf_puts(&b, p->required ? "" : "[");
        for (const char *c = p->name; *c; c++)
            buf_putc(&b, (char)toupper((unsigned char)*c));
        buf_puts(&b, p->required ? "" : "]");
    }
    return b.p ? b.p : "";
}

static void build(void)
{
    vec_reserve(&all, sizeof own / sizeof *own);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        vec_push(&all, own[i]);
    size_t n = 0;
    const struct analysis_info *a = registry_all(&n);
    for (size_t i = 0; i < n; i++)
        vec_push(&all, (struct command_info){a[i].id, analysis_args(&a[i]), a[i].summary, a[i].example,
                                             a[i].param, true});
}

const struct command_info *command_all(size_t *n)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, build);
    *n = all.n;
    return all.at;
}

const struct command_info *command_find(const char *name)
{
    size_t n = 0;
    const struct command_info *c = command_all(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(c[i].name, name) == 0)
            return &c[i];
    return NULL;
}

const struct param_info *command_common(void)
{
    return common;
}

static const struct param_info *find_param(const struct param_info *p, const char *name)
{
    for (; p && p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

const struct param_info *command_option(const struct command_info *c, const char *name)
{
    const struct param_info *p = find_param(c->option, name);
    if (!p && c->is_analysis)
        p = find_param(registry_common(), name);
    return p ? p : find_param(common, name);
}

/* ---- checking; analyses are checked by query_check */
static bool check_value(const struct param_info *p, const char *value, struct err *err)
{
    int64_t n;
    uint64_t u;
    if (p->kind != PARAM_SWITCH && !*value)
        return err_set(err, ERR_USAGE, _("--%s: the value is empty; write one or leave the option out"),
                       p->name);
    bool huge = num_u64(str_of(value), &u) && u > INT64_MAX; /* a seed may be */
    if (p->kind == PARAM_NUMBER && !huge &&
        !registry_read_number(p->name, value, p->least, INT64_MAX, &n, err))
        return false;
    if (p->kind == PARAM_CHOICE && !registry_choice(p->choices, value))
        return err_set(err, ERR_USAGE, _("--%s: %s is none of the choices; use one of %s"), p->name, value,
                       p->choices);
    return true;
}

static bool check_required(const struct command_info *c, const struct query *q, struct err *err)
{
    for (const struct param_info *p = c->option; p->name; p++)
        if (p->required && query_count(q, p->name) == 0)
            return err_set(err, ERR_USAGE, _("%s: %s is missing (%s); for example: waymark %s"), c->name,
                           p->choices, _(p->help), c->example);
    return true;
}

bool command_check(const struct command_info *c, const struct query *q, struct err *err)
{
    if (c->is_analysis)
        return query_check(q, err);
    for (size_t i = 0; i < q->n; i++) {
        const struct param_info *p = find_param(c->option, q->param[i].name);
        if (!p)
            return err_set(err, ERR_USAGE, _("%s: there is no option --%s; see waymark help %s"), c->name,
                           q->param[i].name, c->name);
        if (!p->repeat && query_count(q, p->name) > 1)
            return err_set(err, ERR_USAGE, _("--%s is given more than once; keep one"), p->name);
        if (!check_value(p, q->param[i].value, err))
            return false;
    }
    return check_required(c, q, err);
}

/* ---- the command line; that of analyses comes from query_command */
static void put_option(struct buf *out, const struct param_info *p, const char *value)
{
    buf_printf(out, " --%s", p->name);
    if (p->kind == PARAM_SWITCH)
        return;
    buf_putc(out, *value == '-' ? '=' : ' '); /* else the value would be read as an option */
    buf_shell(out, str_of(value));
}

/* A file named like an option stands behind "--". */
static void put_positionals(struct buf *out, const struct command_info *c, const struct query *q)
{
    bool ended = false;
    for (size_t i = 0; i < q->n; i++) {
        const char *value = q->param[i].value;
        if (!find_param(c->option, q->param[i].name)->positional)
            continue;
        if (!ended && value[0] == '-' && value[1])
            buf_puts(out, " --");
        ended |= value[0] == '-' && value[1];
        buf_putc(out, ' ');
        buf_shell(out, str_of(value));
    }
}

const char *command_line(const struct command_info *c, const struct query *q, const char *store,
                         struct arena *a)
{
    if (c->is_analysis)
        return query_command(q, store, a);
    struct buf out = {0};
    buf_puts(&out, "waymark ");
    if (store) {
        buf_puts(&out, "-s ");
        buf_shell(&out, str_of(store));
        buf_putc(&out, ' ');
    }
    buf_puts(&out, c->name);
    for (size_t i = 0; i < q->n; i++) {
        const struct param_info *p = find_param(c->option, q->param[i].name);
        if (!p->positional)
            put_option(&out, p, q->param[i].value);
    }
    put_positionals(&out, c, q);
    const char *text = arena_strdup(a, out.p);
    buf_done(&out);
    return text;
}
