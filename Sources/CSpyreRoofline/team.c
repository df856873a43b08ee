#include "team.h"

#include "include/spyre_roofline.h"

extern void kmp_set_blocktime(int milliseconds);
extern int kmp_get_blocktime(void);

double spyre_fork_join_run(int32_t threads, int64_t count) {
    if (threads < 1 || count < 1) return -1;
    double start = now();
    for (int64_t i = 0; i < count; i++) {
#pragma omp parallel num_threads(threads)
        { __asm__ volatile("" ::: "memory"); }
    }
    return now() - start;
}

double spyre_barrier_run(int32_t threads, int64_t count) {
    if (threads < 1 || count < 1) return -1;
    double start = 0;
#pragma omp parallel num_threads(threads)
    {
#pragma omp barrier
        if (omp_get_thread_num() == 0) start = now();
        for (int64_t i = 0; i < count; i++) {
#pragma omp barrier
        }
    }
    return now() - start;
}

void spyre_team_rest(int32_t threads) {
    if (threads < 2) return;
    int blocktime = kmp_get_blocktime();
    kmp_set_blocktime(0);
    // Threads take the time over when they next begin to wait.
#pragma omp parallel num_threads(threads)
    { __asm__ volatile("" ::: "memory"); }
    kmp_set_blocktime(blocktime);
}

const char *spyre_roofline_compiler(void) { return __VERSION__; }
