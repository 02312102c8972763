/* usage.c - help, made from the command tables. */
#include "config.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "cli/topics.h"
#include "cli/usage.h"

enum { GUTTER = 26 }; /* column where explanations begin */

/* ---- pieces */
static const char *value_word(const struct param_info *p)
{
    switch (p->kind) {
    case PARAM_SWITCH: return "";
    case PARAM_TEXT: return p->choices ? p->choices : "TEXT";
    case PARAM_NUMBER: return p->choices ? p->choices : "N";
    case PARAM_CONDITION:
    case PARAM_SEGMENT: return "COND";
    case PARAM_DURATION: return "DURATION";
    case PARAM_CHOICE: return p->choices;
    case PARAM_BOUND: return "DAY|TIME";
    case PARAM_USER: return "ID";
    }
    return "";
}

void usage_option(struct buf *out, const struct param_info *p)
{
    if (p->positional) {
        buf_puts(out, p->choices ? p->choices : value_word(p));
        return;
    }
    if (strcmp(p->name, "store") == 0)
        buf_puts(out, "-s, ");
    buf_printf(out, "--%s", p->name);
    if (p->kind != PARAM_SWITCH)
        buf_printf(out, " %s", value_word(p));
    if (p->kind == PARAM_DURATION && p->choices)
        buf_printf(out, "|%s", p->choices);
}

void usage_notes(struct buf *out, const struct param_info *p)
{
    if (p->def)
        buf_printf(out, _(" (default %s)"), p->def);
    if (p->repeat && !p->positional)
        buf_puts(out, _(" (may be repeated)"));
}

void usage_synopsis(struct buf *out, const struct command_info *c)
{
    buf_puts(out, c->name);
    for (const struct param_info *p = c->option; p->name; p++)
        if (p->required && !p->positional)
            buf_printf(out, " --%s %s%s", p->name, value_word(p), p->repeat ? "..." : "");
    if (*c->args)
        buf_printf(out, " %s", c->args);
    buf_puts(out, " [OPTION]...");
}

const char *usage_exit_status(int status)
{
    static const char *const text[] = {
        N_("done"),
        N_("the answer is negative: check found damage, or nothing matched"),
        N_("the command line or a condition makes no sense"),
        N_("the input or the store cannot be used"),
        N_("interrupted; the store is as before"),
    };
    return status >= 0 && status < 5 ? text[status] : "";
}

/* ---- lines */

/* The next piece that must stay together: a word with the blanks before it, or one wide character. */
static struct str next_piece(struct str *rest)
{
    struct str start = *rest, before = *rest;
    while (rest->n && *rest->p == ' ') {
        rest->p++;
        rest->n--;
    }
    while (rest->n && *rest->p != ' ') {
        before = *rest;
        bool wide = utf8_rune_width(utf8_next(rest)) > 1;
        if (wide && before.p != start.p)
            *rest = before;
        if (wide)
            break;
    }
    if (rest->p == start.p)
        utf8_next(rest);
    return (struct str){start.p, (size_t)(rest->p - start.p)};
}

/* Text that begins in column `at` and goes on in column `indent` of the following lines. */
static void put_wrapped(struct buf *out, const char *text, int at, int indent, int columns)
{
    struct str rest = str_of(text);
    while (rest.n) {
        struct str piece = next_piece(&rest);
        int width = utf8_width(piece);
        if (at + width > columns && at > indent) {
            piece = str_trim(piece);
            buf_printf(out, "\n%*s", indent, "");
            at = indent;
            width = utf8_width(piece);
        }
        buf_str(out, piece);
        at += width;
    }
    buf_putc(out, '\n');
}

void usage_entry(struct buf *out, struct str head, const char *text, int columns)
{
    buf_puts(out, "  ");
    buf_str(out, head);
    int at = 2 + utf8_width(head);
    if (at > GUTTER - 2) {
        buf_putc(out, '\n');
        at = 0;
    }
    buf_printf(out, "%*s", GUTTER - at, "");
    put_wrapped(out, text, GUTTER, GUTTER, columns);
}

