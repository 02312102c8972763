/* glyph.c - see glyph.h. */
#include "config.h"

#include <math.h>
#include "render/glyph.h"

enum { UPPER_HALF = 0x2580, LOWER_HALF = 0x2584, FULL = 0x2588 };

/* acs: U+2588 stands for a reverse-video blank, U+2592 for the checkerboard of the line-drawing set. */
static const uint32_t table[GLYPHS][TIERS] = {
    [GLYPH_HLINE] = {'-', 0x2500, 0x2500, 0x2500},
    [GLYPH_VLINE] = {'|', 0x2502, 0x2502, 0x2502},
    [GLYPH_CROSS] = {'+', 0x253C, 0x253C, 0x253C},
    [GLYPH_WIRE_H] = {'-', 0x2500, 0x2500, 0x2500},
    [GLYPH_WIRE_V] = {'|', 0x2502, 0x2502, 0x2502},
    [GLYPH_WIRE_LEFT_DOWN] = {'.', 0x2510, 0x256E, 0x256E},
    [GLYPH_WIRE_LEFT_UP] = {'\'', 0x2518, 0x256F, 0x256F},
    [GLYPH_WIRE_UP_RIGHT] = {'`', 0x2514, 0x2570, 0x2570},
    [GLYPH_WIRE_DOWN_RIGHT] = {',', 0x250C, 0x256D, 0x256D},
    [GLYPH_HOT_H] = {'=', '=', 0x2501, 0x2501},
    [GLYPH_HOT_V] = {'H', 'H', 0x2503, 0x2503},
    [GLYPH_HOT_LEFT_DOWN] = {'+', '+', 0x2513, 0x2513},
    [GLYPH_HOT_LEFT_UP] = {'+', '+', 0x251B, 0x251B},
    [GLYPH_HOT_UP_RIGHT] = {'+', '+', 0x2517, 0x2517},
    [GLYPH_HOT_DOWN_RIGHT] = {'+', '+', 0x250F, 0x250F},
    [GLYPH_FLOW_HOT] = {'#', 0x2588, 0x2593, 0x2593},
    [GLYPH_FLOW_COLD] = {'.', 0x2592, 0x2591, 0x2591},
    [GLYPH_FLOW_1] = {'#', 0x2588, 0x2588, 0x2588},
    [GLYPH_FLOW_2] = {'=', 0x2592, 0x2593, 0x2593},
    [GLYPH_FLOW_3] = {'+', '+', 0x2592, 0x2592},
    [GLYPH_FLOW_4] = {':', ':', 0x2591, 0x2591},
    [GLYPH_EDGE] = {'|', 0x2502, 0x2502, 0x2502},
    [GLYPH_EDGE_HOT] = {'#', 0x2588, 0x2588, 0x2588},
    [GLYPH_EDGE_OPEN] = {':', ':', 0x250A, 0x250A},
    [GLYPH_BAR] = {'#', 0x2588, 0x2588, 0x2588},
    [GLYPH_BAR2] = {'=', 0x2592, 0x2592, 0x2592},
    [GLYPH_SELECT] = {'>', '>', '>', '>'},
};

uint32_t glyph_of(enum tier t, enum glyph g)
{
    return table[g][t];
}

void glyph_put(struct canvas *c, int y, int x, enum glyph g, enum role role)
{
    if (!c->plain || g == GLYPH_SELECT)
        canvas_put(c, y, x, table[g][c->tier], role);
}

void glyph_hline(struct canvas *c, int y, int x, int w, enum role role)
{
    for (int i = 0; i < w; i++)
        glyph_put(c, y, x + i, GLYPH_HLINE, role);
}

static bool in_table(enum tier t, uint32_t ch)
{
    for (int g = 0; g < GLYPHS; g++)
        if (table[g][t] == ch)
            return true;
    return false;
}

bool glyph_allowed(enum tier t, uint32_t ch)
{
    if (ch >= 0x20 && ch < 0x7F)
        return true;
    if (t == TIER_ASCII || t == TIER_ACS)
        return in_table(t, ch);
    bool block = ch >= 0x2581 && ch <= 0x2593 && ch != 0x2590;

    return in_table(t, ch) || block || (t == TIER_HD && ch == UPPER_HALF);
}

static bool has_eighths(enum tier t)
{
    return t == TIER_UTF8 || t == TIER_HD;
}

