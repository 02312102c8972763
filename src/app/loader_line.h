/* loader_line.h - what is typed to load files: paths and options in one line. */
#ifndef WM_LOADER_LINE_H
#define WM_LOADER_LINE_H

#include "base/vec.h"
#include "model/query.h"

struct loader_line {
    struct query query; /* the command with its options, no files */
    VEC(char *) path;
};
/* False: an option is unknown or wrong; *out is empty then. */
bool loader_line_parse(struct loader_line *out, const char *command, const char *line, struct err *err);
void loader_line_done(struct loader_line *l);

#endif
