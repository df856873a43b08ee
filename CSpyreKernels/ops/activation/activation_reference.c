#include "../../device/kernels.h"

#include <math.h>

void spyre_silu_reference(const float *input, float *output, int64_t count) {
    for (int64_t i = 0; i < count; i++) output[i] = input[i] / (1.0f + expf(-input[i]));
}

void spyre_silu_mul_reference(const float *gate, const float *up, float *output, int64_t count) {
    for (int64_t i = 0; i < count; i++) output[i] = gate[i] / (1.0f + expf(-gate[i])) * up[i];
}

// In double precision: 1 + erf(x) cancels for x below 0, erfc does not.
void spyre_gelu_reference(const float *input, float *output, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        double x = input[i];
        output[i] = x == -INFINITY ? -0.0f : (float)(0.5 * x * erfc(x * -0.70710678118654752440));
    }
}

void spyre_gelu_tanh_reference(const float *input, float *output, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        double x = input[i];
        double w = 1.5957691216057307117597842397375 * (x + 0.044715 * x * x * x);
        output[i] = x == -INFINITY ? -0.0f : (float)(x / (1 + exp(-w)));
    }
}

void spyre_relu_reference(const float *input, float *output, int64_t count) {
    for (int64_t i = 0; i < count; i++) output[i] = input[i] < 0 ? 0 : input[i];
}

void spyre_add_reference(const float *a, const float *b, float scale, float *output, int64_t count) {
    for (int64_t i = 0; i < count; i++) output[i] = a[i] + scale * b[i];
}

void spyre_scale_reference(const float *input, float scale, float *output, int64_t count) {
    for (int64_t i = 0; i < count; i++) output[i] = scale * input[i];
}
