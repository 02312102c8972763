/* render_sample.c - see render_sample.h. Figures of the funnel are the published ones of tui.md 9.4. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/nls.h"
#include "render_sample.h"

struct result *sample_funnel(bool chinese)
{
    static const struct column_info columns[] = {
        {"step", NULL, VALUE_INT},   {"name", NULL, VALUE_TEXT},        {"users", NULL, VALUE_INT},
        {"rate", NULL, VALUE_RATIO}, {"total_rate", NULL, VALUE_RATIO}, {"lost", NULL, VALUE_INT},
        {"open", NULL, VALUE_INT},   {"median_s", NULL, VALUE_SECONDS},
    };
    static const char *const english[] = {
        "Wealth channel", "Product detail", "Risk quiz", "Order confirm", "Pay", "Bought"};
    static const char *const han[] = {"理财频道", "产品详情", "风险测评", "购买确认", "支付", "购买成功"};
    static const int64_t users[] = {48210, 36006, 14870, 9118, 6027, 5102}, open[] = {31, 12, 5, 2, 0, 0};
    static const double median[] = {0, 130, 242, 86, 38, 9};
    struct result *r = result_new("funnel", PICTURE_STEPS);

    result_columns(r, columns, 8);
    for (int i = 0; i < 6; i++) {
        struct value *row = result_row(r);
        int64_t before = i ? users[i - 1] : users[0];

        row[0] = value_int(i + 1);
        row[1] = value_static(chinese ? han[i] : english[i]);
        row[2] = value_who(value_int(users[i]), arena_printf(&r->arena, "reached:%d", i + 1));
        row[3] = value_ratio(users[i], before);
        row[4] = value_ratio(users[i], users[0]);
        if (i > 0)
            row[7] = value_seconds(median[i]);
        if (i < 5) {
            row[5] = value_who(value_int(users[i] - users[i + 1] - open[i]),
                               arena_printf(&r->arena, "lost:%d", i + 1));
            row[6] = value_who(value_int(open[i]), arena_printf(&r->arena, "open:%d", i + 1));
        }
    }
    object_add(&r->arena, &r->summary, "users_considered", value_int(48210));
    object_add(&r->arena, &r->summary, "converted", value_int(5102));
    object_add(&r->arena, &r->summary, "conversion", value_ratio(5102, 48210));
    object_add(&r->arena, &r->summary, "median_total_s", value_seconds(505));
    r->rule = "Customers, ordered steps within 7d of the first, ties by order of arrival.";
    r->command =
        "waymark funnel --step wealth --step detail --step quiz --step confirm --step pay --step bought";
    return r;
}

struct result *sample_compared(bool difference)
{
    static const struct column_info columns[] = {
        {"step", NULL, VALUE_INT},         {"name", NULL, VALUE_TEXT},
        {"group", NULL, VALUE_TEXT},       {"users", NULL, VALUE_INT},
        {"rate", NULL, VALUE_RATIO},       {"total_rate", NULL, VALUE_RATIO},
        {"median_s", NULL, VALUE_SECONDS}, {"difference", NULL, VALUE_REAL},
        {"low", NULL, VALUE_REAL},         {"high", NULL, VALUE_REAL},
    };
    static const char *const names[] = {"Wealth channel", "Product detail", "Risk quiz"}, *const groups[] = {
                                                                                              "all",
                                                                                              "高净值"};
    static const int64_t users[3][2] = {{48210, 1200}, {36006, 1033}, {14870, 648}};
    struct result *r = result_new("funnel", PICTURE_STEPS);

    result_columns(r, columns, difference ? 10 : 7);
    for (int i = 0; i < 3; i++)
        for (int g = 0; g < 2; g++) {
            struct value *row = result_row(r);

            row[0] = value_int(i + 1);
            row[1] = value_static(names[i]);
            row[2] = value_static(groups[g]);
            row[3] =
                value_who(value_int(users[i][g]), arena_printf(&r->arena, "reached:%d %s", i + 1, groups[g]));
            row[4] = value_ratio(users[i][g], users[i ? i - 1 : 0][g]);
            row[5] = value_ratio(users[i][g], users[0][g]);
            row[6] = i ? value_seconds(100 * i + g) : value_none();
            if (difference && i && g) { /* in points: 11.395, and 23.156 */
                row[7] = value_real((double)users[i][1] / 1200 - (double)users[i][0] / 48210);
                row[8] = value_real(i == 1 ? 0.0931 : 0.2027);
                row[9] = value_real(i == 1 ? 0.13249 : 0.26);
            }
        }
    return r;
}

