/* pager_screen.c - lines of text, wrapped to the width, scrolled. */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "render/wrap.h"
#include "tui/list_widget.h"
#include "tui/needle.h"
#include "tui/pager_screen.h"
#include "tui/tui.h"

struct pager {
    struct screen screen;
    char *title, *text;
    struct list_widget list; /* selected: the first line shown */
    int lines, width;        /* as last drawn */
    char *needle;            /* of the last search, folded */
};

static void pager_title(const struct screen *s, struct buf *out)
{
    buf_puts(out, ((const struct pager *)s)->title);
}

static void pager_draw(struct screen *s, struct canvas *c, struct rect at)
{
    struct pager *p = (struct pager *)s;
    struct str rest = str_of(p->text);
    int line = 0;
    while (rest.p) {
        struct str text = wrap_line(&rest, at.w - 2);
        int y = line - p->list.selected;
        if (y >= 0 && y < at.h)
            canvas_text(c, at.y + y, at.x + 1, at.w - 2, ROLE_TEXT, text);
        line++;
    }
    p->lines = line;
    p->list.height = at.h;
    p->width = at.w - 2;
    c->cursor_y = at.y;
    c->cursor_x = at.x;
}

/* ---- searching */

/* The first line with the needle after the top one, or the last before it. */
static void search(struct pager *p, int direction)
{
    struct str rest = str_of(p->text);
    int found = -1;
    for (int line = 0; p->needle && rest.p; line++) {
        bool has = needle_is_in(p->needle, wrap_line(&rest, p->width));
        if (has && (direction > 0 ? line > p->list.selected && found < 0 : line < p->list.selected))
            found = line;
    }
    if (found >= 0)
        p->list.selected = found;
    else if (p->needle)
        tui_status(p->screen.tui, ROLE_WARN, _("Not found: %s"), p->needle);
}

static void begin_search(void *arg, const char *text)
{
    struct pager *p = arg;
    needle_set(&p->needle, text);
    search(p, 1);
}

static bool pager_act(struct screen *s, enum action a)
{
    struct pager *p = (struct pager *)s;
    switch (a) {
    case ACTION_SEARCH: tui_ask(s->tui, _("Search:"), "", 0, begin_search, p); return true;
    case ACTION_SEARCH_NEXT: search(p, 1); return true;
    case ACTION_SEARCH_PREVIOUS: search(p, -1); return true;
    default:
        return list_widget_act(&p->list, a, p->lines > p->list.height ? p->lines - p->list.height + 1 : 1);
    }
}

static bool pager_lacks(const struct screen *s, enum action a)
{
    (void)s;
    return a == ACTION_ENTER;
}

static void pager_close(struct screen *s)
{
    struct pager *p = (struct pager *)s;
    free(p->title);
    free(p->text);
    free(p->needle);
}

static const struct screen_type pager_type = {
    .name = "pager",
    .overlay = true,
    .context = CONTEXT_TEXT,
    .title = pager_title,
    .draw = pager_draw,
    .act = pager_act,
    .lacks = pager_lacks,
    .close = pager_close,
};

struct screen *pager_screen_new(const char *title, const char *text)
{
    struct pager *p = mem_zalloc(sizeof *p);
    p->screen.type = &pager_type;
    p->title = mem_strdup(title);
    p->text = mem_strdup(text);
    return &p->screen;
}
