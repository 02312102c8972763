/* settings.c - what a user and a site may choose. A file with a slip in it still counts for the rest: each
 * line that makes no sense is reported with its number. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "app/settings.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/vec.h"

enum { FILE_MAX = 1 << 20 };

#define SETTING(id, name, def, choices, help) {name, def, choices, help},
static const struct setting_info table[] = {
#include "app/settings.def"
};
#undef SETTING

struct bind {
    char *text, *place;
};

struct settings {
    char *value[SETTINGS]; /* NULL: the default */
    bool locked[SETTINGS];
    VEC(char *) complaints;
    VEC(struct bind) binds;
};

const struct setting_info *setting_info(enum setting s)
{
    return &table[s];
}

struct settings *settings_new(void)
{
    return mem_zalloc(sizeof(struct settings));
}

void settings_free(struct settings *s)
{
    if (!s)
        return;
    for (int i = 0; i < SETTINGS; i++)
        free(s->value[i]);
    for (size_t i = 0; i < s->complaints.n; i++)
        free(s->complaints.at[i]);
    for (size_t i = 0; i < s->binds.n; i++) {
        free(s->binds.at[i].text);
        free(s->binds.at[i].place);
    }
    vec_done(&s->complaints);
    vec_done(&s->binds);
    free(s);
}

const char *settings_get(const struct settings *s, enum setting which)
{
    return s->value[which] ? s->value[which] : table[which].def;
}

bool settings_is(const struct settings *s, enum setting which, const char *value)
{
    return strcmp(settings_get(s, which), value) == 0;
}

bool settings_is_locked(const struct settings *s, enum setting which)
{
    return s->locked[which];
}

/* ---- changing */

static bool unknown(struct str key, struct err *err)
{
    const char *best = NULL;
    size_t near = 3;
    for (int i = 0; i < SETTINGS; i++) {
        size_t d = str_distance(key, str_of(table[i].name), near);
        if (d < near) {
            near = d;
            best = table[i].name;
        }
    }
    if (best)
        return err_set(err, ERR_USAGE, _("there is no setting %.*s; did you mean %s?"), (int)key.n, key.p,
                       best);
    return err_set(err, ERR_USAGE, _("there is no setting %.*s; waymark help settings lists them"),
                   (int)key.n, key.p);
}

static bool is_choice(const char *choices, struct str value)
{
    struct str rest = str_of(choices);
    while (rest.p)
        if (str_eq(str_cut(&rest, '|'), value))
            return true;
    return false;
}

static char *copy(struct str s)
{
    char *c = mem_alloc(s.n + 1);
    memcpy(c, s.p, s.n);
    c[s.n] = 0;
    return c;
}

static bool put(struct settings *s, struct str key, struct str value, bool lock, struct err *err)
{
    for (int i = 0; i < SETTINGS; i++) {
        const struct setting_info *info = &table[i];
        if (!str_eq(key, str_of(info->name)))
            continue;
        if (s->locked[i])
            return err_set(err, ERR_USAGE, _("%s is locked at %s by this site"), info->name,
                           settings_get(s, (enum setting)i));
        if (info->choices && !is_choice(info->choices, value))
            return err_set(err, ERR_USAGE, _("%s cannot be %.*s; use one of %s"), info->name, (int)value.n,
                           value.p, info->choices);
        free(s->value[i]);
        s->value[i] = copy(value);
        s->locked[i] = lock;
        return true;
    }
    return unknown(key, err);
}

bool settings_put(struct settings *s, struct str key, struct str value, struct err *err)
{
    return put(s, str_trim(key), str_trim(value), false, err);
}

bool settings_put_pair(struct settings *s, struct str pair, struct err *err)
{
    struct str value = pair, key = str_cut(&value, '=');
    if (!value.p)
        return err_set(err, ERR_USAGE, _("%.*s: a setting is written key=value"), (int)pair.n, pair.p);
    return settings_put(s, key, value, err);
}

/* ---- files */

static bool take_word(struct str *line, const char *word)
{
    size_t n = strlen(word);
    if (line->n <= n || memcmp(line->p, word, n) != 0 || (line->p[n] != ' ' && line->p[n] != '\t'))
        return false;
    *line = str_trim((struct str){line->p + n, line->n - n});
    return true;
}

static bool take_line(struct settings *s, struct str line, const char *place, bool of_site, struct err *err)
{
    line = str_trim(line);
    if (!line.n || line.p[0] == '#')
        return true;
    if (take_word(&line, "bind")) {
        vec_push(&s->binds, (struct bind){copy(line), mem_strdup(place)});
        return true;
    }
    bool lock = of_site && take_word(&line, "lock");
    struct str value = line, key = str_cut(&value, '=');
    if (!value.p)
        return err_set(err, ERR_USAGE, "%s",
                       _("a line is  key = value, bind CONTEXT KEY ACTION, or a comment after #"));
    return put(s, str_trim(key), str_trim(value), lock, err);
}

bool settings_read(struct settings *s, const char *path, bool of_site, struct err *err)
{
    struct buf text = {0}, place = {0};
    if (!os_exists(path))
        return true;
    if (!os_read_file(path, FILE_MAX, &text, err)) {
        buf_done(&text);
        return false;
    }
    struct str rest = buf_view(&text);
    for (unsigned line = 1; rest.p; line++) {
        struct err wrong = {0};
        buf_clear(&place);
        buf_printf(&place, "%s:%u", path, line);
        if (take_line(s, str_cut(&rest, '\n'), place.p, of_site, &wrong))
            continue;
        err_prefix(&wrong, "%s", place.p);
        vec_push(&s->complaints, mem_strdup(wrong.text));
    }
    buf_done(&text);
    buf_done(&place);
    return true;
}

bool settings_read_site(struct settings *s, struct err *err)
{
    size_t before = s->complaints.n;
    if (!settings_read(s, SYSCONFDIR "/waymark/policy", true, err))
        return false;
    return s->complaints.n == before ||
           err_set(err, ERR_SYSTEM, _("%s; until this site's file is mended nothing is shown"),
                   s->complaints.at[before]);
}

bool settings_read_all(struct settings *s, struct err *err)
{
    struct buf path = {0};
    settings_config_path(&path);
    bool ok = settings_read(s, path.p, false, err) && settings_read_site(s, err);
    buf_done(&path);
    return ok;
}

const char *settings_complaint(const struct settings *s, size_t nth)
{
    return nth < s->complaints.n ? s->complaints.at[nth] : NULL;
}

const char *settings_bind(const struct settings *s, size_t nth, const char **place)
{
    if (nth >= s->binds.n)
        return NULL;
    *place = s->binds.at[nth].place;
    return s->binds.at[nth].text;
}

/* ---- places */

/* A relative path in these variables is to be ignored, says the XDG specification. */
static void put_base(struct buf *out, const char *variable, const char *fallback)
{
    const char *dir = getenv(variable);
    buf_clear(out);
    if (dir && *dir == '/')
        buf_printf(out, "%s/waymark/", dir);
    else
        buf_printf(out, "%s/%s/waymark/", os_home(), fallback);
}

void settings_config_path(struct buf *out)
{
    put_base(out, "XDG_CONFIG_HOME", ".config");
    buf_puts(out, "config");
}

void settings_state_path(struct buf *out, const char *name)
{
    put_base(out, "XDG_STATE_HOME", ".local/state");
    buf_puts(out, name);
}
