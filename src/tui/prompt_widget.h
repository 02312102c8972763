/* prompt_widget.h - one line of text being typed, with completion from the names of the store. */
#ifndef WM_PROMPT_WIDGET_H
#define WM_PROMPT_WIDGET_H

#include "app/workspace.h"
#include "render/canvas.h"

struct prompt;

/* names: what the word under the caret is completed with: 'e' events, 'p' properties, 'a' attributes, 0 nothing. */
struct prompt *prompt_new(struct workspace *w, const char *label, const char *initial, char names);
/* Of the actions of a context: found by name and by what they do, also by the first letters of how Chinese
 * words sound; a digit takes the match of that number. */
struct prompt *prompt_palette(unsigned context);
void prompt_free(struct prompt *p);

enum prompt_state { PROMPT_OPEN, PROMPT_DONE, PROMPT_LEFT };
enum prompt_state prompt_key(struct prompt *p, uint32_t key);
const char *prompt_text(const struct prompt *p); /* until the next key */
/* Draws in row y and uses up to `above` rows over it for matches. Sets the hardware cursor to the caret. */
void prompt_draw(struct prompt *p, struct canvas *c, int y, int above);

#endif
