/* tui_draw.c - the rows around a screen: the path of screens and what the top one speaks of above, what goes
 * on and the keys below. The keys come from the action table. */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "base/utf8.h"
#include "tui/keymap.h"
#include "tui/tui_p.h"

static const char *const tier_titles[TIERS] = {"ASCII", "ACS", "UTF-8", "HD"};

static void draw_title(struct tui *t, struct canvas *c)
{
    const struct screen *path[32];
    size_t n = 0;
    for (const struct screen *s = t->places.top; s && n < 32; s = s->below)
        path[n++] = s;
    struct buf title = {0};
    buf_puts(&title, " waymark | ");
    while (n-- > 0) {
        path[n]->type->title(path[n], &title);
        if (n)
            buf_puts(&title, " > ");
    }
    canvas_clear(c, (struct rect){0, 0, 1, c->w}, ROLE_TITLE);
    canvas_text(c, 0, 0, c->w - 8, ROLE_TITLE, buf_view(&title));
    canvas_right(c, 0, c->w - 7, 6, ROLE_TITLE, str_of(tier_titles[c->tier]));
    int x = 1;
    if (t->carried) {
        buf_clear(&title);
        buf_printf(&title, "[%s]", t->carried_label);
        x += canvas_text(c, 1, 1, c->w / 3, ROLE_STRONG, buf_view(&title)) + 1;
    }
    buf_clear(&title);
    if (t->places.top->type->subtitle)
        t->places.top->type->subtitle(t->places.top, &title);
    canvas_text(c, 1, x, c->w - 1 - x, ROLE_CONTEXT, buf_view(&title));
    buf_done(&title);
}

struct hint {
    enum action action;
    int priority;
};

static int by_priority(const void *a, const void *b)
{
    const struct hint *x = a, *y = b;
    return x->priority != y->priority ? y->priority - x->priority : (int)x->action - (int)y->action;
}

/* The keys of this screen by priority until the width is used; help and back always stand at the end. */
static void draw_footer(struct tui *t, struct canvas *c)
{
    struct hint hint[ACTIONS];
    size_t n = 0;
    for (int a = 1; a < ACTIONS; a++) {
        const struct action_info *info = action_get((enum action)a);
        if (info->priority > 2 && (!info->context || (info->context & t->places.top->context)))
            hint[n++] = (struct hint){(enum action)a, info->priority};
    }
    qsort(hint, n, sizeof hint[0], by_priority);
    int y = c->h - 1;
    canvas_clear(c, (struct rect){y, 0, 1, c->w}, ROLE_FOOTER);
    struct buf text = {0};
    buf_printf(&text, "? %s  Esc %s ", _(action_get(ACTION_HELP)->label), _(action_get(ACTION_BACK)->label));
    int end = c->w - utf8_width(buf_view(&text));
    canvas_text(c, y, end, c->w - end, ROLE_FOOTER, buf_view(&text));
    int x = 1;
    for (size_t i = 0; i < n; i++) {
        buf_clear(&text);
        keymap_label(&text, hint[i].action);
        buf_printf(&text, " %s", _(action_get(hint[i].action)->label));
        int w = utf8_width(buf_view(&text));
        if (x + w + 2 > end)
            break;
        x += canvas_text(c, y, x, w, ROLE_FOOTER, buf_view(&text)) + 2;
    }
    buf_done(&text);
}

/* What goes on behind the screen. */
static void draw_loading(struct tui *t, struct canvas *c, int y)
{
    const struct progress *p = t->loader ? loader_progress(t->loader) : NULL;
    if (!p || t->places.top->context == CONTEXT_DATA)
        return;
    uint64_t done = atomic_load(&p->done), total = atomic_load(&p->total);
    canvas_printf(c, y, 1, c->w - 2, ROLE_STATUS, _("Loading a file: %d%%   (9 shows it)"),
                  total ? (int)(done * 100 / total) : 0);
}

static void draw_status(struct tui *t, struct canvas *c, int above)
{
    int y = c->h - 2;
    if (t->prompt) {
        prompt_draw(t->prompt, c, y, above);
    } else if (t->question) {
        int w = canvas_text(c, y, 1, c->w - 2, ROLE_WARN, str_of(t->question));
        c->cursor_y = y;
        c->cursor_x = w + 2;
    } else if (t->status.n) {
        canvas_text(c, y, 1, c->w - 2, t->status_role, buf_view(&t->status));
    } else {
        draw_loading(t, c, y);
    }
}

void tui_draw(struct tui *t, struct canvas *c)
{
    c->tier = t->tier;
    canvas_clear(c, (struct rect){0, 0, c->h, c->w}, ROLE_TEXT);
    c->cursor_y = c->cursor_x = -1;
    if (c->w < MIN_W || c->h < MIN_H) {
        canvas_printf(c, c->h / 2, 0, c->w, ROLE_WARN, _("needs %dx%d, now %dx%d"), MIN_W, MIN_H, c->w, c->h);
        return;
    }
    draw_title(t, c);
    t->places.top->type->draw(t->places.top, c, (struct rect){2, 0, c->h - 4, c->w});
    draw_status(t, c, c->h - 6);
    draw_footer(t, c);
}
