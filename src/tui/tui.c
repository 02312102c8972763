/* tui.c - the explorer's frame: a stack of screens, the rows around them, prompts over them, and the loop.
 *
 * Row 1 is the path of screens, row 2 what the top screen speaks of; the last row is the footer, made from
 * the action table, and the one above it tells what is going on. The frame knows no analysis. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/builder.h"
#include "app/loader.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "tui/builder_screen.h"
#include "tui/data_screen.h"
#include "tui/help_screen.h"
#include "tui/home_screen.h"
#include "tui/keymap.h"
#include "tui/pager_screen.h"
#include "tui/prompt_widget.h"
#include "tui/result_screen.h"
#include "tui/tui.h"

enum { MIN_W = 80, MIN_H = 24 };

struct tui {
    struct workspace *workspace;
    struct screen *top;
    enum tier tier;
    bool ascii_only; /* the locale prints nothing else */
    int wake[2];
    bool done, redraw;
    struct buf status;
    enum role status_role;
    struct prompt *prompt;
    void (*answer)(void *arg, const char *text);
    char *question;
    void (*yes)(void *arg);
    void *arg; /* of answer and yes: one of them at a time */
    struct builder *builder;
    struct loader *loader;
    char *carried, *carried_label; /* the segment all screens look at; NULL: everyone */
    uint64_t version;              /* of the store, as the screens show it */
    int64_t looked_us;             /* when the store was last asked for its version */
};

struct workspace *tui_workspace(struct tui *t)
{
    return t->workspace;
}

int tui_wake_fd(struct tui *t)
{
    return t->wake[1];
}

struct builder *tui_builder(struct tui *t, struct err *err)
{
    if (!t->builder)
        t->builder = builder_new(t->workspace, t->wake[1], err);
    else if (!builder_refresh(t->builder, err))
        return NULL;
    return t->builder;
}

struct loader *tui_loader(struct tui *t)
{
    if (!t->loader)
        t->loader = loader_new(workspace_dir(t->workspace), t->wake[1]);
    return t->loader;
}

/* ---- the segment carried along */

const char *tui_carried(const struct tui *t)
{
    return t->carried;
}

void tui_carry(struct tui *t, const char *condition, const char *label)
{
    char *kept = condition ? mem_strdup(condition) : NULL, *kept_label = condition ? mem_strdup(label) : NULL;
    free(t->carried);
    free(t->carried_label);
    t->carried = kept;
    t->carried_label = kept_label;
    for (struct screen *s = t->top; s; s = s->below)
        if (s->type->carry)
            s->type->carry(s, t->carried);
}

/* ---- the stack */

void tui_push(struct tui *t, struct screen *s)
{
    s->tui = t;
    s->below = t->top;
    if (!s->context)
        s->context = s->type->context;
    t->top = s;
}

void tui_pop(struct tui *t)
{
    struct screen *s = t->top;
    if (!s)
        return;
    t->top = s->below;
    if (s->type->close)
        s->type->close(s);
    free(s);
}

void tui_root(struct tui *t, struct screen *s)
{
    while (t->top && t->top->below)
        tui_pop(t);
    if (s)
        tui_push(t, s);
}

/* ---- the status row */

void tui_status(struct tui *t, enum role role, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    buf_clear(&t->status);
    buf_puts(&t->status, text);
    t->status_role = role;
}

void tui_fail(struct tui *t, const struct err *err)
{
    tui_status(t, ROLE_ERROR, "! %s", err->text);
}

/* ---- prompts */

void tui_ask(struct tui *t, const char *label, const char *initial, char names,
             void (*done)(void *arg, const char *text), void *arg)
{
    prompt_free(t->prompt);
    t->prompt = prompt_new(t->workspace, label, initial, names);
    t->answer = done;
    t->arg = arg;
}

void tui_confirm(struct tui *t, const char *question, void (*yes)(void *arg), void *arg)
{
    free(t->question);
    t->question = mem_strdup(question);
    t->yes = yes;
    t->arg = arg;
}

void tui_page(struct tui *t, const char *title, const char *text)
{
    tui_push(t, pager_screen_new(title, text));
}

