/* utf8.h - decoding, terminal width from our own table, and the one sanitiser for text from data.
 *
 * Width is that of a UTF-8 terminal that shows East-Asian-Ambiguous characters narrow (tui.md 2.1); the table
 * is ours because the host's wcwidth differs between locales and libcs. */
#ifndef WM_UTF8_H
#define WM_UTF8_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"

#define UTF8_BAD UINT32_MAX

/* Decodes one code point from s->p and moves s forward by 1..4 bytes. An ill-formed byte (overlong,
 * surrogate, beyond U+10FFFF, stray) consumes one byte and gives UTF8_BAD. s->n must be > 0. */
uint32_t utf8_next(struct str *s);
bool utf8_valid(struct str s);
int utf8_count(struct str s); /* characters, an ill-formed byte being one */
/* Columns: 0 (combining), 1, 2; -1 for what must never be printed as is. */
int utf8_rune_width(uint32_t code_point);
/* Ambiguous in Unicode's East Asian Width: drawn wide by some terminals. */
bool utf8_rune_ambiguous(uint32_t code_point);
/* Columns of a string already sanitised. */
int utf8_width(struct str s);

enum clean_mode {
    CLEAN_LABEL,  /* one column '?' for each unprintable thing */
    CLEAN_DETAIL, /* <1B>, <U+202E>: nothing is lost */
};
/* Appends s with everything made visible that could move the cursor, reorder, hide or forge: control
 * characters, C1, bidi controls, right-to-left scripts, zero width, line separators, private use,
 * non-characters, unassigned, emoji, ill-formed bytes; at most one combining mark per base (tui.md 3.4). The
 * result is valid UTF-8. */
void utf8_clean(struct buf *out, struct str s, enum clean_mode mode);
/* Appends the longest prefix of at most `columns` columns; when cut, ends in '~'. Returns the columns used.
 */
int utf8_fit(struct buf *out, struct str clean, int columns);
/* Lower-cases ASCII, Latin-1, Greek and Cyrillic letters and folds full-width forms to ASCII; for search. */
void utf8_fold(struct buf *out, struct str s);

#endif
