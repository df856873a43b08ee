// The inner kernels that a device chooses once, by instruction set. Pure functions: no allocation, no
// globals, no threads. `ops/*/*.def` list their variants.
#ifndef SPYRE_KERNELS_H
#define SPYRE_KERNELS_H

#include <stdint.h>

typedef enum spyre_isa { SPYRE_ISA_REFERENCE = 0, SPYRE_ISA_AVX2 = 1, SPYRE_ISA_AVX512 = 2 } spyre_isa;

// Rows of one tile of a dense matrix product, and words of K in one line of its prepared rows.
enum { SPYRE_DENSE_ROWS = 12, SPYRE_DENSE_LINE = 16 };

// Prepared rows times a range of K of one panel. A word is a float, or a pair of bfloat16 along K. The rows
// of a tile are interleaved by lines of 16 words, [lines][rows][16]: one stream to read, whatever the stride
// of the source. Each output element is one chain of fused multiply-adds in the order of K (of pairs of K for
// BF16), whatever the tile and the ranges: that is what makes a row's result independent of its batch.
typedef struct spyre_dense_tile {
    // First word of the range, [words][64]; binary16 for matmul_f16.
    const void *panel;
    const void *input;
    // Words in the range; one that is not the last of its panel has a multiple of 16.
    int64_t words;
    int rows;
    // Columns of the panel to compute: 0 ..< 64, 0 ..< 32 or 32 ..< 64.
    int column;
    int column_end;
    // Zero: the chains go on from what `output` holds. Else they start at 0.
    int first;
    // [rows][64]
    float *output;
    // Memory to fetch to the second-level cache on the way, in lines of 64 bytes.
    const uint8_t *ahead;
    int64_t ahead_lines;
} spyre_dense_tile;

// matmul_remainders goes on from what `output` holds: `input` is the tile's spyre_remainders, one a row, and
// `panel` the first word of the whole panel of bfloat16; `words`, `first` and what lies ahead do not matter.
typedef void spyre_dense_kernel(const spyre_dense_tile *tile);

// Writes a row as lines of a tile, `stride` bytes apart, converted to words; the last line is filled up to a
// whole word with a zero. spread_f32 copies floats, spread_bf16 rounds to nearest even, and spread_rounded has
// the rounded numbers as floats.
typedef void spyre_spread_kernel(const float *input, uint8_t *lines, int64_t count, int64_t stride);

// Elements of a row whose rounding to bfloat16 can be made good.
enum { SPYRE_REMAINDERS = 8 };

// What rounding took from those elements of a row that lost most, of equal ones from the first: their words
// along K, and the remainder as bfloat16 beside a zero, to be multiplied with the pair of the panel.
typedef struct spyre_remainders {
    int32_t count;
    int32_t words[SPYRE_REMAINDERS];
    uint16_t pairs[SPYRE_REMAINDERS][2];
} spyre_remainders;

typedef void spyre_find_remainders_kernel(const float *input, int64_t count, spyre_remainders *remainders);

// Rows that one quantised tile may have.
enum { SPYRE_TILE_ROWS = 6 };

// One row block times one quantised panel. Each output element is one chain of fused multiply-adds in the
// order of the 32-blocks of K, whatever the tile.
typedef struct spyre_matmul_tile {
    const void *panel;
    // Elements of K: columns / 32 blocks.
    int64_t columns;
    // Prepared rows of int8, `input_stride` bytes apart.
    const void *input;
    int64_t input_stride;
    // Quantised types, per row and block (row stride `block_stride` elements): the scale, scale * sum of the
    // quants, and -128 * sum of the quants. Q6_K has two offsets a block, -32 * sum of 16 quants each; I8 has one
    // block a row and no sums.
    const float *scales;
    const float *sums;
    const int32_t *offsets;
    int64_t block_stride;
    // I8: scales of the panel's columns.
    const float *panel_scales;
    // [rows][64]. Between the ranges of K of a product it holds what the chains have come to; for I8, integers.
    float *output;
    int rows;
    // Columns of the panel to compute: 0 ..< 64, 0 ..< 32 or 32 ..< 64.
    int column;
    int column_end;
    // Whether `columns` are the first of K (the chains start at 0) and the last.
    int first;
    int last;
    // Memory to fetch to the second-level cache on the way, in lines of 64 bytes.
    const uint8_t *ahead;
    int64_t ahead_lines;
} spyre_matmul_tile;

