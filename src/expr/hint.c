/* hint.c - words that people bring from SQL, from spreadsheets and from speech, and what to write instead.
 * They are looked at only where the grammar has failed already, so all of them remain good names. */
#include "config.h"
#include "expr/expr_p.h"

#include "base/nls.h"

/* Behind a name: "age between 18 and 30". */
static const struct {
    const char *word, *right; /* right: behind the name */
} tests[] = {
    {"between", "in A..B"},     {"like", "~ \"TEXT\""},
    {"contains", "~ \"TEXT\""}, {"matches", "~ \"PATTERN\""},
    {"equals", "= VALUE"},      {"equal", "= VALUE"},
    {"eq", "= VALUE"},          {"gt", "> VALUE"},
    {"ge", ">= VALUE"},         {"lt", "< VALUE"},
    {"le", "<= VALUE"},         {"isnull", "is null"},
    {"notnull", "is not null"}, {"exists", "is not null"},
    {"before", "< TIME"},       {"after", "> TIME"},
    {"大于", "> VALUE"},        {"小于", "< VALUE"},
    {"等于", "= VALUE"},        {"包含", "~ \"TEXT\""},
};

bool hint_test(struct parser *p, const struct token *name)
{
    for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
        if (lex_word(&p->now, tests[i].word)) {
            err_at(p->err, p->now.column, p->now.width, _("%s has no meaning here; write %s %s"),
                   lex_show(p->arena, p->now.source), lex_show(p->arena, name->source), tests[i].right);
            return true;
        }
    return false;
}

/* Other names of functions. */
static const struct {
    const char *word, *right;
} functions[] = {
    {"count", "did"},       {"times", "did"},   {"number", "did"},      {"done", "did"},
    {"had", "did"},         {"average", "avg"}, {"mean", "avg"},        {"total", "sum"},
    {"minimum", "min"},     {"maximum", "max"}, {"unique", "distinct"}, {"seq", "sequence"},
    {"funnel", "sequence"}, {"latest", "last"}, {"earliest", "first"},
};

const char *hint_function(const struct token *name)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
        if (lex_word(name, functions[i].word))
            return functions[i].right;
    return NULL;
}

/* What has no place behind a whole condition. */
bool hint_behind(struct parser *p)
{
    struct token *t = &p->now;
    if (lex_word(t, "last") || lex_word(t, "older"))
        return !err_at(p->err, t->column, t->width,
                       _("a period stands inside the brackets: did(EVENT, last 30d)"));
    if (lex_word(t, "within"))
        return !err_at(p->err, t->column, t->width,
                       _("within stands in a sequence: sequence(A > B within 7d); for a period write "
                         "did(EVENT, last 7d)"));
    if (lex_word(t, "where"))
        return !err_at(p->err, t->column, t->width,
                       _("where stands inside the brackets: did(EVENT where PROPERTY = VALUE)"));
    if (lex_word(t, "times"))
        return !err_at(p->err, t->column, t->width, _("leave %s out: did(EVENT) >= 3 counts already"),
                       lex_show(p->arena, t->source));
    return false;
}
