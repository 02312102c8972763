/* builder_work.c - counting in the background.
 *
 * One count runs at a time. What is changed meanwhile is counted when it is done: not cancelled, because the
 * answers it has found are kept, and most of them are needed again. What stands around its numbers is found
 * by a second task, so that they need not wait for it. */
#include "config.h"

#include <stdlib.h>

#include "app/builder_p.h"

static uint64_t serial(const struct builder *b)
{
    return b->version.at[b->at].serial;
}

void builder_drop_work(struct builder *b)
{
    if (!b->task)
        return;
    task_cancel(b->task);
    task_end(b->task, NULL);
    b->task = NULL;
    count_free(b->running); /* NULL while details are found */
    b->running = NULL;
}

static bool wants_count(const struct builder *b)
{
    return b->again || !b->counted || b->counted_serial != serial(b);
}

static bool wants_detail(const struct builder *b)
{
    const char *looked = b->counted ? count_looked(b->counted) : NULL;
    return !b->detailed || (b->look && (!looked || strcmp(looked, b->look) != 0));
}

static bool is_wanted(const struct builder *b)
{
    return wants_count(b) || wants_detail(b);
}

static bool work(void *arg, struct progress *p, struct err *err)
{
    return count_run(arg, p, err);
}

static bool work_detail(void *arg, struct progress *p, struct err *err)
{
    return count_detail(arg, p, err);
}

static void start(struct builder *b)
{
    b->err = (struct err){0};
    if (wants_count(b)) {
        b->again = false;
        b->running_serial = serial(b);
        b->running = count_new(b->counter, b->entry, b->entries, b->version.at[b->at].tree);
        b->task = task_start(work, b->running, b->wake_fd);
    } else {
        count_look(b->counted, b->look);
        b->task = task_start(work_detail, b->counted, b->wake_fd);
    }
}

static void take_count(struct builder *b, bool ok)
{
    if (ok) {
        if (b->counted)
            count_borrow(b->running, b->counted);
        count_free(b->counted);
        b->counted = b->running;
        b->counted_serial = b->running_serial;
        b->detailed = false;
    } else {
        count_free(b->running);
    }
    b->running = NULL;
}

/* Details given up for a newer version are no failure. */
static void take(struct builder *b)
{
    struct err why = {0};
    bool ok = task_end(b->task, &why), detail = !b->running;
    b->task = NULL;
    if (!detail) {
        take_count(b, ok);
    } else if (ok) {
        count_show_detail(b->counted);
        b->detailed = true;
    }
    if (!ok && !(detail && wants_count(b)))
        b->err = why;
}

bool builder_tick(struct builder *b)
{
    bool changed = false;
    if (b->task && task_over(b->task)) {
        take(b);
        changed = true;
    }
    if (b->task && !b->running && wants_count(b))
        task_cancel(b->task); /* what a key was pressed for goes first */
    if (!b->task && !b->err.code && is_wanted(b))
        start(b);
    return changed;
}

bool builder_counting(const struct builder *b)
{
    return b->task || (!b->err.code && is_wanted(b));
}

int64_t builder_counting_us(const struct builder *b)
{
    return b->task ? task_age_us(b->task) : 0;
}

int builder_percent(const struct builder *b)
{
    struct progress *p = b->task ? task_progress(b->task) : NULL;
    uint64_t total = p ? atomic_load(&p->total) : 0;
    return total ? (int)(atomic_load(&p->done) * 100 / total) : -1;
}

bool builder_cancel(struct builder *b)
{
    if (b->task)
        task_cancel(b->task);
    return b->task;
}

const struct builder_counts *builder_counts(const struct builder *b, bool *fresh)
{
    *fresh = b->counted && !b->again && b->counted_serial == serial(b);
    return b->counted ? count_answer(b->counted) : NULL;
}

const struct err *builder_error(const struct builder *b)
{
    return b->err.code ? &b->err : NULL;
}

void builder_look(struct builder *b, const char *text)
{
    if (b->look && text && strcmp(b->look, text) == 0)
        return;
    free(b->look);
    b->look = text ? mem_strdup(text) : NULL;
}
