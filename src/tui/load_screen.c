/* load_screen.c - one import: first its columns, to be agreed to; then how far each file is, what is rejected
 * and why, which step is being done. Leaving the screen stops nothing. */
#include "config.h"

#include <stdlib.h>

#include "app/loader.h"
#include "app/mask.h"
#include "app/rejected.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "render/glyph.h"
#include "tui/load_screen.h"
#include "tui/tui.h"

struct load_screen {
    struct screen screen;
    size_t file;
    int top;     /* of the files, or of the columns asked about */
    int drawn_s; /* second of the last picture: a running clock needs no other event */
};

static struct load_screen *of(struct screen *s)
{
    return (struct load_screen *)s;
}

static struct loader *loader_of(const struct screen *s)
{
    return tui_loader(s->tui);
}

static const struct loader_file *file_of(const struct load_screen *s)
{
    return loader_file(loader_of(&s->screen), s->file);
}

static const struct progress *progress_of(const struct load_screen *s)
{
    const struct loader *l = loader_of(&s->screen);
    return loader_running(l) == file_of(s) ? loader_progress(l) : NULL;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* ---- pieces */

static int heading(struct canvas *c, struct rect at, int y, const char *text)
{
    int used = canvas_text(c, y, at.x, at.w, ROLE_HEAD, str_of(text));
    if (used + 1 < at.w)
        glyph_hline(c, y, at.x + used + 1, at.w - used - 1, ROLE_RULE);
    return y + 1;
}

void load_screen_bar(struct canvas *c, int y, int x, int w, enum role role, uint64_t done, uint64_t total)
{
    struct buf text = {0};
    double share = total ? (double)done / (double)total : 0;
    share = share > 1 ? 1 : share;
    int room = w - 7;
    buf_printf(&text, "%3d%% [", (int)(share * 100));
    for (int i = 0; i < room; i++)
        buf_putc(&text, i < (int)(room * share) ? '#' : '.');
    buf_putc(&text, ']');
    if (c->plain)
        text.n = 4; /* the share alone */
    canvas_text(c, y, x, w, role, buf_view(&text));
    buf_done(&text);
}

const char *load_screen_state(const struct loader_file *f, const struct progress *p)
{
    static const char *const words[] = {
        [LOADER_WAITING] = N_("waiting"), [LOADER_ASKING] = N_("asks you"),
        [LOADER_RUNNING] = N_("loading"), [LOADER_DONE] = N_("done"),
        [LOADER_FAILED] = N_("failed"),   [LOADER_CANCELLED] = N_("cancelled"),
        [LOADER_CUT] = N_("cut off")};
    if (f->state != LOADER_RUNNING || !p)
        return _(words[f->state]);
    if (atomic_load(&p->pause))
        return _("paused");
    const char *stage = loader_stage(atomic_load(&p->stage));
    return stage ? stage : _(words[f->state]);
}

static void put_count(struct canvas *c, int y, int x, int w, enum role role, uint64_t n)
{
    struct buf text = {0};
    num_put_thousands(&text, (int64_t)n);
    canvas_right(c, y, x, w, role, buf_view(&text));
    buf_done(&text);
}

static void put_size(struct canvas *c, int y, int x, int w, int64_t bytes)
{
    struct buf text = {0};
    if (bytes >= 0)
        num_put_bytes(&text, (uint64_t)bytes);
    else
        buf_puts(&text, "-");
    canvas_right(c, y, x, w, ROLE_TEXT, buf_view(&text));
    buf_done(&text);
}

/* ---- how far it is */

static double seconds_of(const struct loader_file *f)
{
    int64_t end = f->ended_us ? f->ended_us : f->paused_us ? f->paused_us : os_monotonic_us();
    return f->begun_us ? (double)(end - f->begun_us) / US_PER_S : 0;
}

struct so_far {
    uint64_t rows, bad, done, total;
    int stage;
};

static struct so_far so_far(const struct loader_file *f, const struct progress *p)
{
    struct so_far now = {0};
    if (p) {
        now = (struct so_far){atomic_load(&p->rows), atomic_load(&p->rejected), atomic_load(&p->done),
                              atomic_load(&p->total), atomic_load(&p->stage)};
    } else {
        now.rows = f->outcome.rows;
        now.bad = f->outcome.rejected;
    }
    return now;
}

static void put_left(struct buf *out, const struct so_far *now, double seconds)
{
    if (now->stage != 1 || !now->total || now->done == 0 || now->done >= now->total || seconds < 1)
        return;
    buf_puts(out, _("   left about "));
    duration_put_human(out, seconds * (double)(now->total - now->done) / (double)now->done);
}

static void put_speed(struct buf *out, const struct so_far *now, double seconds)
{
    if (seconds < 0.2)
        return;
    if (now->stage == 1) {
        buf_puts(out, "   ");
        num_put_bytes(out, (uint64_t)((double)now->done / seconds));
        buf_puts(out, "/s");
    }
    buf_puts(out, "   ");
    num_put_thousands(out, (int64_t)((double)now->rows / seconds));
    buf_puts(out, _(" rows/s"));
}

static int draw_total(struct load_screen *s, struct canvas *c, struct rect at, const struct so_far *now)
{
    const struct loader_file *f = file_of(s);
    bool running = progress_of(s) != NULL;
    struct buf text = {0};
    int y = heading(c, at, at.y, _("All together"));
    load_screen_bar(c, y, at.x + 1, at.w > 70 ? 60 : at.w - 12, ROLE_TEXT,
                    running ? now->done : f->state == LOADER_DONE, running ? now->total : 1);
    canvas_text(c, y++, at.x + (at.w > 70 ? 62 : at.w - 10), 16, ROLE_STRONG,
                str_of(load_screen_state(f, progress_of(s))));
    buf_puts(&text, " ");
    num_put_thousands(&text, (int64_t)now->rows);
    buf_puts(&text, _(" rows"));
    if (running) {
        put_speed(&text, now, seconds_of(f));
        put_left(&text, now, seconds_of(f));
    } else if (f->state == LOADER_DONE) {
        buf_puts(&text, _("   took "));
        duration_put_human(&text, seconds_of(f));
        buf_puts(&text, "   ");
        num_put_thousands(&text, (int64_t)f->outcome.duplicates);
        buf_puts(&text, _(" repeats"));
    }
    canvas_text(c, y++, at.x, at.w, ROLE_TEXT, buf_view(&text));
    buf_done(&text);
    return y;
}

/* ---- files */

/* over: the load has ended; what was being read then was not read to its end. */
static void draw_part(struct canvas *c, struct rect at, int y, const struct board_part *p, bool over)
{
    static const char *const words[] = {N_("waiting"), N_("reading"), N_("done")};
    int name = at.w - 61 < 12 ? 12 : at.w - 61, x = at.x + 11 + name;
    enum role role = p->state == BOARD_RUNNING ? ROLE_STRONG : ROLE_TEXT;
    canvas_text(c, y, at.x + 1, 9, role, str_of(over && p->state != BOARD_DONE ? "-" : _(words[p->state])));
    canvas_text(c, y, at.x + 10, name, role, str_of(base_name(p->name)));
    put_size(c, y, x, 9, p->size);
    if (p->state != BOARD_WAITING) {
        put_count(c, y, x + 9, 14, role, p->rows);
        put_count(c, y, x + 23, 10, p->bad ? ROLE_WARN : role, p->bad);
    }
    if (p->state == BOARD_DONE)
        load_screen_bar(c, y, x + 34, at.x + at.w - x - 34, role, 1, 1);
    else
        load_screen_bar(c, y, x + 34, at.x + at.w - x - 34, role, p->done,
                        p->size > 0 ? (uint64_t)p->size : 0);
}

static void draw_part_heads(struct canvas *c, struct rect at, int y)
{
    int name = at.w - 61 < 12 ? 12 : at.w - 61, x = at.x + 11 + name;
    canvas_text(c, y, at.x + 1, 9, ROLE_DIM, str_of(_("State")));
    canvas_text(c, y, at.x + 10, name, ROLE_DIM, str_of(_("File")));
    canvas_right(c, y, x, 9, ROLE_DIM, str_of(_("Size")));
    canvas_right(c, y, x + 9, 14, ROLE_DIM, str_of(_("Rows")));
    canvas_right(c, y, x + 23, 10, ROLE_DIM, str_of(_("Rejected")));
    canvas_text(c, y, x + 34, at.w - x - 34, ROLE_DIM, str_of(_("Progress")));
}

/* The one being read stays in sight. */
static void draw_parts(struct load_screen *s, struct canvas *c, struct rect at, const struct board_view *v)
{
    int y = heading(c, at, at.y, _("Files")), room = at.y + at.h - y - 1, running = -1;
    draw_part_heads(c, at, y++);
    for (size_t i = 0; i < v->parts; i++)
        if (v->part[i].state == BOARD_RUNNING)
            running = (int)i;
    int top = s->top;
    if (running >= top + room)
        top = running - room + 1;
    for (int i = 0; i < room && top + i < (int)v->parts; i++)
        draw_part(c, at, y + i, &v->part[top + i], file_of(s)->ended_us > 0);
}

/* ---- rejects */

/* "no time, or one that cannot be read; see --time-format": the first half is what, the other what to do. */
static struct str what_of(const char *text)
{
    const char *end = strchr(text, ';'), *wide = strstr(text, "；"); /* as Chinese has it */
    end = end ? end : wide;
    return end ? (struct str){text, (size_t)(end - text)} : str_of(text);
}

static void draw_complaint(struct canvas *c, struct rect at, int y, const struct board_complaint *r,
                           bool reveal)
{
    struct buf text = {0};
    int what = at.w / 3;
    canvas_text(c, y, at.x + 1, what, ROLE_TEXT, what_of(_(r->text)));
    put_count(c, y, at.x + 1 + what, 11, ROLE_WARN, r->count);
    buf_printf(&text, "%s:%llu  %s", base_name(r->file), (unsigned long long)r->line,
               reveal ? r->example : "");
    canvas_text(c, y, at.x + what + 14, at.w - what - 15, ROLE_DIM, buf_view(&text));
    buf_done(&text);
}

static int draw_rejects(struct canvas *c, struct rect at, const struct so_far *now,
                        const struct board_view *v, bool reveal)
{
    struct buf text = {0};
    buf_puts(&text, _("Rejected "));
    num_put_thousands(&text, (int64_t)now->bad);
    if (now->rows) {
        buf_puts(&text, " (");
        num_put_percent(&text, (int64_t)now->bad, (int64_t)now->rows, 3);
        buf_puts(&text, ")");
    }
    int y = heading(c, at, at.y, text.p);
    buf_done(&text);
    for (size_t i = 0; i < v->complaints && y < at.y + at.h; i++)
        draw_complaint(c, at, y++, &v->complaint[i], reveal);
    return y;
}

/* ---- steps */

static void draw_steps(struct load_screen *s, struct canvas *c, struct rect at, const struct so_far *now)
{
    const struct loader_file *f = file_of(s);
    bool running = progress_of(s) != NULL;
    struct buf text = {0};
    const char *word;
    int y = heading(c, at, at.y, _("Stages"));
    for (int i = 0; (word = loader_stage(i)); i++)
        buf_printf(&text, " [%s] %s",
                   f->state == LOADER_DONE || (running && i < now->stage) ? "x"
                   : running && i == now->stage                           ? ">"
                                                                          : " ",
                   word);
    canvas_text(c, y++, at.x, at.w, ROLE_TEXT, buf_view(&text));
    const char *note = _("^C cancels, and nothing of the file is stored; Esc leaves it running, J lists it.");
    if (f->state == LOADER_FAILED || f->state == LOADER_CANCELLED || f->state == LOADER_CUT)
        note = f->err.text;
    else if (f->state == LOADER_DONE)
        note = _("Done: the new rows count from now on. Enter shows the whole report.");
    canvas_text(c, y, at.x + 1, at.w - 1,
                f->state == LOADER_FAILED || f->state == LOADER_CUT ? ROLE_ERROR : ROLE_DIM, str_of(note));
    buf_done(&text);
}

/* ---- the question before it */

static void draw_question(struct load_screen *s, struct canvas *c, struct rect at)
{
    const struct loader_file *f = file_of(s);
    struct str rest = str_of(f->mapping);
    int y = heading(c, at, at.y, _("What the columns are taken for")), line = 0;
    for (; rest.n && y < at.y + at.h - 3; line++) {
        struct str text = str_cut(&rest, '\n');
        if (line >= s->top)
            canvas_text(c, y++, at.x + 1, at.w - 2, ROLE_TEXT, text);
    }
    y = at.y + at.h - 2;
    canvas_text(c, y, at.x + 1, at.w - 2, ROLE_STRONG,
                str_of(_("Is that right? Enter loads the file, o takes other options, x leaves it out.")));
    canvas_text(c, y + 1, at.x + 1, at.w - 2, ROLE_DIM,
                str_of(_("Options are those of waymark import: --user id --time ts --tz Asia/Shanghai ...")));
}

/* Other keys are offered while the columns are asked about. */
static void set_context(struct load_screen *s)
{
    bool asks = file_of(s)->state == LOADER_ASKING || file_of(s)->state == LOADER_CUT;
    s->screen.context = CONTEXT_LOAD | (asks ? CONTEXT_LOAD_ASKS : 0);
}

static void load_draw(struct screen *screen, struct canvas *c, struct rect at)
{
    struct load_screen *s = of(screen);
    const struct loader_file *f = file_of(s);
    set_context(s);
    struct so_far now = so_far(f, progress_of(s));
    struct board_view v = {0};
    if (f->state == LOADER_ASKING && f->mapping) {
        draw_question(s, c, at);
        return;
    }
    if (f->board)
        board_look(f->board, &v);
    int y = draw_total(s, c, at, &now), end = at.y + at.h;
    int complaints = v.complaints < 4 ? (int)v.complaints : 4, below = 3 + 1 + complaints + 1;
    draw_parts(s, c, (struct rect){y, at.x, end - y - below, at.w}, &v);
    draw_rejects(c, (struct rect){end - below, at.x, 1 + complaints, at.w}, &now, &v,
                 !mask_is_on(tui_settings(s->screen.tui)));
    draw_steps(s, c, (struct rect){end - 3, at.x, 3, at.w}, &now);
    board_look_done(&v);
}

static void load_title(const struct screen *screen, struct buf *out)
{
    buf_puts(out, base_name(file_of((const struct load_screen *)screen)->path));
}

static void load_subtitle(const struct screen *screen, struct buf *out)
{
    const struct loader_file *f = file_of((const struct load_screen *)screen);
    buf_printf(out, "%s   %s", f->command, f->path);
    if (f->bytes >= 0) {
        buf_puts(out, "   ");
        num_put_bytes(out, (uint64_t)f->bytes);
    }
}

/* ---- keys */

static void show_report(struct load_screen *s)
{
    const struct loader_file *f = file_of(s);
    struct buf text = {0};
    if (f->outcome.report) {
        if (!tui_may_reveal(s->screen.tui)) /* it quotes rows */
            return;
        buf_puts(&text, f->outcome.report);
    } else {
        buf_printf(&text, "%s: %s\n\n%s\n", f->path, load_screen_state(f, progress_of(s)), f->err.text);
    }
    if (f->mapping)
        buf_printf(&text, "\n%s", f->mapping);
    tui_page(s->screen.tui, base_name(f->path), text.p);
    buf_done(&text);
}

void load_screen_rejects(struct tui *t, const struct loader_file *f)
{
    struct buf text = {0};
    struct board_view v = {0};
    struct err err = {0};
    if (!tui_may_reveal(t))
        return;
    if (f->board)
        board_look(f->board, &v);
    for (size_t i = 0; i < v.complaints; i++) {
        num_put_thousands(&text, (int64_t)v.complaint[i].count);
        buf_printf(&text, "  %s\n    %s:%llu  %s\n", _(v.complaint[i].text), base_name(v.complaint[i].file),
                   (unsigned long long)v.complaint[i].line, v.complaint[i].example);
    }
    if (v.complaints == 0)
        tui_status(t, ROLE_STATUS, "%s", _("No row was rejected"));
    else if (v.kept && !rejected_put(v.kept, &text, &err))
        tui_fail(t, &err);
    else
        tui_page(t, _("Rejected rows"), text.p);
    board_look_done(&v);
    buf_done(&text);
}

static void change(void *arg, const char *options)
{
    struct load_screen *s = arg;
    struct err err = {0};
    if (!loader_change(loader_of(&s->screen), options, &err))
        tui_fail(s->screen.tui, &err);
}

static void change_options(struct load_screen *s)
{
    if (file_of(s)->state == LOADER_ASKING)
        tui_ask(s->screen.tui, _("Options:"), "--", 0, change, s);
    else
        tui_status(s->screen.tui, ROLE_WARN, "%s",
                   _("Options can be changed only before the rows are loaded"));
}

static bool move(struct load_screen *s, enum action a)
{
    switch (a) {
    case ACTION_UP: s->top -= s->top > 0; return true;
    case ACTION_DOWN: s->top++; return true;
    case ACTION_FIRST: s->top = 0; return true;
    default: return false;
    }
}

void load_screen_pause(const struct screen *screen)
{
    struct loader *l = loader_of(screen);
    bool pause = !loader_paused(l);
    if (!loader_pause(l, pause))
        tui_status(screen->tui, ROLE_WARN, "%s", _("Nothing is being loaded that can wait"));
    else
        tui_status(screen->tui, ROLE_STATUS, "%s", pause ? _("Paused; p goes on") : _("Going on"));
}

static void enter(struct load_screen *s)
{
    struct loader *l = loader_of(&s->screen);
    switch (file_of(s)->state) {
    case LOADER_ASKING: loader_answer(l, true); break;
    case LOADER_CUT: loader_again(l, s->file); break;
    default: show_report(s);
    }
}

static bool leave_out(struct load_screen *s)
{
    struct loader *l = loader_of(&s->screen);
    enum load_state state = file_of(s)->state;
    if (state == LOADER_ASKING)
        loader_answer(l, false);
    else if (state == LOADER_CUT)
        loader_forget(l, s->file);
    return state == LOADER_ASKING || state == LOADER_CUT;
}

static bool load_act(struct screen *screen, enum action a)
{
    struct load_screen *s = of(screen);
    switch (a) {
    case ACTION_ENTER: enter(s); return true;
    case ACTION_LOAD_OPTIONS: change_options(s); return true;
    case ACTION_LEAVE_OUT: return leave_out(s);
    case ACTION_PAUSE: load_screen_pause(screen); return true;
    case ACTION_REJECTS: load_screen_rejects(screen->tui, file_of(s)); return true;
    default: return move(s, a);
    }
}

static bool load_tick(struct screen *screen)
{
    struct load_screen *s = of(screen);
    int now = (int)(seconds_of(file_of(s)) * 4);
    bool changed = progress_of(s) && now != s->drawn_s;
    s->drawn_s = now;
    return changed;
}

static void do_cancel(void *arg)
{
    loader_cancel(loader_of(arg));
}

bool load_screen_cancel(struct screen *screen)
{
    if (!loader_busy(loader_of(screen)))
        return false;
    tui_confirm(screen->tui, _("Cancel loading? Nothing of this file will be stored. (y/n)"), do_cancel,
                screen);
    return true;
}

static const struct screen_type load_type = {
    .name = "load",
    .context = CONTEXT_LOAD,
    .title = load_title,
    .subtitle = load_subtitle,
    .draw = load_draw,
    .act = load_act,
    .tick = load_tick,
    .cancel = load_screen_cancel,
};

struct screen *load_screen_new(struct tui *t, size_t file)
{
    struct load_screen *s = mem_zalloc(sizeof *s);
    s->screen.type = &load_type;
    s->screen.tui = t;
    s->file = file;
    return &s->screen;
}
