/* json_source.c - flat fields of a line of JSON.
 *
 * jansson is the judge: whatever is not plainly right goes to json_slow.c. What exports hold nearly always,
 * objects of texts, numbers and literals, is read here without building a tree; tests/unit/json_source_test.c
 * compares both on random input. */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/utf8.h"
#include "import/csv_source.h"
#include "import/json_source_p.h"

/* ---- Room for what is not in the line as it is: joined names, texts with escapes. */

char *json_room(struct json_source *r, size_t n)
{
    if (r->room_cap - r->room_n < n + CSV_SLACK) {
        r->more = true;
        return NULL;
    }
    char *p = r->room + r->room_n;
    r->room_n += n;
    return p;
}

bool json_put(struct json_source *r, struct str key, struct str value, enum json_kind kind)
{
    if (r->n == JSON_KEYS_MAX || value.n > CSV_FIELD_MAX)
        r->why = REJECT_TOO_LONG;
    else
        r->field[r->n++] = (struct json_field){key, value, kind};
    return r->why == REJECT_NONE;
}

bool json_join(struct json_source *r, struct str prefix, struct str key, struct str *out)
{
    *out = key;
    if (prefix.n + key.n + 1 > JSON_KEY_MAX) {
        r->why = REJECT_TOO_LONG;
        return false;
    }
    if (prefix.n == 0)
        return true;
    char *p = json_room(r, prefix.n + 1 + key.n);
    if (!p)
        return false;
    memcpy(p, prefix.p, prefix.n);
    p[prefix.n] = '.';
    memcpy(p + prefix.n + 1, key.p, key.n);
    *out = (struct str){p, prefix.n + 1 + key.n};
    return true;
}

/* ---- The plain reading. Every function moves *at and returns false when unsure. */

struct scan {
    struct json_source *r;
    const char *at, *end;
};

static inline void skip_blanks(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
}

