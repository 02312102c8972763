/* keymap.h - keys to actions and back, from app/action.def. */
#ifndef WM_KEYMAP_H
#define WM_KEYMAP_H

#include "app/action.h"
#include "base/buf.h"
#include "base/err.h"

/* The action of a key in a context, ACTION_NONE when it has none. Full-width punctuation counts as its ASCII twin,
 * because staff have the Chinese input method on. */
enum action keymap_action(uint32_t key, unsigned context);
/* What the key would do on some other screen, ACTION_NONE when nowhere. */
enum action keymap_elsewhere(uint32_t key);
/* A line of the user's: "CONTEXT KEY ACTION", such as "funnel D lost"; the action none takes a key away. Later lines count
 * before earlier ones and all before the table. False: it makes no sense, nothing is bound. */
bool keymap_bind(struct str text, struct err *err);
void keymap_reset(void); /* the table alone again */
uint32_t keymap_narrow(uint32_t key); /* the ASCII twin of a full-width key, else the key */
/* A key by its name in action.def ("Enter", "^C", "F10", "k"); 0 when there is no such name. */
uint32_t keymap_named(struct str name);
/* Takes the next key off a text such as "4<Down><Enter>ab": characters as themselves, names between angle brackets, "<<>" for the
 * bracket itself. False: at the end (err->code is 0), or a name that is no key. */
bool keymap_next(struct str *text, uint32_t *key, struct err *err);
/* First key of an action as people read it: "Enter", "^C", "k". */
void keymap_label(struct buf *out, enum action a);
/* All keys: "k Up", with the F-key last. */
void keymap_labels(struct buf *out, enum action a);

#endif
