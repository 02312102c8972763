/* ranked.h - names by how often they occur: the order that decides which of them --top keeps. */
#ifndef WM_RANKED_H
#define WM_RANKED_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct ranked {
    uint64_t n;
    uint32_t code;
    struct str name;
};

/* The largest first, equal ones by name. */
void ranked_sort(struct ranked *at, size_t n);

#endif
