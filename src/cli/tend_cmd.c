/* tend_cmd.c - `backup`, `compact`, `forget-import`. */
#include "config.h"

#include "app/workspace.h"
#include "cli/cli.h"
#include "cli/meter.h"

static int run(const struct args *a)
{
    struct err err = {0};
    struct buf dir = {0};
    workspace_default(a->store, &dir);
    struct meter *meter = meter_begin(METER_SHARE, a->quiet);
    struct result *r = workspace_tend(dir.p, &a->query, meter_progress(meter), &err);
    meter_end(meter);
    buf_done(&dir);
    return cli_finish(r, a, &err);
}

const struct cli_command backup_cmd = {"backup", run};
const struct cli_command compact_cmd = {"compact", run};
const struct cli_command forget_cmd = {"forget-import", run};
