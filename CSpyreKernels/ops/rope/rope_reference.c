// Scalar rotation of one head: the portable fallback.
#include "../../device/kernels.h"

void spyre_rotate_reference(const float *input, float *output, int64_t head_size, int half_split,
                            const float *angles) {
    int64_t half = head_size / 2, step = half_split ? 1 : 2, distance = half_split ? half : 1;
    for (int64_t j = 0; j < half; j++) {
        float c = angles[2 * j], s = angles[2 * j + 1];
        float x0 = input[j * step], x1 = input[j * step + distance];
        output[j * step] = x0 * c - x1 * s;
        output[j * step + distance] = x0 * s + x1 * c;
    }
}
