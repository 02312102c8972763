/* follow.c - one import per file. What was loaded is remembered by the store itself, by the files' bytes: a
 * follower that was killed goes on where it was. */
#include "config.h"

#include <time.h>

#include "app/follow.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "import/watch.h"
#include "store/upkeep.h"

#define BUSY_MS 2000 /* another import has the store */

struct following {
    const char *dir;
    const struct load_options *o;
    const struct intake_hook *hook;
    struct progress *p;
    uint64_t files, events, duplicates, rejected, refused;
};

static void tell(const struct following *f, const char *path, const char *text)
{
    struct buf line = {0};
    const char *slash = strrchr(path, '/');
    time_t now = (time_t)(os_now_us() / 1000000);
    struct tm tm;
    char clock[32] = "";
    if (localtime_r(&now, &tm))
        strftime(clock, sizeof clock, "%Y-%m-%d %H:%M:%S", &tm);
    buf_printf(&line, "%s %s: %s\n", clock, slash ? slash + 1 : path, text);
    if (f->hook->on_mapping)
        f->hook->on_mapping(f->hook->arg, line.p);
    buf_done(&line);
}

static void tell_report(const struct following *f, const char *path, const struct load_report *r)
{
    struct buf text = {0};
    num_put_thousands(&text, (int64_t)r->stored);
    buf_puts(&text, _(" events"));
    buf_printf(&text, _(", %llu duplicates, %llu rejected, %.1f s"), (unsigned long long)r->duplicates,
               (unsigned long long)r->rejected, r->seconds);
    if (r->begun_by)
        buf_printf(&text, _("; these follow import %u, which had the beginning of the file"), r->begun_by);
    tell(f, path, text.p);
    buf_done(&text);
}

/* What cannot be merged now is left to the next import; but somebody should look at why. */
static void tidy(struct following *f, struct env *env, const char *path)
{
    struct err err = {0};
    struct buf text = {0};
    if (store_merge(env, f->p, &err) || err.code == ERR_CANCELLED)
        return;
    buf_printf(&text, _("the import is complete, but parts could not be merged: %s"), err.text);
    tell(f, path, text.p);
    buf_done(&text);
}

/* The file was loaded before it was complete, and a row of it was cut: that import goes, the whole file
 * comes. */
static bool load_whole(struct following *f, struct env *env, const struct load_options *o,
                       struct load_report *report, struct err *err)
{
    struct forget_report forgotten;
    struct buf text = {0};
    uint32_t cut = report->cut;
    load_report_done(report);
    if (!store_forget(env, cut, f->p, &forgotten, err))
        return false;
    buf_printf(&text,
               _("had a row that was cut when import %u loaded it; that import is taken back and the whole "
                 "file loaded"),
               cut);
    tell(f, *o->files, text.p);
    buf_done(&text);
    return load_run(env, o, f->p, report, err);
}

static bool load_file(struct following *f, const char *path, struct err *err)
{
    struct load_report report = {0};
    struct load_options o = *f->o;
    struct env *env = env_open(f->dir, ENV_WRITE, err);
    if (!env)
        return false;
    o.files = &path;
    o.file_n = 1;
    bool ok = load_run(env, &o, f->p, &report, err);
    if (!ok && report.cut)
        ok = load_whole(f, env, &o, &report, err);
    if (ok) {
        f->files++;
        f->events += report.stored;
        f->duplicates += report.duplicates;
        f->rejected += report.rejected;
        tell_report(f, path, &report);
        tidy(f, env, path);
    }
    load_report_done(&report);
    env_close(env);
    return ok;
}

static void wait_busy(const struct progress *p)
{
    for (int ms = 0; ms < BUSY_MS && !progress_cancelled(p); ms += 100)
        nanosleep(&(struct timespec){.tv_nsec = 100000000L}, NULL);
}

/* False when nothing more can come of it. */
static bool take_file(struct following *f, const char *path, struct err *err)
{
    bool told = false;
    while (!progress_cancelled(f->p)) {
        *err = (struct err){0};
        if (load_file(f, path, err))
            return true;
        if (err->code == ERR_CANCELLED)
            return true;
        if (err->code != ERR_STORE) {
            f->refused++;
            tell(f, path, err->text);
            return err->code == ERR_INPUT;
        }
        if (!told)
            tell(f, path, err->text);
        told = true;
        wait_busy(f->p);
    }
    return true;
}

static void put_sums(const struct following *f, struct result *r, double seconds)
{
    const struct {
        const char *name;
        uint64_t n;
    } sum[] = {{"files", f->files},
               {"events", f->events},
               {"duplicates", f->duplicates},
               {"rejected", f->rejected},
               {"refused", f->refused}};
    for (size_t i = 0; i < sizeof sum / sizeof *sum; i++)
        object_add(&r->arena, &r->summary, sum[i].name, value_int((int64_t)sum[i].n));
    object_add(&r->arena, &r->summary, "seconds", value_seconds(seconds));
    r->elapsed_s = seconds;
    r->rule =
        _("Each file of the folder is an import of its own; files that were loaded before are passed over.");
}

struct result *follow_run(const char *dir, const char *folder, const struct load_options *o,
                          const struct intake_hook *hook, struct progress *p, struct result *r,
                          struct err *err)
{
    struct following f = {dir, o, hook, p, 0, 0, 0, 0, 0};
    int64_t began = os_monotonic_us();
    struct watch *w = watch_open(folder, false, err);
    const char *path = NULL;
    bool ok = w != NULL;
    while (ok && (path = watch_next(w, p, err)))
        ok = take_file(&f, path, err);
    watch_close(w);
    if (!progress_cancelled(p)) {
        result_free(r);
        return NULL;
    }
    put_sums(&f, r, (double)(os_monotonic_us() - began) / 1e6);
    return r;
}
