/* mark.h - conditions that mark events for an analysis: each is a selector of its scan and a bit of journey masks. */
#ifndef WM_MARK_H
#define WM_MARK_H

#include "analysis/ask.h"
#include "analysis/scan.h"

/* The condition of parameter `name`, when it is given, as the next selector, mark[scan->selectors]: its canonical text and its
 * bit. scan->selector becomes `mark`. */
bool mark_read(struct ask *a, struct scan *scan, struct select *mark, const char *name, const char **text, uint64_t *bit,
               struct err *err);

#endif
