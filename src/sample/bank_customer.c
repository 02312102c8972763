/* bank_customer.c - see bank_customer.h.
 *
 * The chain of causes: age, then occupation, then assets, then star rating and holdings; each with enough
 * noise that a segment crossed from two tags says something. Every bucket of the 54 tags is met at the
 * default size. */
#include "config.h"

#include "base/date.h"
#include "base/num.h"
#include "base/rand.h"
#include "sample/bank.h"
#include "sample/bank_customer.h"
#include "sample/bank_draw.h"
#include "sample/bank_event.h"
#include "sample/bank_flow.h"

enum { OCCUPATIONS = 18, STUDENT = 16, RETIRED = 17, SELF_EMPLOYED = 14, CITIES = 20, BANDS = 12 };

#define ID_PRIME 89999999u /* the largest below ninety million: ids have eight digits */

/* Attributes that may be unknown: one bit each. */
enum {
    BLANK_AGE = 1,
    BLANK_GENDER = 2,
    BLANK_CITY = 4,
    BLANK_OCCUPATION = 8,
    BLANK_INSURANCE = 16,
    BLANK_GOLD = 32,
};

static const char *const occupation_names[OCCUPATIONS] = {
    "公务员",   "事业单位", "企业管理", "教育",     "医疗卫生", "工程技术",   "金融从业", "法律", "行政文员",
    "商业服务", "生产制造", "交通运输", "农林牧渔", "军人警察", "个体工商户", "自由职业", "学生", "退休"};

/* Assets by occupation, in sixteenths of the age's median. */
static const uint8_t occupation_assets[OCCUPATIONS] = {22, 20, 44, 18, 22, 24, 40, 38, 13,
                                                       12, 11, 12, 7,  16, 30, 12, 8,  18};

/* Weights by time of life: minor, college, first job, working, late, old. */
static const uint8_t occupation_mix[6][OCCUPATIONS] = {
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0},
    {0, 0, 0, 1, 2, 2, 0, 0, 6, 16, 14, 5, 4, 6, 2, 12, 180, 0},
    {5, 7, 3, 8, 9, 18, 8, 2, 22, 32, 24, 10, 4, 5, 8, 18, 72, 0},
    {9, 14, 20, 12, 12, 24, 12, 4, 20, 34, 32, 18, 12, 6, 26, 16, 1, 0},
    {8, 12, 14, 9, 9, 12, 6, 3, 10, 16, 18, 12, 14, 3, 22, 12, 0, 66},
    {0, 1, 4, 1, 3, 2, 1, 1, 1, 4, 4, 3, 14, 0, 16, 8, 0, 190},
};

static const uint8_t band_weights[BANDS] = {3, 9, 9, 15, 15, 13, 10, 8, 7, 5, 5, 2};
static const uint8_t band_first[BANDS] = {12, 18, 23, 26, 31, 36, 41, 46, 51, 56, 61, 71};
static const uint8_t band_years[BANDS] = {6, 5, 3, 5, 5, 5, 5, 5, 5, 5, 10, 18};
static const uint8_t band_life[BANDS] = {0, 1, 2, 3, 3, 3, 3, 3, 3, 4, 5, 5};
static const uint16_t band_assets[BANDS] = {250,   900,   4000,  9000,  15000, 21000,
                                            26000, 30000, 32000, 33000, 34000, 26000};

static const char *const city_names[CITIES] = {"北京", "上海", "广州", "深圳", "杭州", "成都", "武汉",
                                               "南京", "重庆", "西安", "苏州", "天津", "长沙", "郑州",
                                               "青岛", "沈阳", "合肥", "昆明", "福州", "南宁"};
static const uint8_t city_weights[CITIES] = {30, 32, 22, 24, 16, 15, 12, 12, 13, 9,
                                             11, 9,  8,  9,  7,  6,  6,  5,  5,  4};

static const uint8_t salary_days[] = {5, 10, 15, 20, 25};

/* Lower bounds of stars 1 to 7, in yuan. */
static const uint32_t star_bounds[7] = {100, 5000, 20000, 50000, 200000, 600000, 6000000};

static unsigned age_band(const struct bank_customer *c)
{
    unsigned band = 0;
    while (band + 1 < BANDS && c->age >= band_first[band + 1])
        band++;
    return band;
}