struct result *sample_table(void)
{
    static const struct column_info columns[] = {
        {"import", N_("import"), VALUE_INT}, {"file", N_("file"), VALUE_TEXT},
        {"events", N_("events"), VALUE_INT}, {"time", N_("time"), VALUE_TIME},
        {"share", N_("share"), VALUE_RATIO}, {"seconds", NULL, VALUE_SECONDS},
    };
    static const char *const files[] = {"evt_20261117.csv.gz", "evt_20261118.csv.gz",
                                        "手机银行_20261119.csv"};
    static const int64_t events[] = {23401118, 24010455, 706631};
    struct result *r = result_new("info", PICTURE_TABLE);

    r->zone = zone_open("Asia/Shanghai", NULL);
    result_columns(r, columns, 6);
    for (int i = 0; i < 3; i++) {
        struct value *row = result_row(r);

        row[0] = value_int(i + 1);
        row[1] = value_static(files[i]);
        row[2] = value_int(events[i]);
        row[3] = value_time((1479384727LL + i * 86400) * 1000000);
        row[4] = i == 2 ? value_ratio(0, 0) : value_ratio(events[i], 48118204);
        row[5] = i == 1 ? value_none() : value_seconds(251.5);
    }
    object_add(&r->arena, &r->summary, "events", value_int(48118204));
    object_add(&r->arena, &r->summary, "users_with_events", value_int(1204338));
    object_add(&r->arena, &r->summary, "first", value_time(1479384727LL * 1000000));
    object_add(&r->arena, &r->summary, "tz", value_static("Asia/Shanghai"));
    r->rule = "All that the store holds.";
    r->command = "waymark info";
    return r;
}

static const char *const events_by_size[] = {"登录", "账户查询", "转账", "理财频道", "产品详情"};

struct result *sample_days(int days, int groups)
{
    static const struct column_info columns[] = {
        {"bucket", N_("time"), VALUE_TIME}, {"group", NULL, VALUE_TEXT}, {"events", NULL, VALUE_INT},
        {"users", NULL, VALUE_INT},         {"value", NULL, VALUE_INT},
    };
    struct result *r = result_new("events", PICTURE_SERIES);
    int64_t all = 0;

    r->zone = zone_open("Asia/Shanghai", NULL);
    result_columns(r, columns, 5);
    for (int day = 0; day < days; day++)
        for (int g = 0; g < groups; g++) {
            struct value *row = result_row(r);
            /* Fewer at the weekend (2019-06-01 was a Saturday), growing slowly. */
            int64_t n = (day % 7 < 2 ? 1500 : 2400 + day * 13) / (g + 1) + (day * 37 + g * 101) % 90;

            row[0] = value_time((1559318400LL + day * 86400LL) * 1000000); /* 2019-06-01 00:00 +08:00 */
            row[1] = groups > 1 ? value_static(events_by_size[g]) : value_none();
            row[2] = value_who(value_int(n), arena_printf(&r->arena, "day %d group %d", day, g));
            row[3] = value_who(value_int(n * 2 / 5), row[2].who);
            row[4] = value_int(n);
            all += n;
        }
    object_add(&r->arena, &r->summary, "events", value_int(all));
    object_add(&r->arena, &r->summary, "users", value_int(4021));
    object_add(&r->arena, &r->summary, "buckets", value_int(days));
    r->rule = "Events and distinct customers per day.";
    r->command = "waymark events --unit day";
    return r;
}

