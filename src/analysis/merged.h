/* merged.h - users whose hits lie in several places, copied together and put in order. */
#ifndef WM_MERGED_H
#define WM_MERGED_H

#include <stdbool.h>
#include <stdint.h>
#include "base/vec.h"

/* What a hit carries. */
struct merged_form {
    bool times, codes, marks; /* without times hits keep the order they are added in */
    size_t columns;
    size_t import; /* of the columns, the one that settles equal times; SIZE_MAX: the order of pieces does */
};

/* Hits as structure of arrays; those of one user follow each other. */
struct hits {
    int64_t *time;
    uint32_t *code;
    uint64_t *mask;
    int64_t **prop;
};

struct merged {
    struct merged_form form;
    size_t users, user_cap;
    uint32_t *user, *start; /* start[users] is set by merged_close */
    size_t n, cap;
    struct hits hits;
    /* the user under way: where his pieces begin, and room to sort them */
    VEC(size_t) piece;
    uint32_t *order;
    size_t order_cap;
    void *spare;
    size_t spare_cap;
};

void merged_init(struct merged *m, const struct merged_form *form);
void merged_done(struct merged *m);
/* A user, then his pieces (each in order; when times are equal the earlier piece goes first, or the lower
 * import), each of one or more stretches of hits; then merged_end. */
void merged_begin(struct merged *m, uint32_t user);
void merged_add(struct merged *m, const struct hits *from, size_t at, size_t n);
void merged_end_piece(struct merged *m);
void merged_end(struct merged *m);
/* Makes start complete. merged_clear forgets all users. */
void merged_close(struct merged *m);
void merged_clear(struct merged *m);

/* Room for n hits of the form; those there are stay. Frees all with n == 0. */
void hits_room(struct hits *h, const struct merged_form *form, size_t n);
/* Copies n hits from from[src] to to[dst]; within the same arrays they may overlap. */
void hits_copy(const struct hits *to, size_t dst, const struct hits *from, size_t src, size_t n,
               const struct merged_form *form);

#endif
