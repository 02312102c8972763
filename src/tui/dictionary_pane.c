/* dictionary_pane.c - names are changed one at a time and are in the store at once; z takes the last change
 * back. How often events came is counted by a job. */
#include "config.h"

#include <stdlib.h>

#include "app/job.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "render/glyph.h"
#include "tui/dictionary_pane.h"
#include "tui/needle.h"
#include "tui/tui.h"

struct entry {
    char *name, *zh, *en;
    int64_t count; /* -1: not counted yet */
};
struct dictionary_pane {
    struct tui *tui;
    VEC(struct entry) event;
    VEC(struct entry) undo; /* names as they were */
    struct job *job;
    int line, top, h;
    char *search; /* folded; NULL: none */
};

static char *copy_of(struct str s)
{
    char *copy = mem_zalloc(s.n + 1);
    if (s.n)
        memcpy(copy, s.p, s.n);
    return copy;
}

static void entry_done(struct entry *e)
{
    free(e->name);
    free(e->zh);
    free(e->en);
}

/* ---- what there is */

static void keep(void *ctx, struct str name, struct str zh, struct str en)
{
    struct dictionary_pane *p = ctx;
    vec_push(&p->event, (struct entry){copy_of(name), copy_of(zh), copy_of(en), -1});
}

static void drop_events(struct dictionary_pane *p)
{
    for (size_t i = 0; i < p->event.n; i++)
        entry_done(&p->event.at[i]);
    p->event.n = 0;
}

static void drop_job(struct dictionary_pane *p)
{
    if (!p->job)
        return;
    job_cancel(p->job);
    result_free(job_take(p->job, NULL));
    p->job = NULL;
}

static void count_events(struct dictionary_pane *p)
{
    struct query q;
    drop_job(p);
    query_init(&q, "events");
    query_add(&q, "unit", "all");
    query_add(&q, "by", "event");
    query_add(&q, "top", "0");
    p->job = job_start(tui_workspace(p->tui), &q, tui_wake_fd(p->tui));
    query_done(&q);
}

static int by_name(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->name, y->name);
}

static void sort(struct dictionary_pane *p)
{
    if (p->event.n)
        qsort(p->event.at, p->event.n, sizeof *p->event.at, by_name);
}

/* Keeps the counts known, so that a changed name does not move. */
void dictionary_pane_refresh(struct dictionary_pane *p)
{
    drop_events(p);
    workspace_event_names(tui_workspace(p->tui), keep, p, NULL);
    sort(p);
    if (p->line >= (int)p->event.n)
        p->line = p->event.n ? (int)p->event.n - 1 : 0;
    count_events(p);
}

static int by_bare_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void take_counts(struct dictionary_pane *p, const struct result *r)
{
    char *here = p->line < (int)p->event.n ? mem_strdup(p->event.at[p->line].name) : NULL;
    if (p->event.n)
        qsort(p->event.at, p->event.n, sizeof *p->event.at, by_bare_name);
    for (size_t i = 0; i < r->rows.n; i++) {
        const struct value *group = rows_get(&r->rows, i, "group"), *n = rows_get(&r->rows, i, "events");
        if (!group || group->type != VALUE_TEXT || !n || n->type != VALUE_INT)
            continue;
        struct entry key = {.name = copy_of(group->text)};
        struct entry *e =
            p->event.n ? bsearch(&key, p->event.at, p->event.n, sizeof key, by_bare_name) : NULL;
        if (e)
            e->count = n->i;
        free(key.name);
    }
    sort(p);
    for (size_t i = 0; here && i < p->event.n; i++)
        if (p->line > 0 && strcmp(p->event.at[i].name, here) == 0)
            p->line = (int)i;
    free(here);
}

bool dictionary_pane_tick(struct dictionary_pane *p)
{
    if (!p->job || !job_done(p->job))
        return false;
    struct result *r = job_take(p->job, NULL);
    p->job = NULL;
    if (r)
        take_counts(p, r);
    result_free(r);
    return true;
}

bool dictionary_pane_busy(const struct dictionary_pane *p)
{
    return p->job != NULL;
}

size_t dictionary_pane_events(const struct dictionary_pane *p)
{
    return p->event.n;
}

