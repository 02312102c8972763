/* page.h - pictures and lines of text as one document in a file: text, text with a terminal's colours, HTML,
 * SVG.
 *
 * What is put on a page is cells of a canvas, so text from data has passed the sanitiser before it comes
 * here; HTML and SVG escape it besides, load nothing and run nothing. */
#ifndef WM_PAGE_H
#define WM_PAGE_H

#include "render/canvas.h"

enum page_kind { PAGE_TEXT, PAGE_ANSI, PAGE_HTML, PAGE_SVG };

struct page {
    enum page_kind kind;
    struct buf body;
    int w, rows; /* so far */
};

void page_begin(struct page *p, enum page_kind kind);
/* The rows of a picture below what is there. */
void page_cells(struct page *p, const struct canvas *c);
/* Lines that are clean (utf8_clean) but of any width, each ended by '\n'. */
void page_lines(struct page *p, struct str lines);
/* The whole document; the page is empty afterwards. title: for HTML and SVG. */
void page_end(struct page *p, const char *title, struct buf *out);

#endif
