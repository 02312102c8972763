/* types.c - what a text can be kept as.
 *
 * The rule of guessing: nothing may be lost. Leading zeros (branch 0755), digits beyond what a double holds
 * (card numbers) and names that say "identifier" make text; 0 and 1 are numbers, since nothing says that they
 * mean no and yes. */
#include "config.h"

#include "base/num.h"
#include "import/roles.h"
#include "import/types.h"

static const struct {
    const char *text;
    bool truth, digit;
} bool_words[] = {
    {"true", true, false}, {"false", false, false}, {"yes", true, false}, {"no", false, false},
    {"是", true, false},   {"否", false, false},    {"真", true, false},  {"假", false, false},
    {"1", true, true},     {"0", false, true},      {"t", true, true},    {"f", false, true},
    {"y", true, true},     {"n", false, true},
};

bool types_bool(struct str s, bool digits, int64_t *out)
{
    for (size_t i = 0; i < sizeof(bool_words) / sizeof(*bool_words); i++) {
        if (!str_ieq(s, str_of(bool_words[i].text)) || (bool_words[i].digit && !digits))
            continue;
        *out = bool_words[i].truth;
        return true;
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return s.n > 0;
}

/* "+5" and "007" would come back as 5 and 7. */
static bool has_extras(struct str s)
{
    size_t sign = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+');
    return (sign && s.p[0] == '+') || (s.n > sign + 1 && s.p[sign] == '0' && is_digit(s.p[sign + 1]));
}

enum reject types_number(struct str s, bool exact, int64_t *out)
{
    double d;
    if (!num_double(s, &d)) {
        struct str digits = s.n && s.p[0] == '-' ? (struct str){s.p + 1, s.n - 1} : s;
        return all_digits(digits) ? REJECT_INEXACT : REJECT_NUMBER;
    }
    if (exact && has_extras(s))
        return REJECT_INEXACT;
    *out = column_of_number(d);
    return REJECT_NONE;
}

static bool all_bools(const struct str *value, size_t n)
{
    int64_t v;
    for (size_t i = 0; i < n; i++)
        if (!types_bool(value[i], false, &v))
            return false;
    return true;
}

static bool all_numbers(const struct str *value, size_t n)
{
    int64_t v;
    for (size_t i = 0; i < n; i++)
        if (types_number(value[i], true, &v) != REJECT_NONE)
            return false;
    return true;
}

enum column_type types_guess(struct str name, const struct str *value, size_t n, enum time_format *format)
{
    *format = TIME_AUTO;
    if (n == 0)
        return COLUMN_CODE;
    if (all_bools(value, n))
        return COLUMN_BOOL;
    enum time_format f = time_guess(value, n);
    if (f == TIME_CIVIL || (f != TIME_AUTO && roles_is_date(name))) {
        *format = f;
        return COLUMN_TIME;
    }
    return !roles_is_id(name) && all_numbers(value, n) ? COLUMN_NUMBER : COLUMN_CODE;
}

enum time_format types_time(const struct str *value, size_t n)
{
    size_t votes[TIME_COMPACT + 1] = {0};
    enum time_format best = TIME_AUTO;
    for (size_t i = 0; i < n; i++)
        votes[time_guess(&value[i], 1)]++;
    votes[TIME_AUTO] = 0;
    for (enum time_format f = TIME_CIVIL; f <= TIME_COMPACT; f++)
        if (votes[f] > votes[best])
            best = f;
    return votes[best] * 2 >= n ? best : TIME_AUTO;
}

static const char *const type_names[] = {
    [COLUMN_CODE] = "text",
    [COLUMN_TIME] = "time",
    [COLUMN_BOOL] = "boolean",
    [COLUMN_NUMBER] = "number",
};

bool types_named(struct str name, enum column_type *out)
{
    for (enum column_type t = COLUMN_CODE; t <= COLUMN_NUMBER; t++) {
        if (!str_ieq(name, str_of(type_names[t])))
            continue;
        *out = t;
        return true;
    }
    return false;
}

const char *types_name(enum column_type t)
{
    return type_names[t];
}
