// Rotary position embedding in place.
#include "rope.h"

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_rope_desc *d = raw;
    if (!spyre_size_ok(d->heads) || !spyre_size_ok(d->head_size) || d->head_size % 2 != 0 ||
        d->head_size > 4096 || !spyre_extent_ok(d->rows) || !spyre_size_ok(d->table_positions) ||
        d->stride < d->heads * d->head_size || d->stride > (int64_t)1 << 31 ||
        !spyre_rope_layout_ok(d->layout))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "rope: heads %lld, head size %lld, stride %lld or layout %d is out of range",
                          (long long)d->heads, (long long)d->head_size, (long long)d->stride, d->layout);
    if (!spyre_span_present(d->data) || !spyre_span_present(d->positions) || !spyre_span_present(d->table))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "rope: data, positions or table is missing");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_rope_desc *d = raw;
    out[0] = spyre_reads("positions", d->positions, (uint64_t)d->rows.maximum * 4);
    out[1] = spyre_reads("table", d->table, (uint64_t)(d->table_positions * d->head_size) * 4);
    out[2] = spyre_writes_rows("data", d->data, d->rows.maximum, d->stride, d->heads * d->head_size, 0);
    return 3;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_rope_desc *)raw)->rows;
    return 1;
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_rope_desc *d = raw;
    float *data = spyre_resolve(launch, d->data);
    const int32_t *positions = spyre_resolve(launch, d->positions);
    const spyre_rotation rotation = {spyre_resolve(launch, d->table), d->table_positions, d->head_size,
                                     d->layout, launch->kernels->rotate};
    int64_t row, end;
    spyre_share(spyre_size(launch, d->rows), thread, threads, &row, &end);
    for (; row < end; row++)
        for (int64_t h = 0; h < d->heads; h++) {
            float *head = data + row * d->stride + h * d->head_size;
            spyre_rotate_head(&rotation, positions[row], head, head);
        }
}

static const spyre_op_class rope_class = {
    "rope", sizeof(spyre_rope_desc), check, accesses, extents, NULL, NULL, run};

spyre_status spyre_stream_rope(spyre_stream *stream, const spyre_rope_desc *desc, spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &rope_class, desc, out_error);
}
