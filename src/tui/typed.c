/* typed.c - see typed.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "base/vec.h"
#include "tui/term.h"
#include "tui/typed.h"

enum { KEY_MS = 100, CHARACTER_MS = 2000 };
enum {
    ESC = 27,
    LONGEST = 4096 /* of a terminal's answer in words */,
    SHORTEST = 3 /* escape, bracket, one more */
};

struct known {
    char bytes[15];
    unsigned char n;
    uint32_t key;
};

struct typed {
    struct buf in;
    size_t at; /* bytes of `in` used up */
    VEC(struct known) known;
};

/* tui.md 2.2 and 8.3: PuTTY, xterm, rxvt, the Linux console, screen. */
static const struct {
    const char *sequence;
    uint32_t key;
} common[] = {
    {"\033[A", TERM_UP},
    {"\033[B", TERM_DOWN},
    {"\033[C", TERM_RIGHT},
    {"\033[D", TERM_LEFT},
    {"\033OA", TERM_UP},
    {"\033OB", TERM_DOWN},
    {"\033OC", TERM_RIGHT},
    {"\033OD", TERM_LEFT},
    {"\033[H", TERM_HOME},
    {"\033OH", TERM_HOME},
    {"\033[1~", TERM_HOME},
    {"\033[7~", TERM_HOME},
    {"\033[F", TERM_END},
    {"\033OF", TERM_END},
    {"\033[4~", TERM_END},
    {"\033[8~", TERM_END},
    {"\033[3~", TERM_DELETE},
    {"\033[5~", TERM_PAGE_UP},
    {"\033[6~", TERM_PAGE_DOWN},
    {"\033[Z", TERM_BACKTAB},
    {"\033OM", TERM_ENTER},
    {"\033OP", TERM_F0 + 1},
    {"\033OQ", TERM_F0 + 2},
    {"\033OR", TERM_F0 + 3},
    {"\033OS", TERM_F0 + 4},
    {"\033[[A", TERM_F0 + 1},
    {"\033[[B", TERM_F0 + 2},
    {"\033[[C", TERM_F0 + 3},
    {"\033[[D", TERM_F0 + 4},
    {"\033[[E", TERM_F0 + 5},
    {"\033[11~", TERM_F0 + 1},
    {"\033[12~", TERM_F0 + 2},
    {"\033[13~", TERM_F0 + 3},
    {"\033[14~", TERM_F0 + 4},
    {"\033[15~", TERM_F0 + 5},
    {"\033[17~", TERM_F0 + 6},
    {"\033[18~", TERM_F0 + 7},
    {"\033[19~", TERM_F0 + 8},
    {"\033[20~", TERM_F0 + 9},
    {"\033[21~", TERM_F0 + 10},
    {"\033[23~", TERM_F0 + 11},
    {"\033[24~", TERM_F0 + 12},
    {"\033[200~", TERM_PASTE_BEGIN},
    {"\033[201~", TERM_PASTE_END},
};

struct typed *typed_new(void)
{
    struct typed *t = mem_zalloc(sizeof *t);
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        typed_define(t, common[i].sequence, common[i].key);
    return t;
}

void typed_free(struct typed *t)
{
    if (!t)
        return;
    buf_done(&t->in);
    vec_done(&t->known);
    free(t);
}

void typed_define(struct typed *t, const char *sequence, uint32_t key)
{
    struct known k = {.n = (unsigned char)strnlen(sequence, sizeof k.bytes), .key = key};
    if (k.n < 2 || k.n == sizeof k.bytes || sequence[0] != ESC)
        return; /* single characters have their meaning already */
    memcpy(k.bytes, sequence, k.n);
    vec_push(&t->known, k);
}

void typed_feed(struct typed *t, const char *bytes, size_t n)
{
    if (t->at == t->in.n) {
        buf_clear(&t->in);
        t->at = 0;
    }
    buf_put(&t->in, bytes, n);
}

static struct str waiting(const struct typed *t)
{
    return (struct str){t->in.p ? t->in.p + t->at : "", t->in.n - t->at};
}

bool typed_pending(const struct typed *t)
{
    return t->at < t->in.n;
}

int typed_patience(const struct typed *t)
{
    return waiting(t).n && waiting(t).p[0] == ESC ? KEY_MS : CHARACTER_MS;
}

