/* termcheck.h - `waymark termcheck`: what was found out about the terminal, and a card on which a person sees the rest. */
#ifndef WM_TERMCHECK_H
#define WM_TERMCHECK_H

#include "tui/term.h"

/* Prints in the encoding of the terminal; with a terminal it also asks which row is drawn well and says which setting
 * follows. Without one (a pipe) it prints what the environment says. Exit status. */
int termcheck_run(const struct term_options *o);
/* Out of the explorer: what was found out and the card, until Enter. Nothing without full screen. */
void termcheck_show(void);

#endif
