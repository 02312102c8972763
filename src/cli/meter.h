/* meter.h - long work on the command line: a progress line on a terminal, and Ctrl-C. */
#ifndef WM_METER_H
#define WM_METER_H

#include "base/progress.h"

enum meter_kind {
    METER_IMPORT, /* rows, and bytes or rows done by stage (import/load.h) */
    METER_EVENTS, /* done counts events */
    METER_SHARE,  /* done of total, in whatever */
};
struct meter;

/* From here to meter_end SIGINT, SIGTERM and SIGHUP ask the work to stop (progress->cancel); a second one
 * ends the program. The line is drawn at most 4 times a second, only when standard error is a terminal and
 * `quiet` is not asked for. */
struct meter *meter_begin(enum meter_kind kind, bool quiet);
struct progress *meter_progress(struct meter *m);
/* Takes the line off, until the next tick: before other output to standard error. */
void meter_hide(struct meter *m);
/* No line is drawn while somebody is asked. */
void meter_rest(struct meter *m, bool rest);
void meter_end(struct meter *m);

#endif
