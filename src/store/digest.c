/* digest.c - XXH3-128 of a file: fast, and long enough that two exports never meet by accident. It is no
 * defence against someone who makes two files meet; nothing but a warning depends on it. */
#include "config.h"
#include <stdlib.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>
#include "base/arena.h"
#include "base/nls.h"
#include "base/os.h"
#include "store/digest.h"

#define PIECE (1u << 20)

struct digest {
    XXH3_state_t *state;
    uint64_t size;
};

struct digest *digest_new(void)
{
    struct digest *d = mem_zalloc(sizeof(*d));
    d->state = XXH3_createState();
    if (!d->state)
        (void)mem_alloc(SIZE_MAX / 2); /* says that memory is gone, and ends */
    XXH3_128bits_reset(d->state);
    return d;
}

void digest_add(struct digest *d, const void *bytes, size_t n)
{
    XXH3_128bits_update(d->state, bytes, n);
    d->size += n;
}

void digest_end(struct digest *d, struct import_file *out)
{
    XXH128_hash_t h = XXH3_128bits_digest(d->state);
    *out = (struct import_file){d->size, {h.low64, h.high64}};
    digest_drop(d);
}

void digest_drop(struct digest *d)
{
    if (!d)
        return;
    XXH3_freeState(d->state);
    free(d);
}

static bool add_front(struct digest *d, int fd, const char *path, uint64_t bytes, char *last,
                      struct progress *progress, struct err *err)
{
    char *piece = mem_alloc(PIECE);
    ssize_t n;
    while ((n = os_read(fd, piece, bytes - d->size < PIECE ? bytes - d->size : PIECE, path, err)) > 0) {
        digest_add(d, piece, (size_t)n);
        *last = piece[n - 1];
        if (progress_cancelled(progress)) {
            err_set(err, ERR_CANCELLED, _("stopped; the store is as before"));
            n = -1;
            break;
        }
    }
    free(piece);
    return n == 0;
}

static bool digest_some(const char *path, uint64_t bytes, char *last, struct progress *progress,
                        struct import_file *out, struct err *err)
{
    int64_t size;
    int fd = os_open_input(path, &size, err);
    if (fd < 0)
        return false;
    struct digest *d = digest_new();
    bool ok = add_front(d, fd, path, bytes, last, progress, err);
    close(fd);
    if (ok)
        digest_end(d, out);
    else
        digest_drop(d);
    return ok;
}

bool digest_file(const char *path, struct progress *progress, struct import_file *out, struct err *err)
{
    char last;
    return digest_some(path, UINT64_MAX, &last, progress, out, err);
}

bool digest_front(const char *path, uint64_t bytes, struct import_file *out, char *last, struct err *err)
{
    return digest_some(path, bytes, last, NULL, out, err);
}
