/* prompt_widget.c - the line editor. The caret is the hardware cursor, so that input-method windows open
 * there. */
#include "config.h"

#include <strings.h>

#include "app/initials.h"
#include "base/nls.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "tui/keymap.h"
#include "tui/prompt_widget.h"
#include "tui/term.h"

enum { MATCHES_MAX = 9 /* one for each digit */ };

struct name {
    char *text, *display;
    char *also, *key; /* NULL: nothing */
    bool property;    /* of events, not an event */
};

struct prompt {
    char *label;
    struct buf text;
    size_t caret; /* bytes */
    VEC(struct name) names;
    size_t match[MATCHES_MAX]; /* indexes into names */
    size_t matches;
    size_t chosen; /* index into match; matches = none */
    bool pasting;
    bool choosing;  /* the names are whole lines to choose from: matches have digits, Enter takes the first */
    bool open;      /* but other lines may be typed too */
    bool condition; /* on events: what fits depends on what stands before */
    char *const *history;
    size_t lines, past; /* past: lines - n after Up was pressed n times */
};

static void keep_name(void *ctx, struct str name, struct str display)
{
    struct prompt *p = ctx;
    struct name n = {mem_alloc(name.n + 1), mem_alloc(display.n + 1), NULL, NULL, false};
    memcpy(n.text, name.p, name.n);
    n.text[name.n] = 0;
    memcpy(n.display, display.p, display.n);
    n.display[display.n] = 0;
    vec_push(&p->names, n);
}

/* The word being typed: what follows the last blank, quote, bracket or operator before the caret; of a choice
 * all there is. */
static struct str word_of(const struct prompt *p)
{
    size_t start = p->caret;
    while (!p->choosing && start > 0 && !strchr(" \t\"'()[]=<>!~,", p->text.p[start - 1]))
        start--;
    start = p->choosing ? 0 : start;
    return (struct str){p->text.p ? p->text.p + start : "", p->caret - start};
}

/* ---- what fits in a condition on events */

enum fits { FITS_ANY, FITS_PROPERTY, FITS_EVENT, FITS_NOTHING };

static size_t before_blanks(const struct prompt *p, size_t at)
{
    while (at > 0 && strchr(" \t\"'", p->text.p[at - 1]))
        at--;
    return at;
}

/* The word that ends before `at`, blanks aside; *at moves to its begin. */
static struct str word_before(const struct prompt *p, size_t *at)
{
    size_t end = before_blanks(p, *at), start = end;
    while (start > 0 && !strchr(" \t\"'()[]=<>!~,", p->text.p[start - 1]))
        start--;
    *at = start;
    return (struct str){p->text.p + start, end - start};
}

