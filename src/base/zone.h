/* zone.h - time zones: TZif files of the host or a fixed offset; thread-safe, unlike the C library's. */
#ifndef WM_ZONE_H
#define WM_ZONE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

struct zone;

/* "Asia/Shanghai", "UTC", "+08:00", "-0330". NULL name: the host's zone ($TZ, /etc/localtime), UTC when
 * unknown. Fails for unknown names, or when the host has no zone files; the message names fixed offsets as
 * the way out. Asia/Shanghai, and UTC, need no zone files. */
struct zone *zone_open(const char *name, struct err *err);
struct zone *zone_copy(const struct zone *z);
void zone_free(struct zone *z);
const char *zone_name(const struct zone *z);

int32_t zone_offset(const struct zone *z, int64_t us); /* seconds east of UTC at this instant */
int64_t zone_local(const struct zone *z, int64_t us);  /* local microseconds */

enum zone_fit { ZONE_EXACT, ZONE_GAP, ZONE_OVERLAP };
/* Local to UTC. In an overlap the earlier instant; in a gap the time as far after the jump as it lay in the
 * gap. */
enum zone_fit zone_utc(const struct zone *z, int64_t local_us, int64_t *us);

/* RFC 3339 with the zone's offset; fraction only when not zero, in 3 or 6 digits. */
void zone_put_rfc3339(const struct zone *z, struct buf *out, int64_t us);
/* "2026-11-20 09:12:05", fraction when not zero. */
void zone_put_local(const struct zone *z, struct buf *out, int64_t us);

enum bucket_unit { UNIT_HOUR, UNIT_DAY, UNIT_WEEK, UNIT_MONTH };
/* Start (UTC) of the local bucket that holds us, and of the next one; weeks start on Monday. Buckets tile
 * time without gap or overlap; an hour shown twice gives two, and one cut short by a change of the clock ends
 * there. */
int64_t zone_bucket(const struct zone *z, enum bucket_unit unit, int64_t us, int64_t *next);

/* "2019-06-01" (the local day: *first its first instant, *last its last) or a full timestamp (*first =
 * *last). */
bool zone_parse_bound(const struct zone *z, struct str s, int64_t *first, int64_t *last, struct err *err);

#endif
