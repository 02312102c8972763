/* zone.c - time zones without the C library's hidden state, so that many threads and two zones at once are
 * fine.
 *
 * Where the host has no zone files, UTC, fixed offsets and Asia/Shanghai still work: China has kept UTC+8
 * without summer time since 15 September 1991. (Earlier times, with summer time 1986-1991, need the files.)
 */
#include "config.h"

#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/zone_file.h"

#define US_PER_HOUR (3600 * US_PER_S)
#define FILE_MOST ((size_t)1 << 20)

struct zone {
    char *name;
    struct zone_file file; /* of a fixed offset: no changes, `first` alone */
    /* From here on, seconds since 1970, the offset never changes again: nearly every event of a bank in a
     * zone without summer time. INT64_MAX when a rule goes on for ever. */
    int64_t settled;
    int32_t settled_offset;
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* ---- Opening ---- */

static struct zone *zone_new(struct str name, struct zone_file file)
{
    struct zone *z = mem_zalloc(sizeof(*z));
    z->name = mem_alloc(name.n + 1);
    memcpy(z->name, name.p, name.n);
    z->name[name.n] = '\0';
    z->file = file;
    z->settled = file.n ? file.times[file.n - 1] : INT64_MIN;
    z->settled_offset = file.n ? file.offsets[file.n - 1] : file.first;
    if (file.has_rule && file.rule.has_summer)
        z->settled = INT64_MAX;
    else if (file.has_rule)
        z->settled_offset = file.rule.standard;
    return z;
}

static struct zone *zone_fixed(struct str name, int32_t offset)
{
    return zone_new(name, (struct zone_file){.first = offset});
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "+8", "+08", "+0800", "+08:00", up to 18 hours. */
static bool offset_named(struct str s, int32_t *offset)
{
    if (s.n < 2 || (s.p[0] != '+' && s.p[0] != '-'))
        return false;
    int d[4], n = 0;
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == ':' && i == 3 && s.n == 6)
            continue;
        if (!digit(s.p[i]) || n == 4)
            return false;
        d[n++] = s.p[i] - '0';
    }
    if (n == 0 || n == 3)
        return false;
    int hours = n == 1 ? d[0] : d[0] * 10 + d[1];
    int minutes = n == 4 ? d[2] * 10 + d[3] : 0;
    *offset = (hours * 3600 + minutes * 60) * (s.p[0] == '-' ? -1 : 1);
    return hours * 60 + minutes <= 18 * 60 && minutes < 60;
}

static const char *zone_folder(void)
{
    const char *folder = getenv("TZDIR");
    return folder && folder[0] == '/' ? folder : "/usr/share/zoneinfo";
}

/* Names like "America/Argentina/Ushuaia", and nothing that leaves the folder. */
static bool name_safe(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    size_t n = strlen(name);
    return n > 0 && n < 64 && name[0] != '/' && strspn(name, allowed) == n; /* no '.', so no ".." */
}

static struct zone *zone_load(const char *path, struct str name)
{
    struct buf bytes = {0};
    struct zone_file file;
    struct zone *z = NULL;
    if (os_read_file(path, FILE_MOST, &bytes, NULL) && zone_file_parse(buf_view(&bytes), &file))
        z = zone_new(name, file);
    buf_done(&bytes);
    return z;
}

static struct zone *zone_from_folder(const char *name)
{
    if (!name_safe(name))
        return NULL;
    struct buf path = {0};
    buf_printf(&path, "%s/%s", zone_folder(), name);
    struct zone *z = zone_load(path.p, str_of(name));
    buf_done(&path);
    return z;
}

static struct zone *zone_builtin(const char *name)
{
    int32_t offset;
    if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0 || strcmp(name, "GMT") == 0)
        return zone_fixed(STR("UTC"), 0);
    if (!offset_named(str_of(name), &offset))
        return NULL;
    char text[16];
    int minutes = abs(offset) / 60;
    int n = snprintf(text, sizeof(text), "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    return zone_fixed((struct str){text, (size_t)n}, offset);
}

static struct zone *zone_named(const char *name)
{
    struct zone *z = zone_builtin(name);
    if (!z)
        z = zone_from_folder(name);
    if (!z && strcmp(name, "Asia/Shanghai") == 0)
        z = zone_fixed(STR("Asia/Shanghai"), 8 * 3600);
    return z;
}

/* The zone's name inside a path such as /usr/share/zoneinfo/Europe/Berlin. */
static const char *name_in_path(const char *path)
{
    static const char folder[] = "/zoneinfo/";
    const char *at = strstr(path, folder);
    return at ? at + sizeof(folder) - 1 : NULL;
}

