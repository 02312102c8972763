/* dict_write.c - what a batch adds to a dictionary: string blocks, and a run of hash buckets to find them by.
 *
 * A dictionary has few runs: a new one swallows those before it that are not more than twice its size, so
 * their number stays logarithmic and the cost of an import follows its own size. */
#include "config.h"
#include <stdlib.h>
#include "store/batch_open.h"

#define BUCKET_ENTRIES 4096
#define BUCKET_BITS_MAX 24

/* ---- strings */

struct strings {
    struct batch *b;
    uint16_t column;
    uint32_t first;
    VEC(uint32_t) end;
    struct buf bytes;
};

static bool flush_strings(struct strings *s, struct err *err)
{
    if (s->end.n == 0)
        return true;
    struct strings_record h = {s->first, (uint32_t)s->end.n};
    struct key k = key_strings(s->column, s->first);
    struct buf out = sink_buf(s->b->sink);
    block_begin(&out);
    buf_put(&out, &h, sizeof(h));
    buf_put(&out, s->end.at, s->end.n * sizeof(*s->end.at));
    buf_put(&out, s->bytes.p ? s->bytes.p : "", s->bytes.n);
    s->first += h.count;
    s->end.n = 0;
    buf_clear(&s->bytes);
    return sink_put(s->b->sink, &k, &out, err);
}

static bool add_string(struct strings *s, struct str text, struct err *err)
{
    size_t size = sizeof(struct strings_record) + 4 * (s->end.n + 1) + s->bytes.n + text.n;
    if (size > BLOCK_TARGET && !flush_strings(s, err))
        return false;
    buf_put(&s->bytes, text.p, text.n);
    vec_push(&s->end, (uint32_t)s->bytes.n);
    return true;
}

static bool write_strings(struct batch *b, const struct batch_dict *d, struct err *err)
{
    struct strings s = {.b = b, .column = d->column, .first = d->base};
    bool ok = true;
    for (size_t i = 0; ok && i < d->place.n; i++)
        ok = add_string(&s, codemap_text(d->map, d->place.at[i]), err);
    ok = ok && flush_strings(&s, err);
    vec_done(&s.end);
    buf_done(&s.bytes);
    return ok;
}

/* ---- hash runs */

struct run_build {
    struct batch *b;
    const struct batch_dict *d;
    struct run_record run;
    uint64_t *hash;  /* of each code from run.first on */
    uint64_t *entry; /* tail << 32 | code, bucket by bucket */
    uint32_t *begin; /* of each bucket in entry */
};

static bool hash_all(struct run_build *r, struct err *err)
{
    for (uint32_t i = 0; i < r->run.count; i++) {
        uint32_t code = r->run.first + i;
        struct str text;
        if (code >= r->d->base)
            text = codemap_text(r->d->map, r->d->place.at[code - r->d->base]);
        else if (!dict_get(r->b->base, r->d->column, code, &text, err))
            return false;
        r->hash[i] = dict_hash(text);
    }
    return true;
}

static void distribute(struct run_build *r)
{
    uint32_t buckets = 1u << r->run.bits;
    for (uint32_t i = 0; i < r->run.count; i++)
        r->begin[hash_bucket(r->hash[i], r->run.bits) + 1]++;
    for (uint32_t i = 0; i < buckets; i++)
        r->begin[i + 1] += r->begin[i];
    for (uint32_t i = 0; i < r->run.count; i++) {
        uint64_t h = r->hash[i];
        uint32_t *next = &r->begin[hash_bucket(h, r->run.bits)];
        r->entry[(*next)++] = (uint64_t)hash_tail(h, r->run.bits) << 32 | (r->run.first + i);
    }
    /* begin[i] has moved to the end of bucket i: shift back. */
    memmove(r->begin + 1, r->begin, buckets * sizeof(*r->begin));
    r->begin[0] = 0;
}

/* Radix sort by the tail, stable, so equal tails stay in order of codes. */
static void sort_entries(uint64_t *e, uint64_t *tmp, uint32_t n)
{
    for (unsigned shift = 32; shift < 64; shift += 8) {
        uint32_t at[257] = {0};
        for (uint32_t i = 0; i < n; i++)
            at[(e[i] >> shift & 255) + 1]++;
        for (unsigned i = 0; i < 256; i++)
            at[i + 1] += at[i];
        for (uint32_t i = 0; i < n; i++)
            tmp[at[e[i] >> shift & 255]++] = e[i];
        uint64_t *swap = e;
        e = tmp;
        tmp = swap;
    } /* four passes: the result is back in the caller's e */
}

static bool write_bucket(struct run_build *r, uint32_t bucket, struct err *err)
{
    uint32_t from = r->begin[bucket], n = r->begin[bucket + 1] - from;
    uint64_t *e = r->entry + from;
    struct hashes_record h = {.count = n};
    sort_entries(e, r->hash, n); /* hashes are no longer needed: room for at least n */
    struct buf out = sink_buf(r->b->sink);
    block_begin(&out);
    buf_put(&out, &h, sizeof(h));
    size_t at = out.n;
    buf_reserve(&out, 8 * (size_t)n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t tail = (uint32_t)(e[i] >> 32), code = (uint32_t)e[i];
        memcpy(out.p + at + 4 * (size_t)i, &tail, 4);
        memcpy(out.p + at + 4 * ((size_t)n + i), &code, 4);
    }
    out.n += 8 * (size_t)n;
    struct key k = key_hashes(r->d->column, r->run.run, bucket);
    return sink_put(r->b->sink, &k, &out, err);
}

static bool write_run(struct batch *b, const struct batch_dict *d, struct run_record run, struct err *err)
{
    struct run_build r = {.b = b, .d = d, .run = run};
    r.hash = mem_alloc(run.count * sizeof(*r.hash));
    bool ok = hash_all(&r, err);
    if (ok) {
        r.entry = mem_alloc(run.count * sizeof(*r.entry));
        r.begin = mem_zalloc(((1u << run.bits) + 1) * sizeof(*r.begin));
        distribute(&r);
        for (uint32_t i = 0; ok && i < 1u << run.bits; i++)
            ok = write_bucket(&r, i, err);
    }
    free(r.hash);
    free(r.entry);
    free(r.begin);
    return ok;
}

static uint32_t bits_for(uint32_t count)
{
    uint32_t bits = 0;
    while (bits < BUCKET_BITS_MAX && count >> bits > BUCKET_ENTRIES)
        bits++;
    return bits;
}

/* The runs the dictionary will have: old ones that stay, and the new one last. */
static struct run_record plan_runs(struct batch *b, struct batch_dict *d)
{
    const struct catalog_dict *old = catalog_dict(b->base->catalog, d->column);
    uint32_t keep = old ? old->runs : 0, first = d->base;
    for (; keep > 0; keep--) {
        const struct run_record *last = &old->run[keep - 1].run;
        uint32_t size = d->count - first;
        if (last->count / 2 > size && last->count + (uint64_t)size > BUCKET_ENTRIES)
            break;
        first = last->first;
        b->garbage = true;
    }
    for (uint32_t i = 0; i < keep; i++)
        vec_push(&d->run, old->run[i].run);
    struct run_record run = {b->root.next_run++, first, d->count - first, bits_for(d->count - first)};
    vec_push(&d->run, run);
    return run;
}

bool dict_write(struct batch *b, struct batch_dict *d, struct err *err)
{
    if (d->count == d->base)
        return true;
    return write_strings(b, d, err) && write_run(b, d, plan_runs(b, d), err);
}
