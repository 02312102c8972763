/* read_stage.c - input to rows: chunks are cut in order, parsed by all threads, and joined in order.
 *
 * Texts get their store codes in the last step, one thread at a time and in the order of the input; so the
 * numbers of new users do not depend on how many threads there are. Workers look up what is known already,
 * which soon is nearly everything.
 *
 * When a chunk of JSON brings a name that no column is there for, nothing more is taken; this chunk and those
 * behind it are set aside, columns are made of all names they bring, and they go through once more. */
#include "config.h"

#include <stdlib.h>
#include "base/board.h"
#include "base/intern.h"
#include "base/nls.h"
#include "import/decode.h"
#include "import/relay.h"
#include "import/stage.h"

#define BLOCK 64         /* users looked up together */
#define FIRST_ROWS 10000 /* after so many the mapping is doubted */

struct chunk_item {
    struct source_chunk chunk;
    struct buf text; /* of the chunk as UTF-8, when it is not */
    struct row_batch rows;
};
typedef VEC(struct chunk_item) chunk_items;
struct reading {
    struct stage *s;
    struct row_reader *reader;  /* per worker */
    struct decoder **decoder;   /* per worker and file, opened when first needed; NULL: not yet */
    struct vocab_table **table; /* per worker: `vocabs` of them */
    _Atomic bool full;          /* rows must go to disk, or columns be made, before more are taken */
    chunk_items aside;          /* by put: chunks that wait for columns, in order */
    chunk_items again;          /* by take: those that have them now; the first `again_at` are gone */
    size_t again_at;
    struct err take_err, put_err;
};

void stage_enter(const struct stage *s, enum load_stage stage)
{
    if (s->progress)
        atomic_store(&s->progress->stage, stage);
}

bool stage_cancelled(const struct stage *s, struct err *err)
{
    progress_hold(s->progress);
    if (!progress_cancelled(s->progress))
        return false;
    err_set(err, ERR_CANCELLED, _("the import was stopped; the store is as before"));
    return true;
}

/* ---- Take. */

static void item_done(struct chunk_item *it)
{
    buf_done(&it->text);
    source_chunk_done(&it->chunk);
    row_batch_done(&it->rows);
}

static enum relay_take take_aside(struct reading *g, struct chunk_item *it)
{
    item_done(it);
    *it = g->again.at[g->again_at++];
    return RELAY_ITEM;
}

static enum relay_take take_chunk(void *arg, void *item)
{
    struct reading *g = arg;
    struct source_chunk *c = &((struct chunk_item *)item)->chunk;
    if (stage_cancelled(g->s, &g->take_err))
        return RELAY_FAIL;
    if (atomic_load(&g->full))
        return RELAY_END;
    if (g->again_at < g->again.n)
        return take_aside(g, item);
    if (!source_next(g->s->src, c, &g->take_err))
        return RELAY_FAIL;
    g->s->at_end = c->n == 0;
    g->s->report->bytes = source_got(g->s->src);
    if (g->s->progress)
        atomic_store(&g->s->progress->done, g->s->report->bytes);
    return c->n ? RELAY_ITEM : RELAY_END;
}

/* ---- Work. */

/* The original bytes of a row that was made of decoded text; lines are the same in both. */
static void find_originals(struct chunk_item *it)
{
    const char *p = it->chunk.p, *end = p + it->chunk.n;
    uint64_t line = 1;
    for (size_t i = 0; i < it->rows.reject.n; i++) {
        struct row_reject *r = &it->rows.reject.at[i];
        p = csv_source_behind(p, end, r->line - line);
        uint64_t lines = csv_source_count(r->raw.p, r->raw.n);
        const char *to = csv_source_behind(p, end, lines ? lines : 1);
        r->text = r->raw;
        r->raw = (struct str){p, (size_t)(to - p)};
        line = r->line + (lines ? lines : 1);
        p = to;
    }
}

