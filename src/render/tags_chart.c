/* tags_chart.c - a catalogue: a line for each tag under its category, how many have it, their share of all,
 * and as much of its condition as has room. The table (`t`) and CSV have the conditions whole. */
#include "config.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "render/charts.h"
#include "render/glyph.h"
#include "render/show.h"

enum {
    LEFT = 1,
    INDENT = 2,
    GAP = 2,
    HEAD = 4 /* how many, a blank line, headings, a rule */,
    SHARE = 7,
    CONDITION_LEAST = 14,
    NAME_LEAST = 16
};

struct tags {
    const struct result *r;
    int id, name, users, share, condition; /* widths; 0: has no room */
};

static const struct value *cell(const struct result *r, size_t row, const char *column)
{
    return show_cell(r, row, column);
}

static bool begins_category(const struct result *r, size_t row)
{
    return row == 0 || !str_eq(cell(r, row, "category")->text, cell(r, row - 1, "category")->text);
}

static int lines(const struct result *r)
{
    int n = 0;
    for (size_t row = 0; row < r->rows.n; row++)
        n += 1 + begins_category(r, row);
    return n;
}

static int widest(const struct result *r, const char *column, const char *title, int most)
{
    int width = utf8_width(str_of(title));
    struct arena a = {0};
    for (size_t row = 0; row < r->rows.n; row++) {
        int w = utf8_width(show_str(&a, r, cell(r, row, column)));
        width = w > width ? w : width;
    }
    arena_done(&a);
    return width < most ? width : most;
}

static struct tags plan(const struct result *r, int w)
{
    struct tags t = {.r = r,
                     .id = widest(r, "id", _("Tag"), 22),
                     .name = widest(r, "name", _("Name"), 24),
                     .users = widest(r, "users", _("Customers"), 13)};
    int rest = w - LEFT - INDENT - t.id - GAP - t.users, name = t.name;
    t.share = rest >= GAP + SHARE ? SHARE : 0;
    rest -= t.share ? GAP + SHARE : 0;
    t.name = rest < GAP + NAME_LEAST ? 0 : name < rest - GAP ? name : rest - GAP;
    rest -= t.name ? GAP + t.name : 0;
    int give = CONDITION_LEAST + GAP - rest; /* the name shrinks for a condition that says something */
    if (give > 0 && t.name - give >= NAME_LEAST) {
        t.name -= give;
        rest += give;
    }
    t.condition = t.name && rest >= CONDITION_LEAST + GAP ? rest - GAP : 0;
    t.id += rest < 0 ? rest : 0;
    return t;
}

static int put(struct canvas *c, int y, int x, int w, enum role role, struct str text)
{
    canvas_text(c, y, x, w, role, text);
    return w > 0 ? x + w + GAP : x;
}

static int put_right(struct canvas *c, int y, int x, int w, enum role role, struct str text)
{
    canvas_right(c, y, x, w, role, text);
    return w > 0 ? x + w + GAP : x;
}

static void draw_heading(const struct tags *t, struct canvas *c, struct rect at)
{
    int x = put(c, at.y, at.x + LEFT + INDENT, t->id, ROLE_HEAD, str_of(_("Tag")));
    x = put(c, at.y, x, t->name, ROLE_HEAD, str_of(_("Name")));
    x = put_right(c, at.y, x, t->users, ROLE_HEAD, str_of(_("Customers")));
    x = put_right(c, at.y, x, t->share, ROLE_HEAD, str_of(_("Share")));
    canvas_text(c, at.y, x, t->condition, ROLE_HEAD, str_of(_("Condition")));
    glyph_hline(c, at.y + 1, at.x, at.w, ROLE_RULE);
}

