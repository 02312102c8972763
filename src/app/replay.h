/* replay.h - a sequence played back: events appear one after the other, with their pauses made shorter. No
 * clock and no screen here: the caller says what time it is. */
#ifndef WM_REPLAY_H
#define WM_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct replay {
    bool playing;
    size_t shown;   /* events so far; 0: not replayed at all */
    int speed;      /* index of replay_times */
    int64_t due_us; /* when the next one appears */
};

enum { REPLAY_SPEEDS = 5, REPLAY_LONGEST_US = 2000000, REPLAY_SHORTEST_US = 30000 };
/* How many times faster than it was. */
int replay_times(const struct replay *r);
void replay_faster(struct replay *r, int direction); /* +1, -1; stays at the ends */
/* What a pause becomes: divided, never longer than two seconds, never too short to be seen. */
int64_t replay_pause(const struct replay *r, double seconds);
/* Begins after the first event of `from` on (an index), or goes on where it was stopped. */
void replay_start(struct replay *r, size_t from, int64_t now_us);
void replay_stop(struct replay *r);
/* Shows what is due: true when something appeared. gap(arg, i) is the pause before event i in seconds; there
 * are n events, and after the last one the replay ends. */
bool replay_tick(struct replay *r, int64_t now_us, size_t n, double (*gap)(const void *arg, size_t i),
                 const void *arg);

#endif
