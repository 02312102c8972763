/* tui_drive.h - the explorer without a terminal: keys in, the canvas out as text, compared with
 * tests/screen/NAME.ref. REFRESH=1 rewrites the pictures: read them before you commit.
 *
 * The store is a small sample bank, the same on every machine. */
#ifndef WM_TUI_DRIVE_H
#define WM_TUI_DRIVE_H

#include "app/workspace.h"
#include "tui/tui.h"

/* cmocka's set-up and tear-down: the bank in a folder of its own. */
int drive_make_store(void **state);
int drive_drop_store(void **state);
/* The folder alone; a store of the test's own is opened by drive_open. */
int drive_make_folder(void **state);
void drive_open(const char *dir);
const char *drive_folder(void);
struct workspace *drive_workspace(void);

struct tui *drive_start(enum tier tier);
void drive_settle(struct tui *t); /* waits for all jobs */
/* "4<Down><Enter>ab": characters as keys, names between angle brackets. After each key jobs are waited for.
 */
void drive_type(struct tui *t, const char *keys);
void drive_picture(struct tui *t, int w, int h, enum tier tier, struct buf *out);
/* By ~, as people do. */
void drive_set_tier(struct tui *t, enum tier tier);
/* Fails unless every cell of the canvas is one that a terminal of its tier can show: whole characters, nothing of doubtful
 * width in a narrow tier, the cursor inside. */
void drive_check_whole(const struct canvas *c, const char *what);
/* Fails unless the screen is as in the file. */
void drive_golden(struct tui *t, const char *name, int w, int h, enum tier tier);
/* Fails unless the text is on the screen. */
void drive_shows(struct tui *t, const char *what);
void drive_shows_not(struct tui *t, const char *what);

#endif
