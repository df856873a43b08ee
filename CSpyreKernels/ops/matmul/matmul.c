// The matrix product of activations with a packed weight: checks, the source of a row and the epilogue.
#include "matmul.h"

#include <math.h>

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_matmul_desc *d = raw;
    int64_t block = spyre_weight_block(d->weight_type);
    if (!spyre_is_dense(d->weight_type) && !spyre_is_quantized(d->weight_type))
        return spyre_fail(out_error, SPYRE_STATUS_UNSUPPORTED, "matmul: no kernel for weight type %d",
                          d->weight_type);
    if (!spyre_size_ok(d->outputs) || !spyre_size_ok(d->columns) || !spyre_extent_ok(d->rows))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "matmul: sizes are out of range (outputs %lld, columns %lld, rows %lld)",
                          (long long)d->outputs, (long long)d->columns, (long long)d->rows.maximum);
    if (d->columns % block != 0)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "matmul: columns must be a multiple of %lld for %s, got %lld", (long long)block,
                          spyre_type_name(d->weight_type), (long long)d->columns);
    // The largest sum of products that int32 holds: 2^17 * 128 * 127.
    if (d->weight_type == SPYRE_TYPE_I8 && d->columns > 1 << 17)
        return spyre_fail(out_error, SPYRE_STATUS_UNSUPPORTED,
                          "matmul: int8 weights have at most 131072 columns, got %lld",
                          (long long)d->columns);
    bool gated = d->activation == SPYRE_MATMUL_SILU_MUL;
    if (!gated && d->activation != SPYRE_MATMUL_IDENTITY)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "matmul: unknown activation %d",
                          d->activation);
    if (gated && d->outputs % 64 != 0)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "matmul: a gated image has a multiple of 64 outputs, got %lld",
                          (long long)d->outputs);
    int64_t results = spyre_matmul_results(d);
    if (d->result_columns < 0 || results > (gated ? d->outputs / 2 : d->outputs))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "matmul: %lld result columns are more than there are",
                          (long long)d->result_columns);
    if (d->input_stride < d->columns || d->output_stride < results || d->input_stride > (int64_t)1 << 31 ||
        d->output_stride > (int64_t)1 << 31)
        return spyre_fail(
            out_error, SPYRE_STATUS_INVALID_ARGUMENT,
            "matmul: a row stride is smaller than the row, or too large (input %lld, output %lld)",
            (long long)d->input_stride, (long long)d->output_stride);
    if (!spyre_span_present(d->weight) || !spyre_span_present(d->input) || !spyre_span_present(d->output))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "matmul: weight, input or output is missing");
    if (spyre_span_present(d->row_index) && !spyre_size_ok(d->input_rows))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "matmul: row_index needs input_rows");
    if (spyre_span_present(d->norm_weight) && !(isfinite(d->norm_epsilon) && d->norm_epsilon >= 0))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "matmul: norm_epsilon has to be a number from 0 up, got %g",
                          (double)d->norm_epsilon);
    if (d->input_terms < 0 || d->input_terms > 2)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "matmul: %d input terms, allowed are 0, 1 and 2", d->input_terms);
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_matmul_desc *d = raw;
    int64_t rows = d->rows.maximum;
    int64_t input_rows = spyre_span_present(d->row_index) ? d->input_rows : rows;
    int64_t results = spyre_matmul_results(d);
    out[0] = spyre_reads("weight", d->weight, spyre_weight_bytes(d->weight_type, d->outputs, d->columns));
    out[1] = spyre_reads_rows("input", d->input, input_rows, d->input_stride, d->columns);
    out[2] = spyre_reads("row_index", d->row_index, (uint64_t)rows * 4);
    out[3] = spyre_reads("bias", d->bias, (uint64_t)d->outputs * 4);
    out[4] = spyre_reads_rows("residual", d->residual, rows, d->output_stride, results);
    out[5] = spyre_reads("norm_weight", d->norm_weight, (uint64_t)d->columns * 4);
    out[6] = spyre_writes_rows("output", d->output, rows, d->output_stride, results, 1u << 4);
    return 7;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_matmul_desc *)raw)->rows;
    return 1;
}

static uint64_t scratch(const void *raw, int threads) {
    const spyre_matmul_desc *d = raw;
    return spyre_is_dense(d->weight_type) ? spyre_dense_scratch(d, threads)
                                          : spyre_quantized_scratch(d, threads);
}

static int phases(const void *raw, const spyre_launch *launch, int threads) {
    const spyre_matmul_desc *d = raw;
    return spyre_is_dense(d->weight_type) ? spyre_dense_phases(d, launch, threads)
                                          : spyre_quantized_phases(d, launch, threads);
}

const float *spyre_matmul_source_row(const spyre_matmul_desc *d, const spyre_launch *launch, int64_t row,
                                     float *room) {
    const int32_t *row_index = spyre_resolve(launch, d->row_index);
    int64_t source = row_index != NULL ? row_index[row] : row;
    if (row_index != NULL && (source < 0 || source >= d->input_rows)) {
        for (int64_t i = 0; i < d->columns; i++) room[i] = NAN;
        return room;
    }
    const float *x = (const float *)spyre_resolve(launch, d->input) + source * d->input_stride;
    const float *norm_weight = spyre_resolve(launch, d->norm_weight);
    if (norm_weight == NULL) return x;
    launch->kernels->rms_norm(x, norm_weight, room, d->columns, d->norm_epsilon);
    return room;
}

void spyre_matmul_finish_tile(const spyre_matmul_desc *d, const spyre_launch *launch,
                              const spyre_matmul_sums *sums) {
    const float *bias = spyre_resolve(launch, d->bias);
    const float *residual = spyre_resolve(launch, d->residual);
    float *output = spyre_resolve(launch, d->output);
    bool gated = d->activation == SPYRE_MATMUL_SILU_MUL;
    int64_t column = sums->panel * 64 + sums->column, columns = sums->column_end - sums->column;
    int64_t begin = gated ? sums->panel * 32 : column;
    int64_t results = spyre_matmul_results(d) - begin, most = gated ? 32 : columns;
    if (results <= 0) return;
    int64_t at = sums->row * d->output_stride + begin;
    spyre_matmul_result result = {
        .tile = sums->tile + sums->column,
        .rows = sums->rows,
        .gated = gated,
        .scale = d->scale,
        .bias = bias == NULL ? NULL : bias + column,
        .bias_count = d->outputs - column < columns ? d->outputs - column : columns,
        .output = output + at,
        .residual = residual == NULL ? NULL : residual + at,
        .stride = d->output_stride,
        .count = results < most ? results : most,
    };
    launch->kernels->matmul_finish(&result);
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    const spyre_matmul_desc *d = raw;
    if (spyre_size(launch, d->rows) == 0) return;
    if (spyre_is_dense(d->weight_type)) spyre_dense_run(d, launch, phase, thread, threads);
    else spyre_quantized_run(d, launch, phase, thread, threads);
}

static const spyre_op_class matmul_class = {
    "matmul", sizeof(spyre_matmul_desc), check, accesses, extents, scratch, phases, run,
};

spyre_status spyre_stream_matmul(spyre_stream *stream, const spyre_matmul_desc *desc,
                                 spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &matmul_class, desc, out_error);
}
