/* load.c - one import from first look to commit.
 *
 * Everything is made ready before the store is touched; the batch makes the rest all or nothing. */
#include "config.h"

#include <stdlib.h>
#include "base/board.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "import/history.h"
#include "import/known.h"
#include "import/load.h"
#include "import/plan.h"
#include "import/stage.h"
#include "model/schema.h"

#define MEMORY ((uint64_t)512 << 20)
#define BYTES_PER_STORED                                                                                     \
    4 /* a CSV's bytes for one in the store, guessed low, to see early that a disk is too small */

static void set_progress(struct stage *s, enum load_stage stage)
{
    if (!s->progress)
        return;
    if (stage == LOAD_READING) {
        atomic_store(&s->progress->total, source_size(s->src));
        for (size_t i = 0; i < source_files(s->src); i++)
            board_add(s->progress->board, source_file(s->src, i)->label, source_file(s->src, i)->size);
    }
    stage_enter(s, stage);
}

static bool parse_limit(struct stage *s, struct err *err)
{
    struct str text = str_of(s->o->max_rejects);
    s->reject_limit = UINT64_MAX;
    s->reject_share = -1;
    if (!s->o->max_rejects)
        return true;
    if (text.n && text.p[text.n - 1] == '%') {
        text.n--;
        if (num_double(text, &s->reject_share) && s->reject_share >= 0 && s->reject_share <= 100) {
            s->reject_share /= 100;
            return true;
        }
    } else if (num_u64(text, &s->reject_limit)) {
        return true;
    }
    return err_set(err, ERR_USAGE, _("--max-rejects %s: write a number of rows, or a share such as 0.5%%"),
                   s->o->max_rejects);
}

/* ---- Before the store is touched. */

static bool known(struct stage *s, const struct snapshot *snapshot, struct err *err)
{
    bool ok =
        known_files(s->src, snapshot, err) && known_begun(s->src, snapshot, s->o->kind, &s->report->cut, err);
    s->report->begun_by = source_file(s->src, 0)->begun_by;
    return ok;
}

static bool look(struct stage *s, const struct plan *plan, struct env *env, struct err *err)
{
    struct snapshot *snapshot = NULL;
    s->o = &plan->o;
    s->src = source_open(plan->o.files, plan->o.file_n, plan->o.encoding, err);
    if (!s->src || (env && !(snapshot = snapshot_open(env, err))))
        return false;
    bool ok = (!snapshot || plan->o.again || known(s, snapshot, err)) &&
              mapping_make(&s->map, s->src, &plan->o, plan->saved ? &plan->text : NULL, snapshot, err);
    if (snapshot)
        snapshot_close(snapshot);
    return ok;
}

static void put_mapping(const struct stage *s, const struct plan *plan, struct buf *text)
{
    mapping_put(&s->map, s->src, text);
    if (plan->files.note)
        buf_printf(text, "  (%s)\n", plan->files.note);
    for (size_t i = 0; i < source_files(s->src); i++) {
        const struct source_file *f = source_file(s->src, i);
        if (f->begun_by)
            buf_printf(text, _("  (%s: its beginning is import %u; only the rows that follow are loaded)\n"),
                       f->label, f->begun_by);
    }
}

static bool save_mapping(const struct stage *s, const struct plan *plan, struct err *err)
{
    if (!plan->o.mapping || plan->saved)
        return true;
    struct buf text = {0};
    mapping_save(&s->map, s->src, &plan->o, &text);
    bool ok = os_replace_file(plan->o.mapping, buf_view(&text), err);
    buf_done(&text);
    return ok;
}

static bool tell_mapping(struct stage *s, const struct plan *plan, struct err *err)
{
    struct buf text = {0};
    put_mapping(s, plan, &text);
    s->report->mapping = arena_str(&s->report->arena, buf_view(&text)).p;
    buf_done(&text);
    if (s->o->on_mapping && !s->o->on_mapping(s->o->arg, s->report->mapping))
        return err_set(err, ERR_CANCELLED, _("the import was stopped before it began"));
    bool ok = save_mapping(s, plan, err);
    source_looked(s->src);
    return ok;
}

