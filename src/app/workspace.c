/* workspace.c - one open store with its engine. */
#include "config.h"

#include <stdlib.h>

#include "analysis/local.h"
#include "app/command.h"
#include "app/damage.h"
#include "app/findings.h"
#include "app/intake.h"
#include "app/keep.h"
#include "app/overview.h"
#include "app/tend.h"
#include "app/workspace.h"
#include "base/nls.h"
#include "base/os.h"
#include "expr/expr.h"
#include "import/load.h"
#include "model/engine.h"
#include "model/schema.h"

struct workspace {
    struct env *env;
    struct engine *engine;
};

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

void workspace_default(const char *given, struct buf *out)
{
    buf_clear(out);
    const char *store = given ? given : environment("WAYMARK_STORE"), *data = environment("XDG_DATA_HOME");
    if (store)
        buf_puts(out, store);
    else if (data && *data == '/')
        buf_printf(out, "%s/waymark/default", data);
    else
        buf_printf(out, "%s/.local/share/waymark/default", os_home());
}

bool workspace_is_missing(const char *dir, struct err *err)
{
    struct buf file = {0}, owner = {0};
    buf_printf(&file, "%s/data.mdb", dir);
    bool missing = !os_exists(file.p), barred = missing && os_is_barred(file.p, &owner);
    if (barred)
        err_set(err, ERR_STORE,
                _("%s: permission denied; it belongs to the user %s: ask for access, or name a store of your "
                  "own with -s"),
                dir, owner.p);
    buf_done(&owner);
    buf_done(&file);
    if (missing && !barred)
        err_set(err, ERR_STORE,
                _("%s: there is no store; fill one with: waymark -s STORE import events FILE, or name "
                  "another with -s"),
                dir);
    return missing;
}

struct workspace *workspace_open(const char *dir, bool create, struct err *err)
{
    if (!create && workspace_is_missing(dir, err))
        return NULL;
    struct workspace *w = mem_zalloc(sizeof *w);
    w->env = env_open(dir, create ? ENV_WRITE : ENV_READ, err);
    if (w->env)
        w->engine = engine_local(w->env, 0, err);
    if (w->engine)
        return w;
    workspace_close(w);
    return NULL;
}

void workspace_close(struct workspace *w)
{
    if (!w)
        return;
    if (w->engine)
        w->engine->close(w->engine);
    if (w->env)
        env_close(w->env);
    free(w);
}

const char *workspace_dir(const struct workspace *w)
{
    return env_dir(w->env);
}

uint64_t workspace_version(struct workspace *w, struct err *err)
{
    struct snapshot *s = snapshot_open(w->env, err);
    if (!s)
        return 0;
    uint64_t version = snapshot_version(s);
    snapshot_close(s);
    return version;
}

struct result *workspace_run(struct workspace *w, const struct query *q, struct progress *p, struct err *err)
{
    if (!query_check(q, err))
        return NULL;
    struct result *r = w->engine->run(w->engine, q, p, err);
    if (r)
        r->command = query_command(q, workspace_dir(w), &r->arena);
    return r;
}

struct result *workspace_keep(const char *dir, const struct query *q, struct progress *p, struct err *err)
{
    const struct command_info *c = command_find(q->analysis);
    if (!c || !keep_knows(c->name))
        bug("no command that keeps conditions");
    return command_check(c, q, err) ? keep_run(dir, q, p, err) : NULL;
}

struct result *workspace_info(struct workspace *w, struct err *err)
{
    return overview_build(w->env, err);
}

struct result *workspace_findings(struct workspace *w, const char *import, struct err *err)
{
    return findings_of(w->env, import, err);
}

struct result *workspace_check(const char *dir, struct progress *p, struct err *err)
{
    if (workspace_is_missing(dir, err))
        return NULL;
    return damage_report(dir, p, err);
}

struct result *workspace_tend(const char *dir, const struct query *q, struct progress *p, struct err *err)
{
    const struct command_info *c = command_find(q->analysis);
    if (!c || !command_check(c, q, err) || workspace_is_missing(dir, err))
        return NULL;
    return tend_run(dir, q, p, err);
}

