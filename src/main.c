/* main.c - locale, arguments, then the command line or the explorer. */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/crash.h"
#include "app/nursery.h"
#include "app/workspace.h"
#include "base/nls.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "tui/termcheck.h"
#include "tui/tui.h"

/* A file opened as number 2 because standard error was closed would receive our messages. */
static void fill_standard_files(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            _exit(CLI_FAILED);
}

static bool without_colours(void)
{
    const char *no_color = getenv("NO_COLOR");
    return no_color && *no_color;
}

/* About the terminal, which only the explorer knows; it prints like a command. */
static int check_terminal(const struct args *a)
{
    const struct term_options options = {.no_color = without_colours(), .keep_language = a->lang != NULL};
    return termcheck_run(&options);
}

static int explore(const struct args *a, struct nursery *nursery)
{
    struct err err = {0};
    struct buf dir = {0};
    workspace_default(a->store, &dir);
    struct workspace *w = workspace_open(dir.p, false, &err);
    buf_done(&dir);
    if (!w)
        return cli_fail(&err);
    struct settings *settings = cli_settings(a, true, &err);
    if (!settings) {
        workspace_close(w);
        return cli_fail(&err);
    }
    if (!a->lang && !settings_is(settings, SETTING_LANG, "auto"))
        nls_init(settings_get(settings, SETTING_LANG));
    struct tui_options options = {.settings = settings,
                                  .glyphs = a->glyphs,
                                  .no_color = without_colours(),
                                  .nursery = nursery,
                                  .keep_language = a->lang || !settings_is(settings, SETTING_LANG, "auto")};
    int status = tui_run(w, &options, &err);
    if (err.code)
        status = cli_fail(&err);
    workspace_close(w);
    return status;
}

/* What is loaded from the Data screen shall go on when the terminal is gone: the process that begins such
 * work is made first of all, before there are threads and an open store. */
static int explore_on_terminal(const struct args *a)
{
    struct err err = {0};
    if (!isatty(STDIN_FILENO)) {
        err_set(
            &err, ERR_USAGE,
            _("explorer: there is no terminal; ask a question such as waymark info, or see waymark help"));
        return cli_fail(&err);
    }
    struct nursery *nursery = nursery_open();
    int status = explore(a, nursery);
    nursery_close(nursery);
    return status;
}

static bool print(struct workspace *w, const struct args *a, struct err *err)
{
    struct canvas canvas;
    struct page page;
    struct buf out = {0};
    enum tier tier = TIER_UTF8;
    struct settings *settings = cli_settings(a, false, err); /* not the user's: the same picture everywhere */
    if (!settings)
        return false;
    if (a->glyphs)
        tier_named(str_of(a->glyphs), &tier);
    canvas_init(&canvas, a->w ? a->w : 80, a->h ? a->h : 24, tier);
    const char *screen = query_get(&a->query, "screen");
    bool ok = tui_print(w, settings, screen, query_get(&a->query, "keys"), &canvas, err);
    page_begin(&page, a->writer->page);
    page_cells(&page, &canvas);
    page_end(&page, screen ? screen : "home", &out);
    ok = ok && output_answer(buf_view(&out), a, err);
    canvas_done(&canvas);
    buf_done(&out);
    return ok;
}

static bool is_picture(const struct args *a, struct err *err)
{
    return a->writer->picture || err_set(err, ERR_USAGE,
                                         _("show: a screen is a picture, not %s; ask its question instead, "
                                           "as waymark funnel --format %s"),
                                         a->writer->name, a->writer->name);
}

static int show(const struct args *a)
{
    struct err err = {0};
    struct buf dir = {0};
    struct workspace *w = NULL;
    workspace_default(a->store, &dir);
    bool ok = is_picture(a, &err) && (!a->command || command_check(a->command, &a->query, &err)) &&
              (w = workspace_open(dir.p, false, &err)) && print(w, a, &err);
    workspace_close(w);
    buf_done(&dir);
    return ok ? CLI_DONE : cli_fail(&err);
}

int main(int argc, char **argv)
{
    crash_contain(tui_rescue);
    fill_standard_files();
    signal(SIGPIPE, SIG_IGN); /* a reader who goes away must not end an import */
    nls_init(NULL);
    struct args a;
    struct err err = {0};
    int status;
    if (!args_parse(&a, argc, argv, &err))
        status = cli_fail(&err);
    else if (a.command && !a.help && !a.version && strcmp(a.command->name, "show") == 0)
        status = show(&a);
    else if (a.command && !a.help && !a.version && strcmp(a.command->name, "termcheck") == 0)
        status = check_terminal(&a);
    else if (a.command || a.help || a.version)
        status = cli_run(&a);
    else if (!isatty(STDOUT_FILENO))
        status = show(&a); /* into a file or a pipe: what Home shows */
    else
        status = explore_on_terminal(&a);
    args_done(&a);
    return status;
}
