/* writer_test.c - JSON read back by another library, CSV by the letter, and text from data that tries to fool
 * a terminal, a spreadsheet or a parser. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <jansson.h>
#include <math.h>
#include <cmocka.h>
#include "base/rand.h"
#include "base/utf8.h"
#include "render_sample.h"

static const struct column_info columns[] = {
    {"name", NULL, VALUE_TEXT},   {"n", NULL, VALUE_INT},
    {"mean", NULL, VALUE_REAL},   {"time", NULL, VALUE_TIME},
    {"rate", NULL, VALUE_RATIO},  {"gap_s", NULL, VALUE_SECONDS},
    {"failed", NULL, VALUE_BOOL}, {"properties", NULL, VALUE_OBJECT},
};

static struct value *add_row(struct result *r, struct str name)
{
    struct value *row = result_row(r);

    row[0] = value_text(&r->arena, name);
    return row;
}

static struct result *mixed(void)
{
    struct result *r = result_new("user", PICTURE_TABLE);
    struct object *properties = arena_new(&r->arena, struct object);
    struct value *row;

    r->zone = zone_open("Asia/Shanghai", NULL);
    result_columns(r, columns, 8);
    row = add_row(r, STR("理财, \"top\""));
    row[1] = value_int(-9007199254740993LL);
    row[2] = value_real(0.1);
    row[3] = value_time(1479384727000000LL);
    row[4] = value_ratio(1, 3);
    row[5] = value_seconds(2.5);
    row[6] = value_bool(true);
    object_add(&r->arena, properties, "channel", value_static("app"));
    object_add(&r->arena, properties, "amount", value_real(12));
    row[7] = (struct value){.type = VALUE_OBJECT, .object = properties};
    row = add_row(r, STR("=1+1"));
    row[2] = value_real(NAN);
    row[4] = value_ratio(0, 0);
    object_add(&r->arena, &r->parameters, "id", value_static("C1"));
    object_add(&r->arena, &r->summary, "events", value_int(2));
    object_add(&r->arena, &r->more, "users", (struct value){.type = VALUE_ROWS, .rows = &r->rows});
    r->rule = "One user's events.";
    r->command = "waymark user C1";
    return r;
}

static void write_as(const char *name, const struct result *r, struct buf *out)
{
    struct writer_options o = {.tier = TIER_UTF8, .w = 80};

    writer_named(name)->write(r, &o, out);
}

static json_t *as_json(const struct result *r)
{
    struct buf out = {0};
    json_error_t error;

    write_as("json", r, &out);
    json_t *j = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

    if (!j)
        fail_msg("no JSON, line %d column %d: %s\n%s", error.line, error.column, error.text, out.p);
    buf_done(&out);
    return j;
}

static void json_has_the_contract_s_keys(void **state)
{
    struct result *r = mixed();
    json_t *j = as_json(r);
    static const char *const keys[] = {"analysis", "rule", "command", "parameters",
                                       "summary",  "rows", "users"};
    size_t i = 0;
    const char *key;
    json_t *value;

    (void)state;
    json_object_foreach(j, key, value) assert_string_equal(key, keys[i++]);
    assert_int_equal(i, 7);
    assert_string_equal(json_string_value(json_object_get(j, "analysis")), "user");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(j, "summary"), "events")), 2);
    assert_int_equal(json_array_size(json_object_get(j, "users")), 2);
    json_decref(j);
    result_free(r);
}

static void json_values_are_exact(void **state)
{
    struct result *r = mixed();
    json_t *j = as_json(r), *row = json_array_get(json_object_get(j, "rows"), 0);

    (void)state;
    assert_string_equal(json_string_value(json_object_get(row, "name")), "理财, \"top\"");
    assert_true(json_integer_value(json_object_get(row, "n")) == -9007199254740993LL);
    assert_true(json_real_value(json_object_get(row, "mean")) == 0.1);
    assert_string_equal(json_string_value(json_object_get(row, "time")), "2016-11-17T20:12:07+08:00");
    assert_true(json_real_value(json_object_get(row, "rate")) == 1.0 / 3.0);
    assert_true(json_number_value(json_object_get(row, "gap_s")) == 2.5);
    assert_true(json_is_true(json_object_get(row, "failed")));
    assert_true(json_number_value(json_object_get(json_object_get(row, "properties"), "amount")) == 12.0);
    row = json_array_get(json_object_get(j, "rows"), 1);
    assert_true(json_is_null(json_object_get(row, "n")));
    assert_true(json_is_null(json_object_get(row, "mean")));
    assert_true(json_is_null(json_object_get(row, "rate")));
    json_decref(j);
    result_free(r);
}

static void csv_by_the_letter(void **state)
{
    static const char want[] =
        "name,n,mean,time,rate,gap_s,failed,properties\n"
        "\"理财, \"\"top\"\"\",-9007199254740993,0.1,2016-11-17T20:12:07+08:00,"
        "0.3333333333333333,2.5,true,\"{\"\"channel\"\": \"\"app\"\", \"\"amount\"\": 12}\"\n"
        "'=1+1,,,,,,,\n";
    struct result *r = mixed();
    struct buf out = {0};

    (void)state;
    write_as("csv", r, &out);
    assert_string_equal(out.p, want);
    buf_done(&out);
    result_free(r);
}

static void csv_disarms_formulas_in_text_only(void **state)
{
    static const char *const text[][2] = {{"=A1", "'=A1"},
                                          {"+1", "'+1"},
                                          {"-1", "'-1"},
                                          {"@x", "'@x"},
                                          {"\tx", "'\tx"},
                                          {"\rx", "'<0D>x"},
                                          {"a=b", "a=b"},
                                          {"a\nb", "\"a\nb\""},
                                          {"\x1b[31m", "<1B>[31m"},
                                          {"\xff", "<FF>"},
                                          {"a\xe2\x80\xae", "a<U+202E>"}};

    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        struct result *r = result_new("events", PICTURE_TABLE);
        struct buf out = {0}, want = {0};

        result_columns(r, columns, 2);
        add_row(r, str_of(text[i][0]))[1] = value_int(-1);
        write_as("csv", r, &out);
        buf_printf(&want, "name,n\n%s,-1\n", text[i][1]);
        assert_string_equal(out.p, want.p);
        buf_done(&out);
        buf_done(&want);
        result_free(r);
    }
}

/* Every byte, every C1 and bidi control, and 500 random escape sequences. */
static void hostile(size_t i, struct rand *rng, struct buf *out)
{
    static const char *const starts[] = {"\x1b[",    "\x1b]0;",  "\x1bP",     "\x1b(0",
                                         "\xc2\x9b", "\xc2\x9d", "\x1b]52;c;"};

    buf_putc(out, 'a');
    if (i < 256) {
        buf_putc(out, (char)i);
    } else if (i < 512) {
        buf_rune(out, (uint32_t)(i < 384 ? 0x80 + (i - 256) % 32 : 0x2000 + (i - 384)));
    } else {
        buf_puts(out, starts[rand_below(rng, 7)]);
        for (uint32_t n = rand_below(rng, 12); n > 0; n--)
            buf_putc(out, (char)rand_below(rng, 256));
    }
    buf_putc(out, 'b');
}

