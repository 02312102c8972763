/* generate.c - `generate`: a sample bank with known answers, as files to import. */
#include "config.h"

#include "app/command.h"
#include "app/generate.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "sample/bank.h"

static const struct column_info columns[] = {
    {"step", N_("Step"), VALUE_INT},
    {"name", N_("Event"), VALUE_TEXT},
    {"users", N_("Customers"), VALUE_INT},
};

/* A number parameter; `out` keeps its value when it was not given. */
static bool number(const struct query *q, const char *name, uint64_t most, uint64_t *out, struct err *err)
{
    const char *text = query_get(q, name);
    uint64_t v = 0;
    if (!text)
        return true;
    if (!num_u64(str_of(text), &v) || v > most)
        return err_set(err, ERR_USAGE, _("--%s %s: not a whole number from 0 to %llu"), name, text,
                       (unsigned long long)most);
    *out = v;
    return true;
}

static bool fill(struct bank_options *o, const struct query *q, struct err *err)
{
    uint64_t users = 0, days = 0;
    *o = (struct bank_options){0};
    bool ok =
        number(q, "users", BANK_USERS_MAX, &users, err) && number(q, "days", BANK_DAYS_MAX, &days, err) &&
        number(q, "events", BANK_EVENTS_MAX, &o->events, err) && number(q, "seed", UINT64_MAX, &o->seed, err);
    o->users = (uint32_t)users;
    o->days = (int)days;
    return ok;
}

static struct value day(struct result *r, int64_t days)
{
    struct civil c;
    date_civil(days * US_PER_DAY, &c);
    return value_static(arena_printf(&r->arena, "%04d-%02d-%02d", c.year, c.month, c.day));
}

static void put_report(struct result *r, const struct bank_report *report)
{
    object_add(&r->arena, &r->summary, "events", value_int((int64_t)report->rows));
    object_add(&r->arena, &r->summary, "users", value_int(report->users));
    object_add(&r->arena, &r->summary, "bytes", value_int((int64_t)report->bytes));
    object_add(&r->arena, &r->summary, "first_day", day(r, report->first));
    object_add(&r->arena, &r->summary, "last_day", day(r, report->last));
    object_add(&r->arena, &r->summary, "credit_not_invested", value_int(report->credit_not_invested));
    result_columns(r, columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < BANK_FUNNEL_STEPS; i++) {
        struct value *cell = result_row(r);
        cell[0] = value_int(i + 1);
        cell[1] = value_static(bank_funnel[i]);
        cell[2] = value_int(report->funnel[i]);
    }
}

struct result *generate_run(const struct query *q, struct progress *p, struct err *err)
{
    struct bank_options o;
    struct bank_report report;
    int64_t begun = os_monotonic_us();
    if (!fill(&o, q, err) || !bank_write(&o, query_get(q, "dir"), p, &report, err))
        return NULL;
    struct result *r = result_new("generate", PICTURE_TABLE);
    put_report(r, &report);
    r->rule = _("The instalment funnel of this bank, customers in order at each step, is exactly as listed.");
    r->command = command_line(command_find("generate"), q, NULL, &r->arena);
    r->elapsed_s = (double)(os_monotonic_us() - begun) / US_PER_S;
    object_add(&r->arena, &r->summary, "seconds", value_seconds(r->elapsed_s));
    return r;
}
