/* Languages: which one is chosen, and that a catalogue is really used. The catalogue is written here, byte by
 * byte, in gettext's binary format, so that the test needs no msgfmt and no installed program. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/nls.h"
#include "base/os.h"

static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"};

/* values[i] goes to variables[i]; NULL unsets. */
static void environment(const char *all, const char *messages, const char *lang, const char *language)
{
    const char *values[] = {all, messages, lang, language};
    for (size_t i = 0; i < 4; i++) {
        if (values[i])
            setenv(variables[i], values[i], 1);
        else
            unsetenv(variables[i]);
    }
}

static void chooses_from_the_environment(void **state)
{
    (void)state;
    static const struct {
        const char *all, *messages, *lang, *language, *want;
    } cases[] = {
        {NULL, NULL, NULL, NULL, "en"},
        {"C", NULL, "zh_CN.UTF-8", "zh_CN", "en"},
        {"POSIX", NULL, NULL, "zh_CN", "en"},
        {"C.UTF-8", NULL, NULL, NULL, "en"},
        {NULL, NULL, "zh_CN.UTF-8", NULL, "zh_CN"},
        {"", "", "zh_CN.GB18030", NULL, "zh_CN"},
        {NULL, "en_US.UTF-8", "zh_CN.UTF-8", NULL, "en"},
        {"zh_CN.UTF-8", "en_US.UTF-8", NULL, NULL, "zh_CN"},
        {"zh_CN.UTF-8", NULL, NULL, "en:zh_CN", "en"},
        {"en_US.UTF-8", NULL, NULL, "de:zh_CN:en", "zh_CN"},
        {"de_DE.UTF-8", NULL, NULL, NULL, "en"},
        {"de_DE.UTF-8", NULL, NULL, "fr:it", "en"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        environment(cases[i].all, cases[i].messages, cases[i].lang, cases[i].language);
        nls_init(NULL);
        if (strcmp(nls_lang(), cases[i].want) != 0)
            fail_msg("case %zu: %s", i, nls_lang());
    }
}

static void put_u32(struct buf *b, uint32_t v)
{
    buf_put(b, &v, sizeof(v)); /* the format allows both byte orders and says which by its magic number */
}

/* Two entries: the header, which names the codeset, and one message. */
static void write_catalogue(const char *path, const char *id, const char *text)
{
    static const char header[] = "Content-Type: text/plain; charset=UTF-8\n";
    uint32_t strings = 28 + 16 + 16, id_n = (uint32_t)strlen(id), header_n = (uint32_t)strlen(header);
    struct buf b = {0};
    static const uint32_t intro[] = {0x950412DE, 0, 2, 28, 44, 0, 0};
    for (size_t i = 0; i < 7; i++)
        put_u32(&b, intro[i]);
    put_u32(&b, 0);
    put_u32(&b, strings);
    put_u32(&b, id_n);
    put_u32(&b, strings + 1);
    put_u32(&b, header_n);
    put_u32(&b, strings + 1 + id_n + 1);
    put_u32(&b, (uint32_t)strlen(text));
    put_u32(&b, strings + 1 + id_n + 1 + header_n + 1);
    buf_put(&b, "", 1);
    buf_put(&b, id, id_n + 1);
    buf_put(&b, header, header_n + 1);
    buf_put(&b, text, strlen(text) + 1);
    assert_true(os_replace_file(path, buf_view(&b), NULL));
    buf_done(&b);
}

static void speaks_the_catalogue(void **state)
{
    (void)state;
    char folder[] = "nls_test.XXXXXX";
    assert_non_null(mkdtemp(folder));
    char path[200];
    snprintf(path, sizeof(path), "%s/zh_CN/LC_MESSAGES", folder);
    assert_true(os_make_dirs(path, NULL));
    strcat(path, "/waymark.mo");
    write_catalogue(path, "one step", "一步");
    char *absolute = realpath(folder, NULL);
    assert_non_null(absolute);
    setenv("WAYMARK_LOCALEDIR", absolute, 1);

    environment("C.UTF-8", NULL, NULL, NULL);
    nls_init("zh_CN");
    assert_string_equal(nls_lang(), "zh_CN");
    assert_string_equal(_("one step"), "一步");
    assert_string_equal(_("no such message"), "no such message");
    nls_init("en"); /* switching back and forth */
    assert_string_equal(_("one step"), "one step");
    nls_init("zh_CN");
    assert_string_equal(_("one step"), "一步");
    environment("zh_CN.UTF-8", NULL, NULL, "en");
    nls_init("zh_CN"); /* the caller's wish beats the environment */
    assert_string_equal(_("one step"), "一步");

    unsetenv("WAYMARK_LOCALEDIR");
    free(absolute);
    unlink(path);
    for (int i = 0; i < 3; i++) {
        *strrchr(path, '/') = '\0';
        assert_int_equal(rmdir(path), 0);
    }
}

static void numbers_stay_plain(void **state)
{
    (void)state;
    environment("de_DE.UTF-8", NULL, NULL, NULL);
    nls_init(NULL);
    char text[16];
    snprintf(text, sizeof(text), "%.1f", 0.5);
    assert_string_equal(text, "0.5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_from_the_environment),
        cmocka_unit_test(speaks_the_catalogue),
        cmocka_unit_test(numbers_stay_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
