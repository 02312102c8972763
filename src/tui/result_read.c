/* result_read.c - reading an answer that is there: searching it, going to a time, its rule and command,
 * writing it to a file. */
#include "config.h"

#include "base/date.h"
#include "base/nls.h"
#include "tui/needle.h"
#include "tui/result_kind.h"
#include "tui/row_search.h"
#include "tui/tui.h"
#include "tui/view_export.h"

static void search(struct result_screen *s, int direction)
{
    const char *needle = *result_needle(s);
    const struct result *r = result_result(s);
    size_t row;
    if (!needle || !r || !r->rows.n)
        return;
    if (row_search(&r->rows, result_chart(s)->row, direction, str_of(needle), &row))
        chart_widget_show(result_chart(s), row);
    else
        tui_status(result_tui(s), ROLE_WARN, _("Not found: %s"), needle);
}

static void begin_search(void *arg, const char *text)
{
    struct result_screen *s = arg;
    needle_set(result_needle(s), text);
    search(s, 1);
}

static void show_rule(struct result_screen *s)
{
    const struct result *r = result_result(s);
    struct buf text = {0};
    buf_printf(&text, "%s\n\n%s\n  %s\n\n", r->rule, _("The same on the command line:"), r->command);
    buf_printf(&text, _("Answered in %.3f s."), r->elapsed_s);
    tui_page(result_tui(s), _("Rule"), text.p);
    buf_done(&text);
}

static void export_to(void *arg, const char *path)
{
    struct result_screen *s = arg;
    struct err err = {0};
    if (!*path || !result_result(s))
        return;
    if (view_export(result_result(s), tui_settings(result_tui(s)), result_chart(s)->view.table, path, &err))
        tui_status(result_tui(s), ROLE_STATUS, _("Written: %s"), path);
    else
        tui_fail(result_tui(s), &err);
}

static void ask_export(struct result_screen *s)
{
    if (settings_is(tui_settings(result_tui(s)), SETTING_EXPORT, "on"))
        tui_ask(result_tui(s), _("Write to (.txt .html .svg .csv .json):"), "", 0, export_to, s);
    else
        tui_status(result_tui(s), ROLE_WARN, "%s", _("Writing files is switched off (setting export)"));
}

/* The first row whose time is that or later. */
bool result_read_go_to(struct result_screen *s, const char *when, struct err *err)
{
    struct time_text time;
    if (!time_parse(str_of(when), TIME_CIVIL, &time) && !time_parse(str_of(when), TIME_COMPACT, &time))
        return err_set(err, ERR_USAGE, _("goto: %s is no day; write it as 2026-10-05 or 2026-10-05 13:00"),
                       when);
    if (result_result(s) && row_at_time(result_result(s), time.us, &result_chart(s)->row)) {
        chart_widget_show(result_chart(s), result_chart(s)->row);
        return true;
    }
    return err_set(err, ERR_ABSENT, "%s", _("goto: this answer has no times to go to, or none that late"));
}

static void go_to_typed(void *arg, const char *when)
{
    struct result_screen *s = arg;
    struct err err = {0};
    if (*when && !result_read_go_to(s, when, &err))
        tui_fail(result_tui(s), &err);
}

bool result_read_act(struct result_screen *s, enum action a)
{
    struct tui *t = result_tui(s);
    switch (a) {
    case ACTION_RULE: show_rule(s); break;
    case ACTION_EXPORT: ask_export(s); break;
    case ACTION_GO_TO: tui_ask(t, _("Go to (2026-10-05 or 2026-10-05 13:00):"), "", 0, go_to_typed, s); break;
    case ACTION_SEARCH: tui_ask(t, _("Search:"), "", 0, begin_search, s); break;
    case ACTION_SEARCH_NEXT: search(s, 1); break;
    case ACTION_SEARCH_PREVIOUS: search(s, -1); break;
    default: return false;
    }
    return true;
}
