/* keymap_test.c - the action table holds together: every key has a name, means one thing in a context, and
 * leads back. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tui/keymap.h"
#include "tui/term.h"

static const unsigned contexts[] = {CONTEXT_HOME,    CONTEXT_CHART,    CONTEXT_FUNNEL, CONTEXT_FLOW,
                                    CONTEXT_LIST,    CONTEXT_SEQUENCE, CONTEXT_TEXT,   CONTEXT_FORM,
                                    CONTEXT_BUILDER, CONTEXT_DATA};
enum { CONTEXTS = sizeof contexts / sizeof contexts[0] };

static void each_key(enum action a, void (*fn)(enum action a, struct str name))
{
    const struct action_info *info = action_get(a);
    struct str rest = str_of(info->keys);
    while (rest.p)
        fn(a, str_cut(&rest, ' '));
    if (info->fkey)
        fn(a, str_of(info->fkey));
}

static void key_is_known_and_leads_back(enum action a, struct str name)
{
    uint32_t key = keymap_named(name);
    if (!key)
        fail_msg("%s: no key is called %.*s", action_get(a)->name, (int)name.n, name.p);
    unsigned context = action_get(a)->context ? action_get(a)->context : CONTEXT_TEXT;
    for (int i = 0; i < CONTEXTS; i++)
        if (context & contexts[i]) {
            enum action found = keymap_action(key, contexts[i]);
            if (found != a)
                fail_msg("%.*s means %s and %s", (int)name.n, name.p, action_get(a)->name,
                         action_get(found)->name);
        }
}

static void test_keys(void **state)
{
    (void)state;
    for (int a = 1; a < ACTIONS; a++)
        if (action_get((enum action)a)->keys[0])
            each_key((enum action)a, key_is_known_and_leads_back);
}

static void plain_twin(enum action a, struct str name)
{
    (void)a;
    assert_true(name.p[0] != 'F' || name.n == 1 || action_get(a)->keys[0]);
}

static void test_every_function_key_has_a_plain_twin(void **state)
{
    (void)state;
    for (int a = 1; a < ACTIONS; a++)
        each_key((enum action)a, plain_twin);
}

static void test_keys_never_bound(void **state)
{
    (void)state;
    /* screen, tmux, flow control */
    static const char never[] = {'A', 'B', 'S', 'Q'};
    for (size_t k = 0; k < sizeof never; k++)
        for (int i = 0; i < CONTEXTS; i++)
            assert_int_equal(keymap_action(TERM_CTRL(never[k]), contexts[i]), ACTION_NONE);
}

static void test_full_width(void **state)
{
    (void)state;
    assert_int_equal(keymap_narrow(0xFF1F), '?');
    assert_int_equal(keymap_narrow(0x3001), '/');
    assert_int_equal(keymap_narrow(0x300A), '<');
    assert_int_equal(keymap_narrow(0x3010), '[');
    assert_int_equal(keymap_action(0xFF1F, CONTEXT_HOME), ACTION_HELP);
    assert_int_equal(keymap_narrow(0x4E2D), 0x4E2D);
}

/* ---- what section 8 of the specification of the screen fixes: these keys mean the same on every screen */

static const struct {
    const char *key;
    enum action action;
} fixed[] = {
    {"<", ACTION_HISTORY_BACK},
    {">", ACTION_HISTORY_FORWARD},
    {"1", ACTION_HOME},
    {"2", ACTION_SEGMENTS},
    {"3", ACTION_SEQUENCE},
    {"4", ACTION_FUNNEL},
    {"5", ACTION_SANKEY},
    {"6", ACTION_RETENTION},
    {"7", ACTION_TREND},
    {"8", ACTION_DISTRIBUTION},
    {"9", ACTION_DATA},
    {"?", ACTION_HELP},
    {":", ACTION_PALETTE},
    {"o", ACTION_OPTIONS},
    {"/", ACTION_SEARCH},
    {"n", ACTION_SEARCH_NEXT},
    {"N", ACTION_SEARCH_PREVIOUS},
    {"f", ACTION_FILTER},
    {"F", ACTION_CLEAR_FILTER},
    {"R", ACTION_REFRESH},
    {"^L", ACTION_REDRAW},
    {"s", ACTION_SORT},
    {"S", ACTION_SORT_REVERSE},
    {"e", ACTION_EXPORT},
    {"u", ACTION_USERS},
    {"w", ACTION_SAVE},
    {"b", ACTION_BREAK_DOWN},
    {"c", ACTION_COMPARE},
    {"C", ACTION_COMPARE_STOP},
    {"t", ACTION_TABLE},
    {"%", ACTION_BASE},
    {"+", ACTION_FINER},
    {"-", ACTION_COARSER},
    {"[", ACTION_PREVIOUS_STEP},
    {"]", ACTION_NEXT_STEP},
    {"{", ACTION_FIRST_STEP},
    {"}", ACTION_LAST_STEP},
    {"x", ACTION_HIDE},
    {"X", ACTION_UNHIDE},
    {"z", ACTION_UNDO},
    {"Z", ACTION_REDO},
    {"y", ACTION_COPY},
    {"Y", ACTION_COPY_VIEW},
    {"m", ACTION_BOOKMARK},
    {"'", ACTION_BOOKMARKS},
    {"i", ACTION_RULE},
    {"\\", ACTION_MAXIMISE},
    {"J", ACTION_JOBS},
    {"E", ACTION_LOG},
    {"~", ACTION_GLYPHS},
    {"L", ACTION_LANGUAGE},
    {"^C", ACTION_CANCEL},
    {"^Z", ACTION_SUSPEND},
    {"Enter", ACTION_ENTER},
    {"Esc", ACTION_BACK},
    {"q", ACTION_BACK},
    {"Backspace", ACTION_BACK},
    {"Q", ACTION_QUIT},
    {"g", ACTION_FIRST},
    {"G", ACTION_LAST},
    {"Tab", ACTION_NEXT_PANE},
    {"BackTab", ACTION_PREVIOUS_PANE},
    {"^U", ACTION_PAGE_UP},
    {"^D", ACTION_PAGE_DOWN},
    {"F1", ACTION_HELP},
    {"F2", ACTION_OPTIONS},
    {"F3", ACTION_SEARCH},
    {"F4", ACTION_FILTER},
    {"F5", ACTION_REFRESH},
    {"F6", ACTION_SORT},
    {"F7", ACTION_EXPORT},
    {"F8", ACTION_USERS},
    {"F9", ACTION_PALETTE},
    {"F10", ACTION_QUIT},
};

