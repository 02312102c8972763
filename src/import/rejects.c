/* rejects.c - nothing is lost: a row that cannot be loaded goes, byte for byte, to a file beside its reason's
 * count. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/board.h"
#include "base/buf.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/vec.h"
#include "import/load.h"
#include "import/rejects.h"

#define EXAMPLE_MOST 200
#define FLUSH_AT ((size_t)256 << 10)
#define NUMBERS_MOST 1000

static const struct {
    const char *id, *text;
} reasons[REJECT_COUNT] = {
    [REJECT_QUOTES] = {"bad-quotes", N_("quotes that do not match; mend the quotes in the line")},
    [REJECT_TOO_LONG] =
        {"too-long", N_("a field of more than 64 KiB, a row of more than 1 MiB, or more than 4,096 fields")},
    [REJECT_FIELDS] =
        {"field-count",
         N_("not as many fields as there are columns; look for a stray delimiter or a cut line")},
    [REJECT_NUL] = {"nul-byte", N_("a NUL byte; the export is damaged there")},
    [REJECT_UTF8] = {"bad-utf8", N_("bytes that are no text in this encoding; see --encoding")},
    [REJECT_USER] = {"no-user", N_("no user")},
    [REJECT_EVENT] = {"no-event", N_("no event name")},
    [REJECT_TIME] = {"bad-time", N_("no time, or one that cannot be read; see --time-format")},
    [REJECT_TIME_RANGE] = {"time-range", N_("an event before 1970 or after 2099; see --time-format")},
    [REJECT_NUMBER] = {"bad-number",
                       N_("text in a column of numbers; load the column with --type COLUMN=text")},
    [REJECT_INEXACT] = {"inexact-number",
                        N_("a number that would be changed by storing it (too many digits, leading zeros); "
                           "load the column with --type COLUMN=text")},
    [REJECT_BOOLEAN] = {"bad-boolean", N_("neither true nor false; load the column with --type COLUMN=text")},
    [REJECT_TIME_VALUE] = {"bad-time-value",
                           N_("no time in a column of times; load the column with --type COLUMN=text")},
    [REJECT_JSON] = {"bad-json", N_("no JSON object in one line; look for a cut line")},
};

struct rejects {
    char *path; /* NULL: counted only */
    char *base; /* as given: further files are numbered after it */
    bool numbered;
    struct board *board;
    int fd;
    struct buf out;
    struct reject_form form;    /* of the rows to come */
    struct reject_form written; /* of those in the file */
    bool any;                   /* rows are in the file */
    VEC(char *) made;           /* files, the first first */
    uint64_t count[REJECT_COUNT], total;
    struct {
        char *text, *file;
        size_t n;
        uint64_t line;
    } example[REJECT_COUNT];
};

const char *reject_named(const char *id)
{
    for (size_t i = 0; i < REJECT_COUNT; i++)
        if (reasons[i].id && strcmp(reasons[i].id, id) == 0)
            return _(reasons[i].text);
    return NULL;
}

/* ---- The file. */

static char *numbered_path(const char *path, int number)
{
    struct buf b = {0};
    const char *dot = strrchr(path, '.');
    if (!dot || strchr(dot, '/'))
        dot = path + strlen(path);
    buf_put(&b, path, (size_t)(dot - path));
    buf_printf(&b, "-%d%s", number, dot);
    return b.p;
}

static bool make_folder(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return true;
    char *folder = mem_strdup(path);
    folder[slash - path] = '\0';
    bool ok = os_make_dirs(folder, err);
    free(folder);
    return ok;
}

