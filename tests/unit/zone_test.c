/* Time zones against the C library's localtime, which reads the same files with other code; and by hand.
 * Tests that need zone files are skipped with a notice where the host has none. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/rand.h"
#include "base/zone.h"
#include "base/zone_file.h"

static const char *const zones[] = {
    "Asia/Shanghai",       "America/New_York", "Europe/London",     "Europe/Dublin",
    "Australia/Lord_Howe", "America/St_Johns", "America/Sao_Paulo", "Pacific/Apia",
    "Africa/Casablanca",   "Asia/Kathmandu",   "Asia/Tehran",       "America/Scoresbysund",
    "Antarctica/Troll",    "Africa/Monrovia",  "Asia/Kolkata",      "America/Argentina/Ushuaia",
    "Pacific/Kiritimati",  "Asia/Gaza",
};
#define ZONES (sizeof(zones) / sizeof(*zones))

static void need_zone_files(void)
{
    if (access("/usr/share/zoneinfo/America/New_York", R_OK) != 0) {
        print_message("no zone files on this host\n");
        skip();
    }
}

static struct zone *open_zone(const char *name)
{
    struct err err = {0};
    struct zone *z = zone_open(name, &err);
    if (!z)
        fail_msg("%s", err.text);
    return z;
}

static void use_c_library(const char *name)
{
    setenv("TZ", name, 1);
    tzset();
}

static int64_t c_library_offset(int64_t t)
{
    time_t when = (time_t)t;
    struct tm tm;
    assert_non_null(localtime_r(&when, &tm));
    return tm.tm_gmtoff;
}

static int64_t at(int year, int month, int day, int hour, int minute, int second)
{
    struct civil c = {year, month, day, hour, minute, second, 0};
    return date_us(&c);
}

static void same_offset(const struct zone *z, int64_t t)
{
    int64_t want = c_library_offset(t);
    if (zone_offset(z, t * US_PER_S) != want || zone_offset(z, t * US_PER_S + 999999) != want)
        fail_msg("%s at %lld: %d, C library %lld", zone_name(z), (long long)t, zone_offset(z, t * US_PER_S),
                 (long long)want);
}

/* Random instants of 10,000 years; the seconds around each change between 1890 and 2110, found by halving. */
static void offsets_against_localtime(void **state)
{
    (void)state;
    need_zone_files();
    struct rand r;
    rand_seed(&r, 2019);
    for (size_t i = 0; i < ZONES; i++) {
        struct zone *z = open_zone(zones[i]);
        use_c_library(zones[i]);
        for (int k = 0; k < 5000; k++)
            same_offset(z, (int64_t)(rand_u64(&r) % 315537897600U) + TIME_MIN / US_PER_S);
        unsigned changes = 0;
        int64_t last = at(2110, 1, 1, 0, 0, 0) / US_PER_S;
        for (int64_t t = at(1890, 1, 1, 0, 0, 0) / US_PER_S; t < last; t += 86400) {
            same_offset(z, t);
            int64_t low = t, high = t + 86400, before = c_library_offset(low);
            if (before == c_library_offset(high))
                continue;
            while (high - low > 1) {
                int64_t middle = low + (high - low) / 2;
                if (c_library_offset(middle) == before)
                    low = middle;
                else
                    high = middle;
            }
            for (int64_t s = low - 2; s <= high + 2; s++)
                same_offset(z, s);
            changes++;
        }
        assert_true(changes > 0);
        zone_free(z);
    }
}

/* The definition: which instants show this local time? All offsets in force within two days are tried. */
static enum zone_fit fit_by_definition(int64_t local, int64_t *t)
{
    int64_t found[2] = {0, 0}, tried[8];
    size_t n = 0, tries = 0;
    for (int64_t near = local - 172800; near <= local + 172800; near += 900) {
        int64_t offset = c_library_offset(near);
        bool known = false;
        for (size_t i = 0; i < tries; i++)
            known |= tried[i] == offset;
        if (known || tries == 8)
            continue;
        tried[tries++] = offset;
        if (c_library_offset(local - offset) == offset && n < 2)
            found[n++] = local - offset;
    }
    if (n == 0) {
        /* The jump is where the shown time passes over `local`; the result lies as far behind it as local in
         * the gap. */
        int64_t low = local - 172800, high = local + 172800;
        while (high - low > 1) {
            int64_t middle = low + (high - low) / 2;
            if (middle + c_library_offset(middle) <= local)
                low = middle;
            else
                high = middle;
        }
        *t = high + (local - (high + c_library_offset(low)));
        return ZONE_GAP;
    }
    *t = n == 2 && found[1] < found[0] ? found[1] : found[0];
    return n == 2 ? ZONE_OVERLAP : ZONE_EXACT;
}

