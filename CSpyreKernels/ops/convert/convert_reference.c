#include "../../device/kernels.h"
#include "../../simd/half.h"
#include "q8_0.h"

#include <math.h>
#include <stdbool.h>

void spyre_f32_to_f16_reference(const void *input, void *output, int64_t count) {
    const float *x = input;
    for (int64_t i = 0; i < count; i++) ((uint16_t *)output)[i] = spyre_to_f16(x[i]);
}

void spyre_f32_to_bf16_reference(const void *input, void *output, int64_t count) {
    const float *x = input;
    for (int64_t i = 0; i < count; i++) ((uint16_t *)output)[i] = spyre_to_bf16(x[i]);
}

void spyre_f16_to_f32_reference(const void *input, void *output, int64_t count) {
    const uint16_t *x = input;
    for (int64_t i = 0; i < count; i++) {
        float value = spyre_from_f16(x[i]);
        // Processors make a NaN quiet when they convert it.
        if (value != value) value = spyre_float_of_bits(spyre_bits_of_float(value) | 0x400000);
        ((float *)output)[i] = value;
    }
}

void spyre_bf16_to_f32_reference(const void *input, void *output, int64_t count) {
    const uint16_t *x = input;
    for (int64_t i = 0; i < count; i++) ((float *)output)[i] = spyre_from_bf16(x[i]);
}

static void quantize(const float *x, spyre_q8_0_block *block) {
    float largest = 0;
    bool finite = true;
    for (int i = 0; i < SPYRE_Q8_0_VALUES; i++) {
        finite = finite && isfinite(x[i]);
        largest = fmaxf(largest, fabsf(x[i]));
    }
    float scale = largest / 127.0f;
    float inverse = scale < SPYRE_Q8_0_LEAST_SCALE ? 0 : 1.0f / scale;
    block->scale = finite ? spyre_to_f16(scale) : SPYRE_F16_NAN;
    for (int i = 0; i < SPYRE_Q8_0_VALUES; i++)
        block->quants[i] = finite ? (int8_t)roundf(x[i] * inverse) : 0;
}

void spyre_f32_to_q8_0_reference(const void *input, void *output, int64_t count) {
    for (int64_t b = 0; b < count / SPYRE_Q8_0_VALUES; b++)
        quantize((const float *)input + b * SPYRE_Q8_0_VALUES, (spyre_q8_0_block *)output + b);
}

void spyre_q8_0_to_f32_reference(const void *input, void *output, int64_t count) {
    const spyre_q8_0_block *blocks = input;
    for (int64_t i = 0; i < count; i++) {
        const spyre_q8_0_block *block = &blocks[i / SPYRE_Q8_0_VALUES];
        ((float *)output)[i] = spyre_from_f16(block->scale) * block->quants[i % SPYRE_Q8_0_VALUES];
    }
}
