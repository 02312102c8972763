/* import_case_test.c - runs every folder of tests/import/.
 *
 * A case is a folder a stranger can read: input files, `options` (one command-line option per line; a line
 * --- begins another import into the same store; without a file name input.csv is loaded) and `expected`:
 * mapping, report and the store's rows. WAYMARK_BLESS=1 writes what came out over `expected`, to be read
 * before it is kept. */
#include "config.h"

#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/os.h"
#include "base/vec.h"
#include "import/load.h"
#include "import_dump.h"

static char store[] = "/tmp/waymark-case-XXXXXX/store";

struct options {
    struct load_options o;
    VEC(const char *) file, column, type, null;
    const char *mapping; /* name of a file beside the store, or in the case's folder when it is there */
    bool names;
};

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static void remove_store(void)
{
    nftw(store, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *word_after(char *line)
{
    char *space = strchr(line, ' ');
    if (!space)
        return "";
    *space = '\0';
    return space + 1;
}

static void add_option(struct options *x, char *line)
{
    if (line[0] != '-') {
        vec_push(&x->file, line);
        return;
    }
    const char *v = word_after(line), *name = line + 2;
    const struct {
        const char *name;
        const char **to;
    } texts[] = {{"user", &x->o.user},
                 {"time", &x->o.time},
                 {"event", &x->o.event},
                 {"tz", &x->o.tz},
                 {"time-format", &x->o.time_format},
                 {"encoding", &x->o.encoding},
                 {"max-rejects", &x->o.max_rejects},
                 {"input", &x->o.input},
                 {"mapping", &x->mapping},
                 {"as-of", &x->o.as_of}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (strcmp(name, texts[i].name) == 0) {
            *texts[i].to = v;
            return;
        }
    }
    if (strcmp(name, "columns") == 0)
        for (char *c = strtok((char *)(uintptr_t)v, ","); c; c = strtok(NULL, ","))
            vec_push(&x->column, c);
    else if (strcmp(name, "type") == 0)
        vec_push(&x->type, v);
    else if (strcmp(name, "null") == 0)
        vec_push(&x->null, v);
    else if (strcmp(name, "delimiter") == 0)
        x->o.delimiter = v[0];
    else if (strcmp(name, "keep-duplicates") == 0)
        x->o.keep_duplicates = true;
    else if (strcmp(name, "dry-run") == 0)
        x->o.dry_run = true;
    else if (strcmp(name, "again") == 0)
        x->o.again = true;
    else if (strcmp(name, "users") == 0)
        x->o.kind = LOAD_USERS;
    else if (strcmp(name, "names") == 0)
        x->names = true;
    else
        fail_msg("options: unknown line %s", line);
}

static void put_report(struct buf *out, const struct load_report *r)
{
    buf_printf(out, "rows %llu, stored %llu, users %llu, new users %llu, duplicates %llu, rejected %llu\n",
               (unsigned long long)r->rows, (unsigned long long)r->stored, (unsigned long long)r->users,
               (unsigned long long)r->new_users, (unsigned long long)r->duplicates,
               (unsigned long long)r->rejected);
    for (size_t i = 0; i < r->reason_n; i++)
        buf_printf(out, "%s %llu: %s, line %llu: %s\n", r->reason[i].id,
                   (unsigned long long)r->reason[i].count, r->reason[i].file,
                   (unsigned long long)r->reason[i].line, r->reason[i].example);
    for (size_t i = 0; i < r->repair_n; i++)
        buf_printf(out, "repair %s %llu: %s, line %llu: %s\n", r->repair[i].id,
                   (unsigned long long)r->repair[i].count, r->repair[i].file,
                   (unsigned long long)r->repair[i].line, r->repair[i].example);
    if (!r->rejects)
        return;
    buf_puts(out, "rejected rows:\n");
    assert_true(os_read_file(r->rejects, 1 << 20, out, NULL));
}

/* Numbers of codes may change; what kind of error it is may not. */
static const char *kind_of(enum err_code code)
{
    return code == ERR_USAGE       ? "usage"
           : code == ERR_INPUT     ? "input"
           : code == ERR_SYSTEM    ? "system"
           : code == ERR_CANCELLED ? "cancelled"
                                   : "other";
}

/* A mapping that the case brings is read where it is; another is written beside the store and shown. */
static void place_mapping(struct options *x, struct buf *path)
{
    if (!x->mapping)
        return;
    if (!os_exists(x->mapping))
        buf_printf(path, "%.*s/", (int)(strrchr(store, '/') - store), store);
    buf_puts(path, x->mapping);
    x->o.mapping = path->p;
}

static void show_mapping(const struct buf *path, struct buf *out)
{
    if (!path->p || path->p[0] != '/')
        return;
    buf_puts(out, "saved mapping:\n");
    assert_true(os_read_file(path->p, 1 << 16, out, NULL));
}

static void run_import(struct options *x, struct env *env, struct buf *out)
{
    static const char *const usual[] = {"input.csv"};
    struct load_report r;
    struct err err = {0};
    struct buf mapping = {0};
    place_mapping(x, &mapping);
    x->o.files = x->file.n ? x->file.at : usual;
    x->o.file_n = x->file.n ? x->file.n : 1;
    x->o.columns = x->column.at;
    x->o.column_n = x->column.n;
    x->o.types = x->type.at;
    x->o.type_n = x->type.n;
    x->o.nulls = x->null.at;
    x->o.null_n = x->null.n;
    bool ok = load_run(env, &x->o, NULL, &r, &err);
    if (r.mapping)
        buf_puts(out, r.mapping);
    if (ok)
        put_report(out, &r);
    else
        buf_printf(out, "error of %s: %s\n", kind_of(err.code), err.text);
    if (ok)
        show_mapping(&mapping, out);
    buf_done(&mapping);
    load_report_done(&r);
    vec_done(&x->file);
    vec_done(&x->column);
    vec_done(&x->type);
    vec_done(&x->null);
    *x = (struct options){0};
}

static void run_options(char *text, struct buf *out)
{
    struct options x = {0};
    struct err err = {0};
    struct env *env = env_open(store, ENV_WRITE, &err);
    assert_non_null(env);
    while (*text) {
        char *line = text;
        text += strcspn(text, "\n");
        if (*text)
            *text++ = '\0';
        if (strcmp(line, "---") == 0)
            run_import(&x, env, out);
        else if (*line && *line != '#')
            add_option(&x, line);
    }
    run_import(&x, env, out);
    buf_puts(out, "store:\n");
    dump_store(env, false, out);
    env_close(env);
}

static void run_case(void **state)
{
    char *dir = *state;
    struct buf options = {0}, got = {0}, want = {0};
    struct err err = {0};
    char *home = getcwd(NULL, 0);
    assert_int_equal(chdir(dir), 0);
    if (!os_read_file("options", 1 << 16, &options, &err))
        fail_msg("%s: %s", dir, err.text);
    buf_puts(&options, "");
    run_options(options.p ? options.p : (char[]){""}, &got);
    remove_store();
    if (getenv("WAYMARK_BLESS"))
        assert_true(os_replace_file("expected", buf_view(&got), &err));
    else if (!os_read_file("expected", 1 << 20, &want, &err) || !str_eq(buf_view(&got), buf_view(&want)))
        fail_msg("%s\n--- expected\n%s--- got\n%s", dir, want.p ? want.p : "", got.p);
    assert_int_equal(chdir(home), 0);
    free(home);
    free(dir);
    buf_done(&options);
    buf_done(&got);
    buf_done(&want);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

/* The folder above the stores of all cases. */
static void make_place(void)
{
    char *slash = strrchr(store, '/');
    *slash = '\0';
    if (!mkdtemp(store))
        exit(99);
    *slash = '/';
}

static int remove_place(void **state)
{
    (void)state;
    *strrchr(store, '/') = '\0';
    remove_store(); /* and what lies beside it */
    return 0;
}

int main(void)
{
    const char *top = getenv("top_srcdir");
    char root[2048];
    struct CMUnitTest tests[256];
    size_t n = 0;
    snprintf(root, sizeof(root), "%s/tests/import", top ? top : ".");
    DIR *d = opendir(root);
    for (struct dirent *e; d && (e = readdir(d)) && n < 256;) {
        struct buf path = {0};
        buf_printf(&path, "%s/%s/options", root, e->d_name);
        if (e->d_name[0] != '.' && os_exists(path.p)) {
            *strrchr(path.p, '/') = '\0';
            tests[n++] = (struct CMUnitTest){strdup(e->d_name), run_case, NULL, NULL, path.p};
        } else {
            buf_done(&path);
        }
    }
    if (!d || n == 0) {
        printf("no cases in %s\n", root);
        return 1;
    }
    closedir(d);
    qsort(tests, n, sizeof(*tests), by_name);
    make_place();
    int failed = _cmocka_run_group_tests("import cases", tests, n, NULL, remove_place);
    for (size_t i = 0; i < n; i++)
        free((char *)(uintptr_t)tests[i].name);
    return failed;
}