struct result *sample_sequence(bool chinese)
{
    static const struct column_info columns[] = {
        {"time", NULL, VALUE_TIME},         {"session", NULL, VALUE_INT},   {"event", NULL, VALUE_TEXT},
        {"name", NULL, VALUE_TEXT},         {"gap_s", NULL, VALUE_SECONDS}, {"failed", NULL, VALUE_BOOL},
        {"properties", NULL, VALUE_OBJECT},
    };
    static const struct {
        int at, session;
        const char *event, *name, *channel, *result;
    } list[] = {
        {0, 1, "login", "登录", "wechat", NULL},
        {0, 1, "account_query", "账户查询", "wechat", NULL},
        {53, 1, "logout", "退出", "wechat", NULL},
        {218340, 2, "login", "登录", "app", NULL},
        {218344, 2, "home", "首页", "app", NULL},
        {218366, 2, "wealth", "理财频道", "app", NULL},
        {218397, 2, "product", "产品详情", "app", NULL},
        {218466, 2, "transfer", "转账", "app", "insufficient"},
        {218636, 2, "transfer", "转账", "app", "ok"},
        {218656, 2, "logout", "退出", "app", NULL},
        {1512000, 3, "login", "登录", "app", "locked"},
        {1512038, 3, "login", "登录", "app", NULL},
    };
    struct result *r = result_new("user", PICTURE_SEQUENCE);
    struct object *who = arena_new(&r->arena, struct object);

    r->zone = zone_open("Asia/Shanghai", NULL);
    result_columns(r, columns, 7);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct value *row = result_row(r);
        struct object *o = arena_new(&r->arena, struct object);

        row[0] = value_time((1479384727LL + list[i].at) * 1000000);
        row[1] = value_int(list[i].session);
        row[2] = value_static(list[i].event);
        row[3] = value_static(chinese ? list[i].name : list[i].event);
        row[4] = i ? value_seconds(list[i].at - list[i - 1].at) : value_none();
        row[5] = value_bool(list[i].result && strcmp(list[i].result, "ok") != 0);
        object_add(&r->arena, o, "channel", value_static(list[i].channel));
        if (list[i].result)
            object_add(&r->arena, o, "result", value_static(list[i].result));
        row[6] = (struct value){.type = VALUE_OBJECT, .object = o};
    }
    object_add(&r->arena, who, "age", value_int(41));
    object_add(&r->arena, who, "city", value_static(chinese ? "上海" : "Shanghai"));
    object_add(&r->arena, who, "star", value_int(5));
    object_add(&r->arena, &r->summary, "attributes", (struct value){.type = VALUE_OBJECT, .object = who});
    object_add(&r->arena, &r->summary, "sessions", value_int(3));
    object_add(&r->arena, &r->summary, "events", value_int(12));
    object_add(&r->arena, &r->summary, "first", value_time(1479384727LL * 1000000));
    object_add(&r->arena, &r->summary, "last", value_time((1479384727LL + 1512038) * 1000000));
    r->rule = "All events of one customer in order.";
    r->command = "waymark user C0003817";
    return r;
}

/* 1,000 paths; at every row count = ended + children + rest. */
struct result *sample_tree(void)
{
    static const struct column_info columns[] = {
        {"path", NULL, VALUE_LIST},   {"level", NULL, VALUE_INT},          {"count", NULL, VALUE_INT},
        {"share", NULL, VALUE_RATIO}, {"parent_share", NULL, VALUE_RATIO}, {"ended", NULL, VALUE_INT},
    };
    static const struct {
        int level, count, parent, ended;
        const char *name;
    } rows[] = {
        {1, 700, 1000, 50, "login"},  {2, 500, 700, 120, "home"}, {3, 300, 500, 300, "logout"},
        {3, 60, 500, 10, "transfer"}, {2, 40, 700, 40, "login"},  {1, 300, 1000, 30, "首页"},
        {2, 20, 300, 0, "wealth"},
    };
    struct result *r = result_new("paths", PICTURE_TREE);

    result_columns(r, columns, 6);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct value *at = arena_array(&r->arena, struct value, 4), *row = result_row(r);

