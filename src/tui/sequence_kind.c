/* sequence_kind.c - what is special to one customer's sequence: sessions are stepped through, failures alone
 * can be shown, and Enter tells everything known of an event. */
#include "config.h"

#include "base/nls.h"
#include "tui/result_kind.h"

static void toggle_failures(struct result_screen *s)
{
    result_set(s, "errors", query_get(result_question(s), "errors") ? NULL : "");
}

static void step_session(struct result_screen *s, int direction)
{
    if (!result_result(s))
        return;
    const struct rows *rows = &result_result(s)->rows;
    size_t row = result_chart(s)->row;
    const struct value *session = rows_get(rows, row, "session");
    if (!session)
        return;
    int64_t here = session->i;
    while (row + (size_t)direction < rows->n) { /* wraps to a huge number below 0 */
        row += (size_t)direction;
        if (rows_get(rows, row, "session")->i != here)
            break;
    }
    int64_t there = rows_get(rows, row, "session")->i;
    while (row > 0 && rows_get(rows, row - 1, "session")->i == there)
        row--;
    chart_widget_show(result_chart(s), row);
}

static void open_event(struct result_screen *s)
{
    if (result_result(s) && result_chart(s)->row < result_result(s)->rows.n)
        result_open_row(s, _("Event"), result_chart(s)->row);
}

static bool sequence_act(struct result_screen *s, enum action a)
{
    switch (a) {
    case ACTION_ENTER:
    case ACTION_USERS: open_event(s); return true;
    case ACTION_FAILURES: toggle_failures(s); return true;
    case ACTION_PREVIOUS_STEP: step_session(s, -1); return true;
    case ACTION_NEXT_STEP: step_session(s, 1); return true;
    default: return false;
    }
}

static void sequence_put_title(const struct result_screen *s, struct buf *out)
{
    buf_printf(out, "%s %s", _("Sequence"), query_get(result_question(s), "id"));
}

const struct result_kind sequence_kind = {
    .analysis = "user",
    .context = CONTEXT_SEQUENCE,
    .act = sequence_act,
    .put_title = sequence_put_title,
    .alone = true,
};
