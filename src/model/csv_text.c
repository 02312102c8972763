/* csv_text.c - reads small tables that people edit. The exports of banks are import/'s business: this one is
 * strict, and every complaint names the line. */
#include "config.h"
#include "model/csv_text.h"

#include "base/buf.h"
#include "base/nls.h"
#include "base/utf8.h"

bool csv_text_wrong(struct csv_text *t, const char *what)
{
    return err_set(t->err, ERR_INPUT, _("%s line %d: %s"), t->source, t->line, what);
}

/* One field; *rest begins with the comma behind it or is empty. False: quotes that do not close. */
static bool take_field(struct str *rest, struct buf *out)
{
    bool quoted = rest->n && *rest->p == '"', closed = !quoted;
    size_t i = quoted;
    for (; i < rest->n; i++) {
        if (!quoted && rest->p[i] == ',')
            break;
        if (quoted && rest->p[i] == '"') {
            if (i + 1 < rest->n && rest->p[i + 1] == '"')
                i++;
            else {
                closed = true;
                i++;
                break;
            }
        }
        buf_putc(out, rest->p[i]);
    }
    *rest = (struct str){rest->p + i, rest->n - i};
    return closed && (!rest->n || *rest->p == ',');
}

static size_t fields_of(const struct csv_text *t)
{
    size_t n = 1;
    for (const char *c = t->header; *c; c++)
        n += *c == ',';
    return n;
}

static bool split(struct csv_text *t, struct str line, struct str *field)
{
    struct buf b = {0};
    bool ok = true, more = true;
    size_t n = 0, want = fields_of(t);
    for (; ok && more && n <= want; n++) {
        buf_clear(&b);
        ok = take_field(&line, &b);
        if (n < want)
            field[n] = str_trim(arena_str(t->arena, buf_view(&b)));
        more = line.n > 0;
        if (more)
            line = (struct str){line.p + 1, line.n - 1};
    }
    buf_done(&b);
    if (!ok)
        return csv_text_wrong(t, _("a quote does not close; double the quotes inside a quoted field"));
    if (n == want)
        return true;
    return csv_text_wrong(t, arena_printf(t->arena, _("a line has the %d fields %s"), (int)want, t->header));
}

static bool is_header(struct csv_text *t, const struct str *field)
{
    struct str rest = str_of(t->header);
    for (size_t i = 0; rest.p; i++)
        if (!str_ieq(field[i], str_cut(&rest, ',')))
            return csv_text_wrong(t, arena_printf(t->arena, _("the header is not %s"), t->header));
    return true;
}

static bool read_line(struct csv_text *t, struct str line, bool *has_header)
{
    struct str field[CSV_TEXT_FIELDS];
    t->line++;
    line = str_trim(line);
    if (!line.n || *line.p == '#')
        return true;
    if (!utf8_valid(line))
        return csv_text_wrong(t, _("this is not UTF-8; save the file as UTF-8"));
    if (!split(t, line, field))
        return false;
    if (*has_header)
        return t->row(t, field);
    *has_header = true;
    return is_header(t, field);
}

static struct str without_mark(struct str s)
{
    return s.n >= 3 && memcmp(s.p, "\xEF\xBB\xBF", 3) == 0 ? (struct str){s.p + 3, s.n - 3} : s;
}

bool csv_text_read(struct csv_text *t, struct str text)
{
    bool ok = true, has_header = false;
    t->line = 0;
    for (struct str rest = without_mark(text); ok && rest.p && rest.n;)
        ok = read_line(t, str_cut(&rest, '\n'), &has_header);
    return ok;
}
