/* bank_draw.c - see bank_draw.h. No floating point: its last bit differs between compilers and machines. */
#include "config.h"

#include "sample/bank_draw.h"

/* 2^(i/16) * 65536 */
static const uint32_t power_table[17] = {65536, 68438,  71468,  74632,  77936,  81386,  84990,  88752, 92682,
                                         96785, 101070, 105545, 110218, 115098, 120194, 125515, 131072};

/* 65536 * 2^(fraction / 65536), linear between the table's points: at most 0.06 % off. */
static uint64_t power_of_two(uint32_t fraction)
{
    uint32_t at = fraction >> 12;
    uint64_t low = power_table[at], high = power_table[at + 1];
    return low + ((high - low) * (fraction & 0xfff) >> 12);
}

uint64_t bank_draw_lognormal(uint64_t bits, uint64_t median, uint32_t octaves256)
{
    int64_t sum = (int64_t)((bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48));
    /* the deviation of the sum is 65536 * sqrt(4/12) = 37837; exponent in 1/65536 octave */
    int64_t exponent = (sum - 131070) * octaves256 * 256 / 37837;
    uint64_t shifted = (uint64_t)(exponent + (32 << 16)); /* > 0: the tails end at 3.46 * 5 octaves */
    uint32_t whole = (uint32_t)(shifted >> 16);
    uint64_t scaled = median * power_of_two((uint32_t)(shifted & 0xffff));
    return whole >= 48 ? scaled << (whole - 48) : scaled >> (48 - whole);
}

void bank_draw_slots(uint8_t slots[BANK_SLOTS], const uint8_t *values, const uint8_t *weights, size_t n)
{
    uint32_t total = 0, below = 0;
    size_t slot = 0;
    for (size_t i = 0; i < n; i++)
        total += weights[i];
    for (size_t i = 0; i < n; i++) {
        below += weights[i];
        while (slot < BANK_SLOTS && (2 * slot + 1) * total < (size_t)2 * BANK_SLOTS * below)
            slots[slot++] = values[i];
    }
}

size_t bank_draw_weighted(uint64_t bits, const uint8_t *weights, size_t n)
{
    uint32_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += weights[i];
    uint32_t left = bank_draw_below16(bits, total);
    for (size_t i = 0; i < n; i++) {
        if (left < weights[i])
            return i;
        left -= weights[i];
    }
    return n - 1;
}

uint64_t bank_draw_mix(uint64_t a, uint64_t b)
{
    uint64_t x = a * 0x9e3779b97f4a7c15u + b;
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
    x = (x ^ x >> 29) * 0xa0761d6478bd642fu;
    return x ^ x >> 32;
}
