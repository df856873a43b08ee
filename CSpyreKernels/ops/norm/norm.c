// RMSNorm, alone or after adding a residual.
#include "../../device/internal.h"

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_rms_norm_desc *d = raw;
    if (!spyre_size_ok(d->columns) || !spyre_extent_ok(d->rows) || d->stride < d->columns ||
        d->stride > (int64_t)1 << 31 || !(d->epsilon >= 0))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "rms_norm: columns %lld, stride %lld, rows %lld or epsilon %g is out of range",
                          (long long)d->columns, (long long)d->stride, (long long)d->rows.maximum,
                          (double)d->epsilon);
    if (!spyre_span_present(d->input) || !spyre_span_present(d->weight) || !spyre_span_present(d->output) ||
        spyre_span_present(d->residual) != spyre_span_present(d->sum))
        return spyre_fail(
            out_error, SPYRE_STATUS_INVALID_ARGUMENT,
            "rms_norm: input, weight or output is missing, or only one of residual and sum is given");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_rms_norm_desc *d = raw;
    int64_t rows = d->rows.maximum;
    out[0] = spyre_reads_rows("input", d->input, rows, d->stride, d->columns);
    out[1] = spyre_reads_rows("residual", d->residual, rows, d->stride, d->columns);
    out[2] = spyre_reads("weight", d->weight, (uint64_t)d->columns * 4);
    out[3] = spyre_writes_rows("sum", d->sum, rows, d->stride, d->columns, 1u << 0);
    out[4] = spyre_writes_rows("output", d->output, rows, d->stride, d->columns, 0);
    return 5;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_rms_norm_desc *)raw)->rows;
    return 1;
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_rms_norm_desc *d = raw;
    const float *input = spyre_resolve(launch, d->input);
    const float *residual = spyre_resolve(launch, d->residual);
    const float *weight = spyre_resolve(launch, d->weight);
    float *sum = spyre_resolve(launch, d->sum);
    float *output = spyre_resolve(launch, d->output);
    int64_t row, end;
    spyre_share(spyre_size(launch, d->rows), thread, threads, &row, &end);
    for (; row < end; row++) {
        const float *x = input + row * d->stride;
        if (residual != NULL) {
            const float *r = residual + row * d->stride;
            float *s = sum + row * d->stride;
            launch->kernels->add(x, r, d->residual_scale, s, d->columns);
            x = s;
        }
        launch->kernels->rms_norm(x, weight, output + row * d->stride, d->columns, d->epsilon);
    }
}

static const spyre_op_class rms_norm_class = {
    "rms_norm", sizeof(spyre_rms_norm_desc), check, accesses, extents, NULL, NULL, run,
};

spyre_status spyre_stream_rms_norm(spyre_stream *stream, const spyre_rms_norm_desc *desc,
                                   spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &rms_norm_class, desc, out_error);
}
