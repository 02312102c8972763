/* query_p.h - what the files of the query share; private to them. */
#ifndef WM_QUERY_P_H
#define WM_QUERY_P_H

#include "model/query.h"
#include "model/registry.h"

/* All set err, with the nearest name there is, and return false. */
bool query_no_analysis(const char *id, struct err *err);
bool query_no_param(const struct analysis_info *a, const char *name, struct err *err);
/* Whether the value is one that the parameter takes. */
bool query_check_value(const struct param_info *p, const char *value, struct err *err);

#endif
