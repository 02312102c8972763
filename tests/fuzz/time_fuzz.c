/* time_fuzz.c - times, durations, bounds and zone names as people write them: what is taken lies in range and
 * comes back the same when written and read again.
 *
 * Input: format, zone, then lines; the first is parsed in all ways, all together are the sample to guess
 * from. */
#include "config.h"
#include <stdlib.h>
#include "base/date.h"
#include "base/zone.h"
#include "fuzz.h"

enum { SAMPLES = 8 };

static struct zone *zones[3];

static void open_zones(void)
{
    static const char *const names[] = {"UTC", "Asia/Shanghai", "-03:30"};
    for (size_t i = 0; i < 3 && !zones[2]; i++)
        zones[i] = zone_open(names[i], NULL);
    FUZZ_PROMISE(zones[0] && zones[1] && zones[2]);
}

static void check_instant(const struct zone *z, int64_t us)
{
    struct buf text = {0};
    struct time_text back;
    zone_put_rfc3339(z, &text, us);
    FUZZ_PROMISE(time_parse(buf_view(&text), TIME_CIVIL, &back));
    FUZZ_PROMISE(back.has_offset && back.us == us);
    buf_done(&text);
}

static void check_local(const struct zone *z, int64_t local)
{
    struct civil c;
    int64_t utc;
    date_civil(local, &c);
    FUZZ_PROMISE(date_valid(&c) && date_us(&c) == local);
    enum zone_fit fit = zone_utc(z, local, &utc);
    FUZZ_PROMISE(fit == ZONE_GAP || zone_local(z, utc) == local);
}

static void check_format(struct str s, enum time_format f, const struct zone *z)
{
    struct time_text t;
    if (!time_parse(s, f, &t))
        return;
    FUZZ_PROMISE(t.us >= TIME_MIN - US_PER_DAY && t.us <= TIME_MAX + US_PER_DAY);
    /* A day away from both ends every zone can write it. */
    if (t.us <= TIME_MIN + 2 * US_PER_DAY || t.us >= TIME_MAX - 2 * US_PER_DAY)
        return;
    check_local(z, t.us);
    check_instant(z, t.us);
}

static void check_duration(struct str s)
{
    int64_t us, again;
    if (!duration_parse(s, &us, NULL))
        return;
    struct buf text = {0};
    duration_put(&text, us);
    FUZZ_PROMISE(duration_parse(buf_view(&text), &again, NULL) && again == us);
    buf_clear(&text);
    duration_put_human(&text, (double)us / 1e6);
    buf_done(&text);
}

static void check_bound(struct str s, const struct zone *z)
{
    int64_t first, last;
    if (zone_parse_bound(z, s, &first, &last, NULL))
        FUZZ_PROMISE(first <= last && last - first <= 2 * US_PER_DAY);
}

/* What is guessed can be read. */
static void check_guess(const struct str *sample, size_t n)
{
    enum time_format f = time_guess(sample, n);
    struct time_text t;
    for (size_t i = 0; f != TIME_AUTO && i < n; i++)
        FUZZ_PROMISE(sample[i].n == 0 || time_parse(sample[i], f, &t));
}

FUZZ_TARGET(time)
{
    struct fuzz_input in = {data, n};
    struct str sample[SAMPLES];
    size_t samples = 0;
    open_zones();
    const struct zone *z = zones[fuzz_byte(&in) % 3];
    char *copy = fuzz_copy(fuzz_rest(&in), 0);
    in.p = (const uint8_t *)copy;
    while (in.n > 0 && samples < SAMPLES)
        sample[samples++] = fuzz_line(&in);
    if (samples > 0) {
        for (int f = TIME_AUTO; f <= TIME_COMPACT; f++)
            check_format(sample[0], (enum time_format)f, z);
        check_duration(sample[0]);
        check_bound(sample[0], z);
        check_guess(sample, samples);
    }
    free(copy);
    return 0;
}
