/* view_export.c - writes the answer on the screen to a file, by the same writers as the command line. */
#include "config.h"

#include "app/mask.h"
#include "base/nls.h"
#include "base/os.h"
#include "render/writer.h"
#include "tui/view_export.h"

/* By the name's ending; text when it is none of ours. */
static const struct writer *writer_of(const char *path)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    const struct writer *w = dot && (!slash || slash < dot) ? writer_named(dot + 1) : NULL;
    return w ? w : writer_named("text");
}

bool view_export(const struct result *r, const struct settings *settings, bool table, const char *path,
                 struct err *err)
{
    if (os_exists(path))
        return err_set(err, ERR_USAGE, _("%s exists already; choose another name"), path);
    struct writer_options options = {
        .tier = TIER_UTF8, .w = 100, .table = table, .plain = settings_is(settings, SETTING_PLAIN, "on")};
    struct buf out = {0};
    struct arena arena = {0};
    struct result seen;
    mask_result(settings, r, MASK_WHOLE, &arena, &seen);
    writer_of(path)->write(&seen, &options, &out);
    arena_done(&arena);
    bool ok = os_replace_file(path, buf_view(&out), err);
    buf_done(&out);
    return ok;
}