        for (int k = 0; k < rows[i].level; k++)
            at[k] = value_static(k + 1 < rows[i].level ? "…" : rows[i].name);
        row[0] = value_shown(value_list(at, (size_t)rows[i].level), rows[i].name);
        row[1] = value_int(rows[i].level);
        row[2] = value_who(value_int(rows[i].count), arena_printf(&r->arena, "path %zu", i + 1));
        row[3] = value_ratio(rows[i].count, 1000);
        row[4] = value_ratio(rows[i].count, rows[i].parent);
        row[5] = value_int(rows[i].ended);
    }
    r->rule = "How sessions begin.";
    r->command = "waymark paths --tree";
    return r;
}

struct result *sample_around(void)
{
    static const struct column_info columns[] = {
        {"side", NULL, VALUE_TEXT},   {"name", NULL, VALUE_TEXT},        {"count", NULL, VALUE_INT},
        {"share", NULL, VALUE_RATIO}, {"median_s", NULL, VALUE_SECONDS},
    };
    static const struct {
        const char *side, *name;
        int count;
    } rows[] = {
        {"before", "home", 700},   {"before", "a rather long event name", 250},
        {"before", "(start)", 50}, {"after", "bill_query", 600},
        {"after", "(end)", 400},
    };
    struct result *r = result_new("transitions", PICTURE_AROUND);

    result_columns(r, columns, 5);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct value *row = result_row(r);

        row[0] = value_static(rows[i].side);
        row[1] = value_static(rows[i].name);
        row[2] =
            value_who(value_int(rows[i].count), arena_printf(&r->arena, "%s %s", rows[i].side, rows[i].name));
        row[3] = value_ratio(rows[i].count, 1000);
        if (rows[i].name[0] != '(')
            row[4] = value_seconds(4 + 10 * (double)i);
    }
    object_add(&r->arena, &r->summary, "times", value_int(1000));
    r->rule = "What comes before and after card_tab.";
    r->command = "waymark transitions --event card_tab";
    return r;
}

struct result *sample_matrix(void)
{
    static const struct column_info columns[] = {
        {"from", NULL, VALUE_TEXT}, {"to", NULL, VALUE_TEXT},     {"count", NULL, VALUE_INT},
        {"users", NULL, VALUE_INT}, {"share", NULL, VALUE_RATIO}, {"median_s", NULL, VALUE_SECONDS},
    };
    static const char *const names[] = {"login", "home", "wealth", "product", "transfer", "bills", "logout"};
    static const int counts[7][7] = {
        {0, 9000, 400, 0, 300, 120, 60}, {0, 0, 4100, 200, 2600, 1900, 900}, {0, 700, 0, 3300, 0, 0, 400},
        {0, 250, 1400, 600, 0, 0, 1150}, {0, 400, 0, 0, 150, 0, 2500},       {0, 210, 0, 0, 0, 0, 1800},
        {80, 0, 0, 0, 0, 0, 0},
    };
    struct result *r = result_new("transitions", PICTURE_MATRIX);

    result_columns(r, columns, 6);
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 7; j++) {
            if (!counts[i][j])
                continue;
            struct value *row = result_row(r);

            row[0] = value_static(names[i]);
            row[1] = value_static(names[j]);
            row[2] = value_who(value_int(counts[i][j]), arena_printf(&r->arena, "%s>%s", names[i], names[j]));
            row[3] = value_int(counts[i][j] / 2);
            row[4] = value_ratio(counts[i][j], 33520);
            row[5] = value_seconds(3 + i * j);
        }
    r->rule = "Every direct step inside a session.";
    r->command = "waymark transitions";
    return r;
}

/* A set of 1,659 among 5,000. */
static void profile_totals(struct result *r)
{
    object_add(&r->arena, &r->summary, "users", value_who(value_int(1659), "all"));
    object_add(&r->arena, &r->summary, "base_users", value_int(5000));
    object_add(&r->arena, &r->summary, "unknown", value_int(2));
}

