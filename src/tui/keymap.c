/* keymap.c - keys to actions and back. The table is walked for every key: it is short, and people type
 * slowly. */
#include "config.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "base/vec.h"
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

bool keymap_next(struct str *text, uint32_t *key, struct err *err)
{
    if (!text->n)
        return false;
    const char *end = text->p[0] == '<' && text->n > 2 ? memchr(text->p + 2, '>', text->n - 2) : NULL;
    if (!end) {
        *key = utf8_next(text);
        return true;
    }
    struct str name = {text->p + 1, (size_t)(end - text->p) - 1};
    *key = keymap_named(name);
    text->n -= name.n + 2;
    text->p = end + 1;
    return *key || err_set(err, ERR_USAGE, _("no key is called %.*s; write Enter, Esc, Down, F5, ^X, ..."),
                           (int)name.n, name.p);
}

/* ---- bindings of the user's own, newest last */

struct binding {
    uint32_t key;
    unsigned context;   /* 0: everywhere */
    enum action action; /* ACTION_NONE: the key does nothing there */
    char label[12];
};
static VEC(struct binding) own; /* one keyboard, one map */

void keymap_reset(void)
{
    vec_done(&own);
}

bool keymap_bind(struct str text, struct err *err)
{
    struct str rest = str_trim(text), context = str_cut(&rest, ' '), key, action;
    rest = str_trim(rest);
    key = str_cut(&rest, ' ');
    action = str_trim(rest);
    struct binding b = {.key = keymap_named(key)};
    if (!action.n)
        return err_set(err, ERR_USAGE, "%s", _("bind: write it as: bind CONTEXT KEY ACTION"));
    if (!action_context(context, &b.context))
        return err_set(
            err, ERR_USAGE,
            _("bind: there is no context %.*s; all, home, result, funnel, flow, list and others are "
              "listed by waymark help keys"),
            (int)context.n, context.p);
    if (!b.key || key.n >= sizeof b.label)
        return err_set(err, ERR_USAGE,
                       _("bind: no key is called %.*s; write a character, ^X, F5, Enter, Space, ..."),
                       (int)key.n, key.p);
    b.action = action_named(action);
    if (!b.action && !str_eq(action, STR("none")))
        return err_set(err, ERR_USAGE,
                       _("bind: there is no action called %.*s; waymark help keys lists them"), (int)action.n,
                       action.p);
    memcpy(b.label, key.p, key.n);
    vec_push(&own, b);
    return true;
}

/* ---- lookup */

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

/* Whether the user has given the key a meaning here; the newest counts, one for this context before one for
 * all. */
static const struct binding *own_binding(uint32_t key, unsigned context)
{
    for (int everywhere = 0; everywhere < 2; everywhere++)
        for (size_t i = own.n; i-- > 0;)
            if (own.at[i].key == key &&
                (everywhere ? !own.at[i].context : (own.at[i].context & context) != 0))
                return &own.at[i];
    return NULL;
}

static enum action table_action(uint32_t key, unsigned context)
{
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

enum action keymap_action(uint32_t key, unsigned context)
{
    key = keymap_narrow(key);
    const struct binding *b = own_binding(key, context);
    return b ? b->action : table_action(key, context);
}

enum action keymap_elsewhere(uint32_t key)
{
    key = keymap_narrow(key);
    for (int a = ACTION_NONE + 1; a < ACTIONS; a++)
        if (has_key(action_get((enum action)a), key))
            return (enum action)a;
    return ACTION_NONE;
}

/* ---- labels */

/* Whether the table's key still does what the table says. */
static bool is_kept(struct str name, enum action a)
{
    unsigned context = action_get(a)->context;
    const struct binding *b = own_binding(keymap_named(name), context);
    return !b || b->action == a;
}

static void put_label(struct buf *out, struct str name, bool all)
{
    if (out->n && all)
        buf_putc(out, ' ');
    buf_str(out, name);
}

static void put_labels(struct buf *out, enum action a, bool all)
{
    const struct action_info *info = action_get(a);
    struct buf labels = {0};
    struct str rest = str_of(info->keys);
    for (size_t i = own.n; i-- > 0 && (all || !labels.n);)
        if (own.at[i].action == a)
            put_label(&labels, str_of(own.at[i].label), all);
    while (rest.p && (all || !labels.n)) {
        struct str name = str_cut(&rest, ' ');
        if (name.n && is_kept(name, a))
            put_label(&labels, name, all);
    }
    if (info->fkey && (all || !labels.n) && is_kept(str_of(info->fkey), a))
        put_label(&labels, str_of(info->fkey), all);
    buf_str(out, buf_view(&labels));
    buf_done(&labels);
}

void keymap_label(struct buf *out, enum action a)
{
    put_labels(out, a, false);
}

void keymap_labels(struct buf *out, enum action a)
{
    put_labels(out, a, true);
}