enum fate { ALONE /* no sequence */, WHOLE, PART };

/* The longest sequence we know at the head; PART when more bytes could make one. */
static enum fate match_known(const struct typed *t, struct str s, size_t *length, uint32_t *key)
{
    enum fate fate = ALONE;
    *length = 0;
    for (size_t i = 0; i < t->known.n; i++) {
        const struct known *k = &t->known.at[i];
        size_t n = s.n < k->n ? s.n : k->n;
        if (memcmp(s.p, k->bytes, n) != 0)
            continue;
        if (s.n < k->n && fate == ALONE)
            fate = PART;
        if (s.n >= k->n && k->n > *length) {
            fate = WHOLE;
            *length = k->n;
            *key = k->key;
        }
    }
    return fate;
}

/* ESC [ parameters, one final byte: keys we do not know, and answers. */
static enum fate scan_csi(struct str s, size_t *length)
{
    for (size_t i = 2; i < s.n && i < 64; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        if (ch >= 0x40 && ch <= 0x7E) {
            *length = i + 1;
            return WHOLE;
        }
        if (ch < 0x20 || ch > 0x7E)
            return ALONE;
    }
    return s.n < 64 ? PART : ALONE;
}

/* ESC P … ESC \ and its like: a terminal speaking in words. */
static enum fate scan_string(struct str s, size_t *length)
{
    for (size_t i = 2; i < s.n && i < LONGEST; i++) {
        bool bell = s.p[i] == 7;
        if (bell || (s.p[i] == ESC && i + 1 < s.n && s.p[i + 1] == '\\')) {
            *length = i + (bell ? 1 : 2);
            return WHOLE;
        }
    }
    return s.n < LONGEST ? PART : ALONE;
}

static enum fate scan_unknown(struct str s, size_t *length)
{
    if (s.n < 2)
        return PART;
    switch (s.p[1]) {
    case '[': return scan_csi(s, length);
    case 'O': *length = 3; return s.n >= 3 ? WHOLE : PART;
    case 'P':
    case ']':
    case '_':
    case '^': return scan_string(s, length);
    default: return ALONE;
    }
}

/* TERM_NONE with *length > 0: bytes that mean nothing. */
static uint32_t take_escape(const struct typed *t, struct str s, bool late, size_t *length)
{
    uint32_t key = TERM_NONE;
    enum fate fate = match_known(t, s, length, &key);
    if (fate == ALONE)
        fate = scan_unknown(s, length);
    if (fate == WHOLE)
        return key;
    /* Half an answer is not typed by people: its rest is on the way, however late it is. */
    bool answer = s.n >= SHORTEST && s.p[1] == '[' && fate == PART;
    if ((fate == PART && !late) || answer) {
        *length = 0;
        return TERM_NONE;
    }
    *length = 1;
    return TERM_ESC;
}

static uint32_t control_key(unsigned char ch)
{
    switch (ch) {
    case '\r':
    case '\n': return TERM_ENTER;
    case 8:
    case 127: return TERM_BACKSPACE;
    case '\t': return TERM_TAB;
    default: return ch; /* NUL is TERM_NONE: nothing */
    }
}

static uint32_t take_character(struct str s, bool late, size_t *length)
{
    mbstate_t state = {0};
    wchar_t wide = 0;
    size_t n = mbrtowc(&wide, s.p, s.n, &state);
    *length = 1;
    if (n == (size_t)-2) { /* not all of it is here */
        *length = late ? s.n : 0;
        return TERM_NONE;
    }
    if (n == (size_t)-1 || n == 0)
        return TERM_NONE;
    *length = n;
    return (uint32_t)wide < 0x80 ? (uint32_t)wide : wide < 0xA0 ? TERM_NONE : (uint32_t)wide;
}

uint32_t typed_next(struct typed *t, bool late)
{
    while (typed_pending(t)) {
        struct str s = waiting(t);
        unsigned char first = (unsigned char)s.p[0];
        size_t length = 1;
        uint32_t key = first == ESC                   ? take_escape(t, s, late, &length)
                       : first < 0x20 || first == 127 ? control_key(first)
                                                      : take_character(s, late, &length);
        t->at += length;
        if (key != TERM_NONE || length == 0)
            return key;
    }
    return TERM_NONE;
}
