// Elementwise ops of the eager backend: add, silu * mul, scale.
#include "../../device/internal.h"

static bool takes_two(const spyre_elementwise_desc *d) { return d->kind != SPYRE_ELEMENTWISE_SCALE; }

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_elementwise_desc *d = raw;
    int64_t limit = (int64_t)1 << 31;
    if (d->kind < SPYRE_ELEMENTWISE_ADD || d->kind > SPYRE_ELEMENTWISE_SCALE)
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

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_elementwise_desc *d = raw;
    const float *first = spyre_resolve(launch, d->a);
    const float *second = spyre_resolve(launch, d->b);
    float *output = spyre_resolve(launch, d->output);
    int64_t row, end;
    spyre_share(spyre_size(launch, d->rows), thread, threads, &row, &end);
    for (; row < end; row++) {
        const float *a = first + row * d->a_stride;
        const float *b = takes_two(d) ? second + row * d->b_stride : NULL;
        float *y = output + row * d->output_stride;
        if (d->kind == SPYRE_ELEMENTWISE_SILU_MUL) launch->kernels->silu_mul(a, b, y, d->columns);
        else if (d->kind == SPYRE_ELEMENTWISE_ADD)
            for (int64_t i = 0; i < d->columns; i++) y[i] = a[i] + d->scale * b[i];
        else
            for (int64_t i = 0; i < d->columns; i++) y[i] = d->scale * a[i];
    }
}

static const spyre_op_class elementwise_class = {
    "elementwise", sizeof(spyre_elementwise_desc), check, accesses, extents, NULL, NULL, run,
};

spyre_status spyre_stream_elementwise(spyre_stream *stream, const spyre_elementwise_desc *desc,
                                      spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &elementwise_class, desc, out_error);
}
