/* chart_widget.c - the cursor among the numbers of a chart. The numbers are known from the last drawing
 * alone, so that a chart says once where they stand. */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "tui/chart_widget.h"

const struct spot *chart_widget_spot(const struct chart_widget *p)
{
    int i = p->view.selected;
    return i >= 0 && (size_t)i < p->spots.list.n ? &p->spots.list.at[i] : NULL;
}

static bool is_flow(const struct chart_widget *p)
{
    return p->result->picture == PICTURE_FLOW && !p->view.table;
}

/* Values on the flows of a Sankey lie in groups of their own (sankey_paint.c). */
static bool is_link(const struct spot *spot)
{
    return spot->group >= 1000;
}

/* How far a spot is from what the cursor was on. A Sankey draws other nodes at another size: there a node is
 * known by who stands behind it. */
static int distance(const struct chart_widget *p, const struct spot *spot)
{
    if (is_flow(p) && p->who && spot->who && strcmp(p->who, spot->who) == 0)
        return -1;
    int d = abs(spot->group - p->group) * 1000;
    return d + (spot->row > p->row ? (int)(spot->row - p->row) : (int)(p->row - spot->row));
}

/* Whether the cursor waits for a row of the next answer, as that of a step just added. */
static bool is_ahead(const struct chart_widget *p)
{
    return !is_flow(p) && p->result && p->row >= p->result->rows.n;
}

/* The cursor stays on the same item: the spot of the same row and group, or the nearest one. */
static void find_cursor(struct chart_widget *p)
{
    int best = -1;
    for (size_t i = 0; i < p->spots.list.n; i++) {
        const struct spot *spot = &p->spots.list.at[i];
        if (p->edge && spot->group != p->group)
            continue;
        if (best < 0 || p->edge > 0 || (!p->edge && distance(p, spot) < distance(p, &p->spots.list.at[best])))
            best = (int)i;
    }
    p->edge = 0;
    p->view.selected = best;
    if (best >= 0 && !is_ahead(p)) {
        p->row = p->spots.list.at[best].row;
        p->group = p->spots.list.at[best].group;
    }
    p->who = best >= 0 ? p->spots.list.at[best].who : NULL;
}

/* In a Sankey nodes count customers and flows paths; a tree counts paths. */
static const char *unit_of(const struct chart_widget *p, const struct spot *spot)
{
    bool tree = p->result->picture == PICTURE_TREE && !p->view.table;
    if (!tree && !is_flow(p))
        return "";
    return tree || is_link(spot) ? _(" paths") : _(" users");
}

/* What does not fit stands closer: at most so many blanks between its parts. */
static void squeeze(struct buf *line, int w)
{
    for (size_t most = 2; most > 0 && utf8_width(buf_view(line)) > w; most--) {
        size_t n = 0, blanks = 0;
        for (size_t i = 0; i < line->n; i++) {
            blanks = line->p[i] == ' ' ? blanks + 1 : 0;
            if (blanks <= most)
                line->p[n++] = line->p[i];
        }
        line->p[line->n = n] = '\0';
    }
}

static void draw_cursor(struct chart_widget *p, struct canvas *c, struct rect at)
{
    const struct spot *spot = chart_widget_spot(p);
    if (!spot)
        return;
    canvas_mark(c, spot->at, ROLE_SELECTED, false);
    c->cursor_y = spot->at.y;
    c->cursor_x = spot->at.x;
    struct buf line = {0};
    if (spot->label && !is_flow(p)) /* the line above says what it is, with where from and where to */
        buf_puts(&line, spot->label);
    if (spot->count >= 0) {
        buf_puts(&line, line.n ? "  " : "");
        num_put_thousands(&line, spot->count);
        buf_puts(&line, unit_of(p, spot));
    }
    int x = at.x + 1 + canvas_text(c, at.y + at.h - 1, at.x + 1, at.w / 2, ROLE_STRONG, buf_view(&line));
    buf_clear(&line);
    chart_of(p->result, &p->view)->note(p->result, &p->view, at.w, at.h - 1, &line);
    squeeze(&line, at.x + at.w - x - 3);
    canvas_text(c, at.y + at.h - 1, x + 2, at.x + at.w - x - 3, ROLE_DIM, buf_view(&line));
    buf_done(&line);
}