static bool is_word(struct str s, const char *word)
{
    return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

/* What is compared with the name that ends before `at`: with events an event, else a value of the data. */
static enum fits compared_with(const struct prompt *p, size_t at)
{
    return is_word(word_before(p, &at), "event") ? FITS_EVENT : FITS_NOTHING;
}

static enum fits fits_here(const struct prompt *p)
{
    size_t at = p->condition ? before_blanks(p, p->caret - word_of(p).n) : 0;
    if (!at)
        return FITS_ANY;
    if (strchr("=<>!~", p->text.p[at - 1])) {
        while (at > 0 && strchr("=<>!~", p->text.p[at - 1]))
            at--;
        return compared_with(p, at);
    }
    if (strchr("(,", p->text.p[at - 1])) { /* a list of values, or a bracket around a part */
        while (at > 0 && p->text.p[at - 1] != '(')
            at--;
        at -= at > 0;
        return is_word(word_before(p, &at), "in") ? compared_with(p, at) : FITS_ANY;
    }
    struct str word = word_before(p, &at);
    return is_word(word, "and") || is_word(word, "where") ? FITS_PROPERTY : FITS_ANY;
}

static bool contains(struct str haystack, struct str needle)
{
    for (size_t i = 0; i + needle.n <= haystack.n; i++)
        if (memcmp(haystack.p + i, needle.p, needle.n) == 0)
            return true;
    return needle.n == 0;
}

static bool begins(struct str text, struct str with)
{
    return text.n >= with.n && memcmp(text.p, with.p, with.n) == 0;
}

/* 0: does not match, 1: somewhere, 2: one of its forms begins so. */
static int name_match(const struct name *n, struct str folded)
{
    const char *const form[] = {n->text, n->display, n->also};
    int best = 0;
    for (size_t i = 0; i < sizeof form / sizeof *form && best < 2; i++) {
        struct buf text = {0};
        if (!form[i])
            continue;
        utf8_fold(&text, str_of(form[i]));
        if (begins(buf_view(&text), folded))
            best = 2;
        else if (contains(buf_view(&text), folded))
            best = 1;
        buf_done(&text);
    }
    return best ? best : folded.n > 0 && initials_match(str_of(n->display), folded);
}

/* First what begins with the word, then what has it somewhere. */
static void find_matches(struct prompt *p)
{
    struct buf word = {0};
    enum fits fits = fits_here(p);
    utf8_fold(&word, word_of(p));
    p->matches = 0;
    for (int rank = fits == FITS_NOTHING ? 0 : 2; rank > 0; rank--)
        for (size_t i = 0; i < p->names.n && p->matches < MATCHES_MAX; i++)
            if ((fits == FITS_ANY || p->names.at[i].property == (fits == FITS_PROPERTY)) &&
                name_match(&p->names.at[i], buf_view(&word)) == rank)
                p->match[p->matches++] = i;
    p->chosen = p->matches;
    buf_done(&word);
}

struct prompt *prompt_new(struct workspace *w, const char *label, const char *initial, char names)
{
    struct prompt *p = mem_zalloc(sizeof *p);
    p->label = mem_strdup(label);
    buf_puts(&p->text, initial ? initial : "");
    p->caret = p->text.n;
    if (names)
        workspace_names(w, names, keep_name, p, NULL); /* without names there is just no completion */
    p->condition = names == 'e';
    size_t events = p->names.n;
    if (p->condition)
        workspace_names(w, 'p', keep_name, p, NULL);
    for (size_t i = events; i < p->names.n; i++)
        p->names.at[i].property = true;
    find_matches(p);
    return p;
}

struct prompt *prompt_choose(const char *label, const struct prompt_choice *list, size_t n)
{
    struct prompt *p = mem_zalloc(sizeof *p);
    p->label = mem_strdup(label);
    p->choosing = true;
    for (size_t i = 0; i < n; i++) {
        keep_name(p, str_of(list[i].text), str_of(list[i].display));
        p->names.at[i].also = list[i].also ? mem_strdup(list[i].also) : NULL;
        p->names.at[i].key = list[i].key ? mem_strdup(list[i].key) : NULL;
    }
    find_matches(p);
    return p;
}

struct prompt *prompt_palette(const struct prompt_choice *list, size_t n, char *const *history, size_t lines)
{
    struct prompt *p = prompt_choose(":", list, n);
    p->open = true;
    p->history = history;
    p->lines = p->past = lines;
    return p;
}

void prompt_free(struct prompt *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->names.n; i++) {
        free(p->names.at[i].text);
        free(p->names.at[i].display);
        free(p->names.at[i].also);
        free(p->names.at[i].key);
    }
    vec_done(&p->names);
    buf_done(&p->text);
    free(p->label);
    free(p);
}

static void replace(struct prompt *p, size_t from, size_t to, struct str with)
{
    struct buf now = {0};
    buf_put(&now, p->text.p ? p->text.p : "", from);
    buf_str(&now, with);
    buf_put(&now, p->text.p ? p->text.p + to : "", p->text.n - to);
    buf_done(&p->text);
    p->text = now;
    p->caret = from + with.n;
}

static size_t left_of(const struct prompt *p, size_t at)
{
    while (at > 0 && ((unsigned char)p->text.p[--at] & 0xC0) == 0x80)
        ;
    return at;
}

static size_t right_of(const struct prompt *p, size_t at)
{
    if (at < p->text.n)
        at++;
    while (at < p->text.n && ((unsigned char)p->text.p[at] & 0xC0) == 0x80)
        at++;
    return at;
}

static void complete(struct prompt *p)
{
    if (!p->matches)
        return;
    size_t chosen = p->chosen < p->matches ? p->chosen : 0;
    struct str word = word_of(p);
    replace(p, p->caret - word.n, p->caret, str_of(p->names.at[p->match[chosen]].text));
    find_matches(p);
}

static void type(struct prompt *p, uint32_t ch)
{
    struct buf utf8 = {0};
    buf_rune(&utf8, ch);
    replace(p, p->caret, p->caret, buf_view(&utf8));
    buf_done(&utf8);
    find_matches(p);
}

static void choose(struct prompt *p, int step)
{
    if (!p->matches)
        return;
    if (p->chosen == p->matches)
        p->chosen = step > 0 ? 0 : p->matches - 1;
    else
        p->chosen = (p->chosen + p->matches + (size_t)(step + (int)p->matches)) % p->matches;
}

/* The match of that number, from 1. */
static enum prompt_state run_match(struct prompt *p, size_t number)
{
    if (number > p->matches)
        return PROMPT_OPEN;
    replace(p, 0, p->text.n, str_of(p->names.at[p->match[number - 1]].text));
    return PROMPT_DONE;
}

/* A command with its argument, such as "goto 2026-10-05": what was typed is meant, not what resembles it. */
static bool has_argument(const struct prompt *p)
{
    return p->open && p->text.n && memchr(p->text.p, ' ', p->text.n);
}

