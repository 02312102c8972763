/* expr_fuzz.c - conditions: refused with a place that lies in the text, or read; what is printed is read back
 * as the same.
 *
 * Input: E or U for conditions on events or users, then the text. */
#include "config.h"
#include <stdlib.h>
#include "expr/expr.h"
#include "fuzz.h"
#include "model/query.h"
#include "tests/unit/expr_world.h"

static struct expr_vocabulary vocabulary; /* the world's, which can be asked, too */

static int characters(struct str s)
{
    int n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

static void check_refusal(struct str text, const struct err *err)
{
    struct buf caret = {0};
    FUZZ_PROMISE(err->code != ERR_NONE && err->text[0]);
    /* Behind the last character is where something is missing. */
    FUZZ_PROMISE(err->column >= 0 && err->column <= characters(text) + 1);
    expr_caret(&caret, text, err);
    buf_done(&caret);
}

static void check_reading(struct arena *a, const struct expr *e, enum expr_kind kind)
{
    struct buf once = {0}, twice = {0};
    struct err err = {0};
    expr_print(&once, e);
    const struct expr *back = expr_parse(a, buf_view(&once), kind, &vocabulary, &err);
    FUZZ_PROMISE(back && world_same(e, back));
    expr_print(&twice, back);
    FUZZ_PROMISE(str_eq(buf_view(&once), buf_view(&twice)));
    buf_done(&once);
    buf_done(&twice);
}

FUZZ_TARGET(expr)
{
    static bool opened;
    struct fuzz_input in = {data, n};
    struct arena arena = {0};
    struct err err = {0};
    if (!opened)
        world_open();
    opened = true;
    vocabulary = world_vocabulary;
    vocabulary.question = query_question;
    enum expr_kind kind = fuzz_byte(&in) == 'U' ? EXPR_USER_COND : EXPR_EVENT_COND;
    struct str rest = fuzz_rest(&in);
    char *p = fuzz_copy(rest, 0);
    struct str text = {p, rest.n};
    const struct expr *e = expr_parse(&arena, text, kind, &vocabulary, &err);
    /* The tree owes nothing to the text. */
    if (e) {
        memset(p, 'x', rest.n);
        check_reading(&arena, e, kind);
    } else {
        check_refusal(text, &err);
    }
    free(p);
    arena_done(&arena);
    return 0;
}
