/* writer.h - a result as text, CSV or JSON (semantics.md 3); the whole output in one buffer. */
#ifndef WM_WRITER_H
#define WM_WRITER_H

#include "model/result.h"
#include "render/canvas.h"

struct writer_options {
    enum tier tier;
    int w, h;      /* text: width; h 0 = as high as the picture needs */
    bool table;    /* text: the table instead of the picture */
    bool quiet;    /* text: without rule and command lines */
};
struct writer {
    const char *name; /* "text", "csv", "json" */
    void (*write)(const struct result *r, const struct writer_options *o, struct buf *out);
};
const struct writer *writer_named(const char *name); /* NULL: none */

#endif
