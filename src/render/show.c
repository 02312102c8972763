/* show.c - see show.h. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "render/glyph.h"
#include "render/show.h"

static const struct value missing = {.type = VALUE_NONE};

/* A mean or a sum: two decimals are plenty for reading. 1,543,000,398.85: money is read to the cent, however
 * large. */
static void show_hundredths(struct buf *out, double d)
{
    char text[64];
    int n = snprintf(text, sizeof text, "%.2f", fabs(d));

    if (d < 0)
        buf_putc(out, '-');
    num_put_thousands(out, strtoll(text, NULL, 10));
    buf_puts(out, text + n - 3);
}

static void show_real(struct buf *out, double d)
{
    if (!isfinite(d))
        buf_puts(out, "-");
    else if (fabs(d) < 9e15 && d == trunc(d))
        num_put_thousands(out, (int64_t)d);
    else if (fabs(d) >= 9e15 || fabs(d) < 0.01)
        buf_printf(out, "%.4g", d);
    else
        show_hundredths(out, d);
}

/* To the second; CSV and JSON keep the fraction. */
static void show_time(struct buf *out, const struct result *r, int64_t us)
{
    struct civil t;

    if (r->zone) {
        int64_t fraction = ((us % US_PER_S) + US_PER_S) % US_PER_S;

        zone_put_local(r->zone, out, us - fraction);
        return;
    }
    date_civil(us, &t);
    buf_printf(out, "%04d-%02d-%02d %02d:%02d:%02dZ", t.year, t.month, t.day, t.hour, t.minute, t.second);
}

static void show_list(struct buf *out, const struct result *r, const struct value *v)
{
    for (size_t i = 0; i < v->list.n; i++) {
        if (i)
            buf_puts(out, ", ");
        show_value(out, r, &v->list.at[i]);
    }
}

/* What is not known is not told. */
static void show_object(struct buf *out, const struct result *r, const struct object *o)
{
    size_t told = 0;

    for (size_t i = 0; i < o->n; i++) {
        if (o->at[i].value.type == VALUE_NONE)
            continue;
        if (told++)
            buf_puts(out, "  ");
        buf_printf(out, "%s=", o->at[i].name);
        show_field(out, r, &o->at[i].value);
    }
}

void show_value(struct buf *out, const struct result *r, const struct value *v)
{
    if (v->shown) {
        buf_puts(out, v->shown);
        return;
    }
    switch (v->type) {
    case VALUE_NONE: buf_putc(out, '-'); break;
    case VALUE_INT: num_put_thousands(out, v->i); break;
    case VALUE_REAL: show_real(out, v->d); break;
    case VALUE_TEXT: buf_str(out, v->text); break;
    case VALUE_BOOL: buf_puts(out, v->truth ? _("yes") : _("no")); break;
    case VALUE_TIME: show_time(out, r, v->i); break;
    case VALUE_SECONDS: duration_put_human(out, v->d); break;
    case VALUE_RATIO: num_put_percent(out, v->ratio.part, v->ratio.whole, 2); break;
    case VALUE_LIST: show_list(out, r, v); break;
    case VALUE_OBJECT: show_object(out, r, v->object); break;
    case VALUE_ROWS: num_put_thousands(out, (int64_t)v->rows->n); break;
    }
}

/* Days such as a birthday are midnights, and nobody wants to read that. */
void show_field(struct buf *out, const struct result *r, const struct value *v)
{
    struct str midnight = STR(" 00:00:00");
    size_t before = out->n;

    show_value(out, r, v);
    if (v->type != VALUE_TIME || out->n < before + midnight.n)
        return;
    size_t day = out->n - midnight.n;
    if (memcmp(out->p + day, midnight.p, midnight.n) == 0) {
        out->n = day;
        out->p[day] = '\0';
    }
}

struct str show_str(struct arena *a, const struct result *r, const struct value *v)
{
    struct buf b = {0};

    show_value(&b, r, v);
    struct str s = arena_str(a, buf_view(&b));

    buf_done(&b);
    return s;
}

const char *show_thousands(struct arena *a, int64_t n)
{
    struct value v = value_int(n);

    return show_str(a, NULL, &v).p;
}

bool show_is_number(enum value_type t)
{
    return t == VALUE_INT || t == VALUE_REAL || t == VALUE_RATIO || t == VALUE_SECONDS;
}

int64_t show_count(const struct value *v)
{
    switch (v->type) {
    case VALUE_INT: return v->i;
    case VALUE_RATIO: return v->ratio.part;
    case VALUE_REAL:
    case VALUE_SECONDS: return isfinite(v->d) && fabs(v->d) < 9e18 ? (int64_t)llround(v->d) : -1;
    default: return -1;
    }
}

double show_amount(const struct value *v)
{
    switch (v->type) {
    case VALUE_INT: return (double)v->i;
    case VALUE_RATIO: return v->ratio.whole ? (double)v->ratio.part / (double)v->ratio.whole : 0;
    case VALUE_REAL:
    case VALUE_SECONDS: return isfinite(v->d) ? v->d : 0;
    default: return 0;
    }
}

