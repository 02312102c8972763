/* bank.c - puts the bank together: plan, days of events, customers, names; see bank.h. */
#include "config.h"

#include "base/date.h"
#include "base/nls.h"
#include "base/os.h"
#include "sample/bank.h"
#include "sample/bank_rows.h"

enum { EVENTS, USERS, NAMES, FILES, CANCEL_EVERY = 4096 };

static const char *const file_names[FILES] = {"events.csv", "users.csv", "names.csv"};

struct work {
    struct bank_plan plan;
    struct bank_day day;
    struct bank_rows rows;
    struct bank_file files[FILES];
    uint32_t credit_not_invested;
};

static bool write_events(struct work *w, struct progress *progress, struct err *err)
{
    struct bank_file *file = &w->files[EVENTS];
    bank_rows_init(&w->rows);
    bank_day_init(&w->day, &w->plan);
    if (!bank_day_set_rates(&w->day, &w->plan, err) || !bank_file_put(file, STR(BANK_ROWS_HEADER), err))
        return false;
    if (progress)
        atomic_store(&progress->total, w->plan.events);
    for (uint32_t d = 0; d < w->plan.days; d++) {
        if (!bank_day_make(&w->day, &w->plan, d, progress, err) ||
            !bank_rows_write(&w->rows, &w->day, &w->plan, d, file, progress, err))
            return false;
        bank_day_next(&w->day);
    }
    return true;
}

/* The second known answer, by what the rows written show. */
static bool credit_not_invested(const struct bank_customer *c, const struct bank_profile *who)
{
    return c->registered >= date_days(2017, 1, 1) && c->registered < date_days(2017, 2, 1) &&
           (who->seen & (SEEN_CREDIT | SEEN_INVESTMENT)) == SEEN_CREDIT;
}

static bool write_users(struct work *w, struct progress *progress, struct err *err)
{
    struct buf row = {0};
    bool ok = bank_file_put(&w->files[USERS], STR(BANK_CUSTOMER_HEADER), err);
    for (uint32_t i = 0; ok && i < w->plan.users; i++) {
        struct bank_customer c;
        bank_plan_customer(&w->plan, i, &c);
        w->credit_not_invested += credit_not_invested(&c, &w->plan.profiles[i]);
        buf_clear(&row);
        bank_customer_put_row(&c, &w->plan.ids, &row);
        ok = bank_file_put(&w->files[USERS], buf_view(&row), err);
        if (ok && i % CANCEL_EVERY == 0 && progress_cancelled(progress))
            ok = err_set(err, ERR_CANCELLED, _("generate: stopped; nothing was written"));
    }
    buf_done(&row);
    return ok;
}

static bool write_names(struct work *w, struct err *err)
{
    struct buf text = {0};
    bank_event_put_names(&text);
    bool ok = bank_file_put(&w->files[NAMES], buf_view(&text), err);
    buf_done(&text);
    return ok;
}

static bool open_files(struct work *w, const char *dir, struct err *err)
{
    if (!os_make_dirs(dir, err))
        return false;
    for (int i = 0; i < FILES; i++)
        if (!bank_file_open(&w->files[i], dir, file_names[i], err))
            return false;
    return true;
}

static bool publish_files(struct work *w, struct err *err)
{
    for (int i = 0; i < FILES; i++)
        if (!bank_file_close(&w->files[i], err))
            return false;
    for (int i = FILES; i-- > 0;) /* events last: who sees them finds the rest */
        if (!bank_file_publish(&w->files[i], err))
            return false;
    return true;
}

static void fill_report(const struct work *w, struct bank_report *report)
{
    *report = (struct bank_report){
        .rows = w->rows.rows,
        .users = w->plan.users,
        .first = w->plan.first,
        .last = w->plan.first + w->plan.days - 1,
        .credit_not_invested = w->credit_not_invested,
    };
    memcpy(report->funnel, w->plan.counts, sizeof report->funnel);
    for (int i = 0; i < FILES; i++)
        report->bytes += w->files[i].bytes;
}

bool bank_write(const struct bank_options *options, const char *dir, struct progress *progress,
                struct bank_report *report, struct err *err)
{
    if (!bank_file_folder(dir, file_names, FILES, err))
        return false;
    struct work *w = mem_zalloc(sizeof *w);
    for (int i = 0; i < FILES; i++)
        w->files[i].fd = -1;
    bool ok = bank_plan_init(&w->plan, options, progress, err) && open_files(w, dir, err) &&
              write_events(w, progress, err) && write_users(w, progress, err) && write_names(w, err) &&
              publish_files(w, err);
    if (ok && report)
        fill_report(w, report);
    for (int i = 0; i < FILES; i++)
        bank_file_done(&w->files[i]);
    bank_day_done(&w->day);
    bank_plan_done(&w->plan);
    free(w);
    return ok;
}
