// The matrix product of activations with a packed weight: checks, the preparation of rows, the loops over tiles and
// the epilogue, shared by all variants.
#include "matmul.h"

// Up to this many rows every thread prepares all of them for itself, which costs less than a barrier.
enum { PRIVATE_ROWS = 8 };

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_matmul_desc *d = raw;
    if (d->weight_type != SPYRE_TYPE_F32 && d->weight_type != SPYRE_TYPE_BF16 && !spyre_is_quantized(d->weight_type))
        return spyre_fail(out_error, SPYRE_STATUS_UNSUPPORTED, "matmul: no kernel for weight type %d", d->weight_type);
    if (!spyre_size_ok(d->outputs) || !spyre_size_ok(d->columns) || !spyre_extent_ok(d->rows))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "matmul: sizes are out of range (outputs %lld, columns %lld, rows %lld)",
                          (long long)d->outputs, (long long)d->columns, (long long)d->rows.maximum);
    if (spyre_is_quantized(d->weight_type) && d->columns % 32 != 0)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "matmul: columns must be a multiple of 32 for %s, got %lld",
                          spyre_type_name(d->weight_type), (long long)d->columns);
    bool gated = d->activation == SPYRE_MATMUL_SILU_MUL;
    if (!gated && d->activation != SPYRE_MATMUL_IDENTITY)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "matmul: unknown activation %d", d->activation);
    if (gated && d->outputs % 64 != 0)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "matmul: a gated image has a multiple of 64 outputs, got %lld", (long long)d->outputs);
    int64_t results = spyre_matmul_results(d);
    if (d->result_columns < 0 || results > (gated ? d->outputs / 2 : d->outputs))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "matmul: %lld result columns are more than there are",
                          (long long)d->result_columns);
    if (d->input_stride < d->columns || d->output_stride < results || d->input_stride > (int64_t)1 << 31 ||
        d->output_stride > (int64_t)1 << 31)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "matmul: a row stride is smaller than the row, or too large (input %lld, output %lld)",
                          (long long)d->input_stride, (long long)d->output_stride);
    if (!spyre_span_present(d->weight) || !spyre_span_present(d->input) || !spyre_span_present(d->output))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "matmul: weight, input or output is missing");
    if (spyre_span_present(d->row_index) && !spyre_size_ok(d->input_rows))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "matmul: row_index needs input_rows");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_matmul_desc *d = raw;
    int64_t rows = d->rows.maximum;
    int64_t input_rows = spyre_span_present(d->row_index) ? d->input_rows : rows;
    uint64_t result = spyre_rows_bytes(rows, d->output_stride, spyre_matmul_results(d));
    out[0] = (spyre_access){"weight", d->weight, spyre_weight_bytes(d->weight_type, d->outputs, d->columns), false};
    out[1] = (spyre_access){"input", d->input, spyre_rows_bytes(input_rows, d->input_stride, d->columns), false};
    out[2] = (spyre_access){"row_index", d->row_index, (uint64_t)rows * 4, false};
    out[3] = (spyre_access){"bias", d->bias, (uint64_t)d->outputs * 4, false};
    out[4] = (spyre_access){"residual", d->residual, result, false};
    out[5] = (spyre_access){"norm_weight", d->norm_weight, (uint64_t)d->columns * 4, false};
    out[6] = (spyre_access){"output", d->output, result, true};
    return 7;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_matmul_desc *)raw)->rows;
    return 1;
}

// One row of prepared input: the converted row, then scales and sums of the quantised types, stick-aligned.
static uint64_t row_bytes(const spyre_matmul_desc *d) {
    uint64_t k = (uint64_t)d->columns;
    switch (d->weight_type) {
    case SPYRE_TYPE_F32: return spyre_round_up(k * 4, SPYRE_STICK_BYTES);
    case SPYRE_TYPE_BF16: return spyre_round_up((k + 1) / 2 * 4, SPYRE_STICK_BYTES);
    default: return spyre_round_up(k, SPYRE_STICK_BYTES) + 2 * spyre_round_up(k / 32 * 4, SPYRE_STICK_BYTES);
    }
}