static struct decoder *decoder_of(struct reading *g, const struct source_file *f, unsigned worker)
{
    struct decoder **d = &g->decoder[worker * source_files(g->s->src) + f->number];
    if (!*d)
        *d = decode_open(f->encoding, NULL);
    return *d;
}

/* The chunk as UTF-8. */
static struct source_chunk text_of(struct reading *g, struct chunk_item *it, const struct source_file *f,
                                   unsigned worker)
{
    struct source_chunk c = it->chunk;
    if (!f->decode)
        return c;
    buf_clear(&it->text);
    decode_text(decoder_of(g, f, worker), (struct str){c.p, c.n}, &it->text);
    buf_reserve(&it->text, CSV_SLACK);
    c.p = it->text.p;
    c.n = it->text.n;
    return c;
}

static bool parse_chunk(void *arg, void *item, unsigned worker)
{
    struct reading *g = arg;
    struct stage *s = g->s;
    struct chunk_item *it = item;
    const struct source_file *f = source_file(s->src, it->chunk.file);
    struct vocab_table **table = g->table + worker * s->layout.vocabs;
    struct source_chunk chunk = text_of(g, it, f, worker);
    for (size_t i = 0; i < s->layout.vocabs; i++)
        table[i] = vocab_pin(s->vocab[i]);
    csv_source_delimiter(g->reader[worker].csv, f->delimiter);
    row_make(&it->rows, &s->layout, &g->reader[worker], f, &chunk, table);
    for (size_t i = 0; i < s->layout.vocabs; i++)
        vocab_unpin(table[i]);
    if (f->decode)
        find_originals(it);
    return true;
}

/* ---- Put. */

static bool new_code(struct stage *s, size_t column, struct str text, uint32_t *code, struct err *err)
{
    bool user = s->layout.cell[column].role == ROLE_USER;
    if (s->batch)
        return batch_code_hashed(s->batch, s->id[column], text, intern_hash(text), code, err);
    *code = vocab_count(s->vocab[s->layout.cell[column].vocab]);
    uint32_t known = UINT32_MAX;
    if (user && s->snapshot && !dict_find(s->snapshot, COL_USER, text, &known, err))
        return false;
    s->new_users += user && known == UINT32_MAX;
    return true;
}

static void set_code(struct stage *s, struct row_batch *b, const struct row_pending *p, uint32_t code)
{
    memcpy(b->rows + (size_t)p->row * s->layout.stride + s->layout.cell[p->column].offset, &code,
           sizeof(code));
}

static bool resolve_one(struct stage *s, struct row_batch *b, const struct row_pending *p, struct err *err)
{
    struct vocab *v = s->vocab[s->layout.cell[p->column].vocab];
    uint32_t code = vocab_find(v, p->text);
    if (code == VOCAB_NONE) {
        if (!new_code(s, p->column, p->text, &code, err))
            return false;
        vocab_add(v, p->text, code);
    }
    set_code(s, b, p, code);
    return true;
}

/* A block of users that workers did not know. Those that are new since go to the store together: that
 * overlaps its cache misses, as looking ahead does those of the vocabulary. */
static bool resolve_block(struct stage *s, struct row_batch *b, const struct row_pending *p, size_t n,
                          struct err *err)
{
    struct vocab *v = s->vocab[s->layout.cell[p->column].vocab];
    struct str text[BLOCK];
    uint64_t hash[BLOCK];
    uint32_t code[BLOCK];
    size_t at[BLOCK], fresh = 0;
    for (size_t i = 0; i < n; i++)
        vocab_ahead(v, p[i].text);
    for (size_t i = 0; i < n; i++) {
        uint32_t known = vocab_find(v, p[i].text);
        if (known != VOCAB_NONE) {
            set_code(s, b, &p[i], known);
            continue;
        }
        at[fresh] = i;
        text[fresh] = p[i].text;
        hash[fresh++] = intern_hash(p[i].text);
    }
    if (!batch_codes_many(s->batch, s->id[p->column], fresh, text, hash, code, err))
        return false;
    for (size_t i = 0; i < fresh; i++) {
        if (vocab_find(v, text[i]) == VOCAB_NONE) /* the text may be twice in the block */
            vocab_add(v, text[i], code[i]);
        set_code(s, b, &p[at[i]], code[i]);
    }
    return true;
}

