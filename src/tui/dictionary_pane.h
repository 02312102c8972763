/* dictionary_pane.h - the events of the store: how often each came, and its display names in Chinese and
 * English, which can be changed here. A part of the Data screen. */
#ifndef WM_DICTIONARY_PANE_H
#define WM_DICTIONARY_PANE_H

#include "tui/screen.h"

struct dictionary_pane;
struct dictionary_pane *dictionary_pane_new(struct tui *t);
void dictionary_pane_free(struct dictionary_pane *p);
void dictionary_pane_refresh(struct dictionary_pane *p);
void dictionary_pane_draw(struct dictionary_pane *p, struct canvas *c, struct rect at, bool focused);
/* Keys while the pane has the cursor; false: not for it. */
bool dictionary_pane_act(struct dictionary_pane *p, enum action a);
bool dictionary_pane_tick(struct dictionary_pane *p);
bool dictionary_pane_busy(const struct dictionary_pane *p);
size_t dictionary_pane_events(const struct dictionary_pane *p);
size_t dictionary_pane_unnamed(const struct dictionary_pane *p); /* in the language shown */

#endif
