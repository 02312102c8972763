/* checksum.h - XXH3-64 of many bytes at the speed of memory. */
#ifndef WM_CHECKSUM_H
#define WM_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

uint64_t checksum_seeded(const void *bytes, size_t n, uint64_t seed);

#endif
