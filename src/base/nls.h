/* nls.h - translation. _("text") at run time, N_("text") marks a table entry for later _(). */
#ifndef WM_NLS_H
#define WM_NLS_H

#include <libintl.h>
#include <stdbool.h>
#define _(s) gettext(s)
#define N_(s) (s)

/* Chooses language and codeset: lang "en", "zh_CN" or NULL (from the environment). Call once before any _();
 * again when the user switches language. Text from _() is always UTF-8 inside the program. Catalogues are
 * those below $WAYMARK_LOCALEDIR, else those beside the program when it
 * runs in its build tree, else those installed. Not while other threads run. */
void nls_init(const char *lang);
/* Takes the first of these locales that is installed (list ended by NULL) for reading and writing characters, whatever the
 * environment says: the terminal is known to read that. It stays over later nls_init. NULL when none is installed. */
const char *nls_take_charset(const char *const *locales);
/* The first that is installed, without taking it. */
const char *nls_find_charset(const char *const *locales);
/* Whether the messages of the chosen language were found; true for English, which needs none. */
bool nls_has_catalogue(void);
const char *nls_lang(void); /* "en" or "zh_CN" */

#endif
