// The team of threads, as the device starts it.
#ifndef SPYRE_TEAM_H
#define SPYRE_TEAM_H

#include <time.h>

extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);

// Seconds of a clock that nobody sets.
static inline double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

#endif
