/* regex.c - the only file that knows PCRE2.
 *
 * A pattern comes from a user, its subjects from data, so both are taken for hostile: no JIT (it ignores two
 * of the limits), bounded memory, and bounded work. The match limit counts anew at every start offset, so a
 * pattern of bounded repeats stays below it while 4096 offsets add up to seconds; hence the offsets are tried
 * in slices with a look at the clock in between. A limit is always an error and never "no match". */
#include "config.h"
#include "expr/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include "base/arena.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/utf8.h"

#include <stdlib.h>

#define NEST_MAX 50
#define MATCH_LIMIT 50000
#define DEPTH_LIMIT 10000
#define HEAP_LIMIT_KIB 16384
#define SLICE 256        /* start offsets between two looks at the clock */
#define VALUE_US 1000000 /* for one value, however far the deadline */

struct regex {
    pcre2_code *code;
    pcre2_match_context *context;
    pcre2_match_data *data;
};

static const uint32_t options =
    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP | PCRE2_USE_OFFSET_LIMIT;

static pcre2_code *compile(struct str pattern, int *code, PCRE2_SIZE *offset)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (!context)
        return NULL;
    pcre2_set_max_pattern_length(context, REGEX_PATTERN_MAX);
    pcre2_set_parens_nest_limit(context, NEST_MAX);
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)(pattern.n ? pattern.p : ""), pattern.n, options, code, offset, context);
    pcre2_compile_context_free(context);
    return compiled;
}

/* The commonest mistakes in our words, which are translated; NULL: PCRE2 has its own. */
static const char *reason(int code)
{
    switch (code) {
    case PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS: return _("missing closing parenthesis");
    case PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS: return _("a closing parenthesis that was never opened");
    case PCRE2_ERROR_MISSING_SQUARE_BRACKET: return _("missing closing ]");
    case PCRE2_ERROR_QUANTIFIER_INVALID: return _("* + ? repeat nothing here; a literal one is written \\*");
    case PCRE2_ERROR_CLASS_RANGE_ORDER: return _("a range of characters ends before it begins");
    case PCRE2_ERROR_END_BACKSLASH: return _("a \\ at the end means nothing");
    case PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP: return _("more than 50 levels of parentheses");
    default: return NULL;
    }
}

static bool bad_pattern(struct str pattern, int code, PCRE2_SIZE offset, struct err *err)
{
    PCRE2_UCHAR8 why[160];
    const char *ours = reason(code);
    if (ours || pcre2_get_error_message(code, why, sizeof(why)) < 0)
        why[0] = '\0';
    struct str before = {pattern.p, offset < pattern.n ? offset : pattern.n};
    int column = utf8_count(before) + (offset < pattern.n);
    return err_at(err, column > 0 ? column : 1, 1, _("the pattern cannot be used: %s"),
                  ours ? ours : (const char *)why);
}

static bool prepare(struct regex *r)
{
    r->context = pcre2_match_context_create(NULL);
    r->data = pcre2_match_data_create_from_pattern(r->code, NULL);
    if (!r->context || !r->data)
        return false;
    pcre2_set_match_limit(r->context, MATCH_LIMIT);
    pcre2_set_depth_limit(r->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(r->context, HEAP_LIMIT_KIB);
    return true;
}

struct regex *regex_new(struct str pattern, struct err *err)
{
    if (pattern.n > REGEX_PATTERN_MAX) {
        err_at(err, 1, utf8_count(pattern), _("the pattern is longer than %d bytes; shorten it"),
               REGEX_PATTERN_MAX);
        return NULL;
    }
    int code = 0;
    PCRE2_SIZE offset = 0;
    struct regex *r = mem_zalloc(sizeof(*r));
    r->code = compile(pattern, &code, &offset);
    if (!r->code)
        bad_pattern(pattern, code, offset, err);
    else if (prepare(r))
        return r;
    else
        err_set(err, ERR_SYSTEM, _("the pattern cannot be used: memory is short"));
    regex_free(r);
    return NULL;
}

static bool limit_met(int code, struct err *err)
{
    PCRE2_UCHAR8 why[160];
    if (code == PCRE2_ERROR_MATCHLIMIT || code == PCRE2_ERROR_DEPTHLIMIT || code == PCRE2_ERROR_HEAPLIMIT)
        return err_set(
            err, ERR_INPUT,
            _("the pattern is too costly: trying it on one value took too many steps; avoid repeats inside "
              "repeats such as (a+)+"));
    if (pcre2_get_error_message(code, why, sizeof(why)) < 0)
        why[0] = '\0';
    return err_set(err, ERR_INPUT, _("the pattern cannot be tried: %s; change the pattern"),
                   (const char *)why);
}

/* The beginning of the next slice: never inside a character. */
static size_t next_start(struct str s, size_t from)
{
    size_t at = from + SLICE;
    while (at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80)
        at++;
    return at;
}

/* Tries the start offsets from..to-1. PCRE2's code, or its error. */
static int try_slice(struct regex *r, struct str s, size_t from, size_t to)
{
    pcre2_set_offset_limit(r->context, to - 1);
    return pcre2_match(r->code, (PCRE2_SPTR)s.p, s.n, from, 0, r->data, r->context);
}

/* When to give up on a value, 0: one slice needs no clock of its own. */
static int64_t latest_end(struct str s, int64_t deadline_us)
{
    if (s.n < SLICE)
        return deadline_us;
    int64_t own = os_monotonic_us() + VALUE_US;
    return deadline_us && deadline_us < own ? deadline_us : own;
}

bool regex_match(struct regex *r, struct str subject, int64_t deadline_us, bool *hit, struct err *err)
{
    struct str s = subject.n ? subject : STR("");
    if (s.n > REGEX_SUBJECT_MAX)
        return err_set(err, ERR_INPUT,
                       _("a value has %zu bytes; patterns are tried on at most %d: use = or in"), s.n,
                       REGEX_SUBJECT_MAX);
    *hit = false;
    int64_t latest = latest_end(s, deadline_us);
    /* One round more than there are bytes: an empty match at the end counts. */
    for (size_t from = 0, to; from <= s.n; from = to) {
        if (latest && os_monotonic_us() > latest)
            return err_set(err, ERR_INPUT, _("the pattern takes too long on this data; make it simpler"));
        to = next_start(s, from);
        int code = try_slice(r, s, from, to);
        if (code >= 0)
            return *hit = true;
        if (code != PCRE2_ERROR_NOMATCH)
            return limit_met(code, err);
    }
    return true;
}

void regex_free(struct regex *r)
{
    if (!r)
        return;
    pcre2_match_data_free(r->data);
    pcre2_match_context_free(r->context);
    pcre2_code_free(r->code);
    free(r);
}
