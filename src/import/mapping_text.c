/* mapping_text.c - reads and writes mapping files; refuses whatever it does not know, with its line. */
#include "config.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "import/mapping_text.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const char *const words[] = {
    [WORD_USER] = "user",         [WORD_TIME] = "time",     [WORD_EVENT] = "event",
    [WORD_PROPERTY] = "property", [WORD_IGNORE] = "ignore", [WORD_AS_OF] = "as-of"};
static const char *const types[] = {"text", "number", "boolean", "time"};
static const char *const formats[] = {"auto", "civil", "s", "ms", "us", "compact"};
/* `null` may come several times. */
static const char *const settings[] = {"input",       "encoding", "delimiter", "tz",
                                       "time-format", "columns",  "null",      "event"};

/* UTF-8's byte order mark, which says nothing at the beginning of a file. */
enum { MARK_BYTES = 3 };
static bool is_marked(struct str s)
{
    return s.n >= MARK_BYTES && memcmp(s.p, "\xef\xbb\xbf", MARK_BYTES) == 0;
}

struct reader {
    struct arena *a;
    const char *label;
    size_t number; /* of the line */
    struct err *err;
    VEC(struct mapping_line) line;
    VEC(struct mapping_setting) setting;
};

static bool in(struct str s, const char *const *list, size_t n, size_t *at)
{
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(s, str_of(list[i])))
            continue;
        *at = i;
        return true;
    }
    return false;
}

static bool complain(struct reader *r, const char *what)
{
    return err_set(r->err, ERR_INPUT, "%s:%zu: %s", r->label, r->number, what);
}

static struct str next_word(struct str *s)
{
    *s = str_trim(*s);
    size_t n = 0;
    while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
        n++;
    struct str word = {s->p, n};
    *s = str_trim((struct str){s->p + n, s->n - n});
    return word;
}

/* A name bare or in double quotes, with "" for a quote; moves *s behind it. False: a quote is open. */
static bool take_name(struct reader *r, struct str *s, const char *stop, struct str *out)
{
    struct buf b = {0};
    size_t i = 1;
    if (s->n == 0 || s->p[0] != '"') {
        size_t n = 0;
        while (n < s->n && !strchr(stop, s->p[n]))
            n++;
        *out = arena_str(r->a, str_trim((struct str){s->p, n}));
        *s = (struct str){s->p + n, s->n - n};
        return out->n > 0;
    }
    for (; i < s->n && (s->p[i] != '"' || (i + 1 < s->n && s->p[i + 1] == '"')); i++) {
        buf_putc(&b, s->p[i]);
        i += s->p[i] == '"';
    }
    bool closed = i < s->n;
    *out = arena_str(r->a, buf_view(&b));
    buf_done(&b);
    *s = str_trim((struct str){s->p + i + closed, s->n - i - closed});
    return closed && out->n > 0;
}

static bool read_role(struct reader *r, struct str rest, struct mapping_line *l)
{
    size_t at;
    struct str word = next_word(&rest), name;
    if (!in(word, words, COUNT(words), &at))
        return complain(r, _("a column is user, time, event, property, ignore or as-of"));
    l->word = (enum mapping_word)at;
    struct str ahead = rest, type = next_word(&ahead);
    if (type.n && !str_eq(type, STR("as"))) {
        bool of_time = l->word == WORD_TIME || l->word == WORD_AS_OF;
        if (of_time ? !in(type, formats, COUNT(formats), &at)
                    : l->word != WORD_PROPERTY || !in(type, types, COUNT(types), &at))
            return complain(
                r, of_time ? _("times are written as auto, civil, s, ms, us or compact")
                           : _("a property is text, number, boolean or time; other roles have no type"));
        l->type = of_time ? formats[at] : types[at];
        rest = ahead;
    }
    if (rest.n == 0)
        return true;
    if (l->word != WORD_PROPERTY || !str_eq(next_word(&rest), STR("as")) || !take_name(r, &rest, "", &name) ||
        rest.n)
        return complain(r, _("behind the type may stand, for a property: as NAME"));
    l->stored = name.p;
    return true;
}

