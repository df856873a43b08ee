/// Ops. Each is enqueued on a stream: it runs now, or is recorded while a program is captured.
///
/// Activations are float32 and row-major with a row stride in elements. Weights lie in panels (see
/// `spyre_weight_pack`). Every op checks its spans against the buffers: OUT_OF_RANGE names the operand. What
/// an op writes shares no byte with another operand, INVALID_ARGUMENT names both, unless the op says that it
/// may be that operand: then it has the same offset and stride. Columns of one matrix with one row stride
/// share no byte when the columns are different. Accumulation is in float32 in an order that depends on
/// neither the number of rows nor threads, so a row's result is the same bits alone and in a batch.
#ifndef SPYRE_OPS_H
#define SPYRE_OPS_H

#include "types.h"

SPYRE_BEGIN_DECLS

// MARK: Weights

/// Packs rows of a weight matrix into a panel image. Panels have 64 columns (output features). Inside a panel lie
/// - F32 `[K][64]`, F16 `[K][64]`, BF16 `[ceil(K/2)][64][2]`;
/// - I8: 64 float32 scales, then `[ceil(K/4)][64][4]` bytes q + 128;
/// - Q8_0, per block of 32 along K: 64 binary16 scales and `[8][64][4]` bytes q + 128;
/// - Q4_0, per block of 32: 64 binary16 scales and `[4][64][4]` nibbles q + 8;
/// - Q4_1, per block of 32: 64 scales, 64 minima (binary16) and `[4][64][4]` nibbles;
/// - Q4_K, per super-block of 256: 64 d, 64 dmin (binary16), then per block of 32: 64 scales, 64 minima (bytes
///   below 64) and `[4][64][4]` nibbles;
/// - Q6_K, per super-block of 256: 64 d (binary16), then per block of 32: `[2][64]` signed bytes, the scales of
///   its halves, `[4][64][4]` nibbles with the low bits of q + 32, and `[2][64][4]` bytes with the high ones.
///
/// The last two indices of quants are the column and the k within a quad. Of a byte of nibbles the low one is
/// k-quad t of the block and the high one quad t + 4; bits 2j and 2j + 1 of a byte of high bits are those of quad
/// 2j + t. Every number of the file is kept. A row past K (odd K, a quad that is not whole) is zero; columns past
/// N are never read into a result and keep what the memory held.
typedef struct spyre_weight_pack_desc {
    uint32_t struct_size;
    /// Type of the image. F32 and BF16 take every source; I8 too, and rounds a row to max|w| / 127 steps if it is
    /// not I8 already. Q8_0 takes Q5_0 too, whose scales and quants it holds exactly. The others need a source of
    /// the same type.
    spyre_type type;
    /// Type of `source`: F32, F16, BF16, I8 (with `scales`), or ggml's blocks: Q8_0, Q4_0, Q4_1, Q5_0, Q5_1,
    /// Q4_K, Q5_K or Q6_K.
    spyre_type source_type;
    uint32_t reserved;
    /// `[rows][columns]` row-major in host memory, any alignment.
    const void *source;
    int64_t rows;
    /// Input features, K. A multiple of 32 for sources of Q8_0, Q4_x and Q5_x, of 256 for Q4_K, Q5_K and Q6_K.
    int64_t columns;
    /// Output features of the whole image, N.
    int64_t outputs;
    /// Source row r becomes output column first_output + (r / group) * group_stride + r % group. A `group` of
    /// 0 puts rows one after another; else groups do not overlap. SiLU-gated MLPs interleave gate and up with
    /// a group of 32 and a stride of 64.
    int64_t first_output;
    int64_t group;
    int64_t group_stride;
    /// float32 `[rows]`, for an I8 source.
    const float *scales;
} spyre_weight_pack_desc;

/// Bytes of the image of `[outputs][columns]`; 0 for an unsupported type or a size that overflows.
uint64_t spyre_weight_bytes(spyre_type type, int64_t outputs, int64_t columns);

/// Packs into `target`, at a stick-aligned offset. Runs at once on the device's threads, also during a
/// capture.
spyre_status spyre_stream_pack_weight(spyre_stream *stream, const spyre_weight_pack_desc *desc,
                                      spyre_span target, spyre_error **out_error);

// MARK: Matrix products

typedef int32_t spyre_matmul_activation;

