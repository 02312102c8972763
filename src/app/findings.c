/* findings.c - what an import found, while it is fresh and years later. */
#include "config.h"

#include "app/command.h"
#include "app/findings.h"
#include "app/overview.h"
#include "app/rejected.h"
#include "base/nls.h"
#include "base/num.h"
#include "import/history.h"
#include "model/schema.h"

static const struct column_info columns[] = {
    {"reason", N_("Reason"), VALUE_TEXT},   {"count", N_("Rows"), VALUE_INT},
    {"example", N_("Example"), VALUE_TEXT}, {"file", N_("File"), VALUE_TEXT},
    {"line", N_("Line"), VALUE_INT},        {"advice", N_("What it means"), VALUE_TEXT},
    {"loaded", N_("Loaded"), VALUE_BOOL},
};

static void put_finding(struct result *r, const struct load_reason *e, bool loaded)
{
    struct value *cell = result_row(r);
    cell[0] = value_text(&r->arena, str_of(e->id));
    cell[1] = value_int((int64_t)e->count);
    cell[2] = *e->example ? value_text(&r->arena, str_of(e->example)) : value_none();
    cell[3] = e->file ? value_text(&r->arena, str_of(e->file)) : value_none();
    cell[4] = e->line ? value_int((int64_t)e->line) : value_none();
    cell[5] = value_text(&r->arena, str_of(e->text));
    cell[6] = value_bool(loaded);
}

void findings_put(struct result *r, const struct load_reason *reject, size_t rejects,
                  const struct load_reason *repair, size_t repairs)
{
    result_columns(r, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < rejects; i++)
        put_finding(r, &reject[i], false);
    for (size_t i = 0; i < repairs; i++)
        put_finding(r, &repair[i], strcmp(repair[i].id, "older") != 0);
}

/* ---- of the past */

static const struct import_def *find(const struct snapshot *s, const char *number, struct err *err)
{
    const struct import_def *all;
    size_t n = snapshot_imports(s, &all);
    uint64_t id;
    if (num_u64(str_of(number), &id) && id >= 1 && id <= n)
        return &all[id - 1];
    err_set(err, ERR_USAGE, _("import %s: there is no such import; see waymark info"), number);
    return NULL;
}

static void put_summary(struct result *r, const struct snapshot *s, const struct import_def *i,
                        const struct history *h, const char *dir)
{
    struct arena *a = &r->arena;
    struct buf path = {0};
    object_add(a, &r->summary, "import", value_int(i->id));
    object_add(a, &r->summary, "kind", value_static(overview_kind(s, i)));
    object_add(a, &r->summary, "source", value_text(a, i->source));
    object_add(a, &r->summary, "started", value_time(i->started_us));
    object_add(a, &r->summary, "finished", value_time(i->finished_us));
    object_add(a, &r->summary, "rows", value_int((int64_t)i->rows));
    object_add(a, &r->summary, "stored", value_int((int64_t)i->stored));
    object_add(a, &r->summary, "duplicates", value_int((int64_t)i->duplicates));
    object_add(a, &r->summary, "rejected", value_int((int64_t)i->rejected));
    object_add(a, &r->summary, "users", value_int((int64_t)i->users));
    object_add(a, &r->summary, "new_users", value_int((int64_t)i->new_users));
    object_add(a, &r->summary, "bytes", value_int((int64_t)i->bytes));
    if (h->begun_by)
        object_add(a, &r->summary, "continues", value_int(h->begun_by));
    if (rejected_find(dir, i->id, &path))
        object_add(a, &r->summary, "rejects_file", value_text(a, buf_view(&path)));
    if (i->forgotten)
        object_add(a, &r->summary, "forgotten", value_time(i->forgotten_us));
    buf_done(&path);
}

static void put_origin(struct result *r, const struct import_def *i, const struct history *h,
                       const char *import, const char *dir)
{
    struct query q;
    query_init(&q, "info");
    query_add(&q, "import", import);
    r->command = command_line(command_find("info"), &q, dir, &r->arena);
    query_done(&q);
    /* Reasons are kept since this program has a place for them. */
    r->rule = i->rejected && h->reason_n == 0
                  ? _("The reasons of this import's rejected rows were not kept: an older waymark made it.")
                  : _("What was rejected, and what was read with a decision, when this import was made.");
}

struct result *findings_of(struct env *env, const char *import, struct err *err)
{
    struct result *r = NULL;
    struct schema *m = NULL;
    const struct import_def *i = NULL;
    struct snapshot *s = snapshot_open(env, err);
    if (s && (i = find(s, import, err)) && (m = schema_new(s, NULL, err))) {
        struct history h;
        history_read(s, i->id, &h);
        r = result_new("info", PICTURE_TABLE);
        put_summary(r, s, i, &h, env_dir(env));
        findings_put(r, h.reason, h.reason_n, h.repair, h.repair_n);
        put_origin(r, i, &h, import, env_dir(env));
        r->zone = zone_open(zone_name(schema_zone(m)), err);
        history_done(&h);
        if (!r->zone) {
            result_free(r);
            r = NULL;
        }
    }
    schema_free(m);
    if (s)
        snapshot_close(s);
    return r;
}
