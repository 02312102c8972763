/* ticket_note.c - a sequence as a few lines of text. Ticket systems take plain text, so there is no table:
 * each event is a line that reads by itself, and what the reader must know first, the failures, comes first.
 */
#include "config.h"

#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/show.h"
#include "render/ticket_note.h"

static void put_clean(struct buf *out, struct str text)
{
    utf8_clean(out, text, CLEAN_DETAIL);
}

static void put_cell(struct buf *out, const struct result *r, size_t row, const char *column)
{
    struct buf text = {0};

    show_value(&text, r, show_cell(r, row, column));
    put_clean(out, buf_view(&text));
    buf_done(&text);
}

/* "Transfer failed (transfer_fail)"; once when they are the same. */
static void put_event(struct buf *out, const struct result *r, size_t row)
{
    const struct value *name = show_cell(r, row, "name"), *event = show_cell(r, row, "event");

    put_clean(out, value_seen(name));
    if (str_eq(name->text, event->text))
        return;
    buf_puts(out, " (");
    put_clean(out, event->text);
    buf_putc(out, ')');
}

static const struct object *reason_of(const struct result *r, size_t row)
{
    const struct value *v = show_cell(r, row, "reason");

    return v->type == VALUE_OBJECT ? v->object : NULL;
}

static struct str field(const struct object *o, const char *name)
{
    const struct value *v = object_get(o, name);

    return v && v->type == VALUE_TEXT ? v->text : (struct str){"", 0};
}

static void put_head(struct buf *out, const struct result *r, size_t from, size_t to, size_t failures)
{
    struct buf text = {0};

    show_value(&text, r, show_summary(r, "user"));
    buf_puts(out, _("Customer: "));
    put_clean(out, buf_view(&text));
    buf_putc(out, '\n');
    buf_puts(out, _("Period: "));
    if (from < to) {
        put_cell(out, r, from, "time");
        buf_puts(out, " - ");
        put_cell(out, r, to - 1, "time");
    } else {
        buf_puts(out, _("no events"));
    }
    if (r->zone)
        buf_printf(out, " (%s)", zone_name(r->zone));
    buf_putc(out, '\n');
    buf_puts(out, _("Events: "));
    num_put_thousands(out, (int64_t)(to - from));
    buf_putc(out, '\n');
    buf_puts(out, _("Failures: "));
    num_put_thousands(out, (int64_t)failures);
    buf_putc(out, '\n');
    buf_done(&text);
}

/* "1. 2026-10-31 19:41:04  Transfer failed: E2001, the balance is too low", and below it the answer to give.
 */
static void put_failure(struct buf *out, const struct result *r, size_t row, size_t number)
{
    const struct object *reason = reason_of(r, row);

    buf_printf(out, "%zu. ", number);
    put_cell(out, r, row, "time");
    buf_puts(out, "  ");
    put_event(out, r, row);
    buf_puts(out, ": ");
    put_clean(out, field(reason, "value"));
    if (field(reason, "text").n) {
        buf_puts(out, _(", "));
        put_clean(out, field(reason, "text"));
    }
    if (field(reason, "tell").n) {
        buf_puts(out, "\n   ");
        buf_puts(out, _("Tell the customer: "));
        put_clean(out, field(reason, "tell"));
    }
    buf_putc(out, '\n');
}

static void put_line(struct buf *out, const struct result *r, size_t row, bool first)
{
    const struct value *gap = show_cell(r, row, "gap_s"), *properties = show_cell(r, row, "properties");

    buf_puts(out, reason_of(r, row) ? "! " : "  ");
    put_cell(out, r, row, "time");
    buf_puts(out, "  ");
    if (!first && gap->type == VALUE_SECONDS) {
        buf_putc(out, '+');
        duration_put_human(out, gap->d);
        buf_puts(out, "  ");
    }
    put_event(out, r, row);
    if (properties->type == VALUE_OBJECT && properties->object->n) {
        buf_puts(out, "  ");
        put_cell(out, r, row, "properties");
    }
    buf_putc(out, '\n');
}

void ticket_note_put(const struct result *r, size_t from, size_t to, struct buf *out)
{
    size_t failures = 0;

    for (size_t row = from; row < to; row++)
        failures += reason_of(r, row) != NULL;
    put_head(out, r, from, to, failures);
    if (failures)
        buf_printf(out, "\n%s\n", _("What failed"));
    for (size_t row = from, n = 0; row < to; row++)
        if (reason_of(r, row))
            put_failure(out, r, row, ++n);
    buf_printf(out, "\n%s\n", _("What happened"));
    for (size_t row = from; row < to; row++)
        put_line(out, r, row, row == from);
}
