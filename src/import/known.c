/* known.c - looks into the journal. */
#include "config.h"

#include "base/arena.h"
#include "base/nls.h"
#include "base/num.h"
#include "import/history.h"
#include "import/known.h"
#include "store/digest.h"

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

/* Nothing of what the import says it loaded was taken back: of a file that had grown an earlier import has
 * the beginning. */
static bool is_whole(const struct snapshot *s, const struct import_def *import)
{
    const struct import_def *all;
    size_t n = snapshot_imports(s, &all);
    for (;;) {
        struct history h;
        if (import->forgotten)
            return false;
        history_read(s, import->id, &h);
        uint32_t before = h.begun_by;
        history_done(&h);
        if (before == 0 || before >= import->id || before > n)
            return true;
        import = &all[before - 1];
    }
}

/* The import that has loaded the file, whole; 0: none. */
static uint32_t loaded_by(const struct snapshot *s, const struct import_file *file)
{
    const struct import_def *all;
    uint32_t id = 0;
    snapshot_imports(s, &all);
    while ((id = snapshot_has_file(s, file, id)) && !is_whole(s, &all[id - 1]))
        ;
    return id;
}

static bool check(const struct snapshot *s, const char *label, const struct import_file *file,
                  struct err *err)
{
    uint32_t import = loaded_by(s, file);
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

/* ---- Files that have grown. */

/* The last import of what may be the beginning of file f, by name and size; NULL: none. */
static const struct import_def *begun(const struct snapshot *s, enum load_kind kind,
                                      const struct source_file *f)
{
    const struct import_def *import;
    enum table table = kind == LOAD_USERS ? TABLE_USERS : TABLE_EVENTS;
    const char *slash = strrchr(f->path, '/');
    struct str name = str_of(slash ? slash + 1 : f->path);
    for (size_t i = snapshot_imports(s, &import); i-- > 0;)
        if (import[i].table == table && import[i].files == 1 && str_eq(import[i].source, name) &&
            import[i].file[0].size > 0 && import[i].file[0].size < (uint64_t)f->size &&
            is_whole(s, &import[i]))
            return &import[i];
    return NULL;
}

static bool cut_line(const struct source_file *f, const struct import_def *import, struct err *err)
{
    struct buf size = {0};
    num_put_bytes(&size, import->file[0].size);
    err_set(err, ERR_INPUT,
            _("%s: import %u has loaded the first %s of this file, which ended within a line, so its last "
              "row may "
              "be wrong; nothing was stored. Take it back with forget-import %u, then load the whole file"),
            f->label, import->id, size.p, import->id);
    buf_done(&size);
    return false;
}

bool known_begun(struct source *src, const struct snapshot *s, enum load_kind kind, uint32_t *cut,
                 struct err *err)
{
    for (size_t i = 0; i < source_files(src); i++) {
        struct source_file *f = source_file(src, i);
        struct import_file front;
        char last = 0;
        if (strcmp(f->path, "-") == 0 || f->size < 0 || f->gzip || f->form != INPUT_BYTES)
            continue;
        const struct import_def *import = begun(s, kind, f);
        if (!import)
            continue;
        if (!digest_front(f->path, import->file[0].size, &front, &last, err))
            return false;
        if (memcmp(&front, &import->file[0], sizeof(front)) != 0)
            continue;
        if (last != '\n' && last != '\r') {
            *cut = import->id;
            return cut_line(f, import, err);
        }
        f->from = front.size;
        f->begun_by = import->id;
    }
    return true;
}
