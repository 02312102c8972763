/* breakdown.h - groups of events by their name or by a property, or of customers by an attribute or the tags
 * of a category: which group an event or a customer belongs to, and what it is called.
 *
 * Groups of text are known from the dictionary. Groups of other values, and the largest N of any, need one
 * pass that counts first. */
#ifndef WM_BREAKDOWN_H
#define WM_BREAKDOWN_H

#include "analysis/ask.h"

/* Values met and how often; open addressing. All zero is empty. */
struct value_count {
    int64_t *value;
    uint64_t *n; /* 0: free place; in a finished breakdown the group + 1 */
    size_t cap, used;
};

struct breakdown {
    struct ask *ask;
    bool by_event;
    uint16_t column; /* of the property */
    enum column_type type;
    uint32_t groups;
    /* group of a dictionary code, [codes] for missing; NULL: the code itself, `codes` for missing */
    uint32_t *of_code;
    uint32_t codes;
    /* By tag or attribute: of each user the number of the tag, or the value; COLUMN_NULL for none. Then
     * `column` is not one of events. */
    const int64_t *of_user;
    const struct tag *const *tag;     /* per code */
    struct value_count of_value;      /* other types; group of missing values in none_group */
    uint32_t none_group, other_group; /* UINT32_MAX: there is none */
    struct str *name;                 /* per group; NULL until breakdown_name made it */
};

/* `name` is "event", a property's, "tag:" and a category of tags, or "user." and an attribute; NULL: one
 * group for all. A user with several tags of the category is in the group of the first. All memory is the
 * ask's.
 *
 * An analysis that speaks of customers and not of events takes the group of each from of_user by
 * breakdown_group(b, 0, b->of_user[user]); before that, for the largest N or for values that are no text, it
 * counts them by breakdown_count_user and calls breakdown_fold. */
bool breakdown_init(struct breakdown *b, struct ask *a, const char *name, struct err *err);
static inline bool breakdown_is_text(const struct breakdown *b)
{
    return b->by_event || b->type == COLUMN_CODE;
}

/* What the counting pass collects, per worker. */
struct breakdown_count {
    uint64_t *of_code;
    struct value_count of_value;
};
void breakdown_count_init(struct breakdown_count *c, const struct breakdown *b);
void breakdown_count_add(struct breakdown_count *c, const struct breakdown *b, const uint32_t *code,
                         const int64_t *prop, size_t n);
/* By tag or attribute: n events of one user. */
void breakdown_count_user(struct breakdown_count *c, const struct breakdown *b, uint32_t user, uint64_t n);
void breakdown_count_merge(struct breakdown_count *into, const struct breakdown_count *from,
                           const struct breakdown *b);
void breakdown_count_done(struct breakdown_count *c);
/* Fixes the groups from the counts: the `top` largest (0: all that occur), by count, equal ones by name. */
void breakdown_fold(struct breakdown *b, const struct breakdown_count *c, int64_t top);

/* The group of an event; prop is its value (unused by event). */
uint32_t breakdown_value_group(const struct breakdown *b, int64_t prop);
static inline uint32_t breakdown_group(const struct breakdown *b, uint32_t code, int64_t prop)
{
    if (b->groups == 1 && !b->of_code && !b->of_value.cap)
        return 0;
    if (!breakdown_is_text(b))
        return breakdown_value_group(b, prop);
    uint32_t k = b->by_event                                         ? code
                 : prop == COLUMN_NULL || (uint64_t)prop >= b->codes ? b->codes
                                                                     : (uint32_t)prop;
    return b->of_code ? b->of_code[k] : k;
}
/* What a value of the property is called, in the ask's arena: of text its dictionary code, of an event its
 * code, of a tag its number. Not for missing ones. */
struct str breakdown_value_name(const struct breakdown *b, int64_t value);
/* "(none)" and "(other)" among them; in the ask's arena. */
struct str breakdown_name(struct breakdown *b, uint32_t group);
/* A group's name as a cell, with what people see of an event or a tag. */
struct value breakdown_cell(const struct breakdown *b, struct arena *arena, struct str group);
/* The group of that name, UINT32_MAX when there is none. */
uint32_t breakdown_find(struct breakdown *b, struct str name);

#endif
