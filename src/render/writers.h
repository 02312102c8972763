/* writers.h - the constant records of the writers, for the table in text_writer.c. */
#ifndef WM_WRITERS_H
#define WM_WRITERS_H

#include "render/writer.h"

extern const struct writer writer_text, writer_ansi, writer_html, writer_svg, writer_csv, writer_json;

#endif
