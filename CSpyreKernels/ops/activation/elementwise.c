// Elementwise ops: add, scale and activations.
#include "../../device/internal.h"

static bool takes_two(const spyre_elementwise_desc *d) {
    return d->kind == SPYRE_ELEMENTWISE_ADD || d->kind == SPYRE_ELEMENTWISE_SILU_MUL;
}

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_elementwise_desc *d = raw;
    int64_t limit = (int64_t)1 << 31;
    if (d->kind < SPYRE_ELEMENTWISE_ADD || d->kind > SPYRE_ELEMENTWISE_RELU)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "elementwise: unknown kind %d", d->kind);
    if (!spyre_size_ok(d->columns) || !spyre_extent_ok(d->rows) || d->a_stride < d->columns ||
        d->output_stride < d->columns || d->a_stride > limit || d->output_stride > limit ||
        (takes_two(d) && (d->b_stride < d->columns || d->b_stride > limit)))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "elementwise: a size is out of range or a stride is smaller than the %lld columns",
                          (long long)d->columns);
    if (!spyre_span_present(d->a) || !spyre_span_present(d->output) ||
        spyre_span_present(d->b) != takes_two(d))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "elementwise: an operand is missing or too many");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_elementwise_desc *d = raw;
    int64_t rows = d->rows.maximum;
    out[0] = spyre_reads_rows("a", d->a, rows, d->a_stride, d->columns);
    out[1] = spyre_reads_rows("b", d->b, rows, d->b_stride, d->columns);
    out[2] = spyre_writes_rows("output", d->output, rows, d->output_stride, d->columns, 1u << 0 | 1u << 1);
    return 3;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_elementwise_desc *)raw)->rows;
    return 1;
}

static void run_piece(const spyre_kernels *kernels, const spyre_elementwise_desc *d, const float *a,
                      const float *b, float *y, int64_t count) {
    switch (d->kind) {
    case SPYRE_ELEMENTWISE_ADD: kernels->add(a, b, d->scale, y, count); break;
    case SPYRE_ELEMENTWISE_SILU_MUL: kernels->silu_mul(a, b, y, count); break;
    case SPYRE_ELEMENTWISE_SCALE: kernels->scale(a, d->scale, y, count); break;
    case SPYRE_ELEMENTWISE_SILU: kernels->silu(a, y, count); break;
    case SPYRE_ELEMENTWISE_GELU: kernels->gelu(a, y, count); break;
    case SPYRE_ELEMENTWISE_GELU_TANH: kernels->gelu_tanh(a, y, count); break;
    default: kernels->relu(a, y, count); break;
    }
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_elementwise_desc *d = raw;
    const float *first = spyre_resolve(launch, d->a);
    const float *second = spyre_resolve(launch, d->b);
    float *output = spyre_resolve(launch, d->output);
    spyre_pieces pieces = spyre_pieces_of(spyre_size(launch, d->rows), d->columns);
    int64_t piece, end;
    spyre_share(pieces.count, thread, threads, &piece, &end);
    for (; piece < end; piece++) {
        int64_t row = piece / pieces.of_row, column = piece % pieces.of_row * SPYRE_PIECE_COLUMNS;
        int64_t left = d->columns - column;
        run_piece(launch->kernels, d, first + row * d->a_stride + column,
                  takes_two(d) ? second + row * d->b_stride + column : NULL,
                  output + row * d->output_stride + column,
                  left < SPYRE_PIECE_COLUMNS ? left : SPYRE_PIECE_COLUMNS);
    }
}

static const spyre_op_class elementwise_class = {
    "elementwise", sizeof(spyre_elementwise_desc), check, accesses, extents, NULL, NULL, run,
};

spyre_status spyre_stream_elementwise(spyre_stream *stream, const spyre_elementwise_desc *desc,
                                      spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &elementwise_class, desc, out_error);
}
