/* user_ids.c - looks a customer up among the links. */
#include "config.h"
#include "analysis/user_ids.h"

#include "store/links.h"

enum { MOST = 100 };

bool user_ids_customer(const struct snapshot *s, uint32_t user, uint32_t *customer, struct err *err)
{
    const struct link *link;
    size_t from = 0, to;
    if (!snapshot_links(s, &link, &to, err))
        return false;
    size_t n = to;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (link[mid].alias < user)
            from = mid + 1;
        else
            to = mid;
    }
    *customer = from < n && link[from].alias == user ? link[from].canonical : user;
    return true;
}

static bool add(const struct snapshot *s, uint32_t user, struct arena *arena, struct value *id, size_t *n,
                struct err *err)
{
    struct str text;
    if (!dict_get(s, COL_USER, user, &text, err))
        return false;
    id[(*n)++] = value_text(arena, text);
    return true;
}

bool user_ids(const struct snapshot *s, uint32_t user, struct arena *arena, struct value *out, struct err *err)
{
    const struct link *link;
    size_t links, n = 0;
    uint32_t customer;
    if (!snapshot_links(s, &link, &links, err) || !user_ids_customer(s, user, &customer, err))
        return false;
    struct value *id = arena_array(arena, struct value, MOST + 1);
    bool ok = customer == user || add(s, customer, arena, id, &n, err);
    for (size_t i = 0; ok && i < links && n < MOST; i++)
        if (link[i].canonical == customer && link[i].alias != user)
            ok = add(s, link[i].alias, arena, id, &n, err);
    *out = value_list(id, n);
    return ok;
}
