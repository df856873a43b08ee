// The loops of each instruction set.
#ifndef SPYRE_PEAK_H
#define SPYRE_PEAK_H

#include "include/spyre_roofline.h"

// Returns something that depends on every result, so that none of the work can be left out.
typedef float spyre_peak_loop(int64_t iterations);

typedef struct spyre_peak_row {
    spyre_peak peak;
    spyre_peak_loop *loop;
} spyre_peak_row;

spyre_peak_loop spyre_peak_baseline_f32;
#if defined(__x86_64__)
spyre_peak_loop spyre_peak_avx2_f32, spyre_peak_avx2_int8;
spyre_peak_loop spyre_peak_avx512_f32, spyre_peak_avx512_bf16, spyre_peak_avx512_int8;
#endif

// Hides from the compiler that a vector keeps its value, so that it can neither move nor merge what reads it.
#define OPAQUE(constraint, value) __asm__ volatile("" : "+" constraint(value))

#endif
