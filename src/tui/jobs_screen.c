/* jobs_screen.c - what is being counted, saved and loaded, on whatever screen. Enter goes there, Ctrl-C
 * cancels. */
#include "config.h"

#include "base/nls.h"
#include "tui/progress_line.h"
#include "tui/tui_p.h"

struct jobs {
    struct screen screen;
    int selected;
};

/* The nth screen that counts; NULL beyond the last. */
static struct screen *busy_screen(const struct tui *t, int n)
{
    for (size_t i = 0; i < t->places.all.n; i++) {
        struct screen *s = t->places.all.at[i];
        if (s->type->busy && s->type->busy(s) && n-- == 0)
            return s;
    }
    return NULL;
}

static int busy_screens(const struct tui *t)
{
    int n = 0;
    while (busy_screen(t, n))
        n++;
    return n;
}

static bool is_loading(const struct tui *t)
{
    return t->loader && loader_busy(t->loader);
}

static void jobs_title(const struct screen *s, struct buf *out)
{
    (void)s;
    buf_puts(out, _("Jobs"));
}

static void jobs_subtitle(const struct screen *s, struct buf *out)
{
    (void)s;
    buf_puts(out, _("Enter goes there, ^C cancels; Esc leaves everything running"));
}

static void draw_line(const struct jobs *j, struct canvas *c, struct rect at, int line, const char *what,
                      const struct screen_progress *p)
{
    enum role role = line == j->selected ? ROLE_SELECTED : ROLE_TEXT;
    struct buf text = {0};
    int y = at.y + 1 + line, half = at.w / 3;
    if (line >= at.h - 1)
        return;
    canvas_clear(c, (struct rect){y, at.x, 1, at.w}, role);
    canvas_text(c, y, at.x, 1, role, str_of(line == j->selected ? ">" : " "));
    canvas_text(c, y, at.x + 2, half, role, str_of(what));
    if (p)
        progress_line_put(&text, p, at.w - half - 4, c->plain);
    canvas_text(c, y, at.x + 3 + half, at.w - half - 4, role, buf_view(&text));
    buf_done(&text);
    if (line == j->selected) {
        c->cursor_y = y;
        c->cursor_x = at.x;
    }
}

static void draw_busy(const struct jobs *j, struct canvas *c, struct rect at, int line,
                      const struct screen *s)
{
    struct screen_progress p;
    struct buf title = {0};
    s->type->title(s, &title);
    draw_line(j, c, at, line, title.p, s->type->progress && s->type->progress(s, &p) ? &p : NULL);
    buf_done(&title);
}

static void jobs_draw(struct screen *s, struct canvas *c, struct rect at)
{
    struct jobs *j = (struct jobs *)s;
    struct tui *t = s->tui;
    int lines = busy_screens(t), all = lines + is_loading(t) + (t->chore != NULL);
    if (j->selected >= all)
        j->selected = all ? all - 1 : 0;
    if (!all)
        canvas_text(c, at.y + 1, at.x + 2, at.w - 4, ROLE_TEXT,
                    str_of(_("Nothing is being counted or loaded.")));
    for (int i = 0; i < lines; i++)
        draw_busy(j, c, at, i, busy_screen(t, i));
    if (is_loading(t)) {
        const struct progress *p = loader_progress(t->loader);
        struct screen_progress now = {0};
        if (p)
            now = (struct screen_progress){atomic_load(&p->done), atomic_load(&p->total),
                                           loader_age_us(t->loader)};
        draw_line(j, c, at, lines++, _("Loading files"), p ? &now : NULL);
    }
    if (t->chore)
        draw_line(j, c, at, lines, _("Saving a segment"), NULL);
}

static void enter(struct jobs *j)
{
    struct tui *t = j->screen.tui;
    struct screen *s = busy_screen(t, j->selected);
    bool loading = !s && is_loading(t) && j->selected == busy_screens(t);
    tui_pop(t); /* ends j */
    if (s)
        places_show(&t->places, s);
    else if (loading)
        tui_act(t, ACTION_DATA);
}

static bool jobs_cancel(struct screen *screen)
{
    struct jobs *j = (struct jobs *)screen;
    struct tui *t = screen->tui;
    int lines = busy_screens(t);
    struct screen *s = busy_screen(t, j->selected);
    if (s)
        return s->type->cancel && s->type->cancel(s);
    if (is_loading(t) && j->selected == lines)
        return loader_cancel(t->loader);
    if (t->chore)
        job_cancel(t->chore);
    return t->chore != NULL;
}

static bool jobs_act(struct screen *s, enum action a)
{
    struct jobs *j = (struct jobs *)s;
    switch (a) {
    case ACTION_UP: j->selected -= j->selected > 0; return true;
    case ACTION_DOWN: j->selected++; return true;
    case ACTION_ENTER: enter(j); return true;
    case ACTION_JOBS: tui_pop(s->tui); return true;
    default: return false;
    }
}

static const struct screen_type jobs_type = {
    .name = "jobs",
    .overlay = true,
    .context = CONTEXT_TEXT,
    .title = jobs_title,
    .subtitle = jobs_subtitle,
    .draw = jobs_draw,
    .act = jobs_act,
    .cancel = jobs_cancel,
};

struct screen *jobs_screen_new(void)
{
    struct jobs *j = mem_zalloc(sizeof *j);
    j->screen.type = &jobs_type;
    return &j->screen;
}