size_t dictionary_pane_unnamed(const struct dictionary_pane *p)
{
    bool zh = strcmp(nls_lang(), "zh_CN") == 0;
    size_t n = 0;
    for (size_t i = 0; i < p->event.n; i++)
        n += *(zh ? p->event.at[i].zh : p->event.at[i].en) == '\0';
    return n;
}

/* ---- drawing */

static void put_name(struct canvas *c, int y, int x, int w, enum role role, const char *name)
{
    bool missing = *name == '\0' && role == ROLE_TEXT;
    canvas_text(c, y, x, w - 1, missing ? ROLE_DIM : role, str_of(*name ? name : "-"));
}

static void draw_entry(const struct dictionary_pane *p, struct canvas *c, struct rect at, int i, bool focused)
{
    const struct entry *e = &p->event.at[i];
    int w = (at.w - 16) / 3;
    enum role role = focused && i == p->line ? ROLE_SELECTED : ROLE_TEXT;
    struct buf count = {0};
    canvas_clear(c, at, role);
    canvas_text(c, at.y, at.x, 1, role, str_of(focused && i == p->line ? ">" : " "));
    canvas_text(c, at.y, at.x + 1, w - 1, role, str_of(e->name));
    if (e->count >= 0)
        num_put_thousands(&count, e->count);
    canvas_right(c, at.y, at.x + w, 14, role, buf_view(&count));
    put_name(c, at.y, at.x + w + 16, w, role, e->zh);
    put_name(c, at.y, at.x + 2 * w + 16, w, role, e->en);
    buf_done(&count);
    if (role == ROLE_SELECTED) {
        c->cursor_y = at.y;
        c->cursor_x = at.x;
    }
}

static void draw_heads(struct canvas *c, struct rect at)
{
    int w = (at.w - 16) / 3;
    int used = canvas_text(c, at.y, at.x, w, ROLE_HEAD, str_of(_("Events")));
    glyph_hline(c, at.y, at.x + used + 1, w - used - 1, ROLE_RULE);
    canvas_right(c, at.y, at.x + w, 14, ROLE_DIM, str_of(_("How often")));
    canvas_text(c, at.y, at.x + w + 16, w - 1, ROLE_DIM, str_of(_("Chinese name")));
    canvas_text(c, at.y, at.x + 2 * w + 16, w - 1, ROLE_DIM, str_of(_("English name")));
}

void dictionary_pane_draw(struct dictionary_pane *p, struct canvas *c, struct rect at, bool focused)
{
    draw_heads(c, at);
    p->h = at.h - 1;
    if (p->line < p->top)
        p->top = p->line;
    if (p->line >= p->top + p->h)
        p->top = p->line - p->h + 1;
    for (int i = 0; i < p->h && p->top + i < (int)p->event.n; i++)
        draw_entry(p, c, (struct rect){at.y + 1 + i, at.x, 1, at.w}, p->top + i, focused);
    if (p->event.n == 0)
        canvas_text(c, at.y + 1, at.x + 2, at.w - 4, ROLE_DIM,
                    str_of(_("none yet: they come with the first import")));
}

/* ---- changing names */

static struct entry *here(struct dictionary_pane *p)
{
    return p->line < (int)p->event.n ? &p->event.at[p->line] : NULL;
}

static bool rename_event(struct dictionary_pane *p, const char *event, const char *zh, const char *en)
{
    struct err err = {0};
    if (!workspace_name_event(tui_workspace(p->tui), event, zh, en, &err)) {
        tui_fail(p->tui, &err);
        return false;
    }
    tui_know_version(p->tui);
    for (size_t i = 0; i < p->event.n; i++) {
        struct entry *e = &p->event.at[i];
        if (strcmp(e->name, event) != 0)
            continue;
        free(e->zh);
        free(e->en);
        e->zh = copy_of(str_trim(str_of(zh)));
        e->en = copy_of(str_trim(str_of(en)));
        p->line = (int)i;
    }
    return true;
}

/* Each name is kept when it is agreed to: Esc at the next question leaves what was typed before. */
static bool set_names(struct dictionary_pane *p, const char *zh, const char *en)
{
    struct entry *e = here(p);
    if (!e || (strcmp(e->zh, zh) == 0 && strcmp(e->en, en) == 0))
        return e != NULL;
    struct entry old = {mem_strdup(e->name), mem_strdup(e->zh), mem_strdup(e->en), 0};
    if (!rename_event(p, old.name, zh, en)) {
        entry_done(&old);
        return false;
    }
    vec_push(&p->undo, old);
    tui_status(p->tui, ROLE_STATUS, _("%s has its new name; z takes that back"), old.name);
    return true;
}

