/* sankey_paint.c - see sankey_paint.h; the rules are those of tui.md 10.5 and 10.6.
 *
 * Without focus a link has the colour of its source and a fill that its neighbours do not have; with a
 * focused node or flow the share of each link that passes it is hot and the rest cold: exactly, over all
 * steps, once the answer about those paths is there, until then what touches the focus. */
#include "config.h"

#include <math.h>
#include <string.h>
#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/glyph.h"
#include "render/sankey_layout.h"
#include "render/sankey_paint.h"
#include "render/show.h"

enum {
    VALUE = 6, /* columns of a value on a link */
    FILLS = 4,
    LINK_GROUP = 1000, /* spots of links lie in groups of their own */
};

static const enum role fill_role[FILLS] = {ROLE_FLOW1, ROLE_FLOW2, ROLE_FLOW3, ROLE_FLOW4};
/* Of neighbouring flows, so that they are told apart without colours. */
static const enum glyph fill_glyph[FILLS] = {GLYPH_FLOW_2, GLYPH_FLOW_4, GLYPH_FLOW_3, GLYPH_FLOW_1};

static int node_x(const struct sankey_sketch *k, int layer)
{
    return k->at.x + layer * (k->col.label + k->col.channel);
}

static int channel_x(const struct sankey_sketch *k, int layer)
{
    return node_x(k, layer) + k->col.label;
}

/* A count in at most VALUE columns: 7,488 or 23.3k. */
static struct str short_count(struct arena *a, int64_t v)
{
    struct buf b = {0};

    if (v < 10000)
        num_put_thousands(&b, v);
    else
        num_put_short(&b, v, VALUE);
    struct str s = arena_str(a, buf_view(&b));

    buf_done(&b);
    return s;
}

static struct str percent(struct arena *a, int64_t part, int64_t whole, int decimals)
{
    struct buf b = {0};

    num_put_percent(&b, part, whole, decimals);
    struct str s = arena_str(a, buf_view(&b));

    buf_done(&b);
    return s;
}

/* What stands on a link: its paths, or their percent of all or of the node they leave; in a comparison the
 * difference. */
static struct str link_text(const struct sankey_sketch *k, const struct sankey_link *l)
{
    if (k->v->base == 1)
        return percent(k->a, l->value, k->s.start, 1);
    if (k->v->base == 2)
        return percent(k->a, l->value, k->s.node[l->from].value, 1);
    if (k->s.compared)
        return str_of(arena_printf(k->a, "%+.1f", l->points));
    return short_count(k->a, l->value);
}

static struct str node_name(struct arena *a, const struct sankey_node *n)
{
    if (n->folded == 0)
        return n->other ? str_of(_("(other)")) : n->shown;
    return str_of(arena_printf(a, _("Other(%d%s)"), n->folded, n->open_ended ? "+" : ""));
}

static bool focused(const struct sankey_sketch *k)
{
    return k->focus < k->s.nodes || k->focus_link < k->s.links;
}

static void find_named(struct sankey_sketch *k, const char *who)
{
    for (size_t i = 0; i < k->s.nodes; i++)
        if (k->s.node[i].who && strcmp(k->s.node[i].who, who) == 0)
            k->focus = i;
    for (size_t i = 0; i < k->s.links; i++)
        if (k->s.link[i].who && strcmp(k->s.link[i].who, who) == 0)
            k->focus_link = i;
}

static double hot_share(const struct sankey_sketch *k, size_t i)
{
    const struct sankey_link *l = &k->s.link[i];

    if (k->s.marked && l->value > 0)
        return (double)l->hot_value / (double)l->value;
    return l->from == k->focus || l->to == k->focus || i == k->focus_link ? 1 : 0;
}

static void find_focus(struct sankey_sketch *k, const struct spots *spots)
{
    size_t before = spots ? spots->list.n : 0;

    k->focus = k->s.nodes;
    k->focus_link = k->s.links;
    if (k->v->focus)
        find_named(k, k->v->focus);
    if (!focused(k) && k->v->selected >= 0 && (size_t)k->v->selected >= before &&
        (size_t)k->v->selected - before < k->s.nodes)
        k->focus = k->s.order[(size_t)k->v->selected - before];
    for (size_t i = 0; i < k->s.links; i++)
        k->s.link[i].hot = focused(k) ? hot_share(k, i) : 0;
}