static void draw_tag(const struct tags *t, size_t row, const struct chart_view *v, struct canvas *c,
                     struct rect at, struct arena *a, struct spots *spots)
{
    const struct value *users = cell(t->r, row, "users");
    struct value share = value_none();
    if (users->type == VALUE_INT)
        share = value_ratio(users->i, show_count(show_summary(t->r, "users")));
    int x = put(c, at.y, at.x + LEFT + INDENT, t->id, ROLE_TEXT, cell(t->r, row, "id")->text);
    x = put(c, at.y, x, t->name, ROLE_TEXT, cell(t->r, row, "name")->text);
    struct rect number = {at.y, x, 1, t->users};
    x = put_right(c, at.y, x, t->users, ROLE_TEXT, show_str(a, t->r, users));
    x = put_right(c, at.y, x, t->share, ROLE_TEXT, show_str(a, t->r, &share));
    canvas_text(c, at.y, x, t->condition, ROLE_DIM, cell(t->r, row, "condition")->text);
    if (spots && users->who)
        show_spot(c, spots, v,
                  (struct spot){number, users->who, show_str(a, t->r, cell(t->r, row, "name")).p,
                                show_count(users), row, 0},
                  at.x);
}

/* Where there is little room, rows go before the line that says how many. */
static int head_of(int h)
{
    return h >= HEAD + 3 ? HEAD : 2;
}

static int room_of(const struct result *r, const struct chart_view *v, int h, int *top)
{
    int room = h > head_of(h) ? h - head_of(h) : 0, all = lines(r), last = all > room ? all - room : 0;
    *top = v->scroll < 0 ? 0 : v->scroll > last ? last : v->scroll;
    return room;
}

static void draw_lines(const struct tags *t, const struct chart_view *v, struct canvas *c, struct rect at,
                       int top, struct arena *a, struct spots *spots)
{
    int line = -top;
    for (size_t row = 0; row < t->r->rows.n && line < at.h; row++) {
        if (begins_category(t->r, row) && line++ >= 0)
            canvas_text(c, at.y + line - 1, at.x + LEFT, at.w - LEFT, ROLE_STRONG,
                        value_seen(cell(t->r, row, "category")));
        if (line >= 0 && line < at.h)
            draw_tag(t, row, v, c, (struct rect){at.y + line, at.x, 1, at.w}, a, spots);
        line++;
    }
}

static void put_totals(const struct result *r, struct buf *out)
{
    int64_t unknown = show_count(show_summary(r, "unknown"));
    struct arena a = {0};
    buf_printf(out, _("%s tags in %s categories, %s customers"), show_str(&a, r, show_summary(r, "tags")).p,
               show_str(&a, r, show_summary(r, "categories")).p, show_str(&a, r, show_summary(r, "users")).p);
    if (unknown > 0)
        buf_printf(out, _("   %d unknown to this store (-)"), (int)unknown);
    arena_done(&a);
}

static int tags_height(const struct result *r, const struct chart_view *v, int w)
{
    (void)v, (void)w;
    return HEAD + lines(r);
}

static void tags_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                      struct arena *a, struct spots *spots)
{
    int top, room = room_of(r, v, at.h, &top);
    struct tags t = plan(r, at.w);
    struct buf totals = {0};
    if (at.h <= 0)
        return;
    put_totals(r, &totals);
    if (head_of(at.h) == HEAD)
        canvas_text(c, at.y, at.x + LEFT, at.w - LEFT, ROLE_TEXT, buf_view(&totals));
    buf_done(&totals);
    if (room > 0)
        draw_heading(&t, c, (struct rect){at.y + head_of(at.h) - 2, at.x, 2, at.w});
    draw_lines(&t, v, c, (struct rect){at.y + head_of(at.h), at.x, room, at.w}, top, a, spots);
}

static void tags_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    int top, room = room_of(r, v, h, &top), all = lines(r);
    (void)w;
    if (room > 0 && all > room)
        buf_printf(out, _("rows %d-%d of %d"), top + 1, top + room, all);
}

const struct chart chart_tags = {PICTURE_TAGS, tags_height, tags_draw, tags_note, false};
