/* flow_focus.c - see flow_focus.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app/job.h"
#include "base/vec.h"
#include "tui/flow_focus.h"
#include "tui/tui.h"

enum { KEPT = 32 };

struct kept {
    char *who;
    struct result *answer; /* NULL: it could not be answered, and is not asked again */
};

struct flow_focus {
    struct job *job;
    char *asked; /* by the job */
    struct kept kept[KEPT];
    size_t n, next; /* the oldest gives way */
};

struct flow_focus *flow_focus_new(void)
{
    return mem_zalloc(sizeof(struct flow_focus));
}

static void stop(struct flow_focus *f)
{
    if (!f->job)
        return;
    job_cancel(f->job);
    result_free(job_take(f->job, NULL));
    f->job = NULL;
}

void flow_focus_forget(struct flow_focus *f)
{
    stop(f);
    for (size_t i = 0; i < f->n; i++) {
        free(f->kept[i].who);
        result_free(f->kept[i].answer);
    }
    f->n = f->next = 0;
}

void flow_focus_free(struct flow_focus *f)
{
    flow_focus_forget(f);
    free(f->asked);
    free(f);
}

static void ask(struct flow_focus *f, struct result_screen *s, const char *who)
{
    struct query q;
    stop(f);
    free(f->asked);
    f->asked = mem_strdup(who);
    query_copy(&q, result_question(s));
    query_add(&q, "through", who);
    query_set(&q, "times", NULL);
    query_set(&q, "compare", NULL);
    f->job = job_start(tui_workspace(result_tui(s)), &q, tui_wake_fd(result_tui(s)));
    query_done(&q);
}

const struct result *flow_focus_get(struct flow_focus *f, struct result_screen *s, const char *who)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->kept[i].who, who) == 0)
            return f->kept[i].answer;
    if (!f->job || strcmp(f->asked, who) != 0)
        ask(f, s, who);
    return NULL;
}

bool flow_focus_tick(struct flow_focus *f)
{
    if (!f->job || !job_done(f->job))
        return false;
    struct result *r = job_take(f->job, NULL);
    f->job = NULL;
    struct kept *k = &f->kept[f->next];
    if (f->n == KEPT) {
        free(k->who);
        result_free(k->answer);
    } else {
        f->n++;
    }
    f->next = (f->next + 1) % KEPT;
    *k = (struct kept){mem_strdup(f->asked), r};
    return r != NULL;
}

bool flow_focus_is_busy(const struct flow_focus *f)
{
    return f->job != NULL;
}
