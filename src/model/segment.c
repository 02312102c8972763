/* segment.c - lines of saved conditions, read and written. */
#include "config.h"
#include "model/segment.h"

#include <stdlib.h>
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"

#define NAME_MAX_BYTES 200
#define SIZES_MAX 1000 /* the oldest give way */
#define FORMERS_MAX 20 /* as well */

/* ---- times: always UTC, to the second ---- */

static void put_time(struct buf *out, int64_t us)
{
    struct civil c;
    date_civil(us, &c);
    buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

static bool read_time(struct str text, int64_t *us)
{
    struct time_text t;
    if (!time_parse(text, TIME_CIVIL, &t))
        return false;
    *us = t.us;
    return t.has_offset;
}

/* ---- reading ---- */

static void push_size(struct segments *s, struct segment *one, struct segment_size size)
{
    struct segment_size *old = one->size;
    size_t gone = one->sizes >= SIZES_MAX;
    one->size = arena_array(&s->arena, struct segment_size, one->sizes + 1);
    if (one->sizes)
        memcpy(one->size, old + gone, (one->sizes - gone) * sizeof(*old));
    one->sizes -= gone;
    one->size[one->sizes++] = size;
}

static bool read_sizes(struct segments *s, struct segment *one, struct str text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == ' ';
    one->size = arena_array(&s->arena, struct segment_size, n);
    while (text.p && text.n) {
        struct str pair = str_cut(&text, ' '), users = str_cut(&pair, '@');
        struct segment_size *size = &one->size[one->sizes++];
        if (!num_u64(users, &size->users) || !pair.p || !read_time(pair, &size->at))
            return false;
    }
    return true;
}

static void push_former(struct segments *s, struct segment *one, struct segment_version v)
{
    struct segment_version *old = one->former;
    size_t gone = one->formers >= FORMERS_MAX;
    one->former = arena_array(&s->arena, struct segment_version, one->formers + 1);
    if (one->formers)
        memcpy(one->former, old + gone, (one->formers - gone) * sizeof(*old));
    one->formers -= gone;
    one->former[one->formers++] = v;
}

/* "2026-11-21T20:00:00Z condition" */
static bool read_formers(struct segments *s, struct segment *one, struct str line)
{
    while (line.p) {
        struct str condition = str_cut(&line, '\t'), time = str_cut(&condition, ' ');
        struct segment_version v = {.condition = arena_str(&s->arena, condition)};
        if (!condition.n || !read_time(time, &v.saved))
            return false;
        push_former(s, one, v);
    }
    return true;
}

static bool read_line(struct segments *s, struct str line, struct segment *one)
{
    *one = (struct segment){0};
    one->name = arena_str(&s->arena, str_cut(&line, '\t'));
    if (!one->name.n || !line.p)
        return false;
    one->condition = arena_str(&s->arena, str_cut(&line, '\t'));
    if (!one->condition.n)
        return false;
    struct str saved = line.p ? str_cut(&line, '\t') : (struct str){0};
    struct str sizes = line.p ? str_cut(&line, '\t') : (struct str){0};
    return (!saved.n || read_time(saved, &one->saved)) && (!sizes.n || read_sizes(s, one, sizes)) &&
           read_formers(s, one, line);
}

static struct segment *add(struct segments *s, struct segment one)
{
    struct segment *more = arena_array(&s->arena, struct segment, s->n + 1);
    if (s->n)
        memcpy(more, s->at, s->n * sizeof(*more));
    more[s->n++] = one;
    s->at = more;
    return &more[s->n - 1];
}

bool segments_read(struct segments *s, struct str text, const char *source, struct err *err)
{
    struct str rest = text;
    int number = 0;
    *s = (struct segments){0};
    while (rest.p && rest.n) {
        struct str line = str_cut(&rest, '\n');
        struct segment one;
        number++;
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        if (!line.n || *line.p == '#')
            continue;
        if (!utf8_valid(line) || !read_line(s, line, &one))
            return err_set(err, ERR_INPUT,
                           _("%s line %d: not name, tab, condition; write one line for each name"), source,
                           number);
        if (segments_find(s, one.name))
            return err_set(err, ERR_INPUT, _("%s line %d: this name stands in an earlier line already"),
                           source, number);
        add(s, one);
    }
    return true;
}

void segments_done(struct segments *s)
{
    arena_done(&s->arena);
    *s = (struct segments){0};
}

/* ---- writing ---- */

void segment_put(struct buf *out, const struct segment *one)
{
    buf_str(out, one->name);
    buf_putc(out, '\t');
    buf_str(out, one->condition);
    buf_putc(out, '\t');
    put_time(out, one->saved);
    buf_putc(out, '\t');
    for (size_t i = 0; i < one->sizes; i++) {
        if (i)
            buf_putc(out, ' ');
        buf_printf(out, "%llu@", (unsigned long long)one->size[i].users);
        put_time(out, one->size[i].at);
    }
    for (size_t i = 0; i < one->formers; i++) {
        buf_putc(out, '\t');
        put_time(out, one->former[i].saved);
        buf_putc(out, ' ');
        buf_str(out, one->former[i].condition);
    }
    buf_putc(out, '\n');
}

void segments_put(struct buf *out, const struct segments *s)
{
    for (size_t i = 0; i < s->n; i++)
        segment_put(out, &s->at[i]);
}

/* ---- changing ---- */

static struct segment *find(const struct segments *s, struct str name)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(s->at[i].name, name))
            return &s->at[i];
    return NULL;
}

const struct segment *segments_find(const struct segments *s, struct str name)
{
    return find(s, name);
}

static bool breaks_line(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
            return true;
    return false;
}

bool segments_save(struct segments *s, struct str name, struct str condition, int64_t now, struct err *err)
{
    if (!name.n || name.n > NAME_MAX_BYTES || breaks_line(name) || !utf8_valid(name) || *name.p == '#' ||
        str_trim(name).n != name.n)
        return err_set(err, ERR_USAGE,
                       _("this cannot be a name: write up to %d bytes, without control characters, blanks at "
                         "the ends or # in front"),
                       NAME_MAX_BYTES);
    if (breaks_line(condition))
        return err_set(
            err, ERR_USAGE,
            _("the condition holds a tab or line end inside a text; match it with ~ \"\\\\s\" instead"));
    struct segment *one = find(s, name);
    if (!one)
        one = add(s, (struct segment){.name = arena_str(&s->arena, name)});
    else if (!str_eq(one->condition, condition))
        push_former(s, one, (struct segment_version){one->condition, one->saved});
    one->condition = arena_str(&s->arena, condition);
    one->saved = now;
    return true;
}

bool segments_drop(struct segments *s, struct str name)
{
    struct segment *one = find(s, name);
    if (!one)
        return false;
    size_t i = (size_t)(one - s->at);
    memmove(one, one + 1, (s->n - i - 1) * sizeof(*one));
    s->n--;
    return true;
}

bool segments_size(struct segments *s, struct str name, uint64_t users, int64_t now)
{
    struct segment *one = find(s, name);
    if (!one || (one->sizes && one->size[one->sizes - 1].users == users))
        return false;
    push_size(s, one, (struct segment_size){users, now});
    return true;
}
