/* progress_line.c - how far long work is, in one line. */
#include "config.h"

#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "tui/progress_line.h"

enum { BAR_MAX = 24, REST = 46 /* columns of what stands beside the bar */ };

static void put_bar(struct buf *out, const struct screen_progress *p, int w)
{
    int bar = w - REST < BAR_MAX ? w - REST : BAR_MAX;
    int full = (int)((double)p->done / (double)p->total * bar + 0.5);
    if (bar < 6)
        return;
    buf_putc(out, '[');
    for (int i = 0; i < bar; i++)
        buf_putc(out, i < full ? '#' : '.');
    buf_puts(out, "] ");
}

static void put_rate(struct buf *out, const struct screen_progress *p)
{
    double age = (double)p->age_us / 1e6, rate = (double)p->done / age;
    struct buf left = {0}, n = {0};
    duration_put_human(&left, (double)(p->total - p->done) / rate);
    num_put_short(&n, (int64_t)rate, 7);
    buf_printf(out, _("  %s/s  about %s left"), n.p, left.p);
    buf_done(&left);
    buf_done(&n);
}

void progress_line_put(struct buf *out, const struct screen_progress *p, int w, bool plain)
{
    double age = (double)p->age_us / 1e6;
    bool measured = p->total > 0 && p->done > 0 && p->done <= p->total,
         is_long = p->age_us >= PROGRESS_LONG_US;
    if (measured && is_long && !plain)
        put_bar(out, p, w);
    if (p->total)
        buf_printf(out, "%d%%  %.1f s", (int)(p->done * 100 / p->total), age);
    else
        buf_printf(out, "%.1f s", age);
    if (measured && is_long)
        put_rate(out, p);
}