enum {
    SPYRE_MATMUL_IDENTITY = 0,
    /// The image interleaves 32 gate with 32 up columns; the output has one column for each pair:
    /// silu(gate) * up. `outputs` counts gate and up columns of the image, a multiple of 64.
    SPYRE_MATMUL_SILU_MUL = 1
};

/// output = residual + scale * act(norm(input) . W^T + bias), each part optional.
///
/// What is rounded, by weight type, beside the float32 accumulation. The weight is taken as it is stored.
/// - F32, F16: nothing.
/// - BF16: an activation x becomes the nearest bfloat16, ties to even, off by at most 2^-8 |x|; AVX-512 takes
///   subnormal numbers for 0 on the way.
/// - Q8_0, Q4_0, Q4_1, Q4_K, Q6_K: 32 activations along K become int8 with one float32 scale, max|x| / 127, each
///   off by at most half a scale; a block in which max|x| is below 2^-121 may count as zero. The dot product of a block (half a block for Q6_K) is exact, in int32.
/// - I8: the same with one scale for a whole row, and one dot product. K is at most 131072.
///
/// With e the largest of these errors of one activation in a row (for BF16 in parts of |x|), u = 2^-24 and
/// gamma(n) = n u / (1 - n u) (Higham 2002, 3.1), a product is off by at most E + gamma(K + 8) (S + 32 E),
/// where S is the sum over K of |w x| and E = e sum |w|, or e S for BF16; in S, the |w| of a type with minima is
/// |scale * q| + |minimum|. Two input terms make e max|x| / (2 * 127)^2 for the quantised types, with one more
/// rounding of the sum, and 2^-16 for 8 activations of a row for BF16.
typedef struct spyre_matmul_desc {
    uint32_t struct_size;
    spyre_type weight_type;
    spyre_span weight;
    int64_t outputs;
    int64_t columns;
    spyre_extent rows;
    /// `[rows][columns]`, float32. With `row_index`, row i of the product reads input row row_index[i];
    /// an index outside the input gives a row of NaN.
    spyre_span input;
    int64_t input_stride;
    spyre_span row_index;
    /// Rows that `input` has when `row_index` is given.
    int64_t input_rows;
    /// float32 `[rows][outputs]`, or `[rows][result_columns]` for SILU_MUL.
    spyre_span output;
    int64_t output_stride;
    /// Columns to write when fewer than the image has (SILU_MUL with an intermediate size that is no multiple
    /// of 32); 0 writes all.
    int64_t result_columns;
    /// float32 `[outputs]` in image order, or none.
    spyre_span bias;
    /// float32, laid out as the output; may be the output itself. None: nothing is added.
    spyre_span residual;
    float scale;
    spyre_matmul_activation activation;
    /// float32 `[columns]`: the input is RMS-normalised with this weight first. None: used as it is.
    spyre_span norm_weight;
    float norm_epsilon;
    /// In how many terms activations are expressed where the weight type rounds them (see above): 0 or 1
    /// rounds each once, 2 adds what the first rounding left over. For the quantised types that is a second
    /// term of each activation, and takes twice the time. For BF16 it is one of those 8 of a row that lose
    /// most, of equal ones the first: a few activations of a language model are so large (Dettmers et al.
    /// 2022, LLM.int8(), section 3) that rounding them is most of the error of a product, and so few take
    /// little time. F32 and F16 ignore it.
    int32_t input_terms;
} spyre_matmul_desc;

spyre_status spyre_stream_matmul(spyre_stream *stream, const spyre_matmul_desc *desc,
                                 spyre_error **out_error);

// MARK: Plain matrix products

typedef int32_t spyre_gemm_order;

enum {
    /// Element (i, j) of a matrix is at i * ld + j.
    SPYRE_GEMM_ROW_MAJOR = 0,
    /// Element (i, j) of a matrix is at i + j * ld.
    SPYRE_GEMM_COLUMN_MAJOR = 1
};

typedef int32_t spyre_gemm_transpose;

enum {
    /// op(X) = X
    SPYRE_GEMM_AS_STORED = 0,
    /// op(X) = X^T
    SPYRE_GEMM_TRANSPOSE = 1
};

