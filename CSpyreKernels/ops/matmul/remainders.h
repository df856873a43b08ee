// The search for the remainders of a row, shared by all variants.
#ifndef SPYRE_MATMUL_REMAINDERS_H
#define SPYRE_MATMUL_REMAINDERS_H

#include "../../device/kernels.h"
#include "../../simd/half.h"

#include <math.h>
#include <stdbool.h>

// Remainders that are the largest so far. Only one beyond `least` may take a place.
typedef struct spyre_largest_remainders {
    int count;
    // The place that goes first.
    int weakest;
    float least;
    float remainder[SPYRE_REMAINDERS];
    int64_t element[SPYRE_REMAINDERS];
} spyre_largest_remainders;

// Takes in one of more than `least`; elements come in ascending order. What is left of a number beyond the
// range of bfloat16 is not finite, and is not taken.
static inline void spyre_take_remainder(spyre_largest_remainders *all, int64_t element, float remainder) {
    if (!isfinite(remainder)) return;
    int at = all->count < SPYRE_REMAINDERS ? all->count++ : all->weakest;
    all->remainder[at] = remainder;
    all->element[at] = element;
    if (all->count < SPYRE_REMAINDERS) return;
    all->weakest = 0;
    all->least = fabsf(all->remainder[0]);
    for (int i = 1; i < SPYRE_REMAINDERS; i++) {
        float size = fabsf(all->remainder[i]);
        bool later = all->element[i] > all->element[all->weakest];
        if (size > all->least || (size == all->least && !later)) continue;
        all->weakest = i;
        all->least = size;
    }
}

static inline void spyre_write_remainders(const spyre_largest_remainders *all, spyre_remainders *out) {
    out->count = all->count;
    for (int i = 0; i < all->count; i++) {
        out->words[i] = (int32_t)(all->element[i] / 2);
        out->pairs[i][0] = out->pairs[i][1] = 0;
        out->pairs[i][all->element[i] % 2] = spyre_to_bf16(all->remainder[i]);
    }
}

#endif