typedef void spyre_matmul_kernel(const spyre_matmul_tile *tile);

// What becomes of a finished tile: output = residual + scale * act(tile + bias), each part optional.
typedef struct spyre_matmul_result {
    // Rows of the tile, 64 floats apart, overwritten.
    float *tile;
    int rows;
    // Non-zero: the tile has 32 gate and 32 up columns, and act(x) is silu(gate) * up. Zero: act(x) is x.
    int gated;
    float scale;
    // For the first `bias_count` columns, or null.
    const float *bias;
    int64_t bias_count;
    // Element of row 0 that the first column goes to, the same of the residual (or null), and columns to
    // write.
    float *output;
    const float *residual;
    int64_t stride;
    int64_t count;
} spyre_matmul_result;

typedef void spyre_matmul_finish_kernel(const spyre_matmul_result *result);

// Symmetric int8 quantisation per block of 32: scale = max|x| / 127. `sums` and `offsets` as in a tile.
typedef void spyre_quantize_kernel(const float *input, int8_t *quants, float *scales, float *sums,
                                   int32_t *offsets, int64_t blocks);

// The same with one scale for the whole row; quants are written in groups of a vector, zero beyond `count`.
typedef void spyre_quantize_row_kernel(const float *input, int8_t *quants, float *scale, int32_t *offset,
                                       int64_t count);

// offsets[i] = -32 * sum of quants 16 i ..< 16 i + 16.
typedef void spyre_half_offsets_kernel(const int8_t *quants, int32_t *offsets, int64_t halves);

// Writes `columns` of K of a panel as expanded blocks (ops/matmul/weight_format.h), F16 and BF16 as
// float32. An instruction set without one reads panels as they are packed.
typedef void spyre_expand_kernel(const void *panel, void *expanded, int64_t columns);

typedef void spyre_rms_norm_kernel(const float *input, const float *weight, float *output, int64_t count,
                                   float epsilon);

typedef void spyre_layer_norm_kernel(const float *input, const float *weight, const float *bias,
                                     float *output, int64_t count, float epsilon);

// output[i] = f(input[i]); the output may be the input.
typedef void spyre_unary_kernel(const float *input, float *output, int64_t count);

// output[i] = a[i] + scale * b[i]
typedef void spyre_add_kernel(const float *a, const float *b, float scale, float *output, int64_t count);

// output[i] = scale * input[i]
typedef void spyre_scale_kernel(const float *input, float scale, float *output, int64_t count);

// Values of one type to another, Q8_0 in whole blocks.
typedef void spyre_convert_kernel(const void *input, void *output, int64_t count);

// The first place from `begin` on whose value is greater than the threshold; `count` when there is none.
typedef int64_t spyre_find_greater_kernel(const float *row, int64_t begin, int64_t count, float threshold);

// The largest of at least one value; open with a NaN among them.
typedef float spyre_maximum_kernel(const float *row, int64_t count);

// output[i] = silu(gate[i]) * up[i]
typedef void spyre_silu_mul_kernel(const float *gate, const float *up, float *output, int64_t count);

enum {
    // Query rows that one attention tile may have, those of them that are in registers at a time, and the
    // largest head.
    SPYRE_ATTENTION_ROWS = 96,
    SPYRE_ATTENTION_TILE_ROWS = 6,
    SPYRE_ATTENTION_HEAD_SIZE = 256,
    // Tokens whose weights have one base. Chunks begin at multiples of it in every sequence.
    SPYRE_ATTENTION_CHUNK = 256,
    // Tokens that meet a row at a time, and the fewest that a block has of them.
    SPYRE_ATTENTION_PANEL = 64,
    SPYRE_ATTENTION_LEAST_PANEL = 16
};

