#include "../../device/kernels.h"

#include <math.h>
#include <stddef.h>

void spyre_rms_norm_reference(const float *input, const float *weight, float *output, int64_t count,
                              float epsilon) {
    float sum = 0;
    for (int64_t i = 0; i < count; i++) sum += input[i] * input[i];
    float factor = 1.0f / sqrtf(sum / (float)count + epsilon);
    for (int64_t i = 0; i < count; i++) output[i] = weight[i] * (input[i] * factor);
}

// Of the differences to the first element, whose mean is small where that of the elements is large.
void spyre_layer_norm_reference(const float *input, const float *weight, const float *bias, float *output,
                                int64_t count, float epsilon) {
    float first = input[0], sum = 0, squares = 0;
    for (int64_t i = 0; i < count; i++) sum += input[i] - first;
    float mean = sum / (float)count;
    for (int64_t i = 0; i < count; i++) {
        float d = input[i] - first - mean;
        squares += d * d;
    }
    float factor = 1.0f / sqrtf(squares / (float)count + epsilon);
    for (int64_t i = 0; i < count; i++) {
        float y = weight[i] * ((input[i] - first - mean) * factor);
        output[i] = bias == NULL ? y : y + bias[i];
    }
}
