/* list_widget.c - see list_widget.h. */
#include "config.h"

#include "render/glyph.h"
#include "render/wrap.h"
#include "tui/list_widget.h"

enum { FOOT_ROWS = 4 /* with the rule above */, LIST_LEAST = 8 };

bool list_widget_act(struct list_widget *l, enum action a, int lines)
{
    int to = l->selected;
    switch (a) {
    case ACTION_UP: to--; break;
    case ACTION_DOWN: to++; break;
    case ACTION_PAGE_UP: to -= l->height; break;
    case ACTION_PAGE_DOWN: to += l->height; break;
    case ACTION_FIRST: to = 0; break;
    case ACTION_LAST: to = lines - 1; break;
    default: return false;
    }
    to = to >= lines ? lines - 1 : to;
    l->selected = to < 0 ? 0 : to;
    return true;
}

void list_widget_fit(struct list_widget *l, int h, int from, int to)
{
    l->height = h;
    if (to >= l->top + h)
        l->top = to - h + 1;
    if (from < l->top)
        l->top = from;
}

struct rect list_widget_foot(struct canvas *c, struct rect at, const char *text)
{
    struct str rest = {text, strlen(text)};
    if (at.h < LIST_LEAST + FOOT_ROWS)
        return at;
    at.h -= FOOT_ROWS;
    glyph_hline(c, at.y + at.h, at.x, at.w, ROLE_RULE);
    for (int y = 1; y < FOOT_ROWS && rest.p; y++)
        canvas_text(c, at.y + at.h + y, at.x + 2, at.w - 3, ROLE_TEXT, wrap_line(&rest, at.w - 3));
    return at;
}
