/* snapshot.c - one state of the store: the transaction that holds it, its catalog, and the blocks of its
 * parts. */
#include "config.h"
#include <stdlib.h>
#include "base/nls.h"
#include "store/snapshot_open.h"

struct snapshot *snapshot_open(struct env *env, struct err *err)
{
    struct snapshot *s = mem_zalloc(sizeof(*s));
    s->env = env;
    if (env_read(env, &s->txn, &s->tree, err)) {
        s->catalog = catalog_get(env, &s->tree, err);
        if (s->catalog) {
            atomic_fetch_add(&env->snapshots, 1);
            return s;
        }
        mdb_txn_abort(s->txn);
    }
    free(s);
    return NULL;
}

void snapshot_close(struct snapshot *s)
{
    if (!s)
        return;
    atomic_fetch_sub(&s->env->snapshots, 1);
    catalog_drop(s->catalog);
    mdb_txn_abort(s->txn);
    free(s);
}

uint64_t snapshot_version(const struct snapshot *s)
{
    return s->catalog->root.version;
}

uint64_t snapshot_bytes(const struct snapshot *s)
{
    return tree_bytes(&s->tree);
}

size_t snapshot_columns(const struct snapshot *s, const struct column_def **out)
{
    *out = s->catalog->column;
    return s->catalog->columns;
}

const struct column_def *snapshot_column(const struct snapshot *s, enum table t, struct str name)
{
    for (size_t i = 0; i < s->catalog->columns; i++) {
        const struct column_def *c = &s->catalog->column[i];
        if (c->table == t && str_eq(c->name, name))
            return c;
    }
    return NULL;
}

size_t snapshot_imports(const struct snapshot *s, const struct import_def **out)
{
    *out = s->catalog->import;
    return s->catalog->imports;
}

static bool same_file(const struct import_file *a, const struct import_file *b)
{
    return a->size == b->size && a->hash[0] == b->hash[0] && a->hash[1] == b->hash[1];
}

uint32_t snapshot_has_file(const struct snapshot *s, const struct import_file *file, uint32_t after)
{
    for (size_t i = after; i < s->catalog->imports; i++) {
        const struct import_def *m = &s->catalog->import[i];
        for (size_t f = 0; !m->forgotten && f < m->files; f++)
            if (same_file(&m->file[f], file))
                return m->id;
    }
    return 0;
}

struct str snapshot_note(const struct snapshot *s, const char *key)
{
    struct str name = str_of(key);
    for (size_t i = 0; i < s->catalog->notes; i++)
        if (str_eq(s->catalog->note[i].name, name))
            return s->catalog->note[i].text;
    return (struct str){"", 0};
}

/* ---- parts */

size_t snapshot_parts(const struct snapshot *s, enum table t, const struct part **out)
{
    *out = s->catalog->part[t];
    return s->catalog->parts[t];
}

static bool cell(const struct snapshot *s, const struct part *p, uint32_t block, uint32_t index,
                 const struct key *k, struct str *bytes, struct err *err)
{
    const struct catalog_part *own = catalog_part(s->catalog, p->id);
    if (!own || block >= p->blocks)
        bug("a part of another snapshot, or a block it has not");
    return env_block_once(s->env, &s->tree, k, &own->cell[(size_t)block * (p->columns + 1) + index], bytes,
                          err);
}

static bool open_runs(struct str bytes, const struct block_info *info, struct run_view *out)
{
    struct runs_record h;
    if (bytes.n < sizeof(h))
        return false;
    memcpy(&h, bytes.p, sizeof(h));
    const char *p = bytes.p + sizeof(h);
    size_t left = bytes.n - sizeof(h);
    out->n = h.count;
    return h.count == info->users && h.user_bytes <= left && column_open(&out->user, p, h.user_bytes) &&
           column_open(&out->start, p + h.user_bytes, left - h.user_bytes) && out->user.rows == h.count &&
           out->start.rows == h.count && out->user.min == info->first_user &&
           out->user.max == info->last_user && out->start.min == 0 && out->start.max < (int64_t)info->rows;
}

bool part_runs(const struct snapshot *s, const struct part *p, uint32_t block, struct run_view *out,
               struct err *err)
{
    struct key k = key_cell(p->id, block, COL_USER);
    struct str bytes;
    if (!cell(s, p, block, 0, &k, &bytes, err))
        return false;
    return open_runs(bytes, &p->block[block], out) ||
           env_block_damaged(s->env, &k, N_("contents do not fit together"), err);
}

static enum column_type type_of(const struct snapshot *s, uint16_t column)
{
    for (size_t i = 0; i < s->catalog->columns; i++)
        if (s->catalog->column[i].id == column)
            return s->catalog->column[i].type;
    return column == COL_TIME ? COLUMN_TIME : COLUMN_CODE;
}

/* Rows of a part that was never merged are all of its import. */
static struct column_view one_import(const struct part *p, uint32_t block)
{
    struct column_view v = column_missing(COLUMN_CODE, p->block[block].rows);
    v.has_null = false;
    v.base = v.min = v.max = p->import;
    return v;
}

bool part_column(const struct snapshot *s, const struct part *p, uint32_t block, uint16_t column,
                 struct column_view *out, struct err *err)
{
    uint32_t index = catalog_part_column(p, column);
    if (index == p->columns) {
        *out = column == COL_IMPORT ? one_import(p, block)
                                    : column_missing(type_of(s, column), p->block[block].rows);
        return true;
    }
    struct key k = key_cell(p->id, block, column);
    struct str bytes;
    if (!cell(s, p, block, index + 1, &k, &bytes, err))
        return false;
    return (column_open(out, bytes.p, bytes.n) && out->rows == p->block[block].rows) ||
           env_block_damaged(s->env, &k, N_("contents do not fit together"), err);
}

static bool list_has(const uint32_t *code, uint32_t n, uint32_t wanted)
{
    uint32_t from = 0;
    while (n > 0) {
        uint32_t half = n / 2;
        if (code[from + half] < wanted) {
            from += half + 1;
            n -= half + 1;
        } else if (code[from + half] == wanted) {
            return true;
        } else {
            n = half;
        }
    }
    return false;
}

bool part_has_code(const struct snapshot *s, const struct part *p, uint32_t block, uint32_t code)
{
    const struct catalog_part *own = catalog_part(s->catalog, p->id);
    if (!own || block >= p->blocks)
        bug("a part of another snapshot, or a block it has not");
    if (!own->code_at)
        return true;
    const uint32_t *list = own->code_word + own->code_at[block];
    uint32_t n = *list & CODES_WORDS;
    if (*list == CODES_UNKNOWN)
        return true;
    if (*list & CODES_BITS)
        return code / 32 < n && list[1 + code / 32] >> code % 32 & 1;
    return list_has(list + 1, n, code);
}
