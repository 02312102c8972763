/* plan.c - options given beat those of a saved mapping. */
#include "config.h"

#include "base/nls.h"
#include "base/os.h"
#include "import/plan.h"

static const char *const *split(struct arena *a, const char *text, size_t *n)
{
    struct str rest = str_of(text);
    const char **v = arena_array(a, const char *, rest.n + 2);
    for (*n = 0; rest.p;)
        v[(*n)++] = arena_str(a, str_trim(str_cut(&rest, ','))).p;
    return v;
}

static bool take_delimiter(struct plan *p, const char *text, struct err *err)
{
    if (!text || p->o.delimiter)
        return true;
    p->o.delimiter = strcmp(text, "tab") == 0 ? '\t' : text[0];
    if (p->o.delimiter == '\t' || strlen(text) == 1)
        return true;
    return err_set(err, ERR_INPUT, _("%s: delimiter: %s: not one character; give one, or the word tab"),
                   p->o.mapping, text);
}

/* Both the mapping's and the option's count. */
static void take_nulls(struct plan *p)
{
    const char **all = arena_array(&p->arena, const char *, p->o.null_n + p->text.settings + 1);
    size_t n = 0;
    for (size_t i = 0; i < p->text.settings; i++)
        if (strcmp(p->text.setting[i].name, "null") == 0)
            all[n++] = p->text.setting[i].value;
    for (size_t i = 0; i < p->o.null_n; i++)
        all[n++] = p->o.nulls[i];
    p->o.nulls = all;
    p->o.null_n = n;
}

static void take_setting(struct plan *p, const char **option, const char *name)
{
    if (!*option)
        *option = mapping_text_get(&p->text, name);
}

static void take_roles(struct plan *p)
{
    for (size_t i = 0; i < p->text.n; i++) {
        const struct mapping_line *l = &p->text.line[i];
        const char **to = l->word == WORD_USER    ? &p->o.user
                          : l->word == WORD_TIME  ? &p->o.time
                          : l->word == WORD_EVENT ? &p->o.event
                          : l->word == WORD_AS_OF ? &p->o.as_of
                                                  : NULL;
        if (!to || *to)
            continue;
        *to = l->column;
        if (l->word == WORD_TIME && l->type && !p->o.time_format)
            p->o.time_format = strcmp(l->type, "auto") == 0 ? NULL : l->type;
    }
}

static bool take_text(struct plan *p, struct err *err)
{
    const char *columns = mapping_text_get(&p->text, "columns");
    take_setting(p, &p->o.input, "input");
    take_setting(p, &p->o.encoding, "encoding");
    take_setting(p, &p->o.tz, "tz");
    take_setting(p, &p->o.time_format, "time-format");
    take_setting(p, &p->o.event, "event");
    take_nulls(p);
    take_roles(p);
    if (columns && p->o.column_n == 0)
        p->o.columns = split(&p->arena, columns, &p->o.column_n);
    return take_delimiter(p, mapping_text_get(&p->text, "delimiter"), err);
}

static bool read_mapping(struct plan *p, struct err *err)
{
    struct buf text = {0};
    if (!p->o.mapping || !os_exists(p->o.mapping))
        return true;
    p->saved = true;
    bool ok = os_read_file(p->o.mapping, MAPPING_TEXT_MOST, &text, err) &&
              mapping_text_parse(&p->text, &p->arena, buf_view(&text), p->o.mapping, err) &&
              take_text(p, err);
    buf_done(&text);
    return ok;
}

bool plan_make(struct plan *p, const struct load_options *o, struct err *err)
{
    *p = (struct plan){.o = *o};
    if (!files_find(&p->files, &p->arena, o->files, o->file_n, err))
        return false;
    p->o.files = p->files.path;
    p->o.file_n = p->files.n;
    return read_mapping(p, err);
}

void plan_done(struct plan *p)
{
    arena_done(&p->arena);
}
