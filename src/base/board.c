/* board.c - a few lines of text under a lock. The view is a copy, so that drawing holds nobody up. */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/board.h"
#include "base/vec.h"

struct board {
    pthread_mutex_t lock;
    VEC(struct board_part) part;
    VEC(struct board_complaint) complaint;
    char *kept;
};

static char *copy(const char *s)
{
    return s ? mem_strdup(s) : NULL;
}

struct board *board_new(void)
{
    struct board *b = mem_zalloc(sizeof *b);
    pthread_mutex_init(&b->lock, NULL);
    return b;
}

void board_free(struct board *b)
{
    if (!b)
        return;
    struct board_view all = {b->part.at, b->part.n, b->complaint.at, b->complaint.n, b->kept};
    board_look_done(&all);
    pthread_mutex_destroy(&b->lock);
    free(b);
}

void board_add(struct board *b, const char *name, int64_t size)
{
    if (!b)
        return;
    pthread_mutex_lock(&b->lock);
    vec_push(&b->part, (struct board_part){.name = copy(name), .size = size});
    pthread_mutex_unlock(&b->lock);
}

void board_set(struct board *b, size_t part, enum board_state state, uint64_t done, uint64_t rows,
               uint64_t bad)
{
    if (!b)
        return;
    pthread_mutex_lock(&b->lock);
    if (part < b->part.n) {
        struct board_part *p = &b->part.at[part];
        p->state = state;
        p->done = done;
        p->rows = rows;
        p->bad = bad;
    }
    pthread_mutex_unlock(&b->lock);
}

void board_done(struct board *b, size_t part)
{
    if (!b)
        return;
    pthread_mutex_lock(&b->lock);
    for (size_t i = 0; i < part && i < b->part.n; i++)
        b->part.at[i].state = BOARD_DONE;
    pthread_mutex_unlock(&b->lock);
}

static struct board_complaint *complaint_of(struct board *b, const struct board_complaint *c)
{
    for (size_t i = 0; i < b->complaint.n; i++)
        if (strcmp(b->complaint.at[i].id, c->id) == 0)
            return &b->complaint.at[i];
    vec_push(&b->complaint, *c);
    struct board_complaint *added = &b->complaint.at[b->complaint.n - 1];
    added->id = copy(c->id);
    added->text = copy(c->text);
    added->example = copy(c->example);
    added->file = copy(c->file);
    return added;
}

void board_complain(struct board *b, const struct board_complaint *c)
{
    if (!b)
        return;
    pthread_mutex_lock(&b->lock);
    complaint_of(b, c)->count = c->count;
    pthread_mutex_unlock(&b->lock);
}

void board_keep(struct board *b, const char *path)
{
    if (!b)
        return;
    pthread_mutex_lock(&b->lock);
    if (!b->kept)
        b->kept = copy(path);
    pthread_mutex_unlock(&b->lock);
}

static int most_first(const void *a, const void *b)
{
    const struct board_complaint *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->id, y->id);
}

void board_look(struct board *b, struct board_view *out)
{
    pthread_mutex_lock(&b->lock);
    struct board_part *part = mem_zalloc((b->part.n + 1) * sizeof *part);
    struct board_complaint *complaint = mem_zalloc((b->complaint.n + 1) * sizeof *complaint);
    for (size_t i = 0; i < b->part.n; i++) {
        part[i] = b->part.at[i];
        part[i].name = copy(part[i].name);
    }
    for (size_t i = 0; i < b->complaint.n; i++) {
        complaint[i] = b->complaint.at[i];
        complaint[i].id = copy(complaint[i].id);
        complaint[i].text = copy(complaint[i].text);
        complaint[i].example = copy(complaint[i].example);
        complaint[i].file = copy(complaint[i].file);
    }
    *out = (struct board_view){part, b->part.n, complaint, b->complaint.n, copy(b->kept)};
    pthread_mutex_unlock(&b->lock);
    if (out->complaints)
        qsort(complaint, out->complaints, sizeof *complaint, most_first);
}

static void drop(const void *p)
{
    free((void *)(uintptr_t)p);
}

void board_look_done(struct board_view *v)
{
    for (size_t i = 0; i < v->parts; i++)
        drop(v->part[i].name);
    for (size_t i = 0; i < v->complaints; i++) {
        drop(v->complaint[i].id);
        drop(v->complaint[i].text);
        drop(v->complaint[i].example);
        drop(v->complaint[i].file);
    }
    drop(v->part);
    drop(v->complaint);
    drop(v->kept);
    *v = (struct board_view){0};
}
