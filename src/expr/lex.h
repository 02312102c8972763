/* lex.h - the condition language's words; private to this folder. */
#ifndef WM_LEX_H
#define WM_LEX_H

#include "base/arena.h"
#include "base/err.h"

enum token_kind {
    TOKEN_END,
    TOKEN_NAME,      /* bare: text is the name */
    TOKEN_QUOTED,    /* `in back quotes`: text is the name without them */
    TOKEN_ATTRIBUTE, /* user.name or user.`name`: text is what follows the point */
    TOKEN_SET,       /* [page set]: text is the trimmed inside */
    TOKEN_TEXT,      /* "text": text is decoded */
    TOKEN_NUMBER,    /* text is without '_' */
    TOKEN_TIME,      /* text is canonical when it has the shape of a time */
    TOKEN_DURATION,  /* 30d: text is without '_' */
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_DOTS,
    TOKEN_EQ,
    TOKEN_NE,
    TOKEN_LT,
    TOKEN_LE,
    TOKEN_GT,
    TOKEN_GE,
    TOKEN_MATCH,
    TOKEN_NMATCH,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_IN,
    TOKEN_IS,
    TOKEN_NULL,
    TOKEN_TRUE,
    TOKEN_FALSE,
};

struct token {
    enum token_kind kind;
    struct str source; /* as written */
    struct str text;
    int column, width; /* characters, 1-based */
};

struct lex {
    struct arena *arena;
    struct str rest; /* not yet read; tokens borrow from it */
    int column;      /* of rest */
};

/* The text must outlive the tokens and be valid UTF-8. */
void lex_init(struct lex *l, struct arena *a, struct str text);
/* False with err->column set when the text goes on with nothing the language knows. At the end TOKEN_END, for
 * ever. */
bool lex_next(struct lex *l, struct token *t, struct err *err);

/* Whether the token is this bare word, in any case: words that are keywords only in certain places. */
bool lex_word(const struct token *t, const char *word);
/* The column of the nth character (from 1) of a TOKEN_TEXT's text; beyond the last that of the closing mark.
 */
int lex_text_column(const struct token *t, int n);
/* Whether a name reads back as itself without back quotes (an identifier, no keyword, no "user." in front).
 */
bool lex_bare(struct str name);
/* A name or text for a message: sanitised and cut to a reasonable length. */
const char *lex_show(struct arena *a, struct str s);

#endif
