/* intake.c - the import commands: a query becomes load_options, the load report becomes a result.
 *
 * Front ends know import parameters only as text, by name, as they know those of an analysis; so one table
 * makes their options, forms and help, and nothing above this floor sees src/import/. */
#include "config.h"

#include "app/command.h"
#include "app/findings.h"
#include "app/follow.h"
#include "app/fresh.h"
#include "app/intake.h"
#include "base/nls.h"
#include "base/os.h"
#include "import/load.h"
#include "store/snapshot.h"
#include "store/upkeep.h"

/* All values of a repeatable parameter as an array; its length in *n. */
static const char *const *values(const struct query *q, const char *name, struct arena *a, size_t *n)
{
    *n = query_count(q, name);
    const char **v = arena_array(a, const char *, *n + 1);
    for (size_t i = 0; i < *n; i++)
        v[i] = query_nth(q, name, i);
    return v;
}

/* "a,b,c" as an array. */
static const char *const *split(const char *text, struct arena *a, size_t *n)
{
    *n = 0;
    if (!text)
        return NULL;
    struct str rest = str_of(text);
    const char **v = arena_array(a, const char *, rest.n + 1);
    while (rest.p)
        v[(*n)++] = arena_str(a, str_trim(str_cut(&rest, ','))).p;
    return v;
}

static bool delimiter(const char *text, char *out, struct err *err)
{
    *out = 0;
    if (!text)
        return true;
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        *out = '\t';
    else if (strlen(text) == 1)
        *out = text[0];
    else
        return err_set(err, ERR_USAGE, _("--delimiter '%s': not one character; give one, or the word tab"),
                       text);
    return true;
}

static bool fill(struct load_options *o, const struct query *q, struct arena *a, struct err *err)
{
    const char *format = query_get(q, "time-format");
    bool is_links = strcmp(q->analysis, "import links") == 0;
    *o = (struct load_options){
        .kind = strcmp(q->analysis, "import events") == 0 ? LOAD_EVENTS : LOAD_USERS,
        .user = is_links ? query_get(q, "id") : query_get(q, "user"),
        .customer = query_get(q, "customer"),
        .as_of = query_get(q, "as-of"),
        .input = query_get(q, "input"),
        .mapping = query_get(q, "mapping"),
        .again = query_get(q, "again") != NULL,
        .time = query_get(q, "time"),
        .event = query_get(q, "event"),
        .encoding = query_get(q, "encoding"),
        .tz = query_get(q, "tz"),
        .time_format = format && strcmp(format, "auto") != 0 ? format : NULL,
        .rejects = query_get(q, "rejects"),
        .max_rejects = query_get(q, "max-rejects"),
        .keep_duplicates = query_get(q, "keep-duplicates") != NULL,
        .dry_run = query_get(q, "dry-run") != NULL,
    };
    o->files = values(q, "file", a, &o->file_n);
    o->types = values(q, "type", a, &o->type_n);
    o->nulls = values(q, "null", a, &o->null_n);
    o->columns = split(query_get(q, "columns"), a, &o->column_n);
    return delimiter(query_get(q, "delimiter"), &o->delimiter, err);
}

/* ---- the report as a result */
static struct value text_or_none(struct arena *a, const char *s)
{
    return s ? value_text(a, str_of(s)) : value_none();
}

static void put_summary(struct result *r, const struct load_report *report, enum load_kind kind)
{
    const struct {
        const char *name;
        uint64_t n;
    } count[] = {
        {"rows", report->rows},
        {"events", kind == LOAD_EVENTS ? report->stored : 0},
        {"users", report->users},
        {"new_users", report->new_users},
        {"duplicates", report->duplicates},
        {"rejected", report->rejected},
        {"bytes", report->bytes},
    };
    for (size_t i = 0; i < sizeof count / sizeof *count; i++)
        object_add(&r->arena, &r->summary, count[i].name, value_int((int64_t)count[i].n));
    object_add(&r->arena, &r->summary, "seconds", value_seconds(report->seconds));
    if (report->begun_by)
        object_add(&r->arena, &r->summary, "continues", value_int(report->begun_by));
    if (report->rejects)
        object_add(&r->arena, &r->summary, "rejects_file", text_or_none(&r->arena, report->rejects));
    if (report->rejects_files > 1)
        object_add(&r->arena, &r->summary, "rejects_files", value_int((int64_t)report->rejects_files));
}

static const char *rule_of(const struct load_options *o, struct arena *a)
{
    const char *what = _("Exact repeats of an event are stored once.");
    if (o->as_of)
        what = _("For each customer and attribute the value with the latest time counts; an empty cell says "
                 "nothing.");
    else if (o->kind == LOAD_USERS)
        what = _("For each customer the latest row counts; an empty cell takes an older value away.");
    else if (o->keep_duplicates)
        what = _("Exact repeats of an event are stored as often as they occur.");
    return o->dry_run ? arena_printf(a, "%s %s", _("Dry run: nothing was stored."), what) : what;
}

static const char *rule_of_links(const struct load_options *o, struct arena *a)
{
    const char *what =
        _("Answers take a customer's ids as one; forget-import with this import's number takes "
          "the links back.");
    return o->dry_run ? arena_printf(a, "%s %s", _("Dry run: nothing was stored."), what) : what;
}

