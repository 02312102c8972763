/* failure.c - what a failed event looks like in exports we know nothing else about.
 *
 * When the store says it (note `failure`) that alone counts. Otherwise three kinds of columns are known by
 * the last words of their name: outcomes (result = fail), affirmations (success = false) and error codes
 * (anything but a way to write "none"; banks like 000000). A wrong guess only marks a row in a list, it never
 * changes a count. */
#include "config.h"
#include "model/failure.h"

#include <stdlib.h>
#include "base/arena.h"
#include "base/nls.h"
#include "base/vec.h"

struct rule {
    struct str property;
    struct str values; /* "a,b"; empty: any value */
};

struct failure {
    struct arena arena;
    VEC(struct rule) rule; /* none: guess */
};

static const char *const outcome_names[] = {"result", "status", "outcome", "state", "结果", "状态", NULL};
static const char *const outcome_values[] = {
    "fail",      "failed", "failure", "error",   "err",      "timeout",  "timed_out",
    "timed out", "reject", "denied",  "refused", "declined", "rejected", "aborted",
    "false",     "失败",   "错误",    "超时",    "拒绝",     "异常",     NULL};
static const char *const affirm_names[] = {"success", "succeeded", "successful", "is_ok",
                                           "ok",      "passed",    "成功",       NULL};
static const char *const affirm_values[] = {"false",  "0",     "no",   "n",  "f", "fail",
                                            "failed", "error", "失败", "否", NULL};
static const char *const error_names[] = {"error",     "error_code", "errorcode", "err_code",
                                          "errcode",   "errno",      "error_msg", "err_msg",
                                          "exception", "错误码",     "错误",      NULL};
static const char *const message_names[] = {"error_msg", "err_msg", "error", "exception", "错误", NULL};
static const char *const none_values[] = {"none", "null", "ok", "success", "false", "no",
                                          "n/a",  "-",    "无", "成功",    "正常",  NULL};

static bool among(const char *const *list, struct str s)
{
    for (; *list; list++)
        if (str_ieq(s, str_of(*list)))
            return true;
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Whether a name is one of the words, or ends in one as a word of its own: pay_result, login.status, but not
 * "consult" for "result"; camelCase counts, and Han words need no border. */
static bool ends_in(struct str name, const char *const *list)
{
    for (; *list; list++) {
        struct str word = str_of(*list);
        if (name.n < word.n || !str_ieq((struct str){name.p + name.n - word.n, word.n}, word))
            continue;
        const char *at = name.p + name.n - word.n;
        if (at == name.p || !is_letter(at[-1]) || !is_letter(*at) ||
            (*at >= 'A' && *at <= 'Z' && at[-1] >= 'a'))
            return true;
    }
    return false;
}

static bool says_none(struct str value)
{
    size_t zeros = 0;
    while (zeros < value.n && value.p[zeros] == '0')
        zeros++;
    return zeros == value.n || among(none_values, value);
}

static bool guess(struct str property, struct str value)
{
    value = str_trim(value);
    if (ends_in(property, error_names))
        return !says_none(value);
    if (ends_in(property, affirm_names))
        return among(affirm_values, value);
    return ends_in(property, outcome_names) && among(outcome_values, value);
}

static enum failure_rank guess_rank(struct str property)
{
    if (ends_in(property, error_names))
        return ends_in(property, message_names) ? FAILURE_MESSAGE : FAILURE_CODE;
    bool outcome = ends_in(property, affirm_names) || ends_in(property, outcome_names);
    return outcome ? FAILURE_OUTCOME : FAILURE_SILENT;
}

static bool listed(struct str values, struct str value)
{
    if (!values.n)
        return value.n > 0;
    while (values.p)
        if (str_eq(str_trim(str_cut(&values, ',')), value))
            return true;
    return false;
}

struct failure *failure_new(struct str note)
{
    struct failure *f = mem_zalloc(sizeof(*f));
    arena_init(&f->arena);
    struct str rest = arena_str(&f->arena, note);
    while (rest.p && rest.n) {
        struct str values = str_trim(str_cut(&rest, '\n'));
        struct str property = str_trim(str_cut(&values, '='));
        if (property.n && values.p)
            vec_push(&f->rule, (struct rule){property, values});
    }
    return f;
}

void failure_free(struct failure *f)
{
    if (!f)
        return;
    vec_done(&f->rule);
    arena_done(&f->arena);
    free(f);
}

bool failure_is(const struct failure *f, struct str property, struct str value)
{
    if (!f->rule.n)
        return guess(property, value);
    for (size_t i = 0; i < f->rule.n; i++)
        if (str_eq(f->rule.at[i].property, property) && listed(f->rule.at[i].values, value))
            return true;
    return false;
}

/* A rule without values says that any value is one: such a property tells why. */
enum failure_rank failure_rank(const struct failure *f, struct str property)
{
    if (!f->rule.n)
        return guess_rank(property);
    enum failure_rank rank = FAILURE_SILENT;
    for (size_t i = 0; i < f->rule.n; i++)
        if (str_eq(f->rule.at[i].property, property))
            rank = f->rule.at[i].values.n ? (rank > FAILURE_OUTCOME ? rank : FAILURE_OUTCOME) : FAILURE_CODE;
    return rank;
}

const char *failure_check(struct str note)
{
    while (note.p && note.n) {
        struct str values = str_trim(str_cut(&note, '\n'));
        bool said = values.n > 0;
        struct str property = str_trim(str_cut(&values, '='));
        if (said && (!property.n || !values.p))
            return N_("a rule is PROPERTY=VALUE,VALUE, or PROPERTY= for any value");
    }
    return NULL;
}
