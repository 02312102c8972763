/* lex.c - text to tokens.
 *
 * Bare names hold letters of any script, so a letter is what is no punctuation, symbol or control character.
 * Marks that only look like ours (full-width brackets and quotes from a Chinese keyboard, single quotes, ==
 * and &&) are refused with the mark to use instead. */
#include "config.h"
#include "expr/lex.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "expr/lex_time.h"

struct range {
    uint32_t first, last;
};

/* Above ASCII: punctuation and symbols among what a terminal can show. */
static const struct range no_letters[] = {
    {0x80, 0xA9},     {0xAB, 0xB4},     {0xB6, 0xB9},     {0xBB, 0xBF},     {0xD7, 0xD7},
    {0xF7, 0xF7},     {0x2000, 0x206F}, {0x20A0, 0x20CF}, {0x2100, 0x214F}, {0x2190, 0x2BFF},
    {0x2E00, 0x2E7F}, {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0x3036, 0x3037},
    {0x303D, 0x303F}, {0xFE10, 0xFE1F}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF0F}, {0xFF1A, 0xFF20},
    {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF},
};

static const struct {
    const char *word;
    enum token_kind kind;
} keywords[] = {
    {"and", TOKEN_AND}, {"or", TOKEN_OR},     {"not", TOKEN_NOT},   {"in", TOKEN_IN},
    {"is", TOKEN_IS},   {"null", TOKEN_NULL}, {"true", TOKEN_TRUE}, {"false", TOKEN_FALSE},
};

/* Longer marks first. */
static const struct {
    const char *mark;
    enum token_kind kind;
} marks[] = {
    {"!=", TOKEN_NE},   {"!~", TOKEN_NMATCH}, {"<=", TOKEN_LE},   {">=", TOKEN_GE},
    {"..", TOKEN_DOTS}, {"=", TOKEN_EQ},      {"<", TOKEN_LT},    {">", TOKEN_GT},
    {"~", TOKEN_MATCH}, {"(", TOKEN_OPEN},    {")", TOKEN_CLOSE}, {",", TOKEN_COMMA},
};

/* Habits of other languages and keyboards, and what to write here. */
static const struct {
    const char *wrong, *right;
} habits[] = {
    {"==", "="},  {"=>", ">="}, {"=<", "<="}, {"<>", "!="}, {"&&", "and"}, {"||", "or"}, {"!", "not"}, {"&", "and"}, {"|", "or"},
    {"'", "\""},  {"“", "\""},  {"”", "\""},   {"‘", "\""},  {"’", "\""},  {"（", "("},  {"）", ")"},
    {"，", ","},  {"、", ","},  {"＝", "="},   {"＞", ">"},  {"＜", "<"},  {"～", "~"},  {"！", "not"},
    {"【", "["},  {"】", "]"},  {"；", "and"}, {"≥", ">="},  {"≤", "<="},  {"≠", "!="},  {"…", ".."},
    {"＂", "\""}, {"｀", "`"},  {"·", "`"},    {"≧", ">="},  {"≦", "<="},
};

static bool starts(struct str s, const char *with)
{
    size_t n = strlen(with);
    return s.n >= n && memcmp(s.p, with, n) == 0;
}

