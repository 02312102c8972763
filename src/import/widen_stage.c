/* widen_stage.c - columns that come only when a file is half read: the rows to come get longer, those made
 * before are without a value there. */
#include "config.h"

#include <stdlib.h>
#include "base/nls.h"
#include "import/stage.h"

bool stage_number_columns(struct stage *s, size_t from, struct err *err)
{
    static const uint16_t of_role[] = {
        [ROLE_USER] = COL_USER, [ROLE_TIME] = COL_TIME, [ROLE_EVENT] = COL_EVENT};
    s->id = mem_realloc(s->id, (s->map.n + 1) * sizeof(*s->id));
    memset(s->id + from, 0, (s->map.n + 1 - from) * sizeof(*s->id));
    for (size_t i = from; i < s->map.n; i++) {
        const struct map_column *c = &s->map.column[i];
        if (c->role == ROLE_IGNORE)
            continue;
        if (c->role != ROLE_VALUE && c->role != ROLE_AS_OF)
            s->id[i] = of_role[c->role];
        else if (s->batch && !batch_column(s->batch, str_of(c->stored), c->type, &s->id[i], err))
            return false;
    }
    return true;
}

/* The report says which they are, as it does of the others. */
static void tell(struct stage *s, const struct source_file *f, size_t from)
{
    struct buf text = {0};
    struct repair_tally tally = {0};
    if (s->report->mapping)
        buf_puts(&text, s->report->mapping);
    for (size_t i = from; i < s->map.n; i++)
        mapping_put_column(&s->map, i, &text);
    s->report->mapping = arena_str(&s->report->arena, buf_view(&text)).p;
    tally.n[REPAIR_LATE] = s->map.n - from;
    tally.raw[REPAIR_LATE] = str_of(s->map.column[from].name);
    repairs_add(s->repairs, &tally, f->label, 0);
    buf_done(&text);
}

static bool widen_rows(struct stage *s, struct err *err)
{
    size_t vocabs = s->layout.vocabs;
    row_layout_grow(&s->layout);
    s->vocab = mem_realloc(s->vocab, s->layout.vocabs * sizeof(*s->vocab));
    for (size_t i = vocabs; i < s->layout.vocabs; i++)
        s->vocab[i] = vocab_new();
    return runs_widen(s->runs, s->layout.stride, s->layout.empty) ||
           (write_stage_spill(s, err) && runs_widen(s->runs, s->layout.stride, s->layout.empty));
}

bool widen_stage(struct stage *s, size_t file, const struct late *late, struct err *err)
{
    struct source_file *f = source_file(s->src, file);
    size_t from = s->map.n;
    mapping_widen(&s->map, f, late, s->snapshot);
    s->layout.full = s->map.n >= MAPPING_MOST;
    if (s->map.n == from)
        return true;
    s->widened = true;
    tell(s, f, from);
    return stage_number_columns(s, from, err) && widen_rows(s, err);
}
