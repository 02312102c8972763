/* compose.c - the rows of a window against what the store knows of their users, one column after the other.
 * Users and times of the store are read for the window's range alone, so memory stays that of a window. */
#include "config.h"

#include <stdlib.h>
#include "base/num.h"
#include "import/compose.h"
#include "store/layers.h"

#define NEVER INT64_MIN /* as COLUMN_NULL: no time is known */

/* One row of the store of one of our users. */
struct layer {
    uint32_t user; /* index among the window's users */
    uint32_t import;
    int64_t time, ages;
};
struct state {
    const struct compose *k;
    struct window_columns *c;
    size_t users;
    size_t *first;           /* per user: his first row in the window; one more for the end */
    VEC(struct layer) layer; /* by user and import: as of when its row is */
    int64_t *value, *time;   /* per user, of the column under way: what the store has */
    int64_t *now;            /* per user: the latest time of the store's rows */
    int64_t **best_time;     /* per column and user */
    int64_t **best;
    bool *news; /* per user: something of his rows counts */
    size_t column;
    struct err *err;
    bool ok;
};

static uint32_t user_at(const struct state *x, size_t i)
{
    return x->c->user[x->first[i]];
}

/* Index of a user at or behind `from`, SIZE_MAX: not one of the window's. Rows come by user. */
static size_t index_of(const struct state *x, uint32_t user)
{
    size_t lo = 0, hi = x->users;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (user_at(x, mid) < user)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < x->users && user_at(x, lo) == user ? lo : SIZE_MAX;
}

static int by_place(const void *a, const void *b)
{
    const struct layer *x = a, *y = b;
    return x->user != y->user      ? (x->user < y->user ? -1 : 1)
           : x->import < y->import ? -1
                                   : x->import > y->import;
}

/* ---- as of when the store's rows are */

static struct layer *layer_of(struct state *x, uint32_t user, uint32_t import)
{
    struct layer key = {.user = user, .import = import};
    return x->layer.n ? bsearch(&key, x->layer.at, x->layer.n, sizeof key, by_place) : NULL;
}

static void take_times(void *arg, const struct layer_rows *rows)
{
    struct state *x = arg;
    for (uint32_t i = 0; i < rows->n; i++) {
        size_t at = index_of(x, rows->user[i]);
        if (at == SIZE_MAX)
            continue;
        vec_push(&x->layer, (struct layer){(uint32_t)at, rows->import[i], rows->value[i], COLUMN_NULL});
        if (rows->value[i] > x->now[at])
            x->now[at] = rows->value[i];
    }
}

static void take_ages(void *arg, const struct layer_rows *rows)
{
    struct state *x = arg;
    for (uint32_t i = 0; i < rows->n; i++) {
        size_t at = index_of(x, rows->user[i]);
        struct layer *l = at == SIZE_MAX ? NULL : layer_of(x, (uint32_t)at, rows->import[i]);
        if (l)
            l->ages = rows->value[i];
    }
}

static bool read_column(struct state *x, uint16_t column, layers_fn *each)
{
    return x->users == 0 ||
           layers_read(x->k->s, column, user_at(x, 0), user_at(x, x->users - 1) + 1, each, x, x->err);
}

static bool read_times(struct state *x)
{
    for (size_t i = 0; i < x->users; i++)
        x->now[i] = NEVER;
    if (!x->k->s)
        return true;
    if (!read_column(x, x->k->id[x->k->as_of], take_times))
        return false;
    if (x->layer.n)
        qsort(x->layer.at, x->layer.n, sizeof *x->layer.at, by_place);
    return read_column(x, COL_AGES, take_ages);
}

/* ---- what the store has of a column */

/* The time that "17:123 18:-" names for the column; false: it names none. */
static bool own_time(struct str ages, uint16_t column, int64_t *time)
{
    while (ages.p && ages.n) {
        struct str one = str_cut(&ages, ' '), number = str_cut(&one, ':');
        uint64_t id;
        if (!num_u64(number, &id) || id != column)
            continue;
        if (!one.p || !num_i64(one, time))
            *time = NEVER;
        return true;
    }
    return false;
}

static int64_t time_of(struct state *x, uint32_t user, uint32_t import)
{
    const struct layer *l = layer_of(x, user, import);
    struct str ages;
    int64_t time = l ? l->time : NEVER;
    if (l && l->ages != COLUMN_NULL) {
        if (!dict_get(x->k->s, COL_AGES, (uint32_t)l->ages, &ages, x->err))
            x->ok = false;
        else
            (void)own_time(ages, x->k->id[x->column], &time);
    }
    return time;
}

static void take_values(void *arg, const struct layer_rows *rows)
{
    struct state *x = arg;
    for (uint32_t i = 0; i < rows->n; i++) {
        size_t at = index_of(x, rows->user[i]);
        if (at == SIZE_MAX)
            continue;
        x->value[at] = rows->value[i];
        x->time[at] = rows->value[i] == COLUMN_NULL ? NEVER : time_of(x, (uint32_t)at, rows->import[i]);
    }
}

