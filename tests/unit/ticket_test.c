/* ticket_test.c - finding a customer, everyone with the same failure, and a life of a hundred thousand
 * events, on real stores loaded from random exports; expected values are counted over the rows of the export,
 * one by one. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <ftw.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/workspace.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "base/rand.h"
#include "base/vec.h"
#include "render/chart.h"

enum { IDS = 150, ROWS = 1500, DAYS = 20, ALIASES = 15, EVENTS = 4, CHANNELS = 4, CODES = 4, VERSIONS = 3 };

static const char *const event_name[EVENTS] = {"login", "transfer", "pay", "home"};
static const char *const channel_name[CHANNELS] = {"", "app", "web", "sms"};
static const char *const code_name[CODES] = {"", "E1", "E2", "0"};
static const char *const version_name[VERSIONS] = {"7.1", "7.25", "8"};
#define BEGIN 1790000000LL /* 2026-09-21 14:13:20 UTC */

struct row {
    int id, event, channel, code, version;
    int64_t time; /* seconds */
};

static char folder[64];
static char id_name[IDS][16];
static int owner[IDS]; /* the customer whose id it is */
static int age[IDS];
static struct row row[ROWS];
static uint64_t seed;

/* ---- the world */

static void write_file(const char *name, struct buf *text, char *path, size_t size)
{
    struct err err = {0};
    snprintf(path, size, "%s/%s", folder, name);
    if (!os_replace_file(path, buf_view(text), &err))
        fail_msg("%s", err.text);
    buf_done(text);
}

static void import(const char *command, const char *path, const char *extra, const char *value)
{
    char store[96];
    struct query q;
    struct err err = {0};
    snprintf(store, sizeof store, "%s/store", folder);
    query_init(&q, command);
    query_add(&q, "file", path);
    if (extra)
        query_add(&q, extra, value);
    struct result *r = workspace_import(store, &q, NULL, NULL, NULL, &err);
    if (!r)
        fail_msg("%s: %s", command, err.text);
    result_free(r);
    query_done(&q);
}

static void draw_world(struct rand *r)
{
    for (int i = 0; i < IDS; i++) {
        bool fresh = false;
        while (!fresh) {
            snprintf(id_name[i], sizeof id_name[i], "%c%u", "AaBk"[rand_below(r, 4)],
                     100 + rand_below(r, 99900));
            fresh = true;
            for (int k = 0; k < i; k++)
                fresh &= strcmp(id_name[k], id_name[i]) != 0;
        }
        owner[i] = i < ALIASES ? ALIASES + i / 2 : i; /* two other ids for some */
        age[i] = (int)rand_below(r, 80);
    }
    for (int i = 0; i < ROWS; i++)
        row[i] =
            (struct row){(int)rand_below(r, IDS),
                         (int)rand_below(r, EVENTS),
                         (int)rand_below(r, CHANNELS),
                         (int)rand_below(r, rand_below(r, 2) ? 1 : CODES),
                         (int)rand_below(r, VERSIONS),
                         BEGIN + (int64_t)i * (DAYS * 86400 / ROWS) + rand_below(r, DAYS * 86400 / ROWS)};
}

static void put_rows(struct buf *out, struct rand *r, int part, int parts)
{
    buf_puts(out, "user,time,event,channel,error_code,version\n");
    for (int k = 0; k < ROWS; k++) {
        int i = (k * 7 + 3) % ROWS; /* not in order of time */
        const struct row *e = &row[i];
        if (i % parts != part)
            continue;
        buf_printf(out, "%s,%lld,%s,%s,%s,%s\n", id_name[e->id], (long long)e->time, event_name[e->event],
                   channel_name[e->channel], code_name[e->code], version_name[e->version]);
    }
    (void)r;
}

