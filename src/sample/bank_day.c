/* bank_day.c - see bank_day.h.
 *
 * How many sessions a customer has on a day is geometric: many days without, now and then several. Sessions
 * of one customer never overlap. A session may cross midnight, but not the end of the last day. */
#include "config.h"

#include "base/nls.h"
#include "sample/bank_day.h"

enum {
    SESSIONS_MOST = 12, /* of a customer and day, besides those that must be */
    PAUSE = 45,         /* least seconds between two sessions */
    TRIALS = 20000,
    CANCEL_EVERY = 4096,
    RATE_MOST = 100 * 65536,
};

/* On the last day a session begun the day before and one that must be both find room; busy is 16 bits wide.
 */
_Static_assert(2 * BANK_WALK_LONGEST + PAUSE < BANK_DAY_SECONDS, "sessions are too long");

/* Sessions by hour: commuting, lunch break, evening; later and flatter at the weekend. */
static const uint8_t hour_weights[2][24] = {
    {6, 3, 2, 1, 1, 3, 10, 26, 48, 66, 70, 58, 62, 56, 52, 54, 52, 50, 46, 52, 62, 60, 40, 18},
    {9, 5, 3, 2, 1, 2, 6, 16, 32, 48, 58, 56, 52, 50, 50, 50, 48, 46, 46, 54, 62, 60, 44, 22},
};

static int32_t draw_start(const struct bank_date *date, uint64_t bits)
{
    size_t hour = bank_draw_weighted(bits, hour_weights[date->weekday >= 5], 24);
    return (int32_t)(hour * 3600 + bank_draw_below16(bits >> 16, 3600));
}

static uint32_t draw_sessions(const struct bank_profile *who, const struct bank_date *date, struct rand *r)
{
    uint64_t mean = (uint64_t)who->rate * date->load / 16;
    uint32_t again = (uint32_t)((mean << 32) / (mean + 65536)); /* geometric of that mean */
    uint32_t n = 0;
    while (n < SESSIONS_MOST && (uint32_t)(rand_u64(r) >> 32) < again)
        n++;
    return n;
}

static void sort_starts(int32_t *starts, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        int32_t start = starts[i];
        uint32_t k = i;
        for (; k > 0 && starts[k - 1] > start; k--)
            starts[k] = starts[k - 1];
        starts[k] = start;
    }
}

/* The n-th session of a customer's day: first the one that must be, then the salary transfer, then any other.
 */
static struct bank_visit plan_visit(const struct bank_plan *plan, uint32_t user, uint32_t n, bool anchor,
                                    bool salary, struct rand *r)
{
    const struct bank_profile *who = &plan->profiles[user];
    struct bank_visit v = {.user = user};
    if (anchor && n == 0) {
        v.must = (uint8_t)(who->level + 1);
        v.intent =
            who->level ? (uint8_t)(INTENT_CARD_1 + who->level - 1) : (uint8_t)bank_walk_intent(plan, who, r);
    } else if (salary && n == (anchor ? 1u : 0u)) {
        v.intent = INTENT_SALARY;
        v.amount = (5 + bank_draw_below16(bank_draw_mix(plan->seed, user), 20u + 10u * who->wealth)) * 10000;
    } else {
        v.intent = (uint8_t)bank_walk_intent(plan, who, r);
    }
    return v;
}

/* On the last day a session that would not end in time starts earlier, or not at all when there is no room.
 */
static bool fit_last_day(struct bank_events *events, size_t begin, int32_t earliest, int32_t *end)
{
    int32_t late = *end - (BANK_DAY_SECONDS - 1);
    if (late <= 0)
        return true;
    if (events->at[begin].second - late < earliest) {
        events->n = begin;
        return false;
    }
    for (size_t i = begin; i < events->n; i++)
        events->at[i].second -= late;
    *end -= late;
    return true;
}

static void make_visits(struct bank_day *day, struct bank_plan *plan, uint32_t user, uint32_t d, uint32_t n,
                        bool anchor, bool salary)
{
    int32_t starts[SESSIONS_MOST + 2];
    struct bank_profile *who = &plan->profiles[user];
    int32_t earliest = who->busy;
    bool last = d + 1 == plan->days;
    for (uint32_t i = 0; i < n; i++)
        starts[i] = draw_start(&plan->dates[d], rand_u64(&day->rand));
    sort_starts(starts, n);
    for (uint32_t i = 0; i < n; i++) {
        struct bank_visit v = plan_visit(plan, user, i, anchor, salary, &day->rand);
        v.start = starts[i] > earliest ? starts[i] : earliest;
        v.incident = plan->dates[d].incident;
        if (v.start >= BANK_DAY_SECONDS)
            break; /* never the first: busy is less than a day */
        size_t begin = day->events.n;
        int32_t end = bank_walk(plan, &v, &day->rand, &day->events);
        if (last && !fit_last_day(&day->events, begin, earliest, &end))
            break; /* never the first: busy and the longest session fit in a day */
        earliest = end + PAUSE;
    }
    who->busy = (uint16_t)(earliest > BANK_DAY_SECONDS ? earliest - BANK_DAY_SECONDS : 0);
}

static void make_customer(struct bank_day *day, struct bank_plan *plan, uint32_t user, uint32_t d)
{
    struct bank_profile *who = &plan->profiles[user];
    const struct bank_date *date = &plan->dates[d];
    bool anchor = who->anchor == d;
    bool salary = who->salary_day == date->of_month && rand_below(&day->rand, 100) < 92;
    uint32_t n = draw_sessions(who, date, &day->rand) + anchor + salary;
    if (n > 0)
        make_visits(day, plan, user, d, n, anchor, salary);
    else
        who->busy = 0;
}