/* ---- The store. */

/* Attributes without any time say nothing about the zone: the events that follow settle it. */
static bool zone_matters(const struct stage *s)
{
    bool any = s->o->tz != NULL || s->o->kind == LOAD_EVENTS;
    for (size_t i = 0; i < s->map.n && !any; i++)
        any = s->map.column[i].type == COLUMN_TIME && s->map.column[i].role != ROLE_IGNORE;
    return any;
}

static bool note_zone(struct stage *s, struct err *err)
{
    if (!s->batch || snapshot_note(s->snapshot, NOTE_TZ).n || !zone_matters(s))
        return true;
    return batch_note(s->batch, NOTE_TZ, str_of(zone_name(s->map.zone)), err);
}

static bool open_rejects(struct stage *s, struct env *env, struct err *err)
{
    struct buf path = {0};
    bool given = s->o->rejects != NULL;
    if (!given && s->batch)
        buf_printf(&path, "%s/rejects/import-%u.%s", env_dir(env), batch_import(s->batch),
                   source_file(s->src, 0)->json ? "jsonl" : "csv");
    s->rejects =
        rejects_open(given ? s->o->rejects : path.p, !given, s->progress ? s->progress->board : NULL, err);
    buf_done(&path);
    return s->rejects != NULL;
}

static bool open_store(struct stage *s, struct env *env, struct err *err)
{
    enum table table = s->o->kind == LOAD_USERS ? TABLE_USERS : TABLE_EVENTS;
    if (!s->o->dry_run) {
        s->batch = batch_begin(env, table, source_size(s->src) / BYTES_PER_STORED, err);
        if (!s->batch)
            return false;
        s->snapshot = batch_snapshot(s->batch);
    }
    return stage_number_columns(s, 0, err) && note_zone(s, err) && open_rejects(s, env, err);
}

static void open_pipeline(struct stage *s, struct env *env)
{
    row_layout_init(&s->layout, &s->map);
    s->pool = pool_new(s->o->threads);
    s->repairs = repairs_new();
    s->vocab = mem_zalloc(s->layout.vocabs * sizeof(*s->vocab));
    for (size_t i = 0; i < s->layout.vocabs; i++)
        s->vocab[i] = vocab_new();
    s->layout.full = s->map.n >= MAPPING_MOST;
    s->runs = runs_new(s->layout.stride, s->o->memory ? s->o->memory : MEMORY, env ? env_dir(env) : "/tmp");
}

/* ---- The end. */

static const char *source_name(struct stage *s)
{
    const char *first = source_file(s->src, 0)->label, *slash = strrchr(first, '/');
    if (s->o->source)
        return s->o->source;
    if (slash && slash[1])
        first = slash + 1;
    if (source_files(s->src) == 1)
        return first;
    return arena_printf(&s->report->arena, _("%s and %zu more"), first, source_files(s->src) - 1);
}

static bool commit(struct stage *s, int64_t started_us, struct err *err)
{
    const struct load_report *r = s->report;
    struct import_def info = {.started_us = started_us,
                              .finished_us = os_now_us(),
                              .rows = r->rows,
                              .stored = r->stored,
                              .duplicates = r->duplicates,
                              .rejected = r->rejected,
                              .users = r->users,
                              .new_users = r->new_users,
                              .bytes = r->bytes,
                              .source = str_of(source_name(s))};
    struct import_file *file = arena_array(&s->report->arena, struct import_file, source_files(s->src));
    for (size_t i = 0; i < source_files(s->src); i++) {
        const struct source_file *f = source_file(s->src, i);
        file[i] = (struct import_file){f->bytes, {f->hash[0], f->hash[1]}};
    }
    info.file = file;
    info.files = source_files(s->src);
    info.echoes = r->echoes;
    struct batch *batch = s->batch;
    if (batch && !history_write(batch, r, err))
        return false;
    s->batch = NULL; /* gone in any case */
    return !batch || batch_commit(batch, &info, err);
}

