/* resolve.c - from names to what they mean, and to the nearest known name when they mean nothing.
 *
 * In front of an operator a name is a field; alone it is an event. So the two never hide one another: an
 * event may share its name with a property, and printing needs no vocabulary to choose the right form. */
#include "config.h"
#include "expr/expr_p.h"

#include "base/nls.h"

const struct expr_field resolve_fixed[4] = {
    {.name = {"event", 5}, .type = EXPR_TEXT, .id = EXPR_FIELD_EVENT},
    {.name = {"time", 4}, .type = EXPR_TIME, .id = EXPR_FIELD_TIME},
    {.name = {"hour", 4}, .type = EXPR_NUMBER, .id = EXPR_FIELD_HOUR},
    {.name = {"weekday", 7}, .type = EXPR_NUMBER, .id = EXPR_FIELD_WEEKDAY},
};

/* ---- the nearest known name ---- */

struct nearest {
    struct arena *arena;
    struct str wrong, best;
    size_t distance; /* of best; before there is one, the least that is too far */
};

/* A third of the letters may be wrong, and always two, or one Han character: that is three bytes. */
static struct nearest nearest_init(struct parser *p, struct str wrong)
{
    size_t least = wrong.n && (unsigned char)*wrong.p >= 0x80 ? 3 : 2;
    size_t third = wrong.n / 3;
    size_t tolerance = third < least ? least : third > 8 ? 8 : third;
    return (struct nearest){.arena = p->arena, .wrong = wrong, .distance = tolerance + 1};
}

static void consider(void *ctx, struct str name)
{
    struct nearest *near = ctx;
    size_t d = str_ieq(name, near->wrong) ? 0 : str_distance(name, near->wrong, near->distance);
    if (d >= near->distance)
        return;
    near->distance = d;
    near->best = arena_str(near->arena, name); /* the name is only good during the call */
}

static void consider_known(struct parser *p, struct nearest *near, char kind)
{
    if (p->v->names)
        p->v->names(p->v->arg, kind, consider, near);
}

/* The way out at the end of a message: the nearest name as the language writes it, or other advice. */
static const char *way_out(const struct nearest *near, const char *prefix, const char *advice)
{
    if (!near->best.p)
        return advice;
    struct buf name = {0};
    buf_puts(&name, prefix);
    expr_put_name(&name, near->best);
    const char *text =
        arena_printf(near->arena, _("did you mean %s?"), lex_show(near->arena, buf_view(&name)));
    buf_done(&name);
    return text;
}

/* ---- fields ---- */

bool resolve_is_fixed(struct str name)
{
    for (size_t i = 0; i < sizeof(resolve_fixed) / sizeof(*resolve_fixed); i++)
        if (str_eq(name, resolve_fixed[i].name))
            return true;
    return false;
}

static bool fixed_field(const struct token *name, struct expr_field *out)
{
    for (size_t i = 0; i < sizeof(resolve_fixed) / sizeof(*resolve_fixed); i++)
        if (name->kind == TOKEN_NAME && str_eq(name->text, resolve_fixed[i].name)) {
            *out = resolve_fixed[i];
            return true;
        }
    return false;
}

static bool known_field(struct parser *p, struct str name, bool of_user, struct expr_field *out)
{
    *out = (struct expr_field){.name = name};
    if (!p->v->field(p->v->arg, name, of_user, out))
        return false;
    out->name = name;
    out->of_user = of_user;
    out->qualified = of_user && p->kind == EXPR_EVENT_COND;
    return true;
}

/* user.x is the attribute x; a property (of a flattened export) may really be called that. */
static bool find_field(struct parser *p, const struct token *name, struct expr_field *out)
{
    bool of_user = p->kind == EXPR_USER_COND;
    if (name->kind == TOKEN_ATTRIBUTE)
        return known_field(p, name->text, true, out) || known_field(p, name->source, of_user, out);
    return (!of_user && fixed_field(name, out)) || known_field(p, name->text, of_user, out);
}

