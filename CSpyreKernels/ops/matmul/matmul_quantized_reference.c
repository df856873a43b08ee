// Scalar kernels of the quantised weight types: the portable fallback.
#include "../../device/kernels.h"
#include "../../simd/half.h"
#include "weight_format.h"

#include <math.h>
#include <string.h>

// Adds to `sum` what K chunk `t` gives for one row and one column of its panel.
typedef float term(const spyre_matmul_tile *t, int row, int column, float sum);

static void each_element(const spyre_matmul_tile *t, term *dot) {
    for (int r = 0; r < t->rows; r++)
        for (int c = t->column; c < t->column_end; c++) {
            float *output = t->output + r * 64 + c;
            *output = dot(t, r, c, t->first ? 0.0f : *output);
        }
}

static const int8_t *input_row(const spyre_matmul_tile *t, int row) {
    return (const int8_t *)t->input + row * t->input_stride;
}

static float half_at(const uint8_t *halves, int column) {
    return spyre_from_f16(((const uint16_t *)halves)[column]);
}

static int byte_at(const uint8_t *quads, int column, int i) {
    return quads[i / 4 * 256 + column * 4 + i % 4];
}

static int nibble_at(const uint8_t *quads, int column, int i) {
    return byte_at(quads, column, i % 16) >> (i < 16 ? 0 : 4) & 15;
}

static float dot_q8_0(const spyre_matmul_tile *t, int row, int column, float sum) {
    const int8_t *x = input_row(t, row);
    const uint8_t *block = t->panel;
    for (int64_t b = 0; b < t->columns / 32; b++, block += SPYRE_Q8_0_BLOCK, x += 32) {
        int32_t dot = 0;
        for (int i = 0; i < 32; i++) dot += (byte_at(block + SPYRE_HALVES, column, i) - 128) * x[i];
        sum += half_at(block, column) * t->scales[row * t->block_stride + b] * (float)dot;
    }
    return sum;
}

static float dot_q4_0(const spyre_matmul_tile *t, int row, int column, float sum) {
    const int8_t *x = input_row(t, row);
    const uint8_t *block = t->panel;
    for (int64_t b = 0; b < t->columns / 32; b++, block += SPYRE_Q4_0_BLOCK, x += 32) {
        int32_t dot = 0;
        for (int i = 0; i < 32; i++) dot += (nibble_at(block + SPYRE_HALVES, column, i) - 8) * x[i];
        sum += half_at(block, column) * t->scales[row * t->block_stride + b] * (float)dot;
    }
    return sum;
}

static float dot_q4_1(const spyre_matmul_tile *t, int row, int column, float sum) {
    const int8_t *x = input_row(t, row);
    const uint8_t *block = t->panel;
    for (int64_t b = 0; b < t->columns / 32; b++, block += SPYRE_Q4_1_BLOCK, x += 32) {
        int32_t dot = 0;
        for (int i = 0; i < 32; i++) dot += nibble_at(block + 2 * SPYRE_HALVES, column, i) * x[i];
        int64_t at = row * t->block_stride + b;
        sum += half_at(block, column) * t->scales[at] * (float)dot;
        sum += half_at(block + SPYRE_HALVES, column) * t->sums[at];
    }
    return sum;
}

static float dot_q4_k(const spyre_matmul_tile *t, int row, int column, float sum) {
    const int8_t *x = input_row(t, row);
    for (int64_t b = 0; b < t->columns / 32; b++, x += 32) {
        const uint8_t *head = (const uint8_t *)t->panel + b / 8 * SPYRE_Q4_K_SUPER;
        const uint8_t *block = head + SPYRE_Q4_K_HEAD + b % 8 * SPYRE_Q4_K_BLOCK;
        int32_t dot = 0;
        for (int i = 0; i < 32; i++) dot += nibble_at(block + 2 * 64, column, i) * x[i];
        int64_t at = row * t->block_stride + b;
        float scale = half_at(head, column) * (float)block[column];
        float minimum = half_at(head + SPYRE_HALVES, column) * (float)block[64 + column];
        sum += scale * t->scales[at] * (float)dot;
        sum -= minimum * t->sums[at];
    }
    return sum;
}

