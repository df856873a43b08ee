// Embedding: a gather of rows from a weight image, the same one that a tied output layer multiplies with. Neighbours of a
// row lie a panel's width apart in it, so a row touches a cache line for each float32 value, or each pair of bfloat16
// values: fetching those lines bounds the op, not what is done with them, and vectors would not help.
#include "../matmul/matmul.h"

#include <math.h>

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_embedding_desc *d = raw;
    if (spyre_weight_bytes(d->table_type, d->vocabulary, d->columns) == 0 || !spyre_extent_ok(d->rows) ||
        d->output_stride < d->columns || d->output_stride > (int64_t)1 << 31)
        return spyre_fail(
            out_error, SPYRE_STATUS_INVALID_ARGUMENT,
            "embedding: table type %d of [%lld][%lld] or the output stride %lld is not supported",
            d->table_type, (long long)d->vocabulary, (long long)d->columns, (long long)d->output_stride);
    if (!spyre_span_present(d->table) || !spyre_span_present(d->ids) || !spyre_span_present(d->output))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "embedding: table, ids or output is missing");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_embedding_desc *d = raw;
    out[0] = spyre_reads("table", d->table, spyre_weight_bytes(d->table_type, d->vocabulary, d->columns));
    out[1] = spyre_reads("ids", d->ids, (uint64_t)d->rows.maximum * 4);
    out[2] = spyre_writes_rows("output", d->output, d->rows.maximum, d->output_stride, d->columns, 0);
    return 3;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_embedding_desc *)raw)->rows;
    return 1;
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_embedding_desc *d = raw;
    const uint8_t *table = spyre_resolve(launch, d->table);
    const int32_t *ids = spyre_resolve(launch, d->ids);
    float *output = spyre_resolve(launch, d->output);
    int64_t row, end;
    spyre_share(spyre_size(launch, d->rows), thread, threads, &row, &end);
    for (; row < end; row++) {
        bool known = ids[row] >= 0 && ids[row] < d->vocabulary;
        float *y = output + row * d->output_stride;
        if (known) spyre_weight_row(table, d->table_type, d->columns, ids[row], d->scale, y);
        else
            for (int64_t k = 0; k < d->columns; k++) y[k] = NAN;
    }
}

static const spyre_op_class embedding_class = {
    "embedding", sizeof(spyre_embedding_desc), check, accesses, extents, NULL, NULL, run,
};

spyre_status spyre_stream_embedding(spyre_stream *stream, const spyre_embedding_desc *desc,
                                    spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &embedding_class, desc, out_error);
}