struct result *sample_profile(void)
{
    static const struct column_info columns[] = {
        {"category", "Category", VALUE_TEXT},
        {"tag", "Tag", VALUE_TEXT},
        {"name", "Name", VALUE_TEXT},
        {"users", "Customers", VALUE_INT},
        {"share", "Share", VALUE_RATIO},
        {"base_users", "Base", VALUE_INT},
        {"base_share", "Base share", VALUE_RATIO},
        {"index", "Index", VALUE_REAL},
        {"difference", "Difference", VALUE_RATIO},
        {"low", "Low", VALUE_RATIO},
        {"high", "High", VALUE_RATIO},
    };
    static const struct {
        const char *category, *tag, *name;
        int users, base, difference, low, high; /* the last three in hundredths of a point */
    } lines[] = {
        {"Age", "age_26_30", "26\u201330", 754, 754, 3037, 2878, 3198},
        {"Assets and products", "aum_under_1k", "under 1,000 yuan", 470, 834, 1165, 1006, 1328},
        {"Assets and products", "holds_gold_insurance", "holds gold or insurance", 216, 937, -572, -712,
         -426},
        {"Star level", "star_6", "6 stars", 27, 84, -5, -69, 71},
        {"Assets and products", "aum_over_6m", "6 m yuan and over", 0, 0, 0, -12, 21},
    };
    struct result *r = result_new("profile", PICTURE_PROFILE);

    result_columns(r, columns, 11);
    profile_totals(r);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct value *v = result_row(r);
        int users = lines[i].users, base = lines[i].base;

        v[0] = value_shown(value_static("id"), lines[i].category);
        v[1] = value_static(lines[i].tag);
        v[2] = value_static(lines[i].name);
        v[3] = value_who(value_int(users), lines[i].tag);
        v[4] = value_ratio(users, 1659);
        v[5] = value_int(base);
        v[6] = value_ratio(base, 5000);
        v[7] = base ? value_real(users * 5000.0 / 1659 / base * 100) : value_none();
        v[8] = value_ratio(lines[i].difference, 10000);
        v[9] = value_ratio(lines[i].low, 10000);
        v[10] = value_ratio(lines[i].high, 10000);
    }
    r->rule = "Customers where age in 18..30 against all.";
    r->command = "waymark profile 'age in 18..30'";
    return r;
}

struct result *sample_cross(bool wide)
{
    static const struct column_info columns[] = {
        {"tag", "Tag", VALUE_TEXT},      {"with", "With", VALUE_TEXT},   {"users", "Customers", VALUE_INT},
        {"share", "Share", VALUE_RATIO}, {"index", "Index", VALUE_REAL},
    };
    int down = wide ? 3 : 12, across = wide ? 12 : 3;
    struct result *r = result_new("profile", PICTURE_CROSS);

    result_columns(r, columns, 5);
    profile_totals(r);
    for (int i = 0; i < down; i++)
        for (int k = 0; k < across; k++) {
            struct value *v = result_row(r);
            int n = wide ? i * 100 + k : k * 100 + i;

            v[0] =
                value_shown(value_static("id"), arena_printf(&r->arena, "%s %d", wide ? "star" : "age", i));
            v[0].text = arena_str(&r->arena, str_of(arena_printf(&r->arena, "a%d", i)));
            v[1] =
                value_shown(value_static("id"), arena_printf(&r->arena, "%s %d", wide ? "age" : "star", k));
            v[2] = value_who(value_int(n), arena_printf(&r->arena, "a%d b%d", i, k));
            v[3] = value_ratio(n, 1659);
            v[4] = n ? value_real(n) : value_none();
        }
    return r;
}

struct result *sample_tags(void)
{
    static const struct column_info columns[] = {
        {"id", "Tag", VALUE_TEXT},         {"category", "Category", VALUE_TEXT},
        {"name", "Name", VALUE_TEXT},      {"condition", "Condition", VALUE_TEXT},
        {"users", "Customers", VALUE_INT},
    };
    static const struct {
        const char *id, *category, *name, *condition;
        int users;
    } lines[] = {
        {"age_under_18", "Age", "under 18", "age < 18", 136},
        {"age_18_22", "Age", "18\u201322", "age in 18..22", 450},
        {"occ_public_institution", "Occupation", "public institution",
         "occupation ~ \"^(public.institution)$\"", 190},
        {"holds_gold_insurance", "Assets and products", "holds gold or insurance",
         "holds_gold = true or holds_insurance = true", -1},
    };
    struct result *r = result_new("tag", PICTURE_TAGS);