/* $TZ: a name, a path of a zone file, or a rule; an empty one is UTC. */
static struct zone *zone_from_tz(const char *tz)
{
    tz += *tz == ':';
    if (!*tz)
        return zone_named("UTC");
    const char *name = tz[0] == '/' ? name_in_path(tz) : tz;
    struct zone *z = name ? zone_named(name) : NULL;
    struct zone_file file = {.has_rule = true};
    if (!z && zone_rule_parse(str_of(tz), &file.rule)) {
        file.first = file.rule.standard;
        z = zone_new(str_of(tz), file);
    }
    return z;
}

static struct zone *zone_from_host(void)
{
    char target[512];
    ssize_t n = readlink("/etc/localtime", target, sizeof(target) - 1);
    if (n > 0) {
        target[n] = '\0';
        const char *name = name_in_path(target);
        struct zone *z = name ? zone_named(name) : NULL;
        if (z)
            return z;
    }
    return zone_load("/etc/localtime", STR("localtime"));
}

struct zone *zone_open(const char *name, struct err *err)
{
    struct zone *z;
    if (!name) {
        const char *tz = getenv("TZ");
        z = tz ? zone_from_tz(tz) : zone_from_host();
        return z ? z : zone_named("UTC");
    }
    z = zone_named(name);
    if (z)
        return z;
    if (!os_exists(zone_folder()))
        err_set(err, ERR_USAGE,
                _("time zone \"%s\": this host has no zone files (%s); install tzdata or give a fixed offset "
                  "such as "
                  "+08:00"),
                name, zone_folder());
    else
        err_set(err, ERR_USAGE,
                _("time zone \"%s\" is unknown; give a name such as Asia/Shanghai or a fixed offset such as "
                  "+08:00"),
                name);
    return NULL;
}

struct zone *zone_copy(const struct zone *z)
{
    return zone_new(str_of(z->name), zone_file_copy(&z->file));
}

void zone_free(struct zone *z)
{
    if (!z)
        return;
    zone_file_done(&z->file);
    free(z->name);
    free(z);
}

const char *zone_name(const struct zone *z)
{
    return z->name;
}

/* ---- Between UTC and local ---- */

/* At t seconds since 1970. */
static int32_t offset_at(const struct zone *z, int64_t t)
{
    const struct zone_file *f = &z->file;
    if (t >= z->settled)
        return z->settled_offset;
    if (f->n == 0 || t >= f->times[f->n - 1])
        return f->has_rule ? zone_rule_offset(&f->rule, t) : z->settled_offset;
    if (t < f->times[0])
        return f->first;
    size_t low = 0, high = f->n - 1; /* times[low] <= t < times[high] */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (t >= f->times[middle])
            low = middle;
        else
            high = middle;
    }
    return f->offsets[low];
}

int32_t zone_offset(const struct zone *z, int64_t us)
{
    return offset_at(z, floor_div(us, US_PER_S));
}

int64_t zone_local(const struct zone *z, int64_t us)
{
    return us + zone_offset(z, us) * US_PER_S;
}

/* The offset a day earlier and a day later: no offset exceeds a day and changes lie further apart than two
 * days (where history has closer ones, the offset in between is found by the third try). */
enum zone_fit zone_utc(const struct zone *z, int64_t local_us, int64_t *us)
{
    int64_t local = floor_div(local_us, US_PER_S);
    if (local - 86400 >= z->settled) {
        *us = local_us - z->settled_offset * US_PER_S;
        return ZONE_EXACT;
    }
    int64_t before = offset_at(z, local - 86400);
    int64_t after = offset_at(z, local + 86400);
    *us = local_us - before * US_PER_S;
    bool before_fits = offset_at(z, local - before) == before;
    bool after_fits = offset_at(z, local - after) == after;
    if (before_fits && after_fits && before != after) {
        *us = local_us - (before > after ? before : after) * US_PER_S;
        return ZONE_OVERLAP;
    }
    if (before_fits)
        return ZONE_EXACT;
    if (after_fits) {
        *us = local_us - after * US_PER_S;
        return ZONE_EXACT;
    }
    int64_t between = offset_at(z, local - before);
    if (offset_at(z, local - between) == between) {
        *us = local_us - between * US_PER_S;
        return ZONE_EXACT;
    }
    return ZONE_GAP;
}

/* ---- Text ---- */

