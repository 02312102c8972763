/* profile_chart.c - who they are: a line for each tag, with its share in the set and in all, the index, and
 * what bounds the difference of the two.
 *
 * The index and the interval are what the picture is for. What has no room gives way in a fixed order, so
 * that they stay to the last: first the tag's id, then the drawing of the interval, and so on up; the names
 * shrink before anything else goes. A wide picture draws the intervals beside each other on one scale. */
#include "config.h"

#include <math.h>

#include "base/nls.h"
#include "base/utf8.h"
#include "render/charts.h"
#include "render/glyph.h"
#include "render/profile_chart.h"
#include "render/show.h"

enum { GAP = 2, LEFT = 1, HEAD = 4 /* who, a blank line, headings, a rule */, PLOT_MOST = 41 };

enum place {
    CATEGORY,
    NAME,
    TAG,
    USERS,
    SHARE,
    BASE_USERS,
    BASE_SHARE,
    INDEX,
    DIFFERENCE,
    INTERVAL,
    PLOT,
    PLACES
};

/* From left to right. What ranks lower goes first; a text takes from `least` to `most` columns, a number what
 * it needs. */
static const struct {
    const char *column, *title; /* title NULL: the column's own */
    int rank, least, most;
} places[PLACES] = {
    [CATEGORY] = {"category", NULL, 7, 8, 20},
    [NAME] = {"name", NULL, 1, 12, 26},
    [TAG] = {"tag", NULL, 11, 8, 24},
    [USERS] = {"users", NULL, 6, 0, 0},
    [SHARE] = {"share", NULL, 4, 0, 0},
    [BASE_USERS] = {"base_users", N_("Base"), 9, 0, 0},
    [BASE_SHARE] = {"base_share", N_("Of base"), 5, 0, 0},
    [INDEX] = {"index", NULL, 2, 0, 0},
    [DIFFERENCE] = {"difference", NULL, 8, 0, 0},
    /* xgettext:no-c-format */
    [INTERVAL] = {NULL, N_("95% interval"), 3, 0, 0},
    [PLOT] = {NULL, NULL, 10, 15, PLOT_MOST},
};

struct profile {
    const struct result *r;
    int width[PLACES]; /* 0: has no room */
    bool whole;        /* everything but the drawing has */
    double scale;      /* largest distance of an interval's end from 0 */
};

static bool is_number(enum place p)
{
    return !places[p].most;
}

static const struct value *cell(const struct result *r, size_t row, const char *column)
{
    return show_cell(r, row, column);
}

/* "+28.78", in percentage points. */
static void put_points(struct buf *out, const struct value *v)
{
    buf_printf(out, "%+.2f", show_amount(v) * 100);
}

static void put_cell(struct buf *out, const struct result *r, size_t row, enum place p)
{
    const struct value *low = cell(r, row, "low"), *high = cell(r, row, "high");
    if ((p == INTERVAL || p == DIFFERENCE) && low->type != VALUE_RATIO) {
        buf_putc(out, '-');
    } else if (p == INTERVAL) {
        put_points(out, low);
        buf_puts(out, "..");
        put_points(out, high);
    } else if (p == DIFFERENCE) {
        put_points(out, cell(r, row, "difference"));
    } else if (p == INDEX && cell(r, row, "index")->type == VALUE_REAL) {
        buf_printf(out, "%.1f", cell(r, row, "index")->d);
    } else {
        show_value(out, r, cell(r, row, places[p].column));
    }
}

static const char *title_of(const struct result *r, enum place p)
{
    for (size_t i = 0; !places[p].title && places[p].column && i < r->rows.columns; i++)
        if (strcmp(r->rows.column[i].name, places[p].column) == 0)
            return show_column(&r->rows.column[i]);
    return places[p].title ? _(places[p].title) : "";
}

/* ---- which columns, and how wide */

static int seen_width(struct buf *text)
{
    struct buf clean = {0};
    utf8_clean(&clean, buf_view(text), CLEAN_LABEL);
    int width = utf8_width(buf_view(&clean));
    buf_done(&clean);
    return width;
}

