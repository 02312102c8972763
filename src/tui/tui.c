/* tui.c - the explorer's frame: a stack of screens, what all of them share, and the loop. What keys do is in
 * tui_act.c, the rows around a screen in tui_draw.c. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/mask.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/zone.h"
#include "tui/home_screen.h"
#include "tui/keymap.h"
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

struct marks *tui_marks(struct tui *t)
{
    return &t->marks;
}

struct loader *tui_loader(struct tui *t)
{
    if (!t->loader)
        t->loader = loader_new(workspace_dir(t->workspace), t->wake[1], t->nursery);
    return t->loader;
}

struct settings *tui_settings(struct tui *t)
{
    return t->settings;
}

bool tui_may_reveal(struct tui *t)
{
    if (!mask_is_on(t->settings))
        return true;
    tui_status(t, ROLE_WARN, "%s",
               _("Rows are not shown as they came while ids are hidden (M, setting mask)"));
    return false;
}

/* ---- what screens miss while they are out of sight */

static void mark_stale(struct tui *t, unsigned how)
{
    for (size_t i = 0; i < t->places.all.n; i++)
        t->places.all.at[i]->stale |= how;
    tui_catch_up(t);
}

/* Only what is seen asks again at once: the screen on top, and one under a page or form. */
void tui_catch_up(struct tui *t)
{
    for (struct screen *s = t->places.top; s; s = s->type->overlay ? s->below : NULL) {
        unsigned stale = s->stale;
        s->stale = 0;
        if ((stale & STALE_SEGMENT) && s->type->carry)
            s->type->carry(s, t->carried);
        if ((stale & STALE_DATA) && s->type->refresh)
            s->type->refresh(s);
    }
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
    mark_stale(t, STALE_SEGMENT);
}

/* ---- places */

void tui_push(struct tui *t, struct screen *s)
{
    places_push(&t->places, t, s);
}

void tui_pop(struct tui *t)
{
    places_pop(&t->places);
}

/* ---- the status row and the log */

enum { LOG_MAX = 500, MOMENT_US = 40000 };

static void keep_said(struct tui *t, enum role role, const char *text)
{
    if (t->log.n == LOG_MAX) {
        free(t->log.at[0].text);
        memmove(t->log.at, t->log.at + 1, --t->log.n * sizeof *t->log.at);
    }
    vec_push(&t->log, (struct said){os_now_us(), role, mem_strdup(text)});
}

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
    t->status_us = os_monotonic_us();
    keep_said(t, role, text);
}

