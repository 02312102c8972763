/* select.c - from a checked condition tree to answers per event code and a columnwise residual test. */
#include "config.h"
#include "analysis/select.h"

#include <stdlib.h>

#include "analysis/attr.h"
#include "analysis/value_test.h"
#include "base/date.h"
#include "base/nls.h"

enum node_kind {
    NODE_AND,
    NODE_OR,
    NODE_CONST,
    NODE_CODE, /* the event's code by table */
    NODE_TIME,
    NODE_HOUR,
    NODE_WEEKDAY,
    NODE_PROPERTY,
    NODE_USER, /* a bitmap of users: the attribute's test was made once per user */
};

struct select_node {
    enum node_kind kind;
    bool truth; /* NODE_CONST */
    uint16_t column;
    struct value_test test;
    const uint64_t *user;
    size_t n;
    const struct select_node **child;
};

struct compiler {
    const struct snapshot *snapshot;
    const struct zone *zone;
    struct arena *arena;
    const struct progress *progress;
    struct err *err;
    uint16_t column[64];
    size_t columns;
};

/* ---- compiling */

static struct select_node *node_new(struct compiler *c, enum node_kind kind)
{
    struct select_node *n = arena_new(c->arena, struct select_node);
    n->kind = kind;
    return n;
}

static bool need_column(struct compiler *c, uint16_t column)
{
    for (size_t i = 0; i < c->columns; i++)
        if (c->column[i] == column)
            return true;
    if (c->columns == sizeof(c->column) / sizeof(c->column[0]))
        return err_set(c->err, ERR_USAGE, _("a condition may read at most 64 properties"));
    c->column[c->columns++] = column;
    return true;
}

/* The attribute's test becomes a bitmap over all users. */
static bool compile_user(struct compiler *c, const struct expr *e, bool flip, struct select_node *n)
{
    struct value_test t;
    uint32_t users;
    uint16_t column = (uint16_t)e->field.id;
    if (!value_test_make(&t, e, column, flip, c->snapshot, c->arena, c->progress, c->err))
        return false;
    int64_t *value = attr_load(c->snapshot, column, &users, c->err);
    if (!value)
        return false;
    uint64_t *bit = arena_zalloc(c->arena, sizeof(uint64_t) * (users / 64 + 1));
    for (uint32_t u = 0; u < users; u += 64) {
        uint8_t pass[64];
        uint32_t n64 = users - u < 64 ? users - u : 64;
        value_test_run(&t, value + u, n64, pass);
        for (uint32_t i = 0; i < n64; i++)
            bit[u / 64] |= (uint64_t)pass[i] << i;
    }
    free(value);
    n->user = bit;
    return true;
}

static const struct select_node *compile_leaf(struct compiler *c, const struct expr *e, bool flip)
{
    static const enum node_kind fixed[] = {NODE_CODE, NODE_TIME, NODE_HOUR, NODE_WEEKDAY}; /* by -1 - id */
    int id = e->field.id;
    struct select_node *n = node_new(c, e->field.of_user ? NODE_USER
                                        : id < 0         ? fixed[-1 - id]
                                                         : NODE_PROPERTY);
    n->column = (uint16_t)(n->kind == NODE_CODE ? COL_EVENT : id);
    bool ok = n->kind == NODE_USER
                  ? compile_user(c, e, flip, n)
                  : value_test_make(&n->test, e, n->column, flip, c->snapshot, c->arena, c->progress, c->err);
    if (ok && n->kind == NODE_PROPERTY)
        ok = need_column(c, n->column);
    return ok ? n : NULL;
}

static const struct select_node *compile(struct compiler *c, const struct expr *e, bool flip)
{
    if (e->op == EXPR_NOT)
        return compile(c, e->child[0], !flip);
    if (e->op == EXPR_SET)
        return compile(c, e->definition, flip);
    if (e->op != EXPR_AND && e->op != EXPR_OR)
        return compile_leaf(c, e, flip);
    struct select_node *n = node_new(c, (e->op == EXPR_AND) != flip ? NODE_AND : NODE_OR);
    n->n = e->n;
    n->child = arena_array(c->arena, const struct select_node *, e->n);
    for (size_t i = 0; i < e->n; i++)
        if (!(n->child[i] = compile(c, e->child[i], flip)))
            return NULL;
    return n;
}

static enum select_answer answer(const struct select_node *n, uint32_t code)
{
    if (n->kind == NODE_CONST)
        return n->truth ? SELECT_YES : SELECT_NO;
    if (n->kind == NODE_CODE) {
        uint8_t pass;
        value_test_run(&n->test, &(int64_t){code}, 1, &pass);
        return pass ? SELECT_YES : SELECT_NO;
    }
    if (n->kind != NODE_AND && n->kind != NODE_OR)
        return SELECT_ASK;
    enum select_answer decisive = n->kind == NODE_AND ? SELECT_NO : SELECT_YES;
    enum select_answer all = n->kind == NODE_AND ? SELECT_YES : SELECT_NO;
    for (size_t i = 0; i < n->n; i++) {
        enum select_answer one = answer(n->child[i], code);
        if (one == decisive)
            return decisive;
        if (one == SELECT_ASK)
            all = SELECT_ASK;
    }
    return all;
}

/* Whether the child says the same of every event of the names that are asked about, and so decides nothing.
 */
static bool is_idle(const struct select *s, const struct select_node *group, const struct select_node *child)
{
    enum select_answer idle = group->kind == NODE_AND ? SELECT_YES : SELECT_NO;
    for (uint32_t code = 0; code < s->codes; code++)
        if (s->answer[code] != SELECT_NO && answer(child, code) != idle)
            return false;
    return true;
}

