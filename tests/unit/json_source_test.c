/* json_source_test.c - lines of JSON: what was written comes back, and the plain reading agrees with
 * jansson's on everything, also on lines that are damaged. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/rand.h"
#include "import/csv_source.h"
#include "import/json_source.h"

/* ---- Random objects, with what their fields are. */

struct made {
    struct buf line, want; /* want: name = kind:value, one a line */
    unsigned names;        /* names are never repeated */
};

static void put_blanks(struct rand *r, struct buf *out)
{
    for (uint32_t n = rand_below(r, 4) == 0 ? rand_below(r, 3) : 0; n > 0; n--)
        buf_putc(out, rand_below(r, 2) ? ' ' : '\t');
}

/* A text, as JSON into `line` and as it is into `plain`. */
static void put_text(struct rand *r, struct buf *line, struct buf *plain)
{
    static const struct {
        const char *json, *text;
    } pieces[] = {{"a", "a"},          {"login", "login"},
                  {"登录", "登录"},    {"\\n", "\n"},
                  {"\\\"", "\""},      {"\\\\", "\\"},
                  {"\\/", "/"},        {"\\u4ed8", "付"},
                  {"\\u00e9", "é"},    {"\\ud83d\\ude00", "😀"},
                  {"{\"x\":1}", 0},    {"0123456", "0123456"},
                  {" ", " "},          {"\\t", "\t"},
                  {"\\u0041", "A"},    {"😀", "😀"},
                  {"\\u001f", "\x1f"}, {",", ","},
                  {"]}", "]}"}};
    buf_putc(line, '"');
    for (uint32_t n = rand_below(r, 5); n > 0; n--) {
        uint32_t k = rand_below(r, sizeof(pieces) / sizeof(*pieces));
        if (!pieces[k].text)
            continue;
        buf_puts(line, pieces[k].json);
        buf_puts(plain, pieces[k].text);
    }
    buf_putc(line, '"');
}

static void put_object(struct rand *r, struct made *m, const char *prefix, int depth);

static void put_member(struct rand *r, struct made *m, const char *prefix, int depth)
{
    static const char *const numbers[] = {
        "0",   "-1",   "12.50", "9007199254740993",          "12345678901234567890123",
        "1e5", "-0.0", "1E-7",  "3.141592653589793238462643"};
    static const char *const arrays[][2] = {{"[]", "[]"},
                                            {"[ 1, 2.50 ,\"a\\\"b\" ]", "[1,2.50,\"a\\\"b\"]"},
                                            {"[{\"k\": [null, true]}]", "[{\"k\":[null,true]}]"}};
    char name[64];
    struct buf text = {0};
    snprintf(name, sizeof(name), "%sk%u", prefix, m->names++);
    const char *own = name + strlen(prefix);
    buf_printf(&m->line, "\"%s\"", own);
    put_blanks(r, &m->line);
    buf_putc(&m->line, ':');
    put_blanks(r, &m->line);
    uint32_t k;
    switch (rand_below(r, 7)) {
    case 0:
        k = rand_below(r, sizeof(numbers) / sizeof(*numbers));
        buf_puts(&m->line, numbers[k]);
        buf_printf(&m->want, "%s=1:%s\n", name, numbers[k]);
        break;
    case 1:
        k = rand_below(r, 2);
        buf_puts(&m->line, k ? "true" : "false");
        buf_printf(&m->want, "%s=2:%s\n", name, k ? "true" : "false");
        break;
    case 2:
        buf_puts(&m->line, "null");
        buf_printf(&m->want, "%s=3:null\n", name);
        break;
    case 3:
        k = rand_below(r, 3);
        buf_puts(&m->line, arrays[k][0]);
        buf_printf(&m->want, "%s=4:%s\n", name, arrays[k][1]);
        break;
    case 4:
        if (depth < 4) {
            strcat(name, ".");
            put_object(r, m, name, depth + 1);
            break;
        } /* fall through */
    default:
        put_text(r, &m->line, &text);
        buf_printf(&m->want, "%s=0:", name);
        buf_str(&m->want, buf_view(&text));
        buf_putc(&m->want, '\n');
    }
    put_blanks(r, &m->line);
    buf_done(&text);
}

