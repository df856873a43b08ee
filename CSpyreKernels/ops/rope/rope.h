// Rotation of one head, shared by the stand-alone op and the one fused with the KV write.
#ifndef SPYRE_ROPE_H
#define SPYRE_ROPE_H

#include "../../device/internal.h"

#include <math.h>

// `table` is the whole cosine and sine table; `output` may be `input`.
static inline void spyre_rotate_head(const float *input, float *output, int64_t head_size,
                                     spyre_rope_layout layout, const float *table, int64_t positions,
                                     int32_t position) {
    int64_t half = head_size / 2;
    bool known = position >= 0 && position < positions;
    const float *angles = table + (known ? (int64_t)position * head_size : 0);
    int64_t step = layout == SPYRE_ROPE_INTERLEAVED ? 2 : 1;
    int64_t distance = layout == SPYRE_ROPE_INTERLEAVED ? 1 : half;
    for (int64_t j = 0; j < half; j++) {
        float c = known ? angles[2 * j] : NAN, s = known ? angles[2 * j + 1] : NAN;
        float x0 = input[j * step], x1 = input[j * step + distance];
        output[j * step] = x0 * c - x1 * s;
        output[j * step + distance] = x0 * s + x1 * c;
    }
}

#endif
