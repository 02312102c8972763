/* glyph.h - the marks the program draws with, per tier (tui.md 3.3): one table, so that no chart knows a code point.
 *
 * The acs tier names its marks by their Unicode code points too: the terminal file turns lines and U+2592 into VT100
 * line-drawing characters and U+2588 into a reverse-video blank, which no encoding can make two columns wide; as text
 * they are ASCII. All glyphs are one column wide.
 *
 * What each tier may use: ascii 0x20..0x7E; acs also the lines, the checkerboard and the full block; utf8 the lines,
 * arcs, shades and eighths; hd also half blocks, two samples of a picture to a cell. Colour (roles) comes on top in every
 * tier and never carries the meaning alone: hd is offered only where there are colours. */
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
/* Whether a canvas of this tier may hold this code point as a mark of ours. */
bool glyph_allowed(enum tier t, uint32_t ch);
/* On a plain canvas (canvas.h) this and all that draws below leaves the cells as they are, GLYPH_SELECT apart: what is read aloud or
 * felt has no use for lines and bars; the numbers stand beside them anyway. */
void glyph_put(struct canvas *c, int y, int x, enum glyph g, enum role role);
void glyph_hline(struct canvas *c, int y, int x, int w, enum role role);

/* A bar of `value` of `max` in at most w columns, in eighths of a column where the tier has them; anything above zero shows. */
void glyph_bar(struct canvas *c, int y, int x, int w, double value, double max, enum glyph fill, enum role role);
/* One column of a column chart standing on row `bottom`, at most h rows high. */
void glyph_column(struct canvas *c, int bottom, int x, int h, double value, double max, enum role role);
/* Samples one above the other in a cell: 2 in hd, else 1. A picture painted with glyph_sample is laid out on
 * h * glyph_samples(tier) rows. */
int glyph_samples(enum tier t);
/* Fills one sample; row counts samples from the top of the canvas. With one sample to a cell it is glyph_put; in hd the
 * half gets the role's colour, and the other half of the cell keeps what glyph_sample put there. */
void glyph_sample(struct canvas *c, int row, int x, enum glyph g, enum role role);
/* Ten steps from nothing to full, for heat maps; level is clamped to 0..9. */
uint32_t glyph_shade(enum tier t, int level);
void glyph_shade_put(struct canvas *c, int y, int x, int level); /* with its colour, as glyph_heat */
/* The role of a heat map's cell, which gives it its background; goes with the number and glyph_shade, never alone. */
enum role glyph_heat(int level);
/* Five steps ' ' . : | # for the density strip; the same in every tier. */
void glyph_density_put(struct canvas *c, int y, int x, int level, enum role role);
/* What stands for one of our line or block code points where only ASCII can be written; other characters are themselves. */
uint32_t glyph_ascii(uint32_t ch);

#endif
