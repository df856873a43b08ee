// What the parts of the plain matrix product share. All of them see row-major operands: a column-major
// product is the row-major one of the transposes, C^T = op(B)^T op(A)^T, with the operands exchanged.
#ifndef SPYRE_GEMM_H
#define SPYRE_GEMM_H

#include "../../device/internal.h"

typedef struct spyre_gemm_operand {
    const float *data;
    int64_t stride;
    bool transposed;
} spyre_gemm_operand;

typedef struct spyre_gemm {
    int64_t m, n, k;
    float alpha, beta;
    spyre_gemm_operand a, b;
    float *c;
    int64_t c_stride;
} spyre_gemm;

// Lines of rows row ..< row + rows of op(A), elements k ..< k + count: [lines][rows][16].
void spyre_gemm_pack_a(const spyre_gemm_operand *a, const spyre_kernels *kernels, int64_t row, int rows,
                       int64_t k, int64_t count, float *lines);

// Elements k ..< k + count of columns column ..< column + columns of op(B), at most 64: [count][64], zeros
// behind the columns.
void spyre_gemm_pack_b(const spyre_gemm_operand *b, int64_t column, int columns, int64_t k, int64_t count,
                       float *panel);

#endif
