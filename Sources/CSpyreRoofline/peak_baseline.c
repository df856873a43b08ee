// What code without any target attribute reaches: 128-bit multiplications and additions on x86-64.
#include "peak.h"

typedef float vector __attribute__((vector_size(16)));

enum { CHAINS = 12 };

float spyre_peak_baseline_f32(int64_t iterations) {
    volatile float factor = 0.5f, term = 1.0f;
    vector a = {factor, factor, factor, factor}, b = {term, term, term, term}, sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = a * (float)i;
    for (int64_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++) sums[i] = sums[i] * a + b;
    }
    vector total = sums[0];
    for (int i = 1; i < CHAINS; i++) total += sums[i];
    return total[0] + total[1] + total[2] + total[3];
}
