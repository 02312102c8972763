/* verify_walk.c - page structure, every block, every part, every dictionary.
 *
 * Blocks are taken as they lie, by walking all keys, and again as they should be, from the catalog: the first
 * finds damage anywhere, the second finds what is missing or does not fit together. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/nls.h"
#include "store/column_layout.h"
#include "store/dict.h"
#include "store/verify_walk.h"

#define FINDINGS_PER_DICT 20

struct walk {
    struct env *env;
    struct walk_output *out;
    const struct tree *tree; /* while blocks are walked */
    struct snapshot *s;
    uint64_t done, total;
    /* of the part under check */
    int64_t *value;
    uint32_t *user;
    uint32_t last_user;
    int64_t last_time;
    bool any;
    struct err failure; /* the first that is no damage */
};

/* When the machine cannot read, nothing that follows says anything about the store. */
static bool failed(const struct walk *w)
{
    return w->failure.code != ERR_NONE || pager_error(w->env->pager);
}

static void found(struct walk *w, const char *where, const char *what)
{
    if (failed(w))
        return;
    w->out->report.damaged++;
    w->out->found(w->out->arg, where, what);
}

static void found_error(struct walk *w, const char *where, const struct err *err)
{
    if (err->code == ERR_DAMAGED)
        found(w, where, err->text);
    else if (!failed(w))
        w->failure = *err;
}

static void found_at(struct walk *w, const struct key *k, const char *what)
{
    struct buf where = {0};
    key_describe(k, &where);
    found(w, where.p, _(what));
    buf_done(&where);
}

static void step(struct walk *w)
{
    if (++w->done % 64 == 0)
        w->out->progress(w->out->arg, w->done, w->total);
}

/* ---- pages and blocks as they lie */

static bool check_block(void *arg, const struct key *k, const struct tree_value *v)
{
    struct walk *w = arg;
    const char *why = tree_load(w->tree, v);
    if (!why)
        why = block_check(k, v->p, v->n);
    w->out->report.blocks++;
    w->out->report.bytes += v->n;
    if (why)
        found_at(w, k, why);
    env_release_value(w->env, v);
    step(w);
    return !failed(w);
}

static void check_blocks(struct walk *w, const struct tree *t)
{
    w->tree = t;
    uint64_t page;
    char where[40];
    const char *why = tree_check(t, &page);
    if (why) {
        snprintf(where, sizeof(where), _("page %llu"), (unsigned long long)page);
        found(w, where, _(why));
    }
    struct key every = {.n = 0};
    if (!tree_each(t, &every, check_block, w, &why) && w->out->report.damaged == 0)
        found(w, "data.mdb", _(why));
}

/* ---- parts */

static bool runs_ascend(struct walk *w, const struct run_view *r, const struct block_info *info)
{
    for (uint32_t i = 0; i < r->n; i++) {
        int64_t user = column_at(&r->user, i), start = column_at(&r->start, i);
        int64_t next = i + 1 < r->n ? column_at(&r->start, i + 1) : info->rows;
        bool goes_on = i == 0 && w->any && user == w->last_user;
        if (user < 0 || user >= UINT32_MAX || start >= next || next > info->rows || (i == 0 && start != 0))
            return false;
        if (w->any && !goes_on && user <= w->last_user)
            return false;
        if (!goes_on)
            w->last_time = INT64_MIN;
        for (int64_t row = start; row < next; row++)
            w->user[row] = (uint32_t)user;
        w->last_user = (uint32_t)user;
        w->any = true;
    }
    return true;
}

/* before: the last user of the block before and his last time. */
static bool times_ascend(struct walk *w, const struct block_info *info, bool any, uint32_t user, int64_t time)
{
    for (uint32_t row = 0; row < info->rows; row++) {
        if (w->value[row] == COLUMN_NULL || w->value[row] < info->min_time || w->value[row] > info->max_time)
            return false;
        if (any && w->user[row] == user && w->value[row] < time)
            return false;
        any = true;
        user = w->user[row];
        time = w->value[row];
    }
    return true;
}

/* min and max are those of the values; codes have strings. */
COLUMN_HOT static const char *check_integers(const int64_t *value, const struct column_view *v,
                                             uint32_t codes)
{
    int64_t min = INT64_MAX, max = INT64_MIN; /* as a maximum a missing value is harmless */
    for (uint32_t row = 0; row < v->rows; row++) {
        int64_t low = value[row] == COLUMN_NULL ? INT64_MAX : value[row];
        min = low < min ? low : min;
        max = value[row] > max ? value[row] : max;
    }
    bool any = max != INT64_MIN;
    if (any && (min < v->min || max > v->max))
        return N_("a value is outside its block's range");
    if (any && v->type == COLUMN_CODE && (min < 0 || (uint64_t)max >= codes))
        return N_("a code is beyond the dictionary");
    bool right = any ? min == v->min && max == v->max : v->min > v->max;
    return right ? NULL : N_("the range does not fit the values");
}

