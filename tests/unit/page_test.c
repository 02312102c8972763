/* page_test.c - HTML and SVG read back by a strict little parser of this file's own: well formed, only
 * elements and attributes that load and run nothing, and the text in them is what the canvas holds, in its
 * place. */
#include "config.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/rand.h"
#include "base/utf8.h"
#include "render/glyph.h"
#include "render/page.h"
#include "render_sample.h"

/* ---- a strict reader: markup of our few elements; text goes to `text`, where <text> begins to `word` */

struct word {
    int x, y, length;
    struct buf text;
};
struct reading {
    struct buf text; /* of the <pre>, or of all <text> */
    struct word word[4096];
    size_t words;
    size_t rects;
};

static struct reading now;

static bool is_one_of(struct str name, const char *list)
{
    struct str rest = str_of(list);
    while (rest.p)
        if (str_eq(str_cut(&rest, ' '), name))
            return true;
    return false;
}

static const char elements[] = "html head meta title style body pre span i svg rect path text";
static const char attributes[] =
    "lang charset http-equiv content name style xmlns width height viewBox role x y fill opacity d stroke "
    "stroke-width stroke-dasharray textLength lengthAdjust font-weight text-decoration";

static void take_attribute(struct word *w, const char *name, struct str value)
{
    if (!is_one_of(str_of(name), attributes))
        fail_msg("attribute %s", name);
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] == '<' || value.p[i] == '&' || (unsigned char)value.p[i] < 0x20)
            fail_msg("value of %s: %.*s", name, (int)value.n, value.p);
    if (w && strcmp(name, "x") == 0)
        w->x = atoi(value.p);
    if (w && strcmp(name, "y") == 0)
        w->y = atoi(value.p);
    if (w && strcmp(name, "textLength") == 0)
        w->length = atoi(value.p);
}

/* From behind '<'; returns what follows '>'. The element's name in `name`, "" when it closes itself. */
static const char *take_tag(const char *p, char name[16])
{
    size_t n = 0;
    while (isalpha((unsigned char)*p) && n < 15)
        name[n++] = *p++;
    name[n] = '\0';
    if (!is_one_of(str_of(name), elements))
        fail_msg("element '%s' at %.40s", name, p);
    bool is_word = strcmp(name, "text") == 0;
    if (is_word)
        now.word[now.words++] = (struct word){0};
    assert_true(now.words < sizeof now.word / sizeof *now.word);
    now.rects += strcmp(name, "rect") == 0;
    while (*p == ' ') {
        char attribute[24];
        for (n = 0, p++; (isalpha((unsigned char)*p) || *p == '-') && n < 23; p++)
            attribute[n++] = *p;
        attribute[n] = '\0';
        assert_true(p[0] == '=' && p[1] == '"');
        const char *end = strchr(p + 2, '"');
        assert_non_null(end);
        take_attribute(is_word ? &now.word[now.words - 1] : NULL, attribute,
                       (struct str){p + 2, (size_t)(end - p - 2)});
        p = end + 1;
    }
    bool closed = *p == '/' || strcmp(name, "meta") == 0;
    p += *p == '/';
    if (*p != '>')
        fail_msg("no end of <%s: %.40s", name, p);
    if (closed)
        name[0] = '\0';
    return p + 1;
}

