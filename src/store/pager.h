/* pager.h - a file's pages by pread, in memory of our own: for the check, which must not trust a mapping.
 *
 * A mapped page that the disk cannot deliver, or that is cut off while it is looked at, kills the process; a
 * pread says so. Pages lie at the same offsets as in the file, so that a struct tree works on either. */
#ifndef WM_PAGER_H
#define WM_PAGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pager;
struct pager *pager_new(void);
void pager_free(struct pager *p); /* NULL is fine */
/* Forgets all pages and takes `bytes` of the file; false when there are no addresses for them. */
bool pager_reset(struct pager *p, int fd, uint64_t bytes);
const unsigned char *pager_map(const struct pager *p);
/* Why the machine first failed to read: an errno; 0 when it never did, or p is NULL. A file that ends too
 * early is no such failure. */
int pager_error(const struct pager *p);
/* Reads what is not yet there of the bytes [at, at + n); false when the file does not give them. */
bool pager_need(struct pager *p, uint64_t at, uint64_t n);
/* The n bytes at `from`, on pages that hold nothing else, are not needed any more. Nothing happens when they
 * lie elsewhere than in the pager's memory. */
void pager_release(struct pager *p, const void *from, size_t n);

#endif
