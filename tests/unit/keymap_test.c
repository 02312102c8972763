/* keymap_test.c - the action table holds together: every key has a name, means one thing in a context, and leads back. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tui/keymap.h"
#include "tui/term.h"

static const unsigned contexts[] = {CONTEXT_HOME, CONTEXT_CHART,    CONTEXT_FUNNEL, CONTEXT_FLOW,
                                    CONTEXT_LIST, CONTEXT_SEQUENCE, CONTEXT_TEXT, CONTEXT_FORM};
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
                fail_msg("%.*s means %s and %s", (int)name.n, name.p, action_get(a)->name, action_get(found)->name);
        }
}

static void test_keys(void **state)
{
    (void)state;
    for (int a = 1; a < ACTIONS; a++) {
        assert_true(action_get((enum action)a)->keys[0]);
        each_key((enum action)a, key_is_known_and_leads_back);
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_every_function_key_has_a_plain_twin),
        cmocka_unit_test(test_keys_never_bound),
        cmocka_unit_test(test_full_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
