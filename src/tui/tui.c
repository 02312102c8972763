/* tui.c - the explorer's frame: a stack of screens, what all of them share, and the loop. What keys do is in
 * tui_act.c, the rows around a screen in tui_draw.c. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/nls.h"
#include "base/os.h"
#include "tui/home_screen.h"
#include "tui/pager_screen.h"
#include "tui/tui_p.h"

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

/* ---- what the store holds */

void tui_know_version(struct tui *t)
{
    struct err err;
    uint64_t version = workspace_version(t->workspace, &err);
    t->version = version ? version : t->version;
}

void tui_refresh(struct tui *t)
{
    tui_know_version(t);
    for (struct screen *s = t->top; s; s = s->below)
        if (s->type->refresh)
            s->type->refresh(s);
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
        tui_refresh(t);
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
    struct term_options options = {.no_color = o->no_color,
                                   .keep_language = o->keep_language,
                                   .theme = o->theme,
                                   .probe_ms = o->probe_ms};
    if (o->glyphs && !tier_named(str_of(o->glyphs), &tier)) {
        err_set(err, ERR_USAGE, _("--glyphs %s: there are ascii, acs, utf8 and hd"), o->glyphs);
        return 2;
    }
    if (!term_open(&options, err))
        return err && err->code == ERR_USAGE ? 2 : 3;
    struct tui *t = tui_new(w, o->glyphs ? tier : term_tier());
    if (term_notice())
        tui_status(t, ROLE_WARN, "%s", term_notice());
    bool left = loop(t);
    tui_free(t);
    term_close();
    return left ? 0 : 4;
}
