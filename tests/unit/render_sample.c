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
    static const int64_t users[] = {48210, 36006, 14870, 9118, 6027, 5102}, open[] = {0, 31, 12, 5, 2, 0};
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
        if (i == 0)
            continue;
        row[5] = value_who(value_int(before - users[i] - open[i]), arena_printf(&r->arena, "lost:%d", i + 1));
        row[6] = value_who(value_int(open[i]), arena_printf(&r->arena, "open:%d", i + 1));
        row[7] = value_seconds(median[i]);
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