static inline bool take(struct scan *s, char c)
{
    skip_blanks(s);
    if (s->at >= s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

#define ONES 0x0101010101010101ULL
#define HIGHS 0x8080808080808080ULL

/* Nonzero when one of the 8 bytes is a quote, a backslash or a control character. */
static inline uint64_t special(const char *p)
{
    uint64_t w;
    memcpy(&w, p, 8);
    uint64_t quote = w ^ (ONES * '"'), slash = w ^ (ONES * '\\');
    return (((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) | ((w - ONES * 0x20) & ~w)) & HIGHS;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \uXXXX at p: the code point, or 0 for what jansson shall judge. */
static uint32_t escaped_rune(const char *p, const char *end)
{
    uint32_t u = 0;
    if (end - p < 6)
        return 0;
    for (int i = 2; i < 6; i++) {
        int d = hex_digit(p[i]);
        if (d < 0)
            return 0;
        u = u << 4 | (uint32_t)d;
    }
    return u >= 0xD800 && u < 0xE000 ? 0 : u;
}

static size_t put_rune(char *to, uint32_t u)
{
    if (u < 0x80) {
        to[0] = (char)u;
        return 1;
    }
    if (u < 0x800) {
        to[0] = (char)(0xC0 | u >> 6);
        to[1] = (char)(0x80 | (u & 63));
        return 2;
    }
    to[0] = (char)(0xE0 | u >> 12);
    to[1] = (char)(0x80 | (u >> 6 & 63));
    to[2] = (char)(0x80 | (u & 63));
    return 3;
}

/* p: behind the opening quote; `plain` bytes of it are known to need nothing. */
static bool text_with_escapes(struct scan *s, const char *p, struct str *out)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    const char *close = p;
    while (close < s->end && *close != '"')
        close += *close == '\\' ? 2 : 1;
    if (close >= s->end)
        return false;
    char *to = json_room(s->r, (size_t)(close - p)), *begin = to;
    if (!to)
        return false;
    while (p < close) {
        if ((unsigned char)*p < 0x20)
            return false;
        if (*p != '\\') {
            *to++ = *p++;
            continue;
        }
        const char *simple = memchr(from, p[1], sizeof(from) - 1);
        uint32_t u = p[1] == 'u' ? escaped_rune(p, close) : 0;
        if (!simple && u == 0)
            return false;
        if (simple)
            *to++ = into[simple - from];
        else
            to += put_rune(to, u);
        p += simple ? 2 : 6;
    }
    s->at = close + 1;
    *out = (struct str){begin, (size_t)(to - begin)};
    return true;
}

/* Behind the opening quote. */
static inline bool scan_text(struct scan *s, struct str *out)
{
    const char *p = s->at;
    while (p + 8 <= s->end && !special(p))
        p += 8;
    while (p < s->end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
        p++;
    if (p < s->end && *p == '\\')
        return text_with_escapes(s, s->at, out);
    if (p >= s->end || *p != '"')
        return false;
    *out = (struct str){s->at, (size_t)(p - s->at)};
    s->at = p + 1;
    return true;
}

static const char *digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

const char *json_number(const char *p, const char *end)
{
    if (p < end && *p == '-')
        p++;
    const char *first = p;
    p = digits(p, end);
    if (p == first || (*first == '0' && p > first + 1))
        return NULL;
    if (p < end && *p == '.') {
        const char *fraction = p + 1;
        p = digits(fraction, end);
        if (p == fraction)
            return NULL;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        const char *power = p;
        p = digits(p, end);
        if (p == power)
            return NULL;
    }
    return p;
}

static bool scan_word(struct scan *s, struct str word)
{
    if ((size_t)(s->end - s->at) < word.n || memcmp(s->at, word.p, word.n) != 0)
        return false;
    s->at += word.n;
    return true;
}

static bool scan_object(struct scan *s, struct str prefix, int depth);

static bool scan_number(struct scan *s, struct str key)
{
    const char *end = json_number(s->at, s->end);
    if (!end)
        return false;
    struct str value = {s->at, (size_t)(end - s->at)};
    s->at = end;
    return json_put(s->r, key, value, JSON_IS_NUMBER);
}

/* Of an object's name that comes twice the last object counts, whole: jansson throws the first one's members
 * away, while here they are written already. So such an object is none for the plain reading. The names of
 * the objects inside one object are few. */
struct inside {
    struct str name[8];
    size_t n, first; /* first: of the fields of the object around them */
};

static bool leads(struct str name, struct str key)
{
    return key.n >= name.n && memcmp(key.p, name.p, name.n) == 0 && (key.n == name.n || key.p[name.n] == '.');
}

static bool inside_again(const struct inside *in, struct str key)
{
    for (size_t i = 0; i < in->n; i++)
        if (leads(in->name[i], key))
            return true;
    return false;
}

/* key names an object that is about to be read. */
static bool inside_add(struct inside *in, const struct json_source *r, struct str key)
{
    for (size_t i = in->first; i < r->n; i++)
        if (leads(key, r->field[i].key))
            return false;
    if (in->n == sizeof(in->name) / sizeof(in->name[0]))
        return false;
    in->name[in->n++] = key;
    return true;
}

static bool scan_value(struct scan *s, struct str key, int depth)
{
    struct str value;
    skip_blanks(s);
    if (s->at >= s->end)
        return false;
    switch (*s->at) {
    case '"': s->at++; return scan_text(s, &value) && json_put(s->r, key, value, JSON_IS_TEXT);
    case '{': return depth < JSON_DEPTH_MAX && scan_object(s, key, depth + 1);
    case 't': return scan_word(s, STR("true")) && json_put(s->r, key, STR("true"), JSON_IS_BOOL);
    case 'f': return scan_word(s, STR("false")) && json_put(s->r, key, STR("false"), JSON_IS_BOOL);
    case 'n': return scan_word(s, STR("null")) && json_put(s->r, key, STR("null"), JSON_IS_NULL);
    case '[': return false;
    default: return scan_number(s, key);
    }
}

static bool scan_object(struct scan *s, struct str prefix, int depth)
{
    struct inside in = {.n = 0, .first = s->r->n};
    struct str name, key;
    if (!take(s, '{'))
        return false;
    if (take(s, '}'))
        return true;
    do {
        if (!take(s, '"') || !scan_text(s, &name) || !take(s, ':') || !json_join(s->r, prefix, name, &key) ||
            inside_again(&in, key))
            return false;
        skip_blanks(s);
        if (s->at < s->end && *s->at == '{' && !inside_add(&in, s->r, key))
            return false;
        if (!scan_value(s, key, depth))
            return false;
    } while (take(s, ','));
    return take(s, '}');
}

static bool read_plainly(struct json_source *r, struct str text, struct str prefix)
{
    struct scan s = {r, text.p, text.p + text.n};
    if (!scan_object(&s, prefix, 1))
        return false;
    skip_blanks(&s);
    return s.at == s.end;
}

/* ---- Public. */

size_t json_source_cut(const char *p, size_t n, bool last)
{
    if (last || n == 0)
        return n;
    const char *end = memrchr(p, '\n', n);
    return end ? (size_t)(end + 1 - p) : 0;
}

struct json_source *json_source_new(void)
{
    struct json_source *r = mem_alloc(sizeof(*r));
    memset(r, 0, offsetof(struct json_source, field)); /* fields are written before they are read */
    r->room_cap = (size_t)64 << 10;
    r->room = mem_alloc(r->room_cap);
    return r;
}

void json_source_free(struct json_source *r)
{
    if (!r)
        return;
    buf_done(&r->marked);
    free(r->room);
    free(r);
}

void json_source_start(struct json_source *r, const char *p, size_t n, bool plain)
{
    r->p = p;
    r->end = p + n;
    r->line = 1;
    r->plain = plain;
}

static void begin_record(struct json_source *r)
{
    r->n = r->room_n = 0;
    r->why = REJECT_NONE;
    r->more = r->repeats = false;
}

/* Once more with twice the room until it suffices. */
static void read_with(struct json_source *r, struct str text, struct str prefix,
                      bool (*read)(struct json_source *, struct str, struct str))
{
    for (;;) {
        begin_record(r);
        bool ok = read(r, text, prefix);
        if (!r->more) {
            if (!ok && r->why == REJECT_NONE)
                r->why = REJECT_JSON;
            return;
        }
        free(r->room);
        r->room_cap *= 2;
        r->room = mem_alloc(r->room_cap);
    }
}

void json_source_object(struct json_source *r, struct str text, struct str prefix, bool plain,
                        struct json_record *out)
{
    begin_record(r);
    if (text.n > JSON_LINE_MAX)
        r->why = REJECT_TOO_LONG;
    else if (!utf8_valid(text))
        r->why = REJECT_UTF8;
    else {
        r->why = REJECT_JSON;
        if (plain)
            read_with(r, text, prefix, read_plainly);
        if (r->why != REJECT_NONE)
            read_with(r, text, prefix, json_read_slowly);
    }
    if (r->why != REJECT_NONE && memchr(text.p, '\0', text.n)) /* a NUL spoils any text: say that */
        r->why = REJECT_NUL;
    *out = (struct json_record){.field = r->field, .n = r->n, .repeats = r->repeats, .why = r->why};
}

bool json_source_next(struct json_source *r, struct json_record *out)
{
    while (r->p < r->end) {
        const char *end = memchr(r->p, '\n', (size_t)(r->end - r->p)), *begin = r->p;
        struct str raw = {begin, (size_t)((end ? end + 1 : r->end) - begin)};
        struct str text = str_trim(raw);
        uint64_t line = r->line;
        r->p += raw.n;
        r->line += end != NULL;
        if (text.n == 0)
            continue;
        json_source_object(r, text, (struct str){0}, r->plain, out);
        out->raw = raw;
        out->line = line;
        return true;
    }
    return false;
}

uint64_t json_source_lines(const struct json_source *r)
{
    return r->line - 1;
}

void json_source_single(struct json_record *rec)
{
    size_t n = 0;
    for (size_t i = 0; i < rec->n; i++) {
        size_t k = i + 1;
        while (k < rec->n && !str_eq(rec->field[i].key, rec->field[k].key))
            k++;
        if (k == rec->n)
            rec->field[n++] = rec->field[i];
    }
    rec->repeats |= n < rec->n;
    rec->n = n;
}
