/* paths_world.h - random questions about paths, and the slow answer: every path of a log spelled out step by step, as
 * doc/PATHS.md says it, without any of the code under test. */
#ifndef WM_PATHS_WORLD_H
#define WM_PATHS_WORLD_H

#include "analysis_log.h"

enum { WORLD_LENGTH = 64, WORLD_PLACES = 33, WORLD_SETS = 2 };

struct world_set {
    bool saved;
    struct log_cond cond; /* saved */
    const char *pattern, *name;
};

struct world {
    uint64_t seed;
    struct log log;
    struct query query;
    struct log_cond start, end, centre, hide, where, goal;
    bool has_start, has_end, has_centre, has_hide, has_where, has_goal;
    struct log_sessions session;
    bool collapse, by_user, times, comparing, segmented;
    double segment_below, compare_from; /* user.age */
    struct world_set set[WORLD_SETS];
    size_t sets;
    char note[512];
    int64_t from, to;
    int64_t depth, top, min;
    size_t places;
};

struct world_step {
    const char *name;
    int64_t time; /* when it was reached */
    int64_t events;
};
struct world_path {
    uint32_t user;
    bool in[2]; /* of the segment, of those compared */
    size_t begin, end; /* places */
    bool more, goal;
    int64_t first, last;
    struct world_step step[WORLD_PLACES];
    const char *shown[WORLD_PLACES];
};
struct world_paths {
    VEC(struct world_path) path;
    int64_t sessions;
};

/* Of a table of integers and texts. */
static inline int64_t cell(const struct rows *t, size_t row, const char *column)
{
    return rows_get(t, row, column)->i;
}
static inline struct str text(const struct rows *t, size_t row, const char *column)
{
    return rows_get(t, row, column)->text;
}
#define EXPECT(ok, w, what) log_expect(ok, (w)->seed, &(w)->query, what)
/* In seconds, of n > 0 times; they are sorted. */
double world_median(int64_t *v, size_t n);

/* A random question; whole: such as --list can be asked, too. */
void world_random(struct world *w, uint64_t seed, bool list);
void world_done(struct world *w);
void world_paths(const struct world *w, struct world_paths *out);
/* Sets `shown` of every path: names folded step by step, as documented. */
void world_fold(const struct world *w, struct world_paths *ps);
/* The step shown for a place, and back. */
int64_t world_step_of(const struct world *w, size_t place);
size_t world_place_of(const struct world *w, int64_t step);
/* Whether the path is at `from`, or goes from there to *to. */
bool world_goes(const struct world_path *p, size_t place, struct str from, const struct str *to);

#endif
