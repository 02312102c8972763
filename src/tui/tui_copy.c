/* tui_copy.c - text out of the screen. A file is what works everywhere; a terminal's clipboard is only
 * written to when a setting allows it; and plain text outside full screen can be taken with any mouse. */
#include "config.h"

#include "base/nls.h"
#include "base/os.h"
#include "tui/osc52.h"
#include "tui/tui_p.h"

enum { CLIPBOARD_MAX = 8192 };

static bool may_write(struct tui *t)
{
    bool may = settings_is(t->settings, SETTING_EXPORT, "on");
    if (!may)
        tui_status(t, ROLE_WARN, "%s", _("Writing files is switched off (setting export)"));
    return may;
}

static bool write_file(struct buf *path, struct str text, struct err *err)
{
    struct buf dir = {0};
    settings_state_path(path, "copied.txt");
    settings_state_path(&dir, "");
    bool ok = os_make_dirs(dir.p, err) && os_replace_file(path->p, text, err);
    buf_done(&dir);
    return ok;
}

static void copy(struct tui *t, struct str text)
{
    struct err err = {0};
    struct buf path = {0}, sequence = {0};
    bool clipboard = settings_is(t->settings, SETTING_CLIPBOARD, "osc52") && text.n <= CLIPBOARD_MAX;
    if (!may_write(t))
        return;
    if (!write_file(&path, text, &err)) {
        tui_fail(t, &err);
    } else if (clipboard) {
        osc52_put(&sequence, text);
        term_send(buf_view(&sequence));
        tui_status(t, ROLE_STATUS, _("Copied to the clipboard and to %s"), path.p);
    } else {
        tui_status(t, ROLE_STATUS, _("Copied to %s"), path.p);
    }
    buf_done(&path);
    buf_done(&sequence);
}

/* The view as text, without the rows of the frame. */
static void draw_view(struct tui *t, struct canvas *c, struct buf *out)
{
    canvas_init(c, t->w ? t->w : MIN_W, t->h ? t->h : MIN_H, t->tier == TIER_ACS ? TIER_ASCII : t->tier);
    enum tier tier = t->tier;
    t->tier = c->tier;
    tui_draw(t, c);
    t->tier = tier;
    struct buf all = {0};
    canvas_dump(c, &all);
    struct str rest = buf_view(&all);
    for (int y = 0; y < c->h - 2 && rest.p; y++) {
        buf_str(out, str_cut(&rest, '\n'));
        buf_putc(out, '\n');
    }
    buf_done(&all);
}

static struct str nth_row(struct str text, int y)
{
    struct str row = {0};
    for (int i = 0; i <= y && text.p; i++)
        row = str_cut(&text, '\n');
    return row;
}

void tui_copy_item(struct tui *t)
{
    struct canvas c;
    struct buf view = {0}, item = {0};
    const struct screen *top = t->places.top;
    draw_view(t, &c, &view);
    if (!(top->type->item && top->type->item(top, &item)) && c.cursor_y >= 0)
        buf_str(&item, str_trim(nth_row(buf_view(&view), c.cursor_y)));
    if (item.n)
        copy(t, buf_view(&item));
    else
        tui_status(t, ROLE_STATUS, "%s", _("There is nothing under the cursor; Y copies the whole view"));
    canvas_done(&c);
    buf_done(&view);
    buf_done(&item);
}

void tui_copy_view(struct tui *t)
{
    struct canvas c;
    struct buf view = {0};
    draw_view(t, &c, &view);
    copy(t, buf_view(&view));
    canvas_done(&c);
    buf_done(&view);
}

void tui_show_plain(struct tui *t)
{
    struct canvas c;
    struct buf view = {0};
    draw_view(t, &c, &view);
    buf_printf(&view, "\n%s", _("Enter returns to full screen"));
    term_print(buf_view(&view));
    t->redraw = true;
    canvas_done(&c);
    buf_done(&view);
}