static void make_person(struct bank_customer *c, struct rand *r)
{
    uint64_t bits = rand_u64(r);
    size_t band = bank_draw_weighted(bits, band_weights, BANDS);
    c->age = (uint8_t)(band_first[band] + bank_draw_below16(bits >> 16, band_years[band]));
    c->city = (uint8_t)bank_draw_weighted(bits >> 32, city_weights, CITIES);
    c->male = bank_draw_permille(bits >> 48, 497);
    c->occupation = (uint8_t)bank_draw_weighted(rand_u64(r), occupation_mix[band_life[band]], OCCUPATIONS);
}

static void make_assets(struct bank_customer *c, struct rand *r)
{
    uint64_t bits = rand_u64(r);
    uint64_t median = (uint64_t)band_assets[age_band(c)] * 100 * occupation_assets[c->occupation] / 16;
    c->aum = bank_draw_lognormal(rand_u64(r), median, 800);
    if (bank_draw_permille(bits, 60))
        c->aum = 0; /* the card only, or money moved elsewhere */
    uint64_t yuan = c->aum / 100;
    unsigned star = 0;
    while (star < 7 && yuan >= star_bounds[star])
        star++;
    /* loans, years and products count too */
    if (star < 7 && yuan > 0 && bank_draw_permille(bits >> 16, 120))
        star++;
    else if (star > 0 && bank_draw_permille(bits >> 32, 70))
        star--;
    c->star = (uint8_t)star;
    while (c->wealth < 15 && yuan >> c->wealth > 40)
        c->wealth++;
}

/* Chances per thousand grow with the stars, as do the reasons for them. */
static void make_holdings(struct bank_customer *c, struct rand *r)
{
    uint64_t bits = rand_u64(r), more = rand_u64(r);
    bool adult = c->age >= 18;
    bool has_money = c->aum >= 100000;
    c->deposit = has_money && bank_draw_permille(bits, 90u + 60u * c->star + (c->age > 50 ? 220u : 0u));
    c->fund =
        adult && has_money && bank_draw_permille(bits >> 16, 60u + 55u * c->star + (c->age < 45 ? 80u : 0u));
    c->wealth_product = adult && has_money && bank_draw_permille(bits >> 32, 20u + 85u * c->star);
    c->loan = c->age >= 22 && c->age <= 65 && bank_draw_permille(bits >> 48, c->age < 50 ? 210 : 90);
    bool card_age = c->age >= 20 && c->age <= 65 && c->occupation != STUDENT;
    c->credit_card = adult && bank_draw_permille(more, card_age ? 330u + 30u * c->star : 60);
    c->gold = adult && has_money && bank_draw_permille(more >> 16, 15u + 18u * c->star);
    c->insurance = bank_draw_permille(more >> 32, 50u + 25u * c->star + (c->age > 30 ? 60u : 0u));
    c->repayment_day = (uint8_t)(1 + bank_draw_below16(more >> 48, 28));
}

/* Most joined in the last ten years, nobody before the age of eight. */
static void make_history(struct bank_customer *c, struct rand *r, int64_t today)
{
    uint64_t bits = rand_u64(r);
    uint32_t years = c->age < 28 ? c->age - 8u : 20u;
    uint32_t span = years * 365;
    uint32_t one = bank_draw_below16(bits, span), two = bank_draw_below16(bits >> 16, span);
    c->registered = today - 1 - (int64_t)(bank_draw_permille(bits >> 32, 600) && two < one ? two : one);
    static const uint16_t unknown[] = {6, 9, 22, 41, 12, 12};
    bits = rand_u64(r);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        if (bank_draw_permille(bits >> (i * 8 % 48), unknown[i]))
            c->blank |= (uint16_t)(1u << i);
        bits = bits * 0x9e3779b97f4a7c15u + 1;
    }
}

static enum bank_persona persona_of(const struct bank_customer *c, uint64_t bits)
{
    if (c->occupation == SELF_EMPLOYED && bank_draw_permille(bits, 700))
        return PERSONA_MERCHANT;
    if (c->wealth_product && c->star >= 4)
        return PERSONA_WEALTHY;
    if (c->fund)
        return PERSONA_INVESTOR;
    if (c->age > 58)
        return PERSONA_SENIOR;
    return c->age < 26 ? PERSONA_YOUNG : PERSONA_EVERYDAY;
}

