/* builder_test.c - the segment builder, the Data screen and the palette without a terminal: pictures in both
 * languages, numbers against the customers' file, undo and redo against a list of texts. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/builder.h"
#include "base/intern.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "base/rand.h"
#include "base/vec.h"
#include "tests/unit/tui_drive.h"
#include "tui/keymap.h"

/* ---- the numbers, from the file they were loaded from */

struct customer {
    double age, aum;
    bool fund;
};

static size_t read_customers(struct customer *out, size_t most)
{
    char path[128];
    struct buf text = {0};
    struct err err = {0};
    size_t n = 0;
    snprintf(path, sizeof path, "%s/bank/users.csv", drive_folder());
    assert_true(os_read_file(path, 1 << 24, &text, &err));
    struct str rest = buf_view(&text);
    str_cut(&rest, '\n');
    while (rest.p && rest.n && n < most) {
        struct str line = str_cut(&rest, '\n');
        struct str cell[9];
        for (int i = 0; i < 9; i++)
            cell[i] = str_cut(&line, ',');
        double age = -1, aum = -1;
        num_double(cell[1], &age); /* empty: stays missing */
        num_double(cell[5], &aum);
        out[n++] = (struct customer){age, aum, str_eq(cell[8], STR("true"))};
    }
    buf_done(&text);
    return n;
}

static void wait_for(struct builder *b)
{
    int64_t end = os_monotonic_us() + 20000000;
    for (builder_tick(b); builder_counting(b); builder_tick(b))
        if (os_monotonic_us() > end)
            fail_msg("counting does not end");
    if (builder_error(b))
        fail_msg("%s", builder_error(b)->text);
}

static struct builder *new_builder(void)
{
    struct err err = {0};
    struct builder *b = builder_new(drive_workspace(), -1, &err);
    if (!b)
        fail_msg("%s", err.text);
    return b;
}

static void set(struct builder *b, const char *text)
{
    struct err err = {0};
    if (!builder_set_text(b, text, &err))
        fail_msg("%s: %s", text, err.text);
    wait_for(b);
}

static void test_counts(void **state)
{
    (void)state;
    struct customer *all = mem_zalloc(4000 * sizeof *all);
    size_t n = read_customers(all, 4000);
    uint64_t young = 0, rich = 0, both = 0, any = 0, three = 0, tag = 0;
    assert_int_equal(n, 2000);
    for (size_t i = 0; i < n; i++) {
        bool y = all[i].age >= 0 && all[i].age < 40, r = all[i].aum >= 10000;
        bool t = all[i].age >= 26 && all[i].age <= 30;
        young += y;
        rich += r;
        both += y && r;
        any += y || r;
        three += y && r && !all[i].fund;
        tag += t && y && r && !all[i].fund;
    }
    struct builder *b = new_builder();
    bool fresh;
    set(b, "age < 40 and aum >= 10000 and not holds_fund = true");
    const struct builder_counts *c = builder_counts(b, &fresh);
    assert_true(fresh);
    assert_int_equal(c->users, 2000);
    assert_int_equal(c->rows, 3);
    assert_int_equal(c->row[0].alone, young);
    assert_int_equal(c->row[1].alone, rich);
    assert_int_equal(c->row[0].so_far, young);
    assert_int_equal(c->row[1].so_far, both);
    assert_int_equal(c->row[2].so_far, three);
    assert_int_equal(c->chosen, three);
    size_t entries;
    const struct builder_entry *e = builder_entries(b, &entries);
    assert_int_equal(entries, 54);
    for (size_t i = 0; i < entries; i++)
        if (strcmp(e[i].text, "tag.age_26_30") == 0)
            assert_int_equal(c->size[i].within, tag);
    set(b, "age < 40 or aum >= 10000");
    c = builder_counts(b, &fresh);
    assert_int_equal(c->row[1].so_far, any);
    assert_int_equal(c->chosen, any);
    assert_int_equal(c->samples, BUILDER_SAMPLE);
    builder_free(b);
    free(all);
}

