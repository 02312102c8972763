/* local.c - runs a query: opens a snapshot, lets the analysis plan, scans as often as it asks, fills the
 * result, closes. */
#include "config.h"
#include "analysis/local.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "analysis/run.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"

struct local {
    struct engine engine; /* first: an engine pointer is a local pointer */
    struct env *env;
    struct pool *pool;
    struct audience_cache *cache; /* of conditions on customers, for the whole session */
    pthread_mutex_t turn;         /* one run at a time: pool and cache belong to it */
};

/* ---- the analyses there are */

#define ANALYSIS(id, ...) extern const struct analysis analysis_##id;
#include "model/analysis.def"
#undef ANALYSIS

const struct analysis *analysis_named(const char *id)
{
#define ANALYSIS(name, ...) {#name, &analysis_##name},
    static const struct {
        const char *id;
        const struct analysis *analysis;
    } all[] = {
#include "model/analysis.def"
    };
#undef ANALYSIS
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (strcmp(all[i].id, id) == 0)
            return all[i].analysis;
    return NULL;
}

/* ---- what every result carries */

static struct value parameter_value(struct arena *a, const struct param_info *info, const char *text)
{
    int64_t n;
    if (info->kind == PARAM_SWITCH)
        return value_bool(true);
    if (info->kind == PARAM_NUMBER && num_i64(str_of(text), &n))
        return value_int(n);
    return value_text(a, str_of(text));
}

static void put_parameter(struct result *r, const struct query *q, const struct param_info *info)
{
    size_t n = query_count(q, info->name);
    const char *text = n ? query_get(q, info->name) : info->def;
    struct value v = value_none();
    if (info->repeat) {
        v = (struct value){.type = VALUE_LIST, .list = {arena_array(&r->arena, struct value, n + 1), n}};
        for (size_t i = 0; i < n; i++)
            v.list.at[i] = parameter_value(&r->arena, info, query_nth(q, info->name, i));
    } else if (text) {
        v = parameter_value(&r->arena, info, text);
    } else {
        return;
    }
    object_add(&r->arena, &r->parameters, info->name, v);
}

static void put_frame(struct local *l, const struct ask *a, const struct query *q, struct result *r)
{
    for (const struct param_info *p = a->info->param; p->name; p++)
        put_parameter(r, q, p);
    for (const struct param_info *p = registry_common(); p->name; p++)
        if (query_get(q, p->name))
            put_parameter(r, q, p);
    object_add(&r->arena, &r->parameters, "tz", value_text(&r->arena, str_of(zone_name(a->zone))));
    r->command = query_command(q, env_dir(l->env), &r->arena);
    r->zone = zone_copy(a->zone);
}

/* ---- running */

static bool answer(struct local *l, struct ask *a, const struct query *q, struct progress *progress,
                   struct result *r, struct err *err)
{
    struct run run;
    put_frame(l, a, q, r);
    if (!run_begin(&run, a, progress, err))
        return false;
    r->picture = run.analysis->picture;
    bool ok = run_finish(&run, progress, r, err);
    run_end(&run);
    return ok;
}

static struct result *run_on(struct local *l, const struct snapshot *s, const struct query *q,
                             struct progress *progress, struct err *err)
{
    struct schema *schema = schema_new(s, query_get(q, "tz"), err);
    if (!schema)
        return NULL;
    struct ask ask = {0};
    struct audience audience = {s, schema, schema_zone(schema), l->pool, l->cache, progress};
    struct result *r = result_new(q->analysis, PICTURE_TABLE);
    bool ok = ask_init(&ask, q, s, schema, l->pool, err) && ask_segment(&ask, &audience, err) &&
              answer(l, &ask, q, progress, r, err);
    ask_done(&ask);
    schema_free(schema);
    if (ok)
        return r;
    result_free(r);
    return NULL;
}

/* A run that waits for another one can be cancelled meanwhile. */
static bool take_turn(struct local *l, const struct progress *progress, struct err *err)
{
    enum { LOOK_NS = 20000000 };
    struct timespec until;
    do {
        if (progress_cancelled(progress))
            return err_set(err, ERR_CANCELLED, _("cancelled"));
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += LOOK_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
    } while (pthread_mutex_timedlock(&l->turn, &until) != 0);
    return true;
}

static struct result *local_run(struct engine *e, const struct query *q, struct progress *progress,
                                struct err *err)
{
    struct local *l = (struct local *)e;
    if (!query_check(q, err) || !take_turn(l, progress, err))
        return NULL;
    int64_t began = os_monotonic_us();
    struct result *r = NULL;
    struct snapshot *s = snapshot_open(l->env, err);
    if (s)
        r = run_on(l, s, q, progress, err);
    snapshot_close(s);
    pthread_mutex_unlock(&l->turn);
    if (r)
        r->elapsed_s = (double)(os_monotonic_us() - began) / 1e6;
    return r;
}

static void local_close(struct engine *e)
{
    struct local *l = (struct local *)e;
    if (!l)
        return;
    pthread_mutex_destroy(&l->turn);
    audience_cache_free(l->cache);
    pool_free(l->pool);
    free(l);
}

struct engine *engine_local(struct env *env, unsigned threads, struct err *err)
{
    (void)err;
    struct local *l = mem_zalloc(sizeof(*l));
    l->engine = (struct engine){.name = "local", .run = local_run, .close = local_close};
    l->env = env;
    l->pool = pool_new(threads);
    pthread_mutex_init(&l->turn, NULL);
    l->cache = audience_cache_new();
    return &l->engine;
}
