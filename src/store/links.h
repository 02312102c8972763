/* links.h - other names of customers: which user numbers stand for which one.
 *
 * A layer of TABLE_USERS whose part has COL_CANON says for each of its users which customer he is. The newest
 * layer that names a user counts; what it names may itself be another name, and so on to the end. */
#ifndef WM_LINKS_H
#define WM_LINKS_H

#include "store/snapshot.h"

struct link {
    uint32_t alias, canonical;
};

/* All links in force, ascending by alias, each resolved to the end of its chain; none leads to itself, so a
 * canonical is never an alias. *out is borrowed until the snapshot closes. Should forgetting a layer have
 * laid bare a circle, its members are the one of them with the lowest number. Thread-safe; reads the layers
 * once per version of the store. */
bool snapshot_links(const struct snapshot *s, const struct link **out, size_t *n, struct err *err);

/* Whether `n` new links (in any order, each alias once; codes may be a batch's) on top of those in force make
 * a circle: then *circle is an alias in it. For an import, which refuses that; a link to itself takes back an
 * older one and is no circle. */
bool links_circular(const struct snapshot *s, const struct link *more, size_t n, bool *circular,
                    uint32_t *circle, struct err *err);

#endif