/* Picks tags one after the other; "&" in front: as a further demand. */
static void picks(const char *wanted, const char *const *id)
{
    struct builder *b = new_builder();
    size_t n, row = 0;
    const struct builder_entry *e = builder_entries(b, &n);
    bool either = false;
    for (; *id; id++) {
        bool demand = **id == '&';
        char text[64];
        snprintf(text, sizeof text, "tag.%s", *id + demand);
        size_t i = 0;
        while (i < n && strcmp(e[i].text, text) != 0)
            i++;
        assert_true(i < n);
        row = builder_pick(b, row, i, demand, &either);
    }
    assert_string_equal(builder_text(b), wanted);
    char *before = mem_strdup(wanted);
    assert_true(builder_undo(b));
    assert_true(strcmp(builder_text(b), before) != 0);
    assert_true(builder_redo(b));
    assert_string_equal(builder_text(b), before);
    free(before);
    builder_free(b);
}
#define PICKS(wanted, ...) picks(wanted, (const char *const[]){__VA_ARGS__, NULL})

/* Within a category any is enough, between categories all count; & always demands. */
static void test_picks(void **state)
{
    (void)state;
    PICKS("tag.age_26_30", "age_26_30");
    PICKS("tag.age_23_25 or tag.age_26_30", "age_23_25", "age_26_30");
    PICKS("(tag.age_23_25 or tag.age_26_30) and tag.star_5", "age_23_25", "age_26_30", "star_5");
    PICKS("(tag.age_23_25 or tag.age_26_30) and tag.star_5", "age_23_25", "star_5", "age_26_30");
    PICKS("(tag.age_23_25 or tag.age_26_30) and (tag.star_5 or tag.star_6)", "age_23_25", "star_5", "star_6",
          "age_26_30");
    PICKS("tag.age_23_25 and tag.age_26_30", "age_23_25", "&age_26_30");
    PICKS("(tag.age_23_25 or tag.age_26_30) and tag.age_31_35", "age_23_25", "age_26_30", "&age_31_35");
    PICKS("tag.age_26_30 and tag.star_5", "age_23_25", "age_26_30", "star_5", "age_23_25"); /* out again */
    PICKS("tag.star_5", "age_23_25", "age_26_30", "star_5", "age_26_30", "age_23_25");
    struct builder *b = new_builder();
    size_t n, star = 0, age = 0;
    bool either;
    const struct builder_entry *e = builder_entries(b, &n);
    for (size_t i = 0; i < n; i++) {
        star = strcmp(e[i].text, "tag.star_5") == 0 ? i : star;
        age = strcmp(e[i].text, "tag.age_26_30") == 0 ? i : age;
    }
    /* what is left of a choice is no group, whose heading would be a row of its own */
    set(b, "(tag.age_26_30 or tag.age_23_25) and did(login)");
    assert_int_equal(condition_rows(builder_tree(b)), 4);
    builder_pick(b, 0, age, false, &either);
    assert_int_equal(condition_rows(builder_tree(b)), 2);
    /* the heading of a choice; what is turned round is no choice; a root of alternatives stays one */
    set(b, "(tag.age_18_22 or tag.age_23_25) and did(login)");
    builder_pick(b, 0, star, false, &either);
    assert_string_equal(builder_text(b), "(tag.age_18_22 or tag.age_23_25) and tag.star_5 and did(login)");
    set(b, "not tag.age_18_22 and did(login)");
    builder_pick(b, 0, age, false, &either);
    assert_false(either);
    assert_string_equal(builder_text(b), "not tag.age_18_22 and tag.age_26_30 and did(login)");
    set(b, "tag.star_5 or did(login)");
    builder_pick(b, 0, age, false, &either);
    assert_string_equal(builder_text(b), "tag.star_5 or tag.age_26_30 or did(login)");
    builder_free(b);
}

