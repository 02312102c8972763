/* num.h - numbers as text, strictly. */
#ifndef WM_NUM_H
#define WM_NUM_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"

/* Whole-string parses: sign, digits; no blanks. '_' and ',' are not accepted. False on overflow. */
bool num_i64(struct str s, int64_t *out);
bool num_u64(struct str s, uint64_t *out);
/* Decimal with optional fraction and exponent, correctly rounded, locale-free; no hex, inf, nan. False also
 * for an integer whose value a double cannot keep exactly (beyond 2^53): the caller reports it rather than
 * round it. */
bool num_double(struct str s, double *out);
/* "64M", "2G", "500k" (powers of 1024) or plain bytes. */
bool num_size(struct str s, uint64_t *out);

void num_put_i64(struct buf *out, int64_t v);
void num_put_thousands(struct buf *out, int64_t v); /* 1,204,338 */
/* 8,611, 23.3k, 1.2M within that many columns; '#' in each where nothing fits. */
void num_put_short(struct buf *out, int64_t v, int columns);
void num_put_double(struct buf *out, double v);  /* shortest text that reads back equal */
void num_put_bytes(struct buf *out, uint64_t v); /* 4.9 GB, powers of 1000 */
/* "13.33%", "-" when whole is 0; exact, half away from zero. */
void num_put_percent(struct buf *out, int64_t part, int64_t whole, int decimals);

#endif
