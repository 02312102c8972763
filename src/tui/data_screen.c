/* data_screen.c - the Data screen: files being loaded with their progress, the store's imports, the names of
 * events. Loading goes on when the screen is left: the loader is the explorer's. */
#include "config.h"

#include <stdlib.h>

#include "app/loader.h"
#include "app/mask.h"
#include "app/rejected.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/glyph.h"
#include "render/show.h"
#include "tui/data_screen.h"
#include "tui/dictionary_pane.h"
#include "tui/load_screen.h"
#include "tui/tui.h"

struct data_screen {
    struct screen screen;
    struct result *info;
    struct err err;
    struct dictionary_pane *events;
    bool on_events;      /* the cursor is among the events */
    int line, top, h;    /* of loads and imports together */
    size_t done;         /* loads that were done when this was last shown */
    const char *command; /* of the path being asked for */
};

static struct data_screen *of(struct screen *s)
{
    return (struct data_screen *)s;
}

/* ---- what there is */

static void data_refresh(struct screen *screen)
{
    struct data_screen *s = of(screen);
    struct workspace *w = tui_workspace(screen->tui);
    result_free(s->info);
    s->err = (struct err){0};
    s->info = workspace_info(w, &s->err);
    dictionary_pane_refresh(s->events);
}

static int loads(const struct data_screen *s)
{
    return (int)loader_files(tui_loader(s->screen.tui));
}

static int lines(const struct data_screen *s)
{
    return loads(s) + (s->info ? (int)s->info->rows.n : 0);
}

/* ---- drawing */

static void data_title(const struct screen *screen, struct buf *out)
{
    (void)screen;
    buf_puts(out, _("Data"));
}

static void data_subtitle(const struct screen *screen, struct buf *out)
{
    const struct data_screen *s = (const struct data_screen *)screen;
    if (s->info)
        buf_printf(out, _("%zu imports   %zu event names, %zu without a display name   "), s->info->rows.n,
                   dictionary_pane_events(s->events), dictionary_pane_unnamed(s->events));
    buf_puts(out, workspace_dir(tui_workspace(screen->tui)));
}

