/* replay.c - when which event appears. */
#include "config.h"
#include "app/replay.h"

static const int times[REPLAY_SPEEDS] = {1, 10, 60, 600, 6000};

int replay_times(const struct replay *r)
{
    return times[r->speed];
}

void replay_faster(struct replay *r, int direction)
{
    int to = r->speed + direction;
    if (to >= 0 && to < REPLAY_SPEEDS)
        r->speed = to;
}

int64_t replay_pause(const struct replay *r, double seconds)
{
    double us = seconds * 1e6 / times[r->speed];
    if (!(us > REPLAY_SHORTEST_US)) /* also what is no number */
        return REPLAY_SHORTEST_US;
    return us > REPLAY_LONGEST_US ? REPLAY_LONGEST_US : (int64_t)us;
}

void replay_start(struct replay *r, size_t from, int64_t now_us)
{
    r->playing = true;
    r->shown = r->shown ? r->shown : from + 1;
    r->due_us = now_us;
}

void replay_stop(struct replay *r)
{
    r->playing = false;
}

bool replay_tick(struct replay *r, int64_t now_us, size_t n, double (*gap)(const void *arg, size_t i),
                 const void *arg)
{
    bool changed = false;
    while (r->playing && r->shown < n && now_us >= r->due_us) {
        /* The pause counts from when the event was due, so that a slow terminal does not slow the replay
         * down. */
        if (r->shown + 1 < n)
            r->due_us += replay_pause(r, gap(arg, r->shown + 1));
        r->shown++;
        changed = true;
    }
    if (r->playing && r->shown >= n) {
        r->playing = false;
        r->shown = 0;
        changed = true;
    }
    return changed;
}
