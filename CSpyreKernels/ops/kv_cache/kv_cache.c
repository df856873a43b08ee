#include "kv_cache.h"

static uint64_t element_bytes(spyre_type type) {
    switch (type) {
    case SPYRE_TYPE_F32: return 4;
    case SPYRE_TYPE_F16:
    case SPYRE_TYPE_BF16: return 2;
    default: return 0;
    }
}

uint64_t spyre_kv_cache_bytes(spyre_type type, int64_t blocks, int64_t kv_heads, int64_t head_size) {
    if (blocks < 1 || blocks > 1 << 25 || kv_heads < 1 || kv_heads > 1 << 12 || head_size < 1 ||
        head_size > 4096)
        return 0;
    return (uint64_t)blocks * (uint64_t)kv_heads * (uint64_t)head_size * SPYRE_KV_BLOCK_TOKENS *
           element_bytes(type);
}

spyre_status spyre_kv_cache_check(const spyre_kv_cache *c, const char *op, spyre_error **out_error) {
    if (spyre_kv_cache_bytes(c->type, c->blocks, c->kv_heads, c->head_size) == 0 || c->head_size % 16 != 0 ||
        c->head_size > SPYRE_MAXIMUM_HEAD_SIZE)
        return spyre_fail(
            out_error, SPYRE_STATUS_UNSUPPORTED,
            "%s: a KV cache of type %d, %lld blocks, %lld heads of size %lld is not supported (types "
            "float32, float16 and bfloat16, head sizes that are multiples of 16 up to 256)",
            op, c->type, (long long)c->blocks, (long long)c->kv_heads, (long long)c->head_size);
    if (!spyre_span_present(c->keys) || !spyre_span_present(c->values))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "%s: keys or values of the cache are missing", op);
    return SPYRE_STATUS_OK;
}

static spyre_kv_store_kernel *store_of(const spyre_kernels *kernels, spyre_type type) {
    switch (type) {
    case SPYRE_TYPE_F32: return kernels->kv_store_f32;
    case SPYRE_TYPE_F16: return kernels->kv_store_f16;
    default: return kernels->kv_store_bf16;
    }
}

spyre_kv_rows spyre_kv_rows_of(const spyre_kv_cache *c, const spyre_launch *launch) {
    return (spyre_kv_rows){
        .key_cache = spyre_resolve(launch, c->keys),
        .value_cache = spyre_resolve(launch, c->values),
        .blocks = c->blocks,
        .kv_heads = c->kv_heads,
        .head_size = c->head_size,
        .head_bytes = (int64_t)spyre_kv_cache_bytes(c->type, 1, 1, c->head_size),
        .store = store_of(launch->kernels, c->type),
    };
}

void spyre_kv_write_head(const spyre_kv_rows *rows, int64_t row, int64_t head) {
    int64_t slot = rows->slots[row], at = row * rows->stride + head * rows->head_size;
    if (slot < 0 || slot >= rows->blocks * SPYRE_KV_BLOCK_TOKENS) return;
    const float *key = rows->keys + at;
    float rotated[SPYRE_MAXIMUM_HEAD_SIZE];
    if (rows->rotation.table != NULL) {
        spyre_rotate_head(&rows->rotation, rows->positions[row], key, rotated);
        key = rotated;
    }
    int64_t offset = (slot / SPYRE_KV_BLOCK_TOKENS * rows->kv_heads + head) * rows->head_bytes;
    rows->store(key, rows->values + at, (uint8_t *)rows->key_cache + offset,
                (uint8_t *)rows->value_cache + offset, slot % SPYRE_KV_BLOCK_TOKENS, rows->head_size);
}

spyre_kv_units spyre_kv_units_of(int64_t rows, int64_t heads, int thread, int threads) {
    if (rows <= threads) return (spyre_kv_units){thread, rows * heads, threads};
    spyre_kv_units units = {.step = 1};
    spyre_share(rows * heads, thread, threads, &units.first, &units.end);
    return units;
}
