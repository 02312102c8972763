/* view_export.h - writes the answer on the screen to a file. */
#ifndef WM_VIEW_EXPORT_H
#define WM_VIEW_EXPORT_H

#include "base/err.h"
#include "app/settings.h"
#include "model/result.h"

/* By the name's ending: .csv, .json, .html, .svg, .ansi, else text; table: the table instead of the picture.
 * Never over a file that is there: then false and err says so. */
bool view_export(const struct result *r, const struct settings *settings, bool table, const char *path,
                 struct err *err);

#endif