/* Sources in canonical order take the colours in turn. */
static int source_fill(const struct sankey_sketch *k, const struct sankey_link *l)
{
    return (int)((l->from - k->s.begin[k->s.node[l->from].layer]) % FILLS);
}

/* Ribbons of a channel take the fills in turn, from the top. */
static int link_fill(const struct sankey_sketch *k, const struct sankey_link *l)
{
    size_t begin, end;
    int above = 0;

    sankey_channel(&k->s, k->s.node[l->from].layer, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        const struct sankey_link *x = &k->s.link[k->s.out[i]];

        above += !sankey_link_is_wire(x) && x->y0 < l->y0;
    }
    return above % FILLS;
}

/* A ribbon in samples: where a cell has two of them the curve is twice as smooth. */
static void paint_ribbon(const struct sankey_sketch *k, const struct sankey_link *l)
{
    int x0 = channel_x(k, k->s.node[l->from].layer), n = glyph_samples(k->c->tier);
    struct sankey_link fine = *l;
    enum glyph plain = fill_glyph[link_fill(k, l)];
    enum role role = fill_role[source_fill(k, l)];

    fine.y0 *= n, fine.h0 *= n, fine.y1 *= n, fine.h1 *= n;
    for (int x = 0; x < k->col.channel; x++) {
        int top, bottom;

        sankey_ribbon(&fine, x, k->col.channel, &top, &bottom);
        int hot = (int)lround((bottom - top) * l->hot);

        hot = l->hot > 0 && hot == 0 ? 1 : hot;
        for (int y = top; y < bottom; y++) {
            bool is_hot = y - top < hot;

            if (focused(k))
                glyph_sample(k->c, k->at.y * n + y, x0 + x, is_hot ? GLYPH_FLOW_HOT : GLYPH_FLOW_COLD,
                             is_hot ? ROLE_HOT : ROLE_COLD);
            else
                glyph_sample(k->c, k->at.y * n + y, x0 + x, plain, role);
        }
    }
}

/* Largest first, hot ones last: a small or a focused flow is never hidden by a large one. */
static size_t *paint_order(const struct sankey_sketch *k, int channel, size_t *n)
{
    const struct sankey *s = &k->s;
    size_t begin, end, *list;

    sankey_channel(s, channel, &begin, &end);
    list = arena_array(k->a, size_t, end - begin + 1);
    *n = 0;
    for (size_t i = begin; i < end; i++) {
        const struct sankey_link *l = &s->link[s->out[i]];
        size_t at = *n;

        for (; at > 0; at--) {
            const struct sankey_link *p = &s->link[list[at - 1]];
            bool stays = (p->hot > 0) != (l->hot > 0) ? l->hot > 0 : p->value >= l->value;

            if (stays)
                break;
            list[at] = list[at - 1];
        }
        list[at] = s->out[i];
        ++*n;
    }
    return list;
}

/* Columns of a channel that a value leaves for knees. */
static int first_knee(int channel)
{
    return channel >= VALUE + 6 ? VALUE + 2 : 1;
}

int sankey_paint_knees(int channel)
{
    return channel - 1 - first_knee(channel);
}

/* Column of a wire's knee: tracks are spread over the room there is. */
static int knee_x(const struct sankey_sketch *k, int track, int tracks)
{
    int room = sankey_paint_knees(k->col.channel);

    return first_knee(k->col.channel) + (room >= 3 * tracks ? 3 * track : track * room / tracks);
}

static void put_wire(const struct sankey_sketch *k, const struct sankey_link *l, int y, int x,
                     enum glyph cold, enum glyph hot)
{
    bool is_hot = l->hot >= 0.5;
    enum role role = !focused(k) ? fill_role[source_fill(k, l)] : is_hot ? ROLE_HOT : ROLE_COLD;

    glyph_put(k->c, k->at.y + y, x, is_hot ? hot : cold, role);
}

static void wire_run(const struct sankey_sketch *k, const struct sankey_link *l, int y, int from, int to)
{
    for (int x = from; x < to; x++)
        put_wire(k, l, y, x, GLYPH_WIRE_H, GLYPH_HOT_H);
}

