/* tui_act.c - what keys do when the screen on top has no other use for them: going to places, leaving,
 * language, palette. */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "tui/builder_screen.h"
#include "tui/data_screen.h"
#include "tui/help_screen.h"
#include "tui/home_screen.h"
#include "tui/keymap.h"
#include "tui/result_screen.h"
#include "tui/tui_p.h"

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

static void switch_glyphs(struct tui *t)
{
    enum tier next = term_next_tier(t->tier);
    if (next == t->tier)
        tui_status(t, ROLE_WARN, "%s",
                   _("This terminal and locale show nothing but ASCII for sure; see waymark termcheck"));
    else
        tui_status(t, ROLE_STATUS, _("Glyphs: %s"), tier_name(next));
    t->tier = next;
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

static void do_action(void *arg, const char *name)
{
    enum action a = action_named(str_of(name));
    if (a)
        tui_act(arg, a);
    else
        tui_status(arg, ROLE_WARN, _("There is no action called %s"), name);
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
    case ACTION_CLEAR_FILTER:
    case ACTION_EVERYONE: everyone(t); break;
    case ACTION_PROFILE: open_profile(t); break;
    case ACTION_PALETTE: open_palette(t); break;
    case ACTION_SEQUENCE: tui_ask(t, _("Customer id:"), "", 0, find_customer, t); break;
    case ACTION_FUNNEL: open_analysis(t, "funnel"); break;
    case ACTION_SANKEY: open_analysis(t, "paths"); break;
    case ACTION_TREND: open_analysis(t, "events"); break;
    case ACTION_REFRESH: tui_refresh(t); break;
    case ACTION_REDRAW: t->redraw = true; break;
    case ACTION_GLYPHS: switch_glyphs(t); break;
    case ACTION_LANGUAGE: switch_language(t); break;
    case ACTION_SUSPEND: term_suspend(); break;
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
        tui_status(t, ROLE_WARN, "%s", _("Pasted text is taken where a text is asked for; here it does nothing"));
    return true;
}

void tui_key(struct tui *t, uint32_t key)
{
    if (swallow_paste(t, key))
        return;
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
