/* bank_draw.h - distributions drawn with integers only, so that every machine draws the same. */
#ifndef WM_BANK_DRAW_H
#define WM_BANK_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BANK_SLOTS 64 /* of a choice table: one byte load answers a weighted choice */

/* One of 0..n-1 from 16 random bits; the bias of at most n/65536 does not matter to a sample. */
static inline uint32_t bank_draw_below16(uint64_t bits, uint32_t n)
{
    return (uint32_t)((bits & 0xffff) * n >> 16);
}

/* Whether an event of probability permille/1000 happens, from 16 random bits. */
static inline bool bank_draw_permille(uint64_t bits, uint32_t permille)
{
    return bank_draw_below16(bits, 1000) < permille;
}

/* median * 2^z with z normal of deviation octaves256/256: the sum of four uniforms stands for the normal,
 * which cuts its tails at 3.46 deviations. median <= 2^40, octaves256 <= 1280. */
uint64_t bank_draw_lognormal(uint64_t bits, uint64_t median, uint32_t octaves256);

/* Gives each of n values (at most 64) its share of the slots, by its weight. Every weight > 0 is meant to be
 * large enough for a slot. */
void bank_draw_slots(uint8_t slots[BANK_SLOTS], const uint8_t *values, const uint8_t *weights, size_t n);

/* Index of the weight that a number below the weights' sum falls on. */
size_t bank_draw_weighted(uint64_t bits, const uint8_t *weights, size_t n);

/* Spreads the bits of two numbers: a seed for what belongs to b alone. */
uint64_t bank_draw_mix(uint64_t a, uint64_t b);

#endif