static void measure(struct profile *p, int natural[PLACES])
{
    struct buf text = {0};
    for (int at = 0; at < PLACES; at++)
        natural[at] = at == PLOT ? PLOT_MOST : utf8_width(str_of(title_of(p->r, (enum place)at)));
    for (size_t row = 0; row < p->r->rows.n; row++) {
        p->scale = fmax(p->scale, fmax(fabs(show_amount(cell(p->r, row, "low"))),
                                       fabs(show_amount(cell(p->r, row, "high")))));
        for (int at = 0; at < PLOT; at++) {
            buf_clear(&text);
            put_cell(&text, p->r, row, (enum place)at);
            int width = seen_width(&text);
            natural[at] = width > natural[at] ? width : natural[at];
        }
    }
    buf_done(&text);
}

static enum place ranked(int rank)
{
    for (int at = 0; at < PLACES; at++)
        if (places[at].rank == rank)
            return (enum place)at;
    bug("no column has that rank");
}

/* What is left over makes the texts whole, then the drawing large. */
static void spread_out(struct profile *p, const int natural[PLACES], int spare)
{
    static const enum place grows[] = {NAME, CATEGORY, TAG, PLOT};
    for (size_t i = 0; i < sizeof grows / sizeof *grows; i++) {
        enum place at = grows[i];
        int most = natural[at] < places[at].most ? natural[at] : places[at].most,
            more = most - p->width[at] < spare ? most - p->width[at] : spare;
        if (p->width[at] && more > 0) {
            p->width[at] += more;
            spare -= more;
        }
    }
}

/* What the names need to be whole: the drawing and the id come after that. */
static int lacking(const struct profile *p, const int natural[PLACES])
{
    int lack = 0;
    for (int at = CATEGORY; at <= NAME; at++)
        lack += (natural[at] < places[at].most ? natural[at] : places[at].most) - p->width[at];
    return lack;
}

static struct profile plan(const struct result *r, int w)
{
    struct profile p = {.r = r};
    int natural[PLACES], spare = w - LEFT;
    measure(&p, natural);
    for (int rank = 1; rank <= PLACES; rank++) {
        enum place at = ranked(rank);
        int least = is_number(at) || natural[at] < places[at].least ? natural[at] : places[at].least;
        int others = at == PLOT || at == TAG ? lacking(&p, natural) : 0;
        if (rank > 1 && least + GAP + others > spare)
            break; /* what ranks lower waits for what ranks higher */
        p.width[at] = rank == 1 && least > spare ? spare : least;
        spare -= least + GAP;
        p.whole = rank >= places[TAG].rank;
    }
    spread_out(&p, natural, spare);
    return p;
}

/* ---- drawing */

static int column_at(const struct profile *p, double value, int x)
{
    int half = p->width[PLOT] / 2;
    return x + half + (p->scale > 0 ? (int)lround(value / p->scale * half) : 0);
}

/* From one end of the interval to the other, with the difference on it and a line where there is none. */
static void draw_interval(const struct profile *p, struct canvas *c, int y, int x, size_t row)
{
    const struct value *low = cell(p->r, row, "low"), *high = cell(p->r, row, "high");
    glyph_put(c, y, column_at(p, 0, x), GLYPH_VLINE, ROLE_RULE);
    if (low->type != VALUE_RATIO)
        return;
    int from = column_at(p, show_amount(low), x), to = column_at(p, show_amount(high), x);
    enum role role = low->ratio.part > 0 ? ROLE_HOT : high->ratio.part < 0 ? ROLE_COLD : ROLE_DIM;
    glyph_hline(c, y, from, to - from + 1, role);
    if (!c->plain)
        canvas_put(c, y, column_at(p, show_amount(cell(p->r, row, "difference")), x), 'o', role);
}

static void put_text(const struct profile *p, struct canvas *c, int y, int x, enum place at, enum role role,
                     struct str text)
{
    if (is_number(at))
        canvas_right(c, y, x, p->width[at], role, text);
    else
        canvas_text(c, y, x, p->width[at], role, text);
}