void chart_widget_draw(struct chart_widget *p, struct canvas *c, struct rect at)
{
    p->view.table = p->view.table || (c->plain && chart_is_drawn(p->result));
    const struct chart *chart = chart_of(p->result, &p->view);
    struct rect picture = {at.y, at.x, at.h - 1, at.w};
    p->area_h = picture.h;
    p->area_w = picture.w;
    /* A second drawing when the cursor turned out to stand elsewhere: the picture may mark what it is on. */
    for (int pass = 0; pass < 2; pass++) {
        p->view.focus = is_flow(p) ? p->who : NULL;
        p->spots.list.n = 0;
        arena_done(&p->drawing);
        canvas_clear(c, picture, ROLE_TEXT);
        chart->draw(p->result, &p->view, c, picture, &p->drawing, &p->spots);
        int before = p->view.selected;
        const char *focus = p->who;
        find_cursor(p);
        if (p->view.selected == before && p->who == focus)
            break;
    }
    draw_cursor(p, c, at);
}

static int last_scroll(const struct chart_widget *p)
{
    int height = chart_of(p->result, &p->view)->height(p->result, &p->view, p->area_w);
    return height > p->area_h ? height - p->area_h : 0;
}

static bool scroll(struct chart_widget *p, int by)
{
    if (is_flow(p))
        return false;
    int to = p->view.scroll + by, last = last_scroll(p);
    to = to < 0 ? 0 : to > last ? last : to;
    if (to == p->view.scroll)
        return false;
    p->view.scroll = to;
    p->edge = by < 0 ? -1 : 1;
    return true;
}

static void move_to(struct chart_widget *p, const struct spot *spot)
{
    p->row = spot->row;
    p->group = spot->group;
    p->who = spot->who;
    p->view.selected = (int)(spot - p->spots.list.at);
}

/* The nearest spot above or below: in the cursor's own group, or in any. */
static const struct spot *next_vertical(const struct chart_widget *p, const struct spot *here, int direction,
                                        bool any_group)
{
    const struct spot *best = NULL;
    for (size_t i = 0; i < p->spots.list.n; i++) {
        const struct spot *spot = &p->spots.list.at[i];
        int dy = (spot->at.y - here->at.y) * direction;
        if ((any_group || spot->group == here->group) && dy > 0 &&
            (!best || dy < (best->at.y - here->at.y) * direction))
            best = spot;
    }
    return best;
}

/* Up and down stay in the group; where it ends (a summary above a table) they go on in the next one. */
static void move_vertical(struct chart_widget *p, int direction)
{
    const struct spot *here = chart_widget_spot(p);
    if (!here)
        return;
    const struct spot *best = next_vertical(p, here, direction, false);
    if (!best && !is_flow(p))
        best = next_vertical(p, here, direction, true);
    if (best)
        move_to(p, best);
    else
        scroll(p, direction);
}

void chart_widget_flows(struct chart_widget *p)
{
    const struct spot *here = chart_widget_spot(p), *best = NULL;
    for (size_t i = 0; here && i < p->spots.list.n; i++) {
        const struct spot *spot = &p->spots.list.at[i];
        int d = abs(spot->group % 1000 - here->group % 1000) * 1000 + abs(spot->at.y - here->at.y);
        if (is_link(spot) != is_link(here) &&
            (!best || d < abs(best->group % 1000 - here->group % 1000) * 1000 + abs(best->at.y - here->at.y)))
            best = spot;
    }
    if (best)
        move_to(p, best);
}

