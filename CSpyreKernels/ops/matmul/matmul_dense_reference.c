// Scalar kernels of the dense types: the portable fallback.
#include "remainders.h"

#include <string.h>

// Word `word` of row `row` in lines.
static const uint8_t *word_at(const spyre_dense_tile *t, int row, int64_t word) {
    int64_t line = word / SPYRE_DENSE_LINE * t->rows + row;
    return (const uint8_t *)t->input + (line * SPYRE_DENSE_LINE + word % SPYRE_DENSE_LINE) * 4;
}

static float step_f32(float sum, const uint8_t *x, const uint8_t *w) {
    return sum + *(const float *)x * *(const float *)w;
}

static float step_bf16(float sum, const uint8_t *x, const uint8_t *w) {
    const uint16_t *a = (const uint16_t *)x, *b = (const uint16_t *)w;
    sum += spyre_from_bf16(a[0]) * spyre_from_bf16(b[0]);
    return sum + spyre_from_bf16(a[1]) * spyre_from_bf16(b[1]);
}

static float step_f16(float sum, const uint8_t *x, const uint8_t *w) {
    return sum + *(const float *)x * spyre_from_f16(*(const uint16_t *)w);
}

static void each_element(const spyre_dense_tile *t, int word_bytes,
                         float (*step)(float, const uint8_t *, const uint8_t *)) {
    for (int r = 0; r < t->rows; r++)
        for (int c = t->column; c < t->column_end; c++) {
            float sum = t->first ? 0 : t->output[r * 64 + c];
            for (int64_t k = 0; k < t->words; k++)
                sum = step(sum, word_at(t, r, k), (const uint8_t *)t->panel + (k * 64 + c) * word_bytes);
            t->output[r * 64 + c] = sum;
        }
}

void spyre_matmul_f32_reference(const spyre_dense_tile *t) { each_element(t, 4, step_f32); }
void spyre_matmul_bf16_reference(const spyre_dense_tile *t) { each_element(t, 4, step_bf16); }
void spyre_matmul_f16_reference(const spyre_dense_tile *t) { each_element(t, 2, step_f16); }

void spyre_matmul_remainders_reference(const spyre_dense_tile *t) {
    const spyre_remainders *remainders = t->input;
    for (int r = 0; r < t->rows; r++)
        for (int c = t->column; c < t->column_end; c++)
            for (int i = 0; i < remainders[r].count; i++) {
                const uint8_t *words = (const uint8_t *)t->panel + (remainders[r].words[i] * 64 + c) * 4;
                float *sum = t->output + r * 64 + c;
                *sum = step_bf16(*sum, (const uint8_t *)remainders[r].pairs[i], words);
            }
}

void spyre_find_remainders_reference(const float *input, int64_t count, spyre_remainders *remainders) {
    spyre_largest_remainders largest = {0};
    for (int64_t i = 0; i < count; i++) {
        float rest = input[i] - spyre_from_bf16(spyre_to_bf16(input[i]));
        if (fabsf(rest) > largest.least) spyre_take_remainder(&largest, i, rest);
    }
    spyre_write_remainders(&largest, remainders);
}

void spyre_spread_f32_reference(const float *input, uint8_t *lines, int64_t count, int64_t stride) {
    for (int64_t i = 0; i < count; i++)
        memcpy(lines + i / SPYRE_DENSE_LINE * stride + i % SPYRE_DENSE_LINE * 4, input + i, 4);
}

void spyre_spread_bf16_reference(const float *input, uint8_t *lines, int64_t count, int64_t stride) {
    for (int64_t i = 0; i < count + count % 2; i++) {
        uint16_t half = i < count ? spyre_to_bf16(input[i]) : 0;
        memcpy(lines + i / (2 * SPYRE_DENSE_LINE) * stride + i % (2 * SPYRE_DENSE_LINE) * 2, &half, 2);
    }
}