static void take_en(void *arg, const char *en)
{
    struct dictionary_pane *p = arg;
    struct entry *e = here(p);
    char *zh = mem_strdup(e ? e->zh : ""); /* rename_event frees what the entry has */
    set_names(p, zh, en);
    free(zh);
}

static void take_zh(void *arg, const char *zh)
{
    struct dictionary_pane *p = arg;
    struct entry *e = here(p);
    char *en = mem_strdup(e ? e->en : "");
    if (set_names(p, zh, en)) {
        struct buf label = {0};
        e = here(p);
        buf_printf(&label, _("English name of %s:"), e->name);
        tui_ask(p->tui, label.p, e->en, 0, take_en, p);
        buf_done(&label);
    }
    free(en);
}

static void edit(struct dictionary_pane *p)
{
    struct buf label = {0};
    struct entry *e = here(p);
    if (!e)
        return;
    buf_printf(&label, _("Chinese name of %s:"), e->name);
    tui_ask(p->tui, label.p, e->zh, 0, take_zh, p);
    buf_done(&label);
}

static void take_back(struct dictionary_pane *p)
{
    if (p->undo.n == 0) {
        tui_status(p->tui, ROLE_STATUS, "%s", _("There is no change to take back"));
        return;
    }
    struct entry *old = &p->undo.at[p->undo.n - 1];
    if (!rename_event(p, old->name, old->zh, old->en))
        return;
    tui_status(p->tui, ROLE_STATUS, _("%s has its former name again"), old->name);
    entry_done(old);
    p->undo.n--;
}

/* ---- finding */

static void find(struct dictionary_pane *p, int direction)
{
    int n = (int)p->event.n;
    for (int k = 1; p->search && k <= n; k++) {
        int i = (p->line + direction * k + 2 * n) % n;
        const struct entry *e = &p->event.at[i];
        if (needle_is_in(p->search, str_of(e->name)) || needle_is_in(p->search, str_of(e->zh)) ||
            needle_is_in(p->search, str_of(e->en))) {
            p->line = i;
            return;
        }
    }
    if (p->search)
        tui_status(p->tui, ROLE_STATUS, _("No event has \"%s\" in its names"), p->search);
}

static void take_search(void *arg, const char *text)
{
    struct dictionary_pane *p = arg;
    needle_set(&p->search, text);
    if (!p->search)
        return;
    p->line -= p->line > 0; /* the one under the cursor counts too */
    find(p, 1);
}

static bool move(struct dictionary_pane *p, enum action a)
{
    int last = p->event.n ? (int)p->event.n - 1 : 0, page = p->h > 1 ? p->h : 1, to = p->line;
    switch (a) {
    case ACTION_UP: to--; break;
    case ACTION_DOWN: to++; break;
    case ACTION_PAGE_UP: to -= page; break;
    case ACTION_PAGE_DOWN: to += page; break;
    case ACTION_FIRST: to = 0; break;
    case ACTION_LAST: to = last; break;
    default: return false;
    }
    p->line = to < 0 ? 0 : to > last ? last : to;
    return true;
}

bool dictionary_pane_act(struct dictionary_pane *p, enum action a)
{
    switch (a) {
    case ACTION_ENTER: edit(p); return true;
    case ACTION_UNDO: take_back(p); return true;
    case ACTION_SEARCH: tui_ask(p->tui, _("Find an event:"), "", 0, take_search, p); return true;
    case ACTION_SEARCH_NEXT: find(p, 1); return true;
    case ACTION_SEARCH_PREVIOUS: find(p, -1); return true;
    default: return move(p, a);
    }
}

/* ---- life */

struct dictionary_pane *dictionary_pane_new(struct tui *t)
{
    struct dictionary_pane *p = mem_zalloc(sizeof *p);
    p->tui = t;
    return p;
}

void dictionary_pane_free(struct dictionary_pane *p)
{
    drop_job(p);
    drop_events(p);
    vec_done(&p->event);
    for (size_t i = 0; i < p->undo.n; i++)
        entry_done(&p->undo.at[i]);
    vec_done(&p->undo);
    free(p->search);
    free(p);
}
