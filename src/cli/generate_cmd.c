/* generate_cmd.c - `generate`: a sample bank as files. */
#include "config.h"

#include "app/generate.h"
#include "cli/cli.h"
#include "cli/meter.h"

static int run(const struct args *a)
{
    struct err err = {0};
    struct meter *meter = meter_begin(METER_EVENTS, a->quiet);
    struct result *r = generate_run(&a->query, meter_progress(meter), &err);
    meter_end(meter);
    return cli_finish(r, a, &err);
}

const struct cli_command generate_cmd = {"generate", run};
