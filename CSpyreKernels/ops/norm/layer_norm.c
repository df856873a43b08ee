// LayerNorm.
#include "../../device/internal.h"

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_layer_norm_desc *d = raw;
    int64_t limit = (int64_t)1 << 31;
    if (!spyre_size_ok(d->columns) || !spyre_extent_ok(d->rows) || d->input_stride < d->columns ||
        d->input_stride > limit || d->output_stride < d->columns || d->output_stride > limit ||
        !(d->epsilon >= 0))
        return spyre_fail(
            out_error, SPYRE_STATUS_INVALID_ARGUMENT,
            "layer_norm: columns %lld, strides %lld and %lld, rows %lld or epsilon %g is out of range",
            (long long)d->columns, (long long)d->input_stride, (long long)d->output_stride,
            (long long)d->rows.maximum, (double)d->epsilon);
    if (!spyre_span_present(d->input) || !spyre_span_present(d->weight) || !spyre_span_present(d->output))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "layer_norm: input, weight or output is missing");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_layer_norm_desc *d = raw;
    int64_t rows = d->rows.maximum;
    out[0] = spyre_reads_rows("input", d->input, rows, d->input_stride, d->columns);
    out[1] = spyre_reads("weight", d->weight, (uint64_t)d->columns * 4);
    out[2] = spyre_reads("bias", d->bias, (uint64_t)d->columns * 4);
    out[3] = spyre_writes_rows("output", d->output, rows, d->output_stride, d->columns, 1u << 0);
    return 4;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_layer_norm_desc *)raw)->rows;
    return 1;
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_layer_norm_desc *d = raw;
    const float *input = spyre_resolve(launch, d->input);
    const float *weight = spyre_resolve(launch, d->weight);
    const float *bias = spyre_resolve(launch, d->bias);
    float *output = spyre_resolve(launch, d->output);
    int64_t row, end;
    spyre_share(spyre_size(launch, d->rows), thread, threads, &row, &end);
    for (; row < end; row++)
        launch->kernels->layer_norm(input + row * d->input_stride, weight, bias,
                                    output + row * d->output_stride, d->columns, d->epsilon);
}

static const spyre_op_class layer_norm_class = {
    "layer_norm", sizeof(spyre_layer_norm_desc), check, accesses, extents, NULL, NULL, run,
};

spyre_status spyre_stream_layer_norm(spyre_stream *stream, const spyre_layer_norm_desc *desc,
                                     spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &layer_norm_class, desc, out_error);
}
