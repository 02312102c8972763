/* theme.c - see theme.h.
 *
 * Colours of the 256 are chosen by contrast, which tests/unit/theme_test.c computes: in the default theme
 * every colour can be told from black and from white, since nobody knows which of them lies below. With 8
 * colours blue is for fills alone: as text on black it cannot be read. */
#include "config.h"

#include "base/nls.h"
#include "render/theme.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

static const char *const names[THEMES] = {"default", "light", "dark", "mono", "contrast"};
static const char *const titles[THEMES] = {N_("default colours"), N_("light"), N_("dark"), N_("no colours"),
                                           N_("high contrast")};

/* What carries the meaning, with or without colours. */
static const unsigned attributes[ROLES] = {
    [ROLE_DIM] = LOOK_DIM,
    [ROLE_STRONG] = LOOK_BOLD,
    [ROLE_TITLE] = LOOK_REVERSE,
    [ROLE_RULE] = LOOK_DIM,
    [ROLE_HEAD] = LOOK_BOLD,
    [ROLE_SELECTED] = LOOK_REVERSE,
    [ROLE_KEY] = LOOK_REVERSE | LOOK_BOLD,
    [ROLE_FOOTER] = LOOK_REVERSE,
    [ROLE_WARN] = LOOK_BOLD,
    [ROLE_ERROR] = LOOK_BOLD,
};

/* fg with 8 colours; fg with 256 on an unknown, a light and a dark background. 0: the body's. */
static const struct {
    signed char few;
    unsigned char any, light, dark;
} colours[ROLES] = {
    [ROLE_WARN] = {YELLOW, 172, 94, 220},      [ROLE_ERROR] = {RED, 203, 160, 210},
    [ROLE_BAR] = {CYAN, 33, 26, 75},           [ROLE_BAR2] = {YELLOW, 172, 130, 214},
    [ROLE_HOT] = {YELLOW, 172, 130, 214},      [ROLE_COLD] = {CYAN, 67, 67, 67},
    [ROLE_SERIES1] = {CYAN, 33, 26, 75},       [ROLE_SERIES2] = {YELLOW, 172, 130, 214},
    [ROLE_SERIES3] = {MAGENTA, 169, 126, 175}, [ROLE_FLOW1] = {BLUE, 33, 26, 75},
    [ROLE_FLOW2] = {YELLOW, 172, 130, 214},    [ROLE_FLOW3] = {CYAN, 36, 30, 36},
    [ROLE_FLOW4] = {MAGENTA, 169, 126, 175},
};

/* Light to dark blue; black text on the first six, white on the others. */
static const unsigned char heat[] = {231, 195, 159, 117, 75, 32, 25, 18};

const char *theme_name(enum theme t)
{
    return names[t];
}

const char *theme_title(enum theme t)
{
    return _(titles[t]);
}

bool theme_named(struct str name, enum theme *out)
{
    for (int t = 0; t < THEMES; t++)
        if (str_eq(name, str_of(names[t]))) {
            *out = (enum theme)t;
            return true;
        }
    return false;
}

enum theme theme_next(enum theme t)
{
    return (enum theme)((t + 1) % THEMES);
}

struct look theme_body(enum theme t, int colors)
{
    if (colors < 8)
        return (struct look){0, -1, -1};
    switch (t) {
    case THEME_LIGHT: return (struct look){0, colors >= 256 ? 16 : BLACK, colors >= 256 ? 231 : WHITE};
    case THEME_DARK: return (struct look){0, colors >= 256 ? 253 : WHITE, colors >= 256 ? 16 : BLACK};
    case THEME_CONTRAST: return (struct look){0, colors >= 256 ? 231 : WHITE, colors >= 256 ? 16 : BLACK};
    case THEME_DEFAULT:
    case THEME_MONO:
    case THEMES: break;
    }
    return (struct look){0, -1, -1};
}

static struct look heat_look(int level)
{
    enum { STEPS = sizeof heat };
    int step = (level - 1) * STEPS / 9;

    return level <= 0 ? (struct look){0, -1, -1} : (struct look){0, step < 6 ? 16 : 231, heat[step]};
}

static int colour_of(enum theme t, enum role role, int colors)
{
    int few = colours[role].few;
    if (!few || t == THEME_CONTRAST)
        return -1;
    if (colors < 256)
        return t == THEME_LIGHT && (few == YELLOW || few == CYAN) ? BLUE : few;
    return t == THEME_LIGHT ? colours[role].light : t == THEME_DARK ? colours[role].dark : colours[role].any;
}

struct look theme_look(enum theme t, enum role role, int colors)
{
    struct look look = {attributes[role], -1, -1};
    if (t == THEME_CONTRAST)
        look.attr &= ~(unsigned)LOOK_DIM;
    if (t == THEME_CONTRAST && role == ROLE_SELECTED)
        look.attr |= LOOK_BOLD | LOOK_UNDERLINE;
    if (t == THEME_MONO || colors < 8)
        return look;
    if (role >= ROLE_HEAT0)
        return colors >= 256 && t != THEME_CONTRAST ? heat_look((int)role - ROLE_HEAT0) : look;
    look.fg = colour_of(t, role, colors);
    return look;
}

uint32_t theme_rgb(int colour)
{
    static const uint32_t first[] = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD,
                                     0x00CDCD, 0xE5E5E5, 0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00,
                                     0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF};
    static const uint32_t step[] = {0, 95, 135, 175, 215, 255};
    unsigned c = (unsigned)colour & 0xFF;
    if (c < 16)
        return first[c];
    if (c >= 232)
        return (8 + 10 * (c - 232)) * 0x010101u;
    c -= 16;
    return step[c / 36] << 16 | step[c / 6 % 6] << 8 | step[c % 6];
}
