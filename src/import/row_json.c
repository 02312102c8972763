/* row_json.c - members of JSON objects to rows: found by name, which mostly stands where it stood in the
 * object before.
 */
#include "config.h"

#include "import/row_p.h"

/* Number of the name among the file's, UINT32_MAX: not one of them. */
static inline uint32_t name_of(struct maker *k, size_t place, struct str key)
{
    struct intern *names = k->file->names;
    uint32_t likely = place < ROW_NEXT_MOST ? k->next[place] : 0;
    if (likely < k->file->members && str_eq(intern_get(names, likely), key))
        return likely;
    uint32_t at = intern_find(names, key);
    if (place < ROW_NEXT_MOST && at != INTERN_NONE)
        k->next[place] = at;
    return at;
}

static enum reject put_member(struct maker *k, size_t column, const struct json_field *f, unsigned char *row)
{
    return row_put(k, column, f->kind == JSON_IS_NULL ? (struct str){"", 0} : f->value, row);
}

static void note_unknown(struct maker *k, const struct json_field *f)
{
    if (!k->l->full)
        late_note(&k->out->late, f);
    else if (f->kind != JSON_IS_NULL)
        k->kinds |= 1U << REPAIR_KEY;
}

/* REJECT_COUNT: a name came twice. */
static enum reject put_once(struct maker *k, const struct json_record *rec, unsigned char *row)
{
    k->object++;
    for (size_t i = 0; i < rec->n; i++) {
        uint32_t name = name_of(k, i, rec->field[i].key);
        if (name >= k->file->members) {
            note_unknown(k, &rec->field[i]);
            continue;
        }
        int column = k->file->member[name];
        if (column < 0)
            continue;
        if (k->stamp[column] == k->object)
            return REJECT_COUNT;
        k->stamp[column] = k->object;
        enum reject why = put_member(k, (size_t)column, &rec->field[i], row);
        if (why != REJECT_NONE)
            return why;
    }
    return REJECT_NONE;
}

enum reject row_put_members(struct maker *k, struct json_record *rec, unsigned char *row)
{
    size_t pending = k->out->pending.n;
    enum reject why = put_once(k, rec, row);
    if (why == REJECT_COUNT) {
        for (size_t i = 0; i < k->l->n; i++)
            if (k->stamp[i] == k->object)
                row_clear(k, i, row);
        k->out->pending.n = pending;
        json_source_single(rec);
        why = put_once(k, rec, row);
    }
    if (rec->repeats)
        k->kinds |= 1U << REPAIR_REPEAT;
    return why;
}

struct str row_member(const struct maker *k, const struct json_record *rec, size_t name)
{
    struct str key = intern_get(k->file->names, (uint32_t)name);
    for (size_t i = 0; i < rec->n; i++)
        if (str_eq(rec->field[i].key, key) && rec->field[i].kind != JSON_IS_NULL)
            return rec->field[i].value;
    return (struct str){"", 0};
}

/* What every row must have. */
static enum reject missing_role(const struct maker *k)
{
    const struct mapping *m = k->l->m;
    if (k->stamp[m->user] != k->object)
        return REJECT_USER;
    if (m->time >= 0 && k->stamp[m->time] != k->object)
        return REJECT_TIME;
    if (m->event >= 0 && m->joined.n == 0 && k->stamp[m->event] != k->object)
        return REJECT_EVENT;
    return m->as_of >= 0 && k->stamp[m->as_of] != k->object ? REJECT_TIME : REJECT_NONE;
}

static enum reject make_row(struct maker *k, struct json_record *rec, unsigned char *row)
{
    if (rec->why != REJECT_NONE)
        return rec->why;
    row_copy(row, k->l->empty, k->l->stride);
    enum reject why = row_put_members(k, rec, row);
    if (why == REJECT_NONE)
        why = missing_role(k);
    return why == REJECT_NONE && k->l->m->joined.n ? row_put_joined(k, NULL, rec, row) : why;
}

void row_make_json(struct maker *k)
{
    struct json_record rec;
    json_source_start(k->json, k->chunk->p, k->chunk->n, true);
    while (json_source_next(k->json, &rec)) {
        size_t pending = k->out->pending.n;
        enum reject why = make_row(k, &rec, row_next(k->out, k->l->stride));
        row_end(k, why, rec.raw, rec.line, pending);
    }
    k->out->lines = json_source_lines(k->json);
}