static bool no_attribute(struct parser *p, const struct token *name)
{
    const char *shown = lex_show(p->arena, name->text);
    struct expr_field other;
    if (known_field(p, name->text, false, &other))
        return err_at(p->err, name->column, name->width,
                      _("%s is a property of events; a condition on customers speaks of them as in "
                        "did(EVENT where %s = VALUE)"),
                      shown, shown);
    if (!resolve_is_fixed(name->text) && p->v->event(p->v->arg, name->text))
        return err_at(p->err, name->column, name->width,
                      _("%s is an event; how often a customer did it is did(%s)"), shown,
                      lex_show(p->arena, name->source));
    struct nearest near = nearest_init(p, name->text);
    consider_known(p, &near, 'a');
    return err_at(p->err, name->column, name->width, _("customers have no attribute %s; %s"), shown,
                  way_out(&near, name->kind == TOKEN_ATTRIBUTE ? "user." : "",
                          _("attributes are the columns of the imported list of users")));
}

static bool no_property(struct parser *p, const struct token *name)
{
    const char *shown = lex_show(p->arena, name->text);
    struct expr_field other;
    if (known_field(p, name->text, true, &other))
        return err_at(p->err, name->column, name->width, _("%s is an attribute of customers; write user.%s"),
                      shown, shown);
    struct nearest near = nearest_init(p, name->text);
    for (size_t i = 0; i < sizeof(resolve_fixed) / sizeof(*resolve_fixed); i++)
        consider(&near, resolve_fixed[i].name);
    consider_known(p, &near, 'p');
    return err_at(p->err, name->column, name->width, _("events have no property %s; %s"), shown,
                  way_out(&near, "", _("properties are the columns of the imported events")));
}

bool resolve_field(struct parser *p, const struct token *name, struct expr_field *out)
{
    if (find_field(p, name, out))
        return true;
    bool attribute = name->kind == TOKEN_ATTRIBUTE || p->kind == EXPR_USER_COND;
    return attribute ? no_attribute(p, name) : no_property(p, name);
}

/* ---- events ---- */

/* As the name of an event user.x is an ordinary name. */
static struct str whole_name(const struct token *name)
{
    return name->kind == TOKEN_ATTRIBUTE ? name->source : name->text;
}

static bool field_alone(struct parser *p, const struct token *name, const struct expr_field *f)
{
    const char *shown = lex_show(p->arena, name->source);
    if (p->in_sequence && p->now.kind == TOKEN_GT)
        return err_at(p->err, name->column, name->width,
                      _("in a sequence > leads to the next step; put the comparison in brackets: (%s > …)"),
                      shown);
    if (f->type == EXPR_BOOL)
        return err_at(p->err, name->column, name->width, _("%s alone is no condition; write %s = true"),
                      shown, shown);
    return err_at(p->err, name->column, name->width,
                  _("%s alone is no condition; compare it with a value, or ask for: %s is not null"), shown,
                  shown);
}

static bool no_event(struct parser *p, const struct token *at, struct str name)
{
    struct str event;
    if (p->v->event_shown && p->v->event_shown(p->v->arg, name, &event)) {
        struct buf written = {0};
        expr_put_name(&written, event);
        err_at(p->err, at->column, at->width, _("%s is the display name of an event; write %s"),
               lex_show(p->arena, name), lex_show(p->arena, buf_view(&written)));
        buf_done(&written);
        return false;
    }
    struct nearest near = nearest_init(p, name);
    consider_known(p, &near, 'e');
    return err_at(p->err, at->column, at->width, _("there is no event %s; %s"), lex_show(p->arena, name),
                  way_out(&near, "", _("events are called as in the export")));
}

