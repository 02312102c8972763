/* builder_p.h - what the files of the builder share; private to them. */
#ifndef WM_BUILDER_P_H
#define WM_BUILDER_P_H

#include "app/builder.h"
#include "app/builder_count.h"
#include "app/task.h"
#include "base/vec.h"
#include "model/schema.h"

struct version {
    struct condition *tree;
    uint64_t serial; /* of all versions ever: what counts are compared by */
};

struct builder {
    struct workspace *workspace;
    struct env *env;
    int wake_fd;
    struct arena arena; /* of entries */
    struct builder_entry *entry;
    size_t entries;
    VEC(struct version) version;
    size_t at, saved_at; /* saved_at SIZE_MAX: that version is gone */
    uint64_t serial;
    char *name;
    struct buf text;
    char *look;
    struct counter *counter;
    struct count *counted, *running; /* running NULL beside a task: it finds the details of counted */
    uint64_t counted_serial, running_serial;
    bool again;    /* count even when the version is the same */
    bool detailed; /* counted has its details */
    struct task *task;
    struct err err;
};

/* ---- builder_entries.c: what the store has. */
struct builder_reading {
    struct snapshot *snapshot;
    struct schema *schema;
};
bool builder_read_begin(const struct builder *b, struct builder_reading *r, struct err *err);
void builder_read_end(struct builder_reading *r);
/* The entries anew, in the arena. */
void builder_read_entries(struct builder *b, struct arena *a, struct schema *m);

/* ---- builder_work.c: counting in the background. */
/* Gives up what is being counted: it looks at the entries. */
void builder_drop_work(struct builder *b);

#endif
