/* output.h - where answers and messages go: standard output or a file, and standard error. */
#ifndef WM_OUTPUT_H
#define WM_OUTPUT_H

#include "cli/args.h"

/* Writes the result as the arguments say. A reader who went away (EPIPE) is no error. */
bool output_result(const struct result *r, const struct args *a, struct err *err);
/* Writes text (UTF-8) to standard output in the locale's codeset, or to the file of --output. */
bool output_text(struct str text, const struct args *a, struct err *err);
/* What a writer has made: text in the locale's codeset, all else as it is. */
bool output_answer(struct str bytes, const struct args *a, struct err *err);
/* "waymark: " and the error's message on standard error; data in it cannot move the cursor. */
void output_error(const struct err *err);
/* A note of several lines on standard error. */
void output_note(struct str text);
/* Columns of the terminal on this descriptor, else $COLUMNS, else 80. */
int output_columns(int fd);

#endif
