/* paths_p.h - what the rooms of `paths` share: paths.c reads the question and leads through the scans, paths_node.c says which
 * node a step of a path is, paths_flow.c counts nodes and links, paths_list.c whole paths. Nobody else includes this.
 *
 * Names are numbered: events by their codes, then the page sets of --set. Nodes of a step are numbered, too: 0..names-1 are the
 * names shown (all of them, or the --top most frequent of the step), then come the three that are no names. */
#ifndef WM_PATHS_P_H
#define WM_PATHS_P_H

#include "analysis/ask.h"
#include "analysis/crowd.h"
#include "analysis/middle.h"
#include "analysis/tally.h"
#include "analysis/trail.h"
#include "model/node_name.h"

enum { PATHS_PLACES = TRAIL_STEPS + 1, PATHS_SETS = 24, PATHS_THROUGH = 16, PATHS_GROUPS = 2 };

enum paths_pass {
    PATHS_NAMES, /* how often each name is at each step, for --top */
    PATHS_LINKS, /* links of one step, for --min */
    PATHS_COUNT, /* nodes and links */
    PATHS_TIMES, /* pauses on links, or durations of listed paths */
    PATHS_RATES, /* --rare: how often each name follows each */
    PATHS_LIST,  /* whole paths */
    PATHS_WHO,   /* who took one listed path */
};

/* A node that is asked for; one folded into (other) is told apart by its name. */
struct paths_place {
    uint32_t node, name; /* name UINT32_MAX: any */
};
/* "2 home", or "2 home > card_tab". */
struct paths_point {
    const char *text; /* "home", as asked */
    size_t place;
    bool link;
    struct paths_place from, to;
};

struct paths_set {
    struct str name; /* "[wealth pages]" */
    struct select select;
};

struct paths_list;

struct paths_group {
    struct tally link, at, began, events;
    uint64_t paths, users;
};

struct paths_plan {
    struct ask *ask;
    struct trail_rule rule;
    const char *text_start, *text_end, *text_centre, *text_hide, *text_goal; /* canonical, or NULL */
    struct select mark[SCAN_SELECTORS], where;
    struct paths_set set[PATHS_SETS];
    struct str set_name[PATHS_SETS]; /* the same names once more, for node_name.h */
    size_t sets;
    uint32_t raw;   /* names: events and sets */
    size_t places;  /* of a path; shown as steps 1.., or -depth..depth around a centre */
    int64_t top, min;
    bool by_user; /* the first path of each user alone */
    enum paths_pass pass;
    size_t link_place; /* PATHS_LINKS */
    /* nodes */
    uint32_t names;
    uint32_t *node;    /* [place * raw + name]: its node; NULL: the name */
    uint32_t *name;    /* [place * names + node]: its name; NULL: the node */
    struct tally thin; /* links folded by --min: those with a count */
    bool has_thin;
    /* filters */
    struct paths_point through[PATHS_THROUGH], who;
    size_t throughs;
    bool has_who;
    unsigned who_group;
    bool who_all; /* everyone with a path */
    /* --compare */
    unsigned groups;                   /* 1 or 2 */
    uint64_t *member[PATHS_GROUPS];    /* bitmaps of users; NULL: everyone */
    uint64_t *both;                    /* of either; owned like member[1] */
    const char *text_compare;
    struct paths_group group[PATHS_GROUPS]; /* what PATHS_COUNT found */
    /* medians */
    bool times;
    struct middle *middle;
    struct tally link_group; /* per link that is no end: its group in `middle`, + 1 */
    /* --list */
    bool listing, rare, tree; /* tree: of beginnings of paths instead of whole ones */
    struct paths_list *list;
    size_t who_row; /* PATHS_WHO: of the list */
    bool who_listed;
};

