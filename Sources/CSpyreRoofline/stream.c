// Bytes through the load and store units, in order, and nothing else.
#include "include/spyre_roofline.h"
#include "team.h"

#include <stdbool.h>

enum { LINE = 64 };

// The same loops for each width: reads fold everything into a value, updates turn over the bits of every byte.
#define DEFINE_LOOPS(NAME, TARGET, BYTES)                                                                    \
    typedef uint64_t vector_##NAME __attribute__((vector_size(BYTES)));                                      \
    TARGET static uint64_t read_##NAME(const char *from, const char *end) {                                  \
        vector_##NAME a = {0}, b = {0}, c = {0}, d = {0};                                                    \
        for (; from + 4 * BYTES <= end; from += 4 * BYTES) {                                                 \
            const vector_##NAME *at = (const vector_##NAME *)from;                                           \
            a ^= at[0];                                                                                      \
            b ^= at[1];                                                                                      \
            c ^= at[2];                                                                                      \
            d ^= at[3];                                                                                      \
            __asm__ volatile(""                                                                              \
                             : "+" CONSTRAINT(a), "+" CONSTRAINT(b), "+" CONSTRAINT(c), "+" CONSTRAINT(d));  \
        }                                                                                                    \
        for (; from < end; from += BYTES) a ^= *(const vector_##NAME *)from;                                 \
        a ^= b ^ c ^ d;                                                                                      \
        return a[0] ^ a[1];                                                                                  \
    }                                                                                                        \
    TARGET static void write_##NAME(char *to, const char *end, uint64_t value) {                             \
        vector_##NAME a = {0};                                                                               \
        a += value;                                                                                          \
        for (; to < end; to += BYTES) {                                                                      \
            *(vector_##NAME *)to = a;                                                                        \
            __asm__ volatile("" : "+" CONSTRAINT(a));                                                        \
        }                                                                                                    \
    }                                                                                                        \
    TARGET static void update_##NAME(char *at, const char *end) {                                            \
        for (; at < end; at += BYTES) *(vector_##NAME *)at = ~*(const vector_##NAME *)at;                    \
    }

#if defined(__x86_64__)
#define CONSTRAINT "v"
DEFINE_LOOPS(avx512, __attribute__((target("avx512f"))), 64)
#undef CONSTRAINT
#define CONSTRAINT "x"
DEFINE_LOOPS(avx2, __attribute__((target("avx2"))), 32)
DEFINE_LOOPS(baseline, , 16)
#elif defined(__aarch64__)
#define CONSTRAINT "w"
DEFINE_LOOPS(baseline, , 16)
#else
#define CONSTRAINT "m"
DEFINE_LOOPS(baseline, , 16)
#endif

typedef struct loops {
    uint64_t (*read)(const char *from, const char *end);
    void (*write)(char *to, const char *end, uint64_t value);
    void (*update)(char *at, const char *end);
} loops;

static loops widest(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return (loops){read_avx512, write_avx512, update_avx512};
    if (__builtin_cpu_supports("avx2")) return (loops){read_avx2, write_avx2, update_avx2};
#endif
    return (loops){read_baseline, write_baseline, update_baseline};
}

// A thread's part of a range, in lines.
typedef struct part {
    char *start;
    uint64_t lines;
} part;

static uint64_t lines_of(uint64_t bytes) { return bytes / LINE + (bytes % LINE != 0); }

static part part_of(char *memory, uint64_t bytes, int thread, int threads) {
    uint64_t lines = lines_of(bytes);
    uint64_t first = lines * (uint64_t)thread / (uint64_t)threads;
    uint64_t last = lines * (uint64_t)(thread + 1) / (uint64_t)threads;
    return (part){memory + first * LINE, last - first};
}

// A part in turns: each goes on for `step` lines, a number with 32 bits behind the point.
typedef struct walk {
    char *at;
    char *end;
    char *start;
    uint64_t position;
    uint64_t step;
} walk;

static walk walk_of(part part, uint64_t turns) {
    return (walk){part.start, part.start, part.start, 0, (part.lines << 32) / turns};
}

// Half a line more than the rounded steps lets the last turn reach the end.
static void turn(walk *walk) {
    walk->at = walk->end;
    walk->position += walk->step;
    walk->end = walk->start + ((walk->position + (1u << 31)) >> 32) * LINE;
}

// `turn_lines` lines of the smallest range are taken before the others have their turn.
static uint64_t move(loops loops, part read, part written, part updated, uint64_t turn_lines) {
    const uint64_t all = read.lines + written.lines + updated.lines;
    uint64_t smallest = all;
    const uint64_t lines[] = {read.lines, written.lines, updated.lines};
    for (int i = 0; i < 3; i++)
        if (lines[i] != 0 && lines[i] < smallest) smallest = lines[i];
    // A range that is alone is gone through at once.
    const uint64_t turns = smallest == all ? 1 : 1 + smallest / turn_lines;
    walk from = walk_of(read, turns), to = walk_of(written, turns), in = walk_of(updated, turns);
    uint64_t sum = 0;
    for (uint64_t i = 0; i < turns; i++) {
        turn(&from);
        turn(&to);
        turn(&in);
        sum ^= loops.read(from.at, from.end);
        loops.write(to.at, to.end, sum);
        loops.update(in.at, in.end);
    }
    return sum;
}

typedef struct stream_work {
    char *memory;
    spyre_traffic traffic;
    uint64_t turn_lines;
    int64_t iterations;
    loops loops;
    _Atomic uint64_t sink;
} stream_work;

static void run_part(void *context, int thread, int threads) {
    stream_work *work = context;
    char *start_written = work->memory + lines_of(work->traffic.read) * LINE;
    char *start_updated = start_written + lines_of(work->traffic.written) * LINE;
    part read = part_of(work->memory, work->traffic.read, thread, threads);
    part written = part_of(start_written, work->traffic.written, thread, threads);
    part updated = part_of(start_updated, work->traffic.updated, thread, threads);
    uint64_t sum = 0;
    for (int64_t i = 0; i < work->iterations; i++)
        sum ^= move(work->loops, read, written, updated, work->turn_lines);
    work->sink = sum;
}

double spyre_stream_run(void *memory, spyre_traffic traffic, int32_t turn_lines, int32_t threads,
                        int64_t iterations) {
    if (memory == NULL || turn_lines < 1 || threads < 1 || iterations < 1) return -1;
    stream_work work = {memory, traffic, (uint64_t)turn_lines, iterations, widest(), 0};
    return spyre_together(threads, run_part, &work);
}
