/* generate.h - `generate`: a sample bank with known answers, as files to import. */
#ifndef WM_GENERATE_H
#define WM_GENERATE_H

#include "base/progress.h"
#include "model/query.h"
#include "model/result.h"

/* q: a checked query of the command. The rows of the result are the known answer of the instalment funnel. */
struct result *generate_run(const struct query *q, struct progress *p, struct err *err);

#endif
