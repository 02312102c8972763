/* cli.c - from parsed arguments to an exit status. */
#include "config.h"

#include "app/mask.h"
#include "cli/cli.h"
#include "cli/output.h"

static const struct cli_command *const commands[] = {
    &import_cmd, &info_cmd,     &check_cmd,    &generate_cmd, &help_cmd,    &version_cmd, &segment_cmd,
    &set_cmd,    &question_cmd, &tag_load_cmd, &backup_cmd,   &compact_cmd, &forget_cmd};

int cli_fail(const struct err *err)
{
    output_error(err);
    switch (err->code) {
    case ERR_USAGE: return CLI_USAGE;
    case ERR_CANCELLED: return CLI_INTERRUPTED;
    case ERR_ABSENT: return CLI_NEGATIVE;
    case ERR_NONE:
    case ERR_INPUT:
    case ERR_STORE:
    case ERR_DAMAGED:
    case ERR_SYSTEM: break;
    }
    return CLI_FAILED;
}

struct settings *cli_settings(const struct args *a, bool of_user, struct err *err)
{
    struct settings *s = settings_new();
    bool ok = of_user ? settings_read_all(s, err) : settings_read_site(s, err);
    for (size_t i = 0; ok && i < a->sets; i++)
        ok = settings_put_pair(s, str_of(a->set[i]), err);
    if (ok && a->plain)
        ok = settings_put(s, STR("plain"), STR("on"), err);
    if (ok)
        return s;
    settings_free(s);
    return NULL;
}

/* Nothing leaves the program but through here: what is to be hidden is hidden now. */
static bool put_out(const struct result *r, const struct args *a, struct err *err)
{
    struct settings *s = cli_settings(a, true, err);
    struct arena arena = {0};
    struct result seen;
    if (!s)
        return false;
    mask_result(s, r, MASK_WHOLE, &arena, &seen);
    bool ok = output_result(&seen, a, err);
    arena_done(&arena);
    settings_free(s);
    return ok;
}

int cli_finish(struct result *r, const struct args *a, const struct err *err)
{
    struct err failed = {0};
    if (!r)
        return cli_fail(err);
    bool ok = put_out(r, a, &failed);
    result_free(r);
    return ok ? CLI_DONE : cli_fail(&failed);
}

/* By the first word; analyses share one. */
static const struct cli_command *find(const struct command_info *c)
{
    struct str rest = str_of(c->name), word = str_cut(&rest, ' ');
    for (size_t i = 0; i < sizeof commands / sizeof *commands && !c->is_analysis; i++)
        if (str_eq(word, str_of(commands[i]->name)))
            return commands[i];
    return &query_cmd;
}

int cli_run(const struct args *a)
{
    struct err err = {0};
    if (a->help)
        return help_cmd.run(a);
    if (a->version)
        return version_cmd.run(a);
    if (!command_check(a->command, &a->query, &err))
        return cli_fail(&err);
    return find(a->command)->run(a);
}
