/* args.c - the command line as data.
 *
 * What options there are comes from the tables alone (command.def, analysis.def). The command's words are
 * looked for first, since options may stand before them and only the command tells which of them take a
 * value. */
#include "config.h"

#include <stdint.h>

#include "base/nls.h"
#include "base/num.h"
#include "cli/args.h"

enum { NEAR = 3 }; /* letters apart that still look like a slip of the finger */

struct cursor {
    int argc, at;
    char *const *argv;
};

/* ---- suggestions */
struct nearest {
    const char *wrong;
    struct str best; /* p NULL: none is near */
    size_t distance;
};

static void consider(struct nearest *n, struct str known)
{
    size_t d = str_distance(str_of(n->wrong), known, NEAR);
    if (d <= NEAR && d < n->distance && d < known.n) {
        n->best = known;
        n->distance = d;
    }
}

static void consider_all(struct nearest *n, const struct param_info *p)
{
    for (; p && p->name; p++)
        consider(n, str_of(p->name));
}

static bool unknown_option(const struct command_info *c, const char *name, struct err *err)
{
    struct nearest n = {name, {0}, SIZE_MAX};
    consider_all(&n, c ? c->option : NULL);
    consider_all(&n, c && c->is_analysis ? registry_common() : NULL);
    consider_all(&n, command_common());
    if (n.best.p)
        err_set(err, ERR_USAGE, _("there is no option --%s; did you mean --%.*s?"), name, (int)n.best.n,
                n.best.p);
    else
        err_set(err, ERR_USAGE, _("there is no option --%s; see waymark help%s%s"), name, c ? " " : "",
                c ? c->name : "");
    return c && err_prefix(err, "%s", c->name);
}

static bool unknown_command(const char *word, struct err *err)
{
    struct nearest n = {word, {0}, SIZE_MAX};
    size_t count = 0;
    const struct command_info *c = command_all(&count);
    for (size_t i = 0; i < count; i++) {
        struct str rest = str_of(c[i].name);
        consider(&n, str_cut(&rest, ' '));
    }
    if (n.best.p)
        return err_set(err, ERR_USAGE, _("%s: there is no such command; did you mean %.*s?"), word,
                       (int)n.best.n, n.best.p);
    return err_set(err, ERR_USAGE, _("%s: there is no such command; waymark help lists them"), word);
}

/* ---- the command's words */

/* Words of `name` if argv[at…] begins with them, else 0. */
static int words_matched(const char *name, const struct cursor *k, int at)
{
    struct str rest = str_of(name);
    int n = 0;
    while (rest.p) {
        struct str word = str_cut(&rest, ' ');
        if (at + n >= k->argc || !str_eq(word, str_of(k->argv[at + n])))
            return 0;
        n++;
    }
    return n;
}

static bool wants_help(const struct cursor *k)
{
    for (int i = k->at; i < k->argc; i++)
        if (strcmp(k->argv[i], "--help") == 0 || strcmp(k->argv[i], "-h") == 0)
            return true;
    return false;
}

/* "import" alone: names the commands that go on from there. */
static bool incomplete_command(const char *word, struct err *err)
{
    struct buf more = {0};
    size_t count = 0, length = strlen(word);
    const struct command_info *c = command_all(&count);
    for (size_t i = 0; i < count; i++)
        if (strncmp(c[i].name, word, length) == 0 && c[i].name[length] == ' ')
            buf_printf(&more, "%s%s", more.n ? ", " : "", c[i].name);
    if (more.n)
        err_set(err, ERR_USAGE, _("%s: not a whole command; use one of %s"), word, more.p);
    else
        unknown_command(word, err);
    buf_done(&more);
    return false;
}

static bool find_command(struct args *out, struct cursor *k, struct err *err)
{
    size_t count = 0;
    int longest = 0;
    const struct command_info *c = command_all(&count);
    for (size_t i = 0; i < count; i++) {
        int n = words_matched(c[i].name, k, k->at);
        if (n > longest) {
            longest = n;
            out->command = &c[i];
        }
    }
    if (!longest && wants_help(k)) {
        out->help = true;
        out->topic = k->argv[k->at];
        k->at = k->argc;
        return true;
    }
    if (!longest)
        return incomplete_command(k->argv[k->at], err);
    query_done(&out->query);
    query_init(&out->query, out->command->name);
    k->at += longest;
    return true;
}

/* ---- common options */
static bool set_size(struct args *out, const char *value, struct err *err)
{
    struct str rest = str_of(value);
    int64_t w = 0, h = 0;
    struct str first = str_cut(&rest, 'x');
    if (!rest.p || !num_i64(first, &w) || !num_i64(rest, &h) || w < 20 || w > 1000 || h < 5 || h > 1000)
        return err_set(err, ERR_USAGE,
                       _("--size: %s is not columns x rows, 20x5 to 1000x1000; write it as 120x40"), value);
    out->w = (int)w;
    out->h = (int)h;
    return true;
}

