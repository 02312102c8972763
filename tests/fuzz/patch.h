/* patch.h - a small sound store, and damage done to its file as the input says. */
#ifndef WM_PATCH_H
#define WM_PATCH_H

#include <stdbool.h>
#include "fuzz.h"
#include "store/env.h"

/* The sound store's data.mdb; made on the first call. */
struct str patch_base(void);

struct patched {
    unsigned char *p; /* until the next is made */
    size_t n;
    unsigned changes; /* how many steps of damage */
    bool resealed;    /* checksums were made right again: the damage is forged, not an accident */
};
/* Input: 1 for forged, then steps of kind, page, offset and value. */
void patch_make(struct patched *out, struct fuzz_input *in);

/* Reads all there is in a store. True with a digest of every answer; false when anything could not be read
 * (err set). */
bool patch_read(struct env *env, uint64_t *digest, struct err *err);

#endif