static void draw_row(const struct profile *p, struct canvas *c, struct rect at, size_t row,
                     const struct chart_view *v, struct arena *a, struct spots *spots)
{
    const struct value *users = cell(p->r, row, "users");
    int x = at.x + LEFT;
    for (int i = 0; i < PLACES; i++) {
        struct buf text = {0};
        if (!p->width[i])
            continue;
        if (i == PLOT)
            draw_interval(p, c, at.y, x, row);
        else
            put_cell(&text, p->r, row, (enum place)i);
        put_text(p, c, at.y, x, (enum place)i, ROLE_TEXT, buf_view(&text));
        buf_done(&text);
        if (spots && users->who && i == (p->width[USERS] ? USERS : NAME))
            show_spot(c, spots, v,
                      (struct spot){{at.y, x, 1, p->width[i]},
                                    users->who,
                                    show_str(a, p->r, cell(p->r, row, "name")).p,
                                    show_count(users),
                                    row,
                                    0},
                      at.x);
        x += p->width[i] + GAP;
    }
}

static void draw_heading(const struct profile *p, struct canvas *c, struct rect at)
{
    int x = at.x + LEFT;
    for (int i = 0; i < PLACES; i++) {
        if (p->width[i])
            put_text(p, c, at.y, x, (enum place)i, ROLE_HEAD, str_of(title_of(p->r, (enum place)i)));
        x += p->width[i] ? p->width[i] + GAP : 0;
    }
    glyph_hline(c, at.y + 1, at.x, at.w, ROLE_RULE);
}

void profile_chart_who(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                       struct arena *a, struct spots *spots)
{
    const struct value *users = show_summary(r, "users");
    int64_t unknown = show_count(show_summary(r, "unknown"));
    struct buf text = {0};
    show_value(&text, r, users);
    int x = at.x + LEFT, used = canvas_text(c, at.y, x, at.w - LEFT, ROLE_STRONG, buf_view(&text));
    buf_clear(&text);
    buf_printf(&text, _(" customers against %s"), show_str(a, r, show_summary(r, "base_users")).p);
    if (unknown > 0)
        buf_printf(&text,
                   ngettext("   %d tag speaks of what this store has not",
                            "   %d tags speak of what this store has not", (unsigned long)unknown),
                   (int)unknown);
    canvas_text(c, at.y, x + used, at.w - LEFT - used, ROLE_TEXT, buf_view(&text));
    buf_done(&text);
    if (spots && users->who)
        show_spot(c, spots, v,
                  (struct spot){{at.y, x, 1, used}, users->who, _("Customers"), show_count(users), 0, 0},
                  at.x);
}

/* ---- the chart */

/* Where there is little room, rows go before the line that says how many. */
static int head_of(int h)
{
    return h >= HEAD + 3 ? HEAD : 2;
}

static int room_of(const struct result *r, const struct chart_view *v, int h, int *top)
{
    int room = h > head_of(h) ? h - head_of(h) : 0, last = (int)r->rows.n > room ? (int)r->rows.n - room : 0;
    *top = v->scroll < 0 ? 0 : v->scroll > last ? last : v->scroll;
    return room;
}

static int profile_height(const struct result *r, const struct chart_view *v, int w)
{
    (void)v, (void)w;
    return HEAD + (r->rows.n ? (int)r->rows.n : 1);
}

static void profile_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                         struct arena *a, struct spots *spots)
{
    int top, room = room_of(r, v, at.h, &top);
    struct profile p = plan(r, at.w);
    if (at.h <= 0)
        return;
    if (head_of(at.h) == HEAD)
        profile_chart_who(r, v, c, at, a, spots);
    if (room > 0)
        draw_heading(&p, c, (struct rect){at.y + head_of(at.h) - 2, at.x, 2, at.w});
    for (int i = 0; i < room && (size_t)(top + i) < r->rows.n; i++)
        draw_row(&p, c, (struct rect){at.y + head_of(at.h) + i, at.x, 1, at.w}, (size_t)(top + i), v, a,
                 spots);
    if (room > 0 && !r->rows.n)
        canvas_text(c, at.y + head_of(at.h), at.x + LEFT, at.w - LEFT, ROLE_DIM, str_of(_("(nothing)")));
}

static void profile_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    int top, room = room_of(r, v, h, &top);
    struct arena a = {0};
    if (room > 0 && (int)r->rows.n > room)
        buf_printf(out, _("rows %d-%d of %s"), top + 1, top + room, show_thousands(&a, (int64_t)r->rows.n));
    if (!plan(r, w).whole)
        buf_printf(out, "%s%s", out->n ? "   " : "", _("more columns when wider, all in the table"));
    arena_done(&a);
}

const struct chart chart_profile = {PICTURE_PROFILE, profile_height, profile_draw, profile_note, false};
