/* huge.h - large tables on huge pages: a random access then costs a cache miss without a page walk before it,
 * and fresh memory one page fault per 2 MiB instead of one per 4 KiB. */
#ifndef WM_HUGE_H
#define WM_HUGE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

/* For memory not yet touched. A wish: when the system cannot grant it nothing changes. */
static inline void huge_wish(void *p, size_t n)
{
    uintptr_t from = ((uintptr_t)p + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE,
              to = ((uintptr_t)p + n) / HUGE_PAGE * HUGE_PAGE;
#ifdef MADV_HUGEPAGE
    if (to > from)
        (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
#else
    (void)from, (void)to;
#endif
}

/* Zeroed memory of which only what is touched is taken from the system; NULL when there is none. */
static inline void *huge_map(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    huge_wish(p, n);
    return p;
}

static inline void huge_unmap(void *p, size_t n)
{
    if (p)
        munmap(p, n);
}

#endif