struct paths_state {
    struct paths_plan *plan;
    uint32_t user;
    unsigned in;       /* bit g: the user is in group g */
    bool had, counted; /* the user has had a path, one that counts */
    uint64_t *count;   /* PATHS_NAMES: per place and name */
    struct paths_group group[PATHS_GROUPS];
    uint64_t sessions, had_path; /* had_path: of them, with a path */
    struct crowd crowd;
    struct paths_list *list;
};

/* ---- paths_node.c */

static inline uint32_t paths_other(const struct paths_plan *p)
{
    return p->names;
}
static inline uint32_t paths_end(const struct paths_plan *p)
{
    return p->names + 1;
}
static inline uint32_t paths_cut(const struct paths_plan *p)
{
    return p->names + 2;
}
static inline uint64_t paths_stride(const struct paths_plan *p)
{
    return (uint64_t)p->names + 3;
}
static inline uint64_t paths_at_key(const struct paths_plan *p, size_t place, uint32_t node)
{
    return place * paths_stride(p) + node;
}
static inline uint64_t paths_link_key(const struct paths_plan *p, size_t place, uint32_t from, uint32_t to)
{
    return (place * paths_stride(p) + from) * paths_stride(p) + to;
}
/* --set: reads the sets and puts them to the rule, those that need a test of properties as selectors. */
bool paths_read_sets(struct paths_plan *p, struct scan *scan, struct err *err);
/* The nodes of places [t->begin, t->end); node[t->end] is (end) when the path stops there, else UINT32_MAX. */
void paths_find_nodes(const struct paths_plan *p, const struct trail *t, uint32_t *node);
bool paths_passes(const struct paths_plan *p, const struct paths_point *point, const struct trail *t, const uint32_t *node);
/* Reads "2 home" or "2 home > card_tab" for the option `name`. */
bool paths_read_point(struct paths_plan *p, const char *name, const char *text, struct paths_point *out, struct err *err);
/* Nodes have got other numbers by folding. */
void paths_find_points(struct paths_plan *p);
/* After PATHS_NAMES, and after PATHS_LINKS of one place. */
void paths_fold_names(struct paths_plan *p, const uint64_t *count);
void paths_fold_links(struct paths_plan *p, const struct tally *link);
/* What a name and a node are called. Names that look like one of ours have a backslash before them. */
struct str paths_raw_name(const struct paths_plan *p, uint32_t name);
struct str paths_name(const struct paths_plan *p, size_t place, uint32_t node);
struct value paths_value(const struct paths_plan *p, struct arena *a, struct str name);
/* The step of a place as it is shown. */
int64_t paths_step(const struct paths_plan *p, size_t place);

/* ---- paths_plain.c */

/* Whether the pass is about whole sessions cut by pauses, all of them; then, with direct tallies, a block goes here. */
bool paths_is_plain(const struct paths_plan *p, enum paths_pass pass);
void paths_feed_plain(struct paths_state *st, const struct journeys *js);

/* ---- paths_flow.c */

void paths_count(struct paths_state *st, const struct trail *t, const uint32_t *node);
/* Begins to look for medians of links. */
void paths_begin_times(struct paths_plan *p);
void paths_add_times(struct paths_plan *p, const struct trail *t, const uint32_t *node);
void paths_put_flow(struct paths_plan *p, struct result *r);

/* ---- paths_list.c */

struct paths_list *paths_list_new(const struct paths_plan *p);
void paths_list_free(struct paths_list *l); /* NULL is fine */
void paths_list_add(struct paths_list *l, struct paths_plan *p, const struct trail *t, uint32_t user);
void paths_list_merge(struct paths_list *into, struct paths_list *from);
/* After a pass of the list; false: no more of them. */
bool paths_list_again(struct paths_plan *p, struct paths_list *l);
bool paths_list_wants(const struct paths_plan *p, const struct trail *t); /* PATHS_WHO */
void paths_put_list(struct paths_plan *p, const struct paths_list *last, struct result *r);

/* ---- paths_rule.c */

void paths_put_rule(struct paths_plan *p, const struct paths_state *st, struct result *r);

#endif
