/* sheet.h - the first records of a file as a table of cells, to guess from. */
#ifndef WM_SHEET_H
#define WM_SHEET_H

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"

struct sheet_row {
    struct str *cell; /* in the sheet's arena */
    size_t n;
    struct str *more; /* members of objects by number of their name; json_sheet.h */
    size_t more_n;
    size_t begin, end; /* bytes of the sample */
    uint64_t line;
};
struct sheet {
    struct arena arena;
    VEC(struct sheet_row) row; /* well-formed records only */
    size_t bad;                /* records that are not */
};

/* Reads the whole records of a sample, at most `rows`. Cells may lie in the sample: it is to stay until
 * sheet_done. */
void sheet_read(struct sheet *t, struct str sample, bool whole, char delimiter, size_t rows);
/* Adds the records of lines from elsewhere in the file. */
void sheet_add(struct sheet *t, struct str lines, char delimiter);
void sheet_done(struct sheet *t);
/* The number of cells that most rows from `first` on have; *rows: how many have it. 0 when there is no row.
 */
size_t sheet_width(const struct sheet *t, size_t first, size_t *rows);
/* The delimiter among , ; tab | that cuts the sample into the most regular table; ',' when none does. */
char sheet_delimiter(struct str sample, bool whole);

#endif
