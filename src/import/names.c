/* names.c - display names of events: a small CSV merged into one note of the store. */
#include "config.h"

#include <stdlib.h>
#include "base/intern.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "import/csv_source.h"
#include "import/load.h"
#include "import/sheet.h"
#include "model/schema.h"
#include "store/batch.h"

#define FILE_MOST ((size_t)16 << 20)

struct name {
    struct str zh, en; /* n 0: none */
};
struct names {
    struct intern *event;
    VEC(struct name) at; /* by number of the event */
};

/* The entry of an event, added when new. */
static struct name *name_of(struct names *t, struct str event)
{
    uint32_t i = intern_add(t->event, event);
    if (i == t->at.n)
        vec_push(&t->at, (struct name){0});
    return &t->at.at[i];
}

static void names_read_note(struct names *t, struct str note)
{
    while (note.p && note.n) {
        struct str line = str_cut(&note, '\n'), event = str_cut(&line, '\t');
        if (event.n == 0)
            continue;
        struct name *name = name_of(t, event);
        if (line.p)
            name->zh = str_cut(&line, '\t');
        if (line.p)
            name->en = str_cut(&line, '\t');
    }
}

static void names_put_note(const struct names *t, struct buf *out)
{
    for (uint32_t i = 0; i < t->at.n; i++) {
        if (t->at.at[i].zh.n == 0 && t->at.at[i].en.n == 0)
            continue;
        buf_str(out, intern_get(t->event, i));
        buf_putc(out, '\t');
        buf_str(out, t->at.at[i].zh);
        buf_putc(out, '\t');
        buf_str(out, t->at.at[i].en);
        buf_putc(out, '\n');
    }
}

static size_t cell_named(const struct sheet_row *header, struct str name)
{
    size_t i = 0;
    while (i < header->n && !str_ieq(str_trim(header->cell[i]), name))
        i++;
    return i;
}

static struct str cell_at(const struct sheet_row *row, size_t i)
{
    return i < row->n ? str_trim(row->cell[i]) : (struct str){"", 0};
}

/* A tab or line end would break the note. */
static bool text_ok(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ')
            return false;
    return utf8_valid(s);
}

static bool names_read_sheet(struct names *t, const struct sheet *sheet, const char *path, uint64_t *count,
                             struct err *err)
{
    static const char *const usual = "event,zh,en";
    if (sheet->row.n == 0)
        return err_set(err, ERR_INPUT, _("%s: the file is empty; it needs the columns %s"), path, usual);
    const struct sheet_row *header = &sheet->row.at[0];
    size_t event = cell_named(header, STR("event")), zh = cell_named(header, STR("zh")),
           en = cell_named(header, STR("en"));
    if (event == header->n || (zh == header->n && en == header->n))
        return err_set(err, ERR_INPUT, _("%s: the first line must name the columns %s"), path, usual);
    for (size_t i = 1; i < sheet->row.n; i++) {
        const struct sheet_row *row = &sheet->row.at[i];
        struct str s[3] = {cell_at(row, event), cell_at(row, zh), cell_at(row, en)};
        if (!text_ok(s[0]) || !text_ok(s[1]) || !text_ok(s[2]))
            return err_set(err, ERR_INPUT,
                           _("%s, line %llu: a name holds a control character or is not UTF-8"), path,
                           (unsigned long long)row->line);
        if (s[0].n == 0)
            continue;
        struct name *name = name_of(t, s[0]);
        name->zh = zh < header->n ? s[1] : name->zh;
        name->en = en < header->n ? s[2] : name->en;
        ++*count;
    }
    if (sheet->bad)
        return err_set(err, ERR_INPUT, _("%s: %zu lines have quotes that do not match; mend them"), path,
                       sheet->bad);
    return true;
}

struct change {
    const struct sheet *sheet; /* NULL: the next three */
    struct str event, zh, en;
    const char *path;
    uint64_t *count;
};

static bool names_change(struct names *t, const struct change *c, struct err *err)
{
    if (c->sheet)
        return names_read_sheet(t, c->sheet, c->path, c->count, err);
    if (!text_ok(c->event) || !text_ok(c->zh) || !text_ok(c->en) || c->event.n == 0)
        return err_set(err, ERR_INPUT, _("a name holds a control character or is not UTF-8"));
    *name_of(t, c->event) = (struct name){c->zh, c->en};
    return true;
}

static bool names_store(struct env *env, const struct change *c, struct err *err)
{
    struct batch *batch = batch_begin(env, TABLE_EVENTS, 0, err);
    if (!batch)
        return false;
    struct names t = {.event = intern_new()};
    struct buf note = {0};
    names_read_note(&t, snapshot_note(batch_snapshot(batch), NOTE_NAMES));
    bool ok = names_change(&t, c, err);
    if (ok)
        names_put_note(&t, &note);
    ok = ok && batch_note(batch, NOTE_NAMES, buf_view(&note), err);
    if (ok)
        ok = batch_commit(batch, NULL, err);
    else
        batch_abort(batch);
    buf_done(&note);
    vec_done(&t.at);
    intern_free(t.event);
    return ok;
}

bool load_names(struct env *env, const char *path, uint64_t *count, struct err *err)
{
    struct buf text = {0};
    struct sheet sheet = {0};
    *count = 0;
    bool ok = os_read_file(path, FILE_MOST, &text, err);
    if (ok) {
        struct str s = buf_view(&text);
        bool marked = s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0;
        buf_reserve(&text, CSV_SLACK);
        s = buf_view(&text);
        s = marked ? (struct str){s.p + 3, s.n - 3} : s;
        sheet_read(&sheet, s, true, sheet_delimiter(s, true), SIZE_MAX);
        ok = names_store(env, &(struct change){.sheet = &sheet, .path = path, .count = count}, err);
    }
    sheet_done(&sheet);
    buf_done(&text);
    return ok;
}

bool load_name(struct env *env, struct str event, struct str zh, struct str en, struct err *err)
{
    return names_store(env, &(struct change){.event = event, .zh = str_trim(zh), .en = str_trim(en)}, err);
}
