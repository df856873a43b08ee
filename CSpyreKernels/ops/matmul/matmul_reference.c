// Scalar matmul kernels of the quantised types, and the epilogue: the portable fallback.
#include "../../device/kernels.h"
#include "../../simd/half.h"

#include <math.h>

typedef float term(const spyre_matmul_tile *t, const uint8_t *panel, int row, int column);

static void each_element(const spyre_matmul_tile *t, term *dot) {
    for (int r = 0; r < t->rows; r++)
        for (int c = 0; c < 64; c++) t->output[r * 64 + c] = dot(t, t->panel, r, c);
}

static const void *input_row(const spyre_matmul_tile *t, int row) {
    return (const uint8_t *)t->input + row * t->input_stride;
}

static float dot_q8_0(const spyre_matmul_tile *t, const uint8_t *panel, int row, int column) {
    const int8_t *x = input_row(t, row);
    float sum = 0;
    for (int64_t b = 0; b < t->columns / 32; b++, panel += 128 + 2048) {
        int32_t dot = 0;
        for (int i = 0; i < 32; i++)
            dot += ((int32_t)panel[128 + i / 4 * 256 + column * 4 + i % 4] - 128) * x[b * 32 + i];
        float scale =
            spyre_from_f16(((const uint16_t *)panel)[column]) * t->scales[row * t->block_stride + b];
        sum += scale * (float)dot;
    }
    return sum;
}

static float dot_q4_1(const spyre_matmul_tile *t, const uint8_t *panel, int row, int column) {
    const int8_t *x = input_row(t, row);
    float sum = 0;
    for (int64_t b = 0; b < t->columns / 32; b++, panel += 256 + 1024) {
        int32_t dot = 0;
        for (int i = 0; i < 16; i++) {
            uint8_t byte = panel[256 + i / 4 * 256 + column * 4 + i % 4];
            dot += (byte & 15) * x[b * 32 + i] + (byte >> 4) * x[b * 32 + 16 + i];
        }
        float d = t->scales[row * t->block_stride + b];
        sum += spyre_from_f16(((const uint16_t *)panel)[column]) * d * (float)dot;
        sum += spyre_from_f16(((const uint16_t *)panel)[64 + column]) * t->sums[row * t->block_stride + b];
    }
    return sum;
}

void spyre_matmul_q8_0_reference(const spyre_matmul_tile *t) { each_element(t, dot_q8_0); }
void spyre_matmul_q4_1_reference(const spyre_matmul_tile *t) { each_element(t, dot_q4_1); }

void spyre_matmul_finish_reference(const spyre_matmul_result *f) {
    for (int r = 0; r < f->rows; r++) {
        float *x = f->tile + r * 64;
        for (int64_t c = 0; f->bias != NULL && c < f->bias_count; c++) x[c] += f->bias[c];
        for (int c = 0; f->gated && c < 32; c++) x[c] = x[c] / (1.0f + expf(-x[c])) * x[32 + c];
        for (int64_t c = 0; c < f->count; c++) {
            float y = f->scale * x[c];
            int64_t at = r * f->stride + c;
            f->output[at] = f->residual != NULL ? f->residual[at] + y : y;
        }
    }
}

void spyre_quantize_reference(const float *input, int8_t *quants, float *scales, float *sums,
                              int32_t *offsets, int64_t blocks) {
    for (int64_t b = 0; b < blocks; b++, input += 32, quants += 32) {
        float largest = 0;
        int finite = 1;
        for (int i = 0; i < 32; i++) {
            finite = finite && isfinite(input[i]);
            largest = fmaxf(largest, fabsf(input[i]));
        }
        float inverse = finite && largest > 0 ? 127.0f / largest : 0.0f;
        if (!isfinite(inverse)) inverse = 0;
        int32_t sum = 0;
        for (int i = 0; i < 32; i++) {
            quants[i] = finite ? (int8_t)rintf(input[i] * inverse) : 0;
            sum += quants[i];
        }
        scales[b] = finite ? largest / 127.0f : NAN;
        sums[b] = scales[b] * (float)sum;
        offsets[b] = -128 * sum;
    }
}