static void prompt_step(struct tui *t, uint32_t key)
{
    enum prompt_state state = prompt_key(t->prompt, key);
    if (state == PROMPT_OPEN)
        return;
    struct prompt *p = t->prompt;
    t->prompt = NULL; /* the answer may ask again */
    if (state == PROMPT_DONE)
        t->answer(t->arg, prompt_text(p));
    prompt_free(p);
}

static void question_step(struct tui *t, uint32_t key)
{
    key = keymap_narrow(key);
    char *question = t->question;
    t->question = NULL;
    if (key == 'y' || key == 'Y' || key == TERM_ENTER)
        t->yes(t->arg);
    free(question);
}

/* ---- actions of the frame */

static void leave(void *arg)
{
    ((struct tui *)arg)->done = true;
}

static void ask_to_leave(struct tui *t)
{
    const char *question = _("Quit waymark? (y/n)");
    if (t->loader && loader_busy(t->loader))
        question = _("Files are being loaded; leaving cancels that. Quit waymark? (y/n)");
    else if (t->builder && !builder_is_saved(t->builder))
        question = _("The segment is not saved. Quit waymark? (y/n)");
    tui_confirm(t, question, leave, t);
}

/* Q asks only when something would be lost. */
static void quit(struct tui *t)
{
    if ((t->loader && loader_busy(t->loader)) || (t->builder && !builder_is_saved(t->builder)))
        ask_to_leave(t);
    else
        t->done = true;
}

static void go_back(struct tui *t)
{
    if (t->top->below)
        tui_pop(t);
    else
        ask_to_leave(t);
}

/* Other glyphs and Chinese are offered only where the locale can print them. */
static bool can_show(struct tui *t)
{
    if (t->ascii_only)
        tui_status(t, ROLE_WARN, "%s",
                   _("This locale prints ASCII only; start with LC_ALL=C.UTF-8 or zh_CN.UTF-8"));
    return !t->ascii_only;
}

static void switch_language(struct tui *t)
{
    if (tui_busy(t)) { /* the catalogue must not change under a thread that reads it */
        tui_status(t, ROLE_WARN, "%s", _("Something is being counted or loaded; try again when it is done"));
        return;
    }
    nls_init(strcmp(nls_lang(), "en") == 0 ? "zh_CN" : "en");
    for (struct screen *s = t->top; s; s = s->below)
        if (s->type->refresh)
            s->type->refresh(s); /* rules and headings are made in the language of the moment */
}

static void find_customer(void *arg, const char *text)
{
    struct tui *t = arg;
    if (!*text)
        return;
    struct query q;
    query_init(&q, "user");
    query_add(&q, "id", text);
    tui_root(t, result_screen_new(t, &q));
    query_done(&q);
}

static void open_analysis(struct tui *t, const char *analysis)
{
    struct query q;
    home_screen_question(t->workspace, analysis, &q);
    query_set(&q, "segment", t->carried);
    tui_root(t, result_screen_new(t, &q));
    query_done(&q);
}

void tui_know_version(struct tui *t)
{
    struct err err;
    uint64_t version = workspace_version(t->workspace, &err);
    t->version = version ? version : t->version;
}

static void refresh_screens(struct tui *t)
{
    tui_know_version(t);
    for (struct screen *s = t->top; s; s = s->below)
        if (s->type->refresh)
            s->type->refresh(s);
}

static void everyone(struct tui *t)
{
    if (!t->carried)
        tui_status(t, ROLE_STATUS, "%s", _("All screens look at everyone already"));
    tui_carry(t, NULL, NULL);
}

/* Who they are that all screens look at. */
static void open_profile(struct tui *t)
{
    struct query q;
    if (!t->carried) {
        tui_status(t, ROLE_WARN, "%s",
                   _("Choose a segment first (2) and carry it along (c): P then says who they are"));
        return;
    }
    query_init(&q, "profile");
    query_add(&q, "condition", t->carried);
    tui_push(t, result_screen_new(t, &q));
    query_done(&q);
}

static void do_action(void *arg, const char *name)
{
    struct tui *t = arg;
    for (int a = 1; a < ACTIONS; a++)
        if (strcmp(action_get((enum action)a)->name, name) == 0) {
            tui_act(t, (enum action)a);
            return;
        }
    tui_status(t, ROLE_WARN, _("There is no action called %s"), name);
}

