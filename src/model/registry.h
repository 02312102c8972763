/* registry.h - the analyses there are, expanded from analysis.def; one line there adds one here, in the
 * command line, in forms, in help and in the manual. */
#ifndef WM_REGISTRY_H
#define WM_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum param_kind {
    PARAM_SWITCH, /* takes no value */
    PARAM_TEXT,
    PARAM_CONDITION, /* of events, in the condition language */
    PARAM_SEGMENT,   /* a condition on customers */
    PARAM_DURATION,  /* "7d", or one of the words in `choices` */
    PARAM_NUMBER,    /* a whole number, 0 or more */
    PARAM_CHOICE,    /* one of the words in `choices` */
    PARAM_BOUND,     /* a day or a time */
    PARAM_USER,      /* a user's id as in the export */
};

struct param_info {
    const char *name; /* long option */
    enum param_kind kind;
    bool repeat, required, positional; /* positional: also accepted without --name */
    const char *def;                   /* default as text, or NULL */
    const char *choices;               /* PARAM_CHOICE and words a duration may be instead: "same-day|none" */
    const char *help;                  /* N_() */
    int64_t least;                     /* of PARAM_NUMBER */
    const char *needs;                 /* without this parameter it means nothing; NULL: it stands alone */
};

struct analysis_info {
    const char *id, *title, *summary, *example; /* title, summary: N_() */
    const struct param_info *param;             /* ends with name NULL */
};

const struct analysis_info *registry_find(const char *id); /* NULL: none */
const struct analysis_info *registry_all(size_t *n);
/* Parameters every analysis takes: from, to, segment, where, tz, top, users. Ends with name NULL. */
const struct param_info *registry_common(void);
/* Own or common parameter of that name; NULL: none. */
const struct param_info *registry_param(const struct analysis_info *a, const char *name);

/* The one check of every number that is given: a whole number from low to high (INT64_MAX: no upper end). */
bool registry_read_number(const char *name, const char *value, int64_t low, int64_t high, int64_t *out,
                          struct err *err);
/* Whether `word` is one of "a|b|c"; choices may be NULL. */
bool registry_choice(const char *choices, const char *word);

#endif
