/* forget.c - takes one import's rows out of the store. */
#include "config.h"
#include "base/nls.h"
#include "store/rewrite.h"
#include "store/upkeep.h"

struct forgetting {
    struct batch *b;
    uint32_t import;
    struct progress *progress;
    uint64_t gone;
};

static bool forget_in_part(struct forgetting *f, const struct part *p, struct err *err)
{
    bool has;
    uint64_t kept = 0;
    if (!rewrite_has(f->b->base, p, f->import, &has, err))
        return false;
    if (!has)
        return true;
    if (catalog_part_column(p, COL_IMPORT) == p->columns) { /* all of it */
        f->gone += p->rows;
        batch_replace(f->b, p->id, BATCH_NOTHING);
        return true;
    }
    if (f->progress)
        atomic_fetch_add(&f->progress->total, p->rows);
    if (!rewrite_parts(f->b, p, 1, f->import, f->progress, &kept, err))
        return false;
    f->gone += p->rows - kept;
    return true;
}

static bool forget_parts(struct forgetting *f, enum table t, struct err *err)
{
    const struct part *part;
    size_t n = snapshot_parts(f->b->base, t, &part);
    uint64_t bytes = snapshot_bytes(f->b->base);
    /* At worst all rows are in the part that is written again. */
    if (n && catalog_part_column(&part[0], COL_IMPORT) < part[0].columns && !batch_expect(f->b, bytes, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!forget_in_part(f, &part[i], err))
            return false;
    return true;
}

static bool check_number(const struct snapshot *s, uint32_t import, enum table *t, struct err *err)
{
    const struct import_def *m;
    size_t n = snapshot_imports(s, &m);
    if (n == 0)
        return err_set(err, ERR_USAGE, _("there is no import to forget: the store is empty"));
    if (import < 1 || import > n)
        return err_set(err, ERR_USAGE, _("there is no import %u: they are numbered from 1 to %zu"), import,
                       n);
    if (m[import - 1].forgotten)
        return err_set(err, ERR_USAGE, _("import %u is forgotten already"), import);
    *t = m[import - 1].table;
    return true;
}

static uint64_t echoes_after(const struct snapshot *s, uint32_t import)
{
    const struct import_def *m;
    size_t n = snapshot_imports(s, &m);
    uint64_t sum = 0;
    for (size_t i = import; i < n; i++)
        sum += m[i].forgotten ? 0 : m[i].echoes;
    return sum;
}

static bool look_up(struct env *env, uint32_t import, enum table *t, struct err *err)
{
    struct snapshot *s = snapshot_open(env, err);
    bool ok = s && check_number(s, import, t, err);
    snapshot_close(s);
    return ok;
}

bool store_forget(struct env *env, uint32_t import, struct progress *progress, struct forget_report *report,
                  struct err *err)
{
    enum table t;
    bool busy;
    if (!look_up(env, import, &t, err))
        return false;
    struct batch *b = batch_begin_upkeep(env, t, &busy, err);
    if (!b)
        return false;
    struct forgetting f = {b, import, progress, 0};
    if (!check_number(b->base, import, &t, err) || !forget_parts(&f, t, err)) {
        batch_abort(b);
        return false;
    }
    uint64_t echoes = t == TABLE_EVENTS ? echoes_after(b->base, import) : 0;
    b->forget = import;
    b->forget_rows = f.gone;
    if (!batch_commit(b, NULL, err))
        return false;
    if (report)
        *report = (struct forget_report){f.gone, echoes < f.gone ? echoes : f.gone};
    return true;
}
