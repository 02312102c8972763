/* builder_entries.c - what conditions are picked from, as the store has it now: its tags and saved segments.
 */
#include "config.h"

#include "app/builder_p.h"

void builder_read_end(struct builder_reading *r)
{
    schema_free(r->schema);
    if (r->snapshot)
        snapshot_close(r->snapshot);
}

bool builder_read_begin(const struct builder *b, struct builder_reading *r, struct err *err)
{
    r->schema = NULL;
    r->snapshot = snapshot_open(b->env, err);
    r->schema = r->snapshot ? schema_new(r->snapshot, NULL, err) : NULL;
    if (r->schema)
        return true;
    builder_read_end(r);
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

static const char *segment_text(struct arena *a, struct str name)
{
    struct buf text = {0};
    expr_put_segment(&text, name);
    const char *copy = arena_str(a, buf_view(&text)).p;
    buf_done(&text);
    return copy;
}

void builder_read_entries(struct builder *b, struct arena *a, struct schema *m)
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
