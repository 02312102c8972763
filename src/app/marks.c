/* marks.c - a handful of bookmarks: a list will do. */
#include "config.h"
#include "app/marks.h"

#include <stdlib.h>

static size_t find(const struct marks *m, struct str user, int64_t time)
{
    size_t i = 0;
    while (i < m->list.n && (m->list.at[i].time != time || !str_eq(str_of(m->list.at[i].user), user)))
        i++;
    return i;
}

bool marks_toggle(struct marks *m, struct str user, int64_t time)
{
    size_t i = find(m, user, time);
    if (i == m->list.n) {
        char *copy = mem_alloc(user.n + 1);
        memcpy(copy, user.p, user.n);
        copy[user.n] = '\0';
        vec_push(&m->list, (struct mark){copy, time});
        return true;
    }
    free(m->list.at[i].user);
    m->list.at[i] = m->list.at[--m->list.n];
    return false;
}

bool marks_has(const struct marks *m, struct str user, int64_t time)
{
    return find(m, user, time) < m->list.n;
}

bool marks_next(const struct marks *m, struct str user, int64_t time, int64_t *next)
{
    const struct mark *after = NULL, *first = NULL;
    for (size_t i = 0; i < m->list.n; i++) {
        const struct mark *one = &m->list.at[i];
        if (!str_eq(str_of(one->user), user))
            continue;
        if (!first || one->time < first->time)
            first = one;
        if (one->time > time && (!after || one->time < after->time))
            after = one;
    }
    if (first)
        *next = after ? after->time : first->time;
    return first;
}

void marks_done(struct marks *m)
{
    for (size_t i = 0; i < m->list.n; i++)
        free(m->list.at[i].user);
    vec_done(&m->list);
}
