/* query_cmd.c - every analysis: the query goes to the workspace, the result is printed.
 *
 * An answer about nobody is a negative one (exit status 1): no rows, a funnel nobody entered, or a profile of
 * nobody. */
#include "config.h"

#include "app/mask.h"
#include "app/workspace.h"
#include "cli/cli.h"
#include "cli/meter.h"
#include "cli/output.h"

static bool is_empty(const struct result *r)
{
    bool profile = r->picture == PICTURE_PROFILE || r->picture == PICTURE_CROSS;
    if (r->rows.n == 0)
        return true;
    const struct value *users = r->picture == PICTURE_STEPS ? rows_get(&r->rows, 0, "users")
                                : profile                   ? object_get(&r->summary, "users")
                                                            : NULL;
    return users && users->type == VALUE_INT && users->i == 0;
}

static void mark_place(struct workspace *w, const struct query *q, const struct err *err)
{
    struct buf caret = {0};
    workspace_caret(w, q, err, &caret);
    if (caret.n)
        output_note(buf_view(&caret));
    buf_done(&caret);
}

/* What the settings allow to be asked. */
static bool may_ask(const struct args *a, struct err *err)
{
    struct settings *s = cli_settings(a, true, err);
    bool may = s && mask_allows(s, &a->query, err);
    settings_free(s);
    return may;
}

static int answer(struct workspace *w, const struct args *a)
{
    struct err err = {0};
    struct meter *meter = meter_begin(METER_SHARE, a->quiet);
    struct result *r = workspace_run(w, &a->query, meter_progress(meter), &err);
    meter_end(meter);
    bool failed = !r, empty = r && is_empty(r);
    int status = cli_finish(r, a, &err);
    if (failed)
        mark_place(w, &a->query, &err);
    return status == CLI_DONE && empty ? CLI_NEGATIVE : status;
}

static int run(const struct args *a)
{
    struct err err = {0};
    struct buf dir = {0};
    workspace_default(a->store, &dir);
    struct workspace *w = may_ask(a, &err) ? workspace_open(dir.p, false, &err) : NULL;
    int status = w ? answer(w, a) : cli_fail(&err);
    workspace_close(w);
    buf_done(&dir);
    return status;
}

const struct cli_command query_cmd = {"", run};