/// C = alpha op(A) op(B) + beta C in float32, with the meaning of cblas_sgemm (Dongarra et al. 1990, "A set
/// of level 3 basic linear algebra subprograms"): op(A) is m x k, op(B) k x n, C m x n, and both operands are
/// packed at run time. For weights that do not change, `spyre_stream_matmul` packs once.
///
/// Sizes may be 0. Where alpha, m, n or k is 0, A and B are not read and may be absent; where beta is 0, C is
/// not read: what it held, NaN too, is gone. An element is off by at most gamma(k + 4) (|alpha| sum |a b| +
/// |beta c|) but for underflow. Its bits depend on neither m, n, its place in C, the layouts nor threads.
///
/// With SPYRE_GEMM=openblas in the environment when the device is opened, OpenBLAS multiplies instead, each
/// of the device's threads a share: the product of machines for which no kernel here is tuned. What is said
/// of bits above does not hold then. `spyre_stream_matmul` never uses it, its weights lie in panels.
typedef struct spyre_gemm_desc {
    uint32_t struct_size;
    spyre_gemm_order order;
    spyre_gemm_transpose transpose_a;
    spyre_gemm_transpose transpose_b;
    int64_t m;
    int64_t n;
    int64_t k;
    float alpha;
    float beta;
    /// Leading dimensions in elements: at least the columns of the matrix as it is stored (rows, where it is
    /// column-major) and at least 1.
    spyre_span a;
    int64_t lda;
    spyre_span b;
    int64_t ldb;
    spyre_span c;
    int64_t ldc;
} spyre_gemm_desc;

spyre_status spyre_stream_gemm(spyre_stream *stream, const spyre_gemm_desc *desc, spyre_error **out_error);

/// The same for matrices in host memory, which are neither copied nor kept: C is complete when it returns.
/// Runs on the threads of the stream's device. As for every op, C shares no element with A or B where they are
/// read, or the answer is INVALID_ARGUMENT and C as it was; rows of one matrix may lie between those of
/// another with the same leading dimension. BAD_STATE while a program is captured.
spyre_status spyre_sgemm(spyre_stream *stream, spyre_gemm_order order, spyre_gemm_transpose transpose_a,
                         spyre_gemm_transpose transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                         const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c,
                         int64_t ldc, spyre_error **out_error);

// MARK: Rows

/// output[i] = scale * table[ids[i]]; the table is a weight image `[vocabulary][columns]`. An id outside the
/// vocabulary gives a row of NaN.
typedef struct spyre_embedding_desc {
    uint32_t struct_size;
    spyre_type table_type;
    spyre_span table;
    int64_t vocabulary;
    int64_t columns;
    spyre_span ids;
    spyre_extent rows;
    spyre_span output;
    int64_t output_stride;
    float scale;
    uint32_t reserved;
} spyre_embedding_desc;

spyre_status spyre_stream_embedding(spyre_stream *stream, const spyre_embedding_desc *desc,
                                    spyre_error **out_error);

/// y = weight * x / sqrt(mean(x^2) + epsilon) over each row (Zhang and Sennrich 2019). Squares are summed in float32:
/// a sum that overflows gives 0, one that vanishes leaves epsilon alone. With `residual`, x is
/// input + residual_scale * residual and is also written to `sum`, which may be the input.
typedef struct spyre_rms_norm_desc {
    uint32_t struct_size;
    float epsilon;
    spyre_span input;
    spyre_span residual;
    spyre_span sum;
    spyre_span weight;
    spyre_span output;
    int64_t columns;
    int64_t stride;
    spyre_extent rows;
    float residual_scale;
    uint32_t reserved;
} spyre_rms_norm_desc;

spyre_status spyre_stream_rms_norm(spyre_stream *stream, const spyre_rms_norm_desc *desc,
                                   spyre_error **out_error);

/// y = weight * (x - mean(x)) / sqrt(var(x) + epsilon) + bias over each row, with the variance of all
/// elements (Ba et al. 2016, arXiv:1607.06450). The output may be the input.
///
/// Mean and variance are those of x - x[0], so that a value that all elements have in common costs no
/// precision. With R = max |x - x[0]|, u = 2^-24 and n columns, x - mean(x) is off by at most E = gamma(n +
/// 3) R, and the variance by 2 E mean|x - mean(x)| + E^2 and gamma(n + 2) of itself (Higham 2002, 3.1), as
/// long as n R^2 does not overflow.
typedef struct spyre_layer_norm_desc {
    uint32_t struct_size;
    float epsilon;
    spyre_span input;
    /// float32 `[columns]` each; without a bias nothing is added.
    spyre_span weight;
    spyre_span bias;
    spyre_span output;
    int64_t columns;
    int64_t input_stride;
    int64_t output_stride;
    spyre_extent rows;
} spyre_layer_norm_desc;