static void local_to_utc_by_definition(void **state)
{
    (void)state;
    need_zone_files();
    struct rand r;
    rand_seed(&r, 77);
    unsigned seen[3] = {0};
    for (size_t i = 0; i < ZONES; i++) {
        struct zone *z = open_zone(zones[i]);
        use_c_library(zones[i]);
        int64_t last = at(2045, 1, 1, 0, 0, 0) / US_PER_S;
        for (int64_t t = at(1970, 1, 1, 0, 0, 0) / US_PER_S; t < last; t += 86400) {
            if (c_library_offset(t) == c_library_offset(t + 86400) && rand_below(&r, 3000) != 0)
                continue;
            for (int k = 0; k < 12; k++) { /* by half hours, as changes are; and at random */
                int64_t local =
                            t + c_library_offset(t) - 43200 +
                            (k % 2 ? (int64_t)rand_below(&r, 172800) : (int64_t)rand_below(&r, 96) * 1800),
                        want;
                enum zone_fit want_fit = fit_by_definition(local, &want);
                int64_t us;
                enum zone_fit fit = zone_utc(z, local * US_PER_S + 250000, &us);
                if (fit != want_fit || us != want * US_PER_S + 250000)
                    fail_msg("seed 77, %s, local %lld: fit %d, %lld; by definition %d, %lld", zones[i],
                             (long long)local, (int)fit, (long long)us, (int)want_fit, (long long)want);
                seen[fit]++;
            }
        }
        zone_free(z);
    }
    assert_true(seen[ZONE_EXACT] > 1000 && seen[ZONE_GAP] > 100 && seen[ZONE_OVERLAP] > 100);
}

static void new_york_by_hand(void **state)
{
    (void)state;
    need_zone_files();
    struct zone *z = open_zone("America/New_York");
    int64_t us;
    /* 14 March 2021: 02:00 EST becomes 03:00 EDT at 07:00 UTC. */
    assert_int_equal(zone_utc(z, at(2021, 3, 14, 1, 59, 59), &us), ZONE_EXACT);
    assert_int_equal(us, at(2021, 3, 14, 6, 59, 59));
    assert_int_equal(zone_utc(z, at(2021, 3, 14, 2, 0, 0), &us), ZONE_GAP);
    assert_int_equal(us, at(2021, 3, 14, 7, 0, 0));
    assert_int_equal(zone_utc(z, at(2021, 3, 14, 2, 30, 0), &us), ZONE_GAP);
    assert_int_equal(us, at(2021, 3, 14, 7, 30, 0));
    assert_int_equal(zone_utc(z, at(2021, 3, 14, 3, 0, 0), &us), ZONE_EXACT);
    assert_int_equal(us, at(2021, 3, 14, 7, 0, 0));
    /* 7 November 2021: 02:00 EDT becomes 01:00 EST at 06:00 UTC. */
    assert_int_equal(zone_utc(z, at(2021, 11, 7, 0, 59, 59), &us), ZONE_EXACT);
    assert_int_equal(us, at(2021, 11, 7, 4, 59, 59));
    assert_int_equal(zone_utc(z, at(2021, 11, 7, 1, 30, 0), &us), ZONE_OVERLAP);
    assert_int_equal(us, at(2021, 11, 7, 5, 30, 0));
    assert_int_equal(zone_utc(z, at(2021, 11, 7, 2, 0, 0), &us), ZONE_EXACT);
    assert_int_equal(us, at(2021, 11, 7, 7, 0, 0));
    /* The rule beyond the file's table: 8 March and 1 November 2099. */
    assert_int_equal(zone_offset(z, at(2099, 3, 8, 6, 59, 59)), -5 * 3600);
    assert_int_equal(zone_offset(z, at(2099, 3, 8, 7, 0, 0)), -4 * 3600);
    assert_int_equal(zone_offset(z, at(2099, 11, 1, 5, 59, 59)), -4 * 3600);
    assert_int_equal(zone_offset(z, at(2099, 11, 1, 6, 0, 0)), -5 * 3600);
    /* Days of 23 and 25 hours; the hour that runs twice is two buckets. */
    int64_t next, start = zone_bucket(z, UNIT_DAY, at(2021, 3, 14, 12, 0, 0), &next);
    assert_int_equal(start, at(2021, 3, 14, 5, 0, 0));
    assert_int_equal(next - start, 23 * 3600 * US_PER_S);
    start = zone_bucket(z, UNIT_DAY, at(2021, 11, 7, 12, 0, 0), &next);
    assert_int_equal(start, at(2021, 11, 7, 4, 0, 0));
    assert_int_equal(next - start, 25 * 3600 * US_PER_S);
    start = zone_bucket(z, UNIT_HOUR, at(2021, 11, 7, 6, 10, 0), &next);
    assert_int_equal(start, at(2021, 11, 7, 6, 0, 0));
    assert_int_equal(next, at(2021, 11, 7, 7, 0, 0));
    zone_free(z);
}