// Query rows of one sequence, as many for each of some neighbouring KV heads, and units of work on them. Unit u
// is chunk u / heads of the sequence and KV head u % heads: their order is that in which the cache lies in
// memory. In each chunk, a row's weights are 2^(score - largest score of the chunk), of the tokens that it
// sees; sums of weights and of weighted values go on from chunk to chunk in their order, from zero. So the
// result of a row depends on its own keys only, whatever the tile and whoever met which unit.
typedef struct spyre_attention_tile {
    // [heads][rows][head_size]
    const float *queries;
    // [heads][rows][head_size]; not used when there are partial results to be left.
    float *output;
    // Keys that each row of a head may see; at least 1, never falling.
    const int64_t *visible;
    int heads;
    int rows;
    int64_t head_size;
    // Multiplies queries before they meet keys; has log2(e) in it.
    float scale;
    // The first KV head's part of block 0; that of the next head is `head_bytes` on, the next block
    // `block_bytes`. Layouts: spyre_kv_layout.
    const void *keys;
    const void *values;
    int64_t head_bytes;
    int64_t block_bytes;
    // A block has 2^block_shift tokens, in panels of `panel_tokens` that are `panel_bytes` apart.
    int block_shift;
    int panel_tokens;
    int64_t panel_bytes;
    // Whether the tokens of a panel lie one after the other.
    int token_major;
    // Physical block of every 2^block_shift tokens; one outside 0 ..< blocks is read as block 0.
    const int32_t *table;
    int64_t blocks;
    // Units to meet. The first token of each chunk is one that the last row sees.
    int64_t first_unit;
    int64_t end_unit;
    // Null: the units are all that the rows see, and the output is complete. Else where partial results go, a
    // place per chunk: what unit u leaves goes to chunk u / heads, but a tile that has unit 0 merges all of its
    // units on the way and leaves what they come to in the place of chunk 0.
    float *partials;
} spyre_attention_tile;

// The place of one chunk among partial results: the largest score of each row of each KV head, the sum of its
// weights, and its weighted values, [heads][rows][head_size].
typedef struct spyre_attention_sums {
    float *maximum;
    float *sum;
    float *values;
} spyre_attention_sums;

// Floats of such a place. Values begin at a cache line.
static inline int64_t spyre_attention_sums_size(int64_t rows, int64_t head_size) {
    return (2 * rows + 15) / 16 * 16 + rows * head_size;
}

static inline spyre_attention_sums spyre_attention_sums_at(const spyre_attention_tile *tile, int64_t chunk) {
    int64_t rows = (int64_t)tile->heads * tile->rows, size = spyre_attention_sums_size(rows, tile->head_size);
    float *place = tile->partials + chunk * size;
    return (spyre_attention_sums){place, place + rows, place + size - rows * tile->head_size};
}

// Meets the units (attend), or makes the output of the partial results of units 0 ..< end_unit (merge), of
// which one tile had 0 ..< first_unit.
typedef void spyre_attend_kernel(const spyre_attention_tile *tile);

// One token of a panel of the cache, of `panel` tokens: `keys` and `values` are the KV head's part of it. What
// other tokens have is not touched.
typedef void spyre_kv_store_kernel(const float *key, const float *value, void *keys, void *values,
                                   int64_t token, int64_t panel, int64_t head_size);

// Turns the pairs of one head, (j, j + head_size / 2) if `half_split` or else (2j, 2j + 1), by `angles`,
// `[head_size / 2][2]`: cosine, sine. `output` may be `input`.
typedef void spyre_rotate_kernel(const float *input, float *output, int64_t head_size, int half_split,
                                 const float *angles);

// row[i] = exp(row[i] - maximum) and their sum, in a fixed order.
typedef float spyre_exp_kernel(float *row, float maximum, int64_t count);

