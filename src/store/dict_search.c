/* dict_search.c - which strings of a dictionary contain a piece of text, by walking over all of their bytes.
 *
 * There is no index for this: five million ids are some fifty megabytes, which a loop of sixteen bytes at a
 * time passes in about ten milliseconds. It looks for places where the first, second and last byte of the
 * piece stand, and only there compares the rest. */
#include "config.h"
#include "base/nls.h"
#include "store/dict.h"

typedef uint8_t lane __attribute__((vector_size(16)));

/* The piece sought: a byte matches where (byte | fold) == want; fold takes the case off ASCII letters. */
struct piece {
    const uint8_t *want, *fold;
    size_t n;
};

/* A block's strings. */
struct strings {
    struct strings_record head;
    const char *ends;
    const uint8_t *text;
    size_t n;
};

static lane lane_at(const uint8_t *p)
{
    lane l;
    memcpy(&l, p, sizeof(l));
    return l;
}

/* Whether any of sixteen places may begin the piece. */
static bool may_begin(const struct piece *piece, const uint8_t *p)
{
    size_t last = piece->n - 1, second = piece->n > 2 ? 1 : 0;
    lane hit = (lane)((lane_at(p) | piece->fold[0]) == piece->want[0]) &
               (lane)((lane_at(p + second) | piece->fold[second]) == piece->want[second]) &
               (lane)((lane_at(p + last) | piece->fold[last]) == piece->want[last]);
    uint64_t half[2];
    memcpy(half, &hit, sizeof(half));
    return half[0] | half[1];
}

static bool stands_at(const struct piece *piece, const uint8_t *p)
{
    for (size_t i = 0; i < piece->n; i++)
        if ((p[i] | piece->fold[i]) != piece->want[i])
            return false;
    return true;
}

/* The next place from `at` on, s->n when there is none. */
static size_t find_next(const struct strings *s, const struct piece *piece, size_t at)
{
    if (piece->n > s->n)
        return s->n;
    size_t end = s->n - piece->n + 1; /* places there are */
    while (at < end) {
        if (at + 16 <= end && !may_begin(piece, s->text + at)) {
            at += 16;
            continue;
        }
        size_t stop = at + 16 < end ? at + 16 : end;
        for (; at < stop; at++)
            if (stands_at(piece, s->text + at))
                return at;
    }
    return s->n;
}

static size_t end_of(const struct strings *s, uint32_t i)
{
    uint32_t end;
    memcpy(&end, s->ends + 4 * (size_t)i, sizeof(end));
    return end;
}

/* The string that the place lies in; it is not before `from`. Places ascend, and often by little. */
static uint32_t string_at(const struct strings *s, uint32_t from, size_t place)
{
    uint32_t step = 1, to;
    while (from + step < s->head.count && end_of(s, from + step - 1) <= place) {
        from += step;
        step *= 2;
    }
    to = from + step < s->head.count ? from + step : s->head.count;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (end_of(s, mid) <= place)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static bool open_strings(struct strings *s, struct str bytes)
{
    if (bytes.n < sizeof(s->head))
        return false;
    memcpy(&s->head, bytes.p, sizeof(s->head));
    size_t heads = sizeof(s->head) + 4 * (size_t)s->head.count;
    if (heads > bytes.n)
        return false;
    s->ends = bytes.p + sizeof(s->head);
    s->text = (const uint8_t *)bytes.p + heads;
    s->n = bytes.n - heads;
    return true;
}

static void search(const struct strings *s, const struct piece *piece, dict_found *found, void *arg)
{
    size_t at = find_next(s, piece, 0);
    uint32_t i = 0;
    while (at < s->n) {
        i = string_at(s, i, at);
        size_t from = i ? end_of(s, i - 1) : 0, to = i < s->head.count ? end_of(s, i) : 0;
        if (from <= at && at + piece->n <= to && to <= s->n) {
            found(arg, s->head.first + i, (struct str){(const char *)s->text + from, to - from});
            at = find_next(s, piece, to);
        } else {
            at = find_next(s, piece, at + 1);
        }
    }
}

static void fold(struct piece *piece, struct str part, uint8_t *want, uint8_t *mask)
{
    for (size_t i = 0; i < part.n; i++) {
        uint8_t c = (uint8_t)part.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        mask[i] = letter ? 0x20 : 0;
        want[i] = c | mask[i];
    }
    *piece = (struct piece){want, mask, part.n};
}

uint32_t dict_blocks(const struct snapshot *s, uint16_t column)
{
    const struct catalog_dict *d = catalog_dict(s->catalog, column);
    return d ? d->blocks : 0;
}

bool dict_search(const struct snapshot *s, uint16_t column, uint32_t from, uint32_t to, struct str part,
                 dict_found *found, void *arg, struct err *err)
{
    const struct catalog_dict *d = catalog_dict(s->catalog, column);
    uint8_t want[DICT_PART_MAX], mask[DICT_PART_MAX];
    struct piece piece;
    if (!part.n || part.n > sizeof(want))
        return true;
    fold(&piece, part, want, mask);
    for (uint32_t block = from; d && block < to && block < d->blocks; block++) {
        struct key k = key_strings(column, d->first[block]);
        struct strings strings;
        struct str bytes;
        if (!env_block_once(s->env, &s->tree, &k, &d->strings[block], &bytes, err))
            return false;
        if (!open_strings(&strings, bytes))
            return env_block_damaged(s->env, &k, N_("length differs"), err);
        search(&strings, &piece, found, arg);
    }
    return true;
}