static void wire_knee(const struct sankey_sketch *k, const struct sankey_link *l, int x)
{
    int top = l->y0 < l->y1 ? l->y0 : l->y1, bottom = l->y0 < l->y1 ? l->y1 : l->y0;
    bool down = l->y1 > l->y0;

    for (int y = top + 1; y < bottom; y++)
        put_wire(k, l, y, x, GLYPH_WIRE_V, GLYPH_HOT_V);
    put_wire(k, l, l->y0, x, down ? GLYPH_WIRE_LEFT_DOWN : GLYPH_WIRE_LEFT_UP,
             down ? GLYPH_HOT_LEFT_DOWN : GLYPH_HOT_LEFT_UP);
    put_wire(k, l, l->y1, x, down ? GLYPH_WIRE_UP_RIGHT : GLYPH_WIRE_DOWN_RIGHT,
             down ? GLYPH_HOT_UP_RIGHT : GLYPH_HOT_DOWN_RIGHT);
}

static void paint_wires(const struct sankey_sketch *k, int channel, const size_t *list, size_t n, int tracks)
{
    int x0 = channel_x(k, channel), x1 = x0 + k->col.channel;

    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n; i++) {
            const struct sankey_link *l = &k->s.link[list[i]];
            int knee = l->track < 0 ? x1 : x0 + knee_x(k, l->track, tracks);

            if (!sankey_link_is_wire(l))
                continue;
            if (pass == 0) {
                wire_run(k, l, l->y0, x0, knee);
                wire_run(k, l, l->y1, knee, x1);
            } else if (l->track >= 0) {
                wire_knee(k, l, knee);
            }
        }
}

static void paint_value(const struct sankey_sketch *k, const struct sankey_link *l, struct spots *spots)
{
    int layer = k->s.node[l->from].layer;
    int y = k->at.y + l->y0 + (l->h0 - 1) / 2, x = channel_x(k, layer) + 1;
    struct str text = link_text(k, l);
    int w = (int)text.n;

    if (k->col.channel < VALUE + 6)
        return;
    if (!sankey_link_is_wire(l)) {
        canvas_put(k->c, y, x, ' ', ROLE_TEXT);
        canvas_put(k->c, y, x + 1 + w, ' ', ROLE_TEXT);
        x++;
    }
    canvas_text(k->c, y, x, w, ROLE_TEXT, text);
    if (l->who && spots) {
        const char *label =
            arena_printf(k->a, "%.*s > %.*s", (int)k->s.node[l->from].shown.n, k->s.node[l->from].shown.p,
                         (int)k->s.node[l->to].shown.n, k->s.node[l->to].shown.p);

        show_spot(k->c, spots, k->v,
                  (struct spot){{y, x, 1, w}, l->who, label, l->value, l->row, LINK_GROUP + layer}, -1);
    }
}

static void paint_channel(struct sankey_sketch *k, int channel)
{
    size_t n;
    size_t *list = paint_order(k, channel, &n);
    int tracks = sankey_route(&k->s, channel, k->a);

    for (size_t i = 0; i < n; i++)
        if (!sankey_link_is_wire(&k->s.link[list[i]]))
            paint_ribbon(k, &k->s.link[list[i]]);
    paint_wires(k, channel, list, n, tracks);
}

static void paint_sides(const struct sankey_sketch *k, size_t node)
{
    const struct sankey_node *n = &k->s.node[node];
    int x = node_x(k, n->layer), right = x + k->col.label - 1;
    enum glyph edge = node == k->focus ? GLYPH_EDGE_HOT : GLYPH_EDGE;
    enum role role = node == k->focus ? ROLE_HOT : ROLE_NODE;

    for (int y = 0; y < n->h; y++) {
        bool open = y >= n->h - n->exit_h;

        glyph_put(k->c, k->at.y + n->y + y, x, edge, role);
        if (n->layer + 1 < k->s.layers)
            glyph_put(k->c, k->at.y + n->y + y, right, open ? GLYPH_EDGE_OPEN : edge, role);
    }
}

/* "x5,126 17%" beside the open side: how many stopped here. `used` rows of the node are taken. */
static void paint_exit(const struct sankey_sketch *k, const struct sankey_node *n, int used, int x, int w)
{
    int y = n->h - n->exit_h > used ? n->h - n->exit_h : used;

    if (n->exit_h == 0 || n->h <= used)
        return;
    canvas_printf(k->c, k->at.y + n->y + y, x, w, ROLE_DIM, "x%s %s", short_count(k->a, n->ended).p,
                  percent(k->a, n->ended, n->value, 0).p);
}