// A float row per thread in which a row is normalised before it is converted.
static uint64_t float_row_bytes(const spyre_matmul_desc *d) {
    return spyre_round_up((uint64_t)d->columns * 4, SPYRE_STICK_BYTES);
}

static uint64_t scratch(const void *raw, int threads) {
    const spyre_matmul_desc *d = raw;
    uint64_t rows = (uint64_t)d->rows.maximum;
    uint64_t private_rows = (rows < PRIVATE_ROWS ? rows : PRIVATE_ROWS) * (uint64_t)threads;
    return (uint64_t)threads * float_row_bytes(d) + (rows > private_rows ? rows : private_rows) * row_bytes(d);
}

static int phases(const void *raw, const spyre_launch *launch, int threads) {
    const spyre_matmul_desc *d = raw;
    return threads > 1 && spyre_size(launch, d->rows) > PRIVATE_ROWS ? 2 : 1;
}

static void prepare_row(const spyre_matmul_desc *d, const spyre_launch *launch, int64_t row, float *normalized,
                        uint8_t *target) {
    const spyre_kernels *kernels = launch->kernels;
    const float *input = spyre_resolve(launch, d->input);
    const int32_t *row_index = spyre_resolve(launch, d->row_index);
    int64_t source = row;
    if (row_index != NULL) {
        source = row_index[row];
        if (source < 0 || source >= d->input_rows) source = 0;
    }
    const float *x = input + source * d->input_stride;
    const float *norm_weight = spyre_resolve(launch, d->norm_weight);
    if (norm_weight != NULL) {
        float *y = d->weight_type == SPYRE_TYPE_F32 ? (float *)target : normalized;
        kernels->rms_norm(x, norm_weight, y, d->columns, d->norm_epsilon);
        x = y;
    }
    switch (d->weight_type) {
    case SPYRE_TYPE_F32:
        if (x != (const float *)target) memcpy(target, x, (size_t)d->columns * 4);
        break;
    case SPYRE_TYPE_BF16: kernels->to_bf16(x, (uint16_t *)target, d->columns); break;
    default: {
        float *scales = (float *)(target + spyre_round_up((uint64_t)d->columns, SPYRE_STICK_BYTES));
        float *sums = scales + spyre_round_up((uint64_t)d->columns / 32 * 4, SPYRE_STICK_BYTES) / 4;
        kernels->quantize(x, (int8_t *)target, scales, sums, d->columns / 32);
    }
    }
}

static spyre_matmul_kernel *kernel_for(const spyre_kernels *kernels, spyre_type type) {
    switch (type) {
    case SPYRE_TYPE_F32: return kernels->matmul_f32;
    case SPYRE_TYPE_BF16: return kernels->matmul_bf16;
    case SPYRE_TYPE_Q8_0: return kernels->matmul_q8_0;
    default: return kernels->matmul_q4_1;
    }
}

// Bias, activation, scale and residual of one tile, written to the output.
static void finish_tile(const spyre_matmul_desc *d, const spyre_launch *launch, float *tile, int64_t row, int rows,
                        int64_t panel, int panels) {
    const float *bias = spyre_resolve(launch, d->bias);
    const float *residual = spyre_resolve(launch, d->residual);
    float *output = spyre_resolve(launch, d->output);
    bool gated = d->activation == SPYRE_MATMUL_SILU_MUL;
    int64_t width = gated ? 32 : 64;
    int64_t results = spyre_matmul_results(d);
    for (int p = 0; p < panels; p++)
        for (int r = 0; r < rows; r++) {
            float *x = tile + r * 128 + p * 64;
            int64_t first = (panel + p) * 64;
            if (bias != NULL)
                for (int64_t c = 0; c < 64 && first + c < d->outputs; c++) x[c] += bias[first + c];
            if (gated) launch->kernels->silu_mul(x, x + 32, x, 32);
            int64_t begin = (panel + p) * width;
            int64_t count = results - begin < width ? results - begin : width;
            int64_t at = (row + r) * d->output_stride + begin;
            if (residual != NULL)
                for (int64_t c = 0; c < count; c++) output[at + c] = residual[at + c] + d->scale * x[c];
            else if (d->scale != 1.0f)
                for (int64_t c = 0; c < count; c++) output[at + c] = d->scale * x[c];
            else if (count > 0) memcpy(output + at, x, (size_t)count * sizeof *x);
        }
}

