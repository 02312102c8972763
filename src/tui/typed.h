/* typed.h - bytes from a terminal to keys.
 *
 * Ours and not ncurses', for three reasons: what people type while the terminal is being asked about itself must not be
 * lost; an answer that comes late must not turn into commands; and a key that nobody knows must do nothing, where
 * ncurses would hand out its letters one by one. No terminal here: tests feed bytes. */
#ifndef WM_TYPED_H
#define WM_TYPED_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"

struct typed;

struct typed *typed_new(void); /* knows the sequences that common terminals send whatever terminfo says */
void typed_free(struct typed *t);
/* One more sequence: what terminfo says of this terminal. Ignored unless it begins with a control character. */
void typed_define(struct typed *t, const char *sequence, uint32_t key);
void typed_feed(struct typed *t, const char *bytes, size_t n);
/* The next key (enum term_key or a character in the locale's LC_CTYPE), 0 when there is none or more bytes are needed.
 * late: no more came for as long as a key takes, so an escape alone is the Esc key. */
uint32_t typed_next(struct typed *t, bool late);
/* Bytes wait for more to come. */
bool typed_pending(const struct typed *t);
/* How many milliseconds they wait before typed_next is told it is late: little behind an escape, which is a key by itself;
 * long in the middle of a character, whose other half some line holds back. */
int typed_patience(const struct typed *t);

#endif
