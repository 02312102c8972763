/* command.h - the commands there are, from command.def and the analyses of model/analysis.def: one table
 * makes
 * --help, the manual page, completion and the tests of both. */
#ifndef WM_COMMAND_H
#define WM_COMMAND_H

#include "model/query.h"
#include "model/registry.h"

struct command_info {
    const char *name;    /* "import events" */
    const char *args;    /* "FILE..." */
    const char *summary; /* N_() */
    const char *example; /* without the program's name */
    const struct param_info
        *option; /* ends with name NULL; TEXT and NUMBER: choices is the word for the value, as FILE */
    bool is_analysis;
};
const struct command_info *command_all(size_t *n);
const struct command_info *command_find(const char *name); /* NULL: none */
/* --store, --format, --output, --table, --size, --glyphs, --lang, --setting, --quiet */
const struct param_info *command_common(void);
/* An option of this command, for an analysis also one that every analysis takes, else a common one; NULL:
 * none. */
const struct param_info *command_option(const struct command_info *c, const char *name);

/* Whether q's parameters are what the command asks for: nothing missing, numbers and choices well formed. */
bool command_check(const struct command_info *c, const struct query *q, struct err *err);
/* The command line that asks this again, in the arena; store may be NULL. */
const char *command_line(const struct command_info *c, const struct query *q, const char *store,
                         struct arena *a);

#endif
