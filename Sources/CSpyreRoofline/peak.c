#include "peak.h"

#include "team.h"

#include <stddef.h>

#define ROW(isa, type, instructions, operations, loop)                                                       \
    { {isa, type, instructions, NULL, operations}, loop }
#define MISSING(isa, type, missing)                                                                          \
    { {isa, type, "", missing, 0}, NULL }

// Operations: chains times lanes times operations of an instruction in a lane.
static const spyre_peak_row rows[] = {
#if defined(__x86_64__)
    ROW("reference", "float32", "mulps+addps", 12 * 4 * 2, spyre_peak_baseline_f32),
    ROW("avx2", "float32", "vfmadd231ps ymm", 12 * 8 * 2, spyre_peak_avx2_f32),
    MISSING("avx2", "bfloat16", "avx512_bf16"),
    ROW("avx2", "int8", "vpmaddubsw+vpmaddwd+vpaddd ymm", 12 * 32 * 2, spyre_peak_avx2_int8),
    ROW("avx512", "float32", "vfmadd231ps zmm", 24 * 16 * 2, spyre_peak_avx512_f32),
    ROW("avx512", "bfloat16", "vdpbf16ps zmm", 24 * 32 * 2, spyre_peak_avx512_bf16),
    ROW("avx512", "int8", "vpdpbusd zmm", 24 * 64 * 2, spyre_peak_avx512_int8),
#else
    ROW("reference", "float32", "128-bit multiply, add", 12 * 4 * 2, spyre_peak_baseline_f32),
#endif
};

enum { ROWS = sizeof rows / sizeof rows[0] };

// What the loop needs and the processor has not.
static const char *missing(const spyre_peak_row *row) {
    if (row->peak.missing != NULL) return row->peak.missing;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (row->loop == spyre_peak_avx2_f32 && !__builtin_cpu_supports("fma")) return "fma";
    if (row->loop == spyre_peak_avx2_f32 && !__builtin_cpu_supports("avx2")) return "avx2";
    if (row->loop == spyre_peak_avx2_int8 && !__builtin_cpu_supports("avx2")) return "avx2";
    if (row->loop == spyre_peak_avx512_f32 && !__builtin_cpu_supports("avx512f")) return "avx512f";
    if (row->loop == spyre_peak_avx512_bf16 && !__builtin_cpu_supports("avx512bf16")) return "avx512_bf16";
    if (row->loop == spyre_peak_avx512_int8 && !__builtin_cpu_supports("avx512vnni")) return "avx512_vnni";
#endif
    return NULL;
}

int32_t spyre_peak_count(void) { return ROWS; }

int32_t spyre_peak_at(int32_t index, spyre_peak *out_peak) {
    if (index < 0 || index >= ROWS || out_peak == NULL) return -1;
    *out_peak = rows[index].peak;
    out_peak->missing = missing(&rows[index]);
    return 0;
}

typedef struct peak_work {
    spyre_peak_loop *loop;
    int64_t iterations;
    _Atomic float sink;
} peak_work;

static void run_part(void *context, int thread, int threads) {
    (void)thread;
    (void)threads;
    peak_work *work = context;
    work->sink = work->loop(work->iterations);
}

double spyre_peak_run(int32_t index, int32_t threads, int64_t iterations) {
    if (index < 0 || index >= ROWS || threads < 1 || iterations < 1) return -1;
    if (missing(&rows[index]) != NULL) return -1;
    peak_work work = {rows[index].loop, iterations, 0};
    return spyre_together(threads, run_part, &work);
}
