/* merge.c - which parts become one, so that a query walks few of them and an import costs what its size
 * costs.
 *
 * Parts are merged with their neighbours in order of arrival only: equal moments then stay in that order. A
 * part counts as large as the largest that arrived after it, so sizes fall from old to new; four or more of
 * one class (a factor of eight) become one. At most three stay in each of seven classes, and a row moves a
 * few times per class that it climbs. */
#include "config.h"
#include "base/nls.h"
#include "store/merge.h"
#include "store/rewrite.h"
#include "store/upkeep.h"

enum { MERGE_PARTS = 4 };
#define SMALLEST 32768 /* rows; parts below are of one class: they are half a block at most */

static unsigned size_class(uint64_t rows)
{
    unsigned c = 0;
    for (uint64_t limit = SMALLEST; rows >= limit && c < 6; limit *= 8)
        c++;
    return c;
}

struct window {
    size_t first, n; /* n == 0: nothing is to be merged */
};

/* The oldest neighbours that are too many of one class: what they become may be of the next one. */
static struct window choose(const struct part *part, size_t parts)
{
    struct window best = {0, 0};
    unsigned largest = 0;
    for (size_t end = parts; end > 0;) {
        unsigned c = size_class(part[end - 1].rows);
        largest = c > largest ? c : largest;
        size_t from = end - 1;
        while (from > 0 && size_class(part[from - 1].rows) <= largest)
            from--;
        if (end - from >= MERGE_PARTS)
            best = (struct window){from, end - from};
        end = from;
    }
    return best;
}

static struct window choose_from(const struct snapshot *s, enum table t, const struct part **part)
{
    size_t n = snapshot_parts(s, t, part);
    return choose(*part, n);
}

static bool wanted(struct env *env, enum table t, bool *yes, struct err *err)
{
    const struct part *part;
    struct snapshot *s = snapshot_open(env, err);
    if (!s)
        return false;
    *yes = choose_from(s, t, &part).n > 0;
    snapshot_close(s);
    return true;
}

/* What the parts' rows take on disk, about. */
static uint64_t bytes_of(const struct batch *b, const struct part *part, size_t n)
{
    uint64_t rows = 0, all = 0;
    const struct part *every;
    for (int t = TABLE_EVENTS; t <= TABLE_USERS; t++) {
        size_t parts = snapshot_parts(b->base, (enum table)t, &every);
        for (size_t i = 0; i < parts; i++)
            all += every[i].rows;
    }
    for (size_t i = 0; i < n; i++)
        rows += part[i].rows;
    return all ? (uint64_t)((double)snapshot_bytes(b->base) * ((double)rows / (double)all)) : 0;
}

static bool merge_window(struct batch *b, const struct part *part, size_t n, struct progress *progress,
                         struct err *err)
{
    uint64_t kept, rows = 0;
    for (size_t i = 0; i < n; i++)
        rows += part[i].rows;
    if (progress)
        atomic_fetch_add(&progress->total, rows);
    bool ok =
        batch_expect(b, bytes_of(b, part, n), err) && rewrite_parts(b, part, n, 0, progress, &kept, err);
    if (ok)
        return batch_commit(b, NULL, err);
    batch_abort(b);
    return false;
}

/* One merge of what then is to be merged; *more: there was something. */
static bool merge_once(struct env *env, enum table t, struct progress *progress, bool *more, struct err *err)
{
    const struct part *part;
    bool busy;
    *more = false;
    struct batch *b = batch_begin_upkeep(env, t, &busy, err);
    if (!b)
        return busy;
    struct window w = choose_from(batch_snapshot(b), t, &part);
    *more = w.n > 0;
    if (*more)
        return merge_window(b, part + w.first, w.n, progress, err);
    batch_abort(b);
    return true;
}

static bool merge_table(struct env *env, enum table t, struct progress *progress, struct err *err)
{
    bool more;
    if (!wanted(env, t, &more, err))
        return false;
    while (more)
        if (!merge_once(env, t, progress, &more, err))
            return false;
    return true;
}

bool store_merge(struct env *env, struct progress *progress, struct err *err)
{
    return merge_table(env, TABLE_EVENTS, progress, err) && merge_table(env, TABLE_USERS, progress, err);
}

static bool merge_whole(struct env *env, enum table t, struct progress *progress, struct err *err)
{
    bool busy;
    const struct part *part;
    struct batch *b = batch_begin_upkeep(env, t, &busy, err);
    if (!b)
        return false;
    size_t n = snapshot_parts(batch_snapshot(b), t, &part);
    if (n > 1)
        return merge_window(b, part, n, progress, err);
    batch_abort(b);
    return true;
}

bool merge_everything(struct env *env, struct progress *progress, struct err *err)
{
    return merge_whole(env, TABLE_EVENTS, progress, err) && merge_whole(env, TABLE_USERS, progress, err);
}
