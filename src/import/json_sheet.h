/* json_sheet.h - the objects of a sample as cells of a sheet, one for each name met, to guess from. */
#ifndef WM_JSON_SHEET_H
#define WM_JSON_SHEET_H

#include "base/intern.h"
#include "import/sheet.h"

enum json_look { JSON_LOOK_NO, JSON_LOOK_LINES, JSON_LOOK_ARRAY };
/* What a file begins with: lines of objects; an array of them, which is no JSON lines; or neither. */
enum json_look json_sheet_look(struct str sample, bool whole);
/* A row for each line; more.cell of a row holds the value of name i at i, as long as it goes. */
void json_sheet_read(struct sheet *t, struct intern *names, struct str sample, bool whole, size_t rows);
void json_sheet_add(struct sheet *t, struct intern *names, struct str lines);
/* Whether the values of field `cell` from row `first` on are JSON objects, all of them and at least one. */
bool json_sheet_holds(const struct sheet *t, size_t first, size_t cell);
/* Adds their members under prefix.name to the rows. */
void json_sheet_expand(struct sheet *t, struct intern *names, size_t first, size_t cell, struct str prefix);

#endif