/* A Sankey with more steps than fit moves sideways; the chart clamps what is too far. */
static void shift_steps(struct chart_widget *p, int direction)
{
    const struct value *nodes = object_get(&p->result->summary, "nodes");
    int64_t steps = 0;
    for (size_t i = 0; nodes && nodes->type == VALUE_ROWS && i < nodes->rows->n; i++) {
        const struct value *step = rows_get(nodes->rows, i, "step");
        if (step && step->type == VALUE_INT && step->i > steps)
            steps = step->i;
    }
    int to = p->view.scroll + direction;
    p->view.scroll = to < 0 ? 0 : to >= steps ? (int)steps - 1 : to;
}

/* Left and right: the next group that has spots, at the nearest height. */
static void move_horizontal(struct chart_widget *p, int direction)
{
    const struct spot *here = chart_widget_spot(p), *best = NULL;
    if (!here)
        return;
    for (size_t i = 0; i < p->spots.list.n; i++) {
        const struct spot *spot = &p->spots.list.at[i];
        int dg = (spot->group - here->group) * direction;
        if (dg <= 0 || (is_flow(p) && is_link(spot) != is_link(here)))
            continue;
        int best_dg = best ? (best->group - here->group) * direction : 0;
        if (!best || dg < best_dg ||
            (dg == best_dg && abs(spot->at.y - here->at.y) < abs(best->at.y - here->at.y)))
            best = spot;
    }
    if (best)
        move_to(p, best);
    else if (is_flow(p))
        shift_steps(p, direction);
}

static void move_to_end(struct chart_widget *p, int direction)
{
    if (!is_flow(p))
        p->view.scroll = direction < 0 ? 0 : last_scroll(p);
    p->edge = direction;
}

static void page(struct chart_widget *p, int direction)
{
    if (!scroll(p, direction * (p->area_h - 2)))
        p->edge = direction;
}

void chart_widget_show(struct chart_widget *p, size_t row)
{
    p->row = row;
    int last = last_scroll(p);
    if (is_flow(p))
        return;
    int to = (int)row - p->area_h / 3;
    p->view.scroll = to < 0 ? 0 : to > last ? last : to;
    p->view.selected = -1;
}

static bool is_user(const struct rows *rows, size_t row, struct str user)
{
    const struct value *v = rows_get(rows, row, "user");
    return v && v->type == VALUE_TEXT && str_eq(v->text, user);
}

bool chart_widget_neighbour(struct chart_widget *p, struct str user, int direction, struct str *out,
                            size_t *place, size_t *of)
{
    const struct rows *rows = &p->result->rows;
    size_t row = p->row;
    if (row >= rows->n || !is_user(rows, row, user)) /* nearly always the one the cursor is on */
        for (row = 0; row < rows->n && !is_user(rows, row, user);)
            row++;
    if (row == rows->n || row + (size_t)direction >= rows->n) /* also below 0 */
        return false;
    row += (size_t)direction;
    *out = rows_get(rows, row, "user")->text;
    *place = row + 1;
    *of = rows->n;
    if (direction)
        chart_widget_show(p, row);
    return true;
}

void chart_widget_result(struct chart_widget *p, const struct result *r)
{
    p->result = r;
    p->spots.list.n = 0; /* what they borrowed is gone */
    p->who = NULL;
    if (r && p->row >= r->rows.n)
        p->row = 0;
}

bool chart_widget_act(struct chart_widget *p, enum action a)
{
    switch (a) {
    case ACTION_UP: move_vertical(p, -1); return true;
    case ACTION_DOWN: move_vertical(p, 1); return true;
    case ACTION_LEFT: move_horizontal(p, -1); return true;
    case ACTION_RIGHT: move_horizontal(p, 1); return true;
    case ACTION_PAGE_UP: page(p, -1); return true;
    case ACTION_PAGE_DOWN: page(p, 1); return true;
    case ACTION_FIRST: move_to_end(p, -1); return true;
    case ACTION_LAST: move_to_end(p, 1); return true;
    default: return false;
    }
}

void chart_widget_init(struct chart_widget *p)
{
    *p = (struct chart_widget){.view = {.selected = -1}};
}

void chart_widget_done(struct chart_widget *p)
{
    vec_done(&p->spots.list);
    arena_done(&p->drawing);
}