void usage_paragraph(struct buf *out, const char *text, int columns)
{
    put_wrapped(out, text, 0, 0, columns);
}

static void put_options(struct buf *out, const char *title, const struct param_info *p, int columns)
{
    if (!p->name)
        return;
    buf_printf(out, "\n%s\n", title);
    for (; p->name; p++) {
        struct buf head = {0}, text = {0};
        usage_option(&head, p);
        buf_puts(&text, _(p->help));
        usage_notes(&text, p);
        usage_entry(out, buf_view(&head), text.p, columns);
        buf_done(&head);
        buf_done(&text);
    }
}

/* ---- whole texts */
static void put_commands(struct buf *out, const char *title, bool analyses, int columns)
{
    size_t n = 0;
    const struct command_info *c = command_all(&n);
    buf_printf(out, "\n%s\n", title);
    for (size_t i = 0; i < n; i++) {
        if (c[i].is_analysis != analyses)
            continue;
        struct buf head = {0};
        buf_printf(&head, "%s%s%s", c[i].name, *c[i].args ? " " : "", c[i].args);
        usage_entry(out, buf_view(&head), _(c[i].summary), columns);
        buf_done(&head);
    }
}

static void put_exit_status(struct buf *out, int columns)
{
    buf_printf(out, "\n%s\n", _("Exit status:"));
    for (int i = 0; i < 5; i++) {
        char digit[] = {(char)('0' + i), '\0'};
        usage_entry(out, str_of(digit), _(usage_exit_status(i)), columns);
    }
}

void usage_overview(struct buf *out, int columns)
{
    put_wrapped(out,
                _("waymark shows where customers go in an app: funnels, Sankeys and single customers' "
                  "sequences from event "
                  "exports, offline, in a terminal."),
                0, 0, columns);
    buf_printf(out, "\n%s waymark [-s STORE] COMMAND [OPTION]...\n", _("Usage:"));
    put_wrapped(out, _("Without a command it opens the explorer."), 0, 0, columns);
    put_commands(out, _("Questions:"), true, columns);
    put_commands(out, _("Commands:"), false, columns);
    put_options(out, _("Options of every command:"), command_common(), columns);
    put_exit_status(out, columns);
    buf_putc(out, '\n');
    put_wrapped(out,
                _("waymark help COMMAND explains a command and its options; help keys and help settings the "
                  "explorer."),
                0, 0, columns);
}

static void put_command(struct buf *out, const struct command_info *c, int columns)
{
    struct buf head = {0};
    buf_printf(&head, "waymark %s - %s", c->name, _(c->summary));
    put_wrapped(out, head.p, 0, 4, columns);
    buf_printf(out, "\n%s waymark [-s STORE] ", _("Usage:"));
    usage_synopsis(out, c);
    buf_putc(out, '\n');
    put_options(out, _("Options:"), c->option, columns);
    if (c->is_analysis)
        put_options(out, _("Options of every question:"), registry_common(), columns);
    put_options(out, _("Options of every command:"), command_common(), columns);
    buf_printf(out, "\n%s\n  waymark %s\n", _("Example:"), c->example);
    buf_done(&head);
}

bool usage_topic(struct buf *out, const char *topic, int columns, struct err *err)
{
    if (topics_put(out, topic, columns))
        return true;
    size_t n = 0, length = strlen(topic), found = 0;
    const struct command_info *c = command_all(&n);
    for (size_t i = 0; i < n; i++) {
        bool begins = strncmp(c[i].name, topic, length) == 0;
        if (!begins || (c[i].name[length] && c[i].name[length] != ' '))
            continue;
        if (found++)
            buf_putc(out, '\n');
        put_command(out, &c[i], columns);
    }
    return found ||
           err_set(err, ERR_USAGE, _("%s: there is no such command; waymark help lists them"), topic);
}