/* Units (eighths or whole cells) that a value fills out of `cells` cells. */
static int units_of(double value, double max, int cells, int per_cell)
{
    if (!(value > 0) || !(max > 0) || cells <= 0)
        return 0;
    double share = value < max ? value / max : 1;
    int units = (int)lround(share * cells * per_cell);

    return units > 0 ? units : 1;
}

void glyph_bar(struct canvas *c, int y, int x, int w, double value, double max, enum glyph fill,
               enum role role)
{
    int per_cell = has_eighths(c->tier) && fill == GLYPH_BAR ? 8 : 1;
    int units = units_of(value, max, w, per_cell);

    for (int i = 0; i < units / per_cell; i++)
        glyph_put(c, y, x + i, fill, role);
    if (units % per_cell && !c->plain)
        canvas_put(c, y, x + units / per_cell, 0x2590u - (uint32_t)(units % per_cell),
                   role); /* U+2589..258F */
}

void glyph_column(struct canvas *c, int bottom, int x, int h, double value, double max, enum role role)
{
    int per_cell = has_eighths(c->tier) ? 8 : 2;
    int units = units_of(value, max, h, per_cell);
    int rest = units % per_cell;

    for (int i = 0; i < units / per_cell; i++)
        glyph_put(c, bottom - i, x, GLYPH_BAR, role);
    if (rest && !c->plain)
        canvas_put(c, bottom - units / per_cell, x, per_cell == 8 ? 0x2580u + (uint32_t)rest : '.', role);
}

int glyph_samples(enum tier t)
{
    return t == TIER_HD ? 2 : 1;
}

/* Two colours in one cell: the upper half in the cell's role, the lower one in what lies under it. A whole
 * cell has the fill of its flow, so that the picture says as much without colours. */
static void put_halves(struct canvas *c, int y, int x, enum glyph whole, enum role upper, enum role lower)
{
    if (upper == lower) {
        glyph_put(c, y, x, whole, upper);
    } else if (upper == ROLE_TEXT) {
        canvas_put(c, y, x, LOWER_HALF, lower);
    } else {
        canvas_put(c, y, x, UPPER_HALF, upper);
        canvas_under(c, y, x, lower);
    }
}

static bool is_whole(uint32_t ch)
{
    return ch == FULL || (ch >= 0x2591 && ch <= 0x2593);
}

void glyph_sample(struct canvas *c, int row, int x, enum glyph g, enum role role)
{
    if (c->tier != TIER_HD || c->plain) {
        glyph_put(c, row, x, g, role);
        return;
    }
    int y = row / 2;
    const struct cell *cell = row >= 0 ? canvas_at(c, y, x) : NULL;
    enum role half[2] = {ROLE_TEXT, ROLE_TEXT};

    if (!cell)
        return;
    if (cell->ch == UPPER_HALF || is_whole(cell->ch))
        half[0] = (enum role)cell->role;
    if (cell->ch == LOWER_HALF || is_whole(cell->ch))
        half[1] = (enum role)cell->role;
    if (cell->ch == UPPER_HALF)
        half[1] = (enum role)cell->under;
    half[row % 2] = role;
    put_halves(c, y, x, g, half[0], half[1]);
}

uint32_t glyph_shade(enum tier t, int level)
{
    static const char ascii[] = " .:-=+*#%@";
    static const uint32_t blocks[] = {' ',    0x2591, 0x2591, 0x2591, 0x2592,
                                      0x2592, 0x2592, 0x2593, 0x2593, 0x2588};
    int l = level < 0 ? 0 : level > 9 ? 9 : level;

    return has_eighths(t) ? blocks[l] : (uint32_t)ascii[l];
}

void glyph_shade_put(struct canvas *c, int y, int x, int level)
{
    if (!c->plain)
        canvas_put(c, y, x, glyph_shade(c->tier, level), glyph_heat(level));
}

enum role glyph_heat(int level)
{
    int l = level < 0 ? 0 : level > 9 ? 9 : level;

    return (enum role)(ROLE_HEAT0 + l);
}

void glyph_density_put(struct canvas *c, int y, int x, int level, enum role role)
{
    static const char ramp[] = " .:|#";

    if (!c->plain)
        canvas_put(c, y, x, (uint32_t)ramp[level < 0 ? 0 : level > 4 ? 4 : level], role);
}

uint32_t glyph_ascii(uint32_t ch)
{
    if (ch < 0x2500 || ch > 0x259F)
        return ch;
    for (int g = 0; g < GLYPHS; g++)
        if (table[g][TIER_ACS] == ch || table[g][TIER_UTF8] == ch)
            return table[g][TIER_ASCII];
    return ch < 0x2580 ? '+' : '#';
}
