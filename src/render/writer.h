/* writer.h - a result as a picture (text, HTML, SVG) or as data (CSV, JSON; semantics.md 3); the whole output in one buffer. */
#ifndef WM_WRITER_H
#define WM_WRITER_H

#include "model/result.h"
#include "render/page.h"

struct writer_options {
    enum tier tier;
    int w, h;      /* pictures: width; h 0 = as high as the picture needs */
    bool table;    /* pictures: the table instead */
    bool plain;    /* pictures: no lines and bars; the table instead of what is nothing else */
    bool quiet;    /* pictures: without rule and command lines */
};
struct writer {
    const char *name;
    bool picture;        /* what screens have as well; else data */
    enum page_kind page; /* of a picture */
    bool terminal;       /* read on a terminal: in the locale's encoding; else UTF-8 */
    void (*write)(const struct result *r, const struct writer_options *o, struct buf *out);
};
/* "text" or "txt", "ansi", "html" or "htm", "svg", "csv", "json"; NULL: none */
const struct writer *writer_named(const char *name);

#endif
