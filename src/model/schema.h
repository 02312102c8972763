/* schema.h - what the store's columns mean: the vocabulary of conditions, display names, the zone. */
#ifndef WM_SCHEMA_H
#define WM_SCHEMA_H

#include "expr/expr.h"
#include "model/catalogue.h"
#include "model/failure.h"
#include "model/reasons.h"
#include "model/segment.h"
#include "store/snapshot.h"
#include "base/zone.h"

/* Notes in the store (snapshot_note, batch_note). */
#define NOTE_TZ "tz"       /* zone name */
#define NOTE_NAMES "names" /* lines: event TAB zh TAB en */
#define NOTE_FAILURE                                                                                         \
    "failure" /* lines: property=value,value marks a failure, property= with any value; empty = guessed */

struct schema;
/* Borrows the snapshot; lives in its own memory. Fails when a zone is unknown or a saved catalogue, segment
 * or page set cannot be read. tz overrides the store's zone when not NULL; a store that
 * names none has the host's. */
struct schema *schema_new(const struct snapshot *s, const char *tz, struct err *err);
void schema_free(struct schema *m);
const struct zone *schema_zone(const struct schema *m);
/* Vocabulary for expr_parse: field ids are column numbers. Valid until schema_free. */
const struct expr_vocabulary *schema_vocabulary(const struct schema *m);
/* The store's tags, or those that schema_use_catalogue put in their place (it takes the catalogue over). */
const struct catalogue *schema_catalogue(const struct schema *m);
void schema_use_catalogue(struct schema *m, struct catalogue *c);
/* Saved segments and page sets; changing them changes the vocabulary, not the store. */
struct segments *schema_segments(struct schema *m);
struct segments *schema_sets(struct schema *m);
/* Display name of an event in the current language, or the id itself. Borrowed. */
struct str schema_event_name(const struct schema *m, struct str event);
/* Both as they were given, empty when not. Borrowed. */
void schema_event_names(const struct schema *m, struct str event, struct str *zh, struct str *en);
/* Whether an event with this property value (as text; a boolean is "true" or "false") is a failure: by the
 * note when there is one, else properties named result/status/success/… with values fail, failed, error,
 * timeout, reject, false, 失败 …; error_code columns with any value that does not say "none" (empty, ok,
 * success, 0, 000000). */
bool schema_is_failure(const struct schema *m, struct str property, struct str value);
/* How much a property says about failures; FAILURE_SILENT: nothing. */
enum failure_rank schema_failure_rank(const struct schema *m, struct str property);
/* What an error code means: by the store's table, else by the built-in one; NULL: neither knows it. */
const struct reason *schema_reason(const struct schema *m, struct str code);

#endif
