/* nls.c - which language the program speaks.
 *
 * gettext looks at LANGUAGE only when the message locale is not "C", and a machine need not have any Chinese
 * locale installed; so a locale that exists is chosen for LC_MESSAGES and LANGUAGE names the catalogue.
 * Numbers stay in the "C" locale: what we print must be readable by other programs. */
#include "config.h"

#include "base/nls.h"

#include <locale.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *chosen = "en";
static const char *charset_locale = ""; /* "": what the environment says */

static const char *env(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* The first language of a list such as "de:zh_CN:en" that we have; NULL when there is none. */
static const char *first_known(const char *list)
{
    for (; list && *list; list += *list == ':') {
        if (strncmp(list, "zh", 2) == 0)
            return "zh_CN";
        if (strncmp(list, "en", 2) == 0)
            return "en";
        list += strcspn(list, ":");
    }
    return NULL;
}

static const char *from_environment(void)
{
    const char *locale = env("LC_ALL");
    if (!locale)
        locale = env("LC_MESSAGES");
    if (!locale)
        locale = env("LANG");
    if (!locale || strcmp(locale, "POSIX") == 0 || locale[0] == 'C')
        return "en";
    const char *lang = first_known(env("LANGUAGE"));
    if (!lang)
        lang = first_known(locale);
    return lang ? lang : "en";
}

/* FOLDER/po of the folder the program lies in, when catalogues are there: a program that was built and not
 * yet installed. */
static const char *build_folder(void)
{
    static char folder[PATH_MAX];
    char file[PATH_MAX + 32];
    ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 4);
    if (n <= 0)
        return NULL;
    folder[n] = '\0';
    char *slash = strrchr(folder, '/');
    if (!slash || slash + 4 >= folder + sizeof folder)
        return NULL;
    memcpy(slash, "/po", 4);
    snprintf(file, sizeof file, "%s/zh_CN/LC_MESSAGES/waymark.mo", folder);
    return access(file, R_OK) == 0 ? folder : NULL;
}

static const char *catalogue_folder(void)
{
    const char *folder = env("WAYMARK_LOCALEDIR");
    if (!folder)
        folder = build_folder();
    return folder ? folder : LOCALEDIR;
}

void nls_init(const char *lang)
{
    if (!lang)
        lang = from_environment();
    chosen = strncmp(lang, "zh", 2) == 0 ? "zh_CN" : "en";
    setlocale(LC_CTYPE, charset_locale); /* for the terminal; the rest of the categories stay "C" */
    if (strcmp(chosen, "en") == 0) {
        setlocale(LC_MESSAGES, "C"); /* message ids are the English text */
    } else {
        setenv("LANGUAGE", chosen, 1);
        static const char *const usable[] = {"zh_CN.UTF-8", "zh_CN.utf8", "en_US.UTF-8", "C.UTF-8", ""};
        bool found = false;
        for (size_t i = 0; i < sizeof(usable) / sizeof(*usable) && !found; i++)
            found = setlocale(LC_MESSAGES, usable[i]) != NULL;
    }
    bindtextdomain("waymark", catalogue_folder());
    bind_textdomain_codeset("waymark", "UTF-8");
    textdomain("waymark"); /* also makes gettext forget what it has looked up in the former language */
}

const char *nls_find_charset(const char *const *locales)
{
    const char *found = NULL;
    for (; *locales && !found; locales++)
        found = setlocale(LC_CTYPE, *locales) ? *locales : NULL;
    setlocale(LC_CTYPE, charset_locale);
    return found;
}

const char *nls_take_charset(const char *const *locales)
{
    const char *found = nls_find_charset(locales);
    if (found) {
        charset_locale = found;
        setlocale(LC_CTYPE, found);
    }
    return found;
}

const char *nls_lang(void)
{
    return chosen;
}

bool nls_has_catalogue(void)
{
    const char *const header = ""; /* the empty text stands for the catalogue's header */
    return strcmp(chosen, "en") == 0 || *gettext(header) != '\0';
}