static bool read_setting(struct reader *r, struct str name, struct str value)
{
    size_t at;
    if (!in(name, settings, COUNT(settings), &at))
        return complain(r, _("neither a column (NAME = ROLE) nor a setting (input, encoding, delimiter, tz, "
                             "time-format, columns, null or event, with a colon)"));
    vec_push(&r->setting, (struct mapping_setting){settings[at], arena_str(r->a, value).p});
    return true;
}

static bool read_line(struct reader *r, struct str s)
{
    struct mapping_line l = {0};
    struct str name, rest = s;
    if (!take_name(r, &rest, "=:", &name))
        return complain(r, _("a name is missing, or its quote is not closed"));
    rest = str_trim(rest);
    if (rest.n && rest.p[0] == ':' && s.p[0] != '"')
        return read_setting(r, name, str_trim((struct str){rest.p + 1, rest.n - 1}));
    if (rest.n == 0 || rest.p[0] != '=')
        return read_setting(r, STR(""), STR(""));
    l.column = name.p;
    for (size_t i = 0; i < r->line.n; i++)
        if (strcmp(r->line.at[i].column, l.column) == 0)
            return complain(r, _("this column has a line already"));
    if (!read_role(r, (struct str){rest.p + 1, rest.n - 1}, &l))
        return false;
    vec_push(&r->line, l);
    return true;
}

static void *copy(struct arena *a, const void *from, size_t n, size_t size)
{
    void *to = arena_zalloc(a, mem_size(n + 1, size));
    if (n)
        memcpy(to, from, n * size);
    return to;
}

bool mapping_text_parse(struct mapping_text *out, struct arena *a, struct str text, const char *label,
                        struct err *err)
{
    struct reader r = {.a = a, .label = label, .err = err};
    bool ok = true;
    if (is_marked(text))
        text = (struct str){text.p + MARK_BYTES, text.n - MARK_BYTES};
    for (struct str rest = text; ok && rest.p;) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        r.number++;
        if (memchr(line.p, '\0', line.n) || !utf8_valid(line))
            ok = complain(&r, _("this is no UTF-8 text"));
        else if (line.n && line.p[0] != '#')
            ok = read_line(&r, line);
    }
    *out = (struct mapping_text){copy(a, r.line.at, r.line.n, sizeof(*r.line.at)), r.line.n,
                                 copy(a, r.setting.at, r.setting.n, sizeof(*r.setting.at)), r.setting.n};
    vec_done(&r.line);
    vec_done(&r.setting);
    return ok;
}

/* In quotes also what a reader would take for something else at the beginning of the file. */
static void put_name(struct buf *out, const char *name)
{
    struct str s = str_of(name);
    bool plain = s.n && !strpbrk(name, "=:\"#") && str_eq(str_trim(s), s) && !is_marked(s);
    if (plain) {
        buf_str(out, s);
        return;
    }
    buf_putc(out, '"');
    for (const char *c = name; *c; c++) {
        if (*c == '"')
            buf_putc(out, '"');
        buf_putc(out, *c);
    }
    buf_putc(out, '"');
}

void mapping_text_put(struct buf *out, const struct mapping_text *t)
{
    for (size_t i = 0; i < t->settings; i++)
        buf_printf(out, "%s: %s\n", t->setting[i].name, t->setting[i].value);
    for (size_t i = 0; i < t->n; i++) {
        const struct mapping_line *l = &t->line[i];
        put_name(out, l->column);
        buf_printf(out, " = %s", words[l->word]);
        if (l->type)
            buf_printf(out, " %s", l->type);
        if (l->stored) {
            buf_puts(out, " as ");
            put_name(out, l->stored);
        }
        buf_putc(out, '\n');
    }
}

const char *mapping_text_get(const struct mapping_text *t, const char *name)
{
    for (size_t i = 0; i < t->settings; i++)
        if (strcmp(t->setting[i].name, name) == 0)
            return t->setting[i].value;
    return NULL;
}
