/* help_screen.c - help that cannot be out of date: every line is an action of this screen or of all screens.
 */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "tui/help_screen.h"
#include "tui/keymap.h"
#include "tui/list_widget.h"
#include "tui/needle.h"
#include "tui/tui.h"

struct help {
    struct screen screen;
    unsigned about; /* context */
    enum action line[ACTIONS];
    int lines, here; /* the first `here` lines belong to the screen itself */
    struct list_widget list;
    char *needle; /* of the last search, folded */
};

static void help_title(const struct screen *s, struct buf *out)
{
    (void)s;
    buf_puts(out, _("Help"));
}

static void help_subtitle(const struct screen *s, struct buf *out)
{
    (void)s;
    buf_puts(out, _("Enter does what the line says. Full-width ? : / < > work too."));
}

static void draw_line(const struct help *h, struct canvas *c, int y, struct rect at, int line)
{
    enum role role = line == h->list.selected ? ROLE_SELECTED : ROLE_TEXT;
    canvas_clear(c, (struct rect){y, at.x, 1, at.w}, role);
    struct buf keys = {0};
    keymap_labels(&keys, h->line[line]);
    canvas_text(c, y, at.x, 1, role, str_of(line == h->list.selected ? ">" : " "));
    canvas_text(c, y, at.x + 2, 20, role, buf_view(&keys));
    canvas_text(c, y, at.x + 24, at.w - 25, role, str_of(_(action_get(h->line[line])->help)));
    buf_done(&keys);
    if (line == h->list.selected) {
        c->cursor_y = y;
        c->cursor_x = at.x;
    }
}

/* Headings stand before line 0 and before line `here`; rows and lines differ by them. */
static int row_of(const struct help *h, int line)
{
    return line + (h->here ? 1 : 0) + (line >= h->here ? 1 : 0);
}

static void help_draw(struct screen *s, struct canvas *c, struct rect at)
{
    struct help *h = (struct help *)s;
    at = list_widget_foot(c, at, _(action_get(h->line[h->list.selected])->help));
    int row = row_of(h, h->list.selected), top;
    list_widget_fit(&h->list, at.h, row - 1, row); /* with a heading above it */
    top = h->list.top;
    for (int i = h->here ? 0 : 1; i < 2; i++) {
        int y = row_of(h, i ? h->here : 0) - 1 - top;
        if (y >= 0 && y < at.h)
            canvas_text(c, at.y + y, at.x + 1, at.w - 2, ROLE_HEAD,
                        str_of(i ? _("Everywhere") : _("This screen")));
    }
    for (int line = 0; line < h->lines; line++) {
        int y = row_of(h, line) - top;
        if (y >= 0 && y < at.h)
            draw_line(h, c, at.y + y, at, line);
    }
}

/* ---- searching */

static bool line_has(enum action a, const char *needle)
{
    struct buf text = {0};
    keymap_labels(&text, a);
    buf_printf(&text, "\n%s\n%s", _(action_get(a)->help), action_get(a)->name);
    bool has = needle_is_in(needle, buf_view(&text));
    buf_done(&text);
    return has;
}

static void search(struct help *h, int direction)
{
    for (int k = 1; h->needle && k <= h->lines; k++) {
        int line = (h->list.selected + h->lines + direction * k) % h->lines;
        if (line_has(h->line[line], h->needle)) {
            h->list.selected = line;
            return;
        }
    }
    if (h->needle)
        tui_status(h->screen.tui, ROLE_WARN, _("Not found: %s"), h->needle);
}

static void begin_search(void *arg, const char *text)
{
    struct help *h = arg;
    needle_set(&h->needle, text);
    search(h, 1);
}

static void help_close(struct screen *s)
{
    free(((struct help *)s)->needle);
}

static bool help_act(struct screen *s, enum action a)
{
    struct help *h = (struct help *)s;
    switch (a) {
    case ACTION_ENTER: {
        struct tui *t = s->tui;
        enum action chosen = h->line[h->list.selected];
        tui_pop(t);
        tui_act(t, chosen);
        return true;
    }
    case ACTION_HELP: tui_pop(s->tui); return true;
    case ACTION_SEARCH: tui_ask(s->tui, _("Search:"), "", 0, begin_search, h); return true;
    case ACTION_SEARCH_NEXT: search(h, 1); return true;
    case ACTION_SEARCH_PREVIOUS: search(h, -1); return true;
    default: return list_widget_act(&h->list, a, h->lines);
    }
}

static const struct screen_type help_type = {
    .name = "help",
    .overlay = true,
    .context = CONTEXT_TEXT,
    .title = help_title,
    .subtitle = help_subtitle,
    .draw = help_draw,
    .act = help_act,
    .close = help_close,
};

struct screen *help_screen_new(const struct screen *about)
{
    struct help *h = mem_zalloc(sizeof *h);
    h->screen.type = &help_type;
    h->about = about->context;
    for (int own = 1; own >= 0; own--) {
        for (int a = 1; a < ACTIONS; a++) {
            unsigned context = action_get((enum action)a)->context;
            if (own ? (context & h->about) != 0 : context == 0)
                h->line[h->lines++] = (enum action)a;
        }
        if (own)
            h->here = h->lines;
    }
    return &h->screen;
}
