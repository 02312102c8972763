/* tui_act.c - what keys do when the screen on top has no other use for them: going to places, leaving,
 * language, palette. */
#include "config.h"

#include <stdlib.h>

#include "app/mask.h"
#include "base/nls.h"
#include "model/registry.h"
#include "tui/builder_screen.h"
#include "tui/data_screen.h"
#include "tui/find_screen.h"
#include "tui/first_question.h"
#include "tui/help_screen.h"
#include "tui/keymap.h"
#include "tui/result_screen.h"
#include "tui/termcheck.h"
#include "tui/tui_p.h"

static void leave(void *arg)
{
    ((struct tui *)arg)->done = true;
}

static void ask_to_leave(struct tui *t)
{
    const char *question = _("Quit waymark? (y/n)");
    if (t->loader && loader_busy(t->loader))
        question =
            loader_outlives(t->loader)
                ? _("Files are being loaded; that goes on, and the next start shows it. Quit waymark? (y/n)")
                : _("Files are being loaded; leaving cancels that. Quit waymark? (y/n)");
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
    if (!places_pop(&t->places))
        ask_to_leave(t);
}

/* Kept as a setting, so that nothing else brings the old ones back. */
static void switch_glyphs(struct tui *t)
{
    enum tier next = term_next_tier(t->tier);
    struct err err = {0};
    if (next == t->tier)
        tui_status(t, ROLE_WARN, "%s",
                   _("This terminal and locale show nothing but ASCII for sure; see waymark termcheck"));
    else if (!settings_put(t->settings, STR("glyphs"), str_of(tier_name(next)), &err))
        tui_fail(t, &err);
    else
        tui_status(t, ROLE_STATUS, _("Glyphs: %s"), tier_name(next));
    if (!err.code)
        t->tier = next;
}

static void switch_theme(struct tui *t)
{
    enum theme now;
    struct err err = {0};
    if (!theme_named(str_of(settings_get(t->settings, SETTING_THEME)), &now))
        now = THEME_DEFAULT;
    if (!settings_put(t->settings, STR("theme"), str_of(theme_name(theme_next(now))), &err))
        tui_fail(t, &err);
    else
        tui_status(t, ROLE_STATUS, _("Colours: %s"), theme_title(theme_next(now)));
    tui_apply_settings(t);
}

static void switch_mask(struct tui *t)
{
    bool on = mask_is_on(t->settings);
    struct err err = {0};
    if (!settings_put(t->settings, STR("mask"), on ? STR("off") : STR("on"), &err))
        tui_fail(t, &err);
    else
        tui_status(t, ROLE_STATUS, "%s",
                   on ? _("Ids and personal attributes are shown again")
                      : _("Ids and personal attributes are hidden"));
    while (t->places.top->type->overlay) /* its text was made before */
        tui_pop(t);
    tui_apply_settings(t);
}

static void switch_language(struct tui *t)
{
    if (!term_shows_chinese()) {
        tui_status(t, ROLE_WARN, "%s",
                   _("This locale prints ASCII only; start with LC_ALL=C.UTF-8 or zh_CN.UTF-8"));
        return;
    }
    if (tui_busy(t)) { /* the catalogue must not change under a thread that reads it */
        tui_status(t, ROLE_WARN, "%s", _("Something is being counted or loaded; try again when it is done"));
        return;
    }
    nls_init(strcmp(nls_lang(), "en") == 0 ? "zh_CN" : "en");
    if (!nls_has_catalogue())
        tui_status(
            t, ROLE_WARN, "%s",
            _("The Chinese messages are not installed here; the names of events may still be Chinese"));
    tui_refresh(t); /* rules and headings are made in the language of the moment */
}

/* ---- places */

static void find_customer(void *arg, const char *text)
{
    struct tui *t = arg;
    places_begin(&t->places, t, 3, find_screen_new(t, *text ? text : NULL));
}

/* From elsewhere back to the customer looked at last; from there to another one. Over the form somebody is
 * about to type an id: its digits must not lead to other places. */
static void open_sequence(struct tui *t)
{
    if (places_root(&t->places) == 3 || !places_recall(&t->places, 3) ||
        (t->places.top->context & CONTEXT_FIND))
        tui_ask(t, _("Customer id, or a part of it:"), "", 0, find_customer, t);
    else
        tui_status(t, ROLE_STATUS, "%s", _("The customer looked at last; 3 again looks for another one"));
}

static void open_analysis(struct tui *t, int root, const char *analysis)
{
    struct query q;
    if (places_recall(&t->places, root))
        return;
    first_question(t->workspace, analysis, &q);
    query_set(&q, "segment", t->carried);
    places_begin(&t->places, t, root, result_screen_new(t, &q));
    query_done(&q);
}

/* Not every version can answer what the digits of the specification lead to. */
static void open_if_known(struct tui *t, int root, const char *analysis, const char *missing)
{
    if (registry_find(analysis))
        open_analysis(t, root, analysis);
    else
        tui_status(t, ROLE_WARN, "%s", missing);
}

static void step_history(struct tui *t, bool forward)
{
    while (t->places.top->type->overlay)
        tui_pop(t);
    if (forward ? places_forward(&t->places) || tui_session_restore(t) : places_back(&t->places))
        return;
    tui_status(t, ROLE_STATUS, "%s",
               forward ? _("There is nothing to go forward to") : _("There is nothing before this"));
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
                   _("Choose a segment first (2) and use it (U): P then says who they are"));
        return;
    }
    query_init(&q, "profile");
    query_add(&q, "condition", t->carried);
    tui_push(t, result_screen_new(t, &q));
    query_done(&q);
}

