/* first_question.h - what is asked when somebody goes to an analysis for the first time. */
#ifndef WM_FIRST_QUESTION_H
#define WM_FIRST_QUESTION_H

#include "app/workspace.h"

/* Initialises q; a funnel gets steps only when their events occur. */
void first_question(struct workspace *w, const char *analysis, struct query *q);

#endif
