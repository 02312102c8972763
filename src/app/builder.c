/* builder.c - the versions of a segment, its text and its name. */
#include "config.h"

#include <stdlib.h>

#include "app/builder_p.h"
#include "base/nls.h"

/* ---- versions */

/* Everything from version n on goes. */
static void forget(struct builder *b, size_t n)
{
    while (b->version.n > n)
        condition_free(b->version.at[--b->version.n].tree);
    if (b->saved_at != SIZE_MAX && b->saved_at >= n)
        b->saved_at = SIZE_MAX;
}

static void push(struct builder *b, struct condition *tree)
{
    forget(b, b->at + 1);
    vec_push(&b->version, (struct version){tree, ++b->serial});
    b->at = b->version.n - 1;
    b->err = (struct err){0};
}

const struct builder_entry *builder_entries(const struct builder *b, size_t *n)
{
    *n = b->entries;
    return b->entry;
}

struct condition *builder_tree(struct builder *b)
{
    return b->version.at[b->at].tree;
}

const char *builder_text(struct builder *b)
{
    buf_clear(&b->text);
    condition_put(&b->text, builder_tree(b));
    return b->text.n ? b->text.p : "";
}

const char *builder_name(const struct builder *b)
{
    return b->name;
}

bool builder_is_saved(const struct builder *b)
{
    return b->at == b->saved_at;
}

size_t builder_undos(const struct builder *b)
{
    return b->at;
}

struct condition *builder_edit(struct builder *b)
{
    push(b, condition_copy(builder_tree(b)));
    return builder_tree(b);
}

/* What an edit left unchanged is no version. What was undone before it is gone all the same: the edit has
 * been asked for, and redo would lead elsewhere. */
size_t builder_commit(struct builder *b, size_t row)
{
    if (row != SIZE_MAX)
        return row;
    forget(b, b->at);
    b->at--;
    return row;
}

bool builder_undo(struct builder *b)
{
    if (b->at == 0)
        return false;
    b->at--;
    b->err = (struct err){0};
    return true;
}

bool builder_redo(struct builder *b)
{
    if (b->at + 1 >= b->version.n)
        return false;
    b->at++;
    b->err = (struct err){0};
    return true;
}

static struct condition *parse(struct builder *b, const char *text, struct err *err)
{
    struct builder_reading r;
    if (!builder_read_begin(b, &r, err))
        return NULL;
    struct condition *c = condition_parse(str_of(text), schema_vocabulary(r.schema), err);
    builder_read_end(&r);
    return c;
}

struct condition *builder_parse(struct builder *b, const char *text, struct err *err)
{
    struct condition *c = parse(b, text, err);
    if (!c || c->child.n > 1)
        return c;
    struct condition *only = c->child.n ? condition_copy(c->child.at[0]) : NULL;
    condition_free(c);
    if (!only)
        err_set(err, ERR_USAGE, _("there is no condition; write one such as age >= 30"));
    return only;
}

bool builder_set_text(struct builder *b, const char *text, struct err *err)
{
    struct condition *c = parse(b, text, err);
    if (c)
        push(b, c);
    return c != NULL;
}

/* ---- names */

static void rename_to(struct builder *b, const char *name)
{
    free(b->name);
    b->name = name ? mem_strdup(name) : NULL;
}

static void begin_with(struct builder *b, struct condition *tree)
{
    forget(b, 0);
    vec_push(&b->version, (struct version){tree, ++b->serial});
    b->at = b->saved_at = 0;
    b->err = (struct err){0};
}

bool builder_open(struct builder *b, const char *name, struct err *err)
{
    struct condition *tree = condition_group(CONDITION_AND);
    if (name) {
        struct builder_reading r;
        condition_free(tree);
        if (!builder_read_begin(b, &r, err))
            return false;
        const struct segment *s = segments_find(schema_segments(r.schema), str_of(name));
        if (!s)
            err_set(err, ERR_USAGE, _("there is no segment %s"), name);
        tree = s ? condition_parse(s->condition, schema_vocabulary(r.schema), err) : NULL;
        builder_read_end(&r);
        if (!tree)
            return false;
    }
    begin_with(b, tree);
    rename_to(b, name);
    return true;
}

bool builder_save(struct builder *b, const char *name, struct err *err)
{
    struct query q;
    query_init(&q, "segment save");
    query_add(&q, "name", name);
    query_add(&q, "condition", builder_text(b));
    struct result *r = workspace_keep(workspace_dir(b->workspace), &q, NULL, err);
    query_done(&q);
    if (!r)
        return false;
    result_free(r);
    b->saved_at = b->at;
    rename_to(b, name);
    return builder_refresh(b, err);
}

/* ---- life */

bool builder_refresh(struct builder *b, struct err *err)
{
    struct builder_reading r;
    struct arena fresh = {0};
    if (!builder_read_begin(b, &r, err))
        return false;
    builder_drop_work(b); /* it looks at the entries */
    builder_read_entries(b, &fresh, r.schema);
    arena_done(&b->arena);
    b->arena = fresh;
    builder_read_end(&r);
    count_free(b->counted);
    b->counted = NULL;
    b->again = true;
    b->err = (struct err){0};
    return true;
}

struct builder *builder_new(struct workspace *w, int wake_fd, struct err *err)
{
    struct builder *b = mem_zalloc(sizeof *b);
    b->workspace = w;
    b->wake_fd = wake_fd;
    begin_with(b, condition_group(CONDITION_AND));
    b->env = env_open(workspace_dir(w), ENV_READ, err);
    if (b->env && builder_refresh(b, err)) {
        b->counter = counter_new(b->env);
        return b;
    }
    builder_free(b);
    return NULL;
}

void builder_free(struct builder *b)
{
    if (!b)
        return;
    builder_drop_work(b);
    count_free(b->counted);
    counter_free(b->counter);
    forget(b, 0);
    vec_done(&b->version);
    arena_done(&b->arena);
    buf_done(&b->text);
    free(b->look);
    free(b->name);
    if (b->env)
        env_close(b->env);
    free(b);
}
