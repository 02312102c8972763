/* settings_test.c - the table of settings, the files of the user and of the site, what is locked. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/settings.h"
#include "base/os.h"

static char path[] = "/tmp/waymark-settings-XXXXXX";

static void read_text(struct settings *s, const char *text, bool of_site)
{
    struct err err = {0};
    assert_true(os_replace_file(path, str_of(text), &err));
    assert_true(settings_read(s, path, of_site, &err));
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int drop_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void test_defaults_and_pairs(void **state)
{
    (void)state;
    struct settings *s = settings_new();
    struct err err = {0};
    for (int i = 0; i < SETTINGS; i++)
        assert_string_equal(settings_get(s, (enum setting)i), setting_info((enum setting)i)->def);
    assert_true(settings_put_pair(s, STR(" glyphs = ascii "), &err));
    assert_true(settings_is(s, SETTING_GLYPHS, "ascii"));
    assert_false(settings_put_pair(s, STR("glyphs"), &err));
    assert_false(settings_put_pair(s, STR("glyphs=cuneiform"), &err));
    assert_non_null(strstr(err.text, "auto|ascii|acs|utf8|hd"));
    assert_false(settings_put_pair(s, STR("glyps=ascii"), &err));
    assert_non_null(strstr(err.text, "glyphs")); /* did you mean */
    assert_true(settings_is(s, SETTING_GLYPHS, "ascii"));
    settings_free(s);
}

/* One line that makes no sense does not take the others with it, and is named by its number. */
static void test_file(void **state)
{
    (void)state;
    struct settings *s = settings_new();
    const char *place;
    read_text(s,
              "# mine\n"
              "\n"
              "glyphs = hd\n"
              "colour = blue\n"
              "lock export = off\n"
              "  bind funnel v lost\n"
              "nonsense\n"
              "session=off",
              false);
    assert_true(settings_is(s, SETTING_GLYPHS, "hd"));
    assert_true(settings_is(s, SETTING_SESSION, "off"));
    assert_true(settings_is(s, SETTING_EXPORT, "on")); /* only the site locks */
    assert_non_null(strstr(settings_complaint(s, 0), ":4: "));
    assert_non_null(strstr(settings_complaint(s, 0), "colour"));
    assert_non_null(strstr(settings_complaint(s, 1), ":5: "));
    assert_non_null(strstr(settings_complaint(s, 2), ":7: "));
    assert_null(settings_complaint(s, 3));
    assert_string_equal(settings_bind(s, 0, &place), "funnel v lost");
    assert_non_null(strstr(place, ":6"));
    assert_null(settings_bind(s, 1, &place));
    settings_free(s);
}

static void test_site(void **state)
{
    (void)state;
    struct settings *s = settings_new();
    struct err err = {0};
    read_text(s, "export = on\nclipboard = osc52\ntheme = dark\n", false);
    read_text(s, "lock export = off\nlock clipboard = off\ntheme = light\n", true);
    assert_null(settings_complaint(s, 0));
    assert_true(settings_is(s, SETTING_EXPORT, "off"));
    assert_true(settings_is_locked(s, SETTING_EXPORT));
    assert_false(settings_put_pair(s, STR("export=on"), &err));
    assert_non_null(strstr(err.text, "locked"));
    assert_false(settings_put_pair(s, STR("clipboard=osc52"), &err));
    assert_true(settings_put_pair(s, STR("theme=mono"), &err)); /* chosen by the site, not locked */
    assert_true(settings_is(s, SETTING_THEME, "mono"));
    settings_free(s);
}

static void test_absent_and_unreadable(void **state)
{
    (void)state;
    struct settings *s = settings_new();
    struct err err = {0};
    assert_true(settings_read(s, "/nonexistent/waymark/config", false, &err));
    assert_false(settings_read(s, "/proc/self/mem", true, &err)); /* there, and cannot be read */
    assert_true(err.text[0]);
    settings_free(s);
}

static void test_paths(void **state)
{
    (void)state;
    struct buf b = {0};
    setenv("XDG_CONFIG_HOME", "/c", 1);
    settings_config_path(&b);
    assert_string_equal(b.p, "/c/waymark/config");
    setenv("XDG_CONFIG_HOME", "relative", 1); /* to be ignored, says the specification */
    setenv("HOME", "/h", 1);
    settings_config_path(&b);
    assert_string_equal(b.p, "/h/.config/waymark/config");
    unsetenv("XDG_STATE_HOME");
    settings_state_path(&b, "session");
    assert_string_equal(b.p, "/h/.local/state/waymark/session");
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_and_pairs),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_site),
        cmocka_unit_test(test_absent_and_unreadable),
        cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests(tests, make_file, drop_file);
}
