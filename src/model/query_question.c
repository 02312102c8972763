/* query_question.c - a question inside a condition, who("…"): its line taken apart for the condition
 * language. */
#include "config.h"
#include "model/query_p.h"

#include "base/nls.h"
#include "base/utf8.h"

/* A condition is kept, and asked again on another day: what it says must not hang on a file. */
static bool check_question(const struct query *q, struct err *err)
{
    const struct analysis_info *info = registry_find(q->analysis);
    if (!registry_param(info, "users"))
        return err_at(err, 1, (int)strlen(q->analysis), _("%s has no customers to list"), q->analysis);
    if (!query_get(q, "users"))
        return err_at(err, 1, (int)strlen(q->analysis), _("which number is meant? add --users: %s"),
                      _(registry_param(info, "users")->help));
    for (size_t i = 0; i < q->n; i++) {
        const struct param_info *p = registry_param(info, q->param[i].name);
        if (strcmp(p->name, "limit") == 0)
            return err_at(err, q->param[i].place[0], utf8_count(str_of(q->param[i].value)),
                          _("--limit shortens a list; a condition means everyone"));
        if (strcmp(p->name, "columns") == 0)
            return err_at(err, q->param[i].place[0], utf8_count(str_of(q->param[i].value)),
                          _("--columns is for a list; a condition has no columns"));
        if (p->kind == PARAM_TEXT && p->choices && strcmp(p->choices, "FILE") == 0)
            return err_at(err, q->param[i].place[0], utf8_count(str_of(q->param[i].value)),
                          _("--%s names a file, and a condition cannot"), p->name);
    }
    return true;
}

static void cut_question(const struct query *q, struct arena *a, struct expr_question *out)
{
    const struct analysis_info *info = registry_find(q->analysis);
    struct buf line = {0};
    buf_puts(&line, q->analysis);
    out->asked = arena_array(a, struct expr_asked, q->n + 1);
    for (size_t i = 0; i < q->n; i++) {
        enum param_kind kind = registry_param(info, q->param[i].name)->kind;
        bool condition = kind == PARAM_CONDITION || kind == PARAM_SEGMENT;
        query_put_param(&line, q, i, !condition);
        if (!condition)
            continue;
        size_t n = (size_t)utf8_count(str_of(q->param[i].value)) + 1; /* with the end */
        int *place = arena_array(a, int, n);
        for (size_t c = 0; c < n; c++)
            place[c] = q->param[i].place[c];
        out->asked[out->n++] =
            (struct expr_asked){.before = arena_str(a, buf_view(&line)),
                                .text = arena_str(a, str_of(q->param[i].value)),
                                .kind = kind == PARAM_SEGMENT ? EXPR_USER_COND : EXPR_EVENT_COND,
                                .place = place};
        buf_clear(&line);
    }
    out->after = arena_str(a, buf_view(&line));
    buf_done(&line);
}

bool query_question(void *unused, struct str line, struct arena *a, struct expr_question *out,
                    struct err *err)
{
    struct query q;
    (void)unused;
    bool ok = query_parse(&q, line, err) && check_question(&q, err);
    if (ok)
        cut_question(&q, a, out);
    query_done(&q);
    return ok;
}