/* The age in the customers' file; -1: it has no such customer, or not his age. */
static double age_of(const char *id)
{
    char path[128];
    struct buf text = {0};
    struct err err = {0};
    double age = -1;
    snprintf(path, sizeof path, "%s/bank/users.csv", drive_folder());
    assert_true(os_read_file(path, 1 << 24, &text, &err));
    for (struct str rest = buf_view(&text); rest.p && rest.n;) {
        struct str line = str_cut(&rest, '\n');
        if (str_eq(str_cut(&line, ','), str_of(id)))
            num_double(str_cut(&line, ','), &age);
    }
    buf_done(&text);
    return age;
}

/* Each once, and only of those chosen, also when they are fewer than there is room for. */
static void test_sample(void **state)
{
    (void)state;
    struct builder *b = new_builder();
    for (int age = 18; age <= 78; age += 6) {
        char text[64];
        bool fresh;
        snprintf(text, sizeof text, "age = %d and aum >= 50_000", age);
        set(b, text);
        const struct builder_counts *c = builder_counts(b, &fresh);
        assert_true(c->samples <= c->chosen && (c->samples > 0) == (c->chosen > 0));
        for (size_t i = 0; i < c->samples; i++) {
            assert_true(age_of(c->sample[i]) == age);
            for (size_t k = 0; k < i; k++)
                assert_string_not_equal(c->sample[i], c->sample[k]);
        }
    }
    builder_free(b);
}

/* A store of events alone has not what the tags speak of: that is known, and it is not nobody. */
static void test_unknown_tags(void **state)
{
    (void)state;
    char file[128], store[128];
    struct err err = {0};
    struct query q;
    snprintf(file, sizeof file, "%s/bank/events.csv", drive_folder());
    snprintf(store, sizeof store, "%s/events-only", drive_folder());
    query_init(&q, "import events");
    query_add(&q, "file", file);
    struct result *r = workspace_import(store, &q, NULL, NULL, NULL, &err);
    assert_non_null(r);
    result_free(r);
    query_done(&q);
    struct workspace *w = workspace_open(store, false, &err);
    struct builder *b = w ? builder_new(w, -1, &err) : NULL;
    if (!b)
        fail_msg("%s", err.text);
    size_t n;
    bool fresh;
    const struct builder_entry *e = builder_entries(b, &n);
    set(b, "did(login)");
    const struct builder_counts *c = builder_counts(b, &fresh);
    assert_int_equal(n, 54);
    for (size_t i = 0; i < n; i++)
        assert_true(!e[i].known && !c->size[i].known);
    builder_free(b);
    workspace_close(w);
}

/* How often each customer in the file of events did it, in whatever order. */
static void read_deeds(const char *event, uint32_t *times, size_t most)
{
    char path[128];
    struct buf text = {0};
    struct err err = {0};
    struct intern *number = intern_new();
    snprintf(path, sizeof path, "%s/bank/events.csv", drive_folder());
    assert_true(os_read_file(path, 1 << 26, &text, &err));
    struct str rest = buf_view(&text);
    str_cut(&rest, '\n');
    while (rest.p && rest.n) {
        struct str line = str_cut(&rest, '\n'), user = str_cut(&line, ',');
        str_cut(&line, ',');
        if (!str_eq(str_cut(&line, ','), str_of(event)))
            continue;
        assert_true(intern_add(number, user) < most);
        times[intern_find(number, user)]++;
    }
    intern_free(number);
    buf_done(&text);
}

