/* loader_line.c - as a shell would part it, but a path that holds blanks needs no quotes when it stands
 * alone. */
#include "config.h"

#include <stdlib.h>

#include "app/command.h"
#include "app/loader_line.h"
#include "base/nls.h"
#include "base/os.h"

/* The next word into `out`; false: there is none. */
static bool next_word(struct str *rest, struct buf *out)
{
    char quote = 0;
    buf_clear(out);
    *rest = str_trim(*rest);
    size_t i = 0;
    for (; i < rest->n && (quote || rest->p[i] != ' '); i++) {
        char c = rest->p[i];
        if (c == quote)
            quote = 0;
        else if (!quote && (c == '"' || c == '\''))
            quote = c;
        else
            buf_putc(out, c);
    }
    *rest = (struct str){rest->p + i, rest->n - i};
    return i > 0;
}

static char *full_path(struct str path)
{
    struct buf full = {0};
    if (path.n > 1 && path.p[0] == '~' && path.p[1] == '/') {
        buf_puts(&full, os_home());
        path = (struct str){path.p + 1, path.n - 1};
    }
    buf_str(&full, path);
    return full.p;
}

/* word: "--name", "--name=value"; the value else is the next word. */
static bool take_option(struct loader_line *l, const struct command_info *c, struct buf *word,
                        struct str *rest, struct err *err)
{
    char *equal = strchr(word->p, '=');
    if (equal)
        *equal = '\0';
    const struct param_info *p = command_option(c, word->p + 2);
    if (!p || p->positional)
        return err_set(err, ERR_USAGE, _("%s: %s has no such option; waymark help %s lists them"), word->p,
                       c->name, c->name);
    if (p->kind == PARAM_SWITCH) {
        query_add(&l->query, p->name, "");
        return true;
    }
    struct buf value = {0};
    bool ok = true;
    if (equal)
        buf_puts(&value, equal + 1);
    else
        ok = next_word(rest, &value);
    if (ok)
        query_add(&l->query, p->name, value.p ? value.p : "");
    else
        err_set(err, ERR_USAGE, _("--%s needs a value behind it"), p->name);
    buf_done(&value);
    return ok;
}

static bool take_words(struct loader_line *l, const char *line, struct err *err)
{
    const struct command_info *c = command_find(l->query.analysis);
    struct str rest = str_of(line);
    struct buf word = {0};
    bool ok = true;
    while (ok && next_word(&rest, &word))
        if (word.n > 2 && word.p[0] == '-' && word.p[1] == '-')
            ok = take_option(l, c, &word, &rest, err);
        else if (word.n)
            vec_push(&l->path, full_path(buf_view(&word)));
    buf_done(&word);
    return ok;
}

bool loader_line_parse(struct loader_line *out, const char *command, const char *line, struct err *err)
{
    *out = (struct loader_line){0};
    query_init(&out->query, command);
    char *whole = full_path(str_trim(str_of(line)));
    if (os_exists(whole)) {
        vec_push(&out->path, whole);
        return true;
    }
    free(whole);
    if (take_words(out, line, err))
        return true;
    loader_line_done(out);
    return false;
}

void loader_line_done(struct loader_line *l)
{
    for (size_t i = 0; i < l->path.n; i++)
        free(l->path.at[i]);
    vec_done(&l->path);
    query_done(&l->query);
}
