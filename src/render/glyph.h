/* glyph.h - the marks the program draws with, per tier (tui.md 3.3): one table, so that no chart knows a code point.
 *
 * The acs tier names its lines by their Unicode code points, which the terminal file turns into line-drawing characters;
 * its bars are reverse-video blanks. All glyphs are one column wide. */
#ifndef WM_GLYPH_H
#define WM_GLYPH_H

#include "render/canvas.h"

enum glyph {
    GLYPH_HLINE, GLYPH_VLINE, GLYPH_CROSS, /* rules */
    GLYPH_WIRE_H, GLYPH_WIRE_V,            /* thin flows */
    GLYPH_WIRE_LEFT_DOWN, GLYPH_WIRE_LEFT_UP, GLYPH_WIRE_UP_RIGHT, GLYPH_WIRE_DOWN_RIGHT, /* corners, by their two arms */
    GLYPH_HOT_H, GLYPH_HOT_V, GLYPH_HOT_LEFT_DOWN, GLYPH_HOT_LEFT_UP, GLYPH_HOT_UP_RIGHT, GLYPH_HOT_DOWN_RIGHT,
    GLYPH_FLOW_HOT, GLYPH_FLOW_COLD,
    GLYPH_FLOW_1, GLYPH_FLOW_2, GLYPH_FLOW_3, GLYPH_FLOW_4, /* by source */
    GLYPH_EDGE, GLYPH_EDGE_HOT, GLYPH_EDGE_OPEN,            /* sides of a Sankey node */
    GLYPH_BAR, GLYPH_BAR2, GLYPH_SELECT,
    GLYPHS
};

uint32_t glyph_of(enum tier t, enum glyph g);
void glyph_put(struct canvas *c, int y, int x, enum glyph g, enum role role);
void glyph_hline(struct canvas *c, int y, int x, int w, enum role role);

/* A bar of `value` of `max` in at most w columns, in eighths of a column where the tier has them; anything above zero shows. */
void glyph_bar(struct canvas *c, int y, int x, int w, double value, double max, enum glyph fill, enum role role);
/* One column of a column chart standing on row `bottom`, at most h rows high. */
void glyph_column(struct canvas *c, int bottom, int x, int h, double value, double max, enum role role);
/* Ten steps from nothing to full, for heat maps; level is clamped to 0..9. */
uint32_t glyph_shade(enum tier t, int level);
/* Five steps ' ' . : | # for the density strip; the same in every tier. */
uint32_t glyph_density(int level);
/* What stands for one of our line or block code points where only ASCII can be written; other characters are themselves. */
uint32_t glyph_ascii(uint32_t ch);

#endif