/* Somebody with very many ids is most likely a device that many share. */
static void put_crowd(struct result *r, const struct load_report *report)
{
    if (!report->crowded)
        return;
    const char *text = arena_printf(&r->arena,
                                    _("%llu customers have more than 50 other ids each, most of all %s with "
                                      "%llu; devices that many share?"),
                                    (unsigned long long)report->crowded,
                                    *report->crowd ? report->crowd : _("a new customer"),
                                    (unsigned long long)report->most_ids);
    object_add(&r->arena, &r->summary, "crowded", value_int((int64_t)report->crowded));
    object_add(&r->arena, &r->summary, "most_ids", value_int((int64_t)report->most_ids));
    object_add(&r->arena, &r->summary, "warning", value_text(&r->arena, str_of(text)));
}

/* Every given parameter under its name; repeated ones as a list. */
static void put_parameters(struct result *r, const struct query *q)
{
    for (size_t i = 0; i < q->n; i++) {
        const char *name = q->param[i].name;
        size_t n = query_count(q, name);
        if (object_get(&r->parameters, name))
            continue;
        struct value v = value_text(&r->arena, str_of(q->param[i].value));
        if (!*q->param[i].value)
            v = value_bool(true);
        if (n > 1) {
            struct value *at = arena_array(&r->arena, struct value, n);
            for (size_t k = 0; k < n; k++)
                at[k] = value_text(&r->arena, str_of(query_nth(q, name, k)));
            v = (struct value){.type = VALUE_LIST, .list = {at, n}};
        }
        object_add(&r->arena, &r->parameters, arena_strdup(&r->arena, name), v);
    }
}

static struct result *result_for(const char *dir, const struct query *q)
{
    const struct command_info *c = command_find(q->analysis);
    struct result *r = result_new(c->name, PICTURE_TABLE);
    r->command = command_line(c, q, dir, &r->arena);
    put_parameters(r, q);
    return r;
}

/* What cannot be merged now is left to the next import; but somebody should look at why. */
static void tidy(struct env *env, struct progress *p, struct result *r)
{
    struct err err = {0};
    if (store_merge(env, p, &err) || err.code == ERR_CANCELLED)
        return;
    object_add(&r->arena, &r->summary, "unmerged",
               value_text(&r->arena,
                          str_of(arena_printf(&r->arena,
                                              _("the import is complete, but parts could not be merged: %s"),
                                              err.text))));
}

static struct result *load(struct env *env, const char *dir, const struct query *q, struct load_options *o,
                           struct progress *p, struct err *err)
{
    struct load_report report = {0};
    struct result *r = NULL;
    bool links = strcmp(q->analysis, "import links") == 0;
    if (links ? load_links(env, o, p, &report, err) : load_run(env, o, p, &report, err)) {
        r = result_for(dir, q);
        r->rule = links ? rule_of_links(o, &r->arena) : rule_of(o, &r->arena);
        r->elapsed_s = report.seconds;
        put_summary(r, &report, o->kind);
        if (links)
            put_crowd(r, &report);
        findings_put(r, report.reason, report.reason_n, report.repair, report.repair_n);
        if (p)
            atomic_store(&p->done, 0), atomic_store(&p->total, 0), atomic_store(&p->stage, LOAD_MERGING);
        if (!o->dry_run)
            tidy(env, p, r);
    } else if (o->rejects && report.rejects &&
               err) { /* without the option they are not kept: the file has them */
        err_prefix(err, _("rejected rows are in %s"), report.rejects);
    }
    load_report_done(&report);
    return r;
}

static struct result *names(struct env *env, const char *dir, const struct query *q, struct err *err)
{
    uint64_t count = 0;
    if (!load_names(env, query_get(q, "file"), &count, err))
        return NULL;
    struct result *r = result_for(dir, q);
    r->rule = _("Display names are shown in place of event names; conditions use the names of the data.");
    object_add(&r->arena, &r->summary, "events", value_int((int64_t)count));
    return r;
}

/* A dry run must not make a store, but uses the types of one that is there. */
static bool open_env(const char *dir, bool dry_run, struct env **env, struct err *err)
{
    *env = NULL;
    if (dry_run && !os_exists(dir))
        return true;
    *env = env_open(dir, dry_run ? ENV_READ : ENV_WRITE, err);
    return *env != NULL;
}

struct result *intake_run(const char *dir, const struct query *q, const struct intake_hook *hook,
                          struct progress *p, struct err *err)
{
    struct arena arena = {0};
    struct load_options o;
    struct env *env = NULL;
    struct fresh fresh;
    struct result *r = NULL;
    fresh_note(&fresh, dir);
    bool is_names = strcmp(q->analysis, "import names") == 0;
    const char *folder = query_get(q, "follow");
    if (!fill(&o, q, &arena, err))
        goto out;
    if (folder && o.file_n) {
        err_set(err, ERR_USAGE, _("--follow: loads what appears in its folder; name no other files"));
        goto out;
    }
    if (folder) {
        r = follow_run(dir, folder, &o, hook, p, result_for(dir, q), err);
        goto out;
    }
    if (!open_env(dir, o.dry_run, &env, err))
        goto out;
    o.on_mapping = hook->on_mapping;
    o.arg = hook->arg;
    r = is_names ? names(env, dir, q, err) : load(env, dir, q, &o, p, err);
    if (!r)
        fresh_look(&fresh, env);
out:
    if (env)
        env_close(env);
    fresh_done(&fresh);
    arena_done(&arena);
    return r;
}
