/* bank_walk.c - see bank_walk.h.
 *
 * A session is the login, the steps it must take, and then its intent's chain until the logout. What failed
 * is tried again or given up. A session keeps its channel and, once drawn, its amount. */
#include "config.h"

#include "sample/bank_walk.h"

enum {
    EVENTS_MOST = 48,    /* then the customer logs out */
    SECONDS_MOST = 9000, /* likewise */
    DWELL_MOST = 900,
    IDLE_LOGOUT = 300, /* the app ends idle sessions after so many seconds */
};

struct session {
    const struct bank_plan *plan;
    const struct bank_visit *visit;
    const struct bank_profile *who;
    struct rand *r;
    struct bank_events *out;
    size_t begin;
    int32_t now;
    uint32_t amount;
    uint8_t state, channel, failed_logins;
    bool failed, given; /* the last event failed; the amount is the visit's */
};

static const uint8_t funnel_events[BANK_FUNNEL_STEPS] = {EVENT_home, EVENT_card_tab, EVENT_bill_detail,
                                                         EVENT_instal_confirm, EVENT_instal_success};

/* People transfer and invest round sums; bills come as they are. */
static uint32_t round_amount(uint8_t event, uint64_t bits, uint32_t cents)
{
    const uint32_t hundred = 10000;
    bool invests = bank_event_table[event].family == ERRORS_INVEST || event == EVENT_order_confirm;
    bool transfers = event == EVENT_transfer_submit && cents >= hundred && bank_draw_permille(bits, 600);
    if (invests || transfers || event == EVENT_loan_apply)
        return cents < hundred ? hundred : (cents + hundred / 2) / hundred * hundred;
    return cents < 100 ? 100 + cents : cents;
}

static void draw_amount(struct session *s, uint8_t event)
{
    uint32_t factor = 2u + (uint32_t)s->who->wealth * s->who->wealth / 4;
    uint64_t median = (uint64_t)bank_event_table[event].median * 100 * factor / 16;
    uint32_t cents = (uint32_t)bank_draw_lognormal(rand_u64(s->r), median, 330);
    s->amount = round_amount(event, rand_u64(s->r), cents);
}

static uint32_t amount_of(struct session *s, uint8_t event)
{
    uint8_t money = bank_event_table[event].money;
    if (money == MONEY_NONE)
        return 0;
    bool again = s->failed && s->amount > 0;
    if (!s->given && !again && (money == MONEY_DRAW || s->amount == 0))
        draw_amount(s, event);
    return s->amount;
}

static uint8_t error_of(const struct session *s, uint8_t event, uint64_t bits)
{
    const struct bank_event_info *info = &bank_event_table[event];
    if (!bank_draw_permille(bits, info->failures))
        return BANK_ERROR_NONE;
    if (event == EVENT_transfer_fail && s->visit->incident && s->channel == CHANNEL_WECHAT)
        return BANK_ERROR_BANK_TIMEOUT;
    return s->plan->flow.error[info->family][bits >> 16 & (BANK_SLOTS - 1)];
}

static void emit(struct session *s, uint8_t event, uint8_t error)
{
    struct bank_event e = {.user = s->visit->user,
                           .second = s->now,
                           .amount = amount_of(s, event),
                           .event = event,
                           .channel = s->channel,
                           .error = error};
    vec_push(s->out, e);
    s->state = event;
    s->failed = error != BANK_ERROR_NONE;
}

/* Pages that follow by themselves may come in the same second; none of them leads back in that second, so
 * that no two rows of an export are the same. */
static bool follows_at_once(uint8_t event)
{
    return event == EVENT_home || event == EVENT_transfer_ok || event == EVENT_transfer_fail ||
           event == EVENT_bought || event == EVENT_instal_success;
}

/* The time spent on the page before this one. A tenth of the sessions are left open until the app ends them.
 */
