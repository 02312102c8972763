/* load_screen.h - one import while it runs, and after. */
#ifndef WM_LOAD_SCREEN_H
#define WM_LOAD_SCREEN_H

#include "tui/screen.h"

struct loader_file;

/* Of the i-th file of the explorer's loader. */
struct screen *load_screen_new(struct tui *t, size_t file);
/* A page with the rows a load could not take, as they were; says so when there are none. */
void load_screen_rejects(struct tui *t, const struct loader_file *f);
/* [#####.....] with the share in front of it. */
void load_screen_bar(struct canvas *c, int y, int x, int w, enum role role, uint64_t done, uint64_t total);
const char *load_screen_state(const struct loader_file *f, const struct progress *p);
/* Keys that the Data screen has too. */
void load_screen_pause(const struct screen *s);
bool load_screen_cancel(struct screen *s);

#endif