/* Keys of summaries, and columns without a title of their own, in words. */
static const struct {
    const char *key, *title;
} titles[] = {
    {"active_days", N_("active days")},
    {"attempts", N_("attempts")},
    {"attributes", N_("attributes")},
    {"base_share", N_("share of all")},
    {"base_users", N_("compared with")},
    {"blocks", N_("blocks")},
    {"bucket", N_("time")},
    {"buckets", N_("buckets")},
    {"bytes", N_("bytes")},
    {"categories", N_("categories")},
    {"category", N_("category")},
    {"command", N_("command")},
    {"condition", N_("condition")},
    {"conversion", N_("conversion")},
    {"converted", N_("converted")},
    {"count", N_("count")},
    {"damaged", N_("damaged")},
    {"days", N_("days")},
    {"duplicates", N_("duplicates")},
    {"ended", N_("ended")},
    {"event", N_("event")},
    {"event_names", N_("event names")},
    {"events", N_("events")},
    {"example", N_("example")},
    {"failed", N_("failed")},
    {"failures", N_("failures")},
    {"failures_before", N_("failures before")},
    {"failures_shown", N_("failures shown")},
    {"files", N_("files")},
    {"first", N_("first event")},
    {"first_day", N_("first day")},
    {"from", N_("from")},
    {"gap_s", N_("gap")},
    {"group", N_("group")},
    {"groups", N_("groups")},
    {"heartbeat", N_("heart-beat")},
    {"hidden", N_("left out")},
    {"ids", N_("ids")},
    {"last", N_("last event")},
    {"last_day", N_("last day")},
    {"line", N_("line")},
    {"lost", N_("lost")},
    {"matched", N_("matched")},
    {"median_s", N_("median")},
    {"median_total_s", N_("median time")},
    {"name", N_("name")},
    {"new_users", N_("new customers")},
    {"nodes", N_("nodes")},
    {"not_judged", N_("not judged here")},
    {"of", N_("of")},
    {"open", N_("still open")},
    {"other_ids", N_("other ids")},
    {"pairs", N_("pairs")},
    {"partial", N_("incomplete")},
    {"parts", N_("parts")},
    {"paths", N_("paths")},
    {"properties", N_("properties")},
    {"property", N_("property")},
    {"rate", N_("rate")},
    {"reason", N_("reason")},
    {"rejected", N_("rejected")},
    {"rejects_file", N_("rejected rows in")},
    {"rejects_files", N_("files of rejected rows")},
    {"rows", N_("rows")},
    {"saved", N_("saved")},
    {"seconds", N_("time")},
    {"segments", N_("segments")},
    {"session", N_("session")},
    {"sessions", N_("sessions")},
    {"sessions_shown", N_("sessions shown")},
    {"sets", N_("page sets")},
    {"share", N_("share")},
    {"shown", N_("shown")},
    {"sessions_considered", N_("sessions considered")},
    {"size", N_("size")},
    {"step", N_("step")},
    {"steps", N_("steps")},
    {"tag", N_("tag")},
    {"tags", N_("tags")},
    {"tell", N_("tell the customer")},
    {"text", N_("meaning")},
    {"time", N_("time")},
    {"to", N_("to")},
    {"total_rate", N_("of first")},
    {"tz", N_("time zone")},
    {"units_considered", N_("units considered")},
    {"unknown", N_("unknown")},
    {"unmatched", N_("unmatched")},
    {"unmatched_example", N_("unmatched, for example")},
    {"user", N_("customer")},
    {"users", N_("customers")},
    {"users_attempting", N_("customers who tried")},
    {"users_before", N_("customers before")},
    {"users_considered", N_("customers considered")},
    {"users_with_events", N_("customers with events")},
    {"value", N_("value")},
    {"values", N_("values")},
    {"window", N_("window")},
};

const char *show_key(const char *key)
{
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (strcmp(titles[i].key, key) == 0)
            return _(titles[i].title);
    return key;
}

const char *show_column(const struct column_info *c)
{
    return c->title ? _(c->title) : show_key(c->name);
}

const struct value *show_cell(const struct result *r, size_t row, const char *column)
{
    const struct value *v = rows_get(&r->rows, row, column);

    return v ? v : &missing;
}

const struct value *show_summary(const struct result *r, const char *name)
{
    const struct value *v = object_get(&r->summary, name);

    return v ? v : &missing;
}

void show_spot(struct canvas *c, struct spots *spots, const struct chart_view *v, struct spot s, int mark_x)
{
    if (!spots)
        return;
    if (v->selected >= 0 && spots->list.n == (size_t)v->selected) {
        canvas_mark(c, s.at, ROLE_SELECTED, true);
        if (mark_x >= 0)
            glyph_put(c, s.at.y, mark_x, GLYPH_SELECT, ROLE_SELECTED);
        c->cursor_y = s.at.y;
        c->cursor_x = s.at.x;
    }
    vec_push(&spots->list, s);
}
