/* vec.h - growing arrays: struct { T *at; size_t n, cap; } by macros.
 *
 *     VEC(int) v = {0};
 *     vec_push(&v, 3);
 *     vec_done(&v);
 *
 * Elements move when the array grows: keep indexes, not pointers. */
#ifndef WM_VEC_H
#define WM_VEC_H

#include <stdlib.h>
#include "base/arena.h"

#define VEC(type)                                                                                            \
    struct {                                                                                                 \
        type *at;                                                                                            \
        size_t n, cap;                                                                                       \
    }

/* Room for `more` further elements. */
#define vec_reserve(v, more)                                                                                 \
    do {                                                                                                     \
        size_t need_ = (v)->n + (size_t)(more);                                                              \
        if (need_ > (v)->cap) {                                                                              \
            size_t cap_ = (v)->cap ? (v)->cap * 2 : 8;                                                       \
            while (cap_ < need_)                                                                             \
                cap_ *= 2;                                                                                   \
            (v)->at = mem_realloc((v)->at, mem_size(cap_, sizeof(*(v)->at)));                                \
            (v)->cap = cap_;                                                                                 \
        }                                                                                                    \
    } while (0)

#define vec_push(v, ...)                                                                                     \
    do {                                                                                                     \
        vec_reserve((v), 1);                                                                                 \
        (v)->at[(v)->n++] = (__VA_ARGS__);                                                                   \
    } while (0)

#define vec_done(v)                                                                                          \
    do {                                                                                                     \
        free((v)->at);                                                                                       \
        (v)->at = NULL;                                                                                      \
        (v)->n = (v)->cap = 0;                                                                               \
    } while (0)

#endif
