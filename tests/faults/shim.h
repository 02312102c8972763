/* shim.h - what shim.so tells its driver, in a file both have mapped. */
#ifndef WM_SHIM_H
#define WM_SHIM_H

#include <stdint.h>

struct shim_report {
    _Atomic uint64_t allocations; /* malloc, calloc, realloc so far */
    _Atomic uint64_t calls;       /* on the store's files so far */
    _Atomic uint64_t hits;        /* that were made to fail */
    char call[16];                /* the first of them */
};

#endif
