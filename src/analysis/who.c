/* who.c - a question's customers: the analysis runs as it does for --users, and its crowd becomes a set. */
#include "config.h"
#include "analysis/who.h"

#include <stdlib.h>

#include "analysis/run.h"
#include "base/nls.h"

static struct userset *set_of(const struct crowd *c, uint32_t users)
{
    uint64_t *word = mem_zalloc((users / 64 + 1) * sizeof *word);
    for (size_t i = 0; i < c->member.n; i++)
        word[c->member.at[i].user / 64] |= UINT64_C(1) << (c->member.at[i].user % 64);
    struct userset *set = userset_of_words(word, users);
    free(word);
    return set;
}

static struct userset *run(const struct audience *a, const struct query *q, struct schema *m, struct err *err)
{
    struct audience inner = *a;
    struct ask ask = {0};
    struct run run;
    struct userset *set = NULL;
    inner.schema = m;
    inner.zone = schema_zone(m);
    if (ask_init(&ask, q, a->snapshot, m, a->pool, err) && ask_segment(&ask, &inner, err) &&
        run_begin(&run, &ask, a->progress, err)) {
        set = set_of(run.analysis->crowd(run.state[0]), ask.users);
        run_end(&run);
    }
    ask_done(&ask);
    return set;
}

/* In a zone of its own names keep their meaning, and days do not. */
static struct userset *in_zone(const struct audience *a, const struct query *q, struct err *err)
{
    const char *tz = query_get(q, "tz");
    if (!tz)
        return run(a, q, a->schema, err);
    struct schema *m = schema_new(a->snapshot, tz, err);
    struct userset *set = m ? run(a, q, m, err) : NULL;
    schema_free(m);
    return set;
}

static struct userset *ask(const struct audience *a, const struct expr_question *question, struct err *err)
{
    struct buf line = {0};
    struct query q;
    expr_put_question(&line, question);
    bool ok = query_parse(&q, buf_view(&line), err);
    struct userset *set = ok ? in_zone(a, &q, err) : NULL;
    if (!set)
        err_prefix(err, "who(\"%s\")", line.p);
    query_done(&q);
    buf_done(&line);
    return set;
}

bool who_find(const struct audience *a, struct audience_leaf *leaf, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        leaf[i].set = ask(a, leaf[i].e->question, err);
        if (!leaf[i].set)
            return false;
    }
    return true;
}