static void put_object(struct rand *r, struct made *m, const char *prefix, int depth)
{
    buf_putc(&m->line, '{');
    uint32_t n = rand_below(r, 6);
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            buf_putc(&m->line, ',');
        put_blanks(r, &m->line);
        put_member(r, m, prefix, depth);
    }
    buf_putc(&m->line, '}');
}

static void put_record(const struct json_record *rec, struct buf *out)
{
    for (size_t i = 0; i < rec->n; i++) {
        buf_str(out, rec->field[i].key);
        buf_printf(out, "=%d:", (int)rec->field[i].kind);
        buf_str(out, rec->field[i].value);
        buf_putc(out, '\n');
    }
}

static int by_key(const void *a, const void *b)
{
    return str_cmp(((const struct json_field *)a)->key, ((const struct json_field *)b)->key);
}

/* Reads one object; returns why, fields in `out`. sorted: where a repeated name stands does not matter. */
static enum reject read_one(struct json_source *js, struct str text, bool plain, bool sorted, struct buf *out)
{
    struct json_record rec;
    json_source_object(js, text, (struct str){0}, plain, &rec);
    buf_clear(out);
    if (rec.why == REJECT_NONE) {
        json_source_single(&rec);
        if (sorted)
            qsort(rec.field, rec.n, sizeof(*rec.field), by_key);
        put_record(&rec, out);
    }
    return rec.why;
}

static void what_was_written(void **state)
{
    struct json_source *js = json_source_new();
    struct buf got = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        struct rand r;
        struct made m = {0};
        rand_seed(&r, seed);
        put_object(&r, &m, "", 1);
        buf_reserve(&m.line, CSV_SLACK);
        for (int plain = 0; plain < 2; plain++) {
            enum reject why = read_one(js, buf_view(&m.line), plain, false, &got);
            if (why != REJECT_NONE || !str_eq(buf_view(&got), buf_view(&m.want)))
                fail_msg("seed %llu, plain %d: %d\n%s\n--- want\n%s--- got\n%s", (unsigned long long)seed,
                         plain, (int)why, m.line.p, m.want.p ? m.want.p : "", got.p ? got.p : "");
        }
        buf_done(&m.line);
        buf_done(&m.want);
    }
    buf_done(&got);
    json_source_free(js);
}

/* One to three bytes changed, put in or taken out. */
static void damage(struct rand *r, struct buf *b)
{
    static const char odd[] = "{}[]\",:\\ntfu019-+.eE \t\r\x01\x7f\xc3\xff\xed\xa0";
    for (uint32_t n = 1 + rand_below(r, 3); n > 0 && b->n; n--) {
        size_t at = rand_below(r, (uint32_t)b->n);
        char c = odd[rand_below(r, sizeof(odd) - 1)];
        uint32_t how = rand_below(r, 3);
        if (how == 0) {
            b->p[at] = c;
        } else if (how == 1) {
            memmove(b->p + at, b->p + at + 1, b->n - at - 1);
            b->n--;
        } else {
            buf_putc(b, 0);
            memmove(b->p + at + 1, b->p + at, b->n - at - 1);
            b->p[at] = c;
        }
    }
}

