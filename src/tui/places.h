/* places.h - where somebody has been: the path of screens, the other roots' paths, and back and forward as in a browser.
 *
 * A screen lives as long as it can be come back to: it counts who points to it (the screen on top, a screen above, a visit,
 * a root's memory). So a screen that was left goes on with its job. */
#ifndef WM_PLACES_H
#define WM_PLACES_H

#include "base/vec.h"
#include "tui/screen.h"

enum { PLACE_HOME = 1, PLACES_ROOTS = 10 }; /* a root is the digit that leads to it */

struct places {
    VEC(struct screen *) all;   /* living ones, oldest first */
    VEC(struct screen *) visit; /* `at` is where we are, unless an overlay is on top */
    size_t at;
    struct screen *top;
    struct screen *last[PLACES_ROOTS]; /* where each root was left */
};

void places_done(struct places *p);
/* On top of what is there. Help, pages and forms (type->overlay) are no places: they are not come back to. */
void places_push(struct places *p, struct tui *t, struct screen *s);
/* One level back; the screen left can be had again by places_forward. False: this is Home. */
bool places_pop(struct places *p);
/* A first screen of a root, above Home. */
void places_begin(struct places *p, struct tui *t, int root, struct screen *s);
/* To where the root was left; from within the root itself to its first screen. False: nothing is there yet. */
bool places_recall(struct places *p, int root);
void places_home(struct places *p);
/* The screen looked at before, or after that again. False: there is none. */
bool places_back(struct places *p);
bool places_forward(struct places *p);
void places_show(struct places *p, struct screen *s); /* any living one */
int places_root(const struct places *p);              /* of what is on top */

#endif
