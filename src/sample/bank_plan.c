/* bank_plan.c - see bank_plan.h.
 *
 * Who stops where is drawn without replacement, so that the funnel's counts come out exactly: first how many
 * of each stratum visit the card pages (three quarters from those likely to), then one pass over the
 * customers decides each with probability (places left / customers left of the stratum). */
#include "config.h"

#include "base/date.h"
#include "base/nls.h"
#include "base/rand.h"
#include "base/vec.h"
#include "sample/bank_plan.h"

enum {
    DEFAULT_USERS = 241770,
    DEFAULT_DAYS = 30,
    CANCEL_EVERY = 4096,
    REPAYMENT_TRIES = 8,
    EVENTS_PER_DAY = 20
};

const char *const bank_funnel[BANK_FUNNEL_STEPS] = {"home", "card_tab", "bill_detail", "instal_confirm",
                                                    "instal_success"};

/* The published case: customers at each step, of DEFAULT_USERS. */
static const uint32_t published_counts[BANK_FUNNEL_STEPS] = {DEFAULT_USERS, 32240, 1591, 591, 530};

void bank_funnel_counts(uint32_t users, uint32_t counts[BANK_FUNNEL_STEPS])
{
    for (size_t i = 0; i < BANK_FUNNEL_STEPS; i++)
        counts[i] = (uint32_t)(((uint64_t)users * published_counts[i] * 2 + DEFAULT_USERS) /
                               (2 * (uint64_t)DEFAULT_USERS));
}

struct places {
    uint32_t customers[STRATUM_COUNT]; /* not yet decided */
    uint32_t visitors[STRATUM_COUNT];  /* still to be chosen among them */
    uint32_t at_level[BANK_FUNNEL_STEPS];
    uint32_t left; /* of at_level[1..] */
};

static uint32_t take(uint32_t *left, uint32_t most)
{
    uint32_t n = *left < most ? *left : most;
    *left -= n;
    return n;
}

static void share_places(struct places *p, const uint32_t counts[BANK_FUNNEL_STEPS])
{
    uint32_t left = counts[1], quarter = counts[1] / 4;
    for (size_t i = 1; i < BANK_FUNNEL_STEPS; i++)
        p->at_level[i] = counts[i] - (i + 1 < BANK_FUNNEL_STEPS ? counts[i + 1] : 0);
    p->left = left;
    uint32_t likely = take(&left, p->customers[STRATUM_LIKELY] < left - quarter ? p->customers[STRATUM_LIKELY]
                                                                                : left - quarter);
    p->visitors[STRATUM_OTHER] = take(&left, p->customers[STRATUM_OTHER]);
    p->visitors[STRATUM_LIKELY] = likely + take(&left, p->customers[STRATUM_LIKELY] - likely);
    p->visitors[STRATUM_MINOR] = left;
}

static uint8_t draw_level(struct places *p, enum bank_stratum stratum, struct rand *r)
{
    uint32_t at = rand_below(r, p->customers[stratum]--);
    if (at >= p->visitors[stratum])
        return 0;
    p->visitors[stratum]--;
    uint32_t place = rand_below(r, p->left--);
    uint8_t level = 1;
    while (place >= p->at_level[level])
        place -= p->at_level[level++];
    p->at_level[level]--;
    return level;
}

/* Instalments follow the bill: two in three come in the ten days up to the repayment day. */
static uint16_t draw_anchor(const struct bank_plan *plan, const struct bank_customer *c, unsigned level,
                            struct rand *r)
{
    uint32_t day = rand_below(r, plan->days);
    if (level == 0 || rand_below(r, 100) >= 50)
        return (uint16_t)day;
    for (int i = 0; i < REPAYMENT_TRIES; i++) {
        unsigned ahead = (c->repayment_day + 30u - plan->dates[day].of_month) % 30;
        if (ahead < 10)
            break;
        day = rand_below(r, plan->days);
    }
    return (uint16_t)day;
}

static bool cancelled(const struct progress *progress, uint32_t at, struct err *err)
{
    if (at % CANCEL_EVERY || !progress_cancelled(progress))
        return false;
    return !err_set(err, ERR_CANCELLED, _("generate: stopped; nothing was written"));
}

static bool count_strata(struct bank_plan *plan, struct places *p, const struct progress *progress,
                         struct err *err)
{
    for (uint32_t i = 0; i < plan->users; i++) {
        struct bank_customer c;
        if (cancelled(progress, i, err))
            return false;
        bank_customer_make(&c, plan->seed, i, plan->first);
        p->customers[bank_customer_stratum(&c)]++;
    }
    return true;
}