static void test_spread_of_deeds(void **state)
{
    (void)state;
    enum { MOST = 4000, USERS = 2000, TIMES = 3 };
    uint32_t *times = mem_zalloc(MOST * sizeof *times), wanted = 0, single = 0;
    uint64_t users = 0, taken = 0;
    read_deeds("login", times, MOST);
    for (size_t u = 0; u < MOST; u++)
        wanted += times[u] >= TIMES;
    struct builder *b = new_builder();
    bool fresh;
    builder_look(b, "did(login) >= 3");
    wait_for(b);
    const struct spread *s = builder_counts(b, &fresh)->spread;
    assert_non_null(s);
    assert_string_equal(s->name, "did(login)");
    for (size_t i = 0; i < s->bars; i++) {
        int64_t label, naive = 0;
        users += s->bar[i].users;
        taken += s->bar[i].taken;
        if (!num_i64(str_of(s->bar[i].label), &label)) /* 3..4, 9+ */
            continue;
        for (size_t u = 0; u < MOST; u++)
            naive += times[u] == label;
        naive -= label ? 0 : MOST - USERS;
        assert_int_equal(s->bar[i].users, naive);
        assert_int_equal(s->bar[i].taken, label >= TIMES ? naive : 0);
        single++;
    }
    assert_true(single >= 3);
    assert_int_equal(users, USERS);
    assert_int_equal(taken, wanted);
    assert_int_equal(s->missing, 0);
    builder_look(b, "first(login) >= 2020-01-01"); /* missing for those who never did */
    wait_for(b);
    s = builder_counts(b, &fresh)->spread;
    size_t never = 0;
    for (size_t u = 0; u < MOST; u++)
        never += !times[u];
    assert_non_null(s);
    assert_int_equal(s->missing, never - (MOST - USERS));
    builder_free(b);
    free(times);
}

static void test_spread(void **state)
{
    (void)state;
    struct customer *all = mem_zalloc(4000 * sizeof *all);
    size_t n = read_customers(all, 4000);
    uint64_t known = 0, old = 0;
    for (size_t i = 0; i < n; i++) {
        known += all[i].age >= 0;
        old += all[i].age >= 52;
    }
    struct builder *b = new_builder();
    bool fresh;
    builder_look(b, "age >= 52");
    wait_for(b);
    const struct spread *s = builder_counts(b, &fresh)->spread;
    assert_non_null(s);
    uint64_t users = 0, taken = 0;
    for (size_t i = 0; i < s->bars; i++) {
        users += s->bar[i].users;
        taken += s->bar[i].taken;
        assert_true(s->bar[i].taken <= s->bar[i].users);
    }
    assert_int_equal(users, known);
    assert_int_equal(taken, old);
    assert_int_equal(s->missing, n - known);
    builder_look(b, "gender = \"女\"");
    wait_for(b);
    s = builder_counts(b, &fresh)->spread;
    assert_non_null(s);
    for (size_t i = 0; i < s->bars; i++)
        assert_int_equal(s->bar[i].taken, strcmp(s->bar[i].label, "女") == 0 ? s->bar[i].users : 0);
    builder_look(b, "sequence(login > home)"); /* has no values */
    wait_for(b);
    assert_null(builder_counts(b, &fresh)->spread);
    builder_look(b, "tag.age_26_30");
    wait_for(b);
    assert_null(builder_counts(b, &fresh)->spread);
    builder_free(b);
    free(all);
}

/* ---- undo and redo without limit, against the texts themselves */

struct history {
    VEC(char *) text;
    size_t at;
};

static void remember(struct history *h, const char *text)
{
    while (h->text.n > h->at + 1)
        free(h->text.at[--h->text.n]);
    vec_push(&h->text, mem_strdup(text));
    h->at = h->text.n - 1;
}

static void forget_undone(struct history *h)
{
    while (h->text.n > h->at + 1)
        free(h->text.at[--h->text.n]);
}

