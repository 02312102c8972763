/* known.c - looks into the journal and the layers of attributes. */
#include "config.h"

#include <stdlib.h>
#include "base/arena.h"
#include "base/nls.h"
#include "import/known.h"
#include "store/digest.h"
#include "store/layers.h"

/* ---- Files. */

static bool size_known(const struct snapshot *s, uint64_t size)
{
    const struct import_def *import;
    size_t n = snapshot_imports(s, &import);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < import[i].files && !import[i].forgotten; k++)
            if (import[i].file[k].size == size)
                return true;
    return false;
}

static bool check(const struct snapshot *s, const char *label, const struct import_file *file,
                  struct err *err)
{
    uint32_t import = snapshot_has_file(s, file);
    if (import == 0)
        return true;
    return err_set(
        err, ERR_INPUT,
        _("%s: was loaded already, by import %u; nothing was stored. To load it once more say --again"),
        label, import);
}

bool known_files(struct source *src, const struct snapshot *s, struct err *err)
{
    for (size_t i = 0; i < source_files(src); i++) {
        const struct source_file *f = source_file(src, i);
        struct import_file file;
        if (strcmp(f->path, "-") == 0 || f->size < 0 || !size_known(s, (uint64_t)f->size))
            continue;
        if (!digest_file(f->path, NULL, &file, err) || !check(s, f->label, &file, err))
            return false;
    }
    return true;
}

bool known_passed(struct source *src, const struct snapshot *s, struct err *err)
{
    for (size_t i = 0; i < source_files(src); i++) {
        const struct source_file *f = source_file(src, i);
        if (f->passed && f->bytes &&
            !check(s, f->label, &(struct import_file){f->bytes, {f->hash[0], f->hash[1]}}, err))
            return false;
    }
    return true;
}

/* ---- Users. */

static void keep_latest(void *arg, const struct layer_rows *rows)
{
    int64_t *time = arg;
    for (uint32_t i = 0; i < rows->n; i++) {
        int64_t *t = &time[rows->user[i]], at = rows->value[i];
        if (at != COLUMN_NULL && (*t == COLUMN_NULL || at > *t))
            *t = at;
    }
}

bool known_times(const struct snapshot *s, struct str column, int64_t **time, uint32_t *n, struct err *err)
{
    const struct column_def *def = snapshot_column(s, TABLE_USERS, column);
    *n = dict_count(s, COL_USER);
    *time = NULL;
    if (!def || def->type != COLUMN_TIME || *n == 0)
        return true;
    *time = mem_alloc((size_t)*n * sizeof(**time));
    for (uint32_t i = 0; i < *n; i++)
        (*time)[i] = COLUMN_NULL;
    return layers_read(s, def->id, 0, *n, keep_latest, *time, err); /* the caller frees it */
}
