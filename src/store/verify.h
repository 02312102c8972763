/* verify.h - reads every byte of a store and says what is wrong with it. */
#ifndef WM_VERIFY_H
#define WM_VERIFY_H

#include "base/err.h"
#include "base/progress.h"

struct verify_finding {
    const char *where; /* "part 3 block 17 column channel"; valid during the call */
    const char *what;  /* "checksum differs" */
};
struct verify_report {
    uint64_t blocks, damaged, bytes;
};
/* Checks meta pages, every block's header, identity and checksum, every part against its directory (row
 * counts, order of users and times, codes within their dictionary), every dictionary both ways. `found` is
 * called for each finding. Damage that LMDB itself cannot survive is met in a child process, so this one
 * lives on. False only when nothing could be checked at all (no store, no permission). */
bool verify_store(const char *dir, struct progress *progress,
                  void (*found)(void *arg, const struct verify_finding *f), void *arg,
                  struct verify_report *report, struct err *err);

#endif