static void shanghai(void **state)
{
    (void)state;
    setenv("TZDIR", "/nonexistent", 1);
    struct zone *z = open_zone("Asia/Shanghai"); /* needs no files */
    unsetenv("TZDIR");
    assert_string_equal(zone_name(z), "Asia/Shanghai");
    assert_int_equal(zone_offset(z, at(2017, 1, 31, 0, 0, 0)), 8 * 3600);
    int64_t next, start = zone_bucket(z, UNIT_WEEK, at(2019, 6, 5, 20, 0, 0), &next);
    assert_int_equal(start, at(2019, 6, 2, 16, 0, 0)); /* Monday 3 June, local */
    assert_int_equal(next, at(2019, 6, 9, 16, 0, 0));
    start = zone_bucket(z, UNIT_MONTH, at(2019, 11, 30, 16, 0, 0), &next);
    assert_int_equal(start, at(2019, 11, 30, 16, 0, 0)); /* already December there */
    assert_int_equal(next, at(2019, 12, 31, 16, 0, 0));
    start = zone_bucket(z, UNIT_HOUR, at(2019, 6, 5, 20, 59, 59), &next);
    assert_int_equal(start, at(2019, 6, 5, 20, 0, 0));
    assert_int_equal(next, at(2019, 6, 5, 21, 0, 0));
    zone_free(z);
}

/* Buckets tile time: each instant of a bucket names the same bucket, and the next begins where it ends. */
static void buckets_tile_time(void **state)
{
    (void)state;
    need_zone_files();
    struct rand r;
    rand_seed(&r, 6);
    for (size_t i = 0; i < ZONES; i++) {
        struct zone *z = open_zone(zones[i]);
        for (int k = 0; k < 3000; k++) {
            int64_t us =
                at(1975, 1, 1, 0, 0, 0) + (int64_t)(rand_u64(&r) % (UINT64_C(70) * 365 * US_PER_DAY));
            enum bucket_unit unit = (enum bucket_unit)rand_below(&r, 4);
            int64_t next, start = zone_bucket(z, unit, us, &next), end, other;
            if (start > us || us >= next)
                fail_msg("seed 6, %s, unit %d: %lld outside of %lld..%lld", zones[i], (int)unit,
                         (long long)us, (long long)start, (long long)next);
            assert_int_equal(zone_bucket(z, unit, start, &end), start);
            assert_int_equal(end, next);
            assert_int_equal(zone_bucket(z, unit, next - 1, &end), start);
            assert_int_equal(end, next);
            assert_int_equal(zone_bucket(z, unit, next, &other), next);
            assert_true(zone_bucket(z, unit, start - 1, &end) < start);
            assert_int_equal(end, start);
        }
        zone_free(z);
    }
}

/* The same answers, also when the first is gone. */
static void copies(void **state)
{
    (void)state;
    need_zone_files();
    static const char *const name[] = {"Asia/Shanghai", "America/New_York", "+08:00", "UTC"};
    for (size_t i = 0; i < 4; i++) {
        struct zone *first = open_zone(name[i]), *copy = zone_copy(first), *same = open_zone(name[i]);
        zone_free(first);
        assert_string_equal(zone_name(copy), zone_name(same));
        for (int year = 1900; year < 2100; year++)
            for (int month = 1; month <= 12; month++)
                assert_int_equal(zone_offset(copy, at(year, month, 15, 3, 0, 0)),
                                 zone_offset(same, at(year, month, 15, 3, 0, 0)));
        zone_free(copy);
        zone_free(same);
    }
}