/* The last two things to do need nothing of each other, and forgetting gigabytes of temporary file takes as
 * long as the commit. */
struct ending {
    struct stage *s;
    int64_t started_us;
    bool ok;
    struct err err;
};

static bool end_half(void *arg, size_t half, unsigned worker)
{
    struct ending *e = arg;
    (void)worker;
    if (half == 0) {
        e->ok = commit(e->s, e->started_us, &e->err);
    } else {
        runs_free(e->s->runs);
        e->s->runs = NULL;
    }
    return true;
}

static bool end(struct stage *s, int64_t started_us, struct err *err)
{
    struct ending e = {.s = s, .started_us = started_us};
    pool_run(s->pool, 2, end_half, &e);
    if (!e.ok && err)
        *err = e.err;
    return e.ok;
}

/* Texts have their codes now; the store keeps its own table of them. */
static void free_vocabs(struct stage *s)
{
    for (size_t i = 0; s->vocab && i < s->layout.vocabs; i++)
        vocab_free(s->vocab[i]);
    free(s->vocab);
    s->vocab = NULL;
}

static void close_all(struct stage *s, bool ok)
{
    batch_abort(s->batch);
    rejects_close(s->rejects, ok);
    repairs_free(s->repairs);
    runs_free(s->runs);
    free_vocabs(s);
    if (s->pool)
        pool_free(s->pool);
    row_layout_done(&s->layout);
    free(s->id);
    mapping_done(&s->map);
    source_close(s->src);
}

static bool load(struct stage *s, const struct plan *plan, struct env *env, struct err *err)
{
    int64_t started_us = os_now_us();
    set_progress(s, LOAD_LOOKING);
    if (!parse_limit(s, err) || !look(s, plan, env, err) || !tell_mapping(s, plan, err) ||
        !open_store(s, env, err))
        return false;
    uint32_t users = s->batch ? batch_codes(s->batch, COL_USER) : 0;
    open_pipeline(s, env);
    set_progress(s, LOAD_READING);
    if (!read_stage(s, err) || (s->widened && !save_mapping(s, plan, err)))
        return false;
    free_vocabs(s);
    if (!write_stage(s, err))
        return false;
    s->report->new_users = s->batch ? batch_codes(s->batch, COL_USER) - users : s->new_users;
    set_progress(s, LOAD_COMMITTING);
    rejects_report(s->rejects, s->report);
    repairs_report(s->repairs, s->report);
    if (s->snapshot && !s->o->again && !known_passed(s->src, s->snapshot, err))
        return false;
    return !stage_cancelled(s, err) && rejects_sync(s->rejects, err) && end(s, started_us, err);
}

bool load_run(struct env *env, const struct load_options *o, struct progress *progress,
              struct load_report *report, struct err *err)
{
    int64_t began = os_monotonic_us();
    *report = (struct load_report){0};
    struct stage s = {.o = o, .progress = progress, .report = report};
    struct plan plan;
    if (!env && !o->dry_run)
        return err_set(err, ERR_USAGE, _("there is no store to load into"));
    struct snapshot *snapshot = NULL;
    if (env && o->dry_run) {
        snapshot = snapshot_open(env, err);
        if (!snapshot)
            return false;
        s.snapshot = snapshot;
    }
    bool ok = plan_make(&plan, o, err) && load(&s, &plan, env, err);
    if (s.rejects && !ok)
        rejects_report(s.rejects, report);
    close_all(&s, ok);
    plan_done(&plan);
    if (snapshot)
        snapshot_close(snapshot);
    report->seconds = (double)(os_monotonic_us() - began) / 1e6;
    return ok;
}

void load_report_done(struct load_report *r)
{
    arena_done(&r->arena);
    *r = (struct load_report){0};
}