static bool alone_in_user_condition(struct parser *p, const struct token *name)
{
    const char *shown = lex_show(p->arena, name->source);
    struct str event;
    if (!p->v->event(p->v->arg, whole_name(name)) && p->v->event_shown &&
        p->v->event_shown(p->v->arg, whole_name(name), &event))
        return no_event(p, name, whole_name(name));
    if (p->v->event(p->v->arg, whole_name(name)))
        return err_at(p->err, name->column, name->width,
                      _("%s is an event, and this is a condition on customers; write did(%s)"), shown, shown);
    return err_at(p->err, name->column, name->width,
                  _("%s alone says nothing about a customer; compare an attribute with a value"), shown);
}

bool resolve_event(struct parser *p, const struct token *name, struct str *event)
{
    struct expr_field f;
    *event = whole_name(name);
    if (p->kind == EXPR_EVENT_COND && p->v->event(p->v->arg, *event))
        return true;
    if (find_field(p, name, &f))
        return field_alone(p, name, &f);
    return p->kind == EXPR_EVENT_COND ? no_event(p, name, *event) : alone_in_user_condition(p, name);
}

bool resolve_event_text(struct parser *p, const struct token *text)
{
    return p->v->event(p->v->arg, text->text) || no_event(p, text, text->text);
}

/* ---- page sets, tags, segments, functions ---- */

bool resolve_set(struct parser *p, const struct token *set)
{
    const char *shown = lex_show(p->arena, set->text);
    if (p->kind != EXPR_EVENT_COND)
        return err_at(
            p->err, set->column, set->width,
            _("[%s]: a page set is about events; a condition on customers speaks of their attributes"),
            shown);
    return true;
}

static bool no_set(struct parser *p, const struct nearest *near, const struct token *at)
{
    const char *shown = lex_show(p->arena, at->text);
    if (!near->best.p)
        return err_at(p->err, at->column, at->width,
                      _("there is no page set [%s]; list the events instead: event in (\"…\", \"…\")"),
                      shown);
    return err_at(p->err, at->column, at->width, _("there is no page set [%s]; did you mean [%s]?"), shown,
                  lex_show(p->arena, near->best));
}

bool resolve_no_definition(struct parser *p, char kind, struct str name, const struct token *at)
{
    const char *shown = lex_show(p->arena, name);
    struct nearest near = nearest_init(p, name);
    consider_known(p, &near, kind);
    if (kind == 's')
        return no_set(p, &near, at);
    if (kind == 't')
        return err_at(p->err, at->column, at->width, _("there is no tag %s; %s"), shown,
                      way_out(&near, "tag.", _("waymark tag lists them")));
    return err_at(p->err, at->column, at->width, _("there is no segment %s; %s"), shown,
                  way_out(&near, "", _("waymark segment list shows those that are saved")));
}

bool resolve_tag_name(struct str name, struct str *tag)
{
    if (name.n <= 4 || !str_ieq((struct str){name.p, 4}, STR("tag.")))
        return false;
    *tag = (struct str){name.p + 4, name.n - 4};
    return true;
}

bool resolve_property(struct parser *p, const struct token *name, struct expr_field *out)
{
    if (!resolve_field(p, name, out))
        return false;
    if (!out->of_user && (out->id >= 0 || out->id == EXPR_FIELD_EVENT))
        return true;
    return err_at(p->err, name->column, name->width,
                  _("%s is no property of events; values are taken of a property, or of event"),
                  lex_show(p->arena, name->source));
}

bool resolve_no_function(struct parser *p, const struct token *name, const char *const *functions)
{
    const char *shown = lex_show(p->arena, name->source);
    struct nearest near = nearest_init(p, name->text);
    const char *meant = hint_function(name);
    for (; *functions; functions++)
        consider(&near, str_of(*functions));
    if (meant)
        near.best = str_of(meant);
    if (near.best.p)
        return err_at(p->err, name->column, name->width, _("there is no function %s; did you mean %s?"),
                      shown, lex_show(p->arena, near.best));
    return err_at(
        p->err, name->column, name->width,
        _("there is no function %s; there are did sum avg min max distinct first last days sequence "
          "segment who"),
        shown);
}