/* Where hours are not whole: the clock goes back half an hour at 02:00 (Lord Howe), or an hour at 00:01 (St
 * John's until 2011: 23:01 is shown again after midnight, and belongs to the new day). */
static void odd_buckets(void **state)
{
    (void)state;
    need_zone_files();
    struct zone *z = open_zone("Australia/Lord_Howe");
    /* 4 April 2021: 02:00 +11 becomes 01:30 +10:30 at 15:00 UTC of the 3rd. */
    int64_t next, start = zone_bucket(z, UNIT_HOUR, at(2021, 4, 3, 14, 50, 0), &next);
    assert_int_equal(start, at(2021, 4, 3, 14, 0, 0));
    assert_int_equal(next, at(2021, 4, 3, 15, 0, 0));
    start = zone_bucket(z, UNIT_HOUR, at(2021, 4, 3, 15, 10, 0), &next);
    assert_int_equal(start, at(2021, 4, 3, 15, 0, 0));
    assert_int_equal(next, at(2021, 4, 3, 15, 30, 0));
    zone_free(z);
    z = open_zone("America/St_Johns");
    /* 7 November 2010, 00:01 -02:30 becomes 6 November 23:01 -03:30 at 02:31 UTC. */
    start = zone_bucket(z, UNIT_DAY, at(2010, 11, 7, 3, 0, 0), &next);
    assert_int_equal(start, at(2010, 11, 7, 2, 30, 0));
    assert_int_equal(next, at(2010, 11, 8, 3, 30, 0));
    zone_free(z);
}

static void fixed_offsets(void **state)
{
    (void)state;
    static const struct {
        const char *name, *shown;
        int32_t offset;
    } cases[] = {
        {"UTC", "UTC", 0},       {"+08:00", "+08:00", 28800}, {"-0330", "-03:30", -12600},
        {"+8", "+08:00", 28800}, {"-11", "-11:00", -39600},   {"+05:45", "+05:45", 20700},
        {"Z", "UTC", 0},
    };
    setenv("TZDIR", "/nonexistent", 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct zone *z = open_zone(cases[i].name);
        assert_string_equal(zone_name(z), cases[i].shown);
        assert_int_equal(zone_offset(z, 0), cases[i].offset);
        int64_t us;
        assert_int_equal(zone_utc(z, 0, &us), ZONE_EXACT);
        assert_int_equal(us, -(int64_t)cases[i].offset * US_PER_S);
        zone_free(z);
    }
    unsetenv("TZDIR");
}

static void refuses_names(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "Nowhere/Land",
        "../../../etc/passwd",
        "/etc/localtime",
        "Asia",
        "+",
        "+25",
        "+19:00",
        "+08:60",
        "+080",
        "08:00",
        "+08:0",
        "+8:000",
        "Asia/../UTC",
        "a b",
        "tzdata.zi",
        "zone.tab",
        "Asia/Shanghai\n",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct err err = {0};
        if (zone_open(names[i], &err))
            fail_msg("\"%s\" was opened", names[i]);
        assert_int_equal(err.code, ERR_USAGE);
        assert_non_null(strstr(err.text, "+08:00")); /* the way out */
    }
    struct err err = {0};
    setenv("TZDIR", "/nonexistent", 1);
    assert_null(zone_open("America/New_York", &err));
    unsetenv("TZDIR");
    assert_non_null(strstr(err.text, "tzdata"));
    zone_free(NULL);
}

static void host_zone(void **state)
{
    (void)state;
    static const struct {
        const char *tz;
        int32_t january, july; /* of 2020 */
    } cases[] = {
        {"", 0, 0},
        {"UTC", 0, 0},
        {":UTC", 0, 0},
        {"CST-8", 28800, 28800},
        {"EST5EDT,M3.2.0,M11.1.0", -18000, -14400},
        {"<-03>3", -10800, -10800},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", 39600, 36000},
        {"nonsense", 0, 0},
        {"Asia/Shanghai", 28800, 28800},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        setenv("TZ", cases[i].tz, 1);
        struct zone *z = open_zone(NULL);
        assert_int_equal(zone_offset(z, at(2020, 1, 15, 0, 0, 0)), cases[i].january);
        assert_int_equal(zone_offset(z, at(2020, 7, 15, 0, 0, 0)), cases[i].july);
        zone_free(z);
    }
    unsetenv("TZ");
    zone_free(open_zone(NULL));
}

