/* overview.c - `info`: what the store holds, with one row per import.
 *
 * Distinct users with events: one part names each user in one block or in neighbouring ones, so the directory
 * knows. Of several parts, or where some are the same customer, the runs are read: a few bytes per user and
 * part, so milliseconds even for large stores, and exact also when one user's events came with several
 * imports. */
#include "config.h"

#include <stdlib.h>

#include "app/command.h"
#include "app/overview.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/os.h"
#include "model/schema.h"
#include "store/links.h"

/* ---- users with events */
enum { STRIDE = 4096 };

struct tally {
    const struct links *links;
    uint64_t *bit; /* one per known id */
    uint32_t known;
    uint64_t users;
};

static bool mark(struct tally *t, const uint32_t *user, uint32_t n, struct err *err)
{
    for (uint32_t i = 0; i < n; i++) {
        if (user[i] >= t->known)
            return err_set(err, ERR_DAMAGED,
                           _("store: a block names a user that does not exist; run waymark check"));
        uint32_t customer = links_customer(t->links, user[i]);
        uint64_t *word = &t->bit[customer / 64], bit = UINT64_C(1) << customer % 64;
        t->users += !(*word & bit);
        *word |= bit;
    }
    return true;
}

static bool mark_block(struct tally *t, const struct snapshot *s, const struct part *p, uint32_t block,
                       struct err *err)
{
    uint32_t user[STRIDE];
    struct run_view run;
    if (!part_runs(s, p, block, &run, err))
        return false;
    for (uint32_t at = 0; at < run.n; at += STRIDE) {
        uint32_t n = run.n - at < STRIDE ? run.n - at : STRIDE;
        column_decode_u32(&run.user, at, n, user);
        if (!mark(t, user, n, err))
            return false;
    }
    return true;
}

static uint64_t users_of(const struct part *p)
{
    uint64_t users = 0;
    for (uint32_t b = 0; b < p->blocks; b++)
        users += p->block[b].users - (b > 0 && p->block[b].first_user == p->block[b - 1].last_user);
    return users;
}

static bool count_users(const struct snapshot *s, const struct links *links, uint64_t *users, struct err *err)
{
    const struct part *part;
    size_t parts = snapshot_parts(s, TABLE_EVENTS, &part);
    if (!links && parts <= 1) {
        *users = parts ? users_of(part) : 0;
        return true;
    }
    struct tally t = {.links = links, .known = dict_count(s, COL_USER)};
    t.bit = mem_zalloc((t.known / 64 + 1) * sizeof *t.bit);
    bool ok = true;
    for (size_t i = 0; ok && i < parts; i++)
        for (uint32_t b = 0; ok && b < part[i].blocks; b++)
            ok = mark_block(&t, s, &part[i], b, err);
    free(t.bit);
    *users = t.users;
    return ok;
}

/* ---- summary and rows */
struct extent {
    int64_t first, last; /* COLUMN_NULL when there are no events */
    uint64_t events;
};

static struct extent measure(const struct snapshot *s)
{
    const struct part *part;
    size_t parts = snapshot_parts(s, TABLE_EVENTS, &part);
    struct extent e = {COLUMN_NULL, COLUMN_NULL, 0};
    for (size_t i = 0; i < parts; i++) {
        e.events += part[i].rows;
        for (uint32_t b = 0; b < part[i].blocks; b++) {
            const struct block_info *k = &part[i].block[b];
            if (e.first == COLUMN_NULL || k->min_time < e.first)
                e.first = k->min_time;
            if (e.last == COLUMN_NULL || k->max_time > e.last)
                e.last = k->max_time;
        }
    }
    return e;
}

static struct value time_or_none(int64_t us)
{
    return us == COLUMN_NULL ? value_none() : value_time(us);
}

