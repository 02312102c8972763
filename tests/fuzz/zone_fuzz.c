/* zone_fuzz.c - zone files and POSIX zone rules of any content: refused, or giving an offset of at most a day
 * for every instant.
 *
 * Input: a TZif file, or a rule behind a byte that no such file begins with. */
#include "config.h"
#include <stdlib.h>
#include "base/zone_file.h"
#include "fuzz.h"

enum { WIDEST = 26 * 3600 };

static void check_rule(const struct zone_rule *r)
{
    static const int64_t moments[] = {INT64_C(-62135596800), -1, 0, 951782400, 1700000000,
                                      INT64_C(253402300799)};
    for (size_t i = 0; i < sizeof(moments) / sizeof(*moments); i++) {
        int32_t offset = zone_rule_offset(r, moments[i]);
        FUZZ_PROMISE(offset == r->standard || (r->has_summer && offset == r->summer));
        FUZZ_PROMISE(offset > -WIDEST && offset < WIDEST);
    }
}

static void check_file(struct str s)
{
    struct zone_file f;
    if (!zone_file_parse(s, &f))
        return;
    for (size_t i = 0; i < f.n; i++) {
        FUZZ_PROMISE(i == 0 || f.times[i] > f.times[i - 1]);
        FUZZ_PROMISE(f.offsets[i] > -WIDEST && f.offsets[i] < WIDEST);
    }
    if (f.has_rule)
        check_rule(&f.rule);
    zone_file_done(&f);
}

FUZZ_TARGET(zone)
{
    struct fuzz_input in = {data, n};
    struct zone_rule rule;
    if (n > 0 && data[0] == '=')
        fuzz_byte(&in);
    struct str rest = fuzz_rest(&in);
    char *p = fuzz_copy(rest, 0);
    struct str s = {p, rest.n};
    if (rest.n == n)
        check_file(s);
    else if (zone_rule_parse(s, &rule))
        check_rule(&rule);
    free(p);
    return 0;
}