/* The same section gives these screens a use of their own for the key. */
static bool is_excused(enum action a)
{
    return a == ACTION_EDIT_TEXT || a == ACTION_OPEN_SEGMENT /* F2 and F7 in the builder */ ||
           a == ACTION_REJECTS || a == ACTION_LOAD_OPTIONS /* E and F2 of an import */;
}

static void test_fixed_keys_mean_one_thing(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof fixed / sizeof *fixed; k++) {
        uint32_t key = keymap_named(str_of(fixed[k].key));
        bool bound = false;
        assert_true(key != 0);
        for (int i = 0; i < CONTEXTS; i++) {
            enum action a = keymap_action(key, contexts[i]);
            bound |= a == fixed[k].action;
            if (a != ACTION_NONE && a != fixed[k].action && !is_excused(a))
                fail_msg("%s is %s in %s", fixed[k].key, action_get(a)->name,
                         action_context_name(contexts[i]));
        }
        if (!bound)
            fail_msg("%s is bound nowhere", fixed[k].key);
    }
}

/* Two actions of one context with one key: the second could never be reached. */
static void test_no_key_means_two_things(void **state)
{
    (void)state;
    for (int i = 0; i < CONTEXTS; i++)
        for (int a = 1; a < ACTIONS; a++) {
            const struct action_info *info = action_get((enum action)a);
            struct buf keys = {0};
            if (!(info->context & contexts[i]))
                continue;
            keymap_labels(&keys, (enum action)a);
            struct str rest = buf_view(&keys);
            while (rest.p) {
                struct str name = str_cut(&rest, ' ');
                enum action found = keymap_action(keymap_named(name), contexts[i]);
                if (found != (enum action)a)
                    fail_msg("%.*s in %s: %s and %s", (int)name.n, name.p, action_context_name(contexts[i]),
                             info->name, action_get(found)->name);
            }
            buf_done(&keys);
        }
}

/* ---- the user's own bindings */

static bool bind(const char *text)
{
    struct err err = {0};
    bool ok = keymap_bind(str_of(text), &err);
    assert_true(ok || err.text[0]);
    return ok;
}

static void label_is(enum action a, const char *expected)
{
    struct buf label = {0};
    keymap_label(&label, a);
    assert_string_equal(label.p ? label.p : "", expected);
    buf_done(&label);
}

static void test_bindings(void **state)
{
    (void)state;
    assert_true(bind("funnel ^W lost"));
    assert_int_equal(keymap_action(TERM_CTRL('W'), CONTEXT_FUNNEL), ACTION_LOST);
    assert_int_equal(keymap_action(TERM_CTRL('W'), CONTEXT_FLOW), ACTION_NONE);
    assert_int_equal(keymap_action('D', CONTEXT_FUNNEL), ACTION_LOST); /* the old key goes on */
    label_is(ACTION_LOST, "^W");
    assert_true(bind("all F5 help"));
    assert_int_equal(keymap_action(keymap_named(STR("F5")), CONTEXT_HOME), ACTION_HELP);
    label_is(ACTION_REFRESH, "R");
    assert_true(bind("all R none")); /* and now it has no key at all */
    assert_int_equal(keymap_action('R', CONTEXT_HOME), ACTION_NONE);
    label_is(ACTION_REFRESH, "");
    assert_true(bind("result ^T table"));
    assert_int_equal(keymap_action(TERM_CTRL('T'), CONTEXT_LIST), ACTION_TABLE);
    assert_int_equal(keymap_action(TERM_CTRL('T'), CONTEXT_HOME), ACTION_NONE);
    assert_false(bind("funnel ^W"));
    assert_false(bind("nowhere ^W lost"));
    assert_false(bind("funnel Hyper lost"));
    assert_false(bind("funnel ^W no-such-action"));
    assert_false(bind(""));
    keymap_reset();
    assert_int_equal(keymap_action('R', CONTEXT_HOME), ACTION_REFRESH);
    assert_int_equal(keymap_action(TERM_CTRL('W'), CONTEXT_FUNNEL), ACTION_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_every_function_key_has_a_plain_twin),
        cmocka_unit_test(test_fixed_keys_mean_one_thing),
        cmocka_unit_test(test_no_key_means_two_things),
        cmocka_unit_test(test_bindings),
        cmocka_unit_test(test_keys_never_bound),
        cmocka_unit_test(test_full_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