static float dot_q6_k(const spyre_matmul_tile *t, int row, int column, float sum) {
    const int8_t *x = input_row(t, row);
    for (int64_t b = 0; b < t->columns / 16; b++, x += 16) {
        const uint8_t *head = (const uint8_t *)t->panel + b / 16 * SPYRE_Q6_K_SUPER;
        const uint8_t *block = head + SPYRE_Q6_K_HEAD + b % 16 / 2 * SPYRE_Q6_K_BLOCK;
        const uint8_t *nibbles = block + 2 * 64, *bits = nibbles + SPYRE_NIBBLES_32;
        int32_t dot = 0;
        for (int i = 0; i < 16; i++) {
            int at = (int)(b % 2) * 16 + i;
            int high = byte_at(bits, column, at % 8) >> at / 8 * 2 & 3;
            dot += ((nibble_at(nibbles, column, at) | high << 4) - 32) * x[i];
        }
        float scale = half_at(head, column) * (float)(int8_t)block[b % 2 * 64 + column];
        sum += scale * t->scales[row * t->block_stride + b / 2] * (float)dot;
    }
    return sum;
}

void spyre_matmul_q8_0_reference(const spyre_matmul_tile *t) { each_element(t, dot_q8_0); }
void spyre_matmul_q4_0_reference(const spyre_matmul_tile *t) { each_element(t, dot_q4_0); }
void spyre_matmul_q4_1_reference(const spyre_matmul_tile *t) { each_element(t, dot_q4_1); }
void spyre_matmul_q4_k_reference(const spyre_matmul_tile *t) { each_element(t, dot_q4_k); }
void spyre_matmul_q6_k_reference(const spyre_matmul_tile *t) { each_element(t, dot_q6_k); }

void spyre_matmul_i8_reference(const spyre_matmul_tile *t) {
    for (int r = 0; r < t->rows; r++)
        for (int c = t->column; c < t->column_end; c++) {
            float *output = t->output + r * 64 + c;
            const int8_t *x = input_row(t, r);
            int32_t dot = 0;
            if (!t->first) memcpy(&dot, output, 4);
            for (int64_t k = 0; k < t->columns; k++)
                dot += ((int)((const uint8_t *)t->panel)[k / 4 * SPYRE_QUADS + c * 4 + k % 4] - 128) * x[k];
            if (t->last) *output = t->panel_scales[c] * t->scales[r * t->block_stride] * (float)dot;
            else memcpy(output, &dot, 4);
        }
}

// One scale for `count` values: max|x| / 127, NaN for values that are not finite. Their sum.
static int32_t quantize_values(const float *input, int8_t *quants, float *scale, int64_t count) {
    float largest = 0;
    int finite = 1;
    for (int64_t i = 0; i < count; i++) {
        finite = finite && isfinite(input[i]);
        largest = fmaxf(largest, fabsf(input[i]));
    }
    float inverse = finite && largest > 0 ? 127.0f / largest : 0.0f;
    // 127 / largest overflows when the scale is far below the smallest normal number: all count as zero.
    if (!isfinite(inverse)) inverse = 0;
    int32_t sum = 0;
    for (int64_t i = 0; i < count; i++) {
        quants[i] = finite ? (int8_t)rintf(input[i] * inverse) : 0;
        sum += quants[i];
    }
    *scale = finite ? largest / 127.0f : NAN;
    return sum;
}

void spyre_quantize_reference(const float *input, int8_t *quants, float *scales, float *sums,
                              int32_t *offsets, int64_t blocks) {
    for (int64_t b = 0; b < blocks; b++) {
        int32_t sum = quantize_values(input + b * 32, quants + b * 32, scales + b, 32);
        sums[b] = scales[b] * (float)sum;
        offsets[b] = -128 * sum;
    }
}

void spyre_quantize_row_reference(const float *input, int8_t *quants, float *scale, int32_t *offset,
                                  int64_t count) {
    *offset = -128 * quantize_values(input, quants, scale, count);
    for (; count % 4 != 0; count++) quants[count] = 0;
}

void spyre_half_offsets_reference(const int8_t *quants, int32_t *offsets, int64_t halves) {
    for (int64_t h = 0; h < halves; h++) {
        int32_t sum = 0;
        for (int i = 0; i < 16; i++) sum += quants[h * 16 + i];
        offsets[h] = -32 * sum;
    }
}
