/* keep.c - opens the store for a command about kept conditions, and what these commands have in common. */
#include "config.h"

#include "app/command.h"
#include "app/keep.h"
#include "app/keep_p.h"
#include "app/workspace.h"
#include "base/nls.h"
#include "base/os.h"
#include "store/batch.h"

static const struct {
    const char *name;
    bool writes;
    keep_command *run;
} commands[] = {
    {"segment list", true, keep_segment_list},
    {"segment save", true, keep_segment_save},
    {"segment show", true, keep_segment_show},
    {"segment drop", true, keep_segment_drop},
    {"segment count", false, keep_segment_count},
    {"segment users", false, keep_segment_users},
    {"segment export", false, keep_segment_export},
    {"segment load", true, keep_segment_load},
    {"import segment", true, keep_import_segment},
    {"set list", false, keep_set_list},
    {"set save", true, keep_set_save},
    {"set drop", true, keep_set_drop},
    {"set failures", true, keep_set_failures},
    {"tag load", true, keep_tag_load},
    {"import errors", true, keep_import_errors},
    {"question list", false, keep_question_list},
    {"question save", true, keep_question_save},
    {"question load", true, keep_question_load},
    {"question drop", true, keep_question_drop},
    {"question run", false, keep_question_run},
};

static size_t find(const char *command)
{
    size_t i = 0;
    while (i < sizeof commands / sizeof *commands && strcmp(commands[i].name, command) != 0)
        i++;
    return i;
}

bool keep_knows(const char *command)
{
    return find(command) < sizeof commands / sizeof *commands;
}

/* ---- for the commands ---- */

const struct expr *keep_parse(struct keep *k, const char *text, enum expr_kind kind, struct err *err)
{
    return expr_parse(&k->arena, str_of(text), kind, schema_vocabulary(k->schema), err);
}

struct userset *keep_find(struct keep *k, const char *text, struct err *err)
{
    const struct expr *e = keep_parse(k, text, EXPR_USER_COND, err);
    return e ? audience_find(&k->audience, e, err) : NULL;
}

const char *keep_print(struct keep *k, const struct expr *e)
{
    struct buf b = {0};
    expr_print(&b, e);
    const char *text = arena_str(&k->arena, buf_view(&b)).p;
    buf_done(&b);
    return text;
}

bool keep_note(struct keep *k, const char *note, struct str text, struct err *err)
{
    struct batch *b = batch_begin(k->env, TABLE_USERS, text.n, err);
    if (!b)
        return false;
    if (batch_note(b, note, text, err))
        return batch_commit(b, NULL, err);
    batch_abort(b);
    return false;
}

bool keep_segments(struct keep *k, const char *note, const struct segments *s, struct err *err)
{
    struct buf text = {0};
    segments_put(&text, s);
    bool ok = keep_note(k, note, buf_view(&text), err);
    buf_done(&text);
    return ok;
}

/* ---- running ---- */

/* Sizes are only written down where that is possible: listing works on a store that cannot be changed. */
static struct env *open_env(const char *dir, bool writes, struct err *err)
{
    if (workspace_is_missing(dir, err))
        return NULL;
    struct env *env = writes ? env_open(dir, ENV_WRITE, err) : NULL;
    return env ? env : env_open(dir, ENV_READ, err);
}

static struct result *result_for(const char *dir, const struct query *q)
{
    const struct command_info *c = command_find(q->analysis);
    struct result *r = result_new(c->name, PICTURE_TABLE);
    r->command = command_line(c, q, dir, &r->arena);
    for (size_t i = 0; i < q->n; i++)
        object_add(&r->arena, &r->parameters, arena_strdup(&r->arena, q->param[i].name),
                   *q->param[i].value ? value_text(&r->arena, str_of(q->param[i].value)) : value_bool(true));
    return r;
}

static bool answer(struct keep *k, const char *dir, keep_command *run, struct progress *p, struct err *err)
{
    k->snapshot = snapshot_open(k->env, err);
    k->schema = k->snapshot ? schema_new(k->snapshot, NULL, err) : NULL;
    if (!k->schema)
        return false;
    k->result = result_for(dir, k->query);
    k->result->zone = zone_copy(schema_zone(k->schema));
    k->audience = (struct audience){k->snapshot,          k->schema, schema_zone(k->schema), pool_new(0),
                                    audience_cache_new(), p};
    return run(k, err);
}

struct result *keep_run(const char *dir, const struct query *q, struct progress *p, struct err *err)
{
    size_t i = find(q->analysis);
    int64_t began = os_monotonic_us();
    struct keep k = {.query = q, .env = open_env(dir, commands[i].writes, err)};
    bool ok = k.env && answer(&k, dir, commands[i].run, p, err);
    if (k.audience.pool)
        pool_free(k.audience.pool);
    audience_cache_free(k.audience.cache);
    schema_free(k.schema);
    if (k.snapshot)
        snapshot_close(k.snapshot);
    env_close(k.env);
    arena_done(&k.arena);
    if (!ok) {
        result_free(k.result);
        return NULL;
    }
    k.result->elapsed_s = (double)(os_monotonic_us() - began) / 1e6;
    return k.result;
}
