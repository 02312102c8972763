/* str.c - counted byte strings. */
#include "config.h"

#include "base/str.h"

#include <stdlib.h>

#include "base/arena.h"

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool str_ieq(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    }
    return true;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
    while (s.n > 0 && blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct str str_cut(struct str *rest, char sep)
{
    struct str piece = *rest;
    const char *at = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
    if (!at) {
        *rest = (struct str){NULL, 0};
        return piece;
    }
    piece.n = (size_t)(at - rest->p);
    rest->p += piece.n + 1;
    rest->n -= piece.n + 1;
    return piece;
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* One row of the usual table; row[j] is the distance of a's first i bytes to b's first j. */
size_t str_distance(struct str a, struct str b, size_t limit)
{
    size_t apart = a.n > b.n ? a.n - b.n : b.n - a.n;
    if (apart > limit)
        return limit + 1;
    size_t *row = mem_alloc(mem_size(b.n + 1, sizeof(*row)));
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    size_t best = 0;
    for (size_t i = 1; i <= a.n && best <= limit; i++) {
        size_t diagonal = row[0];
        best = row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t kept = row[j];
            row[j] = least(row[j] + 1, row[j - 1] + 1, diagonal + (a.p[i - 1] != b.p[j - 1]));
            diagonal = kept;
            best = row[j] < best ? row[j] : best;
        }
    }
    size_t distance = best > limit ? limit + 1 : row[b.n];
    free(row);
    return distance > limit ? limit + 1 : distance;
}
