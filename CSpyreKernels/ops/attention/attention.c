// Attention over the paged cache: what the op asks of its descriptor, and its phases.
#include "attention_run.h"

static spyre_status check_new_rows(const spyre_attention_desc *d, spyre_error **out_error) {
    if (!spyre_attention_writes(d)) {
        if (!spyre_span_present(d->values) && !spyre_span_present(d->rope_table)) return SPYRE_STATUS_OK;
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "attention: values or a rotation are given without keys");
    }
    if (!spyre_span_present(d->values) || !spyre_span_present(d->slots) ||
        d->kv_stride < d->cache.kv_heads * d->cache.head_size || d->kv_stride > (int64_t)1 << 31)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "attention: new keys need values, slots and a stride for them");
    if (!spyre_span_present(d->rope_table)) return SPYRE_STATUS_OK;
    if (!spyre_span_present(d->positions) || !spyre_size_ok(d->table_positions) ||
        !spyre_rope_layout_ok(d->layout))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "attention: the rotation needs positions, a table size and a layout");
    return SPYRE_STATUS_OK;
}

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_attention_desc *d = raw;
    spyre_status status = spyre_kv_cache_check(&d->cache, &d->scales, "attention", out_error);
    if (status != SPYRE_STATUS_OK) return status;
    if (d->heads < 1 || d->heads > 1 << 12 || d->heads % d->cache.kv_heads != 0)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "attention: %lld heads are no multiple of %lld KV heads", (long long)d->heads,
                          (long long)d->cache.kv_heads);
    int64_t width = d->heads * d->cache.head_size;
    if (!spyre_extent_ok(d->rows) || !spyre_extent_ok(d->sequences) || d->query_stride < width ||
        d->output_stride < width || d->query_stride > (int64_t)1 << 31 ||
        d->output_stride > (int64_t)1 << 31 || !spyre_size_ok(d->maximum_blocks))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "attention: a size or stride is out of range");
    if (!spyre_span_present(d->queries) || !spyre_span_present(d->output) ||
        !spyre_span_present(d->query_starts) || !spyre_span_present(d->context_lengths) ||
        !spyre_span_present(d->block_tables))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "attention: an operand is missing");
    return check_new_rows(d, out_error);
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_attention_desc *d = raw;
    const spyre_kv_cache *c = &d->cache;
    uint64_t cache = spyre_kv_cache_size(c);
    uint64_t sequences = (uint64_t)d->sequences.maximum;
    int64_t width = d->heads * c->head_size;
    out[0] = spyre_reads_rows("queries", d->queries, d->rows.maximum, d->query_stride, width);
    out[1] = spyre_reads("query_starts", d->query_starts, (sequences + 1) * 4);
    out[2] = spyre_reads("context_lengths", d->context_lengths, sequences * 4);
    out[3] = spyre_reads("block_tables", d->block_tables, sequences * (uint64_t)d->maximum_blocks * 4);
    out[4] = spyre_writes_rows("output", d->output, d->rows.maximum, d->output_stride, width, 0);
    int count = 5 + spyre_kv_scale_accesses(&d->scales, out + 5);
    if (!spyre_attention_writes(d)) {
        out[count++] = spyre_reads("key cache", c->keys, cache);
        out[count++] = spyre_reads("value cache", c->values, cache);
        return count;
    }
    uint64_t rows = (uint64_t)d->rows.maximum;
    int64_t kv_width = c->kv_heads * c->head_size;
    out[count++] = spyre_writes("key cache", c->keys, cache);
    out[count++] = spyre_writes("value cache", c->values, cache);
    out[count++] = spyre_reads_rows("keys", d->keys, d->rows.maximum, d->kv_stride, kv_width);
    out[count++] = spyre_reads_rows("values", d->values, d->rows.maximum, d->kv_stride, kv_width);
    out[count++] = spyre_reads("slots", d->slots, rows * 4);
    if (!spyre_span_present(d->rope_table)) return count;
    out[count++] = spyre_reads("positions", d->positions, rows * 4);
    out[count++] =
        spyre_reads("rope_table", d->rope_table, (uint64_t)(d->table_positions * c->head_size) * 4);
    return count;
}

static int extents(const void *raw, spyre_extent out[2]) {
    const spyre_attention_desc *d = raw;
    out[0] = d->rows;
    out[1] = d->sequences;
    return 2;
}

static uint64_t scratch(const void *raw, int threads) {
    return (uint64_t)threads * spyre_attention_partial_floats(raw) * sizeof(float);
}

// Rows that somebody else may read are written in a phase of their own. A program that is only asked about has
// sizes and no data: more rows than sequences are more than one of some sequence.
static int phases(const void *raw, const spyre_launch *launch, int threads) {
    (void)threads;
    const spyre_attention_desc *d = raw;
    if (!spyre_attention_writes(d)) return 1;
    if (launch->counters == NULL)
        return spyre_size(launch, d->rows) > spyre_size(launch, d->sequences) ? 2 : 1;
    const spyre_attention_operands o = spyre_attention_operands_of(d, launch);
    return spyre_attention_writes_in_passing(&o) ? 1 : 2;
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    const spyre_attention_operands o = spyre_attention_operands_of(raw, launch);
    const bool writes = spyre_attention_writes(o.desc);
    const bool in_passing = writes && spyre_attention_writes_in_passing(&o);
    if (phase == 0 && writes && !in_passing) spyre_attention_write_rows(&o, thread, threads);
    else spyre_attention_run(&o, in_passing, thread, threads);
}

static const spyre_op_class attention_class = {
    "attention", sizeof(spyre_attention_desc), check, accesses, extents, scratch, phases, run,
};

spyre_status spyre_stream_attention(spyre_stream *stream, const spyre_attention_desc *desc,
                                    spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &attention_class, desc, out_error);
}