    result_columns(r, columns, 5);
    object_add(&r->arena, &r->summary, "tags", value_int(4));
    object_add(&r->arena, &r->summary, "categories", value_int(3));
    object_add(&r->arena, &r->summary, "unknown", value_int(1));
    object_add(&r->arena, &r->summary, "users", value_int(5000));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct value *v = result_row(r);

        v[0] = value_static(lines[i].id);
        v[1] = value_shown(value_static(lines[i].category), lines[i].category);
        v[2] = value_static(lines[i].name);
        v[3] = value_static(lines[i].condition);
        if (lines[i].users >= 0)
            v[4] = value_who(value_int(lines[i].users), lines[i].id);
    }
    return r;
}

/* How long a funnel of three steps took: those of each length add up to the customers of the whole. */
struct result *sample_times(bool groups)
{
    static const struct column_info columns[] = {
        {"group", "Group", VALUE_TEXT},        {"step", "Step", VALUE_INT},
        {"name", "Time to", VALUE_TEXT},       {"users", "Customers", VALUE_INT},
        {"min_s", "Least", VALUE_SECONDS},     {"p25_s", "25 %", VALUE_SECONDS},
        {"median_s", "Median", VALUE_SECONDS}, {"p75_s", "75 %", VALUE_SECONDS},
        {"p90_s", "90 %", VALUE_SECONDS},      {"max_s", "Most", VALUE_SECONDS},
    };
    static const struct column_info lengths[] = {
        {"group", "Group", VALUE_TEXT},    {"from_s", "From", VALUE_SECONDS}, {"to_s", "To", VALUE_SECONDS},
        {"users", "Customers", VALUE_INT}, {"share", "Share", VALUE_RATIO},
    };
    static const char *const names[] = {"Product detail", "Bought", "first step to last"}, *const stars[] = {
                                                                                               "star 1",
                                                                                               "高净值"};
    static const int bound[] = {120, 300, 600, 1800, 3600, 7200, 21600, 43200, 0},
                     took[2][8] = {{640, 2431, 1502, 402, 97, 0, 12, 18}, {0, 3, 11, 0, 0, 7, 0, 0}},
                     whole[2] = {5102, 21};
    struct result *r = result_new("funnel", PICTURE_TIMES);
    struct rows *t = arena_new(&r->arena, struct rows);

    result_columns(r, columns + !groups, 9 + (size_t)groups);
    *t = (struct rows){.column = lengths + !groups, .columns = 4 + (size_t)groups};
    for (int k = 0; k < 3; k++)
        for (int g = 0; g < 1 + groups; g++) {
            struct value *row = result_row(r);

            if (groups)
                *row++ = value_static(stars[g]);
            row[0] = k < 2 ? value_int(k + 2) : value_none();
            row[1] = value_static(names[k]);
            row[2] = value_int(whole[g]);
            for (int q = 0; q < 6; q++)
                row[3 + q] = value_seconds((g + 1) * (k + 1) * (q * q * q * q * 100 + 14));
        }
    for (int g = 0; g < 1 + groups; g++)
        for (int b = 0; b < 8; b++) {
            struct value *row = rows_add(&r->arena, t);

            if (groups)
                *row++ = value_static(stars[g]);
            row[0] = value_seconds(bound[b]);
            row[1] = b < 7 ? value_seconds(bound[b + 1]) : value_none();
            row[2] = value_int(took[g][b]);
            row[3] = value_ratio(took[g][b], whole[g]);
        }
    object_add(&r->arena, &r->more, "histogram", value_rows(t));
    r->rule = "Customers, ordered steps within 1d of the first.";
    r->command = "waymark funnel --step wealth --step detail --step bought --times";
    return r;
}

