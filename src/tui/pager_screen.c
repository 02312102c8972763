/* pager_screen.c - lines of text, wrapped to the width, scrolled. */
#include "config.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "tui/pager_screen.h"
#include "tui/tui.h"

struct pager {
    struct screen screen;
    char *title, *text;
    int top, lines, height; /* as last drawn */
};

static void pager_title(const struct screen *s, struct buf *out)
{
    buf_puts(out, ((const struct pager *)s)->title);
}

/* Takes as much of *rest as fits into w columns, preferably up to a blank. */
static struct str next_line(struct str *rest, int w)
{
    struct str line = {rest->p, 0}, s = *rest;
    size_t blank = 0;
    int used = 0;
    while (s.n && *s.p != '\n') {
        struct str before = s;
        int width = utf8_rune_width(utf8_next(&s));
        used += width > 0 ? width : 0;
        if (used > w) {
            line.n = blank ? blank : line.n;
            *rest = (struct str){line.p + line.n + (blank ? 1 : 0), rest->n - line.n - (blank ? 1 : 0)};
            return line;
        }
        if (*before.p == ' ')
            blank = line.n;
        line.n += before.n - s.n;
    }
    *rest = s.n ? (struct str){s.p + 1, s.n - 1} : (struct str){NULL, 0};
    return line;
}

static void pager_draw(struct screen *s, struct canvas *c, struct rect at)
{
    struct pager *p = (struct pager *)s;
    struct str rest = str_of(p->text);
    int line = 0;
    while (rest.p) {
        struct str text = next_line(&rest, at.w - 2);
        if (line >= p->top && line - p->top < at.h)
            canvas_text(c, at.y + line - p->top, at.x + 1, at.w - 2, ROLE_TEXT, text);
        line++;
    }
    p->lines = line;
    p->height = at.h;
    c->cursor_y = at.y;
    c->cursor_x = at.x;
}

static bool pager_act(struct screen *s, enum action a)
{
    struct pager *p = (struct pager *)s;
    int top = p->top, last = p->lines > p->height ? p->lines - p->height : 0;
    switch (a) {
    case ACTION_UP: top--; break;
    case ACTION_DOWN: top++; break;
    case ACTION_PAGE_UP: top -= p->height; break;
    case ACTION_PAGE_DOWN: top += p->height; break;
    case ACTION_FIRST: top = 0; break;
    case ACTION_LAST: top = last; break;
    default: return false;
    }
    p->top = top < 0 ? 0 : top > last ? last : top;
    return true;
}

static void pager_close(struct screen *s)
{
    struct pager *p = (struct pager *)s;
    free(p->title);
    free(p->text);
}

static const struct screen_type pager_type = {
    .name = "pager",
    .overlay = true,
    .context = CONTEXT_TEXT,
    .title = pager_title,
    .draw = pager_draw,
    .act = pager_act,
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
