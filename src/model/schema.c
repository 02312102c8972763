/* schema.c - the meaning of a store's columns, read once per snapshot.
 *
 * Answers the condition language (which names exist, of which type), names events for people, keeps the zone,
 * and knows what a failure looks like (failure.c). What a damaged dictionary cannot answer is taken for "may
 * exist": the look-up that compiles the condition then reports the damage instead of a misleading "unknown
 * name". */
#include "config.h"
#include "model/schema.h"

#include <stdlib.h>
#include "base/date.h"
#include "base/intern.h"
#include "base/nls.h"
#include "base/vec.h"
#include "model/query.h"

struct names {
    struct str zh, en;
};

struct schema {
    const struct snapshot *snapshot;
    struct zone *zone;
    struct expr_vocabulary vocabulary;
    struct intern *named; /* events that have display names; numbers index `names` */
    VEC(struct names) names;
    struct failure *failure;
    struct reasons *own_reasons; /* of the store's note; NULL: only those built in */
    struct catalogue *own_tags;  /* the same */
    struct segments segments, sets;
};

/* ---- vocabulary ---- */

static enum expr_type type_of(enum column_type t)
{
    switch (t) {
    case COLUMN_CODE: return EXPR_TEXT;
    case COLUMN_TIME: return EXPR_TIME;
    case COLUMN_BOOL: return EXPR_BOOL;
    case COLUMN_NUMBER: return EXPR_NUMBER;
    }
    bug("unknown column type");
}

static bool find_field(void *arg, struct str name, bool of_user, struct expr_field *out)
{
    const struct schema *m = arg;
    const struct column_def *c = snapshot_column(m->snapshot, of_user ? TABLE_USERS : TABLE_EVENTS, name);
    if (!c || c->id < COL_FIRST)
        return false;
    out->id = c->id;
    out->type = type_of(c->type);
    return true;
}

static bool find_event(void *arg, struct str name)
{
    const struct schema *m = arg;
    struct err damage;
    uint32_t code;
    return !dict_find(m->snapshot, COL_EVENT, name, &code, &damage) || code != UINT32_MAX;
}

static void each_event(const struct schema *m, void (*each)(void *ctx, struct str name), void *ctx)
{
    struct err damage;
    struct str name;
    uint32_t n = dict_count(m->snapshot, COL_EVENT);
    for (uint32_t code = 0; code < n; code++)
        if (dict_get(m->snapshot, COL_EVENT, code, &name, &damage))
            each(ctx, name);
}

static void each_column(const struct schema *m, enum table t, void (*each)(void *ctx, struct str name),
                        void *ctx)
{
    const struct column_def *c;
    size_t n = snapshot_columns(m->snapshot, &c);
    for (size_t i = 0; i < n; i++)
        if (c[i].table == t && c[i].id >= COL_FIRST)
            each(ctx, c[i].name);
}

static void each_definition(const struct schema *m, char kind, void (*each)(void *ctx, struct str name),
                            void *ctx)
{
    const struct segments *saved = kind == 's' ? &m->sets : &m->segments;
    if (kind == 't')
        for (size_t i = 0; i < schema_catalogue(m)->n; i++)
            each(ctx, schema_catalogue(m)->tag[i].id);
    else
        for (size_t i = 0; i < saved->n; i++)
            each(ctx, saved->at[i].name);
}

static bool find_definition(void *arg, char kind, struct str name, struct str *text)
{
    const struct schema *m = arg;
    const struct tag *tag = kind == 't' ? catalogue_find(schema_catalogue(m), name) : NULL;
    const struct segment *saved =
        kind == 't' ? NULL : segments_find(kind == 's' ? &m->sets : &m->segments, name);
    if (tag)
        *text = tag->condition;
    else if (saved)
        *text = saved->condition;
    return tag || saved;
}

static void each_name(void *arg, char kind, void (*each)(void *ctx, struct str name), void *ctx)
{
    if (kind == 'e')
        each_event(arg, each, ctx);
    else if (kind == 'p')
        each_column(arg, TABLE_EVENTS, each, ctx);
    else if (kind == 'a')
        each_column(arg, TABLE_USERS, each, ctx);
    else
        each_definition(arg, kind, each, ctx);
}

/* In either language, whichever is shown now. */
static bool find_event_shown(void *arg, struct str shown, struct str *event)
{
    const struct schema *m = arg;
    for (uint32_t i = 0; i < m->names.n; i++) {
        *event = intern_get(m->named, i);
        if ((str_eq(m->names.at[i].zh, shown) || str_eq(m->names.at[i].en, shown)) && find_event(arg, *event))
            return true;
    }
    return false;
}

static bool read_time(void *arg, struct str text, int64_t *first, int64_t *last)
{
    const struct schema *m = arg;
    struct err unused;
    return zone_parse_bound(m->zone, text, first, last, &unused);
}

/* ---- spans that end with the last event ---- */

static bool last_event(const struct snapshot *s, int64_t *last)
{
    const struct part *part;
    size_t parts = snapshot_parts(s, TABLE_EVENTS, &part);
    *last = INT64_MIN;
    for (size_t p = 0; p < parts; p++)
        for (uint32_t b = 0; b < part[p].blocks; b++)
            if (part[p].block[b].max_time > *last)
                *last = part[p].block[b].max_time;
    return *last != INT64_MIN;
}

/* Local midnight that many civil days before the day of `us`; days in the zone may have 23 or 25 hours. */
static int64_t midnight_before(const struct zone *z, int64_t us, int64_t days)
{
    struct civil c;
    date_civil(zone_local(z, us), &c);
    int64_t day = date_days(c.year, c.month, c.day) - days, first, unused;
    if (day < TIME_MIN / US_PER_DAY + 1)
        return INT64_MIN;
    zone_utc(z, day * US_PER_DAY, &first);
    return zone_bucket(z, UNIT_DAY, first, &unused);
}