static bool is_forbidden(uint32_t ch)
{
    return ch == UTF8_BAD || (ch < 0x20 && ch != '\n') || (ch >= 0x7F && ch <= 0x9F) || ch == 0x2028 ||
           ch == 0x2029 || (ch >= 0x200B && ch <= 0x200F) || (ch >= 0x202A && ch <= 0x202E) ||
           (ch >= 0x2066 && ch <= 0x2069);
}

static void assert_printable(struct buf *out, bool tab_allowed)
{
    struct str s = buf_view(out);

    while (s.n > 0) {
        uint32_t ch = utf8_next(&s);

        if (is_forbidden(ch) && !(tab_allowed && ch == '\t'))
            fail_msg("U+%04X in the output", (unsigned)ch);
    }
}

static size_t count_lines(const struct buf *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        n += b->p[i] == '\n';
    return n;
}

static struct result *hostile_result(struct str text)
{
    struct result *r = result_new("events", PICTURE_TABLE);
    const char *s = arena_str(&r->arena, text).p;

    result_columns(r, columns, 2);
    add_row(r, text);
    object_add(&r->arena, &r->summary, s, value_text(&r->arena, text));
    r->rule = r->command = s;
    return r;
}

static void hostile_text_stays_text(void **state)
{
    struct rand rng;

    (void)state;
    rand_seed(&rng, 20261120);
    for (size_t i = 0; i < 512 + 500; i++) {
        struct buf text = {0}, out = {0};

        hostile(i, &rng, &text);
        struct result *r = hostile_result(buf_view(&text));

        write_as("text", r, &out);
        assert_printable(&out, false);
        assert_int_equal(count_lines(&out), 1 + 1 + 2 + 1 + 2);
        buf_clear(&out);
        write_as("json", r, &out);
        assert_printable(&out, false);
        json_decref(as_json(r));
        if (utf8_valid(buf_view(&text))) {
            json_t *j = as_json(r);
            json_t *name = json_object_get(json_array_get(json_object_get(j, "rows"), 0), "name");

            assert_int_equal(json_string_length(name), text.n);
            assert_memory_equal(json_string_value(name), text.p, text.n);
            json_decref(j);
        }
        buf_clear(&out);
        write_as("csv", r, &out);
        assert_null(memchr(out.p, 0x1b, out.n));
        buf_done(&text);
        buf_done(&out);
        result_free(r);
    }
}

