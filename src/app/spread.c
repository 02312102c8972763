/* spread.c - histograms for the segment builder: few bars with limits people would choose. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "app/spread.h"
#include "base/nls.h"
#include "base/num.h"
#include "store/links.h"

enum { SAMPLE = 20000 };

struct values {
    int64_t *at;
    uint32_t n;
    const uint64_t *taken; /* bits */
};

static bool is_taken(const struct values *v, uint32_t user)
{
    return v->taken[user / 64] >> user % 64 & 1;
}

static void count_into(struct spread_bar *bar, const struct values *v, uint32_t user)
{
    bar->users++;
    bar->taken += is_taken(v, user);
}

/* ---- texts and truths */

struct frequency {
    uint32_t code;
    uint64_t users;
};

static int by_users(const void *a, const void *b)
{
    const struct frequency *x = a, *y = b;
    if (x->users != y->users)
        return x->users < y->users ? 1 : -1;
    return x->code < y->code ? -1 : x->code > y->code;
}

static bool text_of(const struct snapshot *s, const struct spread_of *c, uint32_t code, struct arena *a,
                    const char **out, struct err *err)
{
    struct str text;
    if (c->type == COLUMN_BOOL) {
        *out = code ? "true" : "false";
        return true;
    }
    if (!dict_get(s, c->column, code, &text, err))
        return false;
    *out = arena_str(a, text).p;
    return true;
}

static bool by_value(struct spread *out, const struct snapshot *s, const struct spread_of *c,
                     const struct values *v, struct arena *a, struct err *err)
{
    uint32_t codes = c->type == COLUMN_BOOL ? 2 : dict_count(s, c->column);
    struct frequency *f = arena_array(a, struct frequency, codes + 1);
    uint32_t *bar_of = arena_array(a, uint32_t, codes + 1);
    bool ok = true;
    for (uint32_t i = 0; i < codes; i++)
        f[i].code = i;
    for (uint32_t u = 0; u < v->n; u++)
        if (v->at[u] >= 0 && v->at[u] < (int64_t)codes)
            f[v->at[u]].users++;
    qsort(f, codes, sizeof *f, by_users);
    uint32_t used = 0;
    while (used < codes && f[used].users)
        used++;
    out->bars = used < SPREAD_BARS ? used : SPREAD_BARS;
    bool rest = used > SPREAD_BARS;
    for (uint32_t i = 0; ok && i < used; i++) {
        bool own = i + rest < out->bars;
        bar_of[f[i].code] = own ? i : (uint32_t)out->bars - 1;
        if (own)
            ok = text_of(s, c, f[i].code, a, &out->bar[i].label, err);
    }
    if (rest)
        out->bar[out->bars - 1].label = arena_printf(a, _("%u others"), used - (SPREAD_BARS - 1));
    for (uint32_t u = 0; ok && u < v->n; u++)
        if (v->at[u] >= 0 && v->at[u] < (int64_t)codes)
            count_into(&out->bar[bar_of[v->at[u]]], v, u);
    return ok;
}

/* ---- numbers and times */

