/* str.h - counted byte strings that never own their bytes. */
#ifndef WM_STR_H
#define WM_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *p; /* not NUL-terminated; may hold any byte */
    size_t n;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

static inline struct str str_of(const char *cstring)
{
    return (struct str){cstring, cstring ? strlen(cstring) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Byte order: negative, zero, positive. */
int str_cmp(struct str a, struct str b);

/* ASCII letters compared without case. */
bool str_ieq(struct str a, struct str b);

/* Without leading and trailing blanks (space, tab, CR, LF). */
struct str str_trim(struct str s);

/* Cuts *rest at the first `sep`: returns the piece before it and moves *rest behind it.
 * When there is no more `sep` the rest is returned and rest->p becomes NULL. */
struct str str_cut(struct str *rest, char sep);

/* Edit distance (Levenshtein, bytes), at most `limit` + 1; for "did you mean". */
size_t str_distance(struct str a, struct str b, size_t limit);

#endif
