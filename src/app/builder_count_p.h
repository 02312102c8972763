/* builder_count_p.h - what the files of the builder's counts share; private to them. */
#ifndef WM_BUILDER_COUNT_P_H
#define WM_BUILDER_COUNT_P_H

#include "analysis/audience.h"
#include "app/builder_count.h"
#include "model/schema.h"

struct counter {
    struct env *env;
    struct pool *pool;
    struct audience_cache *cache;
    uint64_t version; /* of the store, when the sets were found */
    const struct builder_entry *entry;
    size_t sets;
    uint64_t **set; /* of each entry one bit per user; NULL: not known */
    uint64_t *size; /* of each */
    /* The last spread: it is about all customers, so other conditions do not change it. */
    struct spread spread;
    struct arena spread_arena;
    char *spread_look;
    uint64_t spread_version;
};

/* What count_detail finds while the answer is looked at. */
struct detail {
    bool counted; /* sizes and sample are complete: another look needs only another spread */
    struct builder_size *size;
    size_t sizes, samples;
    const char *sample[BUILDER_SAMPLE];
    struct spread spread;
    bool has_spread;
};

struct count {
    struct counter *counter;
    const struct builder_entry *entry;
    size_t entries;
    struct condition *tree;
    struct userset *chosen; /* by count_run */
    uint64_t version;       /* of the store then */
    struct arena arena;
    struct builder_counts answer;
    char *look;
    struct detail detail;
    struct spread shown; /* the answer's */
};

/* While a count runs. */
struct run {
    struct count *c;
    struct snapshot *snapshot;
    struct schema *schema;
    struct audience audience;
    struct progress *progress;
};

bool count_begin(struct run *r, struct count *c, struct progress *p, struct err *err);
void count_end(struct run *r);
/* NULL: the text is no condition of this store. */
const struct expr *count_parse(struct run *r, const char *text, struct err *err);

/* ---- builder_detail.c */
void counter_forget(struct counter *c); /* the sets of the entries */

#endif
