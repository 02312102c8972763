/* kept.c - questions kept from one start to the next.
 *
 * A line is: store, time, root, customers, name, text (field.h). */
#include "config.h"

#include <stdlib.h>

#include "app/kept.h"
#include "app/settings.h"
#include "base/field.h"
#include "base/os.h"
#include "model/registry.h"

enum { FILE_MAX = 1 << 20 };

static void drop_line(struct kept_line *l)
{
    free(l->name);
    free(l->text);
}

void kept_done(struct kept_file *f)
{
    for (size_t i = 0; i < f->lines.n; i++)
        drop_line(&f->lines.at[i]);
    vec_done(&f->lines);
}

void kept_add(struct kept_file *f, const struct kept_line *line)
{
    struct kept_line copy = *line;
    copy.name = mem_strdup(line->name);
    copy.text = mem_strdup(line->text);
    vec_push(&f->lines, copy);
}

void kept_remove(struct kept_file *f, size_t nth)
{
    drop_line(&f->lines.at[nth]);
    f->lines.n--;
    memmove(&f->lines.at[nth], &f->lines.at[nth + 1], (f->lines.n - nth) * sizeof *f->lines.at);
}

void kept_remember(struct kept_file *f, const struct kept_line *line, size_t most)
{
    struct kept_file now = {0};
    kept_add(&now, line);
    for (size_t i = 0; i < f->lines.n && now.lines.n < most; i++)
        if (strcmp(f->lines.at[i].text, line->text) != 0)
            kept_add(&now, &f->lines.at[i]);
    kept_done(f);
    *f = now;
}

bool kept_may_keep(const struct query *q)
{
    const struct analysis_info *info = registry_find(q->analysis);
    for (size_t i = 0; info && i < q->n; i++) {
        const struct param_info *p = registry_param(info, q->param[i].name);
        if (!p || p->kind == PARAM_USER)
            return false;
    }
    return info != NULL;
}

/* ---- files */

static bool take_line(struct str text, struct kept_line *out)
{
    int64_t root;
    *out = (struct kept_line){0};
    if (!field_take_number(&text, &out->time_us) || !field_take_number(&text, &root) ||
        !field_take_number(&text, &out->customers) || !text.p || root < 0 || root > 9)
        return false;
    out->root = (int)root;
    out->name = field_take(&text);
    out->text = text.p ? field_take(&text) : NULL;
    if (out->text)
        return true;
    drop_line(out);
    return false;
}

static bool read_all(const char *name, struct buf *text, struct err *err)
{
    struct buf path = {0};
    settings_state_path(&path, name);
    bool ok = !os_exists(path.p) || os_read_file(path.p, FILE_MAX, text, err);
    buf_done(&path);
    return ok;
}

/* Whether the line is of this store; *rest is what follows its name. */
static bool is_of(struct str line, const char *store, struct str *rest)
{
    *rest = line;
    char *of = field_take(rest);
    bool same = rest->p && strcmp(of, store) == 0;
    free(of);
    return same;
}

bool kept_load(struct kept_file *f, const char *name, const char *store, struct err *err)
{
    struct buf text = {0};
    *f = (struct kept_file){0};
    bool ok = read_all(name, &text, err);
    for (struct str rest = buf_view(&text), line; ok && rest.p;) {
        struct kept_line l;
        if (is_of(str_cut(&rest, '\n'), store, &line) && take_line(line, &l))
            vec_push(&f->lines, l);
    }
    buf_done(&text);
    return ok;
}

static void put_line(struct buf *out, const char *store, const struct kept_line *l)
{
    field_put(out, store);
    buf_printf(out, "\t%lld\t%d\t%lld\t", (long long)l->time_us, l->root, (long long)l->customers);
    field_put(out, l->name);
    buf_putc(out, '\t');
    field_put(out, l->text);
    buf_putc(out, '\n');
}

static void put_others(struct buf *out, struct str old, const char *store)
{
    while (old.p) {
        struct str line = str_cut(&old, '\n'), rest;
        if (!line.n || is_of(line, store, &rest))
            continue;
        buf_str(out, line);
        buf_putc(out, '\n');
    }
}

bool kept_save(const struct kept_file *f, const char *name, const char *store, struct err *err)
{
    struct buf old = {0}, now = {0}, path = {0};
    settings_state_path(&path, "");
    bool ok = os_make_dirs(path.p, err) && read_all(name, &old, err);
    for (size_t i = 0; i < f->lines.n; i++)
        put_line(&now, store, &f->lines.at[i]);
    put_others(&now, buf_view(&old), store);
    settings_state_path(&path, name);
    ok = ok && os_replace_file(path.p, buf_view(&now), err);
    buf_done(&old);
    buf_done(&now);
    buf_done(&path);
    return ok;
}