static const char *check_numbers(const int64_t *value, const struct column_view *v)
{
    bool any = false, low = false, high = false;
    double min = column_number(v->min), max = column_number(v->max);
    for (uint32_t row = 0; row < v->rows; row++) {
        if (value[row] == COLUMN_NULL)
            continue;
        double x = column_number(value[row]);
        any = true;
        low |= value[row] == v->min;
        high |= value[row] == v->max;
        if (!(x >= min && x <= max))
            return N_("a value is outside its block's range");
    }
    bool right = any ? low && high : v->min > v->max;
    return right ? NULL : N_("the range does not fit the values");
}

static const char *check_values(const struct walk *w, const struct column_view *v, uint32_t codes)
{
    return v->type == COLUMN_NUMBER ? check_numbers(w->value, v) : check_integers(w->value, v, codes);
}

/* Numbers of imports that are in the journal and not forgotten. */
static const char *check_imports(const struct walk *w, uint32_t rows)
{
    const struct import_def *m;
    size_t n = snapshot_imports(w->s, &m);
    for (uint32_t row = 0; row < rows; row++)
        if (w->value[row] < 1 || w->value[row] > (int64_t)n || m[w->value[row] - 1].forgotten)
            return N_("a row's import is not in the journal");
    return NULL;
}

/* How many codes a column's values may be taken from. */
static uint32_t codes_of(const struct walk *w, uint16_t column)
{
    return column == COL_IMPORT ? UINT32_MAX : dict_count(w->s, column == COL_CANON ? COL_USER : column);
}

static const char *check_event_codes(const struct walk *w, const struct part *p, uint32_t block)
{
    int64_t last = COLUMN_NULL;
    for (uint32_t row = 0; row < p->block[block].rows; row++) {
        if (w->value[row] == last || w->value[row] == COLUMN_NULL)
            continue;
        last = w->value[row];
        if (!part_has_code(w->s, p, block, (uint32_t)last))
            return N_("an event is missing in the list of codes present");
    }
    return NULL;
}

static void check_column(struct walk *w, const struct part *p, uint32_t block, uint16_t column, bool any,
                         uint32_t user, int64_t time)
{
    struct column_view v;
    struct err err;
    struct key k = key_cell(p->id, block, column);
    if (!part_column(w->s, p, block, column, &v, &err)) {
        found_error(w, _("part"), &err);
        return;
    }
    column_decode(&v, 0, v.rows, w->value);
    const char *why = check_values(w, &v, codes_of(w, column));
    if (!why && column == COL_EVENT)
        why = check_event_codes(w, p, block);
    if (!why && column == COL_IMPORT)
        why = check_imports(w, v.rows);
    if (column == COL_TIME) {
        if (!why && !times_ascend(w, &p->block[block], any, user, time))
            why = N_("times of a user are out of order");
        w->last_time = w->value[v.rows - 1];
    }
    if (why)
        found_at(w, &k, why);
}

static void check_part_block(struct walk *w, const struct part *p, uint32_t block)
{
    const struct block_info *info = &p->block[block];
    struct run_view runs;
    struct err err;
    struct key k = key_cell(p->id, block, COL_USER);
    bool any = w->any;
    uint32_t user = w->last_user;
    int64_t time = w->last_time;
    if (!part_runs(w->s, p, block, &runs, &err)) {
        found_error(w, _("part"), &err);
        return;
    }
    if (!runs_ascend(w, &runs, info)) {
        found_at(w, &k, N_("users are out of order"));
        return;
    }
    if (info->last_user >= dict_count(w->s, COL_USER))
        found_at(w, &k, N_("a code is beyond the dictionary"));
    if (p->table == TABLE_USERS && runs.n != info->rows && catalog_part_column(p, COL_IMPORT) == p->columns)
        found_at(w, &k, N_("a user has more than one row of attributes"));
    for (uint32_t i = 0; i < p->columns; i++)
        check_column(w, p, block, p->column[i], any, user, time);
    step(w);
}

