// A team of threads that stays: it runs one function at a time, on the calling thread and its workers.
#ifndef SPYRE_TEAM_H
#define SPYRE_TEAM_H

#include <stdbool.h>
#include <stdint.h>

// How threads wait. Spinning sees the end of the wait within a fraction of a microsecond and uses a processor;
// a thread that sleeps uses none and takes tens of microseconds to wake.
typedef struct spyre_wait_policy {
    // Nanoseconds that a worker spins for the next run, and a thread at a barrier, before it sleeps; INT64_MAX
    // never sleeps.
    int64_t idle;
    int64_t barrier;
    // Whether workers keep off the processor of the thread that calls them.
    bool placed;
} spyre_wait_policy;

enum { SPYRE_IDLE_SPIN = 2 * 1000 * 1000, SPYRE_BARRIER_SPIN = 200 * 1000 };

typedef struct spyre_team spyre_team;

// What a team runs: each thread once, with its number. All threads pass the same barriers.
typedef void spyre_team_body(spyre_team *team, int thread, int threads, void *context);

// Starts threads - 1 workers; null when there is no memory or no thread to be had. One thread at a time may
// use a team, whichever it is. It does not outlive a fork.
spyre_team *spyre_team_create(int threads, spyre_wait_policy policy);

// Ends the workers; null is allowed.
void spyre_team_release(spyre_team *team);

// Runs `body` on all threads and returns when all have returned.
void spyre_team_run(spyre_team *team, spyre_team_body *body, void *context);

// Inside a body: waits until all threads have come here. What they wrote before it is seen after it.
void spyre_team_barrier(spyre_team *team);

#endif
