/* part_view.h - what all who read blocks of parts need beside the views themselves. */
#ifndef WM_PART_VIEW_H
#define WM_PART_VIEW_H

#include "store/snapshot.h"

/* First run of a user >= `user`; runs->n when there is none. */
uint32_t part_view_find(const struct run_view *runs, uint32_t user);
/* First block whose last user is >= `user`; p->blocks when there is none. */
uint32_t part_view_block(const struct part *p, uint32_t user);
/* The error of a block whose views are sound, each by itself, but do not belong together. */
bool part_view_damaged(const struct part *p, uint32_t block, struct err *err);

#endif