struct result *workspace_import(const char *dir, const struct query *q,
                                bool (*on_mapping)(void *arg, const char *text), void *arg,
                                struct progress *p, struct err *err)
{
    struct intake_hook hook = {on_mapping, arg};
    const struct command_info *c = command_find(q->analysis);
    if (!c || strncmp(c->name, "import ", 7) != 0)
        bug("no import command");
    if (keep_knows(c->name))
        return command_check(c, q, err) ? keep_run(dir, q, p, err) : NULL;
    return command_check(c, q, err) ? intake_run(dir, q, &hook, p, err) : NULL;
}

/* ---- the place of an error in a condition */

/* The engine's error names a column, not the text it counts in: the conditions are parsed again, and the
 * first that fails in that place is the one. So errors need not carry texts of any length. */
static bool fails_at(const char *text, enum expr_kind kind, const struct schema *m, const struct err *err)
{
    struct arena arena = {0};
    struct err again = {0};
    bool parsed = expr_parse(&arena, str_of(text), kind, schema_vocabulary(m), &again) != NULL;
    arena_done(&arena);
    return !parsed && again.column == err->column && again.width == err->width;
}

static const char *failing_condition(const struct query *q, const struct schema *m, const struct err *err)
{
    const struct command_info *c = command_find(q->analysis);
    for (size_t i = 0; c && i < q->n; i++) {
        const struct param_info *p = command_option(c, q->param[i].name);
        bool of_user = p && p->kind == PARAM_SEGMENT;
        if (p && (of_user || p->kind == PARAM_CONDITION) &&
            fails_at(q->param[i].value, of_user ? EXPR_USER_COND : EXPR_EVENT_COND, m, err))
            return q->param[i].value;
    }
    return NULL;
}

void workspace_caret(struct workspace *w, const struct query *q, const struct err *err, struct buf *out)
{
    struct snapshot *s = err->column > 0 ? snapshot_open(w->env, NULL) : NULL;
    struct schema *m = s ? schema_new(s, query_get(q, "tz"), NULL) : NULL;
    const char *text = m ? failing_condition(q, m, err) : NULL;
    if (text) {
        struct err place = *err; /* the message has been told already */
        place.text[0] = '\0';
        expr_caret(out, str_of(text), &place);
    }
    schema_free(m);
    if (s)
        snapshot_close(s);
}

/* ---- names */
struct listing {
    const struct schema *schema;
    char kind;
    void (*each)(void *ctx, struct str name, struct str display);
    void *ctx;
};

static void pass_on(void *arg, struct str name)
{
    const struct listing *l = arg;
    l->each(l->ctx, name, l->kind == 'e' ? schema_event_name(l->schema, name) : name);
}

bool workspace_names(struct workspace *w, char kind,
                     void (*each)(void *ctx, struct str name, struct str display), void *ctx, struct err *err)
{
    struct snapshot *s = snapshot_open(w->env, err);
    struct schema *m = s ? schema_new(s, NULL, err) : NULL;
    if (m) {
        struct listing l = {m, kind, each, ctx};
        const struct expr_vocabulary *v = schema_vocabulary(m);
        v->names(v->arg, kind, pass_on, &l);
    }
    schema_free(m);
    if (s)
        snapshot_close(s);
    return m != NULL;
}

void workspace_put_segment(struct buf *out, struct str name)
{
    expr_put_segment(out, name);
}

static bool each_event_name(const struct snapshot *s, const struct schema *m,
                            void (*each)(void *ctx, struct str name, struct str zh, struct str en), void *ctx,
                            struct err *err)
{
    for (uint32_t i = 0; i < dict_count(s, COL_EVENT); i++) {
        struct str name, zh, en;
        if (!dict_get(s, COL_EVENT, i, &name, err))
            return false;
        schema_event_names(m, name, &zh, &en);
        each(ctx, name, zh, en);
    }
    return true;
}

bool workspace_event_names(struct workspace *w,
                           void (*each)(void *ctx, struct str name, struct str zh, struct str en), void *ctx,
                           struct err *err)
{
    struct snapshot *s = snapshot_open(w->env, err);
    struct schema *m = s ? schema_new(s, NULL, err) : NULL;
    bool ok = m && each_event_name(s, m, each, ctx, err);
    schema_free(m);
    if (s)
        snapshot_close(s);
    return ok;
}

bool workspace_name_event(struct workspace *w, const char *event, const char *zh, const char *en,
                          struct err *err)
{
    struct env *env = env_open(workspace_dir(w), ENV_WRITE, err);
    bool ok = env && load_name(env, str_of(event), str_of(zh), str_of(en), err);
    if (env)
        env_close(env);
    return ok;
}
