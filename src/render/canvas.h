/* canvas.h - a grid of cells: what charts draw on, what the terminal shows, what tests compare.
 *
 * No terminal and no curses here. A cell holds one character of one or two columns (a wide one is followed by a
 * continuation cell) and a role; what a role looks like is the theme's business one floor up. */
#ifndef WM_CANVAS_H
#define WM_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"

enum role {
    ROLE_TEXT, ROLE_DIM, ROLE_STRONG, ROLE_TITLE /* title row */, ROLE_CONTEXT, ROLE_RULE /* lines */, ROLE_HEAD /* table heading */,
    ROLE_SELECTED, ROLE_KEY /* key in the footer */, ROLE_FOOTER, ROLE_STATUS, ROLE_WARN, ROLE_ERROR,
    ROLE_BAR, ROLE_BAR2 /* compared */, ROLE_HOT, ROLE_COLD, ROLE_NODE, ROLE_SERIES1, ROLE_SERIES2, ROLE_SERIES3,
    ROLE_FLOW1, ROLE_FLOW2, ROLE_FLOW3, ROLE_FLOW4, /* flows by source, beside GLYPH_FLOW_1..4 */
    ROLE_HEAT0 /* nothing */, ROLE_HEAT9 = ROLE_HEAT0 + 9 /* everything */, /* cells of a heat map: see glyph_heat */
    ROLES
};

enum tier { TIER_ASCII, TIER_ACS, TIER_UTF8, TIER_HD, TIERS };
const char *tier_name(enum tier t); /* "ascii", "acs", "utf8", "hd" */
bool tier_named(struct str name, enum tier *out);

struct cell {
    uint32_t ch;     /* code point; 0 in the cell right of a wide character */
    uint32_t mark;   /* one combining mark or 0 */
    uint8_t role;
    uint8_t under;   /* the role whose colour is the background (half blocks); ROLE_TEXT: none */
    bool reverse;    /* reverse video: the cursor row */
};
struct canvas {
    int w, h;
    struct cell *cell; /* h rows of w */
    enum tier tier;
    bool plain; /* text alone: glyph.h draws no lines, bars or flows; set after canvas_init */
    int cursor_y, cursor_x; /* where the hardware cursor shall sit; -1 = hidden */
};
struct rect {
    int y, x, h, w;
};

void canvas_init(struct canvas *c, int w, int h, enum tier tier);
void canvas_resize(struct canvas *c, int w, int h); /* blank afterwards */
void canvas_done(struct canvas *c);
void canvas_clear(struct canvas *c, struct rect r, enum role role);
/* Writes text from data or from the program, sanitised, clipped to max_w columns ('~' marks a cut); returns the columns used.
 * In TIER_ASCII and TIER_ACS ambiguous characters are transliterated or become '?'. Outside the canvas: nothing. */
int canvas_text(struct canvas *c, int y, int x, int max_w, enum role role, struct str text);
int canvas_right(struct canvas *c, int y, int x, int w, enum role role, struct str text); /* right-aligned in w columns */
int canvas_printf(struct canvas *c, int y, int x, int max_w, enum role role, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* One glyph of the program's own (from glyph.h): not sanitised. */
void canvas_put(struct canvas *c, int y, int x, uint32_t ch, enum role role);
/* The background of the cell gets the colour of a role (two samples in a cell, glyph_sample). */
void canvas_under(struct canvas *c, int y, int x, enum role role);
/* NULL outside the canvas. */
const struct cell *canvas_at(const struct canvas *c, int y, int x);
void canvas_mark(struct canvas *c, struct rect r, enum role role, bool reverse); /* restyle what is there */
/* Rows as text without trailing blanks, '\n' after each. Ambiguous width: as in the tier. */
void canvas_dump(const struct canvas *c, struct buf *out);

#endif
