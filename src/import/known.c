/* known.c - looks into the journal. */
#include "config.h"

#include "base/arena.h"
#include "base/nls.h"
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