spyre_status spyre_stream_layer_norm(spyre_stream *stream, const spyre_layer_norm_desc *desc,
                                     spyre_error **out_error);

typedef int32_t spyre_elementwise_kind;

enum {
    /// output = a + scale * b
    SPYRE_ELEMENTWISE_ADD = 0,
    /// output = silu(a) * b
    SPYRE_ELEMENTWISE_SILU_MUL = 1,
    /// output = scale * a
    SPYRE_ELEMENTWISE_SCALE = 2,
    /// output = a / (1 + exp(-a)), within 2.5 ulp from -88 up and 3e-37 below; NaN for -inf
    SPYRE_ELEMENTWISE_SILU = 3,
    /// output = a Phi(a), Phi the distribution function of the normal distribution (Hendrycks and Gimpel
    /// 2016, arXiv:1606.08415), within 5 ulp; -0 for -inf
    SPYRE_ELEMENTWISE_GELU = 4,
    /// The approximation of GELU by tanh: a / 2 (1 + tanh(sqrt(2 / pi) (a + 0.044715 a^3))), within 5 ulp; -0 for -inf
    SPYRE_ELEMENTWISE_GELU_TANH = 5,
    /// output = 0 where a < 0, else a: -0 and NaN stay
    SPYRE_ELEMENTWISE_RELU = 6
};

/// Elementwise over `[rows][columns]`; the output may be an input. Kinds without b take no span for it.
typedef struct spyre_elementwise_desc {
    uint32_t struct_size;
    spyre_elementwise_kind kind;
    spyre_span a;
    spyre_span b;
    spyre_span output;
    int64_t columns;
    int64_t a_stride;
    int64_t b_stride;
    int64_t output_stride;
    spyre_extent rows;
    float scale;
    uint32_t reserved;
} spyre_elementwise_desc;

spyre_status spyre_stream_elementwise(spyre_stream *stream, const spyre_elementwise_desc *desc,
                                      spyre_error **out_error);

/// Values of one type to another: float32 to F16, BF16 or Q8_0, or from one of them to float32.
///
/// F16 and BF16 round to nearest, ties to even, subnormal numbers included, and what is past the largest
/// number becomes infinite. Widening is exact. A NaN stays one: it is made quiet and keeps its upper bits
/// (BF16 to float32 keeps all).
///
/// Q8_0 is ggml's format: rows of blocks of 34 bytes, one after another, each a binary16 scale d and 32
/// signed bytes q for the values d q. d is the largest absolute value / 127, rounded to binary16 behind the
/// quotients q = x / d, which round to nearest, halves away from zero. A value from 127 2^-14 up is off by at
/// most 0.501 d + 2^-11 |x|. A block with a NaN or an infinity becomes one of NaN; a d of 65520 or more is
/// infinite.
typedef struct spyre_convert_desc {
    uint32_t struct_size;
    spyre_type input_type;
    spyre_type output_type;
    uint32_t reserved;
    spyre_span input;
    spyre_span output;
    /// In values, as the strides are; all of them multiples of 32 on the side that is Q8_0.
    int64_t columns;
    int64_t input_stride;
    int64_t output_stride;
    spyre_extent rows;
} spyre_convert_desc;

spyre_status spyre_stream_convert(spyre_stream *stream, const spyre_convert_desc *desc,
                                  spyre_error **out_error);

// MARK: Attention

typedef int32_t spyre_rope_layout;

enum {
    /// Pairs (2j, 2j + 1), as in GGUF files of LLaMA type.
    SPYRE_ROPE_INTERLEAVED = 0,
    /// Pairs (j, j + D/2), as in Hugging Face checkpoints.
    SPYRE_ROPE_HALF_SPLIT = 1
};

/// Rotates `heads` heads of `[rows][stride]` in place (Su et al. 2021). `table` is float32
/// `[positions][head_size / 2][2]`: cosine, sine. `head_size` is even and at most 4096. A position outside the table gives NaN.
typedef struct spyre_rope_desc {
    uint32_t struct_size;
    spyre_rope_layout layout;
    spyre_span data;
    int64_t stride;
    int64_t heads;
    int64_t head_size;
    spyre_span positions;
    spyre_span table;
    int64_t table_positions;
    spyre_extent rows;
} spyre_rope_desc;