static void open_palette(struct tui *t)
{
    prompt_free(t->prompt);
    t->prompt = prompt_palette(t->top->context);
    t->answer = do_action;
    t->arg = t;
}

static void frame_action(struct tui *t, enum action a)
{
    switch (a) {
    case ACTION_BACK: go_back(t); break;
    case ACTION_QUIT: quit(t); break;
    case ACTION_HELP: tui_push(t, help_screen_new(t->top)); break;
    case ACTION_HOME: tui_root(t, NULL); break;
    case ACTION_SEGMENTS: tui_root(t, builder_screen_new(t)); break;
    case ACTION_DATA: tui_root(t, data_screen_new(t)); break;
    case ACTION_EVERYONE: everyone(t); break;
    case ACTION_PROFILE: open_profile(t); break;
    case ACTION_PALETTE: open_palette(t); break;
    case ACTION_SEQUENCE: tui_ask(t, _("Customer id:"), "", 0, find_customer, t); break;
    case ACTION_FUNNEL: open_analysis(t, "funnel"); break;
    case ACTION_SANKEY: open_analysis(t, "paths"); break;
    case ACTION_TREND: open_analysis(t, "events"); break;
    case ACTION_REFRESH: refresh_screens(t); break;
    case ACTION_REDRAW: t->redraw = true; break;
    case ACTION_GLYPHS:
        if (can_show(t))
            t->tier = t->tier == TIER_ASCII ? TIER_UTF8 : TIER_ASCII;
        break;
    case ACTION_LANGUAGE:
        if (can_show(t))
            switch_language(t);
        break;
    case ACTION_CANCEL:
        if (!t->top->type->cancel || !t->top->type->cancel(t->top))
            ask_to_leave(t);
        break;
    default: break;
    }
}

void tui_act(struct tui *t, enum action a)
{
    if (a != ACTION_NONE && !(t->top->type->act && t->top->type->act(t->top, a)))
        frame_action(t, a);
}

static bool is_han(uint32_t key)
{
    return key >= 0x4E00 && key <= 0x9FFF;
}

void tui_key(struct tui *t, uint32_t key)
{
    if (t->question) {
        question_step(t, key);
    } else if (t->prompt) {
        prompt_step(t, key);
    } else {
        buf_clear(&t->status);
        enum action a = keymap_action(key, t->top->context);
        if (a == ACTION_NONE && is_han(key))
            tui_status(t, ROLE_WARN, "%s",
                       _("The input method is on: press Shift to switch it off, or use the function keys"));
        tui_act(t, a);
    }
}

/* ---- drawing */

static void draw_title(struct tui *t, struct canvas *c)
{
    const struct screen *path[32];
    size_t n = 0;
    for (const struct screen *s = t->top; s && n < 32; s = s->below)
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
    canvas_right(c, 0, c->w - 7, 6, ROLE_TITLE, str_of(c->tier == TIER_ASCII ? "ASCII" : "UTF-8"));
    int x = 1;
    if (t->carried) {
        buf_clear(&title);
        buf_printf(&title, "[%s]", t->carried_label);
        x += canvas_text(c, 1, 1, c->w / 3, ROLE_STRONG, buf_view(&title)) + 1;
    }
    buf_clear(&title);
    if (t->top->type->subtitle)
        t->top->type->subtitle(t->top, &title);
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
        if (info->priority > 2 && (!info->context || (info->context & t->top->context)))
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
    if (!p || t->top->context == CONTEXT_DATA)
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
    t->top->type->draw(t->top, c, (struct rect){2, 0, c->h - 4, c->w});
    draw_status(t, c, c->h - 6);
    draw_footer(t, c);
}

/* ---- life */

struct tui *tui_new(struct workspace *w, enum tier tier)
{
    struct tui *t = mem_zalloc(sizeof *t);
    t->workspace = w;
    t->tier = tier;
    if (pipe2(t->wake, O_CLOEXEC | O_NONBLOCK) != 0)
        t->wake[0] = t->wake[1] = -1; /* then jobs are looked after by time alone */
    tui_know_version(t);
    tui_push(t, home_screen_new(t));
    return t;
}

