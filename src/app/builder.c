/* builder.c - versions, texts, names, and the counting in the background.
 *
 * One count runs at a time. What is changed meanwhile is counted when it is done: not cancelled, because the
 * answers it has found are kept, and most of them are needed again. What stands around its numbers is found
 * by a second task, so that they need not wait for it. */
#include "config.h"

#include <stdlib.h>

#include "app/builder.h"
#include "app/builder_count.h"
#include "app/task.h"
#include "base/nls.h"
#include "model/schema.h"

struct version {
    struct condition *tree;
    uint64_t serial; /* of all versions ever: what counts are compared by */
};

struct builder {
    struct workspace *workspace;
    struct env *env;
    int wake_fd;
    struct arena arena; /* of entries */
    struct builder_entry *entry;
    size_t entries;
    VEC(struct version) version;
    size_t at, saved_at; /* saved_at SIZE_MAX: that version is gone */
    uint64_t serial;
    char *name;
    struct buf text;
    char *look;
    struct counter *counter;
    struct count *counted, *running; /* running NULL beside a task: it finds the details of counted */
    uint64_t counted_serial, running_serial;
    bool again;    /* count even when the version is the same */
    bool detailed; /* counted has its details */
    struct task *task;
    struct err err;
};

/* ---- reading the store */

struct reading {
    struct snapshot *snapshot;
    struct schema *schema;
};

static void read_end(struct reading *r)
{
    schema_free(r->schema);
    if (r->snapshot)
        snapshot_close(r->snapshot);
}

static bool read_begin(const struct builder *b, struct reading *r, struct err *err)
{
    r->schema = NULL;
    r->snapshot = snapshot_open(b->env, err);
    r->schema = r->snapshot ? schema_new(r->snapshot, NULL, err) : NULL;
    if (r->schema)
        return true;
    read_end(r);
    return false;
}

/* The text as expr_print writes it; NULL when this store has not what it speaks of. */
static const char *canonical(struct arena *a, const char *text, const struct expr_vocabulary *v)
{
    struct arena arena = {0};
    struct err why;
    struct buf out = {0};
    const struct expr *e = expr_parse(&arena, str_of(text), EXPR_USER_COND, v, &why);
    if (e)
        expr_print(&out, e);
    const char *copy = e ? arena_str(a, buf_view(&out)).p : NULL;
    buf_done(&out);
    arena_done(&arena);
    return copy;
}

/* segment(NAME) in whatever quotes it needs. */
static const char *segment_text(struct arena *a, struct str name)
{
    struct buf text = {0};
    buf_puts(&text, "segment(");
    if (expr_is_bare(name)) {
        buf_str(&text, name);
    } else {
        buf_putc(&text, '"');
        for (size_t i = 0; i < name.n; i++) {
            if (name.p[i] == '"' || name.p[i] == '\\')
                buf_putc(&text, name.p[i]);
            buf_putc(&text, name.p[i]);
        }
        buf_putc(&text, '"');
    }
    buf_putc(&text, ')');
    const char *copy = arena_str(a, buf_view(&text)).p;
    buf_done(&text);
    return copy;
}

static void add_entries(struct builder *b, struct arena *a, struct schema *m)
{
    const struct catalogue *c = schema_catalogue(m);
    const struct segments *s = schema_segments(m);
    const struct expr_vocabulary *v = schema_vocabulary(m);
    b->entry = arena_array(a, struct builder_entry, c->n + s->n + 1);
    b->entries = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct str name = arena_str(a, s->at[i].name);
        b->entry[b->entries++] = (struct builder_entry){
            .tag = {.id = name,
                    .category = STR(""),
                    .name_zh = name,
                    .name_en = name,
                    .condition = arena_str(a, s->at[i].condition)},
            .text = segment_text(a, name),
        };
    }
    for (size_t i = 0; i < c->n; i++) {
        const struct tag *t = &c->tag[i];
        b->entry[b->entries++] = (struct builder_entry){
            .tag = {arena_str(a, t->id), arena_str(a, t->category), arena_str(a, t->name_zh),
                    arena_str(a, t->name_en), arena_str(a, t->condition), t->line},
            .text = arena_printf(a, "tag.%.*s", (int)t->id.n, t->id.p),
        };
    }
    for (size_t i = 0; i < b->entries; i++) {
        const char *text = canonical(a, b->entry[i].text, v);
        b->entry[i].known = text != NULL;
        if (text)
            b->entry[i].text = text;
    }
}