/* ---- the latest of each */

/* Of what the store has and the user's rows say, the latest value there is; of two of one time that which
 * came last. */
static void choose(struct state *x, size_t user)
{
    const int64_t *value = x->c->value[x->column], *time = x->c->value[x->k->as_of];
    int64_t best = x->value[user], best_time = x->time[user];
    for (size_t i = x->first[user]; i < x->first[user + 1]; i++) {
        if (value[i] == COLUMN_NULL || (best != COLUMN_NULL && time[i] < best_time))
            continue;
        best = value[i];
        best_time = time[i];
        x->news[user] = true;
    }
    x->best[x->column][user] = best;
    x->best_time[x->column][user] = best_time;
}

static int64_t latest(const struct state *x, size_t user)
{
    const int64_t *time = x->c->value[x->k->as_of];
    int64_t most = NEVER;
    for (size_t i = x->first[user]; i < x->first[user + 1]; i++)
        most = time[i] > most ? time[i] : most;
    return most;
}

static bool compose_column(struct state *x, size_t column)
{
    x->column = column;
    for (size_t i = 0; i < x->users; i++)
        x->value[i] = COLUMN_NULL, x->time[i] = NEVER;
    if (x->k->s && !read_column(x, x->k->id[column], take_values))
        return false;
    for (size_t i = 0; i < x->users; i++)
        choose(x, i);
    return x->ok;
}

static bool is_value(const struct compose *k, size_t column)
{
    return column != k->as_of && column + 1 != k->columns;
}

/* ---- the rows that come of it */

static void put_ages(struct state *x, size_t user, int64_t time, uint32_t row, struct composed *out)
{
    struct buf text = {0};
    for (size_t c = 0; c < x->k->columns; c++) {
        if (!is_value(x->k, c) || x->best[c][user] == COLUMN_NULL || x->best_time[c][user] == time)
            continue;
        buf_printf(&text, "%s%u:", text.n ? " " : "", (unsigned)x->k->id[c]);
        if (x->best_time[c][user] == NEVER)
            buf_putc(&text, '-');
        else
            buf_printf(&text, "%lld", (long long)x->best_time[c][user]);
    }
    if (text.n)
        vec_push(&out->age, (struct composed_age){row, arena_str(&out->texts, buf_view(&text))});
    buf_done(&text);
}

static void put_rows(struct state *x, struct composed *out)
{
    struct window_columns *c = x->c;
    size_t n = 0;
    for (size_t u = 0; u < x->users; u++) {
        size_t last = x->first[u + 1] - 1;
        int64_t time = latest(x, u);
        if (!x->news[u] && time <= x->now[u]) {
            out->older += last + 1 - x->first[u];
            continue;
        }
        time = x->now[u] > time ? x->now[u] : time;
        uint32_t user = c->user[last];
        for (size_t k = 0; k < x->k->columns; k++)
            c->value[k][n] = is_value(x->k, k) ? x->best[k][u] : k == x->k->as_of ? time : COLUMN_NULL;
        put_ages(x, u, time, (uint32_t)n, out);
        c->user[n++] = user;
    }
    c->repeats += c->n - n - out->older;
    c->n = n;
    window_count(c);
}

static void find_users(struct state *x)
{
    x->first = mem_alloc((x->c->n + 1) * sizeof *x->first);
    for (size_t i = 0; i < x->c->n; i++)
        if (i == 0 || x->c->user[i] != x->c->user[i - 1])
            x->first[x->users++] = i;
    x->first[x->users] = x->c->n;
}

static void state_done(struct state *x)
{
    for (size_t c = 0; c < x->k->columns; c++) {
        free(x->best[c]);
        free(x->best_time[c]);
    }
    free(x->best);
    free(x->best_time);
    free(x->value);
    free(x->time);
    free(x->now);
    free(x->news);
    free(x->first);
    vec_done(&x->layer);
}

bool compose_rows(const struct compose *k, struct window_columns *c, struct composed *out, struct err *err)
{
    struct state x = {.k = k, .c = c, .err = err, .ok = true};
    composed_done(out);
    find_users(&x);
    size_t room = (x.users + 1) * sizeof(int64_t);
    x.value = mem_alloc(room);
    x.time = mem_alloc(room);
    x.now = mem_alloc(room);
    x.news = mem_zalloc(x.users + 1);
    x.best = mem_zalloc(k->columns * sizeof *x.best);
    x.best_time = mem_zalloc(k->columns * sizeof *x.best_time);
    bool ok = read_times(&x);
    for (size_t i = 0; ok && i < k->columns; i++) {
        x.best[i] = is_value(k, i) ? mem_alloc(room) : NULL;
        x.best_time[i] = is_value(k, i) ? mem_alloc(room) : NULL;
        ok = !is_value(k, i) || compose_column(&x, i);
    }
    if (ok)
        put_rows(&x, out);
    state_done(&x);
    return ok;
}

void composed_done(struct composed *c)
{
    vec_done(&c->age);
    arena_done(&c->texts);
    c->older = 0;
}