void tui_show_log(struct tui *t)
{
    struct buf page = {0};
    struct zone *zone = zone_open(NULL, NULL);
    for (size_t i = t->log.n; i-- > 0;) { /* newest first */
        struct buf time = {0};
        zone_put_local(zone, &time, t->log.at[i].time_us);
        buf_printf(&page, "%.8s  %s\n", time.n > 11 ? time.p + 11 : "", t->log.at[i].text);
        buf_done(&time);
    }
    tui_page(t, _("Log"), page.n ? page.p : _("Nothing was said yet."));
    zone_free(zone);
    buf_done(&page);
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

void tui_choose(struct tui *t, const char *label, const struct prompt_choice *list, size_t n,
                void (*done)(void *arg, const char *text), void *arg)
{
    prompt_free(t->prompt);
    t->prompt = prompt_choose(label, list, n);
    t->answer = done;
    t->arg = arg;
}

/* ---- a segment being saved, on a thread of its own */

static void drop_chore(struct tui *t)
{
    if (t->chore) {
        job_cancel(t->chore);
        result_free(job_take(t->chore, NULL));
    }
    t->chore = NULL;
    free(t->chore_done);
    t->chore_done = NULL;
}

void tui_keep(struct tui *t, const struct query *q, const char *done)
{
    if (t->chore) {
        tui_status(t, ROLE_WARN, "%s", _("A segment is still being saved; try again when it is done"));
        return;
    }
    t->chore = job_start(t->workspace, q, t->wake[1]);
    t->chore_done = mem_strdup(done);
}

static bool tick_chore(struct tui *t)
{
    struct err err = {0};
    if (!t->chore || !job_done(t->chore))
        return false;
    struct result *r = job_take(t->chore, &err);
    t->chore = NULL;
    if (r)
        tui_status(t, ROLE_STATUS, "%s", t->chore_done);
    else
        tui_fail(t, &err);
    result_free(r);
    tui_know_version(t); /* our own doing is no news */
    drop_chore(t);
    return true;
}

/* ---- what the store holds */

const struct result *tui_info(struct tui *t, struct err *err)
{
    if (!t->info)
        t->info = workspace_info(t->workspace, err);
    return t->info;
}

void tui_know_version(struct tui *t)
{
    struct err err;
    uint64_t version = workspace_version(t->workspace, &err);
    t->version = version ? version : t->version;
}

void tui_refresh(struct tui *t)
{
    tui_know_version(t);
    result_free(t->info);
    t->info = NULL;
    mark_stale(t, STALE_DATA);
}

/* ---- life */

struct tui *tui_new(struct workspace *w, enum tier tier)
{
    struct tui *t = mem_zalloc(sizeof *t);
    t->workspace = w;
    t->tier = tier;
    t->settings = settings_new();
    if (pipe2(t->wake, O_CLOEXEC | O_NONBLOCK) != 0)
        t->wake[0] = t->wake[1] = -1; /* then jobs are looked after by time alone */
    tui_know_version(t);
    tui_push(t, home_screen_new(t));
    return t;
}

void tui_free(struct tui *t)
{
    tui_session_end(t);
    places_done(&t->places);
    drop_chore(t);
    settings_free(t->settings);
    result_free(t->info);
    for (size_t i = 0; i < t->log.n; i++)
        free(t->log.at[i].text);
    vec_done(&t->log);
    for (size_t i = 0; i < t->lines.n; i++)
        free(t->lines.at[i]);
    vec_done(&t->lines);
    loader_free(t->loader);
    builder_free(t->builder);
    marks_done(&t->marks);
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
    bool looking = t->places.top->context & (CONTEXT_DATA | CONTEXT_LOAD | CONTEXT_HOME);
    if (looking)
        tui_refresh(t);
    const struct loader_file *last = loader_file(t->loader, loader_files(t->loader) - 1);
    if (last->state == LOADER_FAILED || last->state == LOADER_CUT)
        tui_fail(t, &last->err);
    else if (last->state == LOADER_CANCELLED)
        tui_status(t, ROLE_WARN, "%s", _("Loading was cancelled; the store is as it was before that file"));
    else
        tui_status(t, ROLE_STATUS, _("Loaded: %s%s"), last->path, looking ? "" : _("   (R shows it)"));
}

/* What only tells something gives way to news when it could be read; a warning or a failure stays. */
static bool status_holds(const struct tui *t, int64_t now)
{
    return t->status.n && (t->status_role != ROLE_STATUS || now - t->status_us < 4000000);
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
    if (!version || version == t->version || status_holds(t, now))
        return false;
    bool first = !t->version;
    t->version = version;
    if (!first)
        tui_status(t, ROLE_WARN, "%s", _("There is new data in the store: press R to see it"));
    return !first;
}

static bool is_busy(const struct screen *s)
{
    return s->type->busy && s->type->busy(s);
}

/* Something somebody waits for: what a screen finds out beside its answer is none. */
static bool is_awaited(const struct screen *s)
{
    struct screen_progress p;
    return s->type->progress ? s->type->progress(s, &p) : is_busy(s);
}

/* On the path of screens that is looked at: Esc leads there. */
static bool is_near(const struct tui *t, const struct screen *s)
{
    const struct screen *on = t->places.top;
    while (on && on != s)
        on = on->below;
    return on != NULL;
}

/* What was left while it was counted is announced when it is there. */
static bool tick_screen(struct tui *t, struct screen *s)
{
    bool awaited = is_awaited(s), changed = s->type->tick && s->type->tick(s);
    if (!awaited || is_awaited(s) || is_near(t, s) || !s->below || t->status.n)
        return changed;
    struct buf title = {0};
    s->type->title(s, &title);
    tui_status(t, ROLE_STATUS, _("Ready: %s   (< and > lead there)"), title.p ? title.p : "");
    buf_done(&title);
    return true;
}

bool tui_tick(struct tui *t)
{
    bool changed = look_for_news(t);
    if (t->loader && loader_tick(t->loader)) {
        loaded(t);
        changed = true;
    }
    tui_catch_up(t);
    for (size_t i = 0; i < t->places.all.n; i++)
        changed |= tick_screen(t, t->places.all.at[i]);
    tui_session_tick(t, false);
    return tick_chore(t) || changed;
}

bool tui_busy(const struct tui *t)
{
    if (t->loader && loader_busy(t->loader) && !loader_asks(t->loader))
        return true;
    for (size_t i = 0; i < t->places.all.n; i++) {
        if (is_busy(t->places.all.at[i]))
            return true;
    }
    return t->chore != NULL;
}

bool tui_done(const struct tui *t)
{
    return t->done;
}

const char *tui_rescue(void)
{
    return term_rescue();
}

/* How long to wait for a key. */
static int wait_ms(const struct tui *t)
{
    const struct screen *top = t->places.top;
    int wait = tui_busy(t) ? 250 : 2000, pace = top->type->pace ? top->type->pace(top) : -1;
    return pace >= 0 && pace < wait ? pace : wait;
}

/* What a key has asked for is mostly there in a moment: one frame, not one that says so and another. A key
 * that comes meanwhile is not kept waiting; it is returned. */
static uint32_t give_a_moment(struct tui *t, struct canvas *c)
{
    int64_t until = os_monotonic_us() + MOMENT_US, left;
    uint32_t key = TERM_NONE;
    while (key == TERM_NONE && tui_busy(t) && (left = until - os_monotonic_us()) > 0) {
        key = term_key((int)(left / 1000) + 1, t->wake[0]);
        tui_tick(t);
        tui_draw(t, c);
    }
    return key;
}

/* The next key when one came while drawing waited for an answer: only after a key of somebody's, and when
 * nothing had been running. */
static uint32_t show(struct tui *t, struct canvas *c, bool may_wait)
{
    int w, h;
    term_size(&w, &h);
    if (w != c->w || h != c->h)
        canvas_resize(c, w, h);
    if (t->redraw)
        term_redraw();
    t->redraw = false;
    tui_draw(t, c); /* may ask for more */
    uint32_t key = may_wait ? give_a_moment(t, c) : TERM_NONE;
    term_show(c);
    return key;
}

/* False when the terminal went away or SIGTERM came. */
static bool loop(struct tui *t)
{
    struct canvas canvas;
    canvas_init(&canvas, MIN_W, MIN_H, t->tier);
    uint32_t ahead = show(t, &canvas, true);
    while (!t->done) {
        /* Progress moves at 4 Hz while something runs; otherwise nothing is drawn without a reason. */
        bool was_busy = tui_busy(t);
        uint32_t key = ahead ? ahead : term_key(wait_ms(t), t->wake[0]);
        bool typed = key != TERM_NONE && key != TERM_RESIZE;
        ahead = TERM_NONE;
        if (key == TERM_HANGUP)
            break;
        if (typed)
            tui_key(t, key);
        if (tui_tick(t) || tui_busy(t) || key != TERM_NONE)
            ahead = show(t, &canvas, typed && !was_busy && !t->done);
    }
    canvas_done(&canvas);
    return t->done;
}

/* What the user's file says of keys, and what made no sense in it. */
static void report_settings(struct tui *t)
{
    const char *place, *bind;
    for (size_t i = 0; (bind = settings_bind(t->settings, i, &place)); i++) {
        struct err err = {0};
        if (keymap_bind(str_of(bind), &err))
            continue;
        err_prefix(&err, "%s", place);
        tui_fail(t, &err);
    }
    for (size_t i = 0; settings_complaint(t->settings, i); i++)
        tui_status(t, ROLE_ERROR, "! %s", settings_complaint(t->settings, i));
    if (t->log.n > 1)
        tui_status(t, ROLE_ERROR, _("! %zu lines of the settings make no sense: E lists them"), t->log.n);
}

void tui_apply_settings(struct tui *t)
{
    enum theme theme;
    enum tier tier;
    const char *glyphs = settings_get(t->settings, SETTING_GLYPHS),
               *lang = settings_get(t->settings, SETTING_LANG);
    if (theme_named(str_of(settings_get(t->settings, SETTING_THEME)), &theme))
        term_set_theme(theme);
    if (tier_named(str_of(glyphs), &tier))
        t->tier = tier;
    for (size_t i = 0; i < t->places.all.n; i++)
        if (t->places.all.at[i]->type->look)
            t->places.all.at[i]->type->look(t->places.all.at[i]);
    if (strcmp(lang, "auto") != 0 && strncmp(lang, nls_lang(), 2) != 0)
        tui_act(t, ACTION_LANGUAGE);
}

static struct term_options term_options(const struct tui_options *o, const struct settings *s)
{
    struct term_options options = {
        .no_color = o->no_color, .keep_language = o->keep_language, .probe_ms = o->probe_ms};
    if (settings_is(s, SETTING_PROBE, "never"))
        options.probe_ms = -1;
    options.insist = tier_named(str_of(settings_get(s, SETTING_GLYPHS)), &options.tier);
    if (!theme_named(str_of(settings_get(s, SETTING_THEME)), &options.theme))
        options.theme = THEME_DEFAULT;
    return options;
}

static int fail(struct settings *s, const struct err *err)
{
    settings_free(s);
    return err && err->code == ERR_USAGE ? 2 : 3;
}

int tui_run(struct workspace *w, const struct tui_options *o, struct err *err)
{
    if (o->glyphs && !settings_put(o->settings, STR("glyphs"), str_of(o->glyphs), err))
        return fail(o->settings, err);
    struct term_options options = term_options(o, o->settings);
    if (!term_open(&options, err))
        return fail(o->settings, err);
    struct tui *t = tui_new(w, term_tier());
    settings_free(t->settings);
    t->settings = o->settings;
    t->nursery = o->nursery;
    report_settings(t);
    tui_session_begin(t);
    tui_tell_loads(t);
    if (term_notice()) /* last: what cannot be read well comes before all else */
        tui_status(t, ROLE_WARN, "%s", term_notice());
    bool left = loop(t);
    tui_free(t);
    term_close();
    return left ? 0 : 4;
}