// One line a kernel: type, name.
#define SPYRE_KERNEL_LIST(KERNEL)                                                                            \
    KERNEL(spyre_dense_kernel, matmul_f32)                                                                   \
    KERNEL(spyre_dense_kernel, matmul_bf16)                                                                  \
    KERNEL(spyre_dense_kernel, matmul_f16)                                                                   \
    KERNEL(spyre_dense_kernel, matmul_remainders)                                                            \
    KERNEL(spyre_expand_kernel, expand_f16)                                                                  \
    KERNEL(spyre_expand_kernel, expand_bf16)                                                                 \
    KERNEL(spyre_matmul_kernel, matmul_q8_0)                                                                 \
    KERNEL(spyre_matmul_kernel, matmul_q4_0)                                                                 \
    KERNEL(spyre_matmul_kernel, matmul_q4_1)                                                                 \
    KERNEL(spyre_matmul_kernel, matmul_q4_k)                                                                 \
    KERNEL(spyre_matmul_kernel, matmul_q6_k)                                                                 \
    KERNEL(spyre_matmul_kernel, matmul_i8)                                                                   \
    KERNEL(spyre_expand_kernel, expand_q4_0)                                                                 \
    KERNEL(spyre_expand_kernel, expand_q4_1)                                                                 \
    KERNEL(spyre_expand_kernel, expand_q4_k)                                                                 \
    KERNEL(spyre_expand_kernel, expand_q6_k)                                                                 \
    KERNEL(spyre_matmul_kernel, matmul_scaled)                                                               \
    KERNEL(spyre_matmul_kernel, matmul_offset)                                                               \
    KERNEL(spyre_matmul_kernel, matmul_halves)                                                               \
    KERNEL(spyre_matmul_finish_kernel, matmul_finish)                                                        \
    KERNEL(spyre_spread_kernel, spread_f32)                                                                  \
    KERNEL(spyre_spread_kernel, spread_bf16)                                                                 \
    KERNEL(spyre_spread_kernel, spread_rounded)                                                              \
    KERNEL(spyre_find_remainders_kernel, find_remainders)                                                    \
    KERNEL(spyre_quantize_kernel, quantize)                                                                  \
    KERNEL(spyre_quantize_row_kernel, quantize_row)                                                          \
    KERNEL(spyre_half_offsets_kernel, half_offsets)                                                          \
    KERNEL(spyre_rms_norm_kernel, rms_norm)                                                                  \
    KERNEL(spyre_layer_norm_kernel, layer_norm)                                                              \
    KERNEL(spyre_unary_kernel, silu)                                                                         \
    KERNEL(spyre_unary_kernel, gelu)                                                                         \
    KERNEL(spyre_unary_kernel, gelu_tanh)                                                                    \
    KERNEL(spyre_unary_kernel, relu)                                                                         \
    KERNEL(spyre_add_kernel, add)                                                                            \
    KERNEL(spyre_scale_kernel, scale)                                                                        \
    KERNEL(spyre_convert_kernel, f32_to_f16)                                                                 \
    KERNEL(spyre_convert_kernel, f32_to_bf16)                                                                \
    KERNEL(spyre_convert_kernel, f16_to_f32)                                                                 \
    KERNEL(spyre_convert_kernel, bf16_to_f32)                                                                \
    KERNEL(spyre_convert_kernel, f32_to_q8_0)                                                                \
    KERNEL(spyre_convert_kernel, q8_0_to_f32)                                                                \
    KERNEL(spyre_find_greater_kernel, find_greater)                                                          \
    KERNEL(spyre_maximum_kernel, maximum)                                                                    \
    KERNEL(spyre_silu_mul_kernel, silu_mul)                                                                  \
    KERNEL(spyre_exp_kernel, exp)                                                                            \
    KERNEL(spyre_attend_kernel, attend_f32)                                                                  \
    KERNEL(spyre_attend_kernel, attend_f16)                                                                  \
    KERNEL(spyre_attend_kernel, attend_bf16)                                                                 \
    KERNEL(spyre_attend_kernel, attend_f8_e4m3)                                                              \
    KERNEL(spyre_attend_kernel, attend_i8)                                                                   \
    KERNEL(spyre_attend_kernel, attend_merge)                                                                \
    KERNEL(spyre_kv_store_kernel, kv_store_f32)                                                              \
    KERNEL(spyre_kv_store_kernel, kv_store_f16)                                                              \
    KERNEL(spyre_kv_store_kernel, kv_store_bf16)                                                             \
    KERNEL(spyre_kv_store_kernel, kv_store_f8_e4m3)                                                          \
    KERNEL(spyre_kv_store_kernel, kv_store_i8)                                                               \
    KERNEL(spyre_rotate_kernel, rotate)

// cblas_sgemm of another library.
typedef void spyre_sgemm_function(int order, int transpose_a, int transpose_b, int m, int n, int k,
                                  float alpha, const float *a, int lda, const float *b, int ldb, float beta,
                                  float *c, int ldc);

typedef struct spyre_kernels {
    // Null: plain matrix products are the library's own.
    spyre_sgemm_function *sgemm;
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
