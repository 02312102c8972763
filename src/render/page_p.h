/* page_p.h - what the kinds of pages share, and nobody else. */
#ifndef WM_PAGE_P_H
#define WM_PAGE_P_H

#include "render/page.h"

/* What a cell looks like in the end: colours of xterm's palette of 256, bg -1 where the page's shows. */
struct page_ink {
    int fg, bg;
    bool bold, underline;
};
enum page_part {
    PART_BLANK,
    PART_ASCII,
    PART_TEXT, /* other letters: a font may have other widths for them */
    PART_MARK  /* lines and blocks of our own */
};
/* Neighbours of one look and one part. */
struct page_run {
    int x, w;
    enum page_part part;
    const struct cell *cell; /* w of them */
};

/* The next run of a row from column *x on, which moves behind it; false: nothing more to be seen. */
bool page_next(const struct canvas *c, int y, int *x, struct page_run *out);
struct page_ink page_ink_of(const struct cell *cell); /* on white */
/* A code point as text of XML, with its combining mark. */
void page_put_cell(struct buf *out, const struct cell *cell);
void page_put_text(struct buf *out, struct str text);
/* "#1a2b3c" */
void page_put_colour(struct buf *out, int colour);

/* One row at the end of the body. */
void page_html_row(struct page *p, const struct canvas *c, int y);
void page_svg_row(struct page *p, const struct canvas *c, int y);
void page_html_end(const struct page *p, const char *title, struct buf *out);
void page_svg_end(const struct page *p, const char *title, struct buf *out);

#endif