static double number_of(const struct spread_of *c, int64_t value)
{
    return c->type == COLUMN_NUMBER ? column_number(value) : (double)value;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Every so many customers' values, sorted. */
static double *sample(const struct spread_of *c, const struct values *v, struct arena *a, size_t *n)
{
    double *at = arena_array(a, double, SAMPLE + 1);
    uint32_t step = v->n / SAMPLE + 1;
    *n = 0;
    for (uint32_t u = 0; u < v->n; u += step)
        if (v->at[u] != COLUMN_NULL)
            at[(*n)++] = number_of(c, v->at[u]);
    qsort(at, *n, sizeof *at, by_size);
    return at;
}

/* The smallest of 1, 2, 5 times a power of ten that is not below x. */
static double round_up(double x)
{
    double power = pow(10, floor(log10(x)));
    for (double k = 1; k <= 10; k = k == 2 ? 5 : k * 2)
        if (k * power >= x * (1 - 1e-9))
            return k * power;
    return 10 * power;
}

/* Lower limits of the bars, ascending; the first is open below, the last above. */
static size_t limits(const double *v, size_t n, bool whole, double *out)
{
    double low = v[n / 50], high = v[n - 1 - n / 50], middle = v[n / 2];
    size_t bars = 0;
    if (low >= high) {
        out[0] = low;
        return 1;
    }
    if (low >= 0 && middle > 0 && high > 20 * middle) { /* long tail: each bar some times the last */
        double factor = pow(high / middle * 4, 1.0 / (SPREAD_BARS - 2)), at = round_up(middle / 4);
        out[bars++] = v[0] < 0 ? v[0] : 0;
        for (; bars < SPREAD_BARS && at < high; at = round_up(at * (factor > 2 ? factor : 2)))
            out[bars++] = at;
        return bars;
    }
    double step = round_up((high - low) / (SPREAD_BARS - 1));
    step = whole && step < 1 ? 1 : step;
    for (double at = floor(low / step) * step; bars < SPREAD_BARS && at <= high; at += step)
        out[bars++] = at;
    return bars;
}

static void put_limit(struct buf *b, const struct spread_of *c, const struct zone *z, double x)
{
    if (c->type == COLUMN_TIME) {
        size_t before = b->n;
        zone_put_local(z, b, (int64_t)x);
        if (b->n > before + 10) {
            b->n = before + 10; /* the day is enough */
            b->p[b->n] = 0;
        }
    } else if (fabs(x) >= 10000 && fabs(x) < 1e15) {
        num_put_short(b, (int64_t)x, 5); /* limits are round */
    } else if (x == floor(x) && fabs(x) < 1e15) {
        num_put_thousands(b, (int64_t)x);
    } else {
        num_put_double(b, x);
    }
}

/* Of whole numbers a bar says its first and its last: 20..29, and 3 when that is all; others where the next
 * begins. */
static const char *label_of(const struct spread_of *c, const struct zone *z, const double *limit, size_t i,
                            size_t n, bool whole, struct arena *a)
{
    struct buf b = {0};
    if (whole && i + 1 < n && limit[i + 1] - limit[i] <= 1) {
        put_limit(&b, c, z, limit[i]);
    } else if (i == 0 && n > 1) {
        buf_puts(&b, "< ");
        put_limit(&b, c, z, limit[1]);
    } else {
        put_limit(&b, c, z, limit[i]);
        if (n > 1)
            buf_puts(&b, i + 1 < n ? ".." : "+");
        if (i + 1 < n)
            put_limit(&b, c, z, limit[i + 1] - whole);
    }
    const char *label = arena_str(a, buf_view(&b)).p;
    buf_done(&b);
    return label;
}

static void by_size_of_value(struct spread *out, const struct zone *z, const struct spread_of *c,
                             const struct values *v, struct arena *a)
{
    double limit[SPREAD_BARS];
    size_t n;
    double *sorted = sample(c, v, a, &n);
    bool whole = c->type == COLUMN_NUMBER;
    if (!n)
        return;
    for (size_t i = 0; i < n; i++)
        whole = whole && sorted[i] == floor(sorted[i]);
    out->bars = limits(sorted, n, whole, limit);
    for (size_t i = 0; i < out->bars; i++)
        out->bar[i].label = label_of(c, z, limit, i, out->bars, whole, a);
    for (uint32_t u = 0; u < v->n; u++) {
        if (v->at[u] == COLUMN_NULL)
            continue;
        double x = number_of(c, v->at[u]);
        size_t bar = out->bars - 1;
        while (bar > 0 && x < limit[bar])
            bar--;
        count_into(&out->bar[bar], v, u);
    }
}

/* Other ids of a customer have his value, too, but are nobody: they go. */
static void keep_customers(struct values *v, uint64_t *taken, const struct links *l)
{
    uint32_t n = 0;
    for (uint32_t u = 0; u < v->n; u++) {
        if (links_customer(l, u) != u)
            continue;
        uint64_t bit = taken[u / 64] >> u % 64 & 1;
        v->at[n] = v->at[u];
        taken[n / 64] = (taken[n / 64] & ~(UINT64_C(1) << n % 64)) | bit << n % 64;
        n++;
    }
    v->n = n;
}

bool spread_build(struct spread *out, const struct snapshot *s, const struct zone *z,
                  const struct spread_of *of, int64_t *value, const struct userset *taken, struct arena *a,
                  struct err *err)
{
    const struct links *links;
    if (!snapshot_links(s, &links, err))
        return false;
    uint64_t *bits = userset_words(taken, of->users);
    struct values v = {value, of->users, bits};
    bool ok = true;
    *out = (struct spread){.name = arena_strdup(a, of->name)};
    if (links)
        keep_customers(&v, bits, links);
    for (uint32_t u = 0; u < v.n; u++)
        out->missing += v.at[u] == COLUMN_NULL;
    if (of->type == COLUMN_CODE || of->type == COLUMN_BOOL)
        ok = by_value(out, s, of, &v, a, err);
    else
        by_size_of_value(out, z, of, &v, a);
    free(bits);
    return ok;
}