spyre_status spyre_stream_rope(spyre_stream *stream, const spyre_rope_desc *desc, spyre_error **out_error);

/// How the keys and values of a KV head lie in a block of B tokens.
typedef uint16_t spyre_kv_layout;

enum {
    /// Weight panels for the scores and for the sum of values, of P tokens each: 64, or B where that is less.
    /// F32 and F16: keys `[B / P][head_size][P]`, values `[B][head_size]`. BF16, in pairs: keys
    /// `[B / P][head_size / 2][P][2]`, values `[B / 2][head_size][2 tokens]`. F8_E4M3 and I8 lie as BF16 does, in bytes.
    SPYRE_KV_PANELS = 0,
    /// Token after token, as other engines have it: keys and values `[B][head_size]`. A launch of attention
    /// puts what it reads into panels on the way, so that results have the same bits; for comparison. Not for
    /// F8_E4M3 and I8.
    SPYRE_KV_TOKENS = 1
};

/// Geometry of one layer's paged KV cache: keys and values lie as `[blocks][kv_heads]` and, in a block, as
/// `layout` says. Neither block size nor layout changes a bit of what attention computes.
typedef struct spyre_kv_cache {
    spyre_span keys;
    spyre_span values;
    int64_t blocks;
    int64_t kv_heads;
    /// A multiple of 16, at most 256.
    int64_t head_size;
    /// F32, F16, BF16, F8_E4M3 or I8.
    spyre_type type;
    /// Tokens of a block: 16, 32, 64, 128 or 256; 0 stands for 64.
    uint16_t block_tokens;
    spyre_kv_layout layout;
} spyre_kv_cache;

/// Scales of a cache of 8-bit elements: an element is its code times the scale of its KV head. What is written
/// is divided by the scale (rounded to float32), then rounded to the nearest code, ties to even; what is past the
/// largest code, an infinity too, becomes that: 448 for F8_E4M3, 127 in either sign for I8. A NaN stays one in
/// F8_E4M3 and becomes 0 in I8. Those who write and those who read have to give the same scales.
typedef struct spyre_kv_scales {
    /// float32 `[count]` each, normal positive numbers, those of keys and those of values. None: 1.
    spyre_span keys;
    spyre_span values;
    /// 1, for all KV heads, or as many as there are KV heads. Not looked at without scales.
    int64_t count;
} spyre_kv_scales;

/// Bytes of the keys, or of the values, of a cache, whose spans are not looked at; 0 where there cannot be one.
uint64_t spyre_kv_cache_size(const spyre_kv_cache *cache);

/// Bytes of one layer's keys, or values, in blocks of 64 tokens.
uint64_t spyre_kv_cache_bytes(spyre_type type, int64_t blocks, int64_t kv_heads, int64_t head_size);

/// Writes rows of keys and values to their slots; slot = block * tokens of a block + offset. A negative slot,
/// and one past the cache, writes nothing. Two rows of one launch must not have the same slot, but for those of
/// block 0.
/// With `rope_table`, queries and keys are rotated first: queries in place, keys on their way to the cache.
typedef struct spyre_kv_write_desc {
    uint32_t struct_size;
    spyre_rope_layout layout;
    spyre_kv_cache cache;
    /// float32 `[rows][kv_heads * head_size]` each, with the same stride. Not changed.
    spyre_span keys;
    spyre_span values;
    int64_t stride;
    spyre_span slots;
    spyre_extent rows;
    /// Queries `[rows][heads * head_size]` with the stride above, at most 4096 heads. These and all below are used with
    /// `rope_table` only, else not looked at.
    spyre_span queries;
    int64_t heads;
    spyre_span positions;
    spyre_span rope_table;
    int64_t table_positions;
    /// For a cache of F8_E4M3 or I8.
    spyre_kv_scales scales;
} spyre_kv_write_desc;

spyre_status spyre_stream_kv_write(spyre_stream *stream, const spyre_kv_write_desc *desc,
                                   spyre_error **out_error);

