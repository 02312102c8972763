/* import_cmd.c - `import events`, `import users`, `import links`, `import names`.
 *
 * On a terminal what the columns are taken for is shown and agreed to before a row is loaded, or mended with
 * further options; a mapping that was saved was agreed to then. In scripts nothing asks. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/loader_line.h"
#include "app/workspace.h"
#include "base/nls.h"
#include "cli/cli.h"
#include "cli/meter.h"
#include "cli/output.h"

struct import_run {
    const struct args *args;
    struct query query; /* the arguments', and what was added */
    struct meter *meter;
    bool asks;
    bool again; /* with other options */
};

static bool reads_standard_input(const struct query *q)
{
    for (size_t i = 0; i < query_count(q, "file"); i++)
        if (strcmp(query_nth(q, "file", i), "-") == 0)
            return true;
    return false;
}

static bool should_ask(const struct args *a)
{
    static const char *const settled[] = {"yes", "mapping", "dry-run", "follow"};
    for (size_t i = 0; i < sizeof settled / sizeof *settled; i++)
        if (query_get(&a->query, settled[i]))
            return false;
    return !a->quiet && isatty(STDIN_FILENO) && isatty(STDERR_FILENO) && !reads_standard_input(&a->query);
}

/* A line from the terminal without its end; false: there is none. */
static bool read_answer(const char *question, struct buf *out)
{
    char part[256];
    bool ended = false;
    buf_clear(out);
    output_note(str_of(question));
    while (!ended && fgets(part, sizeof part, stdin)) {
        buf_puts(out, part);
        ended = out->n && out->p[out->n - 1] == '\n';
    }
    while (out->n && (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r'))
        out->p[--out->n] = '\0';
    return ended;
}

static void add_options(struct query *q, const struct query *more)
{
    for (size_t i = 0; i < more->n; i++)
        query_set(q, more->param[i].name, NULL);
    for (size_t i = 0; i < more->n; i++)
        query_add(q, more->param[i].name, more->param[i].value);
}

/* Other options for the next try; false: the line is empty. */
static bool take_options(struct import_run *run)
{
    struct buf line = {0};
    struct loader_line more;
    struct err err = {0};
    while (!run->again && read_answer(_("Options, such as --user id --tz Asia/Shanghai:\n"), &line) &&
           line.n) {
        if (!loader_line_parse(&more, run->query.analysis, line.p, &err)) {
            output_error(&err);
            continue;
        }
        add_options(&run->query, &more.query);
        loader_line_done(&more);
        run->again = true;
    }
    buf_done(&line);
    return run->again;
}

static bool agree(struct import_run *run)
{
    struct buf answer = {0};
    bool go = false, settled = false;
    while (!settled && read_answer(_("Load it so? y yes, n no, e other options [y]\n"), &answer)) {
        char c = answer.n ? answer.p[0] : 'y';
        go = c == 'y' || c == 'Y';
        settled = go || c == 'n' || c == 'N' || (c == 'e' && take_options(run));
    }
    buf_done(&answer);
    return go;
}

static bool tell_mapping(void *arg, const char *text)
{
    struct import_run *run = arg;
    if (run->args->quiet)
        return true;
    meter_hide(run->meter);
    output_note(str_of(text));
    if (!run->asks)
        return true;
    meter_rest(run->meter, true);
    bool go = agree(run);
    meter_rest(run->meter, false);
    return go;
}

static struct result *load(struct import_run *run, const char *dir, struct err *err)
{
    struct result *r;
    do {
        run->again = false;
        *err = (struct err){0};
        run->meter = meter_begin(METER_IMPORT, run->args->quiet);
        r = workspace_import(dir, &run->query, tell_mapping, run, meter_progress(run->meter), err);
        meter_end(run->meter);
    } while (run->again);
    return r;
}

static int run(const struct args *a)
{
    struct err err = {0};
    struct buf dir = {0};
    struct import_run run = {.args = a, .asks = should_ask(a)};
    workspace_default(a->store, &dir);
    query_copy(&run.query, &a->query);
    struct result *r = load(&run, dir.p, &err);
    query_done(&run.query);
    buf_done(&dir);
    return cli_finish(r, a, &err);
}

const struct cli_command import_cmd = {"import", run};