static void writers_by_name(void **state)
{
    (void)state;
    assert_string_equal(writer_named("text")->name, "text");
    assert_string_equal(writer_named("csv")->name, "csv");
    assert_string_equal(writer_named("json")->name, "json");
    assert_null(writer_named("xml"));
}

static void quiet_text_is_the_picture_alone(void **state)
{
    struct result *r = mixed();
    struct writer_options o = {.tier = TIER_ASCII, .w = 80, .quiet = true};
    struct buf out = {0};

    (void)state;
    writer_named("text")->write(r, &o, &out);
    assert_null(strstr(out.p, "waymark user C1"));
    o.quiet = false;
    writer_named("text")->write(r, &o, &out);
    assert_non_null(strstr(out.p, "waymark user C1"));
    buf_done(&out);
    result_free(r);
}

static void rules_wrap_by_words_and_commands_do_not(void **state)
{
    static const char want[] = " rule: Customers, ordered steps\n"
                               "       within 7d; 时间相同按到达\n"
                               "       先后，同一个事件，只占一\n"
                               "       步。\n"
                               " command: waymark funnel --step 'a b' --step wealth --step detail\n";
    struct result *r = result_new("funnel", PICTURE_TABLE);
    struct writer_options o = {.tier = TIER_UTF8, .w = 32};
    struct buf out = {0};

    (void)state;
    r->rule = "Customers, ordered steps within 7d; 时间相同按到达先后，同一个事件，只占一步。";
    r->command = "waymark funnel --step 'a b' --step wealth --step detail";
    writer_named("text")->write(r, &o, &out);
    assert_string_equal(out.p, want);
    buf_done(&out);
    result_free(r);
}

/* Written in slabs, a long table is what one tall canvas shows: every row once, in order, in the same
 * columns. */
static void long_tables_are_whole(void **state)
{
    static const struct column_info two[] = {{"user", NULL, VALUE_TEXT}, {"events", NULL, VALUE_INT}};
    struct writer_options o = {.tier = TIER_UTF8, .w = 40, .quiet = true};
    struct chart_view v = {.selected = -1};

    (void)state;
    for (int n = 0; n <= 900; n = n * 3 + 1) {
        struct result *r = result_new("users", PICTURE_LIST);
        struct buf slabs = {0}, tall = {0};

        result_columns(r, two, 2);
        for (int i = 0; i < n; i++) {
            struct value *row = result_row(r);

            row[0] = value_text(&r->arena, str_of(arena_printf(&r->arena, i % 7 ? "C%05d" : "客户%d", i)));
            row[1] = value_int(i * 37);
        }
        if (n % 2)
            object_add(&r->arena, &r->summary, "users", value_int(n));
        writer_named("text")->write(r, &o, &slabs);
        sample_draw(r, &v, 40, chart_of(r, &v)->height(r, &v, 40), TIER_UTF8, &tall);
        assert_string_equal(slabs.p, tall.p);
        buf_done(&slabs);
        buf_done(&tall);
        result_free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_the_contract_s_keys),
        cmocka_unit_test(json_values_are_exact),
        cmocka_unit_test(csv_by_the_letter),
        cmocka_unit_test(csv_disarms_formulas_in_text_only),
        cmocka_unit_test(hostile_text_stays_text),
        cmocka_unit_test(writers_by_name),
        cmocka_unit_test(rules_wrap_by_words_and_commands_do_not),
        cmocka_unit_test(long_tables_are_whole),
        cmocka_unit_test(quiet_text_is_the_picture_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
