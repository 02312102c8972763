/* tally.h - counts and distinct users by key: direct when the keys are few, hashed when they are many.
 *
 * Users are distinct because a worker sees all of a user before the next: a cell counts him when its stamp is
 * not his. */
#ifndef WM_TALLY_H
#define WM_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tally_cell {
    uint64_t count;
    uint32_t users;
    uint32_t stamp; /* user + 1 */
};

struct tally {
    struct tally_cell *cell;
    uint64_t *key; /* NULL: direct */
    size_t cap, n; /* n: cells in use when hashed */
};

/* Keys are below `keys`. */
void tally_init(struct tally *t, uint64_t keys);
void tally_done(struct tally *t);
/* The key's cell, made when new; good until the next call. */
struct tally_cell *tally_hashed(struct tally *t, uint64_t key);
static inline struct tally_cell *tally_at(struct tally *t, uint64_t key)
{
    return t->key ? tally_hashed(t, key) : &t->cell[key];
}
static inline void tally_add(struct tally *t, uint64_t key, uint32_t user)
{
    struct tally_cell *c = tally_at(t, key);
    c->count++;
    c->users += c->stamp != user + 1;
    c->stamp = user + 1;
}
/* The key's cell, NULL when it has none; changes nothing, so several threads may ask. */
const struct tally_cell *tally_find(const struct tally *t, uint64_t key);
/* Its count, 0 without one. */
static inline uint64_t tally_count(const struct tally *t, uint64_t key)
{
    const struct tally_cell *c = tally_find(t, key);
    return c ? c->count : 0;
}
/* Cells with a count, from *i on; false at the end. */
bool tally_next(const struct tally *t, size_t *i, uint64_t *key, const struct tally_cell **cell);
void tally_merge(struct tally *into, const struct tally *from);

#endif
