/* guess_fuzz.c - files of any content: their mapping is guessed or refused in words, and a dry run accounts
 * for every row.
 *
 * Input: options in one byte, then the file. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/utf8.h"
#include "fuzz.h"
#include "import/load.h"

enum {
    OPT_USERS = 1,
    OPT_COLUMNS = 2,
    OPT_TZ = 4,
    OPT_TYPE = 8,
    OPT_KEEP = 16,
    OPT_LIMIT = 32,
    OPT_DELIMITER = 64
};

static int fd = -1;
static char path[64];

static void write_input(struct str s)
{
    if (fd < 0) {
        fd = memfd_create("input", MFD_CLOEXEC);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    }
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, s.p, s.n, 0) != (ssize_t)s.n)
        abort();
}

static void check_error(const struct err *err)
{
    FUZZ_PROMISE(err->code != ERR_NONE && err->text[0]);
    FUZZ_PROMISE(utf8_valid(str_of(err->text)));
}

static bool is_told(void *arg, const char *text)
{
    FUZZ_PROMISE(text[0] && utf8_valid(str_of(text)));
    *(bool *)arg = true;
    return true;
}

static void check_report(const struct load_report *r)
{
    uint64_t reasons = 0;
    FUZZ_PROMISE(r->rows == r->stored + r->duplicates + r->rejected);
    FUZZ_PROMISE(r->users <= r->stored && r->new_users <= r->users);
    for (size_t i = 0; i < r->reason_n; i++) {
        FUZZ_PROMISE(r->reason[i].count > 0 && r->reason[i].line > 0 && r->reason[i].id && r->reason[i].text);
        reasons += r->reason[i].count;
    }
    FUZZ_PROMISE(reasons == r->rejected);
}

static void check_load(const struct load_options *o)
{
    struct load_report report;
    struct err err = {0};
    if (load_run(NULL, o, NULL, &report, &err)) {
        check_report(&report);
        FUZZ_PROMISE(*(bool *)o->arg);
    } else {
        check_error(&err);
    }
    load_report_done(&report);
}

FUZZ_TARGET(guess)
{
    static const char *const columns[] = {"user", "time", "event", "p"}, *const types[] = {"p=number"};
    struct fuzz_input in = {data, n};
    unsigned options = fuzz_byte(&in);
    write_input(fuzz_rest(&in));
    const char *files[] = {path};
    bool told = false;
    struct load_options o = {
        .kind = options & OPT_USERS ? LOAD_USERS : LOAD_EVENTS,
        .files = files,
        .file_n = 1,
        .columns = columns,
        .column_n = options & OPT_COLUMNS ? 4 : 0,
        .tz = options & OPT_TZ ? "Asia/Shanghai" : "UTC",
        .types = types,
        .type_n = options & OPT_TYPE ? 1 : 0,
        .keep_duplicates = options & OPT_KEEP,
        .max_rejects = options & OPT_LIMIT ? "10%" : NULL,
        .delimiter = options & OPT_DELIMITER ? ';' : 0,
        .dry_run = true,
        .threads = 1,
        .memory = 1 << 20,
        .on_mapping = is_told,
        .arg = &told,
    };
    if (!o.column_n)
        o.columns = NULL;
    check_load(&o);
    return 0;
}
