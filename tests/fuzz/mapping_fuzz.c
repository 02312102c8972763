/* mapping_fuzz.c - saved mappings and event names put together: refused in words, or written and read again
 * they are the same.
 *
 * Input: one byte, odd: an event name; else a mapping. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "fuzz.h"
#include "import/event_name.h"
#include "import/mapping_text.h"

static void check_error(const struct err *err)
{
    FUZZ_PROMISE(err->code != ERR_NONE && err->text[0]);
    FUZZ_PROMISE(utf8_valid(str_of(err->text)));
}

static void check_mapping(struct str text)
{
    struct arena a = {0}, b = {0};
    struct err err = {0};
    struct mapping_text one, two;
    struct buf first = {0}, second = {0};
    if (mapping_text_parse(&one, &a, text, "fuzz", &err)) {
        mapping_text_put(&first, &one);
        FUZZ_PROMISE(mapping_text_parse(&two, &b, buf_view(&first), "again", &err));
        FUZZ_PROMISE(one.n == two.n && one.settings == two.settings);
        mapping_text_put(&second, &two);
        FUZZ_PROMISE(str_eq(buf_view(&first), buf_view(&second)));
    } else {
        check_error(&err);
    }
    buf_done(&first);
    buf_done(&second);
    arena_done(&a);
    arena_done(&b);
}

static void check_event(struct str text)
{
    struct arena a = {0};
    struct err err = {0};
    struct event_name name;
    char *s = fuzz_copy(text, 1);
    s[text.n] = '\0';
    if (event_name_is_joined(s)) {
        if (event_name_parse(&name, &a, s, &err))
            FUZZ_PROMISE(name.n > 0);
        else
            check_error(&err);
    }
    free(s);
    arena_done(&a);
}

FUZZ_TARGET(mapping)
{
    struct fuzz_input in = {data, n};
    if (fuzz_byte(&in) & 1)
        check_event(fuzz_rest(&in));
    else
        check_mapping(fuzz_rest(&in));
    return 0;
}
