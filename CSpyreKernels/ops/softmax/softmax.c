// Softmax over rows.
#include "../../device/internal.h"

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_softmax_desc *d = raw;
    if (!spyre_size_ok(d->columns) || !spyre_extent_ok(d->rows) || d->stride < d->columns ||
        d->stride > (int64_t)1 << 31 || !spyre_span_present(d->input) || !spyre_span_present(d->output))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "softmax: a size is out of range or an operand missing");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_softmax_desc *d = raw;
    out[0] = spyre_reads_rows("input", d->input, d->rows.maximum, d->stride, d->columns);
    out[1] = spyre_writes_rows("output", d->output, d->rows.maximum, d->stride, d->columns, 1u << 0);
    return 2;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_softmax_desc *)raw)->rows;
    return 1;
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_softmax_desc *d = raw;
    const float *input = spyre_resolve(launch, d->input);
    float *output = spyre_resolve(launch, d->output);
    int64_t row, end;
    spyre_share(spyre_size(launch, d->rows), thread, threads, &row, &end);
    for (; row < end; row++) {
        const float *x = input + row * d->stride;
        float *y = output + row * d->stride;
        float maximum = launch->kernels->maximum(x, d->columns);
        if (x != y) memcpy(y, x, (size_t)d->columns * sizeof *y);
        float sum = launch->kernels->exp(y, maximum, d->columns);
        launch->kernels->scale(y, 1.0f / sum, y, d->columns);
    }
}

static const spyre_op_class softmax_class = {
    "softmax", sizeof(spyre_softmax_desc), check, accesses, extents, NULL, NULL, run,
};

spyre_status spyre_stream_softmax(spyre_stream *stream, const spyre_softmax_desc *desc,
                                  spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &softmax_class, desc, out_error);
}
