/* manual.c - the manual page, made from the command tables.
 *
 * doc/waymark.1 is this text, kept in version control and compared in the tests, so it cannot fall behind. It
 * carries no date, so that it is the same whenever it is built. */
#include "config.h"

#include "base/nls.h"
#include "cli/manual.h"
#include "cli/topics.h"
#include "cli/usage.h"

/* Text as troff reads it: no requests at the start of a line, hyphens that can be copied as options. */
static void put_text(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        bool starts_line = out->n && out->p[out->n - 1] == '\n';
        if (starts_line && (s.p[i] == '.' || s.p[i] == '\''))
            buf_puts(out, "\\&");
        if (s.p[i] == '\\')
            buf_puts(out, "\\e");
        else if (s.p[i] == '-')
            buf_puts(out, "\\-");
        else
            buf_putc(out, s.p[i]);
    }
}

static void put_line(struct buf *out, const char *text)
{
    put_text(out, str_of(text));
    buf_putc(out, '\n');
}

static void put_heading(struct buf *out, const char *request, const char *text)
{
    buf_printf(out, ".%s \"", request);
    put_text(out, str_of(text));
    buf_puts(out, "\"\n");
}

static void put_options(struct buf *out, const struct param_info *p)
{
    for (; p->name; p++) {
        struct buf head = {0}, text = {0};
        usage_option(&head, p);
        buf_puts(&text, _(p->help));
        usage_notes(&text, p);
        buf_puts(out, ".TP\n.B ");
        put_line(out, head.p);
        put_line(out, text.p);
        buf_done(&head);
        buf_done(&text);
    }
}

static void put_example(struct buf *out, const char *example)
{
    buf_puts(out, ".PP\n.EX\n    waymark ");
    put_line(out, example);
    buf_puts(out, ".EE\n");
}

static void put_command(struct buf *out, const struct command_info *c)
{
    struct buf synopsis = {0};
    usage_synopsis(&synopsis, c);
    put_heading(out, "SS", synopsis.p);
    put_text(out, str_of(_(c->summary)));
    buf_puts(out, ".\n");
    put_options(out, c->option);
    put_example(out, c->example);
    buf_done(&synopsis);
}

static void put_commands(struct buf *out, bool analyses)
{
    size_t n = 0;
    const struct command_info *c = command_all(&n);
    for (size_t i = 0; i < n; i++)
        if (c[i].is_analysis == analyses)
            put_command(out, &c[i]);
}

static void put_exit_status(struct buf *out)
{
    put_heading(out, "SH", _("EXIT STATUS"));
    for (int i = 0; i < 5; i++) {
        buf_printf(out, ".TP\n.B %d\n", i);
        put_line(out, _(usage_exit_status(i)));
    }
}

static void put_environment(struct buf *out)
{
    static const struct {
        const char *name, *text;
    } entry[] = {
        {"WAYMARK_STORE", N_("the store when -s is not given")},
        {"XDG_DATA_HOME", N_("folder of the default store waymark/default, else ~/.local/share")},
        {"WAYMARK_THREADS", N_("threads for loading and counting, else one per processor")},
        {"WAYMARK_ALLOW_NETWORK_FS",
         N_("1 opens a store on a network file system, where locks may not work")},
        {"LC_ALL, LC_CTYPE, LANG",
         N_("character set of text on the terminal; CSV and JSON are always UTF-8")},
        {"COLUMNS", N_("width of text that goes to no terminal, else 80")},
        {"TZ", N_("zone of times without offset when an import names none")},
    };
    put_heading(out, "SH", _("ENVIRONMENT"));
    for (size_t i = 0; i < sizeof entry / sizeof *entry; i++) {
        buf_puts(out, ".TP\n.B ");
        put_line(out, entry[i].name);
        put_line(out, _(entry[i].text));
    }
}

static void put_keys(struct buf *out)
{
    put_heading(out, "SH", _("KEYS OF THE EXPLORER"));
    for (int a = ACTION_NONE + 1; a < ACTIONS; a++) {
        const struct action_info *info = action_get((enum action)a);
        struct buf keys = {0}, contexts = {0};
        topics_keys(&keys, info);
        topics_contexts(&contexts, info);
        buf_puts(out, ".TP\n.B ");
        put_line(out, keys.p);
        put_text(out, str_of(_(info->help)));
        buf_printf(out, "%s%s%s\n", contexts.n ? " (" : "", contexts.n ? contexts.p : "",
                   contexts.n ? ")" : "");
        buf_done(&keys);
        buf_done(&contexts);
    }
}

static void put_settings(struct buf *out)
{
    const char *file, *text;
    put_heading(out, "SH", _("SETTINGS"));
    for (int i = 0; i < SETTINGS; i++) {
        const struct setting_info *s = setting_info((enum setting)i);
        struct buf head = {0}, help = {0};
        topics_setting(&head, s);
        buf_printf(&help, _("%s (default %s)"), _(s->help), s->def);
        buf_puts(out, ".TP\n.B ");
        put_line(out, head.p);
        put_line(out, help.p);
        buf_done(&head);
        buf_done(&help);
    }
    put_heading(out, "SH", _("FILES"));
    for (size_t i = 0; (file = topics_files(i, false, &text)); i++) {
        buf_puts(out, ".TP\n.I ");
        put_line(out, file);
        put_line(out, _(text));
    }
}

static void put_intro(struct buf *out)
{
    buf_puts(out, ".TH WAYMARK 1 \"\" \"waymark " PACKAGE_VERSION "\" \"\"\n");
    put_heading(out, "SH", _("NAME"));
    put_line(out, _("waymark - funnels, Sankeys and customers' sequences from event exports, in a terminal"));
    put_heading(out, "SH", _("SYNOPSIS"));
    buf_puts(out, ".B waymark\n[\\-s \\fISTORE\\fR]\n.br\n.B waymark\n[\\-s \\fISTORE\\fR] \\fICOMMAND\\fR "
                  "[\\fIOPTION\\fR]...\n");
    put_heading(out, "SH", _("DESCRIPTION"));
    put_line(out, _("Without a command waymark opens the explorer, a full-screen view of the store; ? "
                    "explains its keys."));
    put_line(out, _("A store is a folder that holds imported events and customers. Imports become visible as "
                    "a whole or not at all."));
    put_line(
        out,
        _("Options are written --name VALUE or --name=VALUE, before or after the command; -- ends them."));
}

void manual_put(struct buf *out)
{
    put_intro(out);
    put_heading(out, "SH", _("QUESTIONS"));
    put_commands(out, true);
    put_heading(out, "SS", _("Options of every question"));
    put_options(out, registry_common());
    put_heading(out, "SH", _("COMMANDS"));
    put_commands(out, false);
    put_heading(out, "SH", _("OPTIONS OF EVERY COMMAND"));
    put_options(out, command_common());
    put_keys(out);
    put_settings(out);
    put_exit_status(out);
    put_environment(out);
}
