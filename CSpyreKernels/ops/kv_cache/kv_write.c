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
    int64_t width = c->kv_heads * c->head_size;
    out[0] = spyre_reads_rows("keys", d->keys, rows, d->stride, width);
    out[1] = spyre_reads_rows("values", d->values, rows, d->stride, width);
    out[2] = spyre_reads("slots", d->slots, (uint64_t)rows * 4);
    out[3] = spyre_writes("key cache", c->keys, cache);
    out[4] = spyre_writes("value cache", c->values, cache);
    if (!spyre_span_present(d->rope_table)) return 5;
    out[5] = spyre_reads("positions", d->positions, (uint64_t)rows * 4);
    out[6] = spyre_reads("rope_table", d->rope_table, (uint64_t)(d->table_positions * c->head_size) * 4);
    out[7] = spyre_writes_rows("queries", d->queries, rows, d->stride, d->heads * c->head_size, 0);
    return 8;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_kv_write_desc *)raw)->rows;
    return 1;
}

// One head of one token: the key goes down a column of its panel, the value along a row.
static void store_f32(float *keys, float *values, int64_t head_size, const float *key, const float *value) {
    for (int64_t i = 0; i < head_size; i++) keys[i * SPYRE_KV_BLOCK_TOKENS] = key[i];
    memcpy(values, value, (size_t)head_size * sizeof *values);
}

static void store_bf16(uint16_t *keys, uint16_t *values, int64_t head_size, const float *key,
                       const float *value) {
    for (int64_t i = 0; i < head_size; i++) keys[i * SPYRE_KV_BLOCK_TOKENS] = spyre_to_bf16(key[i]);
    for (int64_t i = 0; i < head_size; i++) values[i] = spyre_to_bf16(value[i]);
}

static void store_head(const spyre_kv_cache *c, void *keys, void *values, int64_t slot, int64_t head,
                       const float *key, const float *value) {
    int64_t block = slot / SPYRE_KV_BLOCK_TOKENS, token = slot % SPYRE_KV_BLOCK_TOKENS;
    int64_t base = (block * c->kv_heads + head) * c->head_size * SPYRE_KV_BLOCK_TOKENS;
    int64_t k = base + token, v = base + token * c->head_size;
    if (c->type == SPYRE_TYPE_F32)
        store_f32((float *)keys + k, (float *)values + v, c->head_size, key, value);
    else store_bf16((uint16_t *)keys + k, (uint16_t *)values + v, c->head_size, key, value);
}

// Where the operands of a launch lie.
typedef struct kv_write_operands {
    const float *keys;
    const float *values;
    const int32_t *slots;
    const int32_t *positions;
    const float *table;
    float *queries;
    void *key_cache;
    void *value_cache;
} kv_write_operands;

static kv_write_operands operands_of(const spyre_kv_write_desc *d, const spyre_launch *launch) {
    return (kv_write_operands){
        .keys = spyre_resolve(launch, d->keys),
        .values = spyre_resolve(launch, d->values),
        .slots = spyre_resolve(launch, d->slots),
        .positions = spyre_resolve(launch, d->positions),
        .table = spyre_resolve(launch, d->rope_table),
        .queries = spyre_resolve(launch, d->queries),
        .key_cache = spyre_resolve(launch, d->cache.keys),
        .value_cache = spyre_resolve(launch, d->cache.values),
    };
}

// Turns the query heads that read KV head `head`, or an equal share where the heads are no multiple.
static void rotate_queries(const spyre_kv_write_desc *d, const kv_write_operands *o, int64_t row,
                           int64_t head) {
    int64_t size = d->cache.head_size, kv_heads = d->cache.kv_heads;
    for (int64_t h = d->heads * head / kv_heads; h < d->heads * (head + 1) / kv_heads; h++) {
        float *q = o->queries + row * d->stride + h * size;
        spyre_rotate_head(q, q, size, d->layout, o->table, d->table_positions, o->positions[row]);
    }
}

static void write_head(const spyre_kv_write_desc *d, const kv_write_operands *o, int64_t row, int64_t head) {
    const spyre_kv_cache *c = &d->cache;
    int64_t slot = o->slots[row], at = row * d->stride + head * c->head_size;
    if (slot < 0 || slot >= c->blocks * SPYRE_KV_BLOCK_TOKENS) return;
    const float *key = o->keys + at;
    float rotated[SPYRE_MAXIMUM_HEAD_SIZE];
    if (o->table != NULL) {
        spyre_rotate_head(key, rotated, c->head_size, d->layout, o->table, d->table_positions,
                          o->positions[row]);
        key = rotated;
    }
    store_head(c, o->key_cache, o->value_cache, slot, head, key, o->values + at);
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_kv_write_desc *d = raw;
    kv_write_operands o = operands_of(d, launch);
    int64_t rows = spyre_size(launch, d->rows), heads = d->cache.kv_heads;
    // A unit of work is a KV head of a row with its queries. A few rows are the next tokens of as many
    // sequences: dealt out in turn, as attention deals them, a head is written where it will be read. Many
    // rows follow one another in a block, and the keys of neighbours lie in one cache line: a thread takes a
    // run of them.
    bool in_turn = rows <= threads;
    int64_t unit = thread, end = rows * heads, step = in_turn ? threads : 1;
    if (!in_turn) spyre_share(rows * heads, thread, threads, &unit, &end);
    for (; unit < end; unit += step) {
        if (o.table != NULL) rotate_queries(d, &o, unit / heads, unit % heads);
        write_head(d, &o, unit / heads, unit % heads);
    }
}

static const spyre_op_class kv_write_class = {
    "kv_write", sizeof(spyre_kv_write_desc), check, accesses, extents, NULL, NULL, run,
};

spyre_status spyre_stream_kv_write(spyre_stream *stream, const spyre_kv_write_desc *desc,
                                   spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &kv_write_class, desc, out_error);
}
