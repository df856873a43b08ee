#include "kv_cache.h"

static uint64_t element_bytes(spyre_type type) {
    switch (type) {
    case SPYRE_TYPE_F32: return 4;
    case SPYRE_TYPE_F16:
    case SPYRE_TYPE_BF16: return 2;
    case SPYRE_TYPE_F8_E4M3:
    case SPYRE_TYPE_I8: return 1;
    default: return 0;
    }
}

// Whether elements are codes, to be multiplied with a scale.
static bool has_codes(spyre_type type) { return element_bytes(type) == 1; }

static bool block_ok(const spyre_kv_cache *c) {
    int64_t tokens = spyre_kv_block_tokens(c);
    return tokens >= 16 && tokens <= 256 && (tokens & (tokens - 1)) == 0 && c->layout <= SPYRE_KV_TOKENS;
}

uint64_t spyre_kv_head_bytes(const spyre_kv_cache *c) {
    return (uint64_t)spyre_kv_block_tokens(c) * (uint64_t)c->head_size * element_bytes(c->type);
}

// Slots are 32-bit numbers.
uint64_t spyre_kv_cache_size(const spyre_kv_cache *c) {
    if (!block_ok(c) || c->blocks < 1 || c->blocks > ((int64_t)1 << 31) / spyre_kv_block_tokens(c) ||
        (c->layout == SPYRE_KV_TOKENS && has_codes(c->type)) || c->kv_heads < 1 || c->kv_heads > 1 << 12 ||
        c->head_size < 1 || c->head_size > 4096)
        return 0;
    return (uint64_t)c->blocks * (uint64_t)c->kv_heads * spyre_kv_head_bytes(c);
}

uint64_t spyre_kv_cache_bytes(spyre_type type, int64_t blocks, int64_t kv_heads, int64_t head_size) {
    const spyre_kv_cache cache = {
        .blocks = blocks, .kv_heads = kv_heads, .head_size = head_size, .type = type};
    return spyre_kv_cache_size(&cache);
}

static spyre_status check_scales(const spyre_kv_cache *c, const spyre_kv_scales *scales, const char *op,
                                 spyre_error **out_error) {
    if (!spyre_span_present(scales->keys) && !spyre_span_present(scales->values)) return SPYRE_STATUS_OK;
    if (!has_codes(c->type))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "%s: a KV cache of %s has no scales; those of float8_e4m3 and int8 have", op,
                          spyre_type_name(c->type));
    if (scales->count != 1 && scales->count != c->kv_heads)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "%s: %lld scales for %lld KV heads; give 1, or one for each head", op,
                          (long long)scales->count, (long long)c->kv_heads);
    return SPYRE_STATUS_OK;
}

spyre_status spyre_kv_cache_check(const spyre_kv_cache *c, const spyre_kv_scales *scales, const char *op,
                                  spyre_error **out_error) {
    if (!block_ok(c))
        return spyre_fail(
            out_error, SPYRE_STATUS_UNSUPPORTED,
            "%s: a KV cache of blocks of %d tokens in layout %d is not supported (16, 32, 64, 128 or "
            "256 tokens; layout 0 has panels, 1 token after token)",
            op, c->block_tokens, c->layout);
    if (c->layout == SPYRE_KV_TOKENS && has_codes(c->type))
        return spyre_fail(
            out_error, SPYRE_STATUS_UNSUPPORTED,
            "%s: a KV cache of %s in layout 1, token after token, is not supported; use layout 0", op,
            spyre_type_name(c->type));
    if (spyre_kv_cache_size(c) == 0 || c->head_size % 16 != 0 || c->head_size > SPYRE_MAXIMUM_HEAD_SIZE)
        return spyre_fail(
            out_error, SPYRE_STATUS_UNSUPPORTED,
            "%s: a KV cache of type %d, %lld blocks, %lld heads of size %lld is not supported (types "
            "float32, float16, bfloat16, float8_e4m3 and int8, head sizes that are multiples of 16 up to "
            "256)",
            op, c->type, (long long)c->blocks, (long long)c->kv_heads, (long long)c->head_size);
    if (!spyre_span_present(c->keys) || !spyre_span_present(c->values))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "%s: keys or values of the cache are missing", op);
    return check_scales(c, scales, op, out_error);
}

int spyre_kv_scale_accesses(const spyre_kv_scales *scales, spyre_access *out) {
    uint64_t bytes = (uint64_t)scales->count * sizeof(float);
    out[0] = spyre_reads("key scales", scales->keys, bytes);
    out[1] = spyre_reads("value scales", scales->values, bytes);
    return 2;
}

