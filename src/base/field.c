/* field.c - see field.h. */
#include "config.h"

#include "base/arena.h"
#include "base/field.h"
#include "base/num.h"

void field_put(struct buf *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '\t': buf_puts(out, "\\t"); break;
        case '\n': buf_puts(out, "\\n"); break;
        case '\\': buf_puts(out, "\\\\"); break;
        default: buf_putc(out, *text); break;
        }
}

char *field_take(struct str *rest)
{
    struct str field = rest->p ? str_cut(rest, '\t') : (struct str){0};
    struct buf out = {0};
    buf_reserve(&out, field.n + 1);
    for (size_t i = 0; i < field.n; i++) {
        bool escaped = field.p[i] == '\\' && i + 1 < field.n;
        char c = field.p[i += escaped];
        buf_putc(&out, !escaped ? c : c == 't' ? '\t' : c == 'n' ? '\n' : c);
    }
    return out.n ? out.p : (buf_done(&out), mem_strdup(""));
}

bool field_take_number(struct str *rest, int64_t *n)
{
    return rest->p && num_i64(str_cut(rest, '\t'), n);
}
