// The matrix product of activations with a packed weight: checks and the epilogue, and for the quantised
// types the preparation of rows and the loops over tiles, shared by all variants.
#include "matmul.h"

#include <math.h>

enum {
    // Up to this many rows every thread prepares all of them for itself, which costs less than a barrier.
    PRIVATE_ROWS = 8,
    // From this many rows a thread on, threads share out rows instead of columns: a thread then prepares only
    // rows of its own, and they stay in its cache from one op to the next.
    OWN_ROWS = 48,
    // Prepared rows that are multiplied with one panel after another; they and a panel stay in a second-level
    // cache.
    BLOCK_BYTES = 384 << 10
};

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_matmul_desc *d = raw;
    if (!spyre_is_dense(d->weight_type) && !spyre_is_quantized(d->weight_type))
        return spyre_fail(out_error, SPYRE_STATUS_UNSUPPORTED, "matmul: no kernel for weight type %d",
                          d->weight_type);
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

static uint64_t block_values_bytes(const spyre_matmul_desc *d) {
    return spyre_round_up((uint64_t)d->columns / 32 * 4, SPYRE_STICK_BYTES);
}

// One term of a row of quantised input: the quants, then scales, sums and offsets, stick-aligned.
static uint64_t term_bytes(const spyre_matmul_desc *d) {
    return spyre_round_up((uint64_t)d->columns, SPYRE_STICK_BYTES) + 3 * block_values_bytes(d);
}

static bool has_second_term(const spyre_matmul_desc *d) { return d->input_terms == 2; }

static uint64_t row_bytes(const spyre_matmul_desc *d) { return term_bytes(d) * (has_second_term(d) ? 2 : 1); }

static uint64_t scratch(const void *raw, int threads) {
    const spyre_matmul_desc *d = raw;
    if (spyre_is_dense(d->weight_type)) return spyre_dense_scratch(d, threads);
    uint64_t rows = (uint64_t)d->rows.maximum;
    uint64_t private_rows = (rows < PRIVATE_ROWS ? rows : PRIVATE_ROWS) * (uint64_t)threads;
    // A float row per thread: a normalised row before it is converted, or what its first term leaves over.
    return (uint64_t)threads * spyre_matmul_float_row_bytes(d) +
           (rows > private_rows ? rows : private_rows) * row_bytes(d);
}

// How the rows of a launch are prepared and shared out.
typedef enum sharing { EACH_PREPARES_ALL, TOGETHER_THEN_COLUMNS, OWN_ROWS_ONLY } sharing;

static sharing sharing_of(int64_t rows, int threads) {
    if (threads == 1 || rows >= (int64_t)OWN_ROWS * threads) return OWN_ROWS_ONLY;
    return rows <= PRIVATE_ROWS ? EACH_PREPARES_ALL : TOGETHER_THEN_COLUMNS;
}

static int phases(const void *raw, const spyre_launch *launch, int threads) {
    const spyre_matmul_desc *d = raw;
    if (spyre_is_dense(d->weight_type)) return spyre_dense_phases(d, launch, threads);
    return sharing_of(spyre_size(launch, d->rows), threads) == TOGETHER_THEN_COLUMNS ? 2 : 1;
}

// Where the parts of a quantised term lie.
typedef struct quantized_term {
    int8_t *quants;
    float *scales;
    float *sums;
    int32_t *offsets;
} quantized_term;

static quantized_term parts_of(const spyre_matmul_desc *d, const uint8_t *term) {
    uint8_t *scales = (uint8_t *)term + spyre_round_up((uint64_t)d->columns, SPYRE_STICK_BYTES);
    return (quantized_term){(int8_t *)term, (float *)scales, (float *)(scales + block_values_bytes(d)),
                            (int32_t *)(scales + 2 * block_values_bytes(d))};
}

// Converts one row to the form in which the kernel of the weight type reads it.
static void convert_row(const spyre_matmul_desc *d, const spyre_kernels *kernels, const float *x,
                        uint8_t *term) {
    quantized_term t = parts_of(d, term);
    kernels->quantize(x, t.quants, t.scales, t.sums, t.offsets, d->columns / 32);
}

