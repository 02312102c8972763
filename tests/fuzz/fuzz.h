/* fuzz.h - what the fuzz targets of this folder share.
 *
 * A target is one file with one function that takes any bytes and must neither crash nor break a promise.
 * Built with libFuzzer (`make fuzz`) it is LLVMFuzzerTestOneInput; built into tests/fuzz/replay, which `make
 * check` runs over the corpora, it is fuzz_<name>. */
#ifndef WM_FUZZ_H
#define WM_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include "base/str.h"

#ifdef FUZZ_STANDALONE
#define FUZZ_TARGET(name)                                                                                    \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);                                               \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
#else
#define FUZZ_TARGET(name)                                                                                    \
    int fuzz_##name(const uint8_t *data, size_t n);                                                          \
    int fuzz_##name(const uint8_t *data, size_t n)
#endif

/* A promise of the code under test. */
#define FUZZ_PROMISE(holds)                                                                                  \
    do {                                                                                                     \
        if (!(holds))                                                                                        \
            fuzz_broken(__FILE__, __LINE__, #holds);                                                         \
    } while (0)
_Noreturn void fuzz_broken(const char *file, int line, const char *promise);

/* The input, taken from its front. Nothing left: zeros and empty strings. */
struct fuzz_input {
    const uint8_t *p;
    size_t n;
};
uint8_t fuzz_byte(struct fuzz_input *in);
uint32_t fuzz_number(struct fuzz_input *in, uint32_t below); /* of two bytes, below 2^16 */
/* Up to the next newline, which is taken too; or the rest. */
struct str fuzz_line(struct fuzz_input *in);
struct str fuzz_rest(const struct fuzz_input *in);
/* A copy with exactly `slack` bytes behind it, so that a sanitizer sees any step beyond; to be freed. */
char *fuzz_copy(struct str s, size_t slack);
/* A scratch folder, removed at exit; made on the first call. */
const char *fuzz_dir(void);
/* In a child process: the folder is the parent's, make another. */
void fuzz_dir_forget(void);

#endif
