/* result_change.c - keys that change the question of any answer that has the parameter for it: filter,
 * break-down, comparing, hiding; and the order of its table. What an analysis cannot do is said in words. */
#include "config.h"

#include <stdio.h>

#include "base/nls.h"
#include "tui/result_kind.h"
#include "tui/row_order.h"
#include "tui/tui.h"

static void say(struct result_screen *s, const char *text)
{
    tui_status(result_tui(s), ROLE_STATUS, "%s", text);
}

/* An emptied line takes the parameter away; the same again asks nothing. */
static void set_text(struct result_screen *s, const char *param, const char *text)
{
    const char *now = query_get(result_question(s), param);
    if (strcmp(text, now ? now : "") != 0)
        result_set(s, param, *text ? text : NULL);
}

static const char *present(struct result_screen *s, const char *param)
{
    const char *now = query_get(result_question(s), param);
    return now ? now : "";
}

/* ---- filter */

static void set_filter(void *arg, const char *text)
{
    set_text(arg, "where", text);
}

static bool clear_filter(struct result_screen *s)
{
    if (!query_get(result_question(s), "where"))
        return false; /* then the frame looks at everyone again */
    result_set(s, "where", NULL);
    return true;
}

/* ---- break-down and comparing */

static void set_by(void *arg, const char *text)
{
    set_text(arg, "by", text);
}

/* What cannot be broken down itself leads to those behind the cursor, tag by tag. */
static void ask_by(struct result_screen *s)
{
    if (result_takes(s, "by"))
        tui_ask(result_tui(s), _("Break down by (event, a property, tag:CATEGORY):"), present(s, "by"), 'p',
                set_by, s);
    else
        result_keep_act(s, ACTION_PROFILE);
}

/* Funnels call it compare, profiles against. */
static const char *compared(struct result_screen *s)
{
    return result_takes(s, "compare") ? "compare" : result_takes(s, "against") ? "against" : NULL;
}

static void set_compare(void *arg, const char *text)
{
    struct result_screen *s = arg;
    set_text(s, compared(s), text);
}

static void ask_compare(struct result_screen *s)
{
    const char *param = compared(s);
    if (param)
        tui_ask(result_tui(s), _("Compare with customers for whom:"), present(s, param), 'a', set_compare, s);
    else
        say(s, _("This analysis compares nothing; U in Segments (2) looks at it for other customers"));
}

static void stop_comparing(struct result_screen *s)
{
    const char *param = compared(s);
    if (param && query_get(result_question(s), param))
        result_set(s, param, NULL);
    else
        say(s, _("Nothing is compared"));
}

/* ---- hiding */

static void hide(struct result_screen *s, const struct result_kind *kind)
{
    struct buf condition = {0}, event = {0};
    const char *now = present(s, "hide");
    if (!kind->put_event || !kind->put_event(s, &event)) {
        say(s, _("There is no event under the cursor to leave out"));
    } else {
        if (*now)
            buf_printf(&condition, "(%s) or ", now);
        buf_printf(&condition, "`%s`", event.p);
        result_set(s, "hide", condition.p);
    }
    buf_done(&condition);
    buf_done(&event);
}

static void unhide(struct result_screen *s)
{
    if (query_get(result_question(s), "hide"))
        result_set(s, "hide", NULL);
    else
        say(s, _("Nothing is left out"));
}

/* ---- order */

static void say_order(struct result_screen *s)
{
    const struct view_options *v = result_view(s);
    const struct rows *rows = &result_result(s)->rows;
    for (size_t i = 0; i < rows->columns; i++)
        if (strcmp(rows->column[i].name, v->sort) == 0)
            tui_status(result_tui(s), ROLE_STATUS,
                       v->descending ? _("Sorted by %s, the greatest first") : _("Sorted by %s"),
                       _(rows->column[i].title));
}

static bool draws_rows(const struct result_screen *s)
{
    enum picture p = result_result(s)->picture;
    return p == PICTURE_LIST || p == PICTURE_TABLE || p == PICTURE_PROFILE;
}

static void sort_by(void *arg, const char *column)
{
    struct result_screen *s = arg;
    struct view_options *v = result_change_view(s);
    const struct value *first = result_result(s) ? rows_get(&result_result(s)->rows, 0, column) : NULL;
    snprintf(v->sort, sizeof v->sort, "%s", column);
    v->descending = first && first->type != VALUE_TEXT; /* of numbers the greatest is looked for */
    v->table = v->table || (result_result(s) && !draws_rows(s));
    result_look(s);
    if (result_result(s))
        say_order(s);
}

static void ask_order(struct result_screen *s)
{
    struct prompt_choice list[32];
    const struct rows *rows = &result_result(s)->rows;
    size_t n = 0;
    for (size_t i = 0; i < rows->columns && n < sizeof list / sizeof *list; i++)
        if (row_order_has(rows, i))
            list[n++] = (struct prompt_choice){rows->column[i].name, _(rows->column[i].title), NULL, NULL};
    if (n)
        tui_choose(result_tui(s), _("Sort by:"), list, n, sort_by, s);
    else
        say(s, _("There are no rows to sort"));
}

static void reverse(struct result_screen *s)
{
    if (!*result_view(s)->sort) {
        say(s, _("Choose a column with s first"));
        return;
    }
    struct view_options *v = result_change_view(s);
    v->descending = !v->descending;
    result_look(s);
    if (result_result(s))
        say_order(s);
}

bool result_change_act(struct result_screen *s, enum action a)
{
    switch (a) {
    case ACTION_FILTER:
        tui_ask(result_tui(s), _("Only events for which:"), present(s, "where"), 'e', set_filter, s);
        return true;
    case ACTION_CLEAR_FILTER: return clear_filter(s);
    case ACTION_BREAK_DOWN: ask_by(s); return true;
    case ACTION_COMPARE: ask_compare(s); return true;
    case ACTION_COMPARE_STOP: stop_comparing(s); return true;
    case ACTION_HIDE:
        if (result_takes(s, "hide"))
            hide(s, result_kind(s));
        else
            say(s, _("This analysis leaves nothing out; f filters its events"));
        return true;
    case ACTION_UNHIDE: unhide(s); return true;
    case ACTION_SORT:
        if (result_result(s))
            ask_order(s);
        return true;
    case ACTION_SORT_REVERSE: reverse(s); return true;
    default: return false;
    }
}