static bool go(struct tui *t, enum action a)
{
    switch (a) {
    case ACTION_BACK: go_back(t); break;
    case ACTION_HISTORY_BACK: step_history(t, false); break;
    case ACTION_HISTORY_FORWARD: step_history(t, true); break;
    case ACTION_HOME: places_home(&t->places); break;
    case ACTION_SEGMENTS:
        if (!places_recall(&t->places, 2))
            places_begin(&t->places, t, 2, builder_screen_new(t));
        break;
    case ACTION_SEQUENCE: open_sequence(t); break;
    case ACTION_FUNNEL: open_analysis(t, 4, "funnel"); break;
    case ACTION_SANKEY: open_analysis(t, 5, "paths"); break;
    case ACTION_RETENTION:
        open_if_known(t, 6, "retention",
                      _("This version has no retention; a trend by week (7) shows who is active"));
        break;
    case ACTION_TREND: open_analysis(t, 7, "events"); break;
    case ACTION_DISTRIBUTION:
        open_if_known(
            t, 8, "distribution",
            _("This version has no distributions; in Segments (2) each tag shows how it is spread"));
        break;
    case ACTION_DATA:
        if (!places_recall(&t->places, 9))
            places_begin(&t->places, t, 9, data_screen_new(t));
        break;
    default: return false;
    }
    return true;
}

static bool show(struct tui *t, enum action a)
{
    switch (a) {
    case ACTION_HELP: tui_push(t, help_screen_new(t->places.top)); break;
    case ACTION_PALETTE: tui_open_palette(t); break;
    case ACTION_PROFILE: open_profile(t); break;
    case ACTION_JOBS: tui_push(t, jobs_screen_new()); break;
    case ACTION_LOG: tui_show_log(t); break;
    case ACTION_COPY: tui_copy_item(t); break;
    case ACTION_COPY_VIEW: tui_copy_view(t); break;
    case ACTION_BOOKMARK: tui_bookmark(t); break;
    case ACTION_BOOKMARKS: tui_ask_bookmark(t); break;
    case ACTION_TERMCHECK:
        termcheck_show();
        t->redraw = true;
        break;
    case ACTION_PLAIN: tui_show_plain(t); break;
    case ACTION_MAXIMISE: t->maximised = !t->maximised; break;
    default: return false;
    }
    return true;
}

static bool frame_action(struct tui *t, enum action a)
{
    switch (a) {
    case ACTION_QUIT: quit(t); break;
    case ACTION_CLEAR_FILTER:
    case ACTION_EVERYONE: everyone(t); break;
    case ACTION_REFRESH: tui_refresh(t); break;
    case ACTION_REDRAW: t->redraw = true; break;
    case ACTION_GLYPHS: switch_glyphs(t); break;
    case ACTION_THEME: switch_theme(t); break;
    case ACTION_MASK: switch_mask(t); break;
    case ACTION_LANGUAGE: switch_language(t); break;
    case ACTION_SUSPEND:
        if (!term_suspend())
            tui_status(t, ROLE_WARN, "%s", _("There is no shell to go back to"));
        break;
    case ACTION_CANCEL:
        if (!t->places.top->type->cancel || !t->places.top->type->cancel(t->places.top))
            ask_to_leave(t);
        break;
    default: return go(t, a) || show(t, a);
    }
    return true;
}

static void say_nothing_here(struct tui *t, enum action a)
{
    struct buf key = {0};
    keymap_label(&key, a);
    tui_status(t, ROLE_STATUS, _("%s (%s) does nothing on this screen"), key.n ? key.p : action_get(a)->name,
               _(action_get(a)->label));
    buf_done(&key);
}

void tui_act(struct tui *t, enum action a)
{
    if (a == ACTION_NONE)
        return;
    struct screen *top = t->places.top;
    if (!(top->type->act && top->type->act(top, a)) && !frame_action(t, a))
        say_nothing_here(t, a);
    tui_catch_up(t);
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

static bool is_han(uint32_t key)
{
    return key >= 0x4E00 && key <= 0x9FFF;
}

/* Text that lands here by a slip of the mouse would run as commands. */
static bool swallow_paste(struct tui *t, uint32_t key)
{
    if (key == TERM_PASTE_BEGIN || key == TERM_PASTE_END)
        t->pasting = key == TERM_PASTE_BEGIN;
    else if (!t->pasting)
        return false;
    if (t->prompt)
        return false;
    if (t->pasting)
        tui_status(t, ROLE_WARN, "%s",
                   _("Pasted text is taken where a text is asked for; here it does nothing"));
    return true;
}

/* Letters swallowed by an input method cannot be had back; the third character says what is going on. */
static void notice_input_method(struct tui *t, uint32_t key)
{
    t->han = is_han(key) ? t->han + 1 : 0;
    if (t->han >= 3)
        tui_status(t, ROLE_WARN, "%s",
                   _("The input method is on: press Shift to switch it off, or use the function keys"));
}

static void command_key(struct tui *t, uint32_t key)
{
    buf_clear(&t->status);
    enum action a = keymap_action(key, t->places.top->context);
    notice_input_method(t, key);
    if (a)
        tui_act(t, a);
    else if (keymap_elsewhere(key))
        say_nothing_here(t, keymap_elsewhere(key));
}

void tui_key(struct tui *t, uint32_t key)
{
    if (swallow_paste(t, key))
        return;
    if (t->question)
        question_step(t, key);
    else if (t->prompt)
        prompt_step(t, key);
    else
        command_key(t, key);
    tui_catch_up(t);
}