/* POSIX rules of all kinds against the C library, day by day over leap and common years. */
static void rules_against_localtime(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "EST5EDT,M3.2.0/2,M11.1.0/2",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "AAA3BBB,J60/0,J300/1:30",
        "AAA3BBB,59/0,299",
        "<+0330>-3:30<+0430>,J79/24,J263/24",
        "AAA-10BBB-10:30,M10.1.0,M4.1.0",
        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
        "AAA0BBB,M2.5.1,M12.5.6/23:59:59",
        "IST-1GMT0,M10.5.0,M3.5.0/1",
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        use_c_library(rules[i]);
        struct zone *z = open_zone(NULL);
        for (int64_t t = at(2015, 1, 1, 0, 0, 0) / US_PER_S; t < at(2029, 1, 1, 0, 0, 0) / US_PER_S;
             t += 1800) {
            if (zone_offset(z, t * US_PER_S) != c_library_offset(t))
                fail_msg("%s at %lld", rules[i], (long long)t);
        }
        zone_free(z);
    }
    static const char *const bad[] = {"EST",
                                      "E5",
                                      "EST5EDT,",
                                      "EST5EDT,M3.2.0",
                                      "EST5EDT,M13.1.0,M11.1.0",
                                      "EST5EDT,M3.6.0,M11.1.0",
                                      "EST5EDT,M3.2.7,M11.1.0",
                                      "EST5EDT,J0,J300",
                                      "EST5EDT,366,J300",
                                      "EST5EDT,M3.2.0,M11.1.0x",
                                      "<EST5",
                                      "EST25",
                                      "EST5EDT,M3.2.0/168,M11.1.0"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct zone_rule rule;
        if (zone_rule_parse(str_of(bad[i]), &rule))
            fail_msg("\"%s\" was taken for a rule", bad[i]);
    }
}

/* A file cut at every length, and with every byte changed, is refused or read, but never read beyond its end
 * (the sanitizers watch: the copy is exactly as long as it says). */
static void damaged_files(void **state)
{
    (void)state;
    need_zone_files();
    FILE *f = fopen("/usr/share/zoneinfo/Asia/Shanghai", "rb");
    assert_non_null(f);
    char whole[8192];
    size_t n = fread(whole, 1, sizeof(whole), f);
    fclose(f);
    struct zone_file file;
    assert_true(zone_file_parse((struct str){whole, n}, &file));
    assert_true(file.n > 0 && file.offsets[file.n - 1] == 28800);
    zone_file_done(&file);
    for (size_t cut = 0; cut < n; cut++) {
        char *copy = malloc(cut ? cut : 1);
        assert_non_null(copy);
        memcpy(copy, whole, cut);
        assert_false(zone_file_parse((struct str){copy, cut}, &file));
        free(copy);
    }
    struct rand r;
    rand_seed(&r, 5);
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < 4; k++) {
            char *copy = malloc(n);
            assert_non_null(copy);
            memcpy(copy, whole, n);
            copy[i] = (char)(k == 0 ? 0xFF : k == 1 ? 0 : (int)rand_below(&r, 256));
            if (zone_file_parse((struct str){copy, n}, &file)) {
                for (size_t j = 1; j < file.n; j++)
                    assert_true(file.times[j - 1] < file.times[j]);
                zone_file_done(&file);
            }
            free(copy);
        }
    }
}

static void expect_text(const struct zone *z, int64_t us, const char *rfc3339, const char *local)
{
    struct buf b = {0};
    zone_put_rfc3339(z, &b, us);
    assert_string_equal(b.p, rfc3339);
    buf_clear(&b);
    zone_put_local(z, &b, us);
    assert_string_equal(b.p, local);
    buf_done(&b);
}