static bool make_profiles(struct bank_plan *plan, struct places *p, const struct progress *progress,
                          struct err *err)
{
    struct rand r;
    rand_seed(&r, bank_draw_mix(plan->seed, 0x9a7));
    for (uint32_t i = 0; i < plan->users; i++) {
        struct bank_customer c;
        if (cancelled(progress, i, err))
            return false;
        bank_customer_make(&c, plan->seed, i, plan->first);
        uint8_t level = draw_level(p, bank_customer_stratum(&c), &r);
        plan->profiles[i] = (struct bank_profile){
            .rate = c.activity,
            .anchor = draw_anchor(plan, &c, level, &r),
            .level = level,
            .persona = c.persona,
            .channel = c.channel,
            .wealth = c.wealth,
            .salary_day = c.salary_day,
        };
    }
    return true;
}

/* The incident: two days in a row, ten days before the end. */
static void make_dates(struct bank_plan *plan)
{
    static const uint8_t loads[7] = {18, 17, 16, 17, 18, 14, 12};
    for (uint32_t i = 0; i < plan->days; i++) {
        struct civil c;
        date_civil((plan->first + i) * US_PER_DAY, &c);
        int weekday = date_weekday(plan->first + i);
        plan->dates[i] = (struct bank_date){
            .of_month = (uint8_t)c.day,
            .weekday = (uint8_t)weekday,
            .load = loads[weekday],
            .incident = i + 11 == plan->days || i + 10 == plan->days,
        };
    }
}

static bool take_options(struct bank_plan *plan, const struct bank_options *o, struct err *err)
{
    int64_t last = o->last ? o->last : date_days(2026, 10, 31);
    if (o->users > BANK_USERS_MAX)
        return err_set(err, ERR_USAGE, _("generate: %u customers are too many; ask for at most %u"), o->users,
                       BANK_USERS_MAX);
    if (o->events > BANK_EVENTS_MAX)
        return err_set(err, ERR_USAGE, _("generate: %llu events are too many; ask for at most %llu"),
                       (unsigned long long)o->events, (unsigned long long)BANK_EVENTS_MAX);
    if (o->days < 0 || o->days > BANK_DAYS_MAX)
        return err_set(err, ERR_USAGE, _("generate: %d days make no period; ask for 1 to %d"), o->days,
                       BANK_DAYS_MAX);
    if (last < date_days(1980, 1, 1) || last > date_days(9999, 12, 31))
        return err_set(err, ERR_USAGE, _("generate: the last day is out of range; choose one from 1980 on"));
    plan->seed = o->seed;
    plan->users = o->users ? o->users : DEFAULT_USERS;
    plan->days = o->days ? (uint32_t)o->days : DEFAULT_DAYS;
    plan->events = o->events ? o->events : (uint64_t)plan->users * 124 / 10;
    plan->first = last - (int64_t)plan->days + 1;
    uint64_t most = (uint64_t)plan->users * plan->days * EVENTS_PER_DAY;
    if (plan->events > most)
        return err_set(
            err, ERR_USAGE,
            _("generate: %u customers make at most %llu events in %u days; ask for more customers or days"),
            plan->users, (unsigned long long)most, plan->days);
    return true;
}

bool bank_plan_init(struct bank_plan *plan, const struct bank_options *options,
                    const struct progress *progress, struct err *err)
{
    struct places places = {0};
    memset(plan, 0, sizeof *plan);
    if (!take_options(plan, options, err))
        return false;
    bank_flow_init(&plan->flow);
    bank_funnel_counts(plan->users, plan->counts);
    plan->ids = bank_customer_ids(plan->seed);
    plan->dates = mem_zalloc(plan->days * sizeof *plan->dates);
    plan->profiles = mem_alloc(plan->users * sizeof *plan->profiles);
    make_dates(plan);
    if (!count_strata(plan, &places, progress, err))
        return false;
    share_places(&places, plan->counts);
    return make_profiles(plan, &places, progress, err);
}

void bank_plan_done(struct bank_plan *plan)
{
    free(plan->dates);
    free(plan->profiles);
    plan->dates = NULL;
    plan->profiles = NULL;
}

void bank_plan_customer(const struct bank_plan *plan, uint32_t number, struct bank_customer *c)
{
    bank_customer_make(c, plan->seed, number, plan->first);
    bank_customer_set_level(c, plan->profiles[number].level);
}
