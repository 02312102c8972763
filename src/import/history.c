/* history.c - the note `import.N`, a line for each finding:
 *
 *     begun NUMBER
 *     reject ID COUNT LINE FILE EXAMPLE
 *     repair ID COUNT LINE FILE EXAMPLE
 *
 * with tabs between; tabs, line ends and backslashes of data as \t, \n, \r and \\. */
#include "config.h"

#include <stdio.h>
#include "base/nls.h"
#include "base/num.h"
#include "import/history.h"
#include "import/rejects.h"
#include "import/repairs.h"

static const char *note_name(uint32_t import, char name[24])
{
    snprintf(name, 24, "import.%u", import);
    return name;
}

/* ---- Writing. */

static void put_escaped(struct buf *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        const char *as = *c == '\t'   ? "\\t"
                         : *c == '\n' ? "\\n"
                         : *c == '\r' ? "\\r"
                         : *c == '\\' ? "\\\\"
                                      : NULL;
        if (as)
            buf_puts(out, as);
        else
            buf_putc(out, *c);
    }
}

static void put_reasons(struct buf *out, const char *kind, const struct load_reason *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "%s\t%s\t%llu\t%llu\t", kind, r[i].id, (unsigned long long)r[i].count,
                   (unsigned long long)r[i].line);
        put_escaped(out, r[i].file);
        buf_putc(out, '\t');
        put_escaped(out, r[i].example);
        buf_putc(out, '\n');
    }
}

bool history_write(struct batch *b, const struct load_report *r, struct err *err)
{
    struct buf text = {0};
    char name[24];
    if (r->begun_by)
        buf_printf(&text, "begun\t%u\n", r->begun_by);
    put_reasons(&text, "reject", r->reason, r->reason_n);
    put_reasons(&text, "repair", r->repair, r->repair_n);
    bool ok = text.n == 0 || batch_note(b, note_name(batch_import(b), name), buf_view(&text), err);
    buf_done(&text);
    return ok;
}

/* ---- Reading. */

static const char *unescaped(struct arena *a, struct str s)
{
    char *text = arena_alloc(a, s.n + 1), *to = text;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\\' || i + 1 == s.n) {
            *to++ = s.p[i];
            continue;
        }
        char c = s.p[++i];
        *to++ = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
    }
    *to = '\0';
    return text;
}

/* text: what the id means to people; NULL: a newer program's. */
static void take_reason(struct history *h, struct load_reason *to, size_t *n, const char *id,
                        const char *text, struct str rest)
{
    struct str count = str_cut(&rest, '\t'), line = str_cut(&rest, '\t'), file = str_cut(&rest, '\t');
    struct load_reason r = {.id = id, .text = text ? text : id};
    if (!num_u64(count, &r.count) || !num_u64(line, &r.line))
        return;
    r.file = unescaped(&h->arena, file);
    r.example = unescaped(&h->arena, rest);
    to[(*n)++] = r;
}

static void take_line(struct history *h, struct str line)
{
    struct str kind = str_cut(&line, '\t');
    uint64_t begun;
    if (str_eq(kind, STR("begun")) && num_u64(line, &begun) && begun <= UINT32_MAX) {
        h->begun_by = (uint32_t)begun;
    } else if (str_eq(kind, STR("reject"))) {
        const char *id = arena_str(&h->arena, str_cut(&line, '\t')).p;
        take_reason(h, h->reason, &h->reason_n, id, reject_named(id), line);
    } else if (str_eq(kind, STR("repair"))) {
        const char *id = arena_str(&h->arena, str_cut(&line, '\t')).p;
        take_reason(h, h->repair, &h->repair_n, id, repair_named(id), line);
    }
}

void history_read(const struct snapshot *s, uint32_t import, struct history *out)
{
    char name[24];
    struct str rest = snapshot_note(s, note_name(import, name));
    size_t lines = 1;
    *out = (struct history){0};
    if (rest.n == 0)
        return;
    for (size_t i = 0; i < rest.n; i++)
        lines += rest.p[i] == '\n';
    out->reason = arena_array(&out->arena, struct load_reason, lines);
    out->repair = arena_array(&out->arena, struct load_reason, lines);
    while (rest.p)
        take_line(out, str_cut(&rest, '\n'));
}

void history_done(struct history *h)
{
    arena_done(&h->arena);
}