static void make_habits(struct bank_customer *c, struct rand *r)
{
    static const uint8_t channels[CHANNEL_COUNT] = {186, 18, 34, 7, 11};
    static const uint8_t channels_old[CHANNEL_COUNT] = {120, 24, 50, 44, 18};
    static const uint8_t activity[PERSONA_COUNT] = {16, 18, 28, 30, 9, 34}; /* sixteenths */
    uint64_t bits = rand_u64(r);
    c->persona = (uint8_t)persona_of(c, bits);
    c->channel =
        (uint8_t)bank_draw_weighted(bits >> 16, c->age > 60 ? channels_old : channels, CHANNEL_COUNT);
    c->activity = (uint32_t)bank_draw_lognormal(rand_u64(r), 120u * activity[c->persona], 410);
    bool earns = c->age >= 22 && c->age <= 58 && c->occupation < SELF_EMPLOYED;
    if (earns && bank_draw_permille(bits >> 32, 140))
        c->salary_day = salary_days[bank_draw_below16(bits >> 48, sizeof salary_days)];
}

void bank_customer_make(struct bank_customer *c, uint64_t seed, uint32_t number, int64_t today)
{
    struct rand r;
    rand_seed(&r, bank_draw_mix(seed, number));
    *c = (struct bank_customer){.number = number};
    make_person(c, &r);
    make_assets(c, &r);
    make_holdings(c, &r);
    make_history(c, &r, today);
    make_habits(c, &r);
}

enum bank_stratum bank_customer_stratum(const struct bank_customer *c)
{
    if (c->age < 18)
        return STRATUM_MINOR;
    return c->age >= 22 && c->age <= 45 && c->star <= 5 ? STRATUM_LIKELY : STRATUM_OTHER;
}

void bank_customer_set_level(struct bank_customer *c, unsigned level)
{
    if (level == 0)
        return;
    bool only_looks = level == 1 && c->number % 32 == 0;
    c->credit_card = !only_looks;
}

struct bank_customer_ids bank_customer_ids(uint64_t seed)
{
    return (struct bank_customer_ids){.factor = 1 + bank_draw_mix(seed, 0xa11ce) % (ID_PRIME - 1),
                                      .offset = bank_draw_mix(seed, 0xb0b) % ID_PRIME};
}

/* A line modulo a prime is a bijection below the prime. */
uint32_t bank_customer_id(const struct bank_customer_ids *ids, uint32_t number)
{
    return (uint32_t)(10000000 + (ids->factor * number + ids->offset) % ID_PRIME);
}

static void put_bool(struct buf *out, bool value, bool blank)
{
    buf_puts(out, blank ? "," : value ? "true," : "false,");
}

static void put_day(struct buf *out, int64_t day)
{
    struct civil c;
    date_civil(day * US_PER_DAY, &c);
    buf_printf(out, "%04d-%02d-%02d,", c.year, c.month, c.day);
}

void bank_customer_put_row(const struct bank_customer *c, const struct bank_customer_ids *ids,
                           struct buf *out)
{
    buf_printf(out, "%u,", bank_customer_id(ids, c->number));
    if (!(c->blank & BLANK_AGE))
        num_put_i64(out, c->age);
    buf_printf(out, ",%s,%s,%s,",
               c->blank & BLANK_GENDER ? ""
               : c->male               ? "男"
                                       : "女",
               c->blank & BLANK_CITY ? "" : city_names[c->city],
               c->blank & BLANK_OCCUPATION ? "" : occupation_names[c->occupation]);
    buf_printf(out, "%llu.%02u,%u,", (unsigned long long)(c->aum / 100), (unsigned)(c->aum % 100), c->star);
    put_bool(out, c->deposit, false);
    put_bool(out, c->fund, false);
    put_bool(out, c->wealth_product, false);
    put_bool(out, c->loan, false);
    put_bool(out, c->credit_card, false);
    put_bool(out, c->gold, c->blank & BLANK_GOLD);
    put_bool(out, c->insurance, c->blank & BLANK_INSURANCE);
    put_day(out, c->registered);
    if (c->credit_card)
        num_put_i64(out, c->repayment_day);
    buf_putc(out, '\n');
}
