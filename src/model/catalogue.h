/* catalogue.h - tags: conditions on customers that have a name and a category, in a table people edit.
 *
 * The form is CSV with the header id,category,name_zh,name_en,condition (data/tags.csv). The program carries
 * that file's tags; a bank's own catalogue stands in the store's note instead. */
#ifndef WM_CATALOGUE_H
#define WM_CATALOGUE_H

#include "base/arena.h"
#include "base/err.h"
#include "expr/expr.h"

#define NOTE_TAGS "tags" /* the text of a catalogue; absent: the built-in one */

struct tag {
    struct str id, category, name_zh, name_en, condition;
    int line; /* in the text */
};
struct catalogue {
    struct arena arena;
    struct tag *tag;
    size_t n;
};

/* Owned by the caller. Errors name `source` and the line: columns missing, ids twice or not usable as tag.ID,
 * quotes that do not close. Conditions are not looked at: that needs a store, see catalogue_check. */
struct catalogue *catalogue_parse(struct str text, const char *source, struct err *err);
/* Read when first wanted, for the life of the program. */
const struct catalogue *catalogue_builtin(void);
void catalogue_free(struct catalogue *c);                                   /* NULL is fine */
const struct tag *catalogue_find(const struct catalogue *c, struct str id); /* NULL: none */
/* In the current language, else in the other, else the id. */
struct str catalogue_name(const struct tag *t);
/* A category as people read it: those of the built-in table in the current language, others as they are
 * written; the empty one is that of saved segments. */
struct str catalogue_category(struct str id);
/* The category of c that has this id, or that people read under this title now; empty: none. */
struct str catalogue_find_category(const struct catalogue *c, struct str text);
/* Their ids, each once: "age, occupation". */
const char *catalogue_categories(const struct catalogue *c, struct arena *a);
/* Whether every condition parses against the vocabulary; the error names source and line. */
bool catalogue_check(const struct catalogue *c, const char *source, const struct expr_vocabulary *v,
                     struct err *err);

#endif
