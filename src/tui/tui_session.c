/* tui_session.c - what is kept of the explorer from one start to the next: the path on the screen, the
 * questions asked lately, bookmarks. Written when it has changed, at most once a second. */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "base/os.h"
#include "tui/result_screen.h"
#include "tui/tui_p.h"

enum { RECENT_MAX = 12, BOOKMARKS_MAX = 50, EVERY_US = 1000000 };

static const char *store(struct tui *t)
{
    return workspace_dir(t->workspace);
}

static const char *title_of(const struct screen *s, struct buf *out)
{
    buf_clear(out);
    s->type->title(s, out);
    return out->n ? out->p : "";
}

/* The line of a screen that answers a question which may be kept. */
static bool line_of(const struct screen *s, struct arena *a, struct kept_line *out)
{
    const struct query *q = s && s->type->question ? s->type->question(s) : NULL;
    struct buf title = {0};
    if (!q || !kept_may_keep(q))
        return false;
    *out = (struct kept_line){.time_us = os_now_us(), .root = s->root, .customers = -1};
    if (s->type->customers && !(s->type->busy && s->type->busy(s)))
        out->customers = s->type->customers(s);
    out->name = arena_strdup(a, title_of(s, &title));
    out->text = arena_strdup(a, query_command(q, NULL, a));
    buf_done(&title);
    return true;
}

/* ---- the path on the screen */

/* From Home upwards; where a screen may not be kept the path ends. */
static void put_path(const struct screen *s, struct arena *a, struct kept_file *out)
{
    struct kept_line line;
    if (!s->below)
        return;
    put_path(s->below, a, out);
    if (line_of(s, a, &line))
        kept_add(out, &line);
}

/* Kept while somebody is there: from Home it is what to come back to. */
static void note_path(struct tui *t)
{
    struct arena a = {0};
    struct kept_file now = {0};
    if (!t->places.top->below)
        return;
    if (t->carried)
        kept_add(&now, &(struct kept_line){.name = t->carried_label, .text = t->carried, .customers = -1});
    put_path(t->places.top, &a, &now);
    kept_done(&t->path);
    t->path = now;
    arena_done(&a);
}

static bool same_lines(const struct kept_file *x, const struct kept_file *y)
{
    if (x->lines.n != y->lines.n)
        return false;
    for (size_t i = 0; i < x->lines.n; i++)
        if (strcmp(x->lines.at[i].text, y->lines.at[i].text) != 0 ||
            x->lines.at[i].root != y->lines.at[i].root)
            return false;
    return true;
}

/* ---- questions asked lately */

/* What was looked at and is left now was asked for good; what was changed on the way there was not. */
static void note_left(struct tui *t)
{
    if (t->looking.text)
        kept_remember(&t->recent, &t->looking, RECENT_MAX);
    free(t->looking.name);
    free(t->looking.text);
    t->looking = (struct kept_line){0};
}

static void note_looking(struct tui *t)
{
    struct arena a = {0};
    struct kept_line line;
    const struct screen *s = t->places.top;
    if (s->type->overlay)
        return;
    if (s != t->looking_at)
        note_left(t);
    t->looking_at = s;
    if (line_of(s, &a, &line) && line.customers >= 0) {
        free(t->looking.name);
        free(t->looking.text);
        t->looking = line;
        t->looking.name = mem_strdup(line.name);
        t->looking.text = mem_strdup(line.text);
    }
    arena_done(&a);
}

/* ---- writing */

static void write_down(struct tui *t)
{
    struct err err = {0};
    int64_t newest = t->recent.lines.n ? t->recent.lines.at[0].time_us : 0;
    bool moved = t->path.lines.n && !same_lines(&t->path, &t->written);
    if (moved && !kept_save(&t->path, "session", store(t), &err))
        tui_fail(t, &err);
    if (newest > t->recent_us && !kept_save(&t->recent, "recent", store(t), &err))
        tui_fail(t, &err);
    t->keeps = !err.code; /* what cannot be written is said once */
    t->recent_us = newest;
    if (!moved)
        return;
    kept_done(&t->written);
    for (size_t i = 0; i < t->path.lines.n; i++)
        kept_add(&t->written, &t->path.lines.at[i]);
}

void tui_session_tick(struct tui *t, bool leaving)
{
    int64_t now = os_monotonic_us();
    bool on = t->keeps && settings_is(t->settings, SETTING_SESSION, "on");
    note_looking(t);
    note_path(t);
    if (leaving)
        note_left(t);
    if (!on || (!leaving && now - t->written_us < EVERY_US))
        return;
    t->written_us = now;
    write_down(t);
}

/* ---- what went on while nobody was there */

static void count_loads(struct tui *t, int counts[LOADER_CUT + 1])
{
    for (size_t i = 0; i < loader_files(t->loader); i++)
        counts[loader_file(t->loader, i)->state]++;
}

