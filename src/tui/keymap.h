/* keymap.h - keys to actions and back, from app/action.def. */
#ifndef WM_KEYMAP_H
#define WM_KEYMAP_H

#include "app/action.h"
#include "base/buf.h"

/* The action of a key in a context, ACTION_NONE when it has none. Full-width punctuation counts as its ASCII twin,
 * because staff have the Chinese input method on. */
enum action keymap_action(uint32_t key, unsigned context);
uint32_t keymap_narrow(uint32_t key); /* the ASCII twin of a full-width key, else the key */
/* A key by its name in action.def ("Enter", "^C", "F10", "k"); 0 when there is no such name. */
uint32_t keymap_named(struct str name);
/* First key of an action as people read it: "Enter", "^C", "k". */
void keymap_label(struct buf *out, enum action a);
/* All keys: "k Up", with the F-key last. */
void keymap_labels(struct buf *out, enum action a);

#endif
