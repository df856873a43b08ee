// Scalar attention kernels: the portable fallback.
#include "../../device/kernels.h"
#include "../../simd/half.h"

static float key_f32(const void *data, int64_t i) { return ((const float *)data)[i]; }
static float key_bf16(const void *data, int64_t i) { return spyre_from_bf16(((const uint16_t *)data)[i]); }

typedef float load(const void *data, int64_t index);

static void scores(const float *queries, int64_t stride, const void *keys, int64_t head_size, float *output, int rows,
                   load *element) {
    for (int r = 0; r < rows; r++)
        for (int t = 0; t < 64; t++) {
            float sum = 0;
            for (int64_t d = 0; d < head_size; d++) sum += queries[r * stride + d] * element(keys, d * 64 + t);
            output[r * 64 + t] = sum;
        }
}

static void weighted_values(const float *weights, const float *decay, const void *values, int64_t head_size,
                            int tokens, float *output, int64_t stride, int rows, load *element) {
    for (int r = 0; r < rows; r++)
        for (int64_t d = 0; d < head_size; d++) {
            float sum = decay[r] * output[r * stride + d];
            for (int t = 0; t < tokens; t++) sum += weights[r * 64 + t] * element(values, t * head_size + d);
            output[r * stride + d] = sum;
        }
}

void spyre_scores_f32_reference(const float *queries, int64_t stride, const void *keys, int64_t head_size,
                                float *output, int rows) {
    scores(queries, stride, keys, head_size, output, rows, key_f32);
}

void spyre_scores_bf16_reference(const float *queries, int64_t stride, const void *keys, int64_t head_size,
                                 float *output, int rows) {
    scores(queries, stride, keys, head_size, output, rows, key_bf16);
}

void spyre_weighted_values_f32_reference(const float *weights, const float *decay, const void *values,
                                         int64_t head_size, int tokens, float *output, int64_t stride, int rows) {
    weighted_values(weights, decay, values, head_size, tokens, output, stride, rows, key_f32);
}

void spyre_weighted_values_bf16_reference(const float *weights, const float *decay, const void *values,
                                          int64_t head_size, int tokens, float *output, int64_t stride, int rows) {
    weighted_values(weights, decay, values, head_size, tokens, output, stride, rows, key_bf16);
}