// rest = x - what `term` stands for; `rest` may be x.
static void subtract_term(const spyre_matmul_desc *d, const float *x, const uint8_t *term, float *rest) {
    quantized_term t = parts_of(d, term);
    for (int64_t i = 0; i < d->columns; i++) rest[i] = x[i] - t.scales[i / 32] * (float)t.quants[i];
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

static void prepare_row(const spyre_matmul_desc *d, const spyre_launch *launch, int64_t row, float *room,
                        uint8_t *target) {
    const float *x = spyre_matmul_source_row(d, launch, row, room);
    convert_row(d, launch->kernels, x, target);
    if (!has_second_term(d)) return;
    subtract_term(d, x, target, room);
    convert_row(d, launch->kernels, room, target + term_bytes(d));
}

static spyre_matmul_kernel *kernel_for(const spyre_kernels *kernels, spyre_type type) {
    return type == SPYRE_TYPE_Q8_0 ? kernels->matmul_q8_0 : kernels->matmul_q4_1;
}

// What one thread multiplies: prepared rows, and panels panel ..< panel_end.
typedef struct work {
    const spyre_matmul_desc *d;
    const spyre_launch *launch;
    const uint8_t *prepared;
    int64_t row;
    int64_t row_end;
    int64_t panel;
    int64_t panel_end;
} work;

static int64_t panel_count(const spyre_matmul_desc *d) { return (d->outputs + 63) / 64; }

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

static spyre_matmul_tile tile_arguments(const work *w, const uint8_t *panel, const uint8_t *input, int rows,
                                        float *output) {
    quantized_term t = parts_of(w->d, input);
    return (spyre_matmul_tile){
        .panel = panel,
        .columns = w->d->columns,
        .input = input,
        .input_stride = (int64_t)row_bytes(w->d),
        .scales = t.scales,
        .sums = t.sums,
        .offsets = t.offsets,
        .block_stride = (int64_t)row_bytes(w->d) / 4,
        .output = output,
        .rows = rows,
    };
}

// All row tiles of a block with one panel.
static void multiply_panel(const work *w, int64_t panel) {
    const spyre_matmul_desc *d = w->d;
    uint64_t panel_bytes = spyre_weight_bytes(d->weight_type, 64, d->columns), stride = row_bytes(d);
    const uint8_t *weight =
        (const uint8_t *)spyre_resolve(w->launch, d->weight) + (uint64_t)panel * panel_bytes;
    spyre_matmul_kernel *kernel = kernel_for(w->launch->kernels, d->weight_type);
    int64_t rows = w->row_end - w->row;
    // Equal row tiles: 8 rows are 4 + 4, not 6 + 2.
    int tiles = (int)((rows + SPYRE_TILE_ROWS - 1) / SPYRE_TILE_ROWS);
    // While the tiles pass this panel, they fetch the next one to the second-level cache.
    bool fetch = tiles > 1 && (panel + 1) * 64 < d->outputs;
    _Alignas(64) float tile[SPYRE_TILE_ROWS * 64], second[SPYRE_TILE_ROWS * 64];
    for (int i = 0; i < tiles; i++) {
        int64_t begin, end;
        spyre_share(rows, i, tiles, &begin, &end);
        const uint8_t *input = w->prepared + (uint64_t)begin * stride;
        spyre_matmul_tile arguments = tile_arguments(w, weight, input, (int)(end - begin), tile);
        if (fetch) {
            int64_t line, line_end;
            spyre_share((int64_t)panel_bytes / 64, i, tiles, &line, &line_end);
            for (; line < line_end; line++) __builtin_prefetch(weight + panel_bytes + line * 64, 0, 2);
        }
        kernel(&arguments);
        if (has_second_term(d)) {
            // The panel is in the cache now: the second term costs arithmetic, not memory traffic.
            arguments = tile_arguments(w, weight, input + term_bytes(d), (int)(end - begin), second);
            kernel(&arguments);
            for (int64_t e = 0; e < (end - begin) * 64; e++) tile[e] += second[e];
        }
        const spyre_matmul_sums sums = {tile, w->row + begin, (int)(end - begin), panel, 0, 64};
        spyre_matmul_finish_tile(d, w->launch, &sums);
    }
}

static void multiply(const work *w) {
    for (int64_t panel = w->panel; panel < w->panel_end; panel++) multiply_panel(w, panel);
}

static void prepare(const work *w, float *normalized, uint8_t *target) {
    for (int64_t row = w->row; row < w->row_end; row++, target += row_bytes(w->d))
        prepare_row(w->d, w->launch, row, normalized, target);
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    const spyre_matmul_desc *d = raw;
    int64_t rows = spyre_size(launch, d->rows);
    if (rows == 0) return;
    if (spyre_is_dense(d->weight_type)) {
        spyre_dense_run(d, launch, phase, thread, threads);
        return;
    }
    float *normalized = (float *)(launch->scratch + (uint64_t)thread * spyre_matmul_float_row_bytes(d));
    uint8_t *prepared = launch->scratch + (uint64_t)threads * spyre_matmul_float_row_bytes(d);
    work w = {.d = d, .launch = launch, .prepared = prepared, .row_end = rows, .panel_end = panel_count(d)};
    switch (sharing_of(rows, threads)) {
    case EACH_PREPARES_ALL:
        prepared += (uint64_t)thread * (uint64_t)rows * row_bytes(d);
        w.prepared = prepared;
        prepare(&w, normalized, prepared);
        spyre_share(panel_count(d), thread, threads, &w.panel, &w.panel_end);
        multiply(&w);
        break;
    case TOGETHER_THEN_COLUMNS:
        if (phase == 0) {
            spyre_share(rows, thread, threads, &w.row, &w.row_end);
            prepare(&w, normalized, prepared + (uint64_t)w.row * row_bytes(d));
        } else {
            spyre_share(panel_count(d), thread, threads, &w.panel, &w.panel_end);
            multiply(&w);
        }
        break;
    case OWN_ROWS_ONLY: {
        int64_t begin, end;
        spyre_share(rows, thread, threads, &begin, &end);
        int64_t blocks = ((end - begin) * (int64_t)row_bytes(d) + BLOCK_BYTES - 1) / BLOCK_BYTES;
        prepared += (uint64_t)begin * row_bytes(d);
        w.prepared = prepared;
        for (int64_t i = 0; i < blocks; i++) {
            w.row = begin + (end - begin) * i / blocks;
            w.row_end = begin + (end - begin) * (i + 1) / blocks;
            prepare(&w, normalized, prepared);
            multiply(&w);
        }
    }
    }
}

static const spyre_op_class matmul_class = {
    "matmul", sizeof(spyre_matmul_desc), check, accesses, extents, scratch, phases, run,
};

spyre_status spyre_stream_matmul(spyre_stream *stream, const spyre_matmul_desc *desc,
                                 spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &matmul_class, desc, out_error);
}
