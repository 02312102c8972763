/* customers.c - the known ids without those that belong to another customer. */
#include "config.h"
#include "model/customers.h"

#include <stdlib.h>

#include "base/arena.h"

bool customers_count(const struct snapshot *s, uint32_t *n, struct err *err)
{
    const struct links *l;
    if (!snapshot_links(s, &l, err))
        return false;
    *n = dict_count(s, COL_USER) - (l ? (uint32_t)l->n : 0);
    return true;
}

static struct userset *without_others(const struct links *l)
{
    uint64_t *word = mem_zalloc((l->users / 64 + 1) * sizeof(*word));
    for (uint32_t u = 0; u < l->users; u++)
        word[u / 64] |= (uint64_t)(l->customer[u] == u) << u % 64;
    struct userset *set = userset_of_words(word, l->users);
    free(word);
    return set;
}

struct userset *customers_all(const struct snapshot *s, struct err *err)
{
    const struct links *l;
    if (!snapshot_links(s, &l, err))
        return NULL;
    return l ? without_others(l) : userset_all(dict_count(s, COL_USER));
}