static void load_world(uint64_t from)
{
    struct rand r;
    char path[128];
    struct buf users = {0}, links = {0};
    rand_seed(&r, seed = from);
    draw_world(&r);
    for (int part = 0; part < 3; part++) {
        struct buf events = {0};
        char name[32];
        put_rows(&events, &r, part, 3);
        snprintf(name, sizeof name, "events%d.csv", part);
        write_file(name, &events, path, sizeof path);
        import("import events", path, "tz", "UTC");
    }
    buf_puts(&users, "user,age\n");
    buf_puts(&links, "id,customer\n");
    for (int i = 0; i < IDS; i++) {
        buf_printf(&users, "%s,%d\n", id_name[owner[i]], age[owner[i]]);
        if (owner[i] != i)
            buf_printf(&links, "%s,%s\n", id_name[i], id_name[owner[i]]);
    }
    write_file("users.csv", &users, path, sizeof path);
    import("import users", path, NULL, NULL);
    write_file("links.csv", &links, path, sizeof path);
    import("import links", path, NULL, NULL);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static struct workspace *open_world(uint64_t from)
{
    char store[96];
    struct err err = {0};
    snprintf(folder, sizeof folder, "%s/waymark-ticket-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(folder));
    load_world(from);
    snprintf(store, sizeof store, "%s/store", folder);
    struct workspace *w = workspace_open(store, false, &err);
    if (!w)
        fail_msg("%s", err.text);
    return w;
}

static void close_world(struct workspace *w)
{
    workspace_close(w);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct result *ask(struct workspace *w, const struct query *q)
{
    struct err err = {0};
    struct result *r = workspace_run(w, q, NULL, &err);
    if (!r)
        fail_msg("seed %llu: %s", (unsigned long long)seed, err.text);
    return r;
}

static int64_t said(const struct result *r, const char *name)
{
    const struct value *v = object_get(&r->summary, name);
    assert_non_null(v);
    assert_int_equal(v->type, VALUE_INT);
    return v->i;
}

/* ---- slow counts */

static bool failed(const struct row *e)
{
    return e->code == 1 || e->code == 2; /* "0" is a way to say that nothing was wrong */
}

struct counted {
    int64_t events, users;
};

/* Events that `holds`, and their customers. */
static struct counted count(bool (*holds)(const void *arg, const struct row *e), const void *arg)
{
    struct counted c = {0};
    bool seen[IDS] = {false};
    for (int i = 0; i < ROWS; i++)
        if (holds(arg, &row[i])) {
            c.events++;
            c.users += !seen[owner[row[i].id]];
            seen[owner[row[i].id]] = true;
        }
    return c;
}

struct period {
    int64_t from, to; /* [from, to) in seconds */
    int code;         /* -1: any */
    int channel;      /* of --where, -1: not given */
    bool kind[EVENTS];
    const char *side, *value; /* one value of one property */
};

static bool has_value(const struct period *p, const struct row *e)
{
    if (!p->side)
        return true;
    const char *is = strcmp(p->side, "event") == 0     ? event_name[e->event]
                     : strcmp(p->side, "channel") == 0 ? channel_name[e->channel]
                                                       : version_name[e->version];
    return strcmp(*is ? is : "(none)", p->value) == 0;
}

static bool in_period(const void *arg, const struct row *e)
{
    const struct period *p = arg;
    return e->time >= p->from && e->time < p->to && (p->code < 0 || e->code == p->code) &&
           (p->channel < 0 || e->channel == p->channel) && p->kind[e->event] && has_value(p, e);
}

/* ---- everyone with the same failure */

static int64_t last_midnight(void)
{
    int64_t last = 0;
    for (int i = 0; i < ROWS; i++)
        last = row[i].time > last ? row[i].time : last;
    return last - last % 86400;
}

/* The same customers as a condition: who("failure …"), which a segment is saved with. */
static void check_condition(struct workspace *w, const struct query *q, const char *who,
                            const struct result *list)
{
    struct query named;
    struct buf condition = {0};
    assert_true(query_who(q, who, &condition));
    query_init(&named, "profile");
    query_add(&named, "condition", condition.p);
    query_add(&named, "users", "all");
    struct result *r = ask(w, &named);
    assert_int_equal(r->rows.n, list->rows.n);
    for (size_t i = 0; i < r->rows.n; i++)
        assert_true(str_eq(rows_get(&r->rows, i, "user")->text, rows_get(&list->rows, i, "user")->text));
    result_free(r);
    query_done(&named);
    buf_done(&condition);
}

static void check_list(struct workspace *w, const struct query *q, const char *who, int64_t users)
{
    struct query list;
    query_copy(&list, q);
    query_set(&list, "users", who);
    struct result *r = ask(w, &list);
    assert_int_equal(r->rows.n, users);
    check_condition(w, q, who, r);
    result_free(r);
    query_done(&list);
}

static void check_days(struct workspace *w, const struct query *q, const struct result *r,
                       const struct period *all, int days)
{
    const struct rows *trend = object_get(&r->more, "trend")->rows;
    assert_int_equal(trend->n, days);
    for (int d = 0; d < days; d++) {
        struct period day = *all;
        day.from = all->from + d * 86400;
        day.to = day.from + 86400;
        struct counted c = count(in_period, &day);
        const struct value *n = rows_get(trend, (size_t)d, "count");
        assert_int_equal(n->i, c.events);
        assert_int_equal(rows_get(trend, (size_t)d, "users")->i, c.users);
        if (d == days / 2)
            check_list(w, q, n->who, c.users);
    }
}

static void check_values(struct workspace *w, const struct query *q, const struct result *r,
                         const struct period *failures, const struct period *attempts)
{
    int64_t all = count(in_period, failures).events, tried = count(in_period, attempts).events, events = 0;
    double lift = INFINITY;
    bool few = false;
    for (size_t i = 0; i < r->rows.n; i++) {
        struct period f = *failures, a = *attempts;
        struct buf value = {0};
        buf_str(&value, rows_get(&r->rows, i, "value")->text);
        f.side = a.side = rows_get(&r->rows, i, "property")->text.p;
        f.value = a.value = value.p;
        struct counted n = count(in_period, &f), of = count(in_period, &a);
        assert_int_equal(rows_get(&r->rows, i, "count")->i, n.events);
        assert_int_equal(rows_get(&r->rows, i, "users")->i, n.users);
        assert_int_equal(rows_get(&r->rows, i, "attempts")->i, of.events);
        double expected = ((double)n.events / (double)all) / ((double)of.events / (double)tried);
        assert_true(fabs(rows_get(&r->rows, i, "lift")->d - expected) <= 0.005001);
        if (n.events < 5 && !few)
            lift = INFINITY;
        few = n.events < 5;
        assert_true(expected <= lift + 1e-9);
        lift = expected;
        if (i % 3 == 0 || strcmp(value.p, "(none)") == 0)
            check_list(w, q, rows_get(&r->rows, i, "count")->who, n.users);
        events += strcmp(f.side, "event") == 0 ? n.events : 0;
        buf_done(&value);
    }
    assert_int_equal(events, all); /* every failure has some event */
}

static void check_failure(struct workspace *w, int code, int days, int channel)
{
    struct period f = {.to = last_midnight() + 86400, .code = code, .channel = channel}, before, a;
    struct query q;
    char number[16], where[32];
    f.from = f.to - days * 86400;
    for (int i = 0; i < EVENTS; i++)
        f.kind[i] = true;
    before = a = f;
    before.to = f.from;
    before.from = f.from - days * 86400;
    a.code = -1;
    for (int i = 0; i < EVENTS; i++) {
        struct period one = f;
        one.side = "event";
        one.value = event_name[i];
        a.kind[i] = count(in_period, &one).events > 0;
    }
    query_init(&q, "failure");
    query_add(&q, "reason", code_name[code]);
    snprintf(number, sizeof number, "%d", days);
    query_add(&q, "days", number);
    query_add(&q, "tz", "UTC");
    if (channel >= 0) {
        snprintf(where, sizeof where, "channel = \"%s\"", channel_name[channel]);
        query_add(&q, "where", where);
    }
    struct result *r = ask(w, &q);
    struct counted n = count(in_period, &f), tried = count(in_period, &a), b = count(in_period, &before);
    assert_int_equal(said(r, "failures"), n.events);
    assert_int_equal(said(r, "users"), n.users);
    assert_int_equal(said(r, "failures_before"), b.events);
    assert_int_equal(said(r, "users_before"), b.users);
    assert_int_equal(said(r, "attempts"), tried.events);
    assert_int_equal(said(r, "users_attempting"), tried.users);
    check_days(w, &q, r, &f, days);
    check_values(w, &q, r, &f, &a);
    check_list(w, &q, "all", n.users);
    result_free(r);
    query_done(&q);
}

static void test_failure(void **state)
{
    (void)state;
    for (uint64_t s = 1; s <= 3; s++) {
        struct workspace *w = open_world(s);
        check_failure(w, 1, 7, -1);
        check_failure(w, 2, 1, -1);
        check_failure(w, 1, 12, 1);
        check_failure(w, 2, 19, 3);
        close_world(w);
    }
}

/* ---- finding */

struct hunt {
    char part[16];    /* "": not asked */
    int code, event;  /* -1: not asked */
    int64_t from, to; /* to 0: not asked */
    int older;        /* -1: not asked */
};

static bool contains(const char *id, const char *part)
{
    size_t n = strlen(part);
    for (const char *p = id; strlen(p) >= n; p++)
        if (str_ieq((struct str){p, n}, str_of(part)))
            return true;
    return false;
}

static bool matches_event(const struct hunt *h, const struct row *e)
{
    return (h->code < 0 || e->code == h->code) && (h->event < 0 || e->event == h->event) &&
           (!h->to || (e->time >= h->from && e->time <= h->to));
}

/* Whether the customer is one of those looked for; *at: the last event that matched, *last: the last at all.
 */
static bool wanted(const struct hunt *h, int customer, int64_t *at, int64_t *last)
{
    bool id = !*h->part, event = h->code < 0 && h->event < 0 && !h->to, known = false;
    *at = *last = -1;
    for (int i = 0; i < IDS; i++)
        if (owner[i] == customer) {
            id |= *h->part && contains(id_name[i], h->part);
            known = true;
        }
    for (int i = 0; i < ROWS; i++) {
        if (owner[row[i].id] != customer)
            continue;
        *last = row[i].time > *last ? row[i].time : *last;
        if (matches_event(h, &row[i])) {
            event = true;
            *at = row[i].time > *at ? row[i].time : *at;
        }
    }
    return known && id && event && (h->older < 0 || age[customer] > h->older);
}

static int customer_named(struct str id)
{
    for (int i = 0; i < IDS; i++)
        if (str_eq(str_of(id_name[i]), id))
            return i;
    return -1;
}

static void check_match(const struct hunt *h, const struct result *r, size_t i)
{
    int c = customer_named(rows_get(&r->rows, i, "user")->text);
    int64_t at, last, events = 0, failures = 0;
    assert_true(c >= 0 && owner[c] == c);
    assert_true(wanted(h, c, &at, &last));
    for (int k = 0; k < ROWS; k++) {
        events += owner[row[k].id] == c;
        failures += owner[row[k].id] == c && failed(&row[k]);
    }
    assert_int_equal(rows_get(&r->rows, i, "events")->i, events);
    assert_int_equal(rows_get(&r->rows, i, "failures")->i, failures);
    if (events)
        assert_int_equal(rows_get(&r->rows, i, "last")->i, last * 1000000);
    if (h->code >= 0 || h->event >= 0 || h->to)
        assert_int_equal(rows_get(&r->rows, i, "at")->i, at * 1000000);
}

static void check_order(const struct hunt *h, const struct result *r)
{
    const char *column = h->code >= 0 || h->event >= 0 || h->to ? "at" : "last";
    if (*h->part)
        return; /* then by how well the id matches first */
    for (size_t i = 1; i < r->rows.n; i++) {
        const struct value *a = rows_get(&r->rows, i - 1, column), *b = rows_get(&r->rows, i, column);
        assert_true(b->type == VALUE_NONE || (a->type == VALUE_TIME && a->i >= b->i));
    }
}

static void check_find(struct workspace *w, const struct hunt *h)
{
    struct query q;
    char text[64];
    int64_t expected = 0, at, last;
    query_init(&q, "find");
    query_add(&q, "top", "0");
    query_add(&q, "tz", "UTC");
    if (*h->part)
        query_add(&q, "id", h->part);
    if (h->code >= 0)
        query_add(&q, "error", code_name[h->code]);
    if (h->event >= 0)
        query_add(&q, "did", event_name[h->event]);
    if (h->older >= 0) {
        snprintf(text, sizeof text, "age > %d", h->older);
        query_add(&q, "segment", text);
    }
    for (int k = 0; k < 2 && h->to; k++) {
        struct civil t;
        date_civil((k ? h->to : h->from) * 1000000, &t);
        snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d", t.year, t.month, t.day, t.hour, t.minute,
                 t.second);
        query_add(&q, k ? "to" : "from", text);
    }
    struct result *r = ask(w, &q);
    for (int c = 0; c < IDS; c++)
        expected += owner[c] == c && wanted(h, c, &at, &last);
    if (said(r, "users") != expected)
        fail_msg("seed %llu, part '%s' code %d event %d: %lld customers, %lld expected",
                 (unsigned long long)seed, h->part, h->code, h->event, (long long)said(r, "users"),
                 (long long)expected);
    assert_int_equal(r->rows.n, expected);
    for (size_t i = 0; i < r->rows.n; i++)
        check_match(h, r, i);
    check_order(h, r);
    result_free(r);
    query_done(&q);
}

static struct hunt random_hunt(struct rand *r)
{
    struct hunt h = {.code = -1, .event = -1, .older = -1};
    unsigned kinds = 1 + rand_below(r, 15);
    if (kinds & 1) {
        const char *id = id_name[rand_below(r, IDS)];
        size_t n = strlen(id), from = rand_below(r, (uint32_t)n),
               length = 1 + rand_below(r, (uint32_t)(n - from));
        snprintf(h.part, sizeof h.part, "%.*s", (int)length, id + from);
    }
    if (kinds & 2)
        h.code = 1 + (int)rand_below(r, 2);
    if (kinds & 4)
        h.event = (int)rand_below(r, EVENTS);
    if (kinds & 8)
        h.older = (int)rand_below(r, 70);
    if (rand_below(r, 2) && (kinds & 6)) {
        h.from = BEGIN + rand_below(r, DAYS * 86400);
        h.to = h.from + rand_below(r, 5 * 86400);
    }
    return h;
}

static void test_find(void **state)
{
    (void)state;
    struct workspace *w = open_world(11);
    struct rand r;
    rand_seed(&r, 77);
    for (int i = 0; i < 150; i++) {
        struct hunt h = random_hunt(&r);
        check_find(w, &h);
    }
    close_world(w);
}

/* A whole id comes before those it begins, and these before those that hold it inside. */
static void test_best_match_first(void **state)
{
    (void)state;
    struct workspace *w = open_world(12);
    struct query q;
    query_init(&q, "find");
    query_add(&q, "id", id_name[IDS - 1]);
    struct result *r = ask(w, &q);
    assert_true(r->rows.n >= 1);
    assert_true(str_eq(rows_get(&r->rows, 0, "user")->text, str_of(id_name[IDS - 1])));
    result_free(r);
    query_set(&q, "id", id_name[0]); /* another customer's other id leads to him, and says which it was */
    r = ask(w, &q);
    assert_true(str_eq(rows_get(&r->rows, 0, "user")->text, str_of(id_name[owner[0]])));
    assert_true(str_eq(rows_get(&r->rows, 0, "matched")->text, str_of(id_name[0])));
    result_free(r);
    query_done(&q);
    close_world(w);
}

/* ---- which segments one customer is in, found without a look at the others */

static int times(int customer, int event, int channel)
{
    int n = 0;
    for (int i = 0; i < ROWS; i++)
        n += owner[row[i].id] == customer && row[i].event == event &&
             (channel < 0 || row[i].channel == channel);
    return n;
}

static bool twice(int c)
{
    return times(c, 1, -1) >= 2;
}

static bool not_by_app(int c)
{
    return times(c, 0, 1) == 0;
}

static bool old_payer(int c)
{
    return age[c] >= 40 && times(c, 2, -1) > 0;
}

static bool login_then_pay(int c)
{
    for (int i = 0; i < ROWS; i++)
        for (int k = 0; k < ROWS; k++)
            if (owner[row[i].id] == c && owner[row[k].id] == c && row[i].event == 0 && row[k].event == 2 &&
                row[k].time > row[i].time && row[k].time <= row[i].time + 86400)
                return true;
    return false;
}

static bool young_twice(int c)
{
    return age[c] < 40 && twice(c);
}

static bool homes(int c)
{
    return times(c, 3, -1) > 0;
}

static bool homeless(int c)
{
    return !homes(c);
}

/* is: whether a customer is in it; open: whether only a count of all customers could tell. */
static const struct claimed {
    const char *name, *condition;
    bool (*is)(int customer), (*open)(int customer);
} claimed[] = {
    {"twice", "did(transfer) >= 2", twice, NULL},
    {"not by app", "not did(login where channel = \"app\")", not_by_app, NULL},
    {"old payer", "age >= 40 and did(pay)", old_payer, NULL},
    {"login then pay", "sequence(login > pay within 1d)", login_then_pay, NULL},
    {"young", "segment(twice) and age < 40", young_twice, NULL},
    {"asked", "did(home) or who(\"failure E1 --days 30 --users all\")", homes, homeless},
};
enum { CLAIMED = sizeof claimed / sizeof *claimed };

static void save_claimed(struct workspace *w)
{
    struct err err = {0};
    for (size_t i = 0; i < CLAIMED; i++) {
        struct query q;
        query_init(&q, "segment save");
        query_add(&q, "name", claimed[i].name);
        query_add(&q, "condition", claimed[i].condition);
        struct result *r = workspace_keep(workspace_dir(w), &q, NULL, &err);
        if (!r)
            fail_msg("%s: %s", claimed[i].name, err.text);
        result_free(r);
        query_done(&q);
    }
}

static bool is_listed(const struct result *r, const char *list, const char *name)
{
    const struct value *v = object_get(&r->summary, list);
    for (size_t i = 0; v && i < v->list.n; i++)
        if (str_eq(v->list.at[i].text, str_of(name)))
            return true;
    return false;
}

static void test_judged(void **state)
{
    (void)state;
    struct workspace *w = open_world(13);
    size_t in = 0, open = 0;
    save_claimed(w);
    for (int i = 0; i < IDS; i++) {
        struct query q;
        query_init(&q, "user");
        query_add(&q, "id", id_name[i]);
        struct result *r = ask(w, &q);
        for (size_t k = 0; k < CLAIMED; k++) {
            bool is = claimed[k].is(owner[i]), asks = claimed[k].open && claimed[k].open(owner[i]);
            if (is_listed(r, "segments", claimed[k].name) != is ||
                is_listed(r, "not_judged", claimed[k].name) != asks || is_listed(r, "tags", claimed[k].name))
                fail_msg("seed %llu, %s: %s", (unsigned long long)seed, id_name[i], claimed[k].name);
            in += is;
            open += asks;
        }
        result_free(r);
        query_done(&q);
    }
    assert_true(in > IDS && in < 5 * IDS && open > 0);
    close_world(w);
}

/* ---- a long life */

enum { LIFE = 100000, BEATS = 90000 };

static struct workspace *open_life(void)
{
    char path[128], store[96];
    struct buf text = {0};
    struct err err = {0};
    snprintf(folder, sizeof folder, "%s/waymark-life-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(folder));
    buf_puts(&text, "user,time,event,channel,error_code,amount\n");
    for (int i = 0; i < LIFE; i++) { /* nine beats 30 s apart, then something the customer did */
        bool beat = i % 10 != 9;
        buf_printf(&text, "LONG,%lld,%s,%s,%s,%d\n", BEGIN + (long long)i * 30,
                   beat ? "ping" : event_name[i / 10 % EVENTS], i % 2 ? "app" : "web",
                   !beat && i % 500 == 9 ? "E1" : "", i % 97);
    }
    write_file("life.csv", &text, path, sizeof path);
    import("import events", path, "tz", "UTC");
    snprintf(store, sizeof store, "%s/store", folder);
    struct workspace *w = workspace_open(store, false, &err);
    assert_non_null(w);
    return w;
}

/* Milliseconds for a picture with the middle of the life on it. */
static double draw_ms(const struct result *r, struct buf *picture)
{
    struct chart_view view = {.selected = 3, .scroll = LIFE / 2};
    struct canvas c;
    struct arena a = {0};
    struct spots spots = {0};
    canvas_init(&c, 120, 40, TIER_UTF8);
    clock_t began = clock();
    enum { FRAMES = 20 };
    for (int i = 0; i < FRAMES; i++) {
        struct buf note = {0};
        spots.list.n = 0;
        view.scroll++;
        (void)chart_of(r, &view)->height(r, &view, 120);
        chart_of(r, &view)->draw(r, &view, &c, (struct rect){0, 0, 39, 120}, &a, &spots);
        chart_of(r, &view)->note(r, &view, 120, 39, &note);
        buf_done(&note);
    }
    double ms = (double)(clock() - began) * 1000 / CLOCKS_PER_SEC / FRAMES;
    canvas_dump(&c, picture);
    vec_done(&spots.list);
    arena_done(&a);
    canvas_done(&c);
    return ms;
}

static void test_long_life(void **state)
{
    (void)state;
    struct workspace *w = open_life();
    struct query q;
    struct buf picture = {0};
    query_init(&q, "user");
    query_add(&q, "id", "LONG");
    query_add(&q, "gap", "none");
    result_free(ask(w, &q)); /* checksums are checked on the first touch */
    clock_t began = clock(); /* of the processor: other programs may be running */
    struct result *r = ask(w, &q);
    double opened = (double)(clock() - began) * 1000 / CLOCKS_PER_SEC, ms = draw_ms(r, &picture);
    print_message("100,000 events: opened in %.1f ms, a frame in %.3f ms\n", opened, ms);
    assert_int_equal(r->rows.n, LIFE);
    assert_int_equal(said(r, "failures"), LIFE / 500);
    assert_true(str_eq(object_get(&r->summary, "heartbeat")->text, STR("ping")));
    assert_true(opened < 1000 &&
                ms < 20); /* an order of magnitude more than it takes: it may not walk over all rows */
    assert_non_null(strstr(picture.p, "density"));
    result_free(r);
    query_add(&q, "beats", "hide");
    r = ask(w, &q);
    assert_int_equal(r->rows.n, LIFE - BEATS);
    assert_int_equal(said(r, "hidden"), BEATS);
    assert_true(rows_get(&r->rows, 1, "gap_s")->d ==
                300); /* from what the customer did before, not from a beat */
    result_free(r);
    query_add(&q, "errors", "");
    r = ask(w, &q);
    assert_int_equal(r->rows.n, LIFE / 500);
    result_free(r);
    query_done(&q);
    buf_done(&picture);
    close_world(w);
}

int main(void)
{
    nls_init("en");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failure),          cmocka_unit_test(test_find),
        cmocka_unit_test(test_best_match_first), cmocka_unit_test(test_judged),
        cmocka_unit_test(test_long_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
