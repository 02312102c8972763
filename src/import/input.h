/* input.h - the bytes of one file as the rest of the importer reads them: gzip unpacked, UTF-16 as UTF-8.
 *
 * UTF-16 is turned into UTF-8 here because a line cannot be found in it otherwise, and so that it can be
 * turned back byte by byte (input_utf16_back): an unpaired surrogate becomes three bytes that are no UTF-8,
 * so its row is rejected, and the rejected row is written as it was. All other encodings keep the bytes of
 * ASCII and pass unchanged. */
#ifndef WM_INPUT_H
#define WM_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/buf.h"
#include "base/err.h"

enum input_utf16 {
    INPUT_GUESS, /* by byte-order mark, or NULs in every second byte */
    INPUT_BYTES, /* not UTF-16 */
    INPUT_UTF16, /* by byte-order mark, little endian without one */
    INPUT_UTF16LE,
    INPUT_UTF16BE,
};

struct input;
/* path and label are borrowed. NULL when it cannot be opened. */
struct input *input_open(const char *path, const char *label, enum input_utf16 form, struct err *err);
void input_close(struct input *in); /* NULL is fine */
/* At most n bytes; fewer only at the end, 0: the end. -1: an error, also for gzip that is cut or damaged. */
ssize_t input_read(struct input *in, void *to, size_t n, struct err *err);
int64_t input_size(const struct input *in); /* bytes of the file, -1: unknown */
uint64_t input_got(const struct input *in); /* bytes of the file taken so far */
bool input_is_gzip(const struct input *in);
enum input_utf16 input_form(const struct input *in); /* after the first read: BYTES, UTF16LE or UTF16BE */
/* For looking further in a file that is neither packed nor UTF-16: pread(2) on it. */
ssize_t input_peek(const struct input *in, void *to, size_t n, int64_t at);
/* XXH3-128 of the file's own bytes taken so far, low half first. */
void input_hash(const struct input *in, uint64_t hash[2]);

/* What input_read made of UTF-16, as the file had it. */
void input_utf16_back(struct buf *out, struct str text, enum input_utf16 form);

#endif
