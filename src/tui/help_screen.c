/* help_screen.c - help that cannot be out of date: every line is an action of this screen or of all screens.
 */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "base/utf8.h"
#include "tui/help_screen.h"
#include "tui/keymap.h"
#include "tui/tui.h"

struct help {
    struct screen screen;
    unsigned about; /* context */
    enum action line[ACTIONS];
    int lines, here; /* the first `here` lines belong to the screen itself */
    int selected, top, height;
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
    enum role role = line == h->selected ? ROLE_SELECTED : ROLE_TEXT;
    canvas_clear(c, (struct rect){y, at.x, 1, at.w}, role);
    struct buf keys = {0};
    keymap_labels(&keys, h->line[line]);
    canvas_text(c, y, at.x, 1, role, str_of(line == h->selected ? ">" : " "));
    canvas_text(c, y, at.x + 2, 20, role, buf_view(&keys));
    canvas_text(c, y, at.x + 24, at.w - 25, role, str_of(_(action_get(h->line[line])->help)));
    buf_done(&keys);
    if (line == h->selected) {
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
    h->height = at.h;
    int row = row_of(h, h->selected);
    if (row - 1 < h->top)
        h->top = row - 1;
    if (row >= h->top + at.h)
        h->top = row - at.h + 1;
    for (int i = h->here ? 0 : 1; i < 2; i++) {
        int y = row_of(h, i ? h->here : 0) - 1 - h->top;
        if (y >= 0 && y < at.h)
            canvas_text(c, at.y + y, at.x + 1, at.w - 2, ROLE_HEAD,
                        str_of(i ? _("Everywhere") : _("This screen")));
    }
    for (int line = 0; line < h->lines; line++) {
        int y = row_of(h, line) - h->top;
        if (y >= 0 && y < at.h)
            draw_line(h, c, at.y + y, at, line);
    }
}

/* ---- searching */

static bool line_has(enum action a, struct str needle)
{
    struct buf text = {0}, keys = {0};
    keymap_labels(&keys, a);
    utf8_fold(&text, buf_view(&keys));
    buf_putc(&text, '\n');
    utf8_fold(&text, str_of(_(action_get(a)->help)));
    buf_putc(&text, '\n');
    utf8_fold(&text, str_of(action_get(a)->name));
    bool has = memmem(text.p, text.n, needle.p, needle.n) != NULL;
    buf_done(&text);
    buf_done(&keys);
    return has;
}

static void search(struct help *h, int direction)
{
    for (int k = 1; h->needle && k <= h->lines; k++) {
        int line = (h->selected + h->lines + direction * k) % h->lines;
        if (line_has(h->line[line], str_of(h->needle))) {
            h->selected = line;
            return;
        }
    }
    if (h->needle)
        tui_status(h->screen.tui, ROLE_WARN, _("Not found: %s"), h->needle);
}

static void begin_search(void *arg, const char *text)
{
    struct help *h = arg;
    struct buf folded = {0};
    utf8_fold(&folded, str_of(text));
    free(h->needle);
    h->needle = folded.n ? mem_strdup(folded.p) : NULL;
    buf_done(&folded);
    search(h, 1);
}

static void help_close(struct screen *s)
{
    free(((struct help *)s)->needle);
}

static bool help_act(struct screen *s, enum action a)
{
    struct help *h = (struct help *)s;
    int to = h->selected;
    switch (a) {
    case ACTION_UP: to--; break;
    case ACTION_DOWN: to++; break;
    case ACTION_PAGE_UP: to -= h->height; break;
    case ACTION_PAGE_DOWN: to += h->height; break;
    case ACTION_FIRST: to = 0; break;
    case ACTION_LAST: to = h->lines - 1; break;
    case ACTION_ENTER: {
        struct tui *t = s->tui;
        enum action chosen = h->line[h->selected];
        tui_pop(t);
        tui_act(t, chosen);
        return true;
    }
    case ACTION_HELP: tui_pop(s->tui); return true;
    case ACTION_SEARCH: tui_ask(s->tui, _("Search:"), "", 0, begin_search, h); return true;
    case ACTION_SEARCH_NEXT: search(h, 1); return true;
    case ACTION_SEARCH_PREVIOUS: search(h, -1); return true;
    default: return false;
    }
    h->selected = to < 0 ? 0 : to >= h->lines ? h->lines - 1 : to;
    return true;
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
