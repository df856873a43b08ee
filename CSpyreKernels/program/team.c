// Threads wait by spinning for a while and then sleeping on a futex. A generation number names each wait, so
// that no wake-up is lost: the kernel compares it again before a thread sleeps.
#define _GNU_SOURCE
#include "team.h"

#include <fenv.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    LINE_BYTES = 128,
    // Looks at a generation between two looks at the clock.
    LOOKS = 64,
    // A run in which a thread waited long adds STRAIN, every other one takes 1 away. From STRAINED on somebody else
    // seems to want the processors, and workers go to sleep soon; a single long wait means nothing.
    STRAIN = 4,
    STRAINED = 8,
    MAXIMUM_STRAIN = 16,
    STRAINED_IDLE_SPIN = 50 * 1000
};

// A generation that threads wait to change, on a cache line of its own.
typedef struct gate {
    _Alignas(LINE_BYTES) _Atomic uint32_t generation;
    _Atomic int32_t sleepers;
} gate;

typedef struct worker {
    spyre_team *team;
    int thread;
    pthread_t handle;
} worker;

struct spyre_team {
    gate runs;
    gate barrier;
    _Alignas(LINE_BYTES) _Atomic int32_t arrived;
    _Alignas(LINE_BYTES) int threads;
    // More threads than processors: a waiting thread gives its processor to another one of the team.
    bool crowded;
    spyre_wait_policy policy;
    // Set between runs, read by workers after the generation of `runs` has changed.
    spyre_team_body *body;
    void *context;
    int64_t idle_spin;
    // The barrier's spin ran out in the present run.
    _Atomic bool waited_long;
    int strain;
    // Processors of the thread that made the team, and the one that workers keep off.
    cpu_set_t allowed;
    int caller_processor;
    worker workers[];
};

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static inline bool passed(gate *g, uint32_t old) {
    return atomic_load_explicit(&g->generation, memory_order_acquire) != old;
}

// Whether the generation changed within the time.
static bool spin(gate *g, uint32_t old, int64_t time, bool crowded) {
    int64_t end = 0;
    for (uint32_t look = 1;; look++) {
        if (passed(g, old)) return true;
        relax();
        if (look % LOOKS != 0) continue;
        int64_t now = nanoseconds();
        if (end == 0) end = time > INT64_MAX - now ? INT64_MAX : now + time;
        if (now >= end) return false;
        // Not when the processors would do: to a busy thread of another process a yield gives a whole slice.
        if (crowded) sched_yield();
    }
}

static void sleep_at(gate *g, uint32_t old) {
    atomic_fetch_add(&g->sleepers, 1);
    while (!passed(g, old)) syscall(SYS_futex, &g->generation, FUTEX_WAIT_PRIVATE, old, NULL, NULL, 0);
    atomic_fetch_sub(&g->sleepers, 1);
}

