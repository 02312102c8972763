/* settings.h - what a user and a site may choose, from settings.def.
 *
 * In the order of their weight: defaults, the user's file ($XDG_CONFIG_HOME/waymark/config), --setting, :set; the site's file
 * (SYSCONFDIR/waymark/policy) is read after the user's, and what it locks nothing changes any more. */
#ifndef WM_SETTINGS_H
#define WM_SETTINGS_H

#include "base/buf.h"
#include "base/err.h"

#define SETTING(id, name, def, choices, help) SETTING_##id,
enum setting {
#include "app/settings.def"
    SETTINGS
};
#undef SETTING

struct setting_info {
    const char *name, *def;
    const char *choices; /* "a|b", NULL: any text */
    const char *help;    /* N_() */
};
const struct setting_info *setting_info(enum setting s);

struct settings;
struct settings *settings_new(void); /* the defaults */
void settings_free(struct settings *s);

const char *settings_get(const struct settings *s, enum setting which); /* until it is changed */
bool settings_is(const struct settings *s, enum setting which, const char *value);
bool settings_is_locked(const struct settings *s, enum setting which);
/* Changes one. False: no such key or value, or the site has locked it. */
bool settings_put(struct settings *s, struct str key, struct str value, struct err *err);
/* The same from "key=value". */
bool settings_put_pair(struct settings *s, struct str pair, struct err *err);

/* Reads a file of lines `key = value`, `bind CONTEXT KEY ACTION`, comments (#) and, in the site's, `lock key = value`. A file that is
 * not there is none. What makes no sense becomes a complaint and changes nothing. False: it is there and cannot be read. */
bool settings_read(struct settings *s, const char *path, bool of_site, struct err *err);
/* The site's file from where it belongs. False also when a line of it makes no sense: what it would lock must not stay open. */
bool settings_read_site(struct settings *s, struct err *err);
/* The user's file and then the site's, from where they belong. */
bool settings_read_all(struct settings *s, struct err *err);
/* "FILE:3: what is wrong"; NULL beyond the last. */
const char *settings_complaint(const struct settings *s, size_t nth);
/* What the lines `bind` say, without that word, and where they stand; NULL beyond the last. */
const char *settings_bind(const struct settings *s, size_t nth, const char **place);

/* $XDG_CONFIG_HOME/waymark/config or ~/.config/waymark/config; $XDG_STATE_HOME/waymark/NAME or ~/.local/state/waymark/NAME. */
void settings_config_path(struct buf *out);
void settings_state_path(struct buf *out, const char *name);

#endif
