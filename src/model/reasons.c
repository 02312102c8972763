/* reasons.c - reads tables of error codes. */
#include "config.h"
#include "model/reasons.h"

#include <pthread.h>
#include <stdlib.h>
#include "base/intern.h"
#include "base/nls.h"
#include "base/vec.h"
#include "model/csv_text.h"

enum { CODE, ZH, EN, TELL_ZH, TELL_EN };

/* data/errors.csv, byte for byte; made by src/model/local.mk. */
static const unsigned char builtin[] = {
#include "model/errors.inc"
};

struct reasons {
    struct arena arena;
    struct intern *codes; /* numbers index `at` */
    VEC(struct reason) at;
};

static bool add(struct csv_text *t, const struct str *field)
{
    struct reasons *r = t->arg;
    if (!field[CODE].n)
        return csv_text_wrong(t, _("the code is empty"));
    if (intern_find(r->codes, field[CODE]) != INTERN_NONE)
        return csv_text_wrong(t, _("this code stands in an earlier line already; codes are unique"));
    intern_add(r->codes, field[CODE]);
    vec_push(&r->at, (struct reason){field[CODE], field[ZH], field[EN], field[TELL_ZH], field[TELL_EN]});
    return true;
}

struct reasons *reasons_parse(struct str text, const char *source, struct err *err)
{
    struct reasons *r = mem_zalloc(sizeof(*r));
    struct csv_text t = {.source = source,
                         .header = "code,zh,en,tell_zh,tell_en",
                         .row = add,
                         .arg = r,
                         .arena = &r->arena,
                         .err = err};
    r->codes = intern_new();
    if (csv_text_read(&t, text) &&
        (r->at.n || csv_text_wrong(&t, _("there is no code; write lines below code,zh,en,tell_zh,tell_en"))))
        return r;
    reasons_free(r);
    return NULL;
}

static struct reasons *builtin_reasons;

static void read_builtin(void)
{
    struct err err = {0};
    builtin_reasons =
        reasons_parse((struct str){(const char *)builtin, sizeof(builtin)}, "data/errors.csv", &err);
    if (!builtin_reasons)
        bug("the built-in error codes cannot be read");
}

const struct reasons *reasons_builtin(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_builtin);
    return builtin_reasons;
}

void reasons_free(struct reasons *r)
{
    if (!r)
        return;
    vec_done(&r->at);
    intern_free(r->codes);
    arena_done(&r->arena);
    free(r);
}

size_t reasons_count(const struct reasons *r)
{
    return r->at.n;
}

const struct reason *reasons_find(const struct reasons *r, struct str code)
{
    uint32_t i = intern_find(r->codes, code);
    return i == INTERN_NONE ? NULL : &r->at.at[i];
}

static struct str in_language(struct str zh, struct str en)
{
    bool chinese = strcmp(nls_lang(), "zh_CN") == 0;
    struct str first = chinese ? zh : en;
    return first.n ? first : chinese ? en : zh;
}

struct str reason_text(const struct reason *r)
{
    return in_language(r->zh, r->en);
}

struct str reason_tell(const struct reason *r)
{
    return in_language(r->tell_zh, r->tell_en);
}
