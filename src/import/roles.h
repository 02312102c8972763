/* roles.h - what a column's name says about it, in English and Chinese. */
#ifndef WM_ROLES_H
#define WM_ROLES_H

#include "base/str.h"
#include "import/mapping.h"

/* How well a name fits a role: 0 not at all, higher is better. */
unsigned roles_fit(enum role role, struct str name);
/* Names that look like an identifier whose digits are no amount: *_id, *_no, *_code, 编号 ... */
bool roles_is_id(struct str name);
bool roles_is_date(struct str name);

#endif
