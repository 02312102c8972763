/* args.h - the command line as data: a command, its parameters as a query, and the options all commands
 * share. */
#ifndef WM_ARGS_H
#define WM_ARGS_H

#include "app/command.h"
#include "render/writer.h"

struct args {
    const struct command_info *command; /* NULL: none was given */
    struct query query;                 /* analysis = the command's name */
    bool help, version;                 /* --help, --version */
    const char *topic; /* with help and no command: the first word of several commands, as "import" */
    const char *store, *output, *lang; /* NULL: not given; output NULL: standard output */
    const struct writer *writer;       /* never NULL */
    const char *glyphs;                /* NULL: not given */
    int w, h;                          /* 0: not given */
    bool table, plain, quiet;
    const char *set[16]; /* --setting of the explorer, as given */
    size_t sets;
};

/* Options may stand before and after the command, as --name value or --name=value; "--" ends them. Texts are
 * borrowed from argv. Parameters are not yet checked (command_check), so that --help works without them. On
 * failure `out` can still be given to args_done. */
bool args_parse(struct args *out, int argc, char *const *argv, struct err *err);
void args_done(struct args *a);

#endif