/* Whether nothing stands in the row below the node. */
static bool has_room_below(const struct sankey_sketch *k, const struct sankey_node *n)
{
    const struct sankey *s = &k->s;
    int below = n->y + n->h;
    bool room = below < k->at.h;

    for (size_t i = s->begin[n->layer]; i < s->begin[n->layer + 1]; i++)
        room = room && (s->node[i].y > below || s->node[i].y + s->node[i].h <= below);
    return room;
}

/* A name too long for one line goes on in the next when the node has a row for it; returns the rows used. */
static int paint_name(const struct sankey_sketch *k, struct str name, int y, int x, int w, int rows)
{
    struct buf first = {0};
    int used = 1;

    if (rows < 2 || utf8_width(name) <= w) {
        canvas_text(k->c, y, x, w, ROLE_NODE, name);
        return used;
    }
    while (first.n < name.n) { /* as many characters as fit */
        struct str rest = {name.p + first.n, name.n - first.n}, one = rest;

        utf8_next(&rest);
        one.n -= rest.n;
        buf_str(&first, one);
        if (utf8_width(buf_view(&first)) > w) {
            first.n -= one.n;
            break;
        }
    }
    for (size_t n = first.n; n > first.n / 2; n--) /* rather where a word ends */
        if (strchr(" _-./", first.p[n - 1])) {
            first.n = n;
            break;
        }
    canvas_text(k->c, y, x, w, ROLE_NODE, buf_view(&first));
    canvas_text(k->c, y + used++, x, w, ROLE_NODE, (struct str){name.p + first.n, name.n - first.n});
    buf_done(&first);
    return used;
}

static void paint_count(const struct sankey_sketch *k, const struct sankey_node *n, int y, int x, int w)
{
    struct str count = short_count(k->a, n->value), share = percent(k->a, n->value, k->s.start, 0);
    double events = n->value ? (double)n->events / (double)n->value : 0;

    if (events >= 1.05) /* repeats are merged: how often it came in a row */
        canvas_printf(k->c, y, x, w, ROLE_TEXT, "%s %s *%.1f", count.p, share.p, events);
    else
        canvas_printf(k->c, y, x, w, ROLE_TEXT, "%s %s", count.p, share.p);
}

static void paint_label(const struct sankey_sketch *k, const struct sankey_node *n)
{
    int x = node_x(k, n->layer) + 1, w = k->col.label - 2, y = k->at.y + n->y;
    struct str name = node_name(k->a, n), count = short_count(k->a, n->value);
    int beside = w - (int)count.n - 1;

    if (n->h == 1 && (utf8_width(name) <= beside || !has_room_below(k, n))) {
        canvas_text(k->c, y, x, beside, ROLE_NODE, name);
        canvas_right(k->c, y, x, w, ROLE_TEXT, count);
        return;
    }
    int used = paint_name(k, name, y, x, w, n->h - (n->exit_h > 0 ? 2 : 1));

    paint_count(k, n, y + used, x, w);
    paint_exit(k, n, used + 1, x, w);
}

static void add_node_spot(const struct sankey_sketch *k, size_t node, struct spots *spots)
{
    const struct sankey_node *n = &k->s.node[node];
    struct str name = node_name(k->a, n);
    struct rect at = {k->at.y + n->y, node_x(k, n->layer) + 1, n->h > 1 ? 2 : 1, k->col.label - 2};
    const char *label = arena_printf(k->a, "%.*s@%d", (int)name.n, name.p, k->s.step[n->layer]);

    show_spot(k->c, spots, k->v, (struct spot){at, n->who, label, n->users, node, n->layer}, at.x - 1);
}

static void paint_headings(const struct sankey_sketch *k)
{
    int y = k->at.y - 1;

    for (int l = 0; l < k->s.layers; l++) {
        int w = k->col.label + k->col.channel - 1, left = k->at.x + k->at.w - node_x(k, l);
        int room = w < left && k->col.channel ? w : left;
        struct buf text = {0}, total = {0};

        num_put_thousands(&total, k->s.total[l]);
        buf_printf(&text, _("Step %d  %s"), k->s.step[l], total.p);
        if (utf8_width(buf_view(&text)) > room) { /* a short number rather than a cut one */
            buf_clear(&text);
            buf_clear(&total);
            num_put_short(&total, k->s.total[l], 6);
            buf_printf(&text, _("Step %d  %s"), k->s.step[l], total.p);
        }
        canvas_text(k->c, y, node_x(k, l), room, ROLE_HEAD, buf_view(&text));
        buf_done(&text);
        buf_done(&total);
    }
}

