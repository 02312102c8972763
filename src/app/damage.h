/* damage.h - `check`: every byte of a store is read, each finding is a row. */
#ifndef WM_DAMAGE_H
#define WM_DAMAGE_H

#include "base/progress.h"
#include "model/result.h"

/* Needs no open store: a damaged one may not open. NULL when nothing could be checked at all. */
struct result *damage_report(const char *dir, struct progress *p, struct err *err);

#endif
