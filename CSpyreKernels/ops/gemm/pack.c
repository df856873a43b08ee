// Packs the operands of a plain matrix product: A to the lines, B to the panels that the dense kernels read.
#include "gemm.h"

void spyre_gemm_pack_a(const spyre_gemm_operand *a, const spyre_kernels *kernels, int64_t row, int rows,
                       int64_t k, int64_t count, float *lines) {
    if (!a->transposed) {
        for (int r = 0; r < rows; r++)
            kernels->spread_f32(a->data + (row + r) * a->stride + k,
                                (uint8_t *)(lines + r * SPYRE_DENSE_LINE), count,
                                (int64_t)rows * SPYRE_DENSE_LINE * 4);
        return;
    }
    for (int64_t i = 0; i < count; i++) {
        const float *source = a->data + (k + i) * a->stride + row;
        float *target = lines + i / SPYRE_DENSE_LINE * rows * SPYRE_DENSE_LINE + i % SPYRE_DENSE_LINE;
        for (int r = 0; r < rows; r++) target[r * SPYRE_DENSE_LINE] = source[r];
    }
}

// Rows of B are rows of the panel.
static void copy_rows(const float *source, int64_t stride, int columns, int64_t count, float *panel) {
    for (int64_t i = 0; i < count; i++, source += stride, panel += 64) {
        if (columns == 64) memcpy(panel, source, 64 * sizeof(float));
        else {
            memcpy(panel, source, (size_t)columns * sizeof(float));
            memset(panel + columns, 0, (size_t)(64 - columns) * sizeof(float));
        }
    }
}

// Rows of the stored matrix are columns of the panel. 16 at a time: what is read is whole cache lines, and
// what is written stays in the first-level cache.
static void transpose(const float *source, int64_t stride, int columns, int64_t count, float *panel) {
    for (int64_t begin = 0; begin < count; begin += 16, panel += 16 * 64) {
        const int most = count - begin < 16 ? (int)(count - begin) : 16;
        for (int c = 0; c < columns; c++) {
            const float *row = source + c * stride + begin;
            for (int i = 0; i < most; i++) panel[i * 64 + c] = row[i];
        }
        for (int i = 0; columns < 64 && i < most; i++)
            memset(panel + i * 64 + columns, 0, (size_t)(64 - columns) * sizeof(float));
    }
}

void spyre_gemm_pack_b(const spyre_gemm_operand *b, int64_t column, int columns, int64_t k, int64_t count,
                       float *panel) {
    if (b->transposed) transpose(b->data + column * b->stride + k, b->stride, columns, count, panel);
    else copy_rows(b->data + k * b->stride + column, b->stride, columns, count, panel);
}