static void open_gate(gate *g) {
    atomic_fetch_add(&g->generation, 1);
    if (atomic_load(&g->sleepers) > 0)
        syscall(SYS_futex, &g->generation, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

void spyre_team_barrier(spyre_team *team) {
    if (team->threads == 1) return;
    uint32_t generation = atomic_load_explicit(&team->barrier.generation, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&team->arrived, 1, memory_order_acq_rel) == team->threads - 1) {
        atomic_store_explicit(&team->arrived, 0, memory_order_relaxed);
        open_gate(&team->barrier);
        return;
    }
    if (spin(&team->barrier, generation, team->policy.barrier, team->crowded)) return;
    atomic_store_explicit(&team->waited_long, true, memory_order_relaxed);
    sleep_at(&team->barrier, generation);
}

// Rounding to nearest, subnormal numbers kept, no traps: results must not depend on what the caller has set, of
// which its own thread would know and the others would not. Returns what was set before.
#if defined(__x86_64__)
typedef uint32_t modes;
static modes set_standard_modes(void) {
    modes old = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(0x1f80);
    return old;
}
static void restore_modes(modes old) { __builtin_ia32_ldmxcsr(old); }
#else
typedef fenv_t modes;
static modes set_standard_modes(void) {
    modes old;
    fegetenv(&old);
    fesetenv(FE_DFL_ENV);
    return old;
}
static void restore_modes(modes old) { fesetenv(&old); }
#endif

// A null body ends the worker.
static void *work(void *context) {
    const worker *self = context;
    (void)set_standard_modes();
    spyre_team *team = self->team;
    int64_t idle_spin = team->policy.idle;
    for (uint32_t generation = 0;; generation++) {
        if (!spin(&team->runs, generation, idle_spin, team->crowded)) sleep_at(&team->runs, generation);
        spyre_team_body *body = team->body;
        if (body == NULL) return NULL;
        idle_spin = team->idle_spin;
        body(team, self->thread, team->threads, team->context);
        spyre_team_barrier(team);
    }
}

// A worker that shares the caller's processor would wait for it as long as the caller waits for the worker,
// and schedulers let that happen: a thread is often woken where its waker runs.
static void keep_off_caller(spyre_team *team) {
    int processor = sched_getcpu();
    if (processor == team->caller_processor || processor < 0 || processor >= CPU_SETSIZE) return;
    team->caller_processor = processor;
    cpu_set_t others = team->allowed;
    CPU_CLR(processor, &others);
    for (int i = 0; i < team->threads - 1; i++)
        (void)pthread_setaffinity_np(team->workers[i].handle, sizeof others, &others);
}

void spyre_team_run(spyre_team *team, spyre_team_body *body, void *context) {
    const modes old = set_standard_modes();
    if (team->threads == 1) {
        body(team, 0, 1, context);
        restore_modes(old);
        return;
    }
    if (team->policy.placed) keep_off_caller(team);
    bool waited_long = atomic_exchange_explicit(&team->waited_long, false, memory_order_relaxed);
    team->strain += waited_long ? STRAIN : team->strain > 0 ? -1 : 0;
    if (team->strain > MAXIMUM_STRAIN) team->strain = MAXIMUM_STRAIN;
    bool strained = team->strain >= STRAINED && team->policy.idle > STRAINED_IDLE_SPIN;
    team->idle_spin = strained ? STRAINED_IDLE_SPIN : team->policy.idle;
    team->body = body;
    team->context = context;
    open_gate(&team->runs);
    body(team, 0, team->threads, context);
    spyre_team_barrier(team);
    restore_modes(old);
}

// Ends the first `count` workers.
static void stop(spyre_team *team, int count) {
    team->body = NULL;
    open_gate(&team->runs);
    for (int i = 0; i < count; i++) pthread_join(team->workers[i].handle, NULL);
    free(team);
}

// Workers handle no signals but those that their own instructions raise: the others are the application's.
static int start(spyre_team *team) {
    sigset_t all, old;
    sigfillset(&all);
    const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) sigdelset(&all, own[i]);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int started = 0;
    for (; started < team->threads - 1; started++) {
        worker *w = &team->workers[started];
        *w = (worker){.team = team, .thread = started + 1};
        if (pthread_create(&w->handle, NULL, work, w) != 0) break;
        (void)pthread_setname_np(w->handle, "spyre-worker");
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return started;
}

spyre_team *spyre_team_create(int threads, spyre_wait_policy policy) {
    size_t bytes = sizeof(spyre_team) + (size_t)(threads - 1) * sizeof(worker);
    spyre_team *team = aligned_alloc(LINE_BYTES, (bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES);
    if (team == NULL) return NULL;
    *team = (spyre_team){.threads = threads, .policy = policy, .caller_processor = -1};
    // A machine with more processors than a cpu_set_t has bits: nothing is known about their number or place.
    int processors =
        sched_getaffinity(0, sizeof team->allowed, &team->allowed) == 0 ? CPU_COUNT(&team->allowed) : threads;
    team->crowded = threads > processors;
    // Workers that outnumber the other processors need the caller's too.
    team->policy.placed = policy.placed && !team->crowded && processors > 1 && CPU_COUNT(&team->allowed) > 1;
    int started = start(team);
    if (started == threads - 1) return team;
    stop(team, started);
    return NULL;
}

void spyre_team_release(spyre_team *team) {
    if (team != NULL) stop(team, team->threads - 1);
}
