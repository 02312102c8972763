/* echo.h - which rows of an import the store has already: overlapping exports bring an event again.
 *
 * A row is an echo when a live row has its user, its time and the same value in every column; a column that
 * one of the two parts lacks counts as missing there. Which import brought the row does not matter. Where
 * times do not overlap with those of older blocks, nothing is read. */
#ifndef WM_ECHO_H
#define WM_ECHO_H

#include "store/snapshot.h"

struct echo;
/* For rows of events with these columns, COL_TIME among them, numbered and coded as the store has them (with
 * codes of a batch: those of its batch_snapshot are the store's). NULL when the store has no events yet: then
 * there is nothing to ask. The snapshot must stay open. */
struct echo *echo_new(const struct snapshot *s, const uint16_t *columns, size_t n);
void echo_free(struct echo *e); /* NULL is fine */
/* Of `rows` rows sorted by user and time (value[c] in the order of columns) removes the echoes and closes the
 * gaps; returns in *left how many remain. From several threads at once, each with rows of its own. */
bool echo_drop(const struct echo *e, size_t rows, uint32_t *user, int64_t *const *value, size_t *left,
               struct err *err);

#endif