static const char *take_entity(const char *p, struct buf *out)
{
    static const char *const known[][2] = {
        {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(p, known[i][0], strlen(known[i][0])) == 0) {
            buf_puts(out, known[i][1]);
            return p + strlen(known[i][0]);
        }
    fail_msg("entity: %.20s", p);
    return p;
}

/* The whole document. */
static void read_back(const char *p)
{
    char open[16][16];
    size_t depth = 0;
    for (size_t i = 0; i < now.words; i++)
        buf_done(&now.word[i].text);
    buf_clear(&now.text);
    now.words = now.rects = 0;
    if (strncmp(p, "<!DOCTYPE html>\n", 16) == 0)
        p += 16;
    else if (strncmp(p, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", 39) == 0)
        p += 39;
    else
        fail_msg("begins with %.40s", p);
    while (*p) {
        bool in_word = depth && strcmp(open[depth - 1], "text") == 0;
        struct buf *to = in_word ? &now.word[now.words - 1].text : &now.text;
        if (p[0] == '<' && p[1] == '/') {
            size_t n = strcspn(p + 2, ">");
            assert_true(depth > 0);
            assert_true(str_eq((struct str){p + 2, n}, str_of(open[--depth])));
            if (strcmp(open[depth], "title") == 0 || strcmp(open[depth], "style") == 0)
                buf_clear(&now.text);
            p += n + 3;
        } else if (*p == '<') {
            char name[16];
            p = take_tag(p + 1, name);
            if (strcmp(name, "pre") == 0)
                buf_clear(&now.text);
            if (*name)
                strcpy(open[depth++], name);
            assert_true(depth < 16);
        } else if (*p == '&') {
            p = take_entity(p, to);
        } else {
            assert_true((unsigned char)*p >= 0x20 || *p == '\n');
            assert_int_not_equal(*p, 0x7F);
            buf_putc(to, *p++);
        }
    }
    assert_int_equal(depth, 0);
}

/* ---- pages of one canvas */

static void put_page(const struct canvas *c, enum page_kind kind, struct buf *out)
{
    struct page p;
    buf_clear(out);
    page_begin(&p, kind);
    page_cells(&p, c);
    page_end(&p, "a <title> & \"more\"", out);
    assert_true(utf8_valid(buf_view(out)));
}

static struct str trimmed(struct str line)
{
    while (line.n && line.p[line.n - 1] == ' ')
        line.n--;
    return line;
}

/* Blanks at the end may be there for their background. */
static void assert_same_text(struct str got, struct str want)
{
    while (want.n) {
        struct str x = trimmed(str_cut(&got, '\n')), y = trimmed(str_cut(&want, '\n'));
        if (!str_eq(x, y))
            fail_msg("got  %.*s\nwant %.*s", (int)x.n, x.p, (int)y.n, y.p);
    }
}

static void check_html(const struct canvas *c, struct buf *out)
{
    struct buf want = {0};
    put_page(c, PAGE_HTML, out);
    read_back(out->p);
    canvas_dump(c, &want);
    struct str text = buf_view(&now.text);
    assert_int_equal(*text.p, '\n'); /* <pre> passes over it */
    assert_same_text((struct str){text.p + 1, text.n - 1}, buf_view(&want));
    buf_done(&want);
}

/* What an SVG has a shape for. */
static bool is_drawn(uint32_t ch)
{
    struct str lines = STR("─━│┃┊┌┏╭┐┓╮└┗╰┘┛╯├┤┬┴┼");
    while (lines.n)
        if (utf8_next(&lines) == ch)
            return true;
    return ch >= 0x2580 && ch <= 0x2593 && ch != 0x2590;
}

/* Every letter stands in a word, and every word where its cells are. */
static void check_svg(const struct canvas *c, struct buf *out)
{
    size_t cells = 0, found = 0;
    put_page(c, PAGE_SVG, out);
    read_back(out->p);
    for (size_t i = 0; i < now.words; i++) {
        const struct word *w = &now.word[i];
        assert_int_equal(w->x % 9, 0);
        assert_int_equal((w->y - 14) % 18, 0);
        int y = (w->y - 14) / 18, x = w->x / 9, used = 0;
        struct buf want = {0};
        for (; used < w->length / 9; used++) {
            const struct cell *k = canvas_at(c, y, x + used);
            assert_non_null(k);
            if (k->ch)
                buf_rune(&want, k->ch);
            if (k->mark)
                buf_rune(&want, k->mark);
        }
        assert_string_equal(w->text.p, want.p);
        found += (size_t)used;
        buf_done(&want);
    }
    for (size_t i = 0; i < (size_t)c->w * (size_t)c->h; i++)
        cells += c->cell[i].ch != ' ' && !is_drawn(c->cell[i].ch);
    assert_int_equal(found, cells);
}

static void strip_sgr(struct str s, struct buf *out)
{
    while (s.n) {
        if (*s.p != '\033') {
            buf_putc(out, *s.p);
            s = (struct str){s.p + 1, s.n - 1};
            continue;
        }
        size_t n = strcspn(s.p, "m");
        assert_true(s.p[1] == '[' && strspn(s.p + 2, "0123456789;") == n - 2);
        s = (struct str){s.p + n + 1, s.n - n - 1};
    }
}

static void check_ansi(const struct canvas *c, struct buf *out)
{
    struct buf bare = {0}, want = {0};
    put_page(c, PAGE_ANSI, out);
    strip_sgr(buf_view(out), &bare);
    canvas_dump(c, &want);
    assert_same_text(buf_view(&bare), buf_view(&want));
    const char *last = strrchr(out->p, '\033');
    assert_true(!last || strncmp(last, "\033[0m", 4) == 0); /* the terminal is left as it was */
    buf_done(&bare);
    buf_done(&want);
}

static void check_all(const struct canvas *c)
{
    struct buf out = {0};
    check_html(c, &out);
    check_svg(c, &out);
    check_ansi(c, &out);
    buf_done(&out);
}

/* ---- tests */

static void names_that_are_markup(void **state)
{
    static const char *const names[] = {"<script>alert(1)</script>",
                                        "</pre></svg><b>",
                                        "\"onload=\"x",
                                        "' onclick='x",
                                        "&lt;b&gt; &amp; &#60;",
                                        "]]>--><!--",
                                        "<![CDATA[",
                                        "a\033[31mb\007",
                                        "\xC2\x9B\x7F\x01",
                                        "\xE2\x80\xAEx\xEF\xBF\xBE\xED\xA0\x80",
                                        "╱═▐▟ ▚─┊",
                                        "理财<b>频道</b>é"};
    struct canvas c;
    (void)state;
    canvas_init(&c, 40, sizeof names / sizeof *names, TIER_UTF8);
    for (int i = 0; i < c.h; i++)
        canvas_text(&c, i, i % 3, 40, (enum role)(i % ROLES), str_of(names[i]));
    check_all(&c);
    canvas_done(&c);
}

static uint32_t any_mark(struct rand *r)
{
    static const enum glyph glyphs[] = {GLYPH_HLINE, GLYPH_WIRE_LEFT_DOWN, GLYPH_HOT_UP_RIGHT,
                                        GLYPH_EDGE_OPEN};
    return rand_below(r, 2) ? glyph_of(TIER_UTF8, glyphs[rand_below(r, 4)]) : 0x2580 + rand_below(r, 16);
}

static void anything_at_random(void **state)
{
    uint64_t seed = (uint64_t)(getenv("SEED") ? atoll(getenv("SEED")) : 20261122);
    struct rand r;
    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    rand_seed(&r, seed);
    for (int round = 0; round < 300; round++) {
        struct canvas c;
        canvas_init(&c, 1 + (int)rand_below(&r, 60), 1 + (int)rand_below(&r, 6), TIER_HD);
        for (int i = 0; i < 120; i++) {
            int y = (int)rand_below(&r, (uint32_t)c.h), x = (int)rand_below(&r, (uint32_t)c.w);
            enum role role = (enum role)rand_below(&r, ROLES);
            struct buf text = {0};
            for (uint32_t k = rand_below(&r, 6); k-- > 0;)
                buf_rune(&text, rand_below(&r, rand_below(&r, 2) ? 128 : 0x30000));
            if (rand_below(&r, 3))
                canvas_text(&c, y, x, c.w, role, buf_view(&text));
            else
                canvas_put(&c, y, x, any_mark(&r), role);
            if (!rand_below(&r, 5))
                canvas_under(&c, y, x, (enum role)rand_below(&r, ROLES));
            if (!rand_below(&r, 5))
                canvas_mark(&c, (struct rect){y, x, 1, 4}, role, true);
            buf_done(&text);
        }
        check_all(&c);
        canvas_done(&c);
    }
}

static void assert_svg_has(const struct canvas *c, const char *part)
{
    struct buf out = {0};
    put_page(c, PAGE_SVG, &out);
    if (!strstr(out.p, part))
        fail_msg("no %s in\n%s", part, out.p);
    buf_done(&out);
}

/* A cell is 9 by 18: places and sizes by hand. */
static void blocks_and_lines_are_drawn(void **state)
{
    struct canvas c;
    (void)state;
    canvas_init(&c, 10, 2, TIER_HD);
    canvas_put(&c, 1, 2, 0x258C, ROLE_TEXT); /* left half */
    canvas_put(&c, 0, 1, 0x2584, ROLE_TEXT); /* lower half */
    canvas_put(&c, 0, 3, 0x2580, ROLE_TEXT); /* upper half */
    canvas_put(&c, 1, 5, 0x2592, ROLE_TEXT);
    canvas_put(&c, 1, 6, 0x2592, ROLE_TEXT);
    glyph_hline(&c, 0, 5, 3, ROLE_TEXT);
    canvas_put(&c, 0, 9, 0x256E, ROLE_TEXT); /* from the left, down */
    assert_svg_has(&c, "<rect x=\"18\" y=\"18\" width=\"4.5\" height=\"18\" fill=\"#000000\"/>");
    assert_svg_has(&c, "<rect x=\"9\" y=\"9\" width=\"9\" height=\"9\" fill=\"#000000\"/>");
    assert_svg_has(&c, "<rect x=\"27\" y=\"0\" width=\"9\" height=\"9\" fill=\"#000000\"/>");
    assert_svg_has(&c,
                   "<rect x=\"45\" y=\"18\" width=\"18\" height=\"18\" fill=\"#000000\" opacity=\"0.5\"/>");
    assert_svg_has(&c, "<path d=\"M45 9h27\" stroke=\"#000000\" stroke-width=\"1\"/>");
    assert_svg_has(&c, "<path d=\"M81 9H85.5M85.5 9V18\" stroke=\"#000000\" stroke-width=\"1\"/>");
    assert_svg_has(&c, "viewBox=\"0 0 90 36\"");
    canvas_done(&c);
}

/* The last row of a long list, 18 for each row before it. */
static void far_down_is_in_its_place(void **state)
{
    enum { ROWS_BEFORE = 60001 };
    struct canvas c;
    struct page p;
    struct buf out = {0};
    (void)state;
    canvas_init(&c, 2, 1, TIER_UTF8);
    page_begin(&p, PAGE_SVG);
    for (int i = 0; i < ROWS_BEFORE; i++)
        page_cells(&p, &c);
    canvas_text(&c, 0, 0, 1, ROLE_TEXT, STR("x"));
    glyph_put(&c, 0, 1, GLYPH_BAR, ROLE_TEXT);
    page_cells(&p, &c);
    page_end(&p, "long", &out);
    assert_non_null(strstr(out.p, "<text x=\"0\" y=\"1080032\""));
    assert_non_null(strstr(out.p, "<rect x=\"9\" y=\"1080018\""));
    canvas_done(&c);
    buf_done(&out);
}

/* What is no ASCII stands in a box of its columns. */
static void wide_text_keeps_its_place(void **state)
{
    struct canvas c;
    struct buf out = {0};
    (void)state;
    canvas_init(&c, 12, 1, TIER_UTF8);
    canvas_text(&c, 0, 0, 12, ROLE_STRONG, STR("理财 5"));
    put_page(&c, PAGE_HTML, &out);
    assert_non_null(strstr(
        out.p, "<span style=\"color:#000000;font-weight:bold\"><i style=\"width:4ch\">理财</i> 5</span>"));
    assert_svg_has(
        &c, "<text x=\"0\" y=\"14\" textLength=\"36\" lengthAdjust=\"spacingAndGlyphs\" fill=\"#000000\" "
            "font-weight=\"bold\">理财</text>");
    assert_svg_has(&c, "<text x=\"45\" y=\"14\" textLength=\"9\"");
    canvas_done(&c);
    buf_done(&out);
}

static void acs_is_ascii_in_files(void **state)
{
    struct canvas c;
    struct buf out = {0};
    (void)state;
    canvas_init(&c, 6, 1, TIER_ACS);
    glyph_hline(&c, 0, 0, 3, ROLE_RULE);
    glyph_put(&c, 0, 4, GLYPH_BAR, ROLE_BAR);
    put_page(&c, PAGE_HTML, &out);
    read_back(out.p);
    assert_non_null(strstr(now.text.p, "--- #"));
    canvas_done(&c);
    buf_done(&out);
}

/* Looked at in a browser before they were kept. */
static void kept_pages(void **state)
{
    static const char *const kinds[] = {"html", "svg", "ansi"};
    struct result *r = sample_funnel(true);
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct writer_options o = {.tier = TIER_UTF8, .w = 80};
        struct buf out = {0};
        char name[32];
        writer_named(kinds[i])->write(r, &o, &out);
        snprintf(name, sizeof name, "page_funnel_%s", kinds[i]);
        golden_check(name, buf_view(&out));
        if (i < 2)
            read_back(out.p);
        buf_done(&out);
    }
    result_free(r);
}

/* The command and a hostile rule and name in a table of one row, through the writers. */
static void answers_cannot_break_out(void **state)
{
    static const struct column_info column[] = {{"name", NULL, VALUE_TEXT}};
    struct result *r = result_new("user", PICTURE_TABLE);
    struct writer_options o = {.tier = TIER_UTF8, .w = 80};
    (void)state;
    result_columns(r, column, 1);
    result_row(r)[0] = value_static("<img src=x onerror='alert(1)'>");
    r->rule = "of </pre><script>1</script>";
    r->command = "waymark user '\"<b>&\033[2J'";
    for (int i = 0; i < 2; i++) {
        struct buf out = {0};
        writer_named(i ? "svg" : "html")->write(r, &o, &out);
        read_back(out.p);
        assert_null(strstr(out.p, "<img"));
        assert_null(strstr(out.p, "<script"));
        assert_null(strchr(out.p, '\033'));
        if (i == 0)
            assert_non_null(strstr(now.text.p, "<img src=x onerror='alert(1)'>"));
        buf_done(&out);
    }
    result_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_are_markup),      cmocka_unit_test(anything_at_random),
        cmocka_unit_test(blocks_and_lines_are_drawn), cmocka_unit_test(wide_text_keeps_its_place),
        cmocka_unit_test(acs_is_ascii_in_files),      cmocka_unit_test(kept_pages),
        cmocka_unit_test(answers_cannot_break_out),   cmocka_unit_test(far_down_is_in_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
