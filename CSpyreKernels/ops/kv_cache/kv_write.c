// Writes new keys and values to their slots of the paged cache, rotating queries and keys on the way if asked
// to.
#include "../../simd/half.h"
#include "../rope/rope.h"
#include "kv_cache.h"

uint64_t spyre_kv_cache_bytes(spyre_type type, int64_t blocks, int64_t kv_heads, int64_t head_size) {
    uint64_t element = type == SPYRE_TYPE_F32 ? 4 : type == SPYRE_TYPE_BF16 ? 2 : 0;
    if (blocks < 1 || blocks > 1 << 25 || kv_heads < 1 || kv_heads > 1 << 12 || head_size < 1 ||
        head_size > 4096)
        return 0;
    return (uint64_t)blocks * (uint64_t)kv_heads * (uint64_t)head_size * SPYRE_KV_BLOCK_TOKENS * element;
}

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_kv_write_desc *d = raw;
    spyre_status status = spyre_kv_cache_check(&d->cache, "kv_write", out_error);
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
        d->stride < d->heads * d->cache.head_size ||
        (d->layout != SPYRE_ROPE_INTERLEAVED && d->layout != SPYRE_ROPE_HALF_SPLIT))
        return spyre_fail(
            out_error, SPYRE_STATUS_INVALID_ARGUMENT,
            "kv_write: the rotation needs queries, positions, heads, a stride for them and a layout");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_kv_write_desc *d = raw;
    int64_t rows = d->rows.maximum;
    const spyre_kv_cache *c = &d->cache;
    uint64_t cache = spyre_kv_cache_bytes(c->type, c->blocks, c->kv_heads, c->head_size);
    uint64_t width = spyre_rows_bytes(rows, d->stride, c->kv_heads * c->head_size);
    out[0] = (spyre_access){"keys", d->keys, width, false};
    out[1] = (spyre_access){"values", d->values, width, false};
    out[2] = (spyre_access){"slots", d->slots, (uint64_t)rows * 4, false};
    out[3] = (spyre_access){"key cache", c->keys, cache, true};
    out[4] = (spyre_access){"value cache", c->values, cache, true};
    if (!spyre_span_present(d->rope_table)) return 5;
    out[5] = (spyre_access){"positions", d->positions, (uint64_t)rows * 4, false};
    out[6] =
        (spyre_access){"rope_table", d->rope_table, (uint64_t)(d->table_positions * c->head_size) * 4, false};
    out[7] = (spyre_access){"queries", d->queries, spyre_rows_bytes(rows, d->stride, d->heads * c->head_size),
                            true};
    return 8;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_kv_write_desc *)raw)->rows;
    return 1;
}

static void store_head(const spyre_kv_cache *c, void *keys, void *values, int64_t slot, int64_t head,
                       const float *key, const float *value) {
    int64_t block = slot / SPYRE_KV_BLOCK_TOKENS, token = slot % SPYRE_KV_BLOCK_TOKENS;
    int64_t base = (block * c->kv_heads + head) * c->head_size * SPYRE_KV_BLOCK_TOKENS;
    for (int64_t i = 0; i < c->head_size; i++) {
        int64_t k = base + i * SPYRE_KV_BLOCK_TOKENS + token, v = base + token * c->head_size + i;
        if (c->type == SPYRE_TYPE_F32) {
            ((float *)keys)[k] = key[i];
            ((float *)values)[v] = value[i];
        } else {
            ((uint16_t *)keys)[k] = spyre_to_bf16(key[i]);
            ((uint16_t *)values)[v] = spyre_to_bf16(value[i]);
        }
    }
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_kv_write_desc *d = raw;
    const spyre_kv_cache *c = &d->cache;
    const float *keys = spyre_resolve(launch, d->keys), *values = spyre_resolve(launch, d->values);
    const int32_t *slots = spyre_resolve(launch, d->slots), *positions = spyre_resolve(launch, d->positions);
    const float *table = spyre_resolve(launch, d->rope_table);
    float *queries = spyre_resolve(launch, d->queries);
    void *key_cache = spyre_resolve(launch, c->keys), *value_cache = spyre_resolve(launch, c->values);
    float rotated[SPYRE_MAXIMUM_HEAD_SIZE];
    int64_t row, end;
    spyre_share(spyre_size(launch, d->rows), thread, threads, &row, &end);
    for (; row < end; row++) {
        for (int64_t h = 0; table != NULL && h < d->heads; h++) {
            float *q = queries + row * d->stride + h * c->head_size;
            spyre_rotate_head(q, q, c->head_size, d->layout, table, d->table_positions, positions[row]);
        }
        if (slots[row] < 0 || slots[row] >= c->blocks * SPYRE_KV_BLOCK_TOKENS) continue;
        for (int64_t h = 0; h < c->kv_heads; h++) {
            const float *key = keys + row * d->stride + h * c->head_size;
            if (table != NULL) {
                spyre_rotate_head(key, rotated, c->head_size, d->layout, table, d->table_positions,
                                  positions[row]);
                key = rotated;
            }
            store_head(c, key_cache, value_cache, slots[row], h, key,
                       values + row * d->stride + h * c->head_size);
        }
    }
}

static const spyre_op_class kv_write_class = {
    "kv_write", sizeof(spyre_kv_write_desc), check, accesses, extents, NULL, NULL, run,
};

spyre_status spyre_stream_kv_write(spyre_stream *stream, const spyre_kv_write_desc *desc,
                                   spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &kv_write_class, desc, out_error);
}
