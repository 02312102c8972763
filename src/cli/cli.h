/* cli.h - the command line's commands and what they have in common. */
#ifndef WM_CLI_H
#define WM_CLI_H

#include "app/settings.h"
#include "cli/args.h"
#include "model/result.h"

enum cli_status { CLI_DONE = 0, CLI_NEGATIVE = 1, CLI_USAGE = 2, CLI_FAILED = 3, CLI_INTERRUPTED = 4 };

/* Runs the command that was parsed, or prints the help or version asked for; the exit status. a->command or
 * a->help or a->version is set. */
int cli_run(const struct args *a);
/* Prints the error on standard error; its exit status. */
int cli_fail(const struct err *err);

/* What the site, of_user: and the user, and --setting say; the caller's. NULL: one of them makes no sense. */
struct settings *cli_settings(const struct args *a, bool of_user, struct err *err);

/* ---- for the commands */
struct cli_command {
    const char *name; /* the command's name, or its first word */
    int (*run)(const struct args *a);
};
extern const struct cli_command import_cmd, info_cmd, check_cmd, generate_cmd, query_cmd, help_cmd,
    version_cmd, segment_cmd, set_cmd, question_cmd, tag_load_cmd, backup_cmd, compact_cmd, forget_cmd;

/* Prints the result and frees it: CLI_DONE, or CLI_FAILED when it could not be written. r NULL:
 * cli_fail(err). */
int cli_finish(struct result *r, const struct args *a, const struct err *err);

#endif
