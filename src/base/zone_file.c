/* zone_file.c - reads TZif versions 1 to 4.
 *
 * The bytes come from outside, so every count is held against the length of the file before it is used. Only
 * offsets are kept: abbreviations, the summer-time flag and the leap-second table answer no question of ours.
 */
#include "config.h"

#include "base/zone_file.h"

#include <stdlib.h>

#include "base/arena.h"

#define HEADER 44
#define OFFSET_MOST (26 * 3600)

struct block {
    size_t times, types, chars, leaps, ut_flags, std_flags; /* counts */
    size_t time_size;                                       /* 4 in version 1, else 8 */
};

static int64_t big_endian(const char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)p[i];
    unsigned shift = (unsigned)(64 - 8 * n);
    return (int64_t)(v << shift) >> shift; /* sign extension; arithmetic shift in gcc and clang */
}

static bool header(struct str s, size_t time_size, struct block *b)
{
    if (s.n < HEADER || memcmp(s.p, "TZif", 4) != 0)
        return false;
    size_t counts[6];
    for (size_t i = 0; i < 6; i++)
        counts[i] = (size_t)(uint32_t)big_endian(s.p + 20 + 4 * i, 4);
    *b = (struct block){counts[3], counts[4], counts[5], counts[2], counts[0], counts[1], time_size};
    return b->times <= 100000 && b->types >= 1 && b->types <= 256 && b->chars <= 100000 && b->leaps <= 1000 &&
           b->ut_flags <= 256 && b->std_flags <= 256;
}

static size_t block_size(const struct block *b)
{
    return b->times * (b->time_size + 1) + b->types * 6 + b->chars + b->leaps * (b->time_size + 4) +
           b->ut_flags + b->std_flags;
}

static bool read_block(const char *p, const struct block *b, struct zone_file *out)
{
    const char *index = p + b->times * b->time_size;
    const char *types = index + b->times;
    int32_t offsets[256];
    for (size_t i = 0; i < b->types; i++) {
        offsets[i] = (int32_t)big_endian(types + 6 * i, 4);
        if (offsets[i] > OFFSET_MOST || offsets[i] < -OFFSET_MOST)
            return false;
    }
    out->first = offsets[0];
    out->times = mem_zalloc(mem_size(b->times, sizeof(*out->times)));
    out->offsets = mem_zalloc(mem_size(b->times, sizeof(*out->offsets)));
    for (size_t i = 0; i < b->times; i++) {
        unsigned char type = (unsigned char)index[i];
        out->times[i] = big_endian(p + i * b->time_size, b->time_size);
        if (type >= b->types || (i > 0 && out->times[i] <= out->times[i - 1]))
            return false;
        out->offsets[i] = offsets[type];
    }
    out->n = b->times;
    return true;
}

/* "\n<rule>\n"; an empty rule is allowed and means that nothing is known. */
static bool footer(struct str s, struct zone_file *out)
{
    if (s.n < 2 || s.p[0] != '\n')
        return false;
    struct str rest = {s.p + 1, s.n - 1};
    const char *end = memchr(rest.p, '\n', rest.n);
    if (!end)
        return false;
    rest.n = (size_t)(end - rest.p);
    out->has_rule = rest.n > 0;
    return rest.n == 0 || zone_rule_parse(rest, &out->rule);
}

static bool parse(struct str s, struct zone_file *out)
{
    struct block b;
    if (!header(s, 4, &b))
        return false;
    bool modern = s.p[4] >= '2';
    if (modern) {
        size_t skip = HEADER + block_size(&b);
        if (skip > s.n)
            return false;
        s = (struct str){s.p + skip, s.n - skip};
        if (!header(s, 8, &b))
            return false;
    }
    size_t size = HEADER + block_size(&b);
    if (b.leaps > 0 || size > s.n || !read_block(s.p + HEADER, &b, out))
        return false;
    return !modern || footer((struct str){s.p + size, s.n - size}, out);
}

bool zone_file_parse(struct str bytes, struct zone_file *out)
{
    *out = (struct zone_file){0};
    if (parse(bytes, out))
        return true;
    zone_file_done(out);
    return false;
}

static void *copy_of(const void *p, size_t n)
{
    return n ? memcpy(mem_alloc(n), p, n) : NULL;
}

struct zone_file zone_file_copy(const struct zone_file *f)
{
    struct zone_file copy = *f;
    copy.times = copy_of(f->times, f->n * sizeof(*f->times));
    copy.offsets = copy_of(f->offsets, f->n * sizeof(*f->offsets));
    return copy;
}

void zone_file_done(struct zone_file *f)
{
    free(f->times);
    free(f->offsets);
    *f = (struct zone_file){0};
}