/* Files that were being loaded when the explorer ended the last time. */
void tui_tell_loads(struct tui *t)
{
    int n[LOADER_CUT + 1] = {0};
    struct buf text = {0};
    if (!loader_adopt(tui_loader(t)))
        return;
    count_loads(t, n);
    buf_puts(&text, _("Last time's files:"));
    if (n[LOADER_DONE])
        buf_printf(&text, _(" %d loaded"), n[LOADER_DONE]);
    if (n[LOADER_WAITING])
        buf_printf(&text, _(" %d still loading"), n[LOADER_WAITING]);
    if (n[LOADER_FAILED] + n[LOADER_CANCELLED])
        buf_printf(&text, _(" %d not loaded"), n[LOADER_FAILED] + n[LOADER_CANCELLED]);
    if (n[LOADER_CUT])
        buf_printf(&text, _(" %d cut off"), n[LOADER_CUT]);
    buf_puts(&text, t->restored.lines.n ? _("   (9 shows them, > the last place)") : _("   (9 shows them)"));
    tui_status(t, n[LOADER_CUT] + n[LOADER_FAILED] ? ROLE_WARN : ROLE_STATUS, "%s", text.p);
    buf_done(&text);
}

void tui_session_begin(struct tui *t)
{
    struct err err = {0};
    t->keeps = true;
    if (!settings_is(t->settings, SETTING_SESSION, "on"))
        return;
    if (!kept_load(&t->restored, "session", store(t), &err) ||
        !kept_load(&t->recent, "recent", store(t), &err) ||
        !kept_load(&t->bookmarks, "bookmarks", store(t), &err))
        tui_fail(t, &err);
    size_t n = t->restored.lines.n;
    if (n && t->restored.lines.at[n - 1].root)
        tui_status(t, ROLE_STATUS, _("Restored from last time: %s   (> returns there)"),
                   t->restored.lines.at[n - 1].name);
    else if (!n && !t->recent.lines.n && !t->status.n)
        tui_status(t, ROLE_STATUS, "%s",
                   _("Digits go to places, Enter goes deeper, Esc comes back, ? explains the keys"));
    t->recent_us = t->recent.lines.n ? t->recent.lines.at[0].time_us : 0;
}

void tui_session_end(struct tui *t)
{
    tui_session_tick(t, true);
    kept_done(&t->path);
    kept_done(&t->written);
    kept_done(&t->restored);
    kept_done(&t->recent);
    kept_done(&t->bookmarks);
}

/* ---- coming back */

static bool open_line(struct tui *t, const struct kept_line *l, bool first)
{
    struct query q;
    struct err err = {0};
    if (!query_parse(&q, str_of(l->text), &err)) {
        tui_fail(t, &err);
        return false;
    }
    struct screen *s = result_screen_new(t, &q);
    if (first)
        places_begin(&t->places, t, l->root, s);
    else
        tui_push(t, s);
    query_done(&q);
    return true;
}

bool tui_session_restore(struct tui *t)
{
    struct kept_file f = t->restored;
    bool first = true;
    t->restored = (struct kept_file){0};
    for (size_t i = 0; i < f.lines.n; i++)
        if (!f.lines.at[i].root)
            tui_carry(t, f.lines.at[i].text, f.lines.at[i].name);
        else if (open_line(t, &f.lines.at[i], first))
            first = false;
    kept_done(&f);
    return !first;
}

const struct kept_file *tui_recent(struct tui *t)
{
    return &t->recent;
}

void tui_open_kept(struct tui *t, const struct kept_line *l)
{
    open_line(t, l, true);
}

/* ---- bookmarks */

static void keep_bookmarks(struct tui *t)
{
    struct err err = {0};
    if (t->keeps && !kept_save(&t->bookmarks, "bookmarks", store(t), &err))
        tui_fail(t, &err);
}

static size_t find_bookmark(const struct tui *t, const char *name)
{
    size_t i = 0;
    while (i < t->bookmarks.lines.n && strcmp(t->bookmarks.lines.at[i].name, name) != 0)
        i++;
    return i;
}

static void set_bookmark(void *arg, const char *name)
{
    struct tui *t = arg;
    struct arena a = {0};
    struct kept_line line;
    size_t old = find_bookmark(t, name);
    if (*name && line_of(t->places.top, &a, &line)) {
        line.name = arena_strdup(&a, name);
        if (old < t->bookmarks.lines.n)
            kept_remove(&t->bookmarks, old);
        kept_remember(&t->bookmarks, &line, BOOKMARKS_MAX);
        keep_bookmarks(t);
        tui_status(t, ROLE_STATUS, _("Bookmarked: %s   (' goes there)"), name);
    }
    arena_done(&a);
}

void tui_bookmark(struct tui *t)
{
    struct arena a = {0};
    struct kept_line line;
    if (line_of(t->places.top, &a, &line))
        tui_ask(t, _("Name of the bookmark:"), line.name, 0, set_bookmark, t);
    else
        tui_status(t, ROLE_WARN, "%s", _("Only answers can be bookmarked, and none that name a customer"));
    arena_done(&a);
}

static void go_to_bookmark(void *arg, const char *name)
{
    struct tui *t = arg;
    size_t i = find_bookmark(t, name);
    if (i < t->bookmarks.lines.n)
        open_line(t, &t->bookmarks.lines.at[i], true);
}

void tui_ask_bookmark(struct tui *t)
{
    VEC(struct prompt_choice) list = {0};
    for (size_t i = 0; i < t->bookmarks.lines.n; i++)
        vec_push(&list, (struct prompt_choice){t->bookmarks.lines.at[i].name, t->bookmarks.lines.at[i].text,
                                               NULL, NULL});
    if (list.n)
        tui_choose(t, _("Bookmark:"), list.at, list.n, go_to_bookmark, t);
    else
        tui_status(t, ROLE_STATUS, "%s", _("There are no bookmarks yet; m makes one"));
    vec_done(&list);
}
