/* checksum_avx2.h - only for checksum.c: what is compiled for AVX2, where that is possible. */
#ifndef WM_CHECKSUM_AVX2_H
#define WM_CHECKSUM_AVX2_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CHECKSUM_AVX2
uint64_t checksum_avx2(const void *bytes, size_t n, uint64_t seed);
#endif

#endif
