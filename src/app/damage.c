/* damage.c - `check`: every byte of a store is read, each finding is a row. */
#include "config.h"

#include "app/command.h"
#include "app/damage.h"
#include "base/nls.h"
#include "base/date.h"
#include "base/os.h"
#include "store/verify.h"

static const struct column_info columns[] = {
    {"where", N_("Where"), VALUE_TEXT},
    {"what", N_("What is wrong"), VALUE_TEXT},
};

static void add_finding(void *arg, const struct verify_finding *f)
{
    struct result *r = arg;
    struct value *cell = result_row(r);
    cell[0] = value_text(&r->arena, str_of(f->where));
    cell[1] = value_text(&r->arena, str_of(f->what));
}

static void put_summary(struct result *r, const struct verify_report *v)
{
    object_add(&r->arena, &r->summary, "blocks", value_int((int64_t)v->blocks));
    object_add(&r->arena, &r->summary, "damaged", value_int((int64_t)v->damaged));
    object_add(&r->arena, &r->summary, "bytes", value_int((int64_t)v->bytes));
}

struct result *damage_report(const char *dir, struct progress *p, struct err *err)
{
    int64_t begun = os_monotonic_us();
    struct verify_report report = {0};
    struct result *r = result_new("check", PICTURE_TABLE);
    result_columns(r, columns, sizeof columns / sizeof *columns);
    if (!verify_store(dir, p, add_finding, r, &report, err)) {
        result_free(r);
        return NULL;
    }
    put_summary(r, &report);
    struct query q;
    query_init(&q, "check");
    r->command = command_line(command_find("check"), &q, dir, &r->arena);
    query_done(&q);
    r->rule = report.damaged
                  ? _("Parts of the store are damaged; load the original exports into a new store.")
                  : _("Every block is what was written.");
    r->elapsed_s = (double)(os_monotonic_us() - begun) / US_PER_S;
    return r;
}
