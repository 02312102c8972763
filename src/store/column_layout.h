/* column_layout.h - the header of an encoded column; only column*.c know it. */
#ifndef WM_COLUMN_LAYOUT_H
#define WM_COLUMN_LAYOUT_H

#include "store/column.h"

enum { LAYOUT_HAS_NULL = 1, LAYOUT_SPARSE = 2 };

/* Size of a raw value: so many bytes, or 16 plus so many bits. */
static inline unsigned column_bits_of_size(uint8_t size)
{
    return size > 16 ? size - 16u : size * 8u;
}
static inline uint8_t column_size_of_bits(unsigned bits)
{
    return (uint8_t)(bits % 8 ? 16 + bits : bits / 8);
}

struct column_layout {
    uint8_t size, type, scale, flags;
    uint32_t rows;
    int64_t base;
    uint64_t step;
    int64_t min, max;
    uint32_t present; /* sparse: number of values kept */
    uint32_t zero;
};
_Static_assert(sizeof(struct column_layout) == COLUMN_HEADER, "no padding");

#define COLUMN_SCALE_MAX 6
#define COLUMN_SCALE_BITS 255 /* raw values are the bits of doubles */
#define COLUMN_GROUP 512      /* rows per entry of the rank table */
static const double column_power[COLUMN_SCALE_MAX + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000};

/* Bytes of n raw values; of those the first plane, when there are two. */
static inline size_t column_raw_bytes(unsigned bits, uint32_t n)
{
    return ((size_t)n * bits + 7) / 8;
}
static inline size_t column_low_bytes(unsigned bits, uint32_t n)
{
    return (size_t)n * (bits == 24 ? 2 : 4);
}
static inline bool column_has_high(unsigned bits)
{
    return bits == 24 || bits == 40 || bits == 48;
}

/* Sparse: bytes of the presence bitmap and of the rank table, both multiples of 8. */
static inline size_t column_bitmap_bytes(uint32_t rows)
{
    return ((size_t)rows + 63) / 64 * 8;
}
static inline size_t column_rank_bytes(uint32_t rows)
{
    return (((size_t)rows + COLUMN_GROUP - 1) / COLUMN_GROUP * 4 + 7) / 8 * 8;
}

/* Compiled for the plain machine and for AVX2, chosen at start; other compilers and machines take what they
 * get. -O3 because at -O2 gcc 12 vectorises only loops without a remainder. */
#if defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&                            \
    !defined(__SANITIZE_THREAD__)
#if defined(__x86_64__) && defined(__gnu_linux__)
#define COLUMN_HOT __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define COLUMN_HOT __attribute__((optimize("O3")))
#endif
#else
#define COLUMN_HOT
#endif

#endif
