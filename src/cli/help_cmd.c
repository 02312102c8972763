/* help_cmd.c - `help`, --help, `version` and --version. */
#include "config.h"

#include <unistd.h>

#include "base/nls.h"
#include "cli/cli.h"
#include "cli/manual.h"
#include "cli/output.h"
#include "cli/usage.h"

/* What is to be explained: the words after `help`, or the command that --help stands with; "" for everything.
 */
static void put_topic(struct buf *out, const struct args *a)
{
    if (a->help) {
        const char *command = a->command ? a->command->name : a->topic;
        buf_puts(out, command ? command : "");
        return;
    }
    for (size_t i = 0; i < query_count(&a->query, "command"); i++)
        buf_printf(out, "%s%s", i ? " " : "", query_nth(&a->query, "command", i));
}

static int print(const struct buf *text, const struct args *a)
{
    struct err err = {0};
    return output_text(buf_view(text), a, &err) ? CLI_DONE : cli_fail(&err);
}

static int run_help(const struct args *a)
{
    struct buf topic = {0}, text = {0};
    struct err err = {0};
    bool known = true;
    int columns = a->w ? a->w : output_columns(STDOUT_FILENO);
    put_topic(&topic, a);
    if (!a->help && query_get(&a->query, "man"))
        manual_put(&text);
    else if (topic.n)
        known = usage_topic(&text, topic.p, columns, &err);
    else
        usage_overview(&text, columns);
    int status = known ? print(&text, a) : cli_fail(&err);
    buf_done(&topic);
    buf_done(&text);
    return status;
}

static int run_version(const struct args *a)
{
    struct buf text = {0};
    buf_puts(&text, "waymark " PACKAGE_VERSION "\n");
    int status = print(&text, a);
    buf_done(&text);
    return status;
}

const struct cli_command help_cmd = {"help", run_help};
const struct cli_command version_cmd = {"version", run_version};