/* Counting sort by second keeps the order of ties, and so the order within each session. */
static void order_events(struct bank_day *day)
{
    uint32_t *starts = day->starts;
    uint32_t n = (uint32_t)day->events.n;
    memset(starts, 0, sizeof day->starts);
    for (uint32_t i = 0; i < n; i++)
        if (day->events.at[i].second < BANK_DAY_SECONDS)
            starts[day->events.at[i].second + 1]++;
    for (size_t s = 0; s < BANK_DAY_SECONDS; s++)
        starts[s + 1] += starts[s];
    day->ordered = starts[BANK_DAY_SECONDS];
    if (day->ordered > day->order_cap) {
        day->order_cap = day->ordered + day->ordered / 8;
        day->order = mem_realloc(day->order, day->order_cap * sizeof *day->order);
    }
    for (uint32_t i = 0; i < n; i++)
        if (day->events.at[i].second < BANK_DAY_SECONDS)
            day->order[starts[day->events.at[i].second]++] = i;
}

void bank_day_init(struct bank_day *day, const struct bank_plan *plan)
{
    memset(day, 0, sizeof *day);
    rand_seed(&day->rand, bank_draw_mix(plan->seed, 0xda7));
    /* a busy day, so that doubling never makes it twice as large */
    vec_reserve(&day->events, (size_t)(plan->events / plan->days) * 5 / 4 + 65536);
}

void bank_day_done(struct bank_day *day)
{
    vec_done(&day->events);
    free(day->order);
    day->order = NULL;
}

struct lengths {
    uint64_t sure, salary;          /* events of such sessions in all trials */
    uint64_t other, weight, trials; /* the others' weighted by how often each customer comes */
};

static size_t trial(struct bank_day *day, const struct bank_plan *plan, uint32_t user, bool anchor,
                    bool salary)
{
    struct bank_visit v = plan_visit(plan, user, 0, anchor, salary, &day->rand);
    day->events.n = 0;
    bank_walk(plan, &v, &day->rand, &day->events);
    size_t n = day->events.n;
    day->events.n = 0;
    return n;
}

static struct lengths measure_sessions(struct bank_day *day, const struct bank_plan *plan)
{
    struct lengths l = {0};
    uint32_t step = plan->users / TRIALS + 1;
    for (uint32_t user = 0; user < plan->users; user += step) {
        uint32_t weight = plan->profiles[user].rate;
        l.sure += trial(day, plan, user, true, false);
        l.salary += trial(day, plan, user, false, true);
        l.other += (uint64_t)weight * trial(day, plan, user, false, false);
        l.weight += weight;
        l.trials++;
    }
    return l;
}

static uint64_t count_salaries(const struct bank_plan *plan)
{
    uint64_t customers[32] = {0}, n = 0;
    for (uint32_t i = 0; i < plan->users; i++)
        customers[plan->profiles[i].salary_day]++;
    for (uint32_t d = 0; d < plan->days; d++)
        n += customers[plan->dates[d].of_month];
    return n * 92 / 100;
}

bool bank_day_set_rates(struct bank_day *day, struct bank_plan *plan, struct err *err)
{
    struct lengths l = measure_sessions(day, plan);
    uint64_t sure = l.sure * plan->users / l.trials + l.salary * count_salaries(plan) / l.trials;
    if (plan->events < sure)
        return err_set(
            err, ERR_USAGE,
            _("generate: %u customers take at least %llu events; ask for more events or fewer customers"),
            plan->users, (unsigned long long)(sure + sure / 20));
    uint64_t sessions = (uint64_t)((plan->events - sure) * 64 / (l.other * 64 / l.weight));
    uint64_t weight = 0, load = 0;
    for (uint32_t i = 0; i < plan->users; i++)
        weight += plan->profiles[i].rate;
    for (uint32_t d = 0; d < plan->days; d++)
        load += plan->dates[d].load;
    /* sessions = sum of rate / 65536 * load / 16: the rate per unit of weight, times 65536 */
    uint64_t unit = (sessions << 32) / weight * 16 / load;
    for (uint32_t i = 0; i < plan->users; i++) {
        uint64_t rate = plan->profiles[i].rate * unit >> 16;
        plan->profiles[i].rate = (uint32_t)(rate < RATE_MOST ? rate : RATE_MOST);
    }
    return true;
}

bool bank_day_make(struct bank_day *day, struct bank_plan *plan, uint32_t d, const struct progress *progress,
                   struct err *err)
{
    for (uint32_t user = 0; user < plan->users; user++) {
        if (user % CANCEL_EVERY == 0 && progress_cancelled(progress))
            return err_set(err, ERR_CANCELLED, _("generate: stopped; nothing was written"));
        make_customer(day, plan, user, d);
    }
    order_events(day);
    return true;
}

void bank_day_next(struct bank_day *day)
{
    size_t kept = 0;
    for (size_t i = 0; i < day->events.n; i++) {
        if (day->events.at[i].second < BANK_DAY_SECONDS)
            continue;
        day->events.at[kept] = day->events.at[i];
        day->events.at[kept++].second -= BANK_DAY_SECONDS;
    }
    day->events.n = kept;
}