static void put_local(struct buf *out, int64_t local_us, char between)
{
    struct civil c;
    date_civil(local_us, &c);
    buf_printf(out, "%04d-%02d-%02d%c%02d:%02d:%02d", c.year, c.month, c.day, between, c.hour, c.minute,
               c.second);
    if (c.micro % 1000)
        buf_printf(out, ".%06d", c.micro);
    else if (c.micro)
        buf_printf(out, ".%03d", c.micro / 1000);
}

/* RFC 3339 knows whole minutes only. Offsets with seconds (local mean time, a century ago) are rounded to
 * one, and the clock with them, so that the text still names the same instant. */
void zone_put_rfc3339(const struct zone *z, struct buf *out, int64_t us)
{
    int64_t minutes = floor_div(zone_offset(z, us) + 30, 60);
    put_local(out, us + minutes * 60 * US_PER_S, 'T');
    int shown = (int)(minutes < 0 ? -minutes : minutes);
    buf_printf(out, "%c%02d:%02d", minutes < 0 ? '-' : '+', shown / 60, shown % 60);
}

void zone_put_local(const struct zone *z, struct buf *out, int64_t us)
{
    put_local(out, zone_local(z, us), ' ');
}

/* ---- Buckets ---- */

/* The first instant of (from, to] with another offset than `from`; the caller knows that there is one. */
static int64_t change_between(const struct zone *z, int64_t from, int64_t to)
{
    int32_t offset = zone_offset(z, from);
    while (to - from > 1) {
        int64_t middle = from + (to - from) / 2;
        if (zone_offset(z, middle) == offset)
            from = middle;
        else
            to = middle;
    }
    return to;
}

/* Hours are cut on the clock and where the clock was moved: the hour that runs twice gives two buckets. */
static int64_t bucket_hour(const struct zone *z, int64_t us, int64_t *next)
{
    int64_t offset = zone_offset(z, us) * US_PER_S;
    int64_t start = floor_div(us + offset, US_PER_HOUR) * US_PER_HOUR - offset;
    int64_t end = start + US_PER_HOUR;
    if (zone_offset(z, end - 1) * US_PER_S != offset)
        end = change_between(z, us, end - 1);
    if (zone_offset(z, start) * US_PER_S != offset)
        start = change_between(z, start, us);
    *next = end;
    return start;
}

/* The local day on which the bucket of `day` begins; with step 1 that of the bucket after it. */
static int64_t bucket_day(enum bucket_unit unit, int64_t day, int step)
{
    if (unit == UNIT_DAY)
        return day + step;
    if (unit == UNIT_WEEK)
        return day - date_weekday(day) + 7 * step;
    struct civil c;
    date_civil(day * US_PER_DAY, &c);
    c.month += step;
    return c.month > 12 ? date_days(c.year + 1, 1, 1) : date_days(c.year, c.month, 1);
}

static int64_t day_begins(const struct zone *z, int64_t day)
{
    int64_t us;
    zone_utc(z, day * US_PER_DAY, &us);
    return us;
}

int64_t zone_bucket(const struct zone *z, enum bucket_unit unit, int64_t us, int64_t *next)
{
    if (unit == UNIT_HOUR)
        return bucket_hour(z, us, next);
    int64_t day = bucket_day(unit, floor_div(zone_local(z, us), US_PER_DAY), 0);
    int64_t start = day_begins(z, day);
    for (;;) {
        day = bucket_day(unit, day, 1);
        *next = day_begins(z, day);
        /* A clock set back over midnight shows the old day again after the new one began: the new day keeps
         * it. */
        if (us < *next)
            return start;
        start = *next;
    }
}

bool zone_parse_bound(const struct zone *z, struct str s, int64_t *first, int64_t *last, struct err *err)
{
    struct time_text t;
    s = str_trim(s);
    if (!time_parse(s, TIME_AUTO, &t))
        return err_set(
            err, ERR_USAGE,
            _("\"%.*s\" is no date or time; write 2019-06-01, or 2019-06-01 08:30:00 for a moment"),
            (int)(s.n < 40 ? s.n : 40), s.n ? s.p : "");
    if (t.has_offset) {
        *first = *last = t.us;
        return true;
    }
    bool whole_day = s.n <= 10 && !memchr(s.p, ' ', s.n) && !memchr(s.p, 'T', s.n);
    if (!whole_day) {
        zone_utc(z, t.us, first);
        *last = *first;
        return true;
    }
    int64_t day = floor_div(t.us, US_PER_DAY);
    *first = day_begins(z, day);
    *last = day_begins(z, day + 1) - 1; /* a day that a zone skipped is empty */
    return true;
}
