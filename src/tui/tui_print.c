/* tui_print.c - the explorer without a terminal: what a screen shows. */
#include "config.h"

#include <poll.h>
#include <unistd.h>

#include "base/nls.h"
#include "tui/keymap.h"
#include "tui/tui_p.h"

/* Until nothing is counted or loaded any more. */
static void settle(struct tui *t)
{
    while (tui_tick(t), tui_busy(t)) {
        char away[64];
        struct pollfd fd = {.fd = t->wake[0], .events = POLLIN};
        if (poll(&fd, 1, 20) > 0 && read(t->wake[0], away, sizeof away) < 0)
            return;
    }
}

/* Spots are known from drawing, as in the loop; and what a screen asks for when it knows its size is waited
 * for. */
static void draw(struct tui *t, struct canvas *c)
{
    settle(t);
    tui_draw(t, c);
    if (!tui_busy(t))
        return;
    settle(t);
    tui_draw(t, c);
}

static bool go_to(struct tui *t, const char *screen, struct err *err)
{
    enum action a = action_named(str_of(screen));
    if (!a)
        return err_set(err, ERR_USAGE, _("show: there is no screen %s; see waymark help show"), screen);
    tui_act(t, a);
    return true;
}

bool tui_print(struct workspace *w, struct settings *settings, const char *screen, const char *keys,
               struct canvas *canvas, struct err *err)
{
    struct tui *t = tui_new(w, canvas->tier);
    struct str rest = str_of(keys ? keys : "");
    struct err wrong = {0};
    settings_free(t->settings);
    t->settings = settings;
    settle(t);
    bool ok = !screen || go_to(t, screen, err);
    draw(t, canvas);
    for (uint32_t key; ok && keymap_next(&rest, &key, &wrong);) {
        tui_key(t, key);
        draw(t, canvas);
    }
    if (ok && wrong.code)
        ok = err_set(err, wrong.code, "show: %s", wrong.text);
    draw(t, canvas);
    tui_free(t);
    return ok;
}
