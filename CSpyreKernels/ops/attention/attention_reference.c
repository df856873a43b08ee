// Scalar attention kernels: the portable fallback.
#include "../../device/kernels.h"
#include "../../simd/half.h"

#include <math.h>

typedef float load(const void *data, int64_t index);

static float load_f32(const void *data, int64_t i) { return ((const float *)data)[i]; }
static float load_bf16(const void *data, int64_t i) { return spyre_from_bf16(((const uint16_t *)data)[i]); }

// One block of one row: `weights` are the scores of its tokens, `output` is the sum so far.
static void meet_block(const spyre_attention_tile *t, const float *query, const void *keys,
                       const void *values, int tokens, float *maximum, float *sum, float *output,
                       load *element) {
    float weights[64], before = *maximum;
    for (int i = 0; i < tokens; i++) {
        float dot = 0;
        for (int64_t d = 0; d < t->head_size; d++) dot += query[d] * element(keys, d * 64 + i);
        weights[i] = dot * t->scale;
        if (weights[i] > *maximum) *maximum = weights[i];
    }
    // Nothing but -inf so far: all weights have to become 0, not NaN.
    float base = *maximum == -INFINITY ? 0 : *maximum, decay = expf(before - base), total = 0;
    for (int i = 0; i < tokens; i++) {
        weights[i] = expf(weights[i] - base);
        total += weights[i];
    }
    *sum = *sum * decay + total;
    for (int64_t d = 0; d < t->head_size; d++) {
        float result = decay * output[d];
        for (int i = 0; i < tokens; i++) result += weights[i] * element(values, i * t->head_size + d);
        output[d] = result;
    }
}

static void attend(const spyre_attention_tile *t, load *element) {
    for (int r = 0; r < t->rows; r++) {
        float *output = t->output + r * t->head_size, maximum = -INFINITY, sum = 0;
        for (int64_t d = 0; d < t->head_size; d++) output[d] = 0;
        for (int64_t first = 0; first < t->visible[r]; first += 64) {
            int64_t block = t->table[first / 64], left = t->visible[r] - first;
            if (block < 0 || block >= t->blocks) block = 0;
            meet_block(t, t->queries + r * t->head_size, (const char *)t->keys + block * t->block_bytes,
                       (const char *)t->values + block * t->block_bytes, left < 64 ? (int)left : 64, &maximum,
                       &sum, output, element);
        }
        for (int64_t d = 0; d < t->head_size; d++) output[d] /= sum;
    }
}

void spyre_attend_f32_reference(const spyre_attention_tile *t) { attend(t, load_f32); }
void spyre_attend_bf16_reference(const spyre_attention_tile *t) { attend(t, load_bf16); }
