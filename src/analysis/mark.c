/* mark.c - see mark.h. */
#include "config.h"
#include "analysis/mark.h"

bool mark_read(struct ask *a, struct scan *scan, struct select *mark, const char *name, const char **text,
               uint64_t *bit, struct err *err)
{
    const char *given = ask_text(a, name);
    if (!given)
        return true;
    const struct expr *e = ask_condition(a, name, given, err);
    if (!e || !ask_select(a, e, false, &mark[scan->selectors], err))
        return false;
    scan->selector = mark;
    *text = ask_print(a, e);
    *bit = UINT64_C(1) << scan->selectors++;
    return true;
}
