/* pick.c - branchless selection of rows and gathering of values.
 *
 * A hit or miss per event cannot be predicted, so nothing here branches on one: every row's number is written
 * and the place moves on only for hits. */
#include "config.h"
#include "analysis/pick.h"

uint32_t pick_bytes(const uint8_t *raw, uint32_t n, const uint8_t keep[256], uint32_t *pos, uint32_t *off)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) {
        pos[k] = i;
        off[i] = k;
        k += keep[raw[i]];
    }
    off[n] = k;
    return k;
}

uint32_t pick_codes(const uint32_t *code, uint32_t n, const uint8_t *keep, uint32_t *pos, uint32_t *off)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) {
        pos[k] = i;
        off[i] = k;
        k += keep[code[i]];
    }
    off[n] = k;
    return k;
}

uint32_t pick_flags(const uint8_t *flag, uint32_t n, uint32_t *pos, uint32_t *off)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) {
        pos[k] = i;
        off[i] = k;
        k += flag[i];
    }
    off[n] = k;
    return k;
}

/* Dense column of `width` bytes without missing values: base + step * raw. */
#define GATHER(name, type)                                                                                   \
    PICK_CLONES static void name(const unsigned char *raw, int64_t base, uint64_t step, const uint32_t *pos, \
                                 uint32_t n, int64_t *out)                                                   \
    {                                                                                                        \
        for (uint32_t i = 0; i < n; i++) {                                                                   \
            type x;                                                                                          \
            memcpy(&x, raw + sizeof(type) * (size_t)pos[i], sizeof(type));                                   \
            out[i] = (int64_t)((uint64_t)base + step * x);                                                   \
        }                                                                                                    \
    }
GATHER(gather1, uint8_t)
GATHER(gather2, uint16_t)
GATHER(gather4, uint32_t)
GATHER(gather8, uint64_t)

static bool is_plain(const struct column_view *v)
{
    return !v->present && !v->has_null && v->type != COLUMN_NUMBER;
}

void pick_values(const struct column_view *v, uint32_t first, const uint32_t *pos, uint32_t n, int64_t *out)
{
    const unsigned char *raw = v->raw ? v->raw + (size_t)first * v->width : NULL;
    if (is_plain(v) && v->width == 4)
        gather4(raw, v->base, v->step, pos, n, out);
    else if (is_plain(v) && v->width == 1)
        gather1(raw, v->base, v->step, pos, n, out);
    else if (is_plain(v) && v->width == 2)
        gather2(raw, v->base, v->step, pos, n, out);
    else if (is_plain(v) && v->width == 8)
        gather8(raw, v->base, v->step, pos, n, out);
    else
        for (uint32_t i = 0; i < n; i++)
            out[i] = column_at(v, first + pos[i]);
}
