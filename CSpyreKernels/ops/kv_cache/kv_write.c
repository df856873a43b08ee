// Writes new keys and values to their slots of the paged cache, rotating queries and keys on the way if asked
// to.
#include "kv_cache.h"

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_kv_write_desc *d = raw;
    spyre_status status = spyre_kv_cache_check(&d->cache, &d->scales, "kv_write", out_error);
    if (status != SPYRE_STATUS_OK) return status;
    int64_t width = d->cache.kv_heads * d->cache.head_size;
    if (!spyre_extent_ok(d->rows) || d->stride < width || d->stride > (int64_t)1 << 31)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "kv_write: rows %lld or stride %lld is out of range", (long long)d->rows.maximum,
                          (long long)d->stride);
    if (!spyre_span_present(d->keys) || !spyre_span_present(d->values) || !spyre_span_present(d->slots))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "kv_write: keys, values or slots are missing");
    if (!spyre_span_present(d->rope_table)) return SPYRE_STATUS_OK;
    if (!spyre_span_present(d->queries) || !spyre_span_present(d->positions) ||
        !spyre_size_ok(d->table_positions) || d->heads < 1 || d->heads > 1 << 12 ||
        d->stride < d->heads * d->cache.head_size || !spyre_rope_layout_ok(d->layout))
        return spyre_fail(
            out_error, SPYRE_STATUS_INVALID_ARGUMENT,
            "kv_write: the rotation needs queries, positions, heads, a stride for them and a layout");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_kv_write_desc *d = raw;
    int64_t rows = d->rows.maximum;
    const spyre_kv_cache *c = &d->cache;
    uint64_t cache = spyre_kv_cache_size(c);
    int64_t width = c->kv_heads * c->head_size;
    out[0] = spyre_reads_rows("keys", d->keys, rows, d->stride, width);
    out[1] = spyre_reads_rows("values", d->values, rows, d->stride, width);
    out[2] = spyre_reads("slots", d->slots, (uint64_t)rows * 4);
    out[3] = spyre_writes("key cache", c->keys, cache);
    out[4] = spyre_writes("value cache", c->values, cache);
    int count = 5 + spyre_kv_scale_accesses(&d->scales, out + 5);
    if (!spyre_span_present(d->rope_table)) return count;
    out[count++] = spyre_reads("positions", d->positions, (uint64_t)rows * 4);
    out[count++] =
        spyre_reads("rope_table", d->rope_table, (uint64_t)(d->table_positions * c->head_size) * 4);
    out[count++] = spyre_writes_rows("queries", d->queries, rows, d->stride, d->heads * c->head_size, 0);
    return count;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_kv_write_desc *)raw)->rows;
    return 1;
}

static spyre_kv_rows rows_of(const spyre_kv_write_desc *d, const spyre_launch *launch) {
    spyre_kv_rows rows = spyre_kv_rows_of(&d->cache, &d->scales, launch);
    rows.keys = spyre_resolve(launch, d->keys);
    rows.values = spyre_resolve(launch, d->values);
    rows.stride = d->stride;
    rows.slots = spyre_resolve(launch, d->slots);
    // Without a rotation its operands may be anything.
    if (!spyre_span_present(d->rope_table)) return rows;
    rows.positions = spyre_resolve(launch, d->positions);
    rows.rotation = (spyre_rotation){spyre_resolve(launch, d->rope_table), d->table_positions,
                                     d->cache.head_size, d->layout, launch->kernels->rotate};
    return rows;
}

// Turns the query heads that read KV head `head`, or an equal share where the heads are no multiple.
static void rotate_queries(const spyre_kv_write_desc *d, const spyre_kv_rows *rows, float *queries,
                           int64_t row, int64_t head) {
    int64_t size = rows->head_size, kv_heads = rows->kv_heads;
    for (int64_t h = d->heads * head / kv_heads; h < d->heads * (head + 1) / kv_heads; h++) {
        float *q = queries + row * d->stride + h * size;
        spyre_rotate_head(&rows->rotation, rows->positions[row], q, q);
    }
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_kv_write_desc *d = raw;
    const spyre_kv_rows rows = rows_of(d, launch);
    float *queries = rows.rotation.table == NULL ? NULL : spyre_resolve(launch, d->queries);
    spyre_kv_units units = spyre_kv_units_of(spyre_size(launch, d->rows), rows.kv_heads, thread, threads);
    for (int64_t u = units.first; u < units.end; u += units.step) {
        int64_t row = u / rows.kv_heads, head = u % rows.kv_heads;
        if (rows.rotation.table != NULL) rotate_queries(d, &rows, queries, row, head);
        spyre_kv_write_head(&rows, row, head);
    }
}

static const spyre_op_class kv_write_class = {
    "kv_write", sizeof(spyre_kv_write_desc), check, accesses, extents, NULL, NULL, run,
};

spyre_status spyre_stream_kv_write(spyre_stream *stream, const spyre_kv_write_desc *desc,
                                   spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &kv_write_class, desc, out_error);
}
