/* decode.h - text in other encodings than UTF-8, and which one a sample is in.
 *
 * Only encodings in which line ends, quotes and digits are the bytes of ASCII and never part of another
 * character: then lines can be cut first and turned into UTF-8 by many threads. */
#ifndef WM_DECODE_H
#define WM_DECODE_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/err.h"
#include "import/input.h"

#define DECODE_BAD ((char)0xFF) /* stands for each byte that could not be turned: never in UTF-8 */

/* The usual name of an encoding named in any usual way, and how input is to read it. NULL: not one we know;
 * err says which there are. "UTF-8" needs no decoder, nor do those with *form >= INPUT_UTF16. */
const char *decode_named(const char *name, enum input_utf16 *form, struct err *err);

struct decoder; /* for one thread */
/* name: as from decode_named. NULL when the system cannot do it. */
struct decoder *decode_open(const char *name, struct err *err);
void decode_close(struct decoder *d); /* NULL is fine */
/* Appends whole lines as UTF-8; the number of lines stays the same. */
void decode_text(struct decoder *d, struct str text, struct buf *out);

/* Windows-1252: Latin-1 with letters and marks where that has controls. */
#define DECODE_WESTERN "CP1252"
/* "UTF-8", "GB18030" or, with less certainty, DECODE_WESTERN, by n pieces of a file, which may begin and end
 * inside a character. */
const char *decode_guess(const struct str *piece, size_t n);

#endif