static void edit_or_undo(struct builder *b, struct rand *r, struct history *h)
{
    static const char *const leaves[] = {"age >= 30", "tag.holds_fund", "aum < 1000", "did(login) >= 2"};
    uint32_t what = rand_below(r, 6);
    size_t rows = condition_rows(builder_tree(b)), row = rand_below(r, (uint32_t)rows + 1);
    if (what < 2) {
        bool back = what == 0, can = back ? h->at > 0 : h->at + 1 < h->text.n;
        assert_int_equal(back ? builder_undo(b) : builder_redo(b), can);
        if (can)
            h->at += back ? (size_t)-1 : 1;
        return;
    }
    struct condition *tree = builder_edit(b), *leaf = condition_leaf(str_of(leaves[rand_below(r, 4)]));
    size_t to = SIZE_MAX;
    if (what == 2)
        to = condition_add(tree, row, leaf);
    else if (what == 3)
        to = condition_join(tree, row, CONDITION_OR, leaf);
    else
        condition_free(leaf);
    if (what == 4)
        to = condition_negate(tree, row);
    else if (what == 5)
        to = condition_delete(tree, row);
    if (builder_commit(b, to) == SIZE_MAX)
        forget_undone(h);
    else
        remember(h, builder_text(b));
}

static void test_undo(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct builder *b = new_builder();
        struct history h = {0};
        struct rand r;
        rand_seed(&r, seed);
        remember(&h, "");
        for (int i = 0; i < 200; i++) {
            edit_or_undo(b, &r, &h);
            if (strcmp(builder_text(b), h.text.at[h.at]) != 0)
                fail_msg("seed %llu step %d: %s instead of %s", (unsigned long long)seed, i, builder_text(b),
                         h.text.at[h.at]);
        }
        while (builder_undo(b))
            h.at--;
        assert_int_equal(h.at, 0);
        assert_string_equal(builder_text(b), "");
        wait_for(b);
        for (size_t i = 0; i < h.text.n; i++)
            free(h.text.at[i]);
        vec_done(&h.text);
        builder_free(b);
    }
}

static void test_wrong_text(void **state)
{
    (void)state;
    struct builder *b = new_builder();
    struct err err = {0};
    assert_false(builder_set_text(b, "age > 3 and agee > 3", &err));
    assert_int_equal(err.column, 13);
    assert_non_null(strstr(err.text, "age"));
    assert_int_equal(builder_undos(b), 0); /* nothing was changed */
    builder_free(b);
}

/* ---- the screen */

static void test_builder_screen(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "2");
    drive_golden(t, "builder-empty-80x24", 80, 24, TIER_ASCII);
    drive_type(t, "<Down><Down><Down><Down>a<Down>|<Tab>");
    drive_golden(t, "builder-tags-80x24", 80, 24, TIER_ASCII);
    drive_type(t, "<End><Enter>aum >= 50000<Enter>!p");
    drive_golden(t, "builder-sample-80x24", 80, 24, TIER_ASCII);
    drive_type(t, "p<Home><Down><Down><Down><Enter>");
    drive_type(t, "<Esc>");
    drive_golden(t, "builder-spread-120x40", 120, 40, TIER_UTF8);
    drive_type(t, "zzzz");
    drive_shows(t, "2,000 of 2,000");
    drive_type(t, "ZZZZ");
    drive_shows(t, "not aum >= 50000");
    tui_free(t);
}

/* The cursor behind the last condition stays there when conditions go; ! on a tag adds it turned round. */
static void test_cursor_and_negation(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "2eage > 30<Enter>e and aum > 5 and star > 2<Enter><Tab><End>z<Enter>");
    drive_shows(t, "New condition:");
    tui_free(t);
    t = drive_start(TIER_ASCII);
    drive_type(t, "2<Down><Down>!");
    drive_shows(t, "not tag.age_18_22");
    tui_free(t);
}

/* Two tags of one category, and how often they did it, with the threshold. */
static void test_alternatives_and_deeds(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "2<Down><Down><Down><Down>a<Down>a");
    drive_golden(t, "builder-either-80x24", 80, 24, TIER_ASCII);
    drive_type(t, "<Tab><End><Enter>did(login) >= 3<Enter>");
    drive_golden(t, "builder-deeds-80x24", 80, 24, TIER_ASCII);
    tui_free(t);
}

