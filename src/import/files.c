/* files.c - folders to files, sorted, so that the same folder gives the same store on every machine. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/nls.h"
#include "base/vec.h"
#include "import/files.h"

#define NAMED_MOST 5 /* of those left out */

struct finding {
    struct files *out;
    struct arena *arena;
    VEC(const char *) path;
    VEC(const char *) left; /* names left out */
};

static struct str ending(struct str *name)
{
    size_t i = name->n;
    while (i > 0 && name->p[i - 1] != '.')
        i--;
    struct str end = {name->p + i, name->n - i};
    name->n = i ? i - 1 : 0;
    return end;
}

bool files_is_export(const char *name)
{
    static const char *const ends[] = {"csv", "tsv", "txt", "dat", "log", "json", "jsonl", "ndjson"};
    struct str rest = str_of(name);
    if (name[0] == '.')
        return false;
    struct str end = ending(&rest);
    if (str_ieq(end, STR("gz")))
        end = ending(&rest);
    for (size_t i = 0; rest.n && i < sizeof(ends) / sizeof(*ends); i++)
        if (str_ieq(end, str_of(ends[i])))
            return true;
    return false;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void take_entry(struct finding *f, const char *dir, const char *name)
{
    struct stat st;
    const char *slash = dir[0] && dir[strlen(dir) - 1] == '/' ? "" : "/";
    const char *path = arena_printf(f->arena, "%s%s%s", dir, slash, name);
    if (files_is_export(name) && stat(path, &st) == 0 && S_ISREG(st.st_mode))
        vec_push(&f->path, path);
    else if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
        vec_push(&f->left, arena_strdup(f->arena, name));
}

static const char *note_of(const struct finding *f)
{
    struct buf b = {0};
    qsort(f->left.at, f->left.n, sizeof(*f->left.at), by_bytes);
    for (size_t i = 0; i < f->left.n && i < NAMED_MOST; i++)
        buf_printf(&b, "%s%s", i ? ", " : "", f->left.at[i]);
    const char *note =
        arena_printf(f->arena, _("left out of the folder: %s%s"), b.p, f->left.n > NAMED_MOST ? ", ..." : "");
    buf_done(&b);
    return note;
}

static bool take_folder(struct finding *f, const char *dir, struct err *err)
{
    size_t first = f->path.n;
    DIR *d = opendir(dir);
    if (!d)
        return err_set(err, ERR_INPUT, _("%s: the folder cannot be read: %s"), dir, strerror(errno));
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        take_entry(f, dir, e->d_name);
    closedir(d);
    if (f->path.n == first)
        return err_set(
            err, ERR_INPUT,
            _("%s: there is no export in this folder; files must end in .csv, .tsv, .txt, .dat, .log, "
              ".json, .jsonl or .ndjson, with or without .gz"),
            dir);
    qsort(f->path.at + first, f->path.n - first, sizeof(*f->path.at), by_bytes);
    return true;
}

bool files_find(struct files *out, struct arena *a, const char *const *paths, size_t n, struct err *err)
{
    struct finding f = {.out = out, .arena = a};
    bool ok = true;
    *out = (struct files){0};
    for (size_t i = 0; ok && i < n; i++) {
        if (is_folder(paths[i]))
            ok = take_folder(&f, paths[i], err);
        else
            vec_push(&f.path, paths[i]);
    }
    out->n = f.path.n;
    out->path = arena_array(a, const char *, f.path.n + 1);
    if (f.path.n)
        memcpy(out->path, f.path.at, f.path.n * sizeof(*out->path));
    out->skipped = f.left.n;
    if (f.left.n)
        out->note = note_of(&f);
    vec_done(&f.path);
    vec_done(&f.left);
    return ok;
}
