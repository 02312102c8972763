/* keep_question.c - questions kept in the store under names: a funnel with all its options, or any other
 * analysis. A question is kept as the command line that asks it, so that files of them can be read, compared
 * and mended. */
#include "config.h"

#include "analysis/local.h"
#include "app/keep_p.h"
#include "base/nls.h"
#include "base/os.h"

#define NOTE_QUESTIONS "questions"
#define FILE_MOST (4u << 20)

static struct str name_of(const struct keep *k)
{
    return str_of(query_get(k->query, "name"));
}

static bool read_all(const struct keep *k, struct segments *all, struct err *err)
{
    return segments_read(all, snapshot_note(k->snapshot, NOTE_QUESTIONS), NOTE_QUESTIONS, err);
}

/* ---- list ---- */

static const struct column_info columns[] = {
    {"name", N_("Question"), VALUE_TEXT},
    {"question", N_("Command"), VALUE_TEXT},
    {"saved", N_("Saved"), VALUE_TIME},
};

static void put(struct result *r, const struct segment *s)
{
    struct value *v = result_row(r);
    v[0] = value_text(&r->arena, s->name);
    v[1] = value_text(&r->arena, s->condition);
    v[2] = value_time(s->saved);
}

bool keep_question_list(struct keep *k, struct err *err)
{
    struct result *r = k->result;
    struct segments all = {0};
    bool ok = read_all(k, &all, err);
    result_columns(r, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; ok && i < all.n; i++)
        put(r, &all.at[i]);
    object_add(&r->arena, &r->summary, "questions", value_int((int64_t)all.n));
    r->rule = _("Questions kept in this store; question run NAME asks one.");
    segments_done(&all);
    return ok;
}

/* ---- save, load, drop ---- */

/* The question as query_command writes it, without the program's name. */
static const char *canonical(struct keep *k, struct str text, struct err *err)
{
    static const char program[] = "waymark ";
    struct query q;
    bool ok = query_parse(&q, text, err);
    const char *line = ok ? query_command(&q, NULL, &k->arena) : NULL;
    query_done(&q);
    return ok && strncmp(line, program, sizeof program - 1) == 0 ? line + sizeof program - 1 : line;
}

static bool add(struct keep *k, struct segments *all, struct str name, struct str text, struct err *err)
{
    const char *question = canonical(k, text, err);
    return question && segments_save(all, name, str_of(question), os_now_us(), err);
}

bool keep_question_save(struct keep *k, struct err *err)
{
    struct segments all = {0};
    bool ok = read_all(k, &all, err) &&
              add(k, &all, name_of(k), str_of(query_get(k->query, "question")), err) &&
              keep_segments(k, NOTE_QUESTIONS, &all, err);
    if (ok) {
        result_columns(k->result, columns, sizeof columns / sizeof *columns);
        put(k->result, segments_find(&all, name_of(k)));
        k->result->rule = _("Saved; question run NAME asks it.");
    }
    segments_done(&all);
    return ok;
}

bool keep_question_load(struct keep *k, struct err *err)
{
    const char *path = query_get(k->query, "file");
    struct segments all = {0}, more = {0};
    struct buf text = {0};
    bool ok = read_all(k, &all, err) && os_read_file(path, FILE_MOST, &text, err) &&
              segments_read(&more, buf_view(&text), path, err);
    for (size_t i = 0; ok && i < more.n; i++)
        ok = add(k, &all, more.at[i].name, more.at[i].condition, err) ||
             err_prefix(err, "%s, %.*s", path, (int)more.at[i].name.n, more.at[i].name.p);
    ok = ok && keep_segments(k, NOTE_QUESTIONS, &all, err);
    if (ok)
        object_add(&k->result->arena, &k->result->summary, "questions", value_int((int64_t)more.n));
    k->result->rule = _("Questions of the same name were replaced.");
    buf_done(&text);
    segments_done(&more);
    segments_done(&all);
    return ok;
}

static bool no_such_question(struct str name, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   _("there is no question %.*s; waymark question list shows those that are saved"),
                   (int)name.n, name.p);
}

bool keep_question_drop(struct keep *k, struct err *err)
{
    struct segments all = {0};
    bool ok = read_all(k, &all, err) &&
              (segments_drop(&all, name_of(k)) || no_such_question(name_of(k), err)) &&
              keep_segments(k, NOTE_QUESTIONS, &all, err);
    object_add(&k->result->arena, &k->result->summary, "questions", value_int((int64_t)all.n));
    k->result->rule = _("The name is gone.");
    segments_done(&all);
    return ok;
}

/* ---- run ---- */

static struct result *ask(struct keep *k, const struct query *q, struct err *err)
{
    struct engine *e = engine_local(k->env, 0, err);
    struct result *r = e ? e->run(e, q, k->audience.progress, err) : NULL;
    if (e)
        e->close(e);
    return r;
}

/* The answer is the question's own, as if it had been typed. */
bool keep_question_run(struct keep *k, struct err *err)
{
    struct segments all = {0};
    struct query q;
    const struct segment *s = read_all(k, &all, err) ? segments_find(&all, name_of(k)) : NULL;
    struct result *r = NULL;
    if (!s && !err->code)
        no_such_question(name_of(k), err);
    if (s && query_parse(&q, s->condition, err)) {
        r = ask(k, &q, err);
        query_done(&q);
    }
    segments_done(&all);
    if (!r)
        return false;
    result_free(k->result);
    k->result = r;
    return true;
}