/* ---- counting */

static uint64_t serial(const struct builder *b)
{
    return b->version.at[b->at].serial;
}

static void drop_running(struct builder *b)
{
    if (!b->task)
        return;
    task_cancel(b->task);
    task_end(b->task, NULL);
    b->task = NULL;
    count_free(b->running); /* NULL while details are found */
    b->running = NULL;
}

static bool wants_count(const struct builder *b)
{
    return b->again || !b->counted || b->counted_serial != serial(b);
}

static bool wants_detail(const struct builder *b)
{
    const char *looked = b->counted ? count_looked(b->counted) : NULL;
    return !b->detailed || (b->look && (!looked || strcmp(looked, b->look) != 0));
}

static bool is_wanted(const struct builder *b)
{
    return wants_count(b) || wants_detail(b);
}

static bool work(void *arg, struct progress *p, struct err *err)
{
    return count_run(arg, p, err);
}

static bool work_detail(void *arg, struct progress *p, struct err *err)
{
    return count_detail(arg, p, err);
}

static void start(struct builder *b)
{
    b->err = (struct err){0};
    if (wants_count(b)) {
        b->again = false;
        b->running_serial = serial(b);
        b->running = count_new(b->counter, b->entry, b->entries, b->version.at[b->at].tree);
        b->task = task_start(work, b->running, b->wake_fd);
    } else {
        count_look(b->counted, b->look);
        b->task = task_start(work_detail, b->counted, b->wake_fd);
    }
}

static void take_count(struct builder *b, bool ok)
{
    if (ok) {
        if (b->counted)
            count_borrow(b->running, b->counted);
        count_free(b->counted);
        b->counted = b->running;
        b->counted_serial = b->running_serial;
        b->detailed = false;
    } else {
        count_free(b->running);
    }
    b->running = NULL;
}

/* Details given up for a newer version are no failure. */
static void take(struct builder *b)
{
    struct err why = {0};
    bool ok = task_end(b->task, &why), detail = !b->running;
    b->task = NULL;
    if (!detail) {
        take_count(b, ok);
    } else if (ok) {
        count_show_detail(b->counted);
        b->detailed = true;
    }
    if (!ok && !(detail && wants_count(b)))
        b->err = why;
}

bool builder_tick(struct builder *b)
{
    bool changed = false;
    if (b->task && task_over(b->task)) {
        take(b);
        changed = true;
    }
    if (b->task && !b->running && wants_count(b))
        task_cancel(b->task); /* what a key was pressed for goes first */
    if (!b->task && !b->err.code && is_wanted(b))
        start(b);
    return changed;
}

bool builder_counting(const struct builder *b)
{
    return b->task || (!b->err.code && is_wanted(b));
}

int64_t builder_counting_us(const struct builder *b)
{
    return b->task ? task_age_us(b->task) : 0;
}

int builder_percent(const struct builder *b)
{
    struct progress *p = b->task ? task_progress(b->task) : NULL;
    uint64_t total = p ? atomic_load(&p->total) : 0;
    return total ? (int)(atomic_load(&p->done) * 100 / total) : -1;
}

bool builder_cancel(struct builder *b)
{
    if (b->task)
        task_cancel(b->task);
    return b->task;
}

const struct builder_counts *builder_counts(const struct builder *b, bool *fresh)
{
    *fresh = b->counted && !b->again && b->counted_serial == serial(b);
    return b->counted ? count_answer(b->counted) : NULL;
}

const struct err *builder_error(const struct builder *b)
{
    return b->err.code ? &b->err : NULL;
}

void builder_look(struct builder *b, const char *text)
{
    if (b->look && text && strcmp(b->look, text) == 0)
        return;
    free(b->look);
    b->look = text ? mem_strdup(text) : NULL;
}

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

/* ---- picking tags */