spyre_kv_factors spyre_kv_factors_of(const spyre_kv_scales *scales, const spyre_launch *launch) {
    return (spyre_kv_factors){
        .keys = spyre_span_present(scales->keys) ? spyre_resolve(launch, scales->keys) : NULL,
        .values = spyre_span_present(scales->values) ? spyre_resolve(launch, scales->values) : NULL,
        .step = scales->count == 1 ? 0 : 1,
    };
}

static spyre_kv_store_kernel *store_of(const spyre_kernels *kernels, spyre_type type) {
    switch (type) {
    case SPYRE_TYPE_F32: return kernels->kv_store_f32;
    case SPYRE_TYPE_F16: return kernels->kv_store_f16;
    case SPYRE_TYPE_F8_E4M3: return kernels->kv_store_f8_e4m3;
    case SPYRE_TYPE_I8: return kernels->kv_store_i8;
    default: return kernels->kv_store_bf16;
    }
}

spyre_kv_rows spyre_kv_rows_of(const spyre_kv_cache *c, const spyre_kv_scales *scales,
                               const spyre_launch *launch) {
    return (spyre_kv_rows){
        .key_cache = spyre_resolve(launch, c->keys),
        .value_cache = spyre_resolve(launch, c->values),
        .blocks = c->blocks,
        .kv_heads = c->kv_heads,
        .head_size = c->head_size,
        .block_tokens = spyre_kv_block_tokens(c),
        .block_shift = __builtin_ctzll((uint64_t)spyre_kv_block_tokens(c)),
        .panel_tokens = spyre_kv_panel_tokens(c),
        .head_bytes = (int64_t)spyre_kv_head_bytes(c),
        .panel_bytes =
            (int64_t)spyre_kv_head_bytes(c) / (spyre_kv_block_tokens(c) / spyre_kv_panel_tokens(c)),
        .factors = spyre_kv_factors_of(scales, launch),
        .store = store_of(launch->kernels, c->type),
        .token_bytes = c->layout == SPYRE_KV_TOKENS ? c->head_size * (int64_t)element_bytes(c->type) : 0,
    };
}

// `x` in units of a scale, in `target` unless the scale is 1.
static const float *divided(const float *x, float scale, int64_t count, float *target) {
    if (scale == 1) return x;
    for (int64_t i = 0; i < count; i++) target[i] = x[i] / scale;
    return target;
}

// The key of a panel of one token lies as an array does; its value goes nowhere.
static void store_array(const spyre_kv_rows *rows, const float *x, void *target) {
    _Alignas(64) float nowhere[SPYRE_MAXIMUM_HEAD_SIZE];
    rows->store(x, x, target, nowhere, 0, 1, rows->head_size);
}

void spyre_kv_write_head(const spyre_kv_rows *rows, int64_t row, int64_t head) {
    int64_t slot = rows->slots[row], at = row * rows->stride + head * rows->head_size;
    if (slot < 0 || slot >= rows->blocks * rows->block_tokens) return;
    const float *key = rows->keys + at, *value = rows->values + at;
    float rotated[SPYRE_MAXIMUM_HEAD_SIZE];
    if (rows->rotation.table != NULL) {
        spyre_rotate_head(&rows->rotation, rows->positions[row], key, rotated);
        key = rotated;
    }
    const int64_t token = slot & (rows->block_tokens - 1);
    int64_t offset = ((slot >> rows->block_shift) * rows->kv_heads + head) * rows->head_bytes;
    uint8_t *key_target = (uint8_t *)rows->key_cache + offset;
    uint8_t *value_target = (uint8_t *)rows->value_cache + offset;
    if (rows->token_bytes > 0) {
        store_array(rows, key, key_target + token * rows->token_bytes);
        store_array(rows, value, value_target + token * rows->token_bytes);
        return;
    }
    float values[SPYRE_MAXIMUM_HEAD_SIZE];
    key = divided(key, spyre_kv_factor(rows->factors.keys, &rows->factors, head), rows->head_size, rotated);
    value =
        divided(value, spyre_kv_factor(rows->factors.values, &rows->factors, head), rows->head_size, values);
    // A block of fewer tokens is one panel.
    const int64_t panel = token / SPYRE_ATTENTION_PANEL * rows->panel_bytes;
    rows->store(key, value, key_target + panel, value_target + panel, token % SPYRE_ATTENTION_PANEL,
                rows->panel_tokens, rows->head_size);
}

spyre_kv_units spyre_kv_units_of(int64_t rows, int64_t heads, int thread, int threads) {
    if (rows <= threads) return (spyre_kv_units){thread, rows * heads, threads};
    spyre_kv_units units = {.step = 1};
    spyre_share(rows * heads, thread, threads, &units.first, &units.end);
    return units;
}
