/* import_cmd.c - `import events`, `import users`, `import names`. */
#include "config.h"

#include "app/workspace.h"
#include "cli/cli.h"
#include "cli/meter.h"
#include "cli/output.h"

struct import_run {
    const struct args *args;
    struct meter *meter;
};

static bool tell_mapping(void *arg, const char *text)
{
    struct import_run *run = arg;
    if (run->args->quiet)
        return true;
    meter_hide(run->meter);
    output_note(str_of(text));
    return true;
}

static int run(const struct args *a)
{
    struct err err = {0};
    struct buf dir = {0};
    workspace_default(a->store, &dir);
    struct import_run run = {a, meter_begin(METER_IMPORT, a->quiet)};
    struct result *r =
        workspace_import(dir.p, &a->query, tell_mapping, &run, meter_progress(run.meter), &err);
    meter_end(run.meter);
    buf_done(&dir);
    return cli_finish(r, a, &err);
}

const struct cli_command import_cmd = {"import", run};
