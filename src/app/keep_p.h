/* keep_p.h - what the files of keep share; private to them. */
#ifndef WM_KEEP_P_H
#define WM_KEEP_P_H

#include "analysis/audience.h"
#include "model/query.h"
#include "model/result.h"
#include "model/schema.h"

/* One command being answered. */
struct keep {
    struct arena arena;
    struct env *env;
    const struct query *query;
    struct snapshot *snapshot;
    struct schema *schema;
    struct audience audience;
    struct result *result;
};

typedef bool keep_command(struct keep *k, struct err *err);

/* keep_segment.c */
keep_command keep_segment_list, keep_segment_save, keep_segment_show, keep_segment_drop, keep_segment_count,
    keep_segment_users, keep_segment_export, keep_segment_load;
/* keep_list.c: fixed lists */
keep_command keep_import_segment;
/* Saves exactly these users, as the column segment.NAME, and the segment that finds them. */
bool keep_list_save(struct keep *k, struct str name, const struct userset *users, struct err *err);
/* A segment's condition; of a fixed list people are shown that it is one. */
struct value keep_list_value(struct keep *k, const struct segment *s);
/* keep_failure.c */
keep_command keep_import_errors, keep_set_failures;
/* keep_set.c */
keep_command keep_set_list, keep_set_save, keep_set_drop, keep_tag_load;
/* keep_question.c */
keep_command keep_question_list, keep_question_save, keep_question_load, keep_question_drop,
    keep_question_run;

/* keep.c */
const struct expr *keep_parse(struct keep *k, const char *text, enum expr_kind kind, struct err *err);
/* The users of a condition, for the caller to free. */
struct userset *keep_find(struct keep *k, const char *text, struct err *err);
const char *keep_print(struct keep *k, const struct expr *e);
/* Replaces a note of the store. */
bool keep_note(struct keep *k, const char *note, struct str text, struct err *err);
bool keep_segments(struct keep *k, const char *note, const struct segments *s, struct err *err);

#endif