/* Without what the answers have settled: of `event = "pay" and amount > 5` the amount is left to be tested.
 */
static const struct select_node *residue(const struct select *s, const struct select_node *n, struct arena *a)
{
    if (n->kind != NODE_AND && n->kind != NODE_OR)
        return n;
    struct select_node *out = arena_new(a, struct select_node);
    *out =
        (struct select_node){.kind = n->kind, .child = arena_array(a, const struct select_node *, n->n + 1)};
    for (size_t i = 0; i < n->n; i++)
        if (!is_idle(s, n, n->child[i]))
            out->child[out->n++] = residue(s, n->child[i], a);
    return out->n == 1 ? out->child[0] : out;
}

static void fill_answers(struct select *s, const struct select_node *root, struct arena *a)
{
    uint8_t *at = arena_zalloc(a, (size_t)s->codes + 1);
    for (uint32_t code = 0; code < s->codes; code++) {
        at[code] = (uint8_t)answer(root, code);
        s->asks |= at[code] == SELECT_ASK;
    }
    s->answer = at;
    s->test = s->asks ? residue(s, root, a) : root;
}

bool select_compile(struct select *out, const struct expr *const *tree, size_t n, const struct snapshot *s,
                    const struct zone *zone, struct arena *a, const struct progress *progress,
                    struct err *err)
{
    struct compiler c = {.snapshot = s, .zone = zone, .arena = a, .progress = progress, .err = err};
    struct select_node *root = node_new(&c, n ? NODE_AND : NODE_CONST);
    root->truth = true;
    root->n = n;
    root->child = arena_array(a, const struct select_node *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!(root->child[i] = compile(&c, tree[i], false)))
            return false;
    *out = (struct select){.codes = dict_count(s, COL_EVENT), .zone = zone};
    fill_answers(out, root, a);
    uint16_t *column = arena_array(a, uint16_t, c.columns + 1);
    memcpy(column, c.column, c.columns * sizeof(*column));
    out->column = column;
    out->columns = out->asks ? c.columns : 0;
    return true;
}

/* ---- testing */

/* Whether a leaf is of one of these kinds, bits of enum node_kind. */
static bool has_leaf(const struct select_node *n, unsigned kinds)
{
    if (kinds >> n->kind & 1)
        return true;
    for (size_t i = 0; i < n->n; i++)
        if (has_leaf(n->child[i], kinds))
            return true;
    return false;
}

bool select_needs_user(const struct select *s)
{
    return s->asks && has_leaf(s->test, 1u << NODE_USER);
}

bool select_needs_time(const struct select *s)
{
    return s->asks && has_leaf(s->test, 1u << NODE_TIME | 1u << NODE_HOUR | 1u << NODE_WEEKDAY);
}

enum { CHUNK = 1024 }; /* rows tested at a time: intermediate outcomes stay in the first-level cache */

struct piece {
    const struct select_rows *rows;
    const struct zone *zone;
    uint32_t at, n;
};

static void test_clock(const struct select_node *node, const struct piece *p, uint8_t *out)
{
    int64_t v[CHUNK];
    for (uint32_t i = 0; i < p->n; i++) {
        int64_t local = zone_local(p->zone, p->rows->time[p->at + i]);
        int64_t day = local / US_PER_DAY - (local % US_PER_DAY < 0);
        int64_t hour = (local - day * US_PER_DAY) / (3600 * US_PER_S);
        v[i] = column_of_number(node->kind == NODE_HOUR ? (double)hour : date_weekday(day) + 1.0);
    }
    value_test_run(&node->test, v, p->n, out);
}

static void test_code(const struct select_node *node, const struct piece *p, uint8_t *out)
{
    int64_t v[CHUNK];
    for (uint32_t i = 0; i < p->n; i++)
        v[i] = p->rows->code[p->at + i];
    value_test_run(&node->test, v, p->n, out);
}

static void test_user(const struct select_node *node, const struct piece *p, uint8_t *out)
{
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t u = p->rows->user[p->at + i];
        out[i] = node->user[u / 64] >> (u % 64) & 1;
    }
}

static void test_node(const struct select_node *node, const struct piece *p, uint8_t *out);

static void test_group(const struct select_node *node, const struct piece *p, uint8_t *out)
{
    uint8_t one[CHUNK];
    bool all = node->kind == NODE_AND;
    memset(out, all, p->n);
    for (size_t k = 0; k < node->n; k++) {
        test_node(node->child[k], p, one);
        for (uint32_t i = 0; i < p->n; i++)
            out[i] = all ? out[i] & one[i] : out[i] | one[i];
    }
}

static void test_node(const struct select_node *node, const struct piece *p, uint8_t *out)
{
    switch (node->kind) {
    case NODE_AND:
    case NODE_OR: test_group(node, p, out); break;
    case NODE_CONST: memset(out, node->truth, p->n); break;
    case NODE_CODE: test_code(node, p, out); break;
    case NODE_TIME: value_test_run(&node->test, p->rows->time + p->at, p->n, out); break;
    case NODE_HOUR:
    case NODE_WEEKDAY: test_clock(node, p, out); break;
    case NODE_PROPERTY:
        value_test_run(&node->test, p->rows->property[node->column] + p->at, p->n, out);
        break;
    case NODE_USER: test_user(node, p, out); break;
    }
}

void select_test(const struct select *s, const struct select_rows *rows, uint8_t *keep)
{
    for (uint32_t at = 0; at < rows->n; at += CHUNK) {
        uint32_t left = rows->n - at;
        test_node(s->test, &(struct piece){rows, s->zone, at, left < CHUNK ? left : CHUNK}, keep + at);
    }
}