static void text(void **state)
{
    (void)state;
    struct zone *z = open_zone("+08:00");
    int64_t us = at(2026, 11, 20, 1, 12, 5);
    expect_text(z, us, "2026-11-20T09:12:05+08:00", "2026-11-20 09:12:05");
    expect_text(z, us + 250000, "2026-11-20T09:12:05.250+08:00", "2026-11-20 09:12:05.250");
    expect_text(z, us + 1, "2026-11-20T09:12:05.000001+08:00", "2026-11-20 09:12:05.000001");
    expect_text(z, TIME_MIN, "0001-01-01T08:00:00+08:00", "0001-01-01 08:00:00");
    zone_free(z);
    z = open_zone("-03:30");
    expect_text(z, -1, "1969-12-31T20:29:59.999999-03:30", "1969-12-31 20:29:59.999999");
    zone_free(z);
    z = open_zone("UTC");
    expect_text(z, 0, "1970-01-01T00:00:00+00:00", "1970-01-01 00:00:00");
    zone_free(z);
}

/* Local mean time has seconds, which RFC 3339 cannot write: the text must name the instant all the same. */
static void rfc3339_names_the_instant(void **state)
{
    (void)state;
    need_zone_files();
    struct rand r;
    rand_seed(&r, 14);
    for (size_t i = 0; i < ZONES; i++) {
        struct zone *z = open_zone(zones[i]);
        for (int k = 0; k < 2000; k++) {
            int64_t us =
                at(1800, 1, 1, 0, 0, 0) + (int64_t)(rand_u64(&r) % (UINT64_C(300) * 365 * US_PER_DAY));
            struct buf b = {0};
            struct time_text t;
            zone_put_rfc3339(z, &b, us);
            assert_true(time_parse(buf_view(&b), TIME_CIVIL, &t));
            assert_true(t.has_offset);
            assert_int_equal(t.us, us);
            buf_done(&b);
        }
        zone_free(z);
    }
}

static void bounds(void **state)
{
    (void)state;
    struct zone *z = open_zone("Asia/Shanghai");
    struct err err = {0};
    int64_t first, last;
    assert_true(zone_parse_bound(z, STR("2019-06-01"), &first, &last, &err));
    assert_int_equal(first, at(2019, 5, 31, 16, 0, 0));
    assert_int_equal(last, at(2019, 6, 1, 16, 0, 0) - 1);
    assert_true(zone_parse_bound(z, STR(" 2019/6/1 "), &first, &last, &err));
    assert_int_equal(last, at(2019, 6, 1, 16, 0, 0) - 1);
    assert_true(zone_parse_bound(z, STR("20190601"), &first, &last, &err));
    assert_int_equal(first, at(2019, 5, 31, 16, 0, 0));
    assert_true(zone_parse_bound(z, STR("2019-06-01 08:30"), &first, &last, &err));
    assert_int_equal(first, at(2019, 6, 1, 0, 30, 0));
    assert_int_equal(last, first);
    assert_true(zone_parse_bound(z, STR("2019/6/1 8"), &first, &last, &err));
    assert_int_equal(first, at(2019, 6, 1, 0, 0, 0));
    assert_int_equal(last, first);
    assert_true(zone_parse_bound(z, STR("2019-06-01T08:30:00Z"), &first, &last, &err));
    assert_int_equal(first, at(2019, 6, 1, 8, 30, 0));
    assert_false(zone_parse_bound(z, STR("June"), &first, &last, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.text, "June"));
    assert_false(zone_parse_bound(z, STR("2019-06-31"), &first, &last, &err));
    assert_false(zone_parse_bound(z, (struct str){NULL, 0}, &first, &last, NULL));
    zone_free(z);
    need_zone_files();
    z = open_zone("Pacific/Apia"); /* had no 30 December 2011 */
    assert_true(zone_parse_bound(z, STR("2011-12-30"), &first, &last, &err));
    assert_int_equal(last, first - 1);
    assert_true(zone_parse_bound(z, STR("2011-12-31"), &first, &last, &err));
    assert_int_equal(first, at(2011, 12, 30, 10, 0, 0));
    assert_int_equal(last - first + 1, US_PER_DAY);
    zone_free(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_against_localtime),
        cmocka_unit_test(local_to_utc_by_definition),
        cmocka_unit_test(new_york_by_hand),
        cmocka_unit_test(shanghai),
        cmocka_unit_test(buckets_tile_time),
        cmocka_unit_test(copies),
        cmocka_unit_test(odd_buckets),
        cmocka_unit_test(fixed_offsets),
        cmocka_unit_test(refuses_names),
        cmocka_unit_test(host_zone),
        cmocka_unit_test(rules_against_localtime),
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(text),
        cmocka_unit_test(rfc3339_names_the_instant),
        cmocka_unit_test(bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
