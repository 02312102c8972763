/* analysis_real.c - a log as a real store in a temporary folder, part by part as imports bring it; the same
 * face as analysis_fake.c, so that the same tests run on both. */
#include "config.h"
#include "analysis_log.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/batch.h"

const uint64_t log_rounds_per_thousand = 50; /* a store on disk takes a while */

static struct err err;

#define MUST(ok)                                                                                             \
    do {                                                                                                     \
        if (!(ok)) {                                                                                         \
            fprintf(stderr, "%s: %s\n", #ok, err.text);                                                      \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

static void add_codes(struct batch *b, uint16_t column, const char *const *text, size_t n)
{
    uint32_t code;
    for (size_t i = 0; i < n; i++)
        MUST(batch_code(b, column, str_of(text[i]), &code, &err) && code == i);
}

static void add_users(struct batch *b, const struct log *l)
{
    uint32_t code;
    for (uint32_t u = 0; u < l->users; u++)
        MUST(batch_code(b, COL_USER, str_of(log_user(u)), &code, &err) && code == u);
}

static void write_rows(struct batch *b, const struct log *l, uint32_t import, uint16_t channel,
                       uint16_t amount)
{
    const uint16_t column[] = {COL_TIME, COL_EVENT, channel, amount};
    struct part_writer *w = part_begin(b, column, 4, &err);
    MUST(w);
    for (size_t i = 0; i < l->row.n; i++) {
        const struct log_row *r = &l->row.at[i];
        int64_t v[] = {r->time, r->event, r->channel == LOG_NONE ? COLUMN_NULL : r->channel,
                       r->has_amount ? column_of_number(r->amount) : COLUMN_NULL};
        const int64_t *value[] = {&v[0], &v[1], &v[2], &v[3]};
        if (r->import == import)
            MUST(part_append(w, 1, &r->user, value, &err));
    }
    MUST(part_end(w, &err));
}

static bool has_rows(const struct log *l, uint32_t import)
{
    for (size_t i = 0; i < l->row.n; i++)
        if (l->row.at[i].import == import)
            return true;
    return false;
}

static void import_events(struct env *e, const struct log *l, uint32_t import)
{
    uint16_t channel, amount;
    struct batch *b = batch_begin(e, TABLE_EVENTS, 0, &err);
    MUST(b);
    MUST(batch_column(b, STR("channel"), COLUMN_CODE, &channel, &err));
    MUST(batch_column(b, STR("amount"), COLUMN_NUMBER, &amount, &err));
    add_codes(b, COL_EVENT, log_event, LOG_EVENTS);
    add_codes(b, channel, log_channel, LOG_CHANNELS);
    add_users(b, l);
    if (has_rows(l, import))
        write_rows(b, l, import, channel, amount);
    MUST(batch_commit(b, &(struct import_def){.source = STR("a test")}, &err));
}

/* Two layers of ages: the older one is wrong for everyone the newer one knows. */
static void import_ages(struct env *e, const struct log *l, bool newest)
{
    uint16_t column;
    struct batch *b = batch_begin(e, TABLE_USERS, 0, &err);
    MUST(b && batch_column(b, STR("age"), COLUMN_NUMBER, &column, &err));
    struct part_writer *w = part_begin(b, &column, 1, &err);
    MUST(w);
    for (uint32_t u = 0; u < l->users; u++) {
        bool second = u % 3 != 0;
        double a = newest || !second ? l->age.at[u] : 1000;
        int64_t v = a < 0 ? COLUMN_NULL : column_of_number(a);
        const int64_t *value = &v;
        if (!newest || second)
            MUST(part_append(w, 1, &u, &value, &err));
    }
    MUST(part_end(w, &err));
    MUST(batch_commit(b, &(struct import_def){.source = STR("a test")}, &err));
}

struct env *log_fake(const struct log *l)
{
    char dir[] = "/tmp/waymark-test-XXXXXX";
    MUST(mkdtemp(dir));
    struct env *e = env_open(dir, ENV_WRITE, &err);
    MUST(e);
    for (uint32_t i = 0; i < l->imports; i++)
        import_events(e, l, i);
    import_ages(e, l, false);
    if (l->users > 1)
        import_ages(e, l, true);
    return e;
}

void log_fake_free(struct env *e)
{
    char path[512], dir[256];
    snprintf(dir, sizeof(dir), "%s", env_dir(e));
    log_leave(e);
    env_close(e);
    DIR *d = opendir(dir);
    for (struct dirent *f; d && (f = readdir(d));) {
        snprintf(path, sizeof(path), "%s/%s", dir, f->d_name);
        if (f->d_name[0] != '.')
            unlink(path);
    }
    if (d)
        closedir(d);
    rmdir(dir);
}