static bool digit_at(struct str s, size_t i)
{
    return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

static bool is_letter(uint32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    for (size_t i = 0; i < sizeof(no_letters) / sizeof(*no_letters); i++)
        if (c >= no_letters[i].first && c <= no_letters[i].last)
            return false;
    return utf8_rune_width(c) > 0;
}

/* Bytes of the letter, digit or combining mark that s begins with; 0: none. */
static size_t name_char(struct str s, bool first)
{
    if (!s.n)
        return 0;
    struct str rest = s;
    uint32_t c = utf8_next(&rest);
    bool ok = is_letter(c) || (!first && ((c >= '0' && c <= '9') || (c >= 0x80 && utf8_rune_width(c) == 0)));
    return ok ? s.n - rest.n : 0;
}

static struct str skip(struct str s, size_t n)
{
    return (struct str){s.p + n, s.n - n};
}

/* Bytes of the bare name at the beginning. A point belongs to it only between name characters, so 1..2 and
 * a..b work. */
static size_t name_length(struct str s)
{
    size_t n = name_char(s, true);
    if (!n)
        return 0;
    for (;;) {
        size_t step = name_char(skip(s, n), false);
        if (!step && s.n > n + 1 && s.p[n] == '.') {
            step = name_char(skip(s, n + 1), false);
            step += step ? 1 : 0;
        }
        if (!step)
            return n;
        n += step;
    }
}

/* Makes a token of the next n bytes and moves on. */
static bool take(struct lex *l, struct token *t, enum token_kind kind, size_t n)
{
    t->kind = kind;
    t->source = t->text = (struct str){l->rest.p, n};
    t->column = l->column;
    t->width = utf8_count(t->source);
    l->column += t->width;
    l->rest = skip(l->rest, n);
    return true;
}

static void skip_blanks(struct lex *l)
{
    while (l->rest.n && strchr(" \t\r\n", *l->rest.p) && *l->rest.p) {
        l->rest = skip(l->rest, 1);
        l->column++;
    }
}

/* ---- names ---- */

static enum token_kind keyword(struct str name)
{
    for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
        if (str_ieq(name, str_of(keywords[i].word)))
            return keywords[i].kind;
    return TOKEN_NAME;
}

static bool has_user_prefix(struct str name)
{
    return name.n > 5 && str_ieq((struct str){name.p, 5}, STR("user."));
}

static bool bare_name(struct lex *l, struct token *t, size_t n)
{
    take(l, t, TOKEN_NAME, n);
    t->kind = keyword(t->source);
    if (has_user_prefix(t->source)) {
        t->kind = TOKEN_ATTRIBUTE;
        t->text = skip(t->source, 5);
    }
    return true;
}

/* ---- what stands between marks: "text", `name`, [set] ---- */

/* Whether s begins with two characters for one: a doubled closing mark, and in text \" and \\. */
static bool is_escape(struct str s, char close)
{
    if (s.n < 2)
        return false;
    return (s.p[0] == close && s.p[1] == close) ||
           (close == '"' && s.p[0] == '\\' && (s.p[1] == '"' || s.p[1] == '\\'));
}

/* Bytes up to the closing mark; s.n when there is none. */
static size_t inside_length(struct str s, char close)
{
    size_t n = 0;
    while (n < s.n) {
        if (is_escape(skip(s, n), close))
            n++;
        else if (s.p[n] == close)
            return n;
        n++;
    }
    return s.n;
}

static struct str decoded(struct arena *a, struct str s, char close)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        i += is_escape(skip(s, i), close);
        out[n++] = s.p[i];
    }
    return (struct str){out, n};
}

static bool enclosed(struct lex *l, struct token *t, enum token_kind kind, size_t before, char close,
                     struct err *err)
{
    struct str s = skip(l->rest, before);
    size_t n = inside_length(s, close);
    if (n == s.n)
        return err_at(err, l->column, utf8_count(l->rest), _("the closing %c is missing; add it at the end"),
                      close);
    take(l, t, kind, before + n + 1);
    t->text = decoded(l->arena, (struct str){s.p, n}, close);
    if (kind == TOKEN_SET)
        t->text = str_trim(t->text);
    return true;
}

int lex_text_column(const struct token *t, int n)
{
    struct str s = {t->source.p + 1, t->source.n - 2};
    int column = t->column + 1;
    while (s.n && n-- > 1) {
        int width = 1 + is_escape(s, '"');
        column += width;
        while (width--)
            utf8_next(&s);
    }
    return column;
}

/* ---- numbers and times ---- */

/* digits, with single '_' between them */
static size_t digits_length(struct str s)
{
    size_t n = 0;
    while (digit_at(s, n) || (n && n < s.n && s.p[n] == '_' && digit_at(s, n + 1)))
        n++;
    return n;
}

static size_t exponent_length(struct str s)
{
    size_t n = 1;
    if (!s.n || (*s.p != 'e' && *s.p != 'E'))
        return 0;
    if (n < s.n && (s.p[n] == '+' || s.p[n] == '-'))
        n++;
    return digit_at(s, n) ? n + digits_length(skip(s, n)) : 0;
}

static size_t number_length(struct str s)
{
    size_t sign = s.n && *s.p == '-' ? 1 : 0;
    size_t n = sign + digits_length(skip(s, sign));
    if (n == sign)
        return 0;
    if (n < s.n && s.p[n] == '.' && digit_at(s, n + 1))
        n += 1 + digits_length(skip(s, n + 1));
    return n + exponent_length(skip(s, n));
}

static struct str without_underscores(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '_')
            out[n++] = s.p[i];
    return (struct str){out, n};
}