static void test_text_and_errors(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "2eage > 30 and agee = 5<Enter>");
    drive_golden(t, "builder-wrong-80x24", 80, 24, TIER_ASCII);
    drive_type(t, "<Esc>");
    drive_shows(t, "age > 30 and agee = 5"); /* kept */
    drive_type(t, "e<Backspace><Backspace><Backspace><Backspace><Backspace><Backspace><Backspace><Backspace>"
                  "aum = 5<Enter>");
    drive_shows(t, "age > 30 and aum = 5");
    drive_type(t, "/holds<Enter>");
    drive_shows(t, "Tags /holds");
    drive_shows(t, "holds a fund");
    drive_type(t, "/lc<Enter>"); /* 理财 by its sounds */
    drive_shows(t, "holds a wealth product");
    tui_free(t);
}

static void test_save_carry_and_profile(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, "2eage in 26..30<Enter>wyoung ones<Enter>");
    drive_shows(t, "Saved: young ones");
    drive_type(t, "U4");
    drive_shows(t, "[young ones]");
    drive_golden(t, "builder-carried-80x24", 80, 24, TIER_ASCII);
    drive_type(t, "F");
    drive_shows(t, "2,000");
    drive_type(t, "2P");
    drive_golden(t, "profile-80x24", 80, 24, TIER_ASCII);
    drive_type(t, "bage,star<Enter>");
    drive_golden(t, "profile-crossed-80x24", 80, 24, TIER_ASCII);
    drive_type(t, "<Down><Down><Down><Down>u");
    drive_shows(t, "customers  27"); /* as the cell says */
    drive_type(t, "<Enter>");
    drive_shows(t, "All events of customer");
    drive_type(t, "<Esc><Esc>z");
    drive_shows(t, "Index");
    drive_type(t, "fchannel = \"app\"<Enter>");
    drive_shows(t, "looks at customers, not at their events");
    drive_type(t, "z<Esc>u<Enter>");
    drive_shows(t, "Sequence");
    drive_type(t, "2<^N>Oyoung ones<Enter>"); /* the first Enter takes the completion */
    drive_type(t, "<Enter>");
    drive_shows(t, "age in 26..30");
    tui_free(t);
}

/* What another process loads is offered, not forced; also to one who has pressed no key yet, so that a tip
 * still stands where the offer goes. */
static void test_news(void **state)
{
    (void)state;
    char path[128], store[96];
    struct err err = {0};
    struct query q;
    struct tui *t = drive_start(TIER_ASCII);
    drive_settle(t);
    snprintf(path, sizeof path, "%s/news.csv", drive_folder());
    snprintf(store, sizeof store, "%s/store", drive_folder());
    assert_true(os_replace_file(path, STR("user,time,event\nx9,2026-10-07 10:00:00,login\n"), &err));
    query_init(&q, "import events");
    query_add(&q, "file", path);
    struct result *r = workspace_import(store, &q, NULL, NULL, NULL, &err);
    assert_non_null(r);
    result_free(r);
    query_done(&q);
    tui_status(t, ROLE_STATUS, "a tip");
    int64_t begin = os_monotonic_us(), end = begin + 10000000;
    while (!tui_tick(t) && os_monotonic_us() < end)
        ;
    assert_true(os_monotonic_us() - begin > 3000000); /* it could be read */
    drive_shows(t, "press R");
    tui_free(t);
}

static void test_palette(void **state)
{
    (void)state;
    struct tui *t = drive_start(TIER_ASCII);
    drive_type(t, ":funn");
    drive_golden(t, "palette-80x24", 80, 24, TIER_ASCII);
    drive_type(t, "1");
    drive_shows(t, "Funnel");
    drive_type(t, ":trend<Enter>");
    drive_shows(t, "Events");
    tui_free(t);
}