/* The category of a leaf that is a tag and not turned round; NULL: it is something else. */
static const struct str *category_of(const struct builder *b, const struct condition *c)
{
    for (size_t i = 0; c->op == CONDITION_LEAF && !c->negated && i < b->entries; i++)
        if (b->entry[i].tag.category.n && strcmp(b->entry[i].text, c->text) == 0)
            return &b->entry[i].tag.category;
    return NULL;
}

/* The category of a tag, or of tags joined by OR that are all of one category. */
static const struct str *choice_of(const struct builder *b, const struct condition *c)
{
    if (c->op != CONDITION_OR || c->negated || !c->child.n)
        return category_of(b, c);
    const struct str *first = category_of(b, c->child.at[0]);
    for (size_t i = 1; first && i < c->child.n; i++) {
        const struct str *one = category_of(b, c->child.at[i]);
        if (!one || !str_eq(*one, *first))
            return NULL;
    }
    return first;
}

/* The row of the last choice of this category among the demands of the root; SIZE_MAX: there is none. */
static size_t find_choice(const struct builder *b, const struct condition *root, struct str category)
{
    for (size_t i = root->op == CONDITION_AND ? root->child.n : 0; i-- > 0;) {
        const struct str *one = choice_of(b, root->child.at[i]);
        if (one && str_eq(*one, category))
            return condition_row(root, root->child.at[i]);
    }
    return SIZE_MAX;
}

/* Whether the row is a choice of several or in one: what is added belongs beside it, not inside. *row becomes
 * that of the whole choice. */
static bool is_choice(const struct builder *b, struct condition *root, size_t *row)
{
    struct condition_place at;
    if (!condition_at(root, *row, &at))
        return false;
    if (at.node->op == CONDITION_OR)
        return choice_of(b, at.node) != NULL;
    if (at.parent == root || at.parent->op != CONDITION_OR || !choice_of(b, at.parent))
        return false;
    *row = condition_row(root, at.parent);
    return true;
}

/* What is left of a choice of two is no group any more. */
static size_t take_out(const struct builder *b, struct condition *root, size_t row)
{
    struct condition_place at;
    condition_at(root, row, &at);
    bool choice = at.parent != root && at.parent->child.n == 2 && choice_of(b, at.parent);
    struct condition *other = choice ? at.parent->child.at[1 - at.index] : NULL;
    row = condition_delete(root, row);
    return other ? condition_ungroup(root, condition_row(root, other)) : row;
}

size_t builder_pick(struct builder *b, size_t row, size_t entry, bool demand, bool *either)
{
    struct condition *root = builder_edit(b);
    const struct builder_entry *e = &b->entry[entry];
    size_t there = condition_find(root, str_of(e->text));
    *either = false;
    if (there != SIZE_MAX && !demand)
        return builder_commit(b, take_out(b, root, there));
    struct condition *leaf = condition_leaf(str_of(e->text));
    size_t choice = !demand && e->tag.category.n ? find_choice(b, root, e->tag.category) : SIZE_MAX;
    *either = choice != SIZE_MAX;
    if (*either)
        return builder_commit(b, condition_join(root, choice, CONDITION_OR, leaf));
    if (is_choice(b, root, &row) || demand)
        return builder_commit(b, condition_join(root, row, CONDITION_AND, leaf));
    return builder_commit(b, condition_add(root, row, leaf));
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
    struct reading r;
    if (!read_begin(b, &r, err))
        return NULL;
    struct condition *c = condition_parse(str_of(text), schema_vocabulary(r.schema), err);
    read_end(&r);
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
        struct reading r;
        condition_free(tree);
        if (!read_begin(b, &r, err))
            return false;
        const struct segment *s = segments_find(schema_segments(r.schema), str_of(name));
        if (!s)
            err_set(err, ERR_USAGE, _("there is no segment %s"), name);
        tree = s ? condition_parse(s->condition, schema_vocabulary(r.schema), err) : NULL;
        read_end(&r);
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
    struct reading r;
    struct arena fresh = {0};
    if (!read_begin(b, &r, err))
        return false;
    drop_running(b); /* it looks at the entries */
    add_entries(b, &fresh, r.schema);
    arena_done(&b->arena);
    b->arena = fresh;
    read_end(&r);
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
    drop_running(b);
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