static void both_agree_on_damage(void **state)
{
    struct json_source *js = json_source_new();
    struct buf one = {0}, other = {0};
    size_t good = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= 60000; seed++) {
        struct rand r;
        struct made m = {0};
        rand_seed(&r, seed);
        put_object(&r, &m, "", 1);
        damage(&r, &m.line);
        buf_reserve(&m.line, CSV_SLACK);
        enum reject a = read_one(js, buf_view(&m.line), true, true, &one),
                    b = read_one(js, buf_view(&m.line), false, true, &other);
        if (a != b || !str_eq(buf_view(&one), buf_view(&other)))
            fail_msg("seed %llu: %d and %d for %.*s\n--- plain\n%s--- jansson\n%s", (unsigned long long)seed,
                     (int)a, (int)b, (int)m.line.n, m.line.p, one.p ? one.p : "", other.p ? other.p : "");
        good += a == REJECT_NONE;
        buf_done(&m.line);
        buf_done(&m.want);
    }
    assert_true(good > 5000 && good < 55000); /* else the damage proves nothing */
    buf_done(&one);
    buf_done(&other);
    json_source_free(js);
}

static enum reject why_of(const char *text, size_t n)
{
    struct json_source *js = json_source_new();
    struct buf b = {0}, out = {0};
    buf_put(&b, text, n);
    buf_reserve(&b, CSV_SLACK);
    enum reject plain = read_one(js, buf_view(&b), true, true, &out),
                slow = read_one(js, buf_view(&b), false, true, &out);
    assert_int_equal(plain, slow);
    buf_done(&b);
    buf_done(&out);
    json_source_free(js);
    return plain;
}

static void put_deep(struct buf *b, int depth)
{
    buf_clear(b);
    for (int i = 0; i < depth; i++)
        buf_puts(b, "{\"a\":");
    buf_puts(b, "1");
    for (int i = 0; i < depth; i++)
        buf_putc(b, '}');
}

static void limits(void **state)
{
    struct buf b = {0};
    (void)state;
    put_deep(&b, JSON_DEPTH_MAX);
    assert_int_equal(why_of(b.p, b.n), REJECT_NONE);
    put_deep(&b, JSON_DEPTH_MAX + 1);
    assert_int_equal(why_of(b.p, b.n), REJECT_TOO_LONG);
    for (size_t keys = JSON_KEYS_MAX; keys <= JSON_KEYS_MAX + 1; keys++) {
        buf_clear(&b);
        for (size_t i = 0; i < keys; i++)
            buf_printf(&b, "%c\"k%zu\":1", i ? ',' : '{', i);
        buf_putc(&b, '}');
        assert_int_equal(why_of(b.p, b.n), keys == JSON_KEYS_MAX ? REJECT_NONE : REJECT_TOO_LONG);
    }
    for (size_t n = CSV_FIELD_MAX; n <= CSV_FIELD_MAX + 1; n++) {
        buf_clear(&b);
        buf_puts(&b, "{\"k\":\"");
        for (size_t i = 0; i < n; i++)
            buf_putc(&b, 'x');
        buf_puts(&b, "\"}");
        assert_int_equal(why_of(b.p, b.n), n == CSV_FIELD_MAX ? REJECT_NONE : REJECT_TOO_LONG);
    }
    assert_int_equal(why_of("{\"a\":\"x\\u0000\"}", 15), REJECT_NUL);
    assert_int_equal(why_of("{\"a\":\"x\0\"}", 10), REJECT_NUL);
    assert_int_equal(why_of("{\"a\":\"\xff\"}", 9), REJECT_UTF8);
    assert_int_equal(why_of("{\"a\":\"\\udc00\"}", 14), REJECT_JSON);
    assert_int_equal(why_of("{1:2}", 5), REJECT_JSON);
    assert_int_equal(why_of("{\"a\":01}", 8), REJECT_JSON);
    assert_int_equal(why_of("{\"a\":1} x", 9), REJECT_JSON);
    assert_int_equal(why_of("[1]", 3), REJECT_JSON);
    assert_int_equal(why_of("{\"a\":NaN}", 9), REJECT_JSON);
    buf_done(&b);
}