static bool resolve(struct stage *s, struct row_batch *b, struct err *err)
{
    for (size_t i = 0; i < b->pending.n; i++)
        if (!resolve_one(s, b, &b->pending.at[i], err))
            return false;
    for (size_t i = 0; i < b->user.n; i += BLOCK) {
        size_t n = b->user.n - i < BLOCK ? b->user.n - i : BLOCK;
        if (s->batch && !resolve_block(s, b, &b->user.at[i], n, err))
            return false;
        for (size_t k = 0; !s->batch && k < n; k++)
            if (!resolve_one(s, b, &b->user.at[i + k], err))
                return false;
    }
    return true;
}

/* why: a sentence about `bad` of `rows`. */
static bool give_up(struct stage *s, const char *why, struct err *err)
{
    rejects_report(s->rejects, s->report);
    const struct load_reason *r = &s->report->reason[0];
    return err_set(err, ERR_INPUT,
                   _("%s: %llu of %llu rows cannot be loaded, %s; mostly: %s (%s, line %llu: \"%.120s\"); "
                     "nothing was stored"),
                   source_file(s->src, 0)->label, (unsigned long long)s->report->rejected,
                   (unsigned long long)s->report->rows, why, r->text, r->file, (unsigned long long)r->line,
                   r->example);
}

/* at_end: all rows have been seen. */
static bool rejects_bearable(struct stage *s, bool at_end, struct err *err)
{
    uint64_t rows = s->report->rows, bad = rejects_count(s->rejects);
    if (bad > s->reject_limit)
        return give_up(s, _("more than --max-rejects allows"), err);
    if ((rows < FIRST_ROWS && !at_end) || bad == 0)
        return true;
    if (s->reject_share >= 0 && (double)bad > s->reject_share * (double)rows)
        return give_up(s, _("more than --max-rejects allows"), err);
    if (bad == rows && at_end)
        return give_up(s, _("so there is nothing to load"), err);
    if (!s->o->max_rejects && rows >= FIRST_ROWS && rows < 2 * FIRST_ROWS && bad * 2 > rows)
        return give_up(s, _("more than half, so a column may be mistaken for another"), err);
    return true;
}

static bool put_rejects(struct stage *s, const struct chunk_item *it, struct err *err)
{
    const struct source_file *f = source_file(s->src, it->chunk.file);
    if (it->chunk.first) {
        s->line = f->header_lines;
        s->file_rows = s->file_bad = 0;
        rejects_form(s->rejects, &(struct reject_form){f->header_raw, f->json ? '\0' : f->delimiter,
                                                       f->encoding, f->form});
    }
    for (size_t i = 0; i < it->rows.reject.n; i++) {
        const struct row_reject *r = &it->rows.reject.at[i];
        if (!rejects_add(s->rejects, r->why, r->raw, r->text.p ? &r->text : NULL, f->label, s->line + r->line,
                         err))
            return false;
    }
    repairs_add(s->repairs, &it->rows.repairs, f->label, s->line);
    s->line += it->rows.lines;
    s->file_rows += it->rows.records;
    s->file_bad += it->rows.reject.n;
    return true;
}

/* What people see while it goes on. */
static void tell_progress(struct stage *s, const struct source_chunk *c)
{
    if (!s->progress)
        return;
    if (c->first)
        board_done(s->progress->board, c->file);
    atomic_store(&s->progress->rows, s->report->rows);
    atomic_store(&s->progress->rejected, rejects_count(s->rejects));
    board_set(s->progress->board, c->file, BOARD_RUNNING, c->got, s->file_rows, s->file_bad);
}

/* Whether the chunk has to wait for columns; then `item` is empty. */
static bool set_aside(struct reading *g, struct chunk_item *it)
{
    if (g->aside.n == 0 && late_count(&it->rows.late) == 0)
        return false;
    vec_push(&g->aside, *it);
    *it = (struct chunk_item){0};
    atomic_store(&g->full, true);
    return true;
}

