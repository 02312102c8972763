/* keep_failure.c - what the store calls a failure, and what its error codes mean. */
#include "config.h"

#include "app/keep_p.h"
#include "base/nls.h"
#include "base/os.h"

#define FILE_MOST (16u << 20)

static bool load_errors(struct keep *k, const char *path, struct str text, struct err *err)
{
    struct reasons *r = reasons_parse(text, path, err);
    if (!r)
        return false;
    size_t n = reasons_count(r);
    reasons_free(r);
    if (!keep_note(k, NOTE_ERRORS, text, err))
        return false;
    object_add(&k->result->arena, &k->result->summary, "codes", value_int((int64_t)n));
    k->result->rule = _(
        "These codes took the place of those the store had; where it has none, the built-in table is asked.");
    return true;
}

bool keep_import_errors(struct keep *k, struct err *err)
{
    const char *path = query_get(k->query, "file");
    struct buf text = {0};
    bool ok = os_read_file(path, FILE_MOST, &text, err) && load_errors(k, path, buf_view(&text), err);
    buf_done(&text);
    return ok;
}

/* ---- which values mean failure ---- */

static bool check_rule(struct keep *k, const char *rule, struct err *err)
{
    const char *wrong = failure_check(str_of(rule));
    struct str rest = str_of(rule), property = str_trim(str_cut(&rest, '='));
    if (wrong)
        return err_set(err, ERR_USAGE, _("set failures '%s': %s"), rule, _(wrong));
    if (!snapshot_column(k->snapshot, TABLE_EVENTS, property))
        return err_set(err, ERR_USAGE,
                       _("set failures '%s': events have no property %.*s; write names as in the export"),
                       rule, (int)property.n, property.p);
    return true;
}

static const struct column_info columns[] = {{"rule", N_("Rule"), VALUE_TEXT}};

bool keep_set_failures(struct keep *k, struct err *err)
{
    struct buf note = {0};
    size_t n = query_count(k->query, "rule");
    bool guess = n == 1 && strcmp(query_get(k->query, "rule"), "guess") == 0, ok = true;
    result_columns(k->result, columns, 1);
    for (size_t i = 0; ok && !guess && i < n; i++) {
        const char *rule = query_nth(k->query, "rule", i);
        ok = check_rule(k, rule, err);
        buf_printf(&note, "%s\n", rule);
        if (ok)
            result_row(k->result)[0] = value_text(&k->result->arena, str_of(rule));
    }
    ok = ok && keep_note(k, NOTE_FAILURE, buf_view(&note), err);
    object_add(&k->result->arena, &k->result->summary, "rules", value_int(guess ? 0 : (int64_t)n));
    k->result->rule = guess ? _("What failed is guessed from the names and values of properties again.")
                            : _("An event failed when one of these holds, and in no other case.");
    buf_done(&note);
    return ok;
}
