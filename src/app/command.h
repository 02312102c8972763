/* command.h - the commands there are, from command.def and the analyses of model/analysis.def: one table makes
 * --help, the manual page, completion and the tests of both. */
#ifndef WM_COMMAND_H
#define WM_COMMAND_H

#include "model/registry.h"

struct command_info {
    const char *name;     /* "import events" */
    const char *args;     /* "FILE..." */
    const char *summary;  /* N_() */
    const char *example;  /* without the program's name */
    const struct param_info *option; /* ends with name NULL */
    bool is_analysis;
};
const struct command_info *command_all(size_t *n);
const struct command_info *command_find(const char *name);
const struct param_info *command_common(void); /* --format, --output, --glyphs, --size, --lang, --quiet, -s */

#endif
