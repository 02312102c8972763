/* registry.c - the table of analyses, made from analysis.def at compile time.
 *
 * The file is read twice: for each analysis' list of parameters, and for the table that points at them. What
 * a parameter of each kind may look like is checked in query.c. */
#include "config.h"
#include "model/registry.h"

#include <string.h>
#include "base/nls.h"
#include "base/num.h"

enum { REPEAT = 1, REQUIRED = 2, POSITIONAL = 4 }; /* flags in analysis.def */

/* With what only some have: .least, .needs. */
#define PX(name_, kind_, flags, def_, choices_, help_, ...)                                                  \
    {                                                                                                        \
        .name = name_, .kind = PARAM_##kind_, .repeat = ((flags)&REPEAT) != 0,                               \
        .required = ((flags)&REQUIRED) != 0, .positional = ((flags)&POSITIONAL) != 0, .def = def_,           \
        .choices = choices_, .help = help_, __VA_ARGS__                                                      \
    }
#define P(name_, kind_, flags, def_, choices_, help_)                                                        \
    PX(name_, kind_, flags, def_, choices_, help_, .least = 0)
#define END_OF_PARAMS                                                                                        \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }

#define ANALYSIS(id, title, summary, example, ...)                                                           \
    static const struct param_info id##_params[] = {__VA_ARGS__, END_OF_PARAMS};
#include "model/analysis.def"
#undef ANALYSIS

#define ANALYSIS(id, title, summary, example, ...) {#id, title, summary, example, id##_params},
static const struct analysis_info analyses[] = {
#include "model/analysis.def"
};
#undef ANALYSIS

static const struct param_info common_params[] = {
    P("from", BOUND, 0, NULL, NULL, N_("first day or moment of the period")),
    P("to", BOUND, 0, NULL, NULL, N_("last day or moment of the period")),
    P("segment", SEGMENT, 0, NULL, NULL, N_("look only at customers with this condition")),
    P("where", CONDITION, 0, NULL, NULL, N_("look only at events with this condition")),
    P("tz", TEXT, 0, NULL, NULL, N_("time zone for days and hours, for this question only")),
    P("top", NUMBER, 0, NULL, NULL, N_("show that many of the largest, the rest as (other); 0 shows all")),
    END_OF_PARAMS,
};

static const struct param_info *find_param(const struct param_info *p, const char *name)
{
    for (; p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

const struct analysis_info *registry_find(const char *id)
{
    for (size_t i = 0; i < sizeof(analyses) / sizeof(*analyses); i++)
        if (strcmp(analyses[i].id, id) == 0)
            return &analyses[i];
    return NULL;
}

const struct analysis_info *registry_all(size_t *n)
{
    *n = sizeof(analyses) / sizeof(*analyses);
    return analyses;
}

const struct param_info *registry_common(void)
{
    return common_params;
}

const struct param_info *registry_param(const struct analysis_info *a, const char *name)
{
    const struct param_info *own = find_param(a->param, name);
    return own ? own : find_param(common_params, name);
}

bool registry_read_number(const char *name, const char *value, int64_t low, int64_t high, int64_t *out,
                          struct err *err)
{
    if (num_i64(str_of(value), out) && *out >= low && *out <= high)
        return true;
    if (high == INT64_MAX)
        return err_set(err, ERR_USAGE, _("--%s %s: write a whole number of %lld or more"), name, value,
                       (long long)low);
    return err_set(err, ERR_USAGE, _("--%s %s: write a whole number from %lld to %lld"), name, value,
                   (long long)low, (long long)high);
}

bool registry_choice(const char *choices, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = choices; at; at = strchr(at, '|'), at = at ? at + 1 : NULL) {
        size_t length = strcspn(at, "|");
        if (length == n && memcmp(at, word, n) == 0)
            return true;
    }
    return false;
}
