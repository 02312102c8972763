/* follow.h - `import events --follow`: a folder's exports are loaded as they appear. */
#ifndef WM_FOLLOW_H
#define WM_FOLLOW_H

#include "app/intake.h"
#include "import/load.h"

/* Loads each complete file of the folder as an import of its own and tells hook->on_mapping one line about
 * it; on until *p is cancelled, which is how it ends well. Files the store has loaded before are passed over.
 * r: a result that gets the sums; it is freed and NULL returned when the store or the folder cannot be used
 * any more. */
struct result *follow_run(const char *dir, const char *folder, const struct load_options *o,
                          const struct intake_hook *hook, struct progress *p, struct result *r,
                          struct err *err);

#endif
