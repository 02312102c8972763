/* links.h - other names of customers: which ids stand for which one.
 *
 * An import of links says of some users, in COL_CANON, which customer each of them is. The newest that names
 * a user counts; what it names may itself be another name, and so on to the end: that one is the customer,
 * the others are his other ids. Everything that counts people counts customers. */
#ifndef WM_LINKS_H
#define WM_LINKS_H

#include "store/snapshot.h"

struct links_pair {
    uint32_t alias, canonical;
};

/* All links in force. A group is a customer with other ids; they are numbered by customer, ascending. */
struct links {
    uint32_t users;           /* known ids */
    size_t n;                 /* of them, ids of somebody else */
    const uint32_t *customer; /* per id: whose it is; a customer's own: itself */
    size_t groups;
    const uint32_t *start;  /* groups + 1 places in member */
    const uint32_t *member; /* of each group the customer first, then his other ids, ascending */
    const uint32_t *place;  /* of each in `member`: his place, as links_place tells it */
    const uint64_t *joined; /* a bit per id that is in a group */
    const uint32_t *before; /* per word of `joined`: the bits before it */
    const uint32_t *group;  /* per bit, in their order: its group */
};

/* *out is NULL when nobody has other ids; else borrowed until the snapshot closes. Should forgetting an
 * import have laid bare a circle, its members are the one of them with the lowest number. Thread-safe; reads
 * the layers once per version of the store. */
bool snapshot_links(const struct snapshot *s, const struct links **out, struct err *err);

/* Whether the import brought links. */
bool links_brought(const struct snapshot *s, const struct import_def *import);

/* Whose id it is; l may be NULL. */
static inline uint32_t links_customer(const struct links *l, uint32_t user)
{
    return l ? l->customer[user] : user;
}
static inline bool links_is_joined(const struct links *l, uint32_t user)
{
    return l->joined[user / 64] >> user % 64 & 1;
}
/* Among the joined ids in ascending order, the number of one of them. */
static inline uint32_t links_place(const struct links *l, uint32_t user)
{
    uint64_t below = l->joined[user / 64] & ((UINT64_C(1) << user % 64) - 1);
    return l->before[user / 64] + (uint32_t)__builtin_popcountll(below);
}
static inline uint32_t links_group(const struct links *l, uint32_t joined)
{
    return l->group[links_place(l, joined)];
}
static inline uint32_t links_canonical(const struct links *l, size_t group)
{
    return l->member[l->start[group]];
}

/* What new links on top of those in force would come to. */
#define LINKS_MANY 50
struct links_trial {
    bool circular;
    uint32_t circle;  /* an alias in a circle, when there is one */
    uint32_t crowded; /* customers with more than LINKS_MANY other ids: shared devices, most likely */
    uint32_t largest, largest_ids; /* who has the most, and how many */
};
/* `n` new links in any order, each alias once; codes may be a batch's. s: NULL for no store yet. A link to
 * itself takes back an older one and is no circle. For an import, which refuses circles and tells the rest.
 */
bool links_try(const struct snapshot *s, const struct links_pair *more, size_t n, struct links_trial *out,
               struct err *err);

#endif