/* The largest links of one side of the focused node, drawn or folded: " in: A 23.3k  B 4.6k". */
static void describe_side(const struct sankey_sketch *k, bool in, int most, struct buf *out)
{
    size_t done[3] = {k->s.links, k->s.links, k->s.links};

    for (int i = 0; i < most; i++) {
        for (size_t j = 0; j < k->s.links; j++) {
            const struct sankey_link *l = &k->s.link[j];
            bool taken = j == done[0] || j == done[1];

            if ((in ? l->to : l->from) == k->focus && !taken &&
                (done[i] == k->s.links || l->value > k->s.link[done[i]].value))
                done[i] = j;
        }
        if (done[i] == k->s.links)
            return;
        const struct sankey_link *l = &k->s.link[done[i]];
        struct str name = node_name(k->a, &k->s.node[in ? l->from : l->to]);

        buf_printf(out, "%s%.*s %s",
                   i    ? "  "
                   : in ? _("  in: ")
                        : _("  out: "),
                   (int)name.n, name.p, short_count(k->a, l->value).p);
    }
}

void sankey_paint(struct sankey_sketch *k, struct spots *spots)
{
    struct sankey *s = &k->s;

    find_focus(k, spots);
    paint_headings(k);
    for (int l = 0; l + 1 < s->layers; l++)
        paint_channel(k, l);
    for (size_t i = 0; i < s->nodes; i++) {
        paint_sides(k, s->order[i]);
        paint_label(k, &s->node[s->order[i]]);
    }
    for (size_t i = 0; i < s->nodes; i++)
        add_node_spot(k, s->order[i], spots);
    for (size_t i = 0; i < s->out_begin[s->nodes]; i++)
        paint_value(k, &s->link[s->out[i]], spots);
}

/* What a flow is: where from, where to, how much of what leaves there, and how long it takes when that is
 * known. */
static void describe_link(const struct sankey_sketch *k, const struct sankey_link *l, struct buf *out)
{
    const struct sankey_node *from = &k->s.node[l->from], *to = &k->s.node[l->to];
    struct str a = node_name(k->a, from), b = node_name(k->a, to);

    buf_printf(out, "%.*s@%d > %.*s  ", (int)a.n, a.p, k->s.step[from->layer], (int)b.n, b.p);
    num_put_thousands(out, l->value);
    buf_puts(out, _(" paths"));
    buf_printf(out, _("  %s of %.*s"), percent(k->a, l->value, from->value, 1).p, (int)a.n, a.p);
    if (l->median >= 0) {
        struct value v = value_seconds(l->median);

        buf_printf(out, _("  median %s"), show_str(k->a, NULL, &v).p);
    }
    if (k->s.compared)
        buf_printf(out, _("  difference %+.2f points"), l->points);
}

static void describe_node(const struct sankey_sketch *k, const struct sankey_node *n, struct buf *out)
{
    struct str name = node_name(k->a, n);
    bool wide = k->at.w >= 100;

    buf_printf(out, "%.*s@%d  ", (int)name.n, name.p, k->s.step[n->layer]);
    num_put_thousands(out, n->value);
    buf_puts(out, _(" paths"));
    if (n->users >= 0 && wide) {
        buf_puts(out, "  ");
        num_put_thousands(out, n->users);
        buf_puts(out, _(" users"));
    }
    if (n->events > n->value)
        buf_printf(out, _("  %.1f in a row"), (double)n->events / (double)n->value);
    describe_side(k, true, wide ? 3 : 1, out);
    describe_side(k, false, wide ? 3 : 1, out);
    buf_printf(out, _("  exit %s"), short_count(k->a, n->ended).p);
}

void sankey_paint_focus(const struct sankey_sketch *k, int y)
{
    struct buf line = {0};

    if (k->focus_link < k->s.links)
        describe_link(k, &k->s.link[k->focus_link], &line);
    else if (k->focus < k->s.nodes)
        describe_node(k, &k->s.node[k->focus], &line);
    canvas_text(k->c, y, k->at.x + 1, k->at.w - 1, ROLE_TEXT, buf_view(&line));
    buf_done(&line);
}
