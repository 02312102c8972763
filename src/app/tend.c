/* tend.c - backup, compact and forget-import as commands. */
#include "config.h"

#include "app/command.h"
#include "app/tend.h"
#include "app/workspace.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "store/upkeep.h"

static void add(struct result *r, const char *name, uint64_t n)
{
    object_add(&r->arena, &r->summary, name, value_int((int64_t)n));
}

static bool backup(const char *dir, const struct query *q, struct progress *p, struct result *r,
                   struct err *err)
{
    const char *to = query_get(q, "to");
    struct env *env = env_open(dir, ENV_READ, err);
    bool ok = env && store_backup(env, to, p, err);
    env_close(env);
    object_add(&r->arena, &r->summary, "backup", value_text(&r->arena, str_of(to)));
    r->rule = _("Every block of the copy was read back and checked; the copy is a store like any other.");
    return ok;
}

static bool compact(const char *dir, const struct query *q, struct progress *p, struct result *r,
                    struct err *err)
{
    struct compact_report report = {0};
    (void)q;
    if (!store_compact(dir, p, &report, err))
        return false;
    add(r, "bytes_before", report.before);
    add(r, "bytes", report.after);
    r->rule =
        report.shared
            ? _("Parts are merged; the file was not shortened, since another program has the store open.")
            : _("Parts are merged and unused pages are given back.");
    return true;
}

static bool forget(const char *dir, const struct query *q, struct progress *p, struct result *r,
                   struct err *err)
{
    const char *text = query_get(q, "import");
    struct forget_report report = {0};
    uint64_t n = 0;
    if (!num_u64(str_of(text), &n) || n == 0 || n > UINT32_MAX)
        return err_set(err, ERR_USAGE, _("forget-import %s: write the import's number; info lists them"),
                       text);
    if (workspace_is_missing(dir, err))
        return false;
    struct env *env = env_open(dir, ENV_WRITE, err);
    bool ok = env && store_forget(env, (uint32_t)n, p, &report, err);
    env_close(env);
    add(r, "import", n);
    add(r, "rows", report.rows);
    add(r, "echoes", report.echoes);
    r->rule = report.echoes
                  ? _("Events that later imports brought too may have gone with this one; load those files "
                      "again with --again to have them back.")
                  : _("The import's rows are gone; its files can be loaded again.");
    return ok;
}

struct result *tend_run(const char *dir, const struct query *q, struct progress *p, struct err *err)
{
    static const struct {
        const char *name;
        bool (*run)(const char *, const struct query *, struct progress *, struct result *, struct err *);
    } tasks[] = {{"backup", backup}, {"compact", compact}, {"forget-import", forget}};
    const struct command_info *c = command_find(q->analysis);
    struct result *r = result_new(c->name, PICTURE_TABLE);
    int64_t begun = os_monotonic_us();
    bool ok = false;
    r->command = command_line(c, q, dir, &r->arena);
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
        if (strcmp(c->name, tasks[i].name) == 0)
            ok = tasks[i].run(dir, q, p, r, err);
    r->elapsed_s = (double)(os_monotonic_us() - begun) / US_PER_S;
    if (ok)
        return r;
    result_free(r);
    return NULL;
}