static int heading(struct canvas *c, int y, int x, int w, const char *text)
{
    int used = canvas_text(c, y, x, w, ROLE_HEAD, str_of(text));
    if (used + 1 < w)
        glyph_hline(c, y, x + used + 1, w - used - 1, ROLE_RULE);
    return y + 1;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static void put_count(struct canvas *c, int y, int x, int w, enum role role, int64_t n)
{
    struct buf text = {0};
    if (n >= 0)
        num_put_thousands(&text, n);
    else
        buf_puts(&text, "-");
    canvas_right(c, y, x, w, role, buf_view(&text));
    buf_done(&text);
}

static void draw_load(struct data_screen *s, struct canvas *c, struct rect at, const struct loader_file *f,
                      enum role role)
{
    const struct progress *p = loader_progress(tui_loader(s->screen.tui));
    bool running = loader_running(tui_loader(s->screen.tui)) == f && p;
    int name = at.w - 62 < 16 ? 16 : at.w - 62, x = at.x + 12 + name;
    canvas_text(c, at.y, at.x + 1, 10, role, str_of(load_screen_state(f, running ? p : NULL)));
    canvas_text(c, at.y, at.x + 12, name, role, str_of(base_name(f->path)));
    if (f->state == LOADER_FAILED || f->state == LOADER_CUT) {
        canvas_text(c, at.y, x + 1, at.x + at.w - x - 1, role, str_of(f->err.text));
        return;
    }
    bool done = f->state == LOADER_DONE;
    put_count(c, at.y, x, 14, role,
              running ? (int64_t)atomic_load(&p->rows) : done ? (int64_t)f->outcome.rows : -1);
    put_count(c, at.y, x + 14, 10, role,
              running ? (int64_t)atomic_load(&p->rejected) : done ? (int64_t)f->outcome.rejected : -1);
    int bar = at.x + at.w - x - 26;
    if (running)
        load_screen_bar(c, at.y, x + 26, bar, role, atomic_load(&p->done), atomic_load(&p->total));
    else if (f->state == LOADER_DONE)
        load_screen_bar(c, at.y, x + 26, bar, role, 1, 1);
}

static struct value cell(const struct result *r, size_t row, const char *name)
{
    const struct value *v = rows_get(&r->rows, row, name);
    return v ? *v : value_none();
}

static void draw_import(const struct data_screen *s, struct canvas *c, struct rect at, size_t row,
                        enum role role)
{
    int source = at.w - 60 < 14 ? 14 : at.w - 60, x = at.x + 12 + source;
    struct value id = cell(s->info, row, "import"), kind = cell(s->info, row, "kind"),
                 from = cell(s->info, row, "source"), finished = cell(s->info, row, "finished"),
                 n = cell(s->info, row, "rows"), bad = cell(s->info, row, "rejected");
    struct buf time = {0};
    canvas_printf(c, at.y, at.x + 1, 4, role, "%3d", (int)id.i);
    canvas_text(c, at.y, at.x + 5, 7, role,
                str_of(str_eq(kind.text, STR("events"))  ? _("event")
                       : str_eq(kind.text, STR("links")) ? _("link")
                                                         : _("user")));
    canvas_text(c, at.y, at.x + 12, source, role, from.type == VALUE_TEXT ? from.text : STR(""));
    put_count(c, at.y, x, 14, role, n.type == VALUE_INT ? n.i : -1);
    put_count(c, at.y, x + 14, 10, role, bad.type == VALUE_INT ? bad.i : -1);
    if (finished.type == VALUE_TIME && s->info->zone)
        zone_put_local(s->info->zone, &time, finished.i);
    canvas_text(c, at.y, x + 26, at.x + at.w - x - 26, role, (struct str){time.p, time.n < 16 ? time.n : 16});
    buf_done(&time);
}

static void draw_heads(struct canvas *c, int y, struct rect at, int name, const char *what, const char *last)
{
    int x = at.x + 12 + name;
    canvas_text(c, y, at.x + 12, name, ROLE_DIM, str_of(what));
    canvas_right(c, y, x, 14, ROLE_DIM, str_of(_("Rows")));
    canvas_right(c, y, x + 14, 10, ROLE_DIM, str_of(_("Rejected")));
    canvas_text(c, y, x + 26, at.x + at.w - x - 26, ROLE_DIM, str_of(last));
}

static void draw_item(struct data_screen *s, struct canvas *c, struct rect at, int line)
{
    bool here = line == s->line;
    enum role role = here && !s->on_events ? ROLE_SELECTED : ROLE_TEXT;
    canvas_clear(c, at, role);
    canvas_text(c, at.y, at.x, 1, role, str_of(here && !s->on_events ? ">" : " "));
    if (line < loads(s))
        draw_load(s, c, at, loader_file(tui_loader(s->screen.tui), (size_t)line), role);
    else
        draw_import(s, c, at, s->info->rows.n - 1 - (size_t)(line - loads(s)), role); /* newest first */
    if (here && !s->on_events) {
        c->cursor_y = at.y;
        c->cursor_x = at.x;
    }
}

/* Loads and imports are one list under two headings. */
static void draw_lists(struct data_screen *s, struct canvas *c, struct rect at)
{
    int y = at.y, end = at.y + at.h, n = loads(s), room = at.h - (n ? 2 : 1);
    if (s->line < s->top)
        s->top = s->line;
    if (s->line >= s->top + room)
        s->top = s->line - room + 1;
    if (n && s->top < n) {
        heading(c, y, at.x, 11, _("Loading"));
        draw_heads(c, y++, at, at.w - 62 < 16 ? 16 : at.w - 62, _("File"), _("Progress"));
    }
    for (int line = s->top; line < n && y < end; line++)
        draw_item(s, c, (struct rect){y++, at.x, 1, at.w}, line);
    if (y >= end)
        return;
    heading(c, y, at.x, 11, _("Imports"));
    draw_heads(c, y++, at, at.w - 60 < 14 ? 14 : at.w - 60, _("Source"), _("Finished"));
    for (int line = s->top > n ? s->top : n; line < lines(s) && y < end; line++)
        draw_item(s, c, (struct rect){y++, at.x, 1, at.w}, line);
    if (lines(s) == n && y < end)
        canvas_text(c, y, at.x + 2, at.w - 4, ROLE_DIM, str_of(_("nothing was loaded yet: press a")));
}

static void data_draw(struct screen *screen, struct canvas *c, struct rect at)
{
    struct data_screen *s = of(screen);
    int want = lines(s) + 3 + (loads(s) > 0), most = s->on_events ? at.h / 3 : at.h * 3 / 5;
    int upper = want < most ? want : most;
    if (s->err.code)
        canvas_text(c, at.y, at.x + 1, at.w - 2, ROLE_ERROR, str_of(s->err.text));
    else
        draw_lists(s, c, (struct rect){at.y, at.x, upper - 1, at.w});
    s->h = upper;
    canvas_text(c, at.y + upper - 1, at.x + 1, at.w - 2, ROLE_DIM,
                str_of(s->on_events
                           ? _("Enter changes the names of an event, z takes that back, Tab: imports")
                           : _("Tab: names of events")));
    dictionary_pane_draw(s->events, c, (struct rect){at.y + upper, at.x, at.h - upper, at.w}, s->on_events);
}

/* ---- more about one of them */

static size_t import_row(const struct data_screen *s)
{
    return s->info->rows.n - 1 - (size_t)(s->line - loads(s)); /* newest first */
}

static bool rejects_path(const struct data_screen *s, size_t row, struct buf *path)
{
    struct value id = cell(s->info, row, "import");
    return rejected_find(workspace_dir(tui_workspace(s->screen.tui)), (unsigned)id.i, path);
}

/* Chinese is twice as wide as it has letters. */
static void put_label(struct buf *out, const char *label)
{
    buf_puts(out, label);
    for (size_t w = (size_t)utf8_width(str_of(label)); w < 17; w++)
        buf_putc(out, ' ');
}

/* The reasons as load_screen.c shows them while it loads. */
static void put_findings(const struct data_screen *s, size_t row, struct buf *out)
{
    struct buf id = {0};
    struct err err = {0};
    buf_printf(&id, "%d", (int)cell(s->info, row, "import").i);
    struct result *r = workspace_findings(tui_workspace(s->screen.tui), id.p, &err);
    for (size_t i = 0; r && i < r->rows.n; i++) {
        struct value n = cell(r, i, "count"), what = cell(r, i, "advice"), file = cell(r, i, "file"),
                     at = cell(r, i, "line"), example = cell(r, i, "example");
        buf_putc(out, '\n');
        num_put_thousands(out, n.i);
        buf_printf(out, "  %.*s\n", (int)what.text.n, what.text.p);
        if (file.type == VALUE_TEXT && at.type == VALUE_INT)
            buf_printf(out, "    %.*s:%lld", (int)file.text.n, file.text.p, (long long)at.i);
        if (example.type == VALUE_TEXT && !mask_is_on(tui_settings(s->screen.tui)))
            buf_printf(out, "  %.*s", (int)example.text.n, example.text.p);
        buf_putc(out, '\n');
    }
    if (r && r->rows.n == 0 && cell(s->info, row, "rejected").i)
        buf_printf(out, "\n%s\n", r->rule);
    result_free(r);
    buf_done(&id);
}

static void page_of_import(struct data_screen *s, size_t row)
{
    struct buf text = {0}, path = {0};
    const struct rows *rows = &s->info->rows;
    for (size_t i = 0; i < rows->columns; i++) {
        put_label(&text, show_column(&rows->column[i]));
        show_value(&text, s->info, &rows->cell[row * rows->columns + i]);
        buf_putc(&text, '\n');
    }
    put_findings(s, row, &text);
    if (rejects_path(s, row, &path))
        buf_printf(&text, "\n%s\n%s\n", _("The rejected rows are in this file; E shows them:"), path.p);
    tui_page(s->screen.tui, _("Import"), text.p);
    buf_done(&path);
    buf_done(&text);
}

static void show_rejects(struct data_screen *s)
{
    struct buf text = {0}, path = {0};
    struct err err = {0};
    if (!tui_may_reveal(s->screen.tui))
        return;
    if (s->line < loads(s))
        load_screen_rejects(s->screen.tui, loader_file(tui_loader(s->screen.tui), (size_t)s->line));
    else if (s->line >= lines(s) || !rejects_path(s, import_row(s), &path))
        tui_status(s->screen.tui, ROLE_STATUS, "%s", _("No rejected rows are kept of this import"));
    else if (!rejected_put(path.p, &text, &err))
        tui_fail(s->screen.tui, &err);
    else
        tui_page(s->screen.tui, _("Rejected rows"), text.p);
    buf_done(&path);
    buf_done(&text);
}

static void enter(struct data_screen *s)
{
    if (s->line < loads(s))
        tui_push(s->screen.tui, load_screen_new(s->screen.tui, (size_t)s->line));
    else if (s->line < lines(s))
        page_of_import(s, import_row(s));
}

/* ---- loading */

static void load(void *arg, const char *line)
{
    struct data_screen *s = arg;
    struct tui *t = s->screen.tui;
    struct err err = {0};
    size_t first = loader_files(tui_loader(t));
    if (!*line)
        return;
    if (!loader_add(tui_loader(t), s->command, line, &err)) {
        tui_fail(t, &err);
        return;
    }
    loader_tick(tui_loader(t));
    s->line = (int)first;
    if (strcmp(s->command, "import names") != 0)
        tui_push(t, load_screen_new(t, first));
}

static void ask_path(struct data_screen *s, const char *command, const char *label)
{
    s->command = command;
    tui_ask(s->screen.tui, label, "", 0, load, s);
}

static bool move(struct data_screen *s, enum action a)
{
    int last = lines(s) - 1, page = s->h > 1 ? s->h : 1, to = s->line;
    switch (a) {
    case ACTION_UP: to--; break;
    case ACTION_DOWN: to++; break;
    case ACTION_PAGE_UP: to -= page; break;
    case ACTION_PAGE_DOWN: to += page; break;
    case ACTION_FIRST: to = 0; break;
    case ACTION_LAST: to = last; break;
    default: return false;
    }
    to = to > last ? last : to;
    s->line = to < 0 ? 0 : to;
    return true;
}

static bool data_act(struct screen *screen, enum action a)
{
    struct data_screen *s = of(screen);
    switch (a) {
    case ACTION_NEXT_PANE:
    case ACTION_PREVIOUS_PANE: s->on_events = !s->on_events; return true;
    case ACTION_LOAD_EVENTS: ask_path(s, "import events", _("File of events:")); return true;
    case ACTION_LOAD_USERS: ask_path(s, "import users", _("File of customers:")); return true;
    case ACTION_LOAD_NAMES: ask_path(s, "import names", _("File of names (event,zh,en):")); return true;
    case ACTION_PAUSE: load_screen_pause(screen); return true;
    case ACTION_REJECTS: show_rejects(s); return true;
    default: break;
    }
    if (s->on_events || a == ACTION_SEARCH || a == ACTION_SEARCH_NEXT || a == ACTION_SEARCH_PREVIOUS ||
        a == ACTION_UNDO) {
        s->on_events = true;
        return dictionary_pane_act(s->events, a);
    }
    if (a == ACTION_ENTER)
        enter(s);
    return a == ACTION_ENTER || move(s, a);
}

static size_t loads_done(const struct data_screen *s)
{
    size_t n = 0;
    for (int i = 0; i < loads(s); i++)
        n += loader_file(tui_loader(s->screen.tui), (size_t)i)->state == LOADER_DONE;
    return n;
}

/* What we have loaded ourselves is shown at once. */
static bool data_tick(struct screen *screen)
{
    struct data_screen *s = of(screen);
    size_t done = loads_done(s);
    bool fresh = done != s->done;
    s->done = done;
    if (fresh) {
        data_refresh(screen);
        tui_know_version(screen->tui);
    }
    return dictionary_pane_tick(s->events) || fresh;
}

static bool data_busy(const struct screen *screen)
{
    return dictionary_pane_busy(((const struct data_screen *)screen)->events);
}

static void data_close(struct screen *screen)
{
    struct data_screen *s = of(screen);
    result_free(s->info);
    dictionary_pane_free(s->events);
}

static const struct screen_type data_type = {
    .name = "data",
    .context = CONTEXT_DATA,
    .title = data_title,
    .subtitle = data_subtitle,
    .draw = data_draw,
    .act = data_act,
    .refresh = data_refresh,
    .tick = data_tick,
    .busy = data_busy,
    .cancel = load_screen_cancel,
    .close = data_close,
};

struct screen *data_screen_new(struct tui *t)
{
    struct data_screen *s = mem_zalloc(sizeof *s);
    s->screen.type = &data_type;
    s->screen.tui = t;
    s->events = dictionary_pane_new(t);
    s->done = loads_done(s);
    data_refresh(&s->screen);
    return &s->screen;
}
