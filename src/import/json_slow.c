/* json_slow.c - a line of JSON by jansson.
 *
 * jansson turns numbers into int64_t and double, which loses digits. So each number is handed to it as a text
 * that begins with NUL, which no other text may contain here: its digits come back as they were. */
#include "config.h"

#include <jansson.h>
#include <stdlib.h>
#include "import/json_source_p.h"

/* ---- Marking numbers. */

struct marking {
    struct json_source *r;
    const char *at, *end;
    int depth;
    size_t members;
};

/* A text with its quotes, as it is. NUL as an escape: refused, it is our mark. */
static bool copy_text(struct marking *m)
{
    const char *begin = m->at++;
    while (m->at < m->end && *m->at != '"') {
        if (*m->at == '\\' && m->end - m->at >= 6 && memcmp(m->at, "\\u0000", 6) == 0)
            m->r->why = REJECT_NUL;
        m->at += *m->at == '\\' ? 2 : 1;
    }
    if (m->at >= m->end)
        return false;
    m->at++;
    buf_put(&m->r->marked, begin, (size_t)(m->at - begin));
    return m->r->why == REJECT_NONE;
}

static bool mark_number(struct marking *m)
{
    const char *end = json_number(m->at, m->end);
    if (!end)
        return false;
    buf_puts(&m->r->marked, "\"\\u0000");
    buf_put(&m->r->marked, m->at, (size_t)(end - m->at));
    buf_putc(&m->r->marked, '"');
    m->at = end;
    return true;
}

static bool within_limits(struct marking *m, char c)
{
    m->depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    m->members += c == ':';
    if (m->depth > JSON_DEPTH_MAX || m->members > JSON_KEYS_MAX)
        m->r->why = REJECT_TOO_LONG;
    return m->r->why == REJECT_NONE;
}

static bool mark(struct json_source *r, struct str text)
{
    struct marking m = {r, text.p, text.p + text.n, 0, 0};
    buf_clear(&r->marked);
    while (m.at < m.end) {
        char c = *m.at;
        if (c == '\0')
            r->why = REJECT_NUL;
        if (c == '"'                             ? !copy_text(&m)
            : c == '-' || (c >= '0' && c <= '9') ? !mark_number(&m)
                                                 : !within_limits(&m, c))
            return false;
        if (c != '"' && c != '-' && !(c >= '0' && c <= '9'))
            buf_putc(&r->marked, *m.at++);
    }
    return r->why == REJECT_NONE;
}

/* ---- The tree. */

static bool keep(struct json_source *r, const char *p, size_t n, struct str *out)
{
    char *to = json_room(r, n);
    if (!to)
        return false;
    memcpy(to, p, n);
    *out = (struct str){to, n};
    return true;
}

/* Compact text of an array, marks taken off again. A quote before a backslash and u0000 only stands there for
 * a mark: jansson writes a backslash of a text as two. */
static bool put_array(struct json_source *r, struct str key, const json_t *array)
{
    static const char mark_text[] = "\"\\u0000";
    char *text = json_dumps(array, JSON_COMPACT);
    if (!text)
        return false;
    char *to = text;
    for (const char *p = text; *p;) {
        if (strncmp(p, mark_text, sizeof(mark_text) - 1) == 0) {
            for (p += sizeof(mark_text) - 1; *p != '"';)
                *to++ = *p++;
            p++;
        } else {
            *to++ = *p++;
        }
    }
    struct str value;
    bool ok = keep(r, text, (size_t)(to - text), &value);
    free(text);
    return ok && json_put(r, key, value, JSON_IS_ARRAY);
}

static bool put_text(struct json_source *r, struct str key, const json_t *v)
{
    const char *p = json_string_value(v);
    size_t n = json_string_length(v);
    bool number = n > 0 && p[0] == '\0';
    struct str value;
    return keep(r, p + number, n - number, &value) &&
           json_put(r, key, value, number ? JSON_IS_NUMBER : JSON_IS_TEXT);
}

static bool put_members(struct json_source *r, struct str prefix, json_t *object);

static bool put_value(struct json_source *r, struct str key, json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT: return put_members(r, key, v);
    case JSON_ARRAY: return put_array(r, key, v);
    case JSON_STRING: return put_text(r, key, v);
    case JSON_TRUE: return json_put(r, key, STR("true"), JSON_IS_BOOL);
    case JSON_FALSE: return json_put(r, key, STR("false"), JSON_IS_BOOL);
    case JSON_NULL: return json_put(r, key, STR("null"), JSON_IS_NULL);
    default: return false;
    }
}

/* Deep objects were refused before jansson saw them. */
static bool put_members(struct json_source *r, struct str prefix, json_t *object)
{
    for (void *i = json_object_iter(object); i; i = json_object_iter_next(object, i)) {
        const char *name = json_object_iter_key(i);
        struct str key, own;
        if (!keep(r, name, strlen(name), &own) || !json_join(r, prefix, own, &key) ||
            !put_value(r, key, json_object_iter_value(i)))
            return false;
    }
    return true;
}

bool json_read_slowly(struct json_source *r, struct str text, struct str prefix)
{
    json_error_t error;
    if (!mark(r, text))
        return false;
    json_t *root = json_loadb(r->marked.p, r->marked.n, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    if (!root && json_error_code(&error) == json_error_duplicate_key) {
        r->repeats = true;
        root = json_loadb(r->marked.p, r->marked.n, JSON_ALLOW_NUL, &error);
    }
    if (!root)
        return false;
    bool ok = json_is_object(root) && put_members(r, prefix, root);
    json_decref(root);
    return ok;
}