/* Bytes of the unit of a duration at the beginning of s; 0: none, or it goes on as a name. */
static size_t unit_length(struct str s)
{
    static const char *const units[] = {"us", "ms", "s", "m", "h", "d", "w"};
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (starts(s, units[i]) && !name_char(skip(s, strlen(units[i])), false))
            return strlen(units[i]);
    return 0;
}

/* 30x, 3abc, 1_: neither a number nor a name. */
static bool runs_on(struct lex *l, size_t n, struct err *err)
{
    while (name_char(skip(l->rest, n), false))
        n += name_char(skip(l->rest, n), false);
    struct str word = {l->rest.p, n};
    return err_at(
        err, l->column, utf8_count(word),
        _("%s is neither a number nor a time; a name that begins with a digit stands in `back quotes`"),
        lex_show(l->arena, word));
}

static bool number_or_time(struct lex *l, struct token *t, size_t number, struct err *err)
{
    size_t time = lex_time_length(l->rest);
    size_t n = time ? time : number;
    size_t unit = time ? 0 : unit_length(skip(l->rest, n));
    if (!unit && name_char(skip(l->rest, n), false))
        return runs_on(l, n, err);
    take(l, t, time ? TOKEN_TIME : unit ? TOKEN_DURATION : TOKEN_NUMBER, n + unit);
    t->text = time ? lex_time_canonical(l->arena, t->source) : without_underscores(l->arena, t->source);
    return true;
}

/* ---- the rest ---- */

static bool mark(struct lex *l, struct token *t)
{
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        if (starts(l->rest, marks[i].mark))
            return take(l, t, marks[i].kind, strlen(marks[i].mark));
    return false;
}

static bool habit(struct lex *l, struct err *err)
{
    for (size_t i = 0; i < sizeof(habits) / sizeof(*habits); i++)
        if (starts(l->rest, habits[i].wrong) && !starts(l->rest, "!=") && !starts(l->rest, "!~")) {
            err_at(err, l->column, utf8_count(str_of(habits[i].wrong)), _("%s has no meaning here; write %s"),
                   habits[i].wrong, habits[i].right);
            return true;
        }
    return false;
}

static bool unknown(struct lex *l, struct err *err)
{
    struct str rest = l->rest;
    utf8_next(&rest);
    struct str c = {l->rest.p, l->rest.n - rest.n};
    return err_at(
        err, l->column, 1,
        _("%s has no meaning here; text stands in \"double quotes\", an unusual name in `back quotes`"),
        lex_show(l->arena, c));
}

void lex_init(struct lex *l, struct arena *a, struct str text)
{
    *l = (struct lex){.arena = a, .rest = text, .column = 1};
}

bool lex_next(struct lex *l, struct token *t, struct err *err)
{
    skip_blanks(l);
    if (!l->rest.n)
        return take(l, t, TOKEN_END, 0);
    if (starts(l->rest, "\""))
        return enclosed(l, t, TOKEN_TEXT, 1, '"', err);
    if (starts(l->rest, "`"))
        return enclosed(l, t, TOKEN_QUOTED, 1, '`', err);
    if (starts(l->rest, "["))
        return enclosed(l, t, TOKEN_SET, 1, ']', err);
    size_t n = name_length(l->rest);
    if (n == 4 && starts(skip(l->rest, n), ".`") && str_ieq((struct str){l->rest.p, n}, STR("user")))
        return enclosed(l, t, TOKEN_ATTRIBUTE, n + 2, '`', err);
    if (n)
        return bare_name(l, t, n);
    n = number_length(l->rest);
    if (n)
        return number_or_time(l, t, n, err);
    return !habit(l, err) && (mark(l, t) || unknown(l, err));
}

bool lex_word(const struct token *t, const char *word)
{
    return t->kind == TOKEN_NAME && str_ieq(t->text, str_of(word));
}

bool lex_bare(struct str name)
{
    return name.n && name_length(name) == name.n && keyword(name) == TOKEN_NAME && !has_user_prefix(name);
}

const char *lex_show(struct arena *a, struct str s)
{
    struct buf clean = {0}, fit = {0};
    utf8_clean(&clean, s, CLEAN_LABEL);
    utf8_fit(&fit, buf_view(&clean), 60);
    const char *text = arena_strdup(a, fit.n ? fit.p : "");
    buf_done(&clean);
    buf_done(&fit);
    return text;
}
