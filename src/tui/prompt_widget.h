/* prompt_widget.h - one line of text being typed, with completion from the names of the store. */
#ifndef WM_PROMPT_WIDGET_H
#define WM_PROMPT_WIDGET_H

#include "app/workspace.h"
#include "render/canvas.h"

struct prompt;

/* names: what the word under the caret is completed with: 'e' events, 'p' properties, 'a' attributes, 0 nothing. */
struct prompt *prompt_new(struct workspace *w, const char *label, const char *initial, char names);
/* One of a list: found by what it is and by how it is shown, also by the first letters of how Chinese words sound. A digit
 * takes the match of that number, Enter the first. */
struct prompt_choice {
    const char *text, *display;
    const char *also; /* found by this too; NULL: nothing */
    const char *key;  /* shown at the end; NULL: nothing */
};
struct prompt *prompt_choose(const char *label, const struct prompt_choice *list, size_t n); /* copied */
/* The same, but any other text may be given too, such as arguments of a command: a digit is a choice only in the first word, and
 * Up brings the lines typed before. history: newest last, borrowed while the prompt lives. */
struct prompt *prompt_palette(const struct prompt_choice *list, size_t n, char *const *history, size_t lines);
void prompt_free(struct prompt *p);

enum prompt_state { PROMPT_OPEN, PROMPT_DONE, PROMPT_LEFT };
enum prompt_state prompt_key(struct prompt *p, uint32_t key);
const char *prompt_text(const struct prompt *p); /* until the next key */
/* Draws in row y and uses up to `above` rows over it for matches. Sets the hardware cursor to the caret. */
void prompt_draw(struct prompt *p, struct canvas *c, int y, int above);

#endif
