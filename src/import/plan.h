/* plan.h - what a load is really asked for: folders as files, a saved mapping's settings among the options.
 */
#ifndef WM_PLAN_H
#define WM_PLAN_H

#include "import/files.h"
#include "import/load.h"
#include "import/mapping_text.h"

struct plan {
    struct arena arena;
    struct load_options o; /* as they hold now */
    struct files files;
    struct mapping_text text;
    bool saved; /* the mapping's file was there */
};

bool plan_make(struct plan *p, const struct load_options *o, struct err *err);
void plan_done(struct plan *p);

#endif
