/* view_export.c - writes the answer on the screen to a file, by the same writers as the command line. */
#include "config.h"

#include "app/mask.h"
#include "base/nls.h"
#include "base/os.h"
#include "render/writer.h"
#include "tui/view_export.h"

static const char *format_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (dot && strcmp(dot, ".csv") == 0)
        return "csv";
    if (dot && strcmp(dot, ".json") == 0)
        return "json";
    return "text";
}

bool view_export(const struct result *r, const struct settings *settings, bool table, const char *path,
                 struct err *err)
{
    if (os_exists(path))
        return err_set(err, ERR_USAGE, _("%s exists already; choose another name"), path);
    struct writer_options options = {.tier = TIER_UTF8, .w = 100, .table = table};
    struct buf out = {0};
    struct arena arena = {0};
    struct result seen;
    mask_result(settings, r, MASK_WHOLE, &arena, &seen);
    writer_named(format_of(path))->write(&seen, &options, &out);
    arena_done(&arena);
    bool ok = os_replace_file(path, buf_view(&out), err);
    buf_done(&out);
    return ok;
}
