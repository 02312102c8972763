/* registry.h - the analyses there are, expanded from analysis.def; one line there adds one here, in the command
 * line, in forms, in help and in the manual. */
#ifndef WM_REGISTRY_H
#define WM_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

enum param_kind {
    PARAM_SWITCH, PARAM_TEXT, PARAM_CONDITION, PARAM_DURATION, PARAM_NUMBER, PARAM_CHOICE, PARAM_BOUND /* a day or a time */,
    PARAM_USER,
};
struct param_info {
    const char *name;     /* long option */
    enum param_kind kind;
    bool repeat, required, positional; /* positional: also accepted without --name */
    const char *def;      /* default as text, or NULL */
    const char *choices;  /* PARAM_CHOICE and words a duration may be instead: "same-day|none" */
    const char *help;     /* N_() */
};
struct analysis_info {
    const char *id, *title, *summary, *example; /* title, summary: N_() */
    const struct param_info *param; /* ends with name NULL */
};

const struct analysis_info *registry_find(const char *id); /* NULL: none */
const struct analysis_info *registry_all(size_t *n);
/* Parameters every analysis takes: from, to, where, tz, top, users. */
const struct param_info *registry_common(void);
/* Own or common parameter of that name; NULL: none. */
const struct param_info *registry_param(const struct analysis_info *a, const char *name);

#endif