static bool since(void *arg, int64_t us, int64_t days, int64_t *first)
{
    const struct schema *m = arg;
    int64_t last;
    if (!last_event(m->snapshot, &last))
        return false;
    if (days)
        *first = midnight_before(m->zone, last, days - 1);
    else
        *first = last < INT64_MIN + us ? INT64_MIN : last - us;
    return true;
}

/* ---- display names ---- */

/* One line of the note: event TAB zh TAB en. A later line for the same event wins. */
static void add_names(struct schema *m, struct str line)
{
    struct str event = str_cut(&line, '\t');
    if (!event.n || !line.p)
        return;
    struct names names = {.zh = str_trim(str_cut(&line, '\t'))};
    if (line.p)
        names.en = str_trim(str_cut(&line, '\t'));
    uint32_t number = intern_add(m->named, event);
    if (number == m->names.n)
        vec_push(&m->names, names);
    else
        m->names.at[number] = names;
}

static void read_names(struct schema *m)
{
    struct str rest = snapshot_note(m->snapshot, NOTE_NAMES);
    m->named = intern_new();
    while (rest.p && rest.n)
        add_names(m, str_cut(&rest, '\n'));
}

/* ---- public ---- */

static struct zone *open_zone(const struct snapshot *s, const char *tz, struct err *err)
{
    struct str note = snapshot_note(s, NOTE_TZ);
    if (tz || !note.n)
        return zone_open(tz, err);
    struct arena a = {0};
    struct zone *z = zone_open(arena_str(&a, note).p, err);
    arena_done(&a);
    return z;
}

static bool read_reasons(struct schema *m, struct err *err)
{
    struct str note = snapshot_note(m->snapshot, NOTE_ERRORS);
    m->own_reasons = note.n ? reasons_parse(note, _("the store's table of error codes"), err) : NULL;
    return !note.n || m->own_reasons;
}

static bool read_definitions(struct schema *m, struct err *err)
{
    struct str tags = snapshot_note(m->snapshot, NOTE_TAGS);
    if (tags.n && !(m->own_tags = catalogue_parse(tags, _("the store's catalogue of tags"), err)))
        return false;
    return segments_read(&m->segments, snapshot_note(m->snapshot, NOTE_SEGMENTS), _("the store's segments"),
                         err) &&
           segments_read(&m->sets, snapshot_note(m->snapshot, NOTE_SETS), _("the store's page sets"), err);
}

struct schema *schema_new(const struct snapshot *s, const char *tz, struct err *err)
{
    struct zone *zone = open_zone(s, tz, err);
    if (!zone)
        return NULL;
    struct schema *m = mem_zalloc(sizeof(*m));
    m->snapshot = s;
    m->zone = zone;
    m->vocabulary = (struct expr_vocabulary){.arg = m,
                                             .field = find_field,
                                             .event = find_event,
                                             .event_shown = find_event_shown,
                                             .definition = find_definition,
                                             .names = each_name,
                                             .time = read_time,
                                             .question = query_question,
                                             .since = since};
    read_names(m);
    m->failure = failure_new(snapshot_note(s, NOTE_FAILURE));
    if (read_definitions(m, err) && read_reasons(m, err))
        return m;
    schema_free(m);
    return NULL;
}

void schema_free(struct schema *m)
{
    if (!m)
        return;
    failure_free(m->failure);
    reasons_free(m->own_reasons);
    catalogue_free(m->own_tags);
    segments_done(&m->segments);
    segments_done(&m->sets);
    vec_done(&m->names);
    intern_free(m->named);
    zone_free(m->zone);
    free(m);
}

const struct zone *schema_zone(const struct schema *m)
{
    return m->zone;
}

const struct expr_vocabulary *schema_vocabulary(const struct schema *m)
{
    return &m->vocabulary;
}

const struct catalogue *schema_catalogue(const struct schema *m)
{
    return m->own_tags ? m->own_tags : catalogue_builtin();
}

void schema_use_catalogue(struct schema *m, struct catalogue *c)
{
    catalogue_free(m->own_tags);
    m->own_tags = c;
}

struct segments *schema_segments(struct schema *m)
{
    return &m->segments;
}

struct segments *schema_sets(struct schema *m)
{
    return &m->sets;
}

struct str schema_event_name(const struct schema *m, struct str event)
{
    uint32_t number = intern_find(m->named, event);
    if (number == INTERN_NONE)
        return event;
    const struct names *names = &m->names.at[number];
    struct str name = strcmp(nls_lang(), "zh_CN") == 0 ? names->zh : names->en;
    return name.n ? name : event;
}

void schema_event_names(const struct schema *m, struct str event, struct str *zh, struct str *en)
{
    uint32_t number = intern_find(m->named, event);
    *zh = number == INTERN_NONE ? STR("") : m->names.at[number].zh;
    *en = number == INTERN_NONE ? STR("") : m->names.at[number].en;
}

bool schema_is_failure(const struct schema *m, struct str property, struct str value)
{
    return failure_is(m->failure, property, value);
}

enum failure_rank schema_failure_rank(const struct schema *m, struct str property)
{
    return failure_rank(m->failure, property);
}

const struct reason *schema_reason(const struct schema *m, struct str code)
{
    const struct reason *own = m->own_reasons ? reasons_find(m->own_reasons, code) : NULL;
    return own ? own : reasons_find(reasons_builtin(), code);
}