/* Memory holds one block of one part at a time, */
static void release_block(const struct walk *w, const struct part *p, uint32_t block)
{
    const struct catalog_part *own = catalog_part(w->s->catalog, p->id);
    for (uint32_t i = 0; i <= p->columns; i++)
        env_release(w->env, &own->cell[(size_t)block * (p->columns + 1) + i]);
}

static void check_parts(struct walk *w, enum table t)
{
    const struct part *part;
    size_t n = snapshot_parts(w->s, t, &part);
    for (size_t i = 0; i < n; i++) {
        w->any = false;
        for (uint32_t block = 0; block < part[i].blocks && !failed(w); block++) {
            check_part_block(w, &part[i], block);
            release_block(w, &part[i], block);
        }
    }
}

/* ---- dictionaries */

static void check_runs(struct walk *w, const struct catalog_dict *d)
{
    for (uint32_t i = 0; i < d->runs; i++) {
        uint64_t entries = 0;
        for (uint32_t bucket = 0; bucket < 1u << d->run[i].run.bits; bucket++) {
            struct key k = key_hashes(d->column, d->run[i].run.run, bucket);
            struct str bytes;
            struct err err;
            struct hashes_record h = {0};
            if (!env_block_once(w->env, &w->s->tree, &k, &d->run[i].bucket[bucket], &bytes, &err)) {
                found_error(w, _("dictionary"), &err);
                continue;
            }
            if (!hashes_sound(bytes))
                found_at(w, &k, N_("length differs"));
            else
                memcpy(&h, bytes.p, sizeof(h));
            entries += h.count;
        }
        struct key k = key_dict(d->column);
        if (entries != d->run[i].run.count)
            found_at(w, &k, N_("a hash run has another number of entries"));
    }
}

/* Every code has a string and the string leads back to the code; their lengths add up. */
static void check_dict(struct walk *w, const struct catalog_dict *d)
{
    uint64_t bytes = 0;
    struct key k = key_dict(d->column);
    unsigned bad = 0;
    for (uint32_t code = 0; code < d->count && bad < FINDINGS_PER_DICT && !failed(w); code++) {
        struct str text;
        struct err err;
        uint32_t back;
        if (!dict_get(w->s, d->column, code, &text, &err) || !dict_find(w->s, d->column, text, &back, &err)) {
            found_error(w, _("dictionary"), &err);
            bad++;
        } else if (back != code) {
            found_at(w, &k, N_("a string does not lead back to its code"));
            bad++;
        } else {
            bytes += text.n;
        }
    }
    if (!bad && bytes != d->bytes)
        found_at(w, &k, N_("the strings do not add up"));
}

/* or one dictionary. */
static void release_dict(const struct walk *w, const struct catalog_dict *d)
{
    for (uint32_t i = 0; i < d->blocks; i++)
        env_release(w->env, &d->strings[i]);
    for (uint32_t i = 0; i < d->runs; i++)
        for (uint32_t bucket = 0; bucket < 1u << d->run[i].run.bits; bucket++)
            env_release(w->env, &d->run[i].bucket[bucket]);
}

/* ---- the whole */

static void check_contents(struct walk *w)
{
    struct err err;
    w->s = snapshot_open(w->env, &err);
    if (!w->s) {
        if (w->out->report.damaged == 0 || err.code != ERR_DAMAGED)
            found_error(w, _("journal"), &err);
        return;
    }
    w->value = mem_alloc(BLOCK_ROWS_MOST * sizeof(*w->value));
    w->user = mem_alloc(BLOCK_ROWS_MOST * sizeof(*w->user));
    for (size_t i = 0; i < w->s->catalog->dicts; i++) {
        check_runs(w, &w->s->catalog->dict[i]);
        check_dict(w, &w->s->catalog->dict[i]);
        release_dict(w, &w->s->catalog->dict[i]);
    }
    check_parts(w, TABLE_EVENTS);
    check_parts(w, TABLE_USERS);
    free(w->value);
    free(w->user);
    snapshot_close(w->s);
}

bool verify_walk(struct env *env, struct walk_output *out, struct err *err)
{
    MDB_txn *txn;
    struct tree t;
    if (!env_read(env, &txn, &t, err))
        return false;
    struct walk w = {.env = env, .out = out, .total = 2 * t.main.entries};
    check_blocks(&w, &t);
    mdb_txn_abort(txn);
    if (!failed(&w))
        check_contents(&w);
    out->progress(out->arg, w.total, w.total);
    if (pager_error(env->pager))
        return env_unreadable(env, err);
    if (w.failure.code != ERR_NONE)
        *err = w.failure;
    return w.failure.code == ERR_NONE;
}