static void dwell(struct session *s, uint8_t next)
{
    uint64_t seconds =
        bank_draw_lognormal(rand_u64(s->r), bank_event_table[s->state].seconds * 16u, 270) / 16;
    if (seconds == 0 && !follows_at_once(next))
        seconds = 1;
    s->now += (int32_t)(seconds < DWELL_MOST ? seconds : DWELL_MOST);
    if (next == EVENT_logout && bank_draw_permille(rand_u64(s->r), 110))
        s->now += IDLE_LOGOUT;
}

/* The bits' lower half chooses the way here, the upper half the outcome. */
static void take_step(struct session *s, uint8_t event, uint64_t bits)
{
    dwell(s, event);
    emit(s, event, error_of(s, event, bits >> 32));
}

static uint8_t next_login(struct session *s)
{
    return ++s->failed_logins % 3 == 2 ? EVENT_pwd_reset : EVENT_login;
}

static uint8_t next_event(const struct session *s, uint64_t bits)
{
    size_t slot = bits & (BANK_SLOTS - 1);
    if (s->failed && s->state != EVENT_transfer_fail) {
        uint8_t next = s->plan->flow.after_failure[slot];
        return next == EVENT_COUNT ? s->state : next;
    }
    uint8_t next = s->plan->flow.next[s->visit->intent][s->state][slot];
    bool hit = s->visit->incident && s->channel == CHANNEL_WECHAT && bank_draw_permille(bits >> 8, 650);
    return next == EVENT_transfer_ok && hit ? EVENT_transfer_fail : next;
}

static void log_in(struct session *s)
{
    emit(s, EVENT_login, error_of(s, EVENT_login, rand_u64(s->r)));
    while (s->failed || s->state != EVENT_login)
        take_step(s, s->failed ? next_login(s) : (uint8_t)EVENT_login, rand_u64(s->r));
}

/* The steps that must be taken succeed, all but the last; now and then another page lies between. */
static void take_funnel(struct session *s)
{
    for (size_t i = 0; i < s->visit->must; i++) {
        uint64_t bits = rand_u64(s->r);
        if (i > 0 && bank_draw_permille(bits, 150))
            take_step(s, EVENT_message, rand_u64(s->r));
        if (i + 1 == s->visit->must) {
            take_step(s, funnel_events[i], bits);
        } else {
            dwell(s, funnel_events[i]);
            emit(s, funnel_events[i], BANK_ERROR_NONE);
        }
    }
}

static uint8_t channel_of(const struct session *s, uint64_t bits)
{
    return bank_draw_permille(bits, 830) ? s->who->channel
                                         : (uint8_t)bank_draw_below16(bits >> 16, CHANNEL_SMS);
}

int32_t bank_walk(const struct bank_plan *plan, const struct bank_visit *visit, struct rand *r,
                  struct bank_events *out)
{
    struct session s = {
        .plan = plan,
        .visit = visit,
        .who = &plan->profiles[visit->user],
        .r = r,
        .out = out,
        .begin = out->n,
        .now = visit->start,
        .amount = visit->amount,
        .given = visit->amount > 0,
    };
    s.channel = channel_of(&s, rand_u64(r));
    log_in(&s);
    take_funnel(&s);
    while (s.state != EVENT_logout) {
        uint64_t bits = rand_u64(r);
        bool enough = out->n - s.begin >= EVENTS_MOST || s.now - visit->start > SECONDS_MOST;
        take_step(&s, enough ? (uint8_t)EVENT_logout : next_event(&s, bits), bits);
    }
    return s.now;
}

enum bank_intent bank_walk_intent(const struct bank_plan *plan, const struct bank_profile *who,
                                  struct rand *r)
{
    uint64_t bits = rand_u64(r);
    if (who->level > 0 && bank_draw_permille(bits, 350))
        return (enum bank_intent)(INTENT_CARD_1 + bank_draw_below16(bits >> 16, who->level));
    return (enum bank_intent)plan->flow.intent[who->persona][bits >> 48 & (BANK_SLOTS - 1)];
}
