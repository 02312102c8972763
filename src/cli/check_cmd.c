/* check_cmd.c - `check`: reads every byte of the store; damage is a negative answer, exit status 1. */
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
    struct result *r = workspace_check(dir.p, meter_progress(meter), &err);
    meter_end(meter);
    buf_done(&dir);
    bool damaged = r && r->rows.n > 0;
    int status = cli_finish(r, a, &err);
    return status == CLI_DONE && damaged ? CLI_NEGATIVE : status;
}

const struct cli_command check_cmd = {"check", run};