static enum prompt_state enter(struct prompt *p)
{
    bool chosen = p->chosen < p->matches;
    if (p->choosing && p->matches && (chosen || !has_argument(p)))
        return run_match(p, chosen ? p->chosen + 1 : 1);
    if (p->choosing && !p->open)
        return PROMPT_OPEN;
    /* Enter takes the chosen name first; the next Enter takes the line. */
    if (chosen) {
        complete(p);
        p->chosen = p->matches;
        return PROMPT_OPEN;
    }
    return PROMPT_DONE;
}

/* The lines typed before, when nothing is chosen. */
static bool recall(struct prompt *p)
{
    if (!p->open || p->chosen < p->matches || !p->past)
        return false;
    p->past--;
    replace(p, 0, p->text.n, str_of(p->history[p->past]));
    find_matches(p);
    return true;
}

static void edit(struct prompt *p, uint32_t key)
{
    switch (key) {
    case TERM_LEFT: p->caret = left_of(p, p->caret); break;
    case TERM_RIGHT: p->caret = right_of(p, p->caret); break;
    case TERM_HOME: p->caret = 0; break;
    case TERM_END: p->caret = p->text.n; break;
    case TERM_BACKSPACE: replace(p, left_of(p, p->caret), p->caret, STR("")); break;
    case TERM_DELETE: replace(p, p->caret, right_of(p, p->caret), STR("")); break;
    case TERM_CTRL('U'): replace(p, 0, p->caret, STR("")); break;
    default: return;
    }
    find_matches(p);
}

enum prompt_state prompt_key(struct prompt *p, uint32_t key)
{
    switch (key) {
    case TERM_PASTE_BEGIN: p->pasting = true; return PROMPT_OPEN;
    case TERM_PASTE_END: p->pasting = false; return PROMPT_OPEN;
    case TERM_ENTER: return p->pasting ? PROMPT_OPEN : enter(p);
    case TERM_ESC:
    case TERM_CTRL('C'): return PROMPT_LEFT;
    case TERM_TAB:
        if (!p->pasting)
            complete(p);
        return PROMPT_OPEN;
    case TERM_UP:
        if (!recall(p))
            choose(p, -1);
        return PROMPT_OPEN;
    case TERM_DOWN: choose(p, 1); return PROMPT_OPEN;
    default: break;
    }
    uint32_t digit = keymap_narrow(key);
    if (p->choosing && !p->pasting && !has_argument(p) && digit >= '1' && digit <= '9')
        return run_match(p, digit - '0');
    if (key >= ' ' && key < TERM_SPECIAL)
        type(p, key);
    else
        edit(p, key);
    return PROMPT_OPEN;
}

const char *prompt_text(const struct prompt *p)
{
    return p->text.p ? p->text.p : "";
}

static void draw_matches(const struct prompt *p, struct canvas *c, int y, int above)
{
    int n = (int)p->matches < above ? (int)p->matches : above;
    for (int i = 0; i < n; i++) {
        const struct name *name = &p->names.at[p->match[i]];
        int row = y - n + i;
        enum role role = p->chosen == (size_t)i ? ROLE_SELECTED : ROLE_TEXT;
        canvas_clear(c, (struct rect){row, 0, 1, c->w}, role);
        int text = p->choosing ? 4 : 2, w = p->choosing ? 18 : 36;
        canvas_text(c, row, 0, 1, role, str_of(p->chosen == (size_t)i ? ">" : " "));
        if (p->choosing)
            canvas_printf(c, row, 2, 1, ROLE_KEY, "%d", i + 1);
        canvas_text(c, row, text, w, role, str_of(name->text));
        if (strcmp(name->text, name->display) != 0)
            canvas_text(c, row, text + w + 1, c->w - text - w - (name->key ? 12 : 2), role,
                        str_of(name->display));
        if (name->key)
            canvas_right(c, row, c->w - 10, 9, role, str_of(name->key));
    }
}

void prompt_draw(struct prompt *p, struct canvas *c, int y, int above)
{
    draw_matches(p, c, y, above);
    canvas_clear(c, (struct rect){y, 0, 1, c->w}, ROLE_STATUS);
    int x = 1 + canvas_text(c, y, 1, c->w / 2, ROLE_STRONG, str_of(p->label)) + 1;
    /* A long text scrolls so that the caret stays visible. */
    struct str before = {p->text.p ? p->text.p : "", p->caret};
    int room = c->w - x - 2, start_columns = utf8_width(before) - room;
    size_t start = 0;
    while (start < p->caret && utf8_width((struct str){before.p, start}) < start_columns)
        start = right_of(p, start);
    canvas_text(c, y, x, room + 1, ROLE_TEXT, (struct str){before.p + start, p->text.n - start});
    c->cursor_y = y;
    c->cursor_x = x + utf8_width((struct str){before.p + start, p->caret - start});
}