static int create_at(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static bool create(struct rejects *r, struct err *err)
{
    bool number = r->numbered || r->made.n > 0;
    if (r->numbered && !make_folder(r->base, err))
        return false;
    free(r->path);
    r->path = mem_strdup(r->base);
    r->fd = create_at(r->path);
    for (int i = 2; r->fd < 0 && errno == EEXIST && number && i < NUMBERS_MOST; i++) {
        free(r->path);
        r->path = numbered_path(r->base, i);
        r->fd = create_at(r->path);
    }
    if (r->fd >= 0) {
        vec_push(&r->made, mem_strdup(r->path));
        board_keep(r->board, r->path);
        return true;
    }
    if (errno == EEXIST)
        return err_set(err, ERR_INPUT, _("%s: exists already; name a new file for the rejected rows"),
                       r->path);
    return err_set(err, ERR_SYSTEM, _("%s: cannot be created for the rejected rows: %s"), r->path,
                   strerror(errno));
}

static bool flush(struct rejects *r, struct err *err)
{
    bool ok = r->out.n == 0 || os_write_all(r->fd, r->out.p, r->out.n, r->path, err);
    buf_clear(&r->out);
    return ok;
}

static void put_line(struct rejects *r, struct str raw)
{
    bool ended = raw.n && (raw.p[raw.n - 1] == '\n' || raw.p[raw.n - 1] == '\r');
    if (r->form.utf16 == INPUT_BYTES || r->form.utf16 == INPUT_GUESS) {
        buf_str(&r->out, raw);
        if (!ended)
            buf_putc(&r->out, '\n');
        return;
    }
    input_utf16_back(&r->out, raw, r->form.utf16);
    if (!ended)
        input_utf16_back(&r->out, STR("\n"), r->form.utf16);
}

static bool same_form(const struct reject_form *a, const struct reject_form *b)
{
    bool encodings =
        a->encoding && b->encoding ? strcmp(a->encoding, b->encoding) == 0 : a->encoding == b->encoding;
    return encodings && a->delimiter == b->delimiter && a->utf16 == b->utf16 && str_eq(a->header, b->header);
}

/* A file for rows of the present form, with what stands before them. */
static bool begin_form(struct rejects *r, struct err *err)
{
    if (r->any && same_form(&r->form, &r->written))
        return true;
    if (r->any) {
        if (!rejects_sync(r, err))
            return false;
        close(r->fd);
        r->fd = -1;
    }
    if (r->fd < 0 && !create(r, err))
        return false;
    r->any = true;
    r->written = r->form;
    if (r->form.utf16 == INPUT_UTF16LE || r->form.utf16 == INPUT_UTF16BE)
        input_utf16_back(&r->out, STR("\xef\xbb\xbf"), r->form.utf16);
    if (r->form.header.n)
        put_line(r, r->form.header);
    return true;
}

/* ---- Public. */

struct rejects *rejects_open(const char *path, bool numbered, struct board *board, struct err *err)
{
    struct rejects *r = mem_zalloc(sizeof(*r));
    r->board = board;
    r->fd = -1;
    r->numbered = numbered;
    r->base = path ? mem_strdup(path) : NULL;
    if (path && !numbered && !create(r, err)) {
        rejects_close(r, true);
        return NULL;
    }
    return r;
}

bool rejects_sync(struct rejects *r, struct err *err)
{
    if (r->fd < 0)
        return true;
    if (!flush(r, err))
        return false;
    if (fsync(r->fd) != 0 && errno != EINVAL && errno != EROFS)
        return err_set(err, ERR_SYSTEM, _("%s: the rejected rows cannot be written: %s"), r->path,
                       strerror(errno));
    return true;
}

void rejects_close(struct rejects *r, bool keep)
{
    if (!r)
        return;
    if (r->fd >= 0) {
        (void)flush(r, NULL);
        close(r->fd);
        if (!keep && !r->any)
            unlink(r->path);
    }
    for (size_t i = 0; i < r->made.n; i++) {
        if (!keep && r->numbered)
            unlink(r->made.at[i]);
        free(r->made.at[i]);
    }
    vec_done(&r->made);
    for (size_t i = 0; i < REJECT_COUNT; i++) {
        free(r->example[i].text);
        free(r->example[i].file);
    }
    buf_done(&r->out);
    free(r->path);
    free(r->base);
    free(r);
}

void rejects_form(struct rejects *r, const struct reject_form *form)
{
    r->form = *form;
}

char *rejects_example(struct str raw)
{
    while (raw.n && (raw.p[raw.n - 1] == '\n' || raw.p[raw.n - 1] == '\r'))
        raw.n--;
    if (raw.n > EXAMPLE_MOST) {
        raw.n = EXAMPLE_MOST;
        while (raw.n && ((unsigned char)raw.p[raw.n] & 0xC0) == 0x80)
            raw.n--;
    }
    char *text = mem_alloc(raw.n + 1);
    if (raw.n)
        memcpy(text, raw.p, raw.n);
    text[raw.n] = '\0';
    for (size_t i = 0; i < raw.n; i++) /* the report's texts end at a NUL */
        if (text[i] == '\0')
            text[i] = ' ';
    return text;
}

static void tell_board(const struct rejects *r, enum reject why)
{
    if (r->board)
        board_complain(r->board, &(struct board_complaint){reasons[why].id, reasons[why].text, r->count[why],
                                                           r->example[why].text, r->example[why].file,
                                                           r->example[why].line});
}

bool rejects_add(struct rejects *r, enum reject why, struct str raw, const struct str *text, const char *file,
                 uint64_t line, struct err *err)
{
    if (r->count[why]++ == 0) {
        r->example[why].text = rejects_example(text ? *text : raw);
        r->example[why].file = mem_strdup(file);
        r->example[why].line = line;
    }
    r->total++;
    tell_board(r, why);
    if (!r->base)
        return true;
    if (!begin_form(r, err))
        return false;
    put_line(r, raw);
    return r->out.n < FLUSH_AT || flush(r, err);
}

uint64_t rejects_count(const struct rejects *r)
{
    return r->total;
}

void rejects_report(const struct rejects *r, struct load_report *report)
{
    bool told[REJECT_COUNT] = {false};
    report->rejected = r->total;
    report->rejects = r->any && r->made.n ? arena_strdup(&report->arena, r->made.at[0]) : NULL;
    report->rejects_files = r->any ? r->made.n : 0;
    report->reason = arena_array(&report->arena, struct load_reason, REJECT_COUNT);
    report->reason_n = 0;
    for (;;) {
        size_t most = 0;
        for (size_t i = 1; i < REJECT_COUNT; i++)
            if (!told[i] && r->count[i] > (most ? r->count[most] : 0))
                most = i;
        if (most == 0)
            return;
        told[most] = true;
        report->reason[report->reason_n++] = (struct load_reason){
            .id = reasons[most].id,
            .text = _(reasons[most].text),
            .count = r->count[most],
            .example = arena_strdup(&report->arena, r->example[most].text),
            .file = arena_strdup(&report->arena, r->example[most].file),
            .line = r->example[most].line,
        };
    }
}