static bool put_summary(struct result *r, const struct snapshot *s, const struct schema *m, struct err *err)
{
    const struct part *part;
    const struct links *links;
    struct extent e = measure(s);
    uint64_t users = 0;
    if (!snapshot_links(s, &links, err) || !count_users(s, links, &users, err))
        return false;
    size_t parts = snapshot_parts(s, TABLE_EVENTS, &part) + snapshot_parts(s, TABLE_USERS, &part);
    struct arena *a = &r->arena;
    object_add(a, &r->summary, "events", value_int((int64_t)e.events));
    object_add(a, &r->summary, "users", value_int(dict_count(s, COL_USER) - (links ? (int64_t)links->n : 0)));
    object_add(a, &r->summary, "users_with_events", value_int((int64_t)users));
    if (links)
        object_add(a, &r->summary, "other_ids", value_int((int64_t)links->n));
    object_add(a, &r->summary, "event_names", value_int(dict_count(s, COL_EVENT)));
    object_add(a, &r->summary, "first", time_or_none(e.first));
    object_add(a, &r->summary, "last", time_or_none(e.last));
    object_add(a, &r->summary, "parts", value_int((int64_t)parts));
    object_add(a, &r->summary, "bytes", value_int((int64_t)snapshot_bytes(s)));
    object_add(a, &r->summary, "tz", value_text(a, str_of(zone_name(schema_zone(m)))));
    return true;
}

static const struct column_info columns[] = {
    {"import", N_("Import"), VALUE_INT},
    {"kind", N_("Kind"), VALUE_TEXT},
    {"source", N_("Source"), VALUE_TEXT},
    {"finished", N_("Finished"), VALUE_TIME},
    {"rows", N_("Rows"), VALUE_INT},
    {"stored", N_("Stored"), VALUE_INT},
    {"duplicates", N_("Duplicates"), VALUE_INT},
    {"rejected", N_("Rejected"), VALUE_INT},
    {"users", N_("Customers"), VALUE_INT},
    {"new_users", N_("New"), VALUE_INT},
    {"bytes", N_("Bytes"), VALUE_INT},
    {"seconds", N_("Time"), VALUE_SECONDS},
    {"forgotten", N_("Forgotten"), VALUE_TIME},
};

const char *overview_kind(const struct snapshot *s, const struct import_def *import)
{
    return import->table == TABLE_EVENTS ? "events" : links_brought(s, import) ? "links" : "users";
}

static void put_import(struct result *r, const struct snapshot *s, const struct import_def *i)
{
    struct value *cell = result_row(r);
    cell[0] = value_int(i->id);
    cell[1] = value_static(overview_kind(s, i));
    cell[2] = value_text(&r->arena, i->source);
    cell[3] = time_or_none(i->finished_us);
    cell[4] = value_int((int64_t)i->rows);
    cell[5] = value_int((int64_t)i->stored);
    cell[6] = value_int((int64_t)i->duplicates);
    cell[7] = value_int((int64_t)i->rejected);
    cell[8] = value_int((int64_t)i->users);
    cell[9] = value_int((int64_t)i->new_users);
    cell[10] = value_int((int64_t)i->bytes);
    cell[12] = i->forgotten ? value_time(i->forgotten_us) : value_none();
    cell[11] = value_seconds((double)(i->finished_us - i->started_us) / US_PER_S);
}

static void put_imports(struct result *r, const struct snapshot *s)
{
    const struct import_def *import;
    size_t n = snapshot_imports(s, &import);
    result_columns(r, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < n; i++)
        put_import(r, s, &import[i]);
}

static void put_origin(struct result *r, const char *dir)
{
    struct query q;
    query_init(&q, "info");
    r->command = command_line(command_find("info"), &q, dir, &r->arena);
    query_done(&q);
    r->rule =
        object_get(&r->summary, "other_ids")
            ? _("Users are all that any import named, each with his other ids; events are counted once each.")
            : _("Users are all that any import named; events are counted once each.");
}

struct result *overview_build(struct env *env, struct err *err)
{
    int64_t begun = os_monotonic_us();
    struct result *r = NULL;
    struct schema *m = NULL;
    struct snapshot *s = snapshot_open(env, err);
    if (!s || !(m = schema_new(s, NULL, err)))
        goto out;
    r = result_new("info", PICTURE_TABLE);
    r->zone = zone_copy(schema_zone(m));
    if (!put_summary(r, s, m, err)) {
        result_free(r);
        r = NULL;
        goto out;
    }
    put_imports(r, s);
    put_origin(r, env_dir(env));
    r->elapsed_s = (double)(os_monotonic_us() - begun) / US_PER_S;
out:
    schema_free(m);
    if (s)
        snapshot_close(s);
    return r;
}
