// Threads for one measurement: created, gathered, run, joined. Only the run is timed.
#ifndef SPYRE_TEAM_H
#define SPYRE_TEAM_H

#include <stdint.h>
#include <time.h>

// Seconds of a clock that nobody sets.
static inline double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// One thread's part of the work.
typedef void spyre_part(void *context, int thread, int threads);

// Runs `part` on `threads` threads, the caller one of them. Returns the seconds from the moment when all are there
// to the moment when the last is done; -1 when the threads cannot be made.
double spyre_together(int32_t threads, spyre_part *part, void *context);

#endif