/* Two units of a customer: of the first a chain is taken and two are not, of the second one is taken. */
struct result *sample_chains(bool chinese)
{
    static const struct column_info columns[] = {
        {"chain", "Chain", VALUE_INT},  {"step", "Step", VALUE_INT},  {"name", "Name", VALUE_TEXT},
        {"event", "Event", VALUE_TEXT}, {"time", "Time", VALUE_TIME}, {"gap_s", "After", VALUE_SECONDS},
        {"verdict", "Why", VALUE_TEXT},
    };
    static const char *const name[2][3] = {{"Home", "Credit card tab", "Bill detail"},
                                           {"首页", "信用卡", "账单详情"}};
    static const struct {
        int chain, step, at, gap; /* at -1: no such event; seconds from the first */
        const char *verdict;
    } lines[] = {
        {0, 1, 0, -1, "taken: the deepest chain"},
        {0, 2, 14, 14, NULL},
        {0, 3, -1, -1, "no such event after it; there is still time"},
        {1, 1, 90, -1, "rejected: not as deep as the chain taken"},
        {1, 2, 604890, 604800,
         "step 2 at 2026-10-20 22:00:07 comes after home at 2026-10-13 21:44:47, which breaks the chain"},
        {2, 1, 700000, -1, "rejected: begins outside the period"},
        {2, 2, 700005, 5, NULL},
        {0, 1, 864000, -1, "taken: all steps done"},
        {0, 2, 864033, 33, NULL},
        {0, 3, 870000, 5967, NULL},
    };
    struct result *r = result_new("funnel", PICTURE_CHAINS);

    r->zone = zone_open("Asia/Shanghai", NULL);
    result_columns(r, columns, 7);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct value *row = result_row(r);

        row[0] = value_int(lines[i].chain);
        row[1] = value_int(lines[i].step);
        row[2] = value_static(name[chinese][lines[i].step - 1]);
        if (lines[i].at >= 0)
            row[4] = value_time((1791898997LL + lines[i].at) * 1000000); /* 2026-10-13 21:43:17 +08:00 */
        if (lines[i].gap >= 0)
            row[5] = value_seconds(lines[i].gap);
        if (lines[i].verdict)
            row[6] = value_static(lines[i].verdict);
    }
    object_add(&r->arena, &r->summary, "user", value_static("C0003817"));
    object_add(&r->arena, &r->summary, "level", value_int(3));
    object_add(&r->arena, &r->summary, "open", value_bool(chinese));
    object_add(&r->arena, &r->summary, "chains", value_int(4));
    object_add(&r->arena, &r->summary, "rejected_shown", value_int(2));
    r->rule = "Ordered steps within 7d of the first.";
    r->command = "waymark funnel --step home --step card --step bill --explain C0003817";
    return r;
}

void sample_draw(const struct result *r, const struct chart_view *v, int w, int h, enum tier tier,
                 struct buf *out)
{
    const struct chart *chart = chart_of(r, v);
    struct canvas c;
    struct arena a = {0};
    struct spots spots = {0};

    canvas_init(&c, w, h, tier);
    chart->draw(r, v, &c, (struct rect){0, 0, h, w}, &a, &spots);
    canvas_dump(&c, out);
    canvas_done(&c);
    vec_done(&spots.list);
    arena_done(&a);
}

static char *golden_path(const char *name)
{
    const char *top = getenv("top_srcdir");
    char *path = mem_alloc(strlen(top ? top : ".") + strlen(name) + 32);

    sprintf(path, "%s/tests/screen/%s.ref", top ? top : ".", name);
    return path;
}

static void read_whole(const char *path, struct buf *out)
{
    char block[4096];
    size_t n;
    FILE *f = fopen(path, "rb");

    if (!f)
        fail_msg("%s cannot be read; REFRESH=1 writes it", path);
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        buf_put(out, block, n);
    fclose(f);
}

static void rewrite(const char *path, struct str text)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
    assert_int_equal(fclose(f), 0);
}

void golden_check(const char *name, struct str text)
{
    char *path = golden_path(name);
    const char *refresh = getenv("REFRESH");
    struct buf want = {0};

    if (refresh && strcmp(refresh, "1") == 0)
        rewrite(path, text);
    read_whole(path, &want);
    if (!str_eq(buf_view(&want), text))
        fail_msg("%s differs.\n--- expected\n%s--- got\n%.*s", path, want.p, (int)text.n, text.p);
    buf_done(&want);
    free(path);
}
