/* event_name.c - reads `code1 + "/" + code2`. */
#include "config.h"

#include "base/buf.h"
#include "base/nls.h"
#include "base/vec.h"
#include "import/event_name.h"

bool event_name_is_joined(const char *text)
{
    return strchr(text, '"') != NULL || strchr(text, '+') != NULL || strchr(text, '`') != NULL;
}

static const char *skip_blanks(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

/* Behind the closing quote; NULL when there is none. */
static const char *quoted(const char *p, char quote, struct arena *a, struct str *out)
{
    struct buf b = {0};
    for (p++; *p && *p != quote; p++) {
        if (quote == '"' && *p == '\\' && (p[1] == '"' || p[1] == '\\'))
            p++;
        buf_putc(&b, *p);
    }
    *out = arena_str(a, buf_view(&b));
    buf_done(&b);
    return *p ? p + 1 : NULL;
}

static const char *bare(const char *p, struct arena *a, struct str *out)
{
    size_t n = strcspn(p, " \t+\"`");
    *out = arena_str(a, (struct str){p, n});
    return n ? p + n : NULL;
}

static const char *one_part(const char *p, struct arena *a, struct event_part *part)
{
    struct str s = {0};
    if (*p == '"') {
        p = quoted(p, '"', a, &s);
        *part = (struct event_part){NULL, s};
        return p;
    }
    p = *p == '`' ? quoted(p, '`', a, &s) : bare(p, a, &s);
    *part = (struct event_part){s.p, {0}};
    return p && s.n ? p : NULL;
}

bool event_name_parse(struct event_name *out, struct arena *a, const char *text, struct err *err)
{
    VEC(struct event_part) parts = {0};
    const char *p = text;
    bool more = true;
    while (p && more) {
        struct event_part part;
        p = one_part(skip_blanks(p), a, &part);
        if (!p)
            break;
        vec_push(&parts, part);
        p = skip_blanks(p);
        more = *p == '+';
        p = more ? p + 1 : *p ? NULL : p;
    }
    out->n = parts.n;
    out->part = arena_array(a, struct event_part, parts.n + 1);
    if (parts.n)
        memcpy(out->part, parts.at, parts.n * sizeof(*out->part));
    vec_done(&parts);
    return p ? true
             : err_set(err, ERR_USAGE,
                       _("--event %s: cannot be read; write columns and \"texts\" joined by +, a name with "
                         "blanks "
                         "in `back quotes`"),
                       text);
}
