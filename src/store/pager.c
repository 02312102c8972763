/* pager.c - reserved addresses, filled page by page. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/arena.h"
#include "store/pager.h"

#define UNIT 4096u /* bytes read together at least, and noted as there; a power of two */

struct pager {
    int fd, error;
    uint64_t bytes, reserved;
    unsigned char *map, *there; /* a bit per unit */
};

struct pager *pager_new(void)
{
    return mem_zalloc(sizeof(struct pager));
}

void pager_free(struct pager *p)
{
    if (!p)
        return;
    if (p->map)
        munmap(p->map, p->reserved);
    free(p->there);
    free(p);
}

static bool reserve(struct pager *p, uint64_t bytes)
{
    if (p->map)
        munmap(p->map, p->reserved);
    p->reserved = (bytes + 65535) & ~UINT64_C(65535);
    void *map =
        mmap(NULL, p->reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    p->map = map == MAP_FAILED ? NULL : map;
    return p->map != NULL;
}

bool pager_reset(struct pager *p, int fd, uint64_t bytes)
{
    p->fd = fd;
    p->bytes = bytes;
    free(p->there);
    p->there = mem_zalloc(bytes / UNIT / 8 + 2);
    return bytes > 0 && reserve(p, bytes); /* anew: the old pages go with the old addresses */
}

int pager_error(const struct pager *p)
{
    return p ? p->error : 0;
}

const unsigned char *pager_map(const struct pager *p)
{
    return p->map;
}

static bool read_all(struct pager *p, uint64_t at, uint64_t end)
{
    while (at < end) {
        ssize_t n = pread(p->fd, p->map + at, end - at, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && !p->error)
            p->error = errno;
        if (n <= 0)
            return false;
        at += (uint64_t)n;
    }
    return true;
}

static bool is_there(const struct pager *p, uint64_t unit)
{
    return p->there[unit / 8] >> unit % 8 & 1;
}

bool pager_need(struct pager *p, uint64_t at, uint64_t n)
{
    if (n == 0)
        return true;
    if (at > p->bytes || n > p->bytes - at)
        return false;
    uint64_t unit = at / UNIT, last = (at + n - 1) / UNIT;
    while (unit <= last) {
        if (is_there(p, unit)) {
            unit++;
            continue;
        }
        uint64_t to = unit + 1;
        while (to <= last && !is_there(p, to))
            to++;
        uint64_t end = to * UNIT < p->bytes ? to * UNIT : p->bytes;
        if (!read_all(p, unit * UNIT, end))
            return false;
        for (; unit < to; unit++)
            p->there[unit / 8] |= (unsigned char)(1u << unit % 8);
    }
    return true;
}

void pager_release(struct pager *p, const void *from, size_t n)
{
    const unsigned char *begin = from;
    if (!p->map || begin < p->map || begin >= p->map + p->bytes || n > p->bytes)
        return;
    /* Overflow pages are one value's alone, from the page's head to the last page's end. */
    uint64_t at = (uint64_t)(begin - p->map), first = at / UNIT, end = (at + n + UNIT - 1) / UNIT;
    uint64_t units = p->bytes / UNIT + (p->bytes % UNIT != 0);
    end = end < units ? end : units;
    madvise(p->map + first * UNIT, (end - first) * UNIT, MADV_DONTNEED);
    for (uint64_t unit = first; unit < end; unit++)
        p->there[unit / 8] &= (unsigned char)~(1u << unit % 8);
}