static bool put_chunk(void *arg, void *item)
{
    struct reading *g = arg;
    struct stage *s = g->s;
    struct chunk_item *it = item;
    struct err *err = &g->put_err;
    if (set_aside(g, it))
        return true;
    s->report->rows += it->rows.records;
    if (!put_rejects(s, it, err) || !rejects_bearable(s, false, err) || !resolve(s, &it->rows, err))
        return false;
    runs_add(s->runs, it->rows.rows, it->rows.n);
    atomic_store(&g->full, runs_full(s->runs));
    tell_progress(s, &it->chunk);
    return true;
}

/* ---- Public. */

static bool read_until_full(struct reading *g, void **item, size_t items, struct err *err)
{
    const struct relay relay = {take_chunk, parse_chunk, put_chunk, g, item, items};
    atomic_store(&g->full, false);
    if (relay_run(&relay, g->s->pool))
        return true;
    if (err)
        *err = g->put_err.code ? g->put_err : g->take_err;
    return false;
}

static void grow_tables(struct reading *g)
{
    g->table = mem_realloc(g->table, pool_threads(g->s->pool) * g->s->layout.vocabs * sizeof(*g->table));
}

/* Columns for what the chunks set aside bring; then they are the next to be taken. */
static bool widen(struct reading *g, struct err *err)
{
    chunk_items gone = g->again;
    for (size_t i = 0; i < g->aside.n; i++) {
        const struct chunk_item *it = &g->aside.at[i];
        if (late_count(&it->rows.late) && !widen_stage(g->s, it->chunk.file, &it->rows.late, err))
            return false;
    }
    grow_tables(g);
    g->again = g->aside;
    g->again_at = 0;
    g->aside = gone;
    g->aside.n = 0;
    return true;
}

static bool read_all(struct reading *g, void **item, size_t items, struct err *err)
{
    struct stage *s = g->s;
    do {
        if (!read_until_full(g, item, items, err))
            return false;
        if (g->aside.n) {
            if (!widen(g, err))
                return false;
            continue;
        }
        /* A run goes to disk only when more rows may come, or when others went before. */
        if ((!s->at_end || runs_count(s->runs)) && !write_stage_spill(s, err))
            return false;
    } while (!s->at_end || g->again_at < g->again.n);
    if (s->progress)
        board_done(s->progress->board, SIZE_MAX);
    return rejects_bearable(s, true, err);
}

bool read_stage(struct stage *s, struct err *err)
{
    unsigned threads = pool_threads(s->pool);
    size_t items = (size_t)threads * 4;
    struct reading g = {.s = s};
    struct chunk_item *item = mem_zalloc(items * sizeof(*item));
    void **slot = mem_alloc(items * sizeof(*slot));
    g.reader = mem_alloc(threads * sizeof(*g.reader));
    g.decoder = mem_zalloc(threads * source_files(s->src) * sizeof(*g.decoder));
    grow_tables(&g);
    for (unsigned i = 0; i < threads; i++)
        g.reader[i] = (struct row_reader){csv_source_new(','), json_source_new()};
    for (size_t i = 0; i < items; i++)
        slot[i] = &item[i];
    bool ok = read_all(&g, slot, items, err);
    for (unsigned i = 0; i < threads; i++) {
        csv_source_free(g.reader[i].csv);
        json_source_free(g.reader[i].json);
    }
    for (size_t i = 0; i < threads * source_files(s->src); i++)
        decode_close(g.decoder[i]);
    for (size_t i = 0; i < items; i++)
        item_done(&item[i]);
    for (size_t i = 0; i < g.aside.n; i++)
        item_done(&g.aside.at[i]);
    for (size_t i = g.again_at; i < g.again.n; i++)
        item_done(&g.again.at[i]);
    vec_done(&g.aside);
    vec_done(&g.again);
    free(g.reader);
    free(g.decoder);
    free(g.table);
    free(slot);
    free(item);
    return ok;
}
