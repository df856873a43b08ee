#include "team.h"

#include "include/spyre_roofline.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct gathering {
    spyre_part *part;
    void *context;
    int threads;
    atomic_int waiting;
    atomic_int gone;
    double start;
} gathering;

typedef struct member {
    gathering *gathering;
    int thread;
    double end;
} member;

// Waits for the others without sleeping, so that all begin within the time of a cache line's way. Whoever waits
// long gives its processor up: the others may have none.
static void gather(gathering *all) {
    if (atomic_fetch_sub(&all->waiting, 1) == 1) {
        all->start = now();
        atomic_store(&all->gone, 1);
        return;
    }
    for (int spins = 0; atomic_load_explicit(&all->gone, memory_order_acquire) == 0; spins++)
        if (spins % 4096 == 4095) sched_yield();
}

static void *run_member(void *argument) {
    member *self = argument;
    gather(self->gathering);
    self->gathering->part(self->gathering->context, self->thread, self->gathering->threads);
    self->end = now();
    return NULL;
}

// Lets those that exist go, with nothing to do.
static void nothing(void *context, int thread, int threads) {
    (void)context;
    (void)thread;
    (void)threads;
}

double spyre_together(int32_t threads, spyre_part *part, void *context) {
    gathering all = {part, context, threads, threads, 0, 0};
    member *members = calloc((size_t)threads, sizeof *members);
    pthread_t *handles = calloc((size_t)threads, sizeof *handles);
    int made = 1;
    if (members != NULL && handles != NULL) {
        for (; made < threads; made++) {
            members[made] = (member){&all, made, 0};
            if (pthread_create(&handles[made], NULL, run_member, &members[made]) != 0) break;
        }
    }
    double seconds = -1;
    if (members != NULL && handles != NULL) {
        if (made < threads) {
            all.part = nothing;
            atomic_fetch_sub(&all.waiting, threads - made);
        }
        members[0] = (member){&all, 0, 0};
        run_member(&members[0]);
        double end = members[0].end;
        for (int i = 1; i < made; i++) {
            pthread_join(handles[i], NULL);
            if (members[i].end > end) end = members[i].end;
        }
        if (made == threads) seconds = end - all.start;
    }
    free(members);
    free(handles);
    return seconds;
}

const char *spyre_roofline_compiler(void) { return __VERSION__; }
