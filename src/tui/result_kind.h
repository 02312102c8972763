/* result_kind.h - what is special to the answers of one analysis; the rest is result_screen.c.
 *
 * A kind is a constant record at the end of its file. Its functions may be NULL where the common way will do. Lists of
 * customers are the same for every analysis: over a list only `put_who` is asked. */
#ifndef WM_RESULT_KIND_H
#define WM_RESULT_KIND_H

#include "model/result.h"
#include "tui/chart_widget.h"
#include "tui/question.h"
#include "tui/screen.h"

struct result_screen;

struct result_kind {
    const char *analysis; /* id in analysis.def */
    unsigned context;     /* of its actions */
    /* State of its own, for result_own; close gets what open returned. */
    void *(*open)(struct result_screen *s);
    void (*close)(void *own);
    /* Before the common actions; false: not for this kind. There may be no answer yet (result_result is NULL). */
    bool (*act)(struct result_screen *s, enum action a);
    /* Instead of the chart; there is an answer. */
    void (*draw)(struct result_screen *s, struct canvas *c, struct rect at);
    /* Instead of the analysis's title in the path. */
    void (*put_title)(const struct result_screen *s, struct buf *out);
    /* Whose list it is, of a value of --users. */
    void (*put_who)(const struct result_screen *s, const char *who, struct buf *out);
    /* A wake-up; true when something changed on screen. */
    bool (*tick)(struct result_screen *s);
    /* In how many ms it wants its next wake-up; -1: none of its own. */
    int (*pace)(const struct result_screen *s);
    /* Whether something of its own is still being found out. */
    bool (*is_busy)(const struct result_screen *s);
    /* A new answer has come. */
    void (*answered)(struct result_screen *s);
    /* Whether the question can be asked at all; until then draw_unready says what is missing. */
    bool (*is_ready)(const struct query *q);
    void (*draw_unready)(struct result_screen *s, struct canvas *c, struct rect at);
    /* The name of the event under the cursor; false: there is none. For hiding it. */
    bool (*put_event)(struct result_screen *s, struct buf *out);
    /* As for a screen; beside what follows from the parameters of the analysis. */
    bool (*lacks)(const struct result_screen *s, enum action a);
    bool alone; /* about one customer: a segment carried along does not touch it */
};

extern const struct result_kind funnel_kind, paths_kind, transitions_kind, sequence_kind, failure_kind, profile_kind;

/* ---- what kinds may ask of the screen */
struct tui *result_tui(const struct result_screen *s);
void *result_own(const struct result_screen *s); /* what open returned */
const struct result_kind *result_kind(const struct result_screen *s);
const struct query *result_question(const struct result_screen *s);
const struct result *result_result(const struct result_screen *s); /* NULL: no answer yet */
struct chart_widget *result_chart(struct result_screen *s);
/* A copy of the question behind the present one, to be edited; result_ask then asks it. Undo brings the old one back. */
struct query *result_change(struct result_screen *s);
void result_ask(struct result_screen *s);
/* Changes one parameter (NULL: removes it) and asks. */
void result_set(struct result_screen *s, const char *name, const char *value);
/* How the answer is looked at; result_change_view gives a copy to be edited, as result_change does, then result_look shows it. */
const struct view_options *result_view(const struct result_screen *s);
struct view_options *result_change_view(struct result_screen *s);
void result_look(struct result_screen *s);
/* Of the last search. */
char **result_needle(struct result_screen *s);
/* Whether this analysis has the parameter. */
bool result_takes(const struct result_screen *s, const char *param);
/* Who is behind what the cursor is on, as a value of --users; over a list of customers those of the list. NULL: nobody. */
const char *result_who_here(struct result_screen *s);
struct screen *result_as_screen(struct result_screen *s);
struct result_screen *result_of_screen(struct screen *s);
/* The screen this one was opened from; NULL: none. */
struct screen *result_below(const struct result_screen *s);
/* A name of the data as people see it, if the answer this list was opened from shows it; else as it is. */
struct str result_seen(const struct result_screen *s, struct str name);
/* Screens on top of this one. */
void result_open_query(struct result_screen *s, const struct query *q); /* copied */
void result_open_users(struct result_screen *s, const char *who);
void result_open_sequence(struct result_screen *s, struct str user);
/* A row of the answer as a page of lines "title  value"; an object's fields have a line each. */
void result_open_row(struct result_screen *s, const char *title, size_t row);

/* ---- parts of the common actions; false: not theirs */
bool result_change_act(struct result_screen *s, enum action a); /* result_change.c: filter, break-down, comparing, hiding, order */
bool result_read_act(struct result_screen *s, enum action a);   /* result_read.c: searching, the rule, exports, times */
/* Shows this day or time; false: there is none, or err says why it makes no sense. */
bool result_read_go_to(struct result_screen *s, const char *when, struct err *err);
bool result_keep_act(struct result_screen *s, enum action a);   /* result_keep.c: customers as a segment, who they are */

#endif