static bool set_common(struct args *out, const struct param_info *p, const char *value, struct err *err)
{
    if (p->kind == PARAM_CHOICE && !registry_choice(p->choices, value))
        return err_set(err, ERR_USAGE, _("--%s: %s is none of the choices; use one of %s"), p->name, value,
                       p->choices);
    if (p->kind == PARAM_TEXT && !*value)
        return err_set(err, ERR_USAGE, _("--%s: the value is empty; write one or leave the option out"),
                       p->name);
    const struct {
        const char *name, **to;
    } text[] = {
        {"store", &out->store}, {"output", &out->output}, {"lang", &out->lang}, {"glyphs", &out->glyphs}};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        if (strcmp(text[i].name, p->name) == 0)
            *text[i].to = value;
    if (out->output && strcmp(out->output, "-") == 0)
        out->output = NULL; /* standard output, as without the option */
    if (strcmp(p->name, "lang") == 0)
        nls_init(value); /* so that what may be wrong further right is said in that language */
    if (strcmp(p->name, "format") == 0)
        out->writer = writer_named(value);
    if (strcmp(p->name, "setting") == 0 && out->sets == sizeof out->set / sizeof *out->set)
        return err_set(err, ERR_USAGE, _("--setting: more than %zu settings; put them in the file"),
                       out->sets);
    if (strcmp(p->name, "setting") == 0)
        out->set[out->sets++] = value;
    out->table |= strcmp(p->name, "table") == 0;
    out->plain |= strcmp(p->name, "plain") == 0;
    out->quiet |= strcmp(p->name, "quiet") == 0;
    return strcmp(p->name, "size") != 0 || set_size(out, value, err);
}

static bool is_common(const struct param_info *p)
{
    for (const struct param_info *c = command_common(); c->name; c++)
        if (c == p)
            return true;
    return false;
}

static const struct param_info *find_option(const struct args *a, const char *name)
{
    if (a->command)
        return command_option(a->command, name);
    for (const struct param_info *p = command_common(); p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

/* ---- one argument */
static bool take(struct args *out, const struct param_info *p, const char *value, struct err *err)
{
    if (is_common(p))
        return set_common(out, p, value, err);
    query_add(&out->query, p->name, value);
    return true;
}

/* The value is what follows '=' or the next argument. */
static bool take_option(struct args *out, const struct param_info *p, const char *joined, struct cursor *k,
                        struct err *err)
{
    if (p->kind == PARAM_SWITCH) {
        if (joined)
            return err_set(err, ERR_USAGE, _("--%s takes no value; remove %s"), p->name, joined);
        return take(out, p, "", err);
    }
    if (!joined && k->at >= k->argc)
        return err_set(err, ERR_USAGE, _("--%s: the value is missing; %s"), p->name, _(p->help));
    return take(out, p, joined ? joined : k->argv[k->at++], err);
}

static bool take_long(struct args *out, const char *text, struct cursor *k, struct err *err)
{
    const char *equals = strchr(text, '=');
    struct arena a = {0};
    const char *name = arena_str(&a, (struct str){text, equals ? (size_t)(equals - text) : strlen(text)}).p;
    const struct param_info *p = find_option(out, name);
    bool ok = true;
    if (strcmp(name, "help") == 0)
        out->help = true;
    else if (strcmp(name, "version") == 0)
        out->version = true;
    else
        ok = p ? take_option(out, p, equals ? equals + 1 : NULL, k, err)
               : unknown_option(out->command, name, err);
    arena_done(&a);
    return ok;
}

static bool take_short(struct args *out, const char *arg, struct cursor *k, struct err *err)
{
    if (strcmp(arg, "-h") == 0)
        out->help = true;
    else if (strcmp(arg, "-V") == 0)
        out->version = true;
    else if (arg[1] == 's' || arg[1] == 'o')
        return take_option(out, find_option(out, arg[1] == 's' ? "store" : "output"), arg[2] ? arg + 2 : NULL,
                           k, err);
    else
        return err_set(err, ERR_USAGE,
                       _("%s: there is no such option; the short ones are -s STORE, -o FILE, -h and -V"),
                       arg);
    return true;
}

/* To the first positional parameter that is still free. */
static bool take_positional(struct args *out, const char *value, struct err *err)
{
    for (const struct param_info *p = out->command->option; p->name; p++)
        if (p->positional && (p->repeat || query_count(&out->query, p->name) == 0))
            return take(out, p, value, err);
    return err_set(err, ERR_USAGE, _("%s: %s is one argument too many; see waymark help %s"),
                   out->command->name, value, out->command->name);
}

static bool take_word(struct args *out, struct cursor *k, struct err *err)
{
    if (!out->command)
        return find_command(out, k, err);
    return take_positional(out, k->argv[k->at++], err);
}

bool args_parse(struct args *out, int argc, char *const *argv, struct err *err)
{
    struct cursor k = {argc, 1, argv};
    bool options_ended = false, ok = true;
    *out = (struct args){.writer = writer_named("text")};
    query_init(&out->query, "");
    while (ok && k.at < argc) {
        const char *arg = argv[k.at];
        if (options_ended || arg[0] != '-' || !arg[1]) {
            ok = take_word(out, &k, err);
            continue;
        }
        k.at++;
        if (strcmp(arg, "--") == 0)
            options_ended = true;
        else
            ok = arg[1] == '-' ? take_long(out, arg + 2, &k, err) : take_short(out, arg, &k, err);
    }
    return ok;
}

void args_done(struct args *a)
{
    query_done(&a->query);
}
