#include "../../device/kernels.h"

#include <math.h>

void spyre_rms_norm_reference(const float *input, const float *weight, float *output, int64_t count,
                              float epsilon) {
    float sum = 0;
    for (int64_t i = 0; i < count; i++) sum += input[i] * input[i];
    float factor = 1.0f / sqrtf(sum / (float)count + epsilon);
    for (int64_t i = 0; i < count; i++) output[i] = weight[i] * (input[i] * factor);
}