/* Of a name that comes twice the last counts, by either reading; and it is told. */
static void names_twice(void **state)
{
    static const char text[] = "{\"a\":1,\"b\":{\"c\":1,\"c\":2},\"a\":\"last\"}";
    struct json_source *js = json_source_new();
    struct buf b = {0};
    (void)state;
    buf_puts(&b, text);
    buf_reserve(&b, CSV_SLACK);
    for (int plain = 0; plain < 2; plain++) {
        struct json_record rec;
        size_t found = 0;
        json_source_object(js, buf_view(&b), STR("p"), plain, &rec);
        assert_int_equal(rec.why, REJECT_NONE);
        json_source_single(&rec);
        assert_true(rec.repeats);
        assert_int_equal(rec.n, 2);
        for (size_t i = 0; i < rec.n; i++)
            found += (str_eq(rec.field[i].key, STR("p.a")) && str_eq(rec.field[i].value, STR("last"))) ||
                     (str_eq(rec.field[i].key, STR("p.b.c")) && str_eq(rec.field[i].value, STR("2")));
        assert_int_equal(found, 2);
    }
    buf_done(&b);
    json_source_free(js);
}

/* Of an object that comes twice the last one counts, whole, by either reading. */
static void objects_twice(void **state)
{
    static const struct {
        const char *text, *key, *value;
    } tries[] = {
        {"{\"a\":{\"x\":1},\"a\":{\"y\":2}}", "a.y", "2"},
        {"{\"a\":1,\"a\":{\"y\":2}}", "a.y", "2"},
        {"{\"a\":{\"x\":1},\"a\":7}", "a", "7"},
        {"{\"a\":{},\"b\":1,\"a\":{}}", "b", "1"},
        {"{\"a\":1,\"b\":1,\"a\":{}}", "b", "1"},
        {"{\"o\":{\"a\":{\"x\":1},\"a\":{\"y\":2}}}", "o.a.y", "2"},
        {"{\"a\":{\"x\":1},\"a\":{\"x\":2}}", "a.x", "2"},
        {"{\"a\":{\"x\":1},\"a.x\":2}", "a.x", "2"},
    };
    struct json_source *js = json_source_new();
    (void)state;
    for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
        for (int plain = 0; plain < 2; plain++) {
            struct buf b = {0};
            struct json_record rec;
            buf_puts(&b, tries[i].text);
            buf_reserve(&b, CSV_SLACK);
            json_source_object(js, buf_view(&b), (struct str){0}, plain, &rec);
            assert_int_equal(rec.why, REJECT_NONE);
            json_source_single(&rec);
            assert_true(rec.repeats);
            assert_int_equal(rec.n, 1);
            assert_true(str_eq(rec.field[0].key, str_of(tries[i].key)));
            assert_true(str_eq(rec.field[0].value, str_of(tries[i].value)));
            buf_done(&b);
        }
    json_source_free(js);
}

static void lines(void **state)
{
    static const char text[] = "{\"a\":1}\r\n\n  \n{\"a\":2}\n{\"a\":\n{\"a\":3}";
    struct json_source *js = json_source_new();
    struct json_record rec;
    struct buf b = {0};
    (void)state;
    buf_puts(&b, text);
    buf_reserve(&b, CSV_SLACK);
    assert_int_equal(json_source_cut(b.p, b.n, true), b.n);
    assert_int_equal(json_source_cut(b.p, b.n, false), b.n - strlen("{\"a\":3}"));
    assert_int_equal(json_source_cut("{}", 2, false), 0);
    json_source_start(js, b.p, b.n, true);
    static const uint64_t line[] = {1, 4, 5, 6};
    for (size_t i = 0; i < 4; i++) {
        assert_true(json_source_next(js, &rec));
        assert_int_equal(rec.line, line[i]);
        assert_int_equal(rec.why, i == 2 ? REJECT_JSON : REJECT_NONE);
    }
    assert_false(json_source_next(js, &rec));
    assert_int_equal(json_source_lines(js), 5);
    buf_done(&b);
    json_source_free(js);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written), cmocka_unit_test(both_agree_on_damage), cmocka_unit_test(limits),
        cmocka_unit_test(names_twice),      cmocka_unit_test(objects_twice),        cmocka_unit_test(lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
