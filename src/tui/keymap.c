/* keymap.c - keys to actions and back. The table is walked for every key: it is short, and people type
 * slowly. */
#include "config.h"

#include "tui/keymap.h"
#include "tui/term.h"

static const struct {
    const char *name;
    uint32_t key;
} named[] = {
    {"Up", TERM_UP},
    {"Down", TERM_DOWN},
    {"Left", TERM_LEFT},
    {"Right", TERM_RIGHT},
    {"PageUp", TERM_PAGE_UP},
    {"PageDown", TERM_PAGE_DOWN},
    {"Home", TERM_HOME},
    {"End", TERM_END},
    {"Enter", TERM_ENTER},
    {"Esc", TERM_ESC},
    {"Backspace", TERM_BACKSPACE},
    {"Delete", TERM_DELETE},
    {"Tab", TERM_TAB},
    {"BackTab", TERM_BACKTAB},
    {"Space", ' '},
};

/* Punctuation of Chinese input methods outside the full-width block (tui.md 8.3). */
static const struct {
    uint32_t wide;
    char narrow;
} punctuation[] = {
    {0x3001, '/'}, {0x3002, '.'}, {0x300A, '<'}, {0x300B, '>'}, {0x3010, '['}, {0x3011, ']'},
    {0x00B7, '`'}, {0xFFE5, '$'}, {0x2014, '_'}, {0x2026, '^'}, {0x3000, ' '}, {0xFF5E, '~'},
};

uint32_t keymap_narrow(uint32_t key)
{
    for (size_t i = 0; i < sizeof punctuation / sizeof punctuation[0]; i++)
        if (punctuation[i].wide == key)
            return (uint32_t)punctuation[i].narrow;
    if (key >= 0xFF01 && key <= 0xFF5E)
        return key - 0xFF01 + '!';
    return key;
}

uint32_t keymap_named(struct str name)
{
    if (name.n == 1)
        return (unsigned char)name.p[0];
    if (name.n == 2 && name.p[0] == '^')
        return TERM_CTRL(name.p[1]);
    if (name.n >= 2 && name.p[0] == 'F' && name.p[1] >= '1' && name.p[1] <= '9') {
        uint32_t number = (uint32_t)(name.p[1] - '0');
        if (name.n == 3)
            number = number * 10 + (uint32_t)(name.p[2] - '0');
        return TERM_F0 + number;
    }
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (str_eq(name, str_of(named[i].name)))
            return named[i].key;
    return 0;
}

static bool has_key(const struct action_info *info, uint32_t key)
{
    struct str rest = str_of(info->keys);
    while (rest.p) {
        struct str name = str_cut(&rest, ' ');
        if (name.n && keymap_named(name) == key)
            return true;
    }
    return info->fkey && keymap_named(str_of(info->fkey)) == key;
}

enum action keymap_action(uint32_t key, unsigned context)
{
    key = keymap_narrow(key);
    enum action everywhere = ACTION_NONE;
    for (int a = ACTION_NONE + 1; a < ACTIONS; a++) {
        const struct action_info *info = action_get((enum action)a);
        if (!has_key(info, key))
            continue;
        if (info->context & context)
            return (enum action)a; /* the screen's own meaning goes first */
        if (!info->context)
            everywhere = (enum action)a;
    }
    return everywhere;
}

void keymap_label(struct buf *out, enum action a)
{
    struct str rest = str_of(action_get(a)->keys);
    buf_str(out, str_cut(&rest, ' '));
}

void keymap_labels(struct buf *out, enum action a)
{
    const struct action_info *info = action_get(a);
    buf_puts(out, info->keys);
    if (info->fkey)
        buf_printf(out, " %s", info->fkey);
}
