// Rotation of one head, shared by the stand-alone op and those that rotate on the way.
#ifndef SPYRE_ROPE_H
#define SPYRE_ROPE_H

#include "../../device/internal.h"

#include <math.h>

// Cosines and sines, and how to turn by them.
typedef struct spyre_rotation {
    // `[positions][head_size / 2][2]`
    const float *table;
    int64_t positions;
    int64_t head_size;
    spyre_rope_layout layout;
    spyre_rotate_kernel *rotate;
} spyre_rotation;

// `output` may be `input`. A position outside of the table gives NaN.
static inline void spyre_rotate_head(const spyre_rotation *r, int32_t position, const float *input,
                                     float *output) {
    if (position < 0 || position >= r->positions) {
        for (int64_t i = 0; i < r->head_size; i++) output[i] = NAN;
        return;
    }
    r->rotate(input, output, r->head_size, r->layout == SPYRE_ROPE_HALF_SPLIT,
              r->table + position * r->head_size);
}

static inline bool spyre_rope_layout_ok(spyre_rope_layout layout) {
    return layout == SPYRE_ROPE_INTERLEAVED || layout == SPYRE_ROPE_HALF_SPLIT;
}

#endif