void tui_free(struct tui *t)
{
    while (t->top)
        tui_pop(t);
    loader_free(t->loader);
    builder_free(t->builder);
    free(t->carried);
    free(t->carried_label);
    prompt_free(t->prompt);
    free(t->question);
    buf_done(&t->status);
    for (int i = 0; i < 2; i++)
        if (t->wake[i] >= 0)
            close(t->wake[i]);
    free(t);
}

/* A file that was loaded is shown at once where nobody is in the middle of something: on Home and Data. */
static void loaded(struct tui *t)
{
    if (loader_busy(t->loader))
        return;
    bool looking = t->top->context == CONTEXT_DATA || t->top->context == CONTEXT_HOME;
    if (looking)
        refresh_screens(t);
    const struct loader_file *last = loader_file(t->loader, loader_files(t->loader) - 1);
    if (last->state == LOADER_FAILED)
        tui_fail(t, &last->err);
    else if (last->state == LOADER_CANCELLED)
        tui_status(t, ROLE_WARN, "%s", _("Loading was cancelled; the store is as it was before that file"));
    else
        tui_status(t, ROLE_STATUS, _("Loaded: %s%s"), last->path, looking ? "" : _("   (R shows it)"));
}

/* Another process may have loaded something: every two seconds that is looked for. */
static bool look_for_news(struct tui *t)
{
    int64_t now = os_monotonic_us();
    struct err err;
    if (now - t->looked_us < 2000000 || tui_busy(t))
        return false;
    t->looked_us = now;
    uint64_t version = workspace_version(t->workspace, &err);
    if (!version || version == t->version || t->status.n)
        return false;
    bool first = !t->version;
    t->version = version;
    if (!first)
        tui_status(t, ROLE_WARN, "%s", _("There is new data in the store: press R to see it"));
    return !first;
}

bool tui_tick(struct tui *t)
{
    bool changed = look_for_news(t);
    if (t->loader && loader_tick(t->loader)) {
        loaded(t);
        changed = true;
    }
    for (struct screen *s = t->top; s; s = s->below)
        if (s->type->tick && s->type->tick(s))
            changed = true;
    return changed;
}

bool tui_busy(const struct tui *t)
{
    if (t->loader && loader_busy(t->loader))
        return true;
    for (const struct screen *s = t->top; s; s = s->below)
        if (s->type->busy && s->type->busy(s))
            return true;
    return false;
}

bool tui_done(const struct tui *t)
{
    return t->done;
}

const char *tui_rescue(void)
{
    return term_rescue();
}

static void show(struct tui *t, struct canvas *c)
{
    int w, h;
    term_size(&w, &h);
    if (w != c->w || h != c->h)
        canvas_resize(c, w, h);
    if (t->redraw)
        term_redraw();
    t->redraw = false;
    tui_draw(t, c);
    term_show(c);
}

/* False when the terminal went away or SIGTERM came. */
static bool loop(struct tui *t)
{
    struct canvas canvas;
    canvas_init(&canvas, MIN_W, MIN_H, t->tier);
    show(t, &canvas);
    while (!t->done) {
        /* Progress moves at 4 Hz while something runs; otherwise nothing is drawn without a reason. */
        uint32_t key = term_key(tui_busy(t) ? 250 : 2000, t->wake[0]);
        if (key == TERM_HANGUP)
            break;
        bool draw = key != TERM_NONE;
        if (key != TERM_NONE && key != TERM_RESIZE)
            tui_key(t, key);
        if (tui_tick(t) || tui_busy(t) || draw)
            show(t, &canvas);
    }
    canvas_done(&canvas);
    return t->done;
}

int tui_run(struct workspace *w, const struct tui_options *o, struct err *err)
{
    enum tier tier;
    struct term_options options = {.no_color = o->no_color || (getenv("NO_COLOR") && *getenv("NO_COLOR"))};
    if (o->glyphs && !tier_named(str_of(o->glyphs), &tier)) {
        err_set(err, ERR_USAGE, _("--glyphs %s: there are ascii, acs, utf8 and hd"), o->glyphs);
        return 2;
    }
    if (!term_open(&options, err))
        return err && err->code == ERR_USAGE ? 2 : 3;
    struct tui *t = tui_new(w, o->glyphs ? tier : term_tier());
    t->ascii_only = term_tier() == TIER_ASCII;
    bool left = loop(t);
    tui_free(t);
    term_close();
    return left ? 0 : 4;
}
