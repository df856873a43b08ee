// The inner kernels that a device chooses once, by instruction set. Pure functions: no allocation, no globals, no
// threads. `ops/*/*.def` list their variants.
#ifndef SPYRE_KERNELS_H
#define SPYRE_KERNELS_H

#include <stdint.h>

typedef enum spyre_isa { SPYRE_ISA_REFERENCE = 0, SPYRE_ISA_AVX2 = 1, SPYRE_ISA_AVX512 = 2 } spyre_isa;

// Rows that one matmul tile may have.
enum { SPYRE_TILE_ROWS = 6 };

// One row block times one or two neighbouring panels. Each output element is one chain of fused multiply-adds in
// the order of k (of pairs of k for BF16; of 32-blocks for the quantised types), whatever the tile: that is what
// makes a row's result independent of its batch.
typedef struct spyre_matmul_tile {
    const void *panel;
    int64_t panel_bytes;
    // Elements of K; the quantised types have columns / 32 blocks.
    int64_t columns;
    // Prepared rows: float, bfloat16 pairs, or int8, `input_stride` bytes apart.
    const void *input;
    int64_t input_stride;
    // Quantised types: per row and block, the scale, and scale * sum of the quants; floats, strides in elements.
    const float *scales;
    const float *sums;
    int64_t block_stride;
    // [rows][64 * panels], row stride 128 floats.
    float *output;
    int rows;
    int panels;
} spyre_matmul_tile;

typedef void spyre_matmul_kernel(const spyre_matmul_tile *tile);

// Rounds `count` floats to bfloat16, to nearest even; an odd count is padded with a zero.
typedef void spyre_to_bf16_kernel(const float *input, uint16_t *output, int64_t count);

// Symmetric int8 quantisation per block of 32: scale = max|x| / 127.
typedef void spyre_quantize_kernel(const float *input, int8_t *quants, float *scales, float *sums, int64_t blocks);

typedef void spyre_rms_norm_kernel(const float *input, const float *weight, float *output, int64_t count,
                                   float epsilon);

// output[i] = silu(gate[i]) * up[i]
typedef void spyre_silu_mul_kernel(const float *gate, const float *up, float *output, int64_t count);

// scores[r][t] = dot(queries[r], keys[:, t]) for 64 tokens; keys are [head_size][64].
typedef void spyre_scores_kernel(const float *queries, int64_t query_stride, const void *keys, int64_t head_size,
                                 float *scores, int rows);

// output[r] = decay[r] * output[r] + sum over t of weights[r][t] * values[t]; values are [64][head_size].
typedef void spyre_weighted_values_kernel(const float *weights, const float *decay, const void *values,
                                          int64_t head_size, int tokens, float *output, int64_t output_stride,
                                          int rows);

// row[i] = exp(row[i] - maximum) and their sum, in a fixed order.
typedef float spyre_exp_kernel(float *row, float maximum, int64_t count);

// One line a kernel: type, name.
#define SPYRE_KERNEL_LIST(KERNEL)                                                                            \
    KERNEL(spyre_matmul_kernel, matmul_f32)                                                                  \
    KERNEL(spyre_matmul_kernel, matmul_bf16)                                                                 \
    KERNEL(spyre_matmul_kernel, matmul_q8_0)                                                                 \
    KERNEL(spyre_matmul_kernel, matmul_q4_1)                                                                 \
    KERNEL(spyre_to_bf16_kernel, to_bf16)                                                                    \
    KERNEL(spyre_quantize_kernel, quantize)                                                                  \
    KERNEL(spyre_rms_norm_kernel, rms_norm)                                                                  \
    KERNEL(spyre_silu_mul_kernel, silu_mul)                                                                  \
    KERNEL(spyre_exp_kernel, exp)                                                                            \
    KERNEL(spyre_scores_kernel, scores_f32)                                                                  \
    KERNEL(spyre_scores_kernel, scores_bf16)                                                                 \
    KERNEL(spyre_weighted_values_kernel, weighted_values_f32)                                                \
    KERNEL(spyre_weighted_values_kernel, weighted_values_bf16)

typedef struct spyre_kernels {
#define SPYRE_KERNEL_FIELD(type, name) type *name;
    SPYRE_KERNEL_LIST(SPYRE_KERNEL_FIELD)
#undef SPYRE_KERNEL_FIELD
#define SPYRE_KERNEL_ISA(type, name) spyre_isa name##_isa;
    SPYRE_KERNEL_LIST(SPYRE_KERNEL_ISA)
#undef SPYRE_KERNEL_ISA
} spyre_kernels;

// Best instruction set of this processor.
spyre_isa spyre_isa_best(void);
const char *spyre_isa_name(spyre_isa isa);

// Fills `kernels` with the newest variants up to `isa`.
void spyre_kernels_select(spyre_isa isa, spyre_kernels *kernels);

#endif