static void multiply(const spyre_matmul_desc *d, const spyre_launch *launch, const uint8_t *prepared, int thread,
                     int threads) {
    int64_t rows = spyre_size(launch, d->rows);
    int64_t panels = (d->outputs + 63) / 64;
    // Equal row blocks: 8 rows are 4 + 4, not 6 + 2.
    int64_t blocks = (rows + SPYRE_TILE_ROWS - 1) / SPYRE_TILE_ROWS;
    uint64_t panel_bytes = spyre_weight_bytes(d->weight_type, 64, d->columns);
    uint64_t stride = row_bytes(d);
    const uint8_t *weight = spyre_resolve(launch, d->weight);
    spyre_matmul_kernel *kernel = kernel_for(launch->kernels, d->weight_type);
    _Alignas(64) float tile[SPYRE_TILE_ROWS * 128];

    int64_t item, end;
    spyre_share(panels * blocks, thread, threads, &item, &end);
    while (item < end) {
        int64_t panel = item / blocks;
        int64_t row, row_end;
        spyre_share(rows, (int)(item % blocks), (int)blocks, &row, &row_end);
        int count = (int)(row_end - row);
        int pair = count == 1 && blocks == 1 && item + 1 < end ? 2 : 1;
        const uint8_t *input = prepared + (uint64_t)row * stride;
        const float *scales = (const float *)(input + spyre_round_up((uint64_t)d->columns, SPYRE_STICK_BYTES));
        spyre_matmul_tile arguments = {
            .panel = weight + (uint64_t)panel * panel_bytes,
            .panel_bytes = (int64_t)panel_bytes,
            .columns = d->columns,
            .input = input,
            .input_stride = (int64_t)stride,
            .scales = scales,
            .sums = scales + spyre_round_up((uint64_t)d->columns / 32 * 4, SPYRE_STICK_BYTES) / 4,
            .block_stride = (int64_t)stride / 4,
            .output = tile,
            .rows = count,
            .panels = pair,
        };
        kernel(&arguments);
        finish_tile(d, launch, tile, row, count, panel, pair);
        item += pair;
    }
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    const spyre_matmul_desc *d = raw;
    int64_t rows = spyre_size(launch, d->rows);
    if (rows == 0) return;
    float *normalized = (float *)(launch->scratch + (uint64_t)thread * float_row_bytes(d));
    uint8_t *prepared = launch->scratch + (uint64_t)threads * float_row_bytes(d);
    bool shared = threads > 1 && rows > PRIVATE_ROWS;
    if (!shared) prepared += (uint64_t)thread * (uint64_t)rows * row_bytes(d);
    if (phase == 0) {
        int64_t begin = 0, end = rows;
        if (shared) spyre_share(rows, thread, threads, &begin, &end);
        for (int64_t row = begin; row < end; row++)
            prepare_row(d, launch, row, normalized, prepared + (uint64_t)row * row_bytes(d));
        if (shared) return;
    }
    multiply(d, launch, prepared, thread, threads);
}

static const spyre_op_class matmul_class = {
    "matmul", sizeof(spyre_matmul_desc), check, accesses, extents, scratch, phases, run,
};

spyre_status spyre_stream_matmul(spyre_stream *stream, const spyre_matmul_desc *desc, spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &matmul_class, desc, out_error);
}
