/* keep_cmd.c - `segment …`, `set …`, `question …`, `tag load`: what is kept under names. Nobody in a counted segment is
 * a negative answer, as it is for analyses. */
#include "config.h"

#include "app/workspace.h"
#include "cli/cli.h"
#include "cli/meter.h"
#include "cli/output.h"

static void mark_place(const char *dir, const struct query *q, const struct err *err)
{
    struct buf caret = {0};
    struct workspace *w = err->column > 0 ? workspace_open(dir, false, NULL) : NULL;
    if (w)
        workspace_caret(w, q, err, &caret);
    if (caret.n)
        output_note(buf_view(&caret));
    workspace_close(w);
    buf_done(&caret);
}

static bool is_nobody(const struct result *r)
{
    const struct value *users = object_get(&r->summary, "users");
    return users && users->type == VALUE_INT && users->i == 0;
}

static int run(const struct args *a)
{
    struct err err = {0};
    struct buf dir = {0};
    workspace_default(a->store, &dir);
    struct meter *meter = meter_begin(METER_SHARE, a->quiet);
    struct result *r = workspace_keep(dir.p, &a->query, meter_progress(meter), &err);
    meter_end(meter);
    bool failed = !r, nobody = r && is_nobody(r);
    int status = cli_finish(r, a, &err);
    if (failed)
        mark_place(dir.p, &a->query, &err);
    buf_done(&dir);
    return status == CLI_DONE && nobody ? CLI_NEGATIVE : status;
}

const struct cli_command segment_cmd = {"segment", run};
const struct cli_command set_cmd = {"set", run};
const struct cli_command question_cmd = {"question", run};
const struct cli_command tag_load_cmd = {"tag", run};