/// Causal attention of flat query rows over the paged cache (Kwon et al. 2023), online softmax per chunk of
/// 256 tokens (Milakov and Gimelshein 2018). Sequence s owns query rows query_starts[s] ..< query_starts[s + 1];
/// its last row is the token at context_lengths[s] - 1. Query head h reads KV head h / (heads / kv_heads). A
/// sequence whose rows or context do not exist gets no result: its output is left as it was. A block outside
/// of the cache reads block 0.
///
/// What is rounded beside the float32 arithmetic: for F32 and F16 nothing. For BF16 a query times the scale
/// is the sum of two bfloat16 numbers, off by at most 2^-16 of it, and the weight of a token, relative to the
/// largest of its chunk, is one bfloat16 number, off by at most 2^-8 + 2^-13.5 of it, and 0 below 2^-126.
/// F8_E4M3 and I8 are widened to bfloat16, which holds all of their numbers; a query times both scales is one
/// bfloat16 number, off by at most 2^-8 of it, far less than keys of 8 bits are; weights are as for BF16. With D the head size, n the tokens that a row sees, S the largest sum over D of |scale q k|, u = 2^-24 and
/// gamma(m) = m u / (1 - m u), a result is off by at most exp(2 gamma(D + 4) (2 S + 1) + 2 q S) - 1 + 2 w +
/// 2 gamma(n + 8) of the sum of its weighted |v|; q is 2^-16 for BF16 and 2^-8 for the 8-bit types, w is
/// 2^-8 + 2^-13.5 for all three, both are 0 for the others.
///
/// Keys and values of a sequence have to be finite up to its context length. The vector kernels multiply
/// those that a row does not see by a weight of 0, so that an infinity or NaN among the values of a token may
/// make rows of the same sequence NaN whose tokens come before it; rows of other sequences never see it.
typedef struct spyre_attention_desc {
    uint32_t struct_size;
    float scale;
    spyre_kv_cache cache;
    spyre_span queries;
    int64_t query_stride;
    spyre_span output;
    int64_t output_stride;
    int64_t heads;
    spyre_extent rows;
    spyre_extent sequences;
    spyre_span query_starts;
    spyre_span context_lengths;
    /// int32 `[sequences][maximum_blocks]`.
    spyre_span block_tables;
    int64_t maximum_blocks;
    /// With `keys`, the rows' new keys and values, as in spyre_kv_write_desc with a stride of `kv_stride`,
    /// are written to their slots before the cache is read. With `rope_table` too, keys are rotated on their
    /// way to the cache and queries on their way to the scores; the operands themselves stay as they are. Rows
    /// of other sequences may read a block whose last slot the launch writes; any other slot that a row writes
    /// to is read by rows of its own sequence only. None: the cache is read as it is.
    spyre_span keys;
    spyre_span values;
    int64_t kv_stride;
    spyre_span slots;
    spyre_span positions;
    spyre_span rope_table;
    int64_t table_positions;
    spyre_rope_layout layout;
    uint32_t reserved;
    /// For a cache of F8_E4M3 or I8.
    spyre_kv_scales scales;
} spyre_attention_desc;

spyre_status spyre_stream_attention(spyre_stream *stream, const spyre_attention_desc *desc,
                                    spyre_error **out_error);

// MARK: Sampling

/// Softmax of each row, float32, in place allowed; a row of -inf, or with +inf or NaN in it, gives NaN.
typedef struct spyre_softmax_desc {
    uint32_t struct_size;
    uint32_t reserved;
    spyre_span input;
    spyre_span output;
    int64_t columns;
    int64_t stride;
    spyre_extent rows;
} spyre_softmax_desc;

spyre_status spyre_stream_softmax(spyre_stream *stream, const spyre_softmax_desc *desc,
                                  spyre_error **out_error);

/// The `count` largest values of each row in falling order, the lower index first among equals; NaN ranks
/// last. `count` is 1 to 1024, at most `columns`. `values` float32 and `indices` int32, both `[rows][count]`; `values` may be none. A count of 1 is
/// argmax.
typedef struct spyre_top_k_desc {
    uint32_t struct_size;
    int32_t count;
    spyre_span input;
    int64_t columns;
    int64_t stride;
    spyre_extent rows;
    spyre_span values;
    spyre_span indices;
} spyre_top_k_desc;

spyre_status spyre_stream_top_k(spyre_stream *stream, const spyre_top_k_desc *desc, spyre_error **out_error);

SPYRE_END_DECLS

#endif
