/* mask.c - a result with its personal values masked. Names that analyses give to columns and fields are known
 * here; names from data, of attributes and properties, are looked up by mask_kind_of. */
#include "config.h"

#include "app/mask.h"
#include "app/mask_text.h"
#include "base/nls.h"

#define PARAMETERS "parameters"

struct masking {
    const char *names; /* further ones, with commas between them */
    enum mask_depth depth;
    struct arena *arena;
    bool grouped; /* by something personal */
};

bool mask_is_on(const struct settings *s)
{
    return settings_is(s, SETTING_MASK, "on");
}

void mask_put_id(struct buf *out, const struct settings *s, struct str id)
{
    mask_put(out, mask_is_on(s) ? MASK_ID : MASK_NOTHING, id);
}

/* ---- which values */

static enum mask_kind kind_of_data(const char *more, struct str name)
{
    struct str rest = str_of(more);
    while (rest.p)
        if (str_eq(str_trim(str_cut(&rest, ',')), name))
            return MASK_ALL;
    return mask_kind_of(name);
}

/* What the analyses call a customer's id; that parameters call it so, too, says `in`. */
static enum mask_kind kind_of_ours(const char *in, const char *name)
{
    static const char *const ids[] = {"user", "matched", "other_ids", "customer"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (strcmp(name, ids[i]) == 0)
            return MASK_ID;
    if (strcmp(name, "example") == 0) /* a row as it came, or an id that is not known */
        return MASK_ALL;
    bool parameter = strcmp(in, PARAMETERS) == 0 && (strcmp(name, "id") == 0 || strcmp(name, "explain") == 0);
    return parameter ? MASK_ID : MASK_NOTHING;
}

/* A name as --by writes it, perhaps with user. in front. */
static bool is_personal(const struct settings *s, const char *by)
{
    struct str name = str_of(by);
    if (name.n > 5 && memcmp(name.p, "user.", 5) == 0)
        name = (struct str){name.p + 5, name.n - 5};
    return name.n && kind_of_data(settings_get(s, SETTING_MASK_NAMES), name) != MASK_NOTHING;
}

static bool is_from_data(const char *object)
{
    return strcmp(object, "attributes") == 0 || strcmp(object, "properties") == 0;
}

/* ---- values */

/* A mask of the whole value, or of what lies inside a text; NULL: it may be seen. */
static const char *masked_text(const struct masking *m, enum mask_kind kind, const struct value *v)
{
    struct buf text = {0};
    bool masked = kind != MASK_NOTHING;
    if (masked)
        mask_put(&text, v->type == VALUE_TEXT ? kind : MASK_ALL, v->type == VALUE_TEXT ? v->text : STR(""));
    else if (v->type == VALUE_TEXT)
        masked = mask_put_inside(&text, v->text);
    const char *copy = masked ? arena_str(m->arena, buf_view(&text)).p : NULL;
    buf_done(&text);
    return copy;
}

static struct value masked_value(const struct masking *m, enum mask_kind kind, const char *name,
                                 const struct value *v);

static struct value masked_list(const struct masking *m, enum mask_kind kind, const struct value *v)
{
    struct value out = *v;
    out.list.at = arena_array(m->arena, struct value, v->list.n + 1);
    for (size_t i = 0; i < v->list.n; i++)
        out.list.at[i] = masked_value(m, kind, "", &v->list.at[i]);
    return out;
}

static void mask_object(const struct masking *m, const char *name, const struct object *from,
                        struct object *to)
{
    bool data = is_from_data(name);
    *to = *from;
    to->at = arena_array(m->arena, struct field, from->n + 1);
    for (size_t i = 0; i < from->n; i++) {
        const struct field *f = &from->at[i];
        enum mask_kind kind = data ? kind_of_data(m->names, str_of(f->name)) : kind_of_ours(name, f->name);
        to->at[i] = (struct field){f->name, masked_value(m, kind, f->name, &f->value)};
    }
    to->cap = to->n;
}

/* Columns that are named by data have no type of their own. */
static enum mask_kind kind_of_column(const struct masking *m, const struct column_info *c)
{
    bool data = c->type == VALUE_NONE && c->name == c->title;
    if (m->grouped && strcmp(c->name, "group") == 0)
        return MASK_ALL;
    return data ? kind_of_data(m->names, str_of(c->name)) : kind_of_ours("", c->name);
}

/* Tables of which each row is about an attribute or a property of its own. */
static enum mask_kind kind_of_subject(const struct masking *m, const struct rows *t, size_t row)
{
    static const char *const columns[] = {"attribute", "property"};
    for (size_t i = 0; i < 2; i++) {
        const struct value *v = rows_get(t, row, columns[i]);
        if (v && v->type == VALUE_TEXT)
            return kind_of_data(m->names, v->text);
    }
    return MASK_NOTHING;
}

static bool is_of_subject(const char *column)
{
    return strcmp(column, "value") == 0 || strcmp(column, "before") == 0;
}

static void mask_rows(const struct masking *m, const struct rows *from, struct rows *to)
{
    *to = *from;
    to->cell = arena_array(m->arena, struct value, mem_size(from->n, from->columns) + 1);
    for (size_t c = 0; c < from->columns; c++) {
        const char *name = from->column[c].name;
        enum mask_kind kind = kind_of_column(m, &from->column[c]);
        bool of_subject = is_of_subject(name);
        for (size_t row = 0; row < from->n; row++) {
            size_t at = row * from->columns + c;
            to->cell[at] =
                masked_value(m, of_subject ? kind_of_subject(m, from, row) : kind, name, &from->cell[at]);
        }
    }
    to->cap = to->n;
}

static struct value masked_value(const struct masking *m, enum mask_kind kind, const char *name,
                                 const struct value *v)
{
    struct value out = *v;
    if (v->type == VALUE_NONE)
        return out;
    if (v->type == VALUE_LIST && !v->shown)
        return masked_list(m, kind, v);
    if (v->type == VALUE_OBJECT && !kind) {
        out.object = arena_alloc(m->arena, sizeof *out.object);
        mask_object(m, name, v->object, out.object);
        return out;
    }
    if (v->type == VALUE_ROWS) {
        out.rows = arena_alloc(m->arena, sizeof *out.rows);
        mask_rows(m, v->rows, out.rows);
        return out;
    }
    const char *text = masked_text(m, kind, v);
    if (text && m->depth == MASK_WHOLE)
        out = (struct value){.type = VALUE_TEXT, .who = v->who, .text = str_of(text)};
    else if (text)
        out.shown = text;
    return out;
}

/* ---- sentences */

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

/* Every mention of the id as a word of its own. */
static const char *without_id(const struct masking *m, const char *sentence, struct str id)
{
    struct buf out = {0};
    const char *from = sentence, *hit;
    if (!sentence || !id.n)
        return sentence;
    while ((hit = memmem(from, strlen(from), id.p, id.n))) {
        bool alone = (hit == sentence || !is_word(hit[-1])) && !is_word(hit[id.n]);
        buf_put(&out, from, (size_t)(hit - from));
        mask_put(&out, alone ? MASK_ID : MASK_NOTHING, id);
        from = hit + id.n;
    }
    buf_puts(&out, from);
    const char *copy = arena_str(m->arena, buf_view(&out)).p;
    buf_done(&out);
    return copy;
}

static void mask_sentences(const struct masking *m, const struct result *r, struct result *out)
{
    const struct value *ids[] = {object_get(&r->parameters, "id"), object_get(&r->parameters, "explain"),
                                 object_get(&r->summary, "user")};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (ids[i] && ids[i]->type == VALUE_TEXT) {
            out->rule = without_id(m, out->rule, ids[i]->text);
            out->command = without_id(m, out->command, ids[i]->text);
        }
}

void mask_result(const struct settings *s, const struct result *r, enum mask_depth depth, struct arena *a,
                 struct result *out)
{
    const struct value *by = object_get(&r->parameters, "by");
    struct masking m = {settings_get(s, SETTING_MASK_NAMES), depth, a, false};
    *out = *r;
    if (!mask_is_on(s))
        return;
    m.grouped = by && by->type == VALUE_TEXT && is_personal(s, by->text.p);
    mask_rows(&m, &r->rows, &out->rows);
    mask_object(&m, "", &r->summary, &out->summary);
    mask_object(&m, PARAMETERS, &r->parameters, &out->parameters);
    mask_object(&m, "", &r->more, &out->more);
    mask_sentences(&m, r, out);
}

bool mask_allows(const struct settings *s, const struct query *q, struct err *err)
{
    static const char *const params[] = {"by", "unit", "property"};
    for (size_t i = 0; i < sizeof params / sizeof *params && mask_is_on(s); i++)
        if (is_personal(s, query_get(q, params[i])))
            return err_set(err, ERR_USAGE, _("%s: %s is hidden (setting mask); choose another one"),
                           params[i], query_get(q, params[i]));
    return true;
}