static int back_to_english(void **state)
{
    (void)state;
    nls_init("en");
    return 0;
}

static void test_chinese(void **state)
{
    (void)state;
    char folder[512];
    const char *build = getenv("top_builddir");
    snprintf(folder, sizeof folder, "%s/po", build ? build : ".");
    setenv("WAYMARK_LOCALEDIR", folder, 1);
    nls_init("zh_CN");
    if (strcmp(_("Segments"), "Segments") == 0) {
        nls_init("en");
        print_message("no Chinese catalogue here\n");
        skip();
    }
    struct tui *t = drive_start(TIER_UTF8);
    drive_golden(t, "home-zh-80x24", 80, 24, TIER_UTF8);
    drive_type(t, "2<Down><Down><Down><Down>a<Down>|<Tab><End><Enter>aum >= 50000<Enter>");
    drive_golden(t, "builder-zh-80x24", 80, 24, TIER_UTF8);
    drive_golden(t, "builder-zh-120x40", 120, 40, TIER_UTF8);
    drive_type(t, "<End><Enter>did(login) >= 3<Enter>");
    drive_golden(t, "builder-deeds-zh-80x24", 80, 24, TIER_UTF8);
    drive_type(t, "P");
    drive_golden(t, "profile-zh-80x24", 80, 24, TIER_UTF8);
    drive_golden(t, "profile-zh-120x40", 120, 40, TIER_UTF8);
    drive_type(t, "b年龄,star<Enter>");
    drive_golden(t, "profile-crossed-zh-80x24", 80, 24, TIER_UTF8);
    drive_type(t, "9");
    drive_golden(t, "data-zh-80x24", 80, 24, TIER_UTF8);
    drive_golden(t, "data-zh-120x40", 120, 40, TIER_UTF8);
    drive_type(t, ":lou"); /* nothing: 漏斗 is ld */
    drive_type(t, "<Esc>:ld");
    drive_shows(t, "funnel");
    tui_free(t);
    nls_init("en");
}

/* Random keys on the new screens: nothing may crash or hang. */
static void test_monkey(void **state)
{
    (void)state;
    static const char keys[] = "hjklgG\t a&|!(),.dpezZ/n%F29:\r\033uP\rq";
    struct rand r;
    rand_seed(&r, 20261122);
    for (int round = 0; round < 3; round++) {
        struct tui *t = drive_start(TIER_UTF8);
        tui_key(t, '2');
        for (int i = 0; i < 250; i++) {
            char ch = keys[rand_below(&r, sizeof keys - 1)];
            tui_key(t, ch == '\r' ? TERM_ENTER : ch == '\033' ? TERM_ESC : (uint32_t)(unsigned char)ch);
            if (i % 3 == 0)
                drive_settle(t);
            struct buf now = {0};
            drive_picture(t, 60 + (int)rand_below(&r, 120), 20 + (int)rand_below(&r, 40),
                          i % 2 ? TIER_UTF8 : TIER_ASCII, &now);
            buf_done(&now);
        }
        tui_free(t);
    }
}

int main(void)
{
    nls_init("en");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_picks),
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_unknown_tags),
        cmocka_unit_test(test_spread_of_deeds),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_undo),
        cmocka_unit_test(test_wrong_text),
        cmocka_unit_test(test_builder_screen),
        cmocka_unit_test(test_cursor_and_negation),
        cmocka_unit_test(test_alternatives_and_deeds),
        cmocka_unit_test(test_text_and_errors),
        cmocka_unit_test(test_palette),
        cmocka_unit_test_teardown(test_chinese, back_to_english),
        cmocka_unit_test(test_save_carry_and_profile),
        cmocka_unit_test(test_news),
        cmocka_unit_test(test_monkey), /* last: it changes what the store holds */
    };
    return cmocka_run_group_tests(tests, drive_make_store, drive_drop_store);
}
