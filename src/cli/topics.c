/* topics.c - help on the explorer's keys and settings. */
#include "config.h"

#include "base/nls.h"
#include "cli/topics.h"
#include "cli/usage.h"

void topics_keys(struct buf *out, const struct action_info *a)
{
    buf_puts(out, a->keys);
    if (a->fkey)
        buf_printf(out, "%s%s", *a->keys ? " " : "", a->fkey);
    if (!*a->keys && !a->fkey)
        buf_printf(out, ":%s", a->name);
}

void topics_contexts(struct buf *out, const struct action_info *a)
{
    unsigned rest = a->context;
    if ((rest & CONTEXT_RESULT) == CONTEXT_RESULT) {
        buf_puts(out, "result");
        rest &= ~(unsigned)CONTEXT_RESULT;
    }
    for (unsigned bit = 1; bit && bit <= rest; bit <<= 1)
        if (rest & bit)
            buf_printf(out, "%s%s", out->n ? ", " : "", action_context_name(bit));
}

void topics_setting(struct buf *out, const struct setting_info *s)
{
    buf_printf(out, "%s = %s", s->name, s->choices ? s->choices : "TEXT");
}

const char *topics_files(size_t nth, bool here, const char **text)
{
    static const struct {
        const char *file, *text;
    } files[] = {
        {"$XDG_CONFIG_HOME/waymark/config",
         N_("the user's settings, else ~/.config/waymark/config: lines KEY = VALUE and bind "
            "CONTEXT KEY ACTION; # begins a comment")},
        {"SYSCONFDIR/waymark/policy",
         N_("the site's settings, read after the user's; lock KEY = VALUE sets one that nobody can "
            "change. SYSCONFDIR is chosen when the program is built, such as /etc")},
        {"$XDG_STATE_HOME/waymark/", N_("else ~/.local/state/waymark/: the last session, recent questions, "
                                        "bookmarks, without customers' rows or ids; and what "
                                        "was copied")},
    };
    if (nth >= sizeof files / sizeof *files)
        return NULL;
    *text = files[nth].text;
    return here && nth == 1 ? SYSCONFDIR "/waymark/policy" : files[nth].file;
}

/* ---- topics */

static void put_key(struct buf *out, const struct action_info *a, int columns)
{
    struct buf head = {0}, text = {0}, contexts = {0};
    topics_keys(&head, a);
    topics_contexts(&contexts, a);
    buf_printf(&text, "%s: %s", a->name, _(a->help));
    if (contexts.n)
        buf_printf(&text, " (%s)", contexts.p);
    usage_entry(out, buf_view(&head), text.p, columns);
    buf_done(&head);
    buf_done(&text);
    buf_done(&contexts);
}

static void put_keys(struct buf *out, int columns)
{
    usage_paragraph(
        out,
        _("Keys of the explorer, the name of what they do, and in brackets the screens they are for. A line "
          "such as  bind funnel v lost  in the settings gives an action another key there; all means "
          "everywhere, the action none takes a key away."),
        columns);
    buf_putc(out, '\n');
    for (int a = ACTION_NONE + 1; a < ACTIONS; a++)
        put_key(out, action_get((enum action)a), columns);
}

static void put_settings(struct buf *out, int columns)
{
    const char *file, *text;
    usage_paragraph(out,
                    _("Settings of the explorer, for its files, --setting KEY=VALUE, and :set KEY VALUE while it "
                      "runs; in brackets the "
                      "default."),
                    columns);
    buf_putc(out, '\n');
    for (int i = 0; i < SETTINGS; i++) {
        const struct setting_info *s = setting_info((enum setting)i);
        struct buf head = {0}, help = {0};
        topics_setting(&head, s);
        buf_printf(&help, "%s (%s)", _(s->help), s->def);
        usage_entry(out, buf_view(&head), help.p, columns);
        buf_done(&head);
        buf_done(&help);
    }
    buf_printf(out, "\n%s\n", _("Files:"));
    for (size_t i = 0; (file = topics_files(i, true, &text)); i++)
        usage_entry(out, str_of(file), _(text), columns);
}

bool topics_put(struct buf *out, const char *topic, int columns)
{
    if (strcmp(topic, "keys") == 0)
        put_keys(out, columns);
    else if (strcmp(topic, "settings") == 0)
        put_settings(out, columns);
    else
        return false;
    return true;
}
