/* around_chart.c - what comes before and after one event: two lists with bars, left where customers came
 * from, right where they went; both add up to the times the event occurs. One above the other where there is
 * no room for both. */
#include "config.h"

#include "base/nls.h"
#include "base/num.h"
#include "render/charts.h"
#include "render/glyph.h"
#include "render/show.h"

enum {
    COUNT = 9,
    SHARE = 7,
    TIME = 9,
    NAME_LEAST = 14,
    BAR = 16,
    BAR_LEAST = 5,
    SIDE_LEAST = NAME_LEAST + COUNT + SHARE,
    GAP = 3
};

/* Rows of one side lie together. */
struct side {
    size_t first, n;
    const char *title;
};

static struct side side_of(const struct result *r, const char *word, const char *title)
{
    struct side s = {.title = title};

    for (size_t i = 0; i < r->rows.n; i++) {
        const struct value *v = show_cell(r, i, "side");

        if (v->type != VALUE_TEXT || !str_eq(v->text, str_of(word)))
            continue;
        s.first = s.n ? s.first : i;
        s.n++;
    }
    return s;
}

static bool is_wide(int w)
{
    return w >= 2 * SIDE_LEAST + GAP;
}

static void put_row(const struct result *r, const struct chart_view *v, size_t row, struct canvas *c,
                    struct rect at, int group, struct arena *a, struct spots *spots)
{
    const struct value *name = show_cell(r, row, "name"), *count = show_cell(r, row, "count"),
                       *share = show_cell(r, row, "share"), *time = show_cell(r, row, "median_s");
    bool has_time = at.w >= SIDE_LEAST + TIME + BAR_LEAST;
    int numbers = COUNT + SHARE + (has_time ? TIME : 0), bar = at.w - numbers - NAME_LEAST - 2;
    bar = bar > BAR ? BAR : bar < BAR_LEAST ? 0 : bar;
    int w = at.w - numbers - bar - 1 - (bar ? 1 : 0), x = at.x + at.w - numbers - bar - (bar ? 1 : 0);
    struct buf b = {0};

    canvas_text(c, at.y, at.x + 1, w, ROLE_TEXT, value_seen(name));
    canvas_right(c, at.y, x, COUNT, ROLE_TEXT, show_str(a, r, count));
    if (share->type == VALUE_RATIO)
        num_put_percent(&b, share->ratio.part, share->ratio.whole, 1);
    canvas_right(c, at.y, x + COUNT, SHARE, ROLE_DIM, buf_view(&b));
    buf_done(&b);
    if (has_time)
        canvas_right(c, at.y, x + COUNT + SHARE, TIME, ROLE_DIM, show_str(a, r, time));
    if (bar)
        glyph_bar(c, at.y, at.x + at.w - bar, bar, show_amount(share), 1, GLYPH_BAR, ROLE_BAR);
    show_spot(c, spots, v,
              (struct spot){{at.y, at.x + 1, 1, w},
                            count->who,
                            arena_str(a, value_seen(name)).p,
                            show_count(count),
                            row,
                            group},
              at.x);
}

static void put_side(const struct result *r, const struct chart_view *v, struct side s, struct canvas *c,
                     struct rect at, int group, struct arena *a, struct spots *spots)
{
    int room = at.h - 1, last = (int)s.n > room ? (int)s.n - room : 0;
    int top = v->scroll < 0 ? 0 : v->scroll > last ? last : v->scroll;

    canvas_text(c, at.y, at.x + 1, at.w - 1, ROLE_HEAD, str_of(s.title));
    for (int i = 0; i < room && (size_t)(top + i) < s.n; i++)
        put_row(r, v, s.first + (size_t)(top + i), c, (struct rect){at.y + 1 + i, at.x, 1, at.w}, group, a,
                spots);
}

static void around_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                        struct arena *a, struct spots *spots)
{
    struct side before = side_of(r, "before", _("Came from")), after = side_of(r, "after", _("Went to"));
    int half = (at.w - GAP) / 2;

    if (at.h < 3 || at.w < SIDE_LEAST) {
        chart_table.draw(r, v, c, at, a, spots);
    } else if (is_wide(at.w)) {
        put_side(r, v, before, c, (struct rect){at.y, at.x, at.h, half}, 0, a, spots);
        put_side(r, v, after, c, (struct rect){at.y, at.x + half + GAP, at.h, at.w - half - GAP}, 1, a,
                 spots);
    } else {
        int h = (int)before.n + 1 < at.h / 2 ? (int)before.n + 1 : at.h / 2;

        put_side(r, v, before, c, (struct rect){at.y, at.x, h, at.w}, 0, a, spots);
        put_side(r, v, after, c, (struct rect){at.y + h, at.x, at.h - h, at.w}, 1, a, spots);
    }
}

static int around_height(const struct result *r, const struct chart_view *v, int w)
{
    size_t a = side_of(r, "before", "").n, b = side_of(r, "after", "").n;

    if (w < SIDE_LEAST)
        return chart_table.height(r, v, w);
    return is_wide(w) ? (int)(a > b ? a : b) + 1 : (int)(a + b) + 2;
}

static void around_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    const struct value *times = show_summary(r, "times");
    struct arena a = {0};

    (void)v, (void)w, (void)h;
    if (times->type == VALUE_INT)
        buf_printf(out, _("occurs %s times; both sides add up to that"), show_thousands(&a, times->i));
    arena_done(&a);
}

const struct chart chart_around = {PICTURE_AROUND, around_height, around_draw, around_note, false};
