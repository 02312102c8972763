/* home_p.h - what the two files of Home share: home_screen.c asks and acts, home_view.c draws. */
#ifndef WM_HOME_P_H
#define WM_HOME_P_H

#include "app/job.h"
#include "base/vec.h"
#include "tui/tui.h"

/* The questions Home asks: customers per day, events by name, customers of the last thirty days and of those before, and the
 * first funnel. */
enum home_part { HOME_DAYS, HOME_EVENTS, HOME_ACTIVE, HOME_BEFORE, HOME_FUNNEL, HOME_PARTS };

/* Something the cursor can stand on. */
struct home_item {
    struct rect at;
    enum action action; /* ACTION_NONE: one of these */
    struct str event;   /* borrowed from the result */
    size_t recent;      /* number + 1 of a question asked lately */
    size_t saved;       /* number + 1 of a question kept in the store */
};

struct home {
    struct screen screen;
    const struct result *info; /* the frame's; NULL: it cannot be read, for the reason in err */
    struct err err;
    struct job *job[HOME_PARTS];
    struct result *result[HOME_PARTS];
    struct result *saved; /* questions kept in the store under names; NULL: they cannot be read */
    VEC(struct home_item) items; /* of the last drawing */
    int selected;
};

void home_view_draw(struct home *h, struct canvas *c, struct rect at);
/* Who is looked at, the days there are, events. */
void home_view_subtitle(const struct home *h, struct buf *out);

#endif
