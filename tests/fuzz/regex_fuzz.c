/* regex_fuzz.c - patterns of any kind on any text: refused, answered or given up, always soon; and the same
 * again.
 *
 * Input: the pattern in the first line, then the text. */
#include "config.h"
#include <stdlib.h>
#include <time.h>
#include "base/os.h"
#include "expr/regex.h"
#include "fuzz.h"

enum {
    VALUE_US = 1000000 /* regex.c */,
    DEADLINE_US = 300000,
    LATEST_US = 5000000
}; /* sanitizers and busy machines are slow */

static void match(struct regex *r, struct str subject)
{
    bool hit = false, again = false;
    struct err err = {0};
    int64_t begun = os_monotonic_us();
    clock_t spent = clock();
    bool ok = regex_match(r, subject, begun + DEADLINE_US, &hit, &err);
    int64_t took = os_monotonic_us() - begun;
    /* Of the processor's time: how long the machine did other things is not the pattern's doing. */
    FUZZ_PROMISE((clock() - spent) / (CLOCKS_PER_SEC / 1000) < LATEST_US / 1000);
    FUZZ_PROMISE(ok || (err.code == ERR_INPUT && err.text[0]));
    FUZZ_PROMISE(ok || !hit);
    if (!ok || took >= DEADLINE_US / 10)
        return;
    begun = os_monotonic_us();
    ok = regex_match(r, subject, 0, &again, &err);
    /* A machine that stood still in between is no pattern that takes long. */
    FUZZ_PROMISE(ok ? again == hit : os_monotonic_us() - begun >= VALUE_US);
}

FUZZ_TARGET(regex)
{
    struct fuzz_input in = {data, n};
    struct err err = {0};
    struct str line = fuzz_line(&in), rest = fuzz_rest(&in);
    char *pattern = fuzz_copy(line, 0), *subject = fuzz_copy(rest, 0);
    struct regex *r = regex_new((struct str){pattern, line.n}, &err);
    if (r) {
        match(r, (struct str){subject, rest.n});
        regex_free(r);
    } else {
        FUZZ_PROMISE(err.code != ERR_NONE && err.text[0]);
        FUZZ_PROMISE(err.column >= 0 && err.column <= (int)line.n + 1);
    }
    free(pattern);
    free(subject);
    return 0;
}
