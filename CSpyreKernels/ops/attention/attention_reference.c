// Scalar attention kernels: the portable fallback. What is rounded, and to what, is as in the vector kernels.
#include "../../device/kernels.h"
#include "../../simd/byte.h"

#include <math.h>
#include <string.h>

// An element of the cache; `stride` is the tokens of a panel for the key of one, else the size of a head.
typedef float element_of(const void *panel, int64_t token, int64_t i, int64_t stride);

// How a KV type is read and what becomes of queries and weights.
typedef struct cache_type {
    // Element i of a KV head's part of a panel: of the key of a token, in a panel of so many tokens; of the value
    // of one; and of either where tokens follow one another.
    element_of *key;
    element_of *value;
    element_of *row;
    float (*query)(float x);
    // 2^x for x <= 0.
    float (*weight)(float x);
} cache_type;

static float key_f32(const void *k, int64_t token, int64_t i, int64_t panel) {
    return ((const float *)k)[i * panel + token];
}
static float value_f32(const void *v, int64_t token, int64_t i, int64_t head_size) {
    return ((const float *)v)[token * head_size + i];
}
static float key_f16(const void *k, int64_t token, int64_t i, int64_t panel) {
    return spyre_from_f16(((const uint16_t *)k)[i * panel + token]);
}
static float value_f16(const void *v, int64_t token, int64_t i, int64_t head_size) {
    return spyre_from_f16(((const uint16_t *)v)[token * head_size + i]);
}
static float key_bf16(const void *k, int64_t token, int64_t i, int64_t panel) {
    return spyre_from_bf16(((const uint16_t *)k)[(i / 2 * panel + token) * 2 + i % 2]);
}
static float value_bf16(const void *v, int64_t token, int64_t i, int64_t head_size) {
    return spyre_from_bf16(((const uint16_t *)v)[(token / 2 * head_size + i) * 2 + token % 2]);
}
static float row_bf16(const void *rows, int64_t token, int64_t i, int64_t head_size) {
    return spyre_from_bf16(((const uint16_t *)rows)[token * head_size + i]);
}
static float key_f8_e4m3(const void *k, int64_t token, int64_t i, int64_t panel) {
    return spyre_from_f8_e4m3(((const uint8_t *)k)[(i / 2 * panel + token) * 2 + i % 2]);
}
static float value_f8_e4m3(const void *v, int64_t token, int64_t i, int64_t head_size) {
    return spyre_from_f8_e4m3(((const uint8_t *)v)[(token / 2 * head_size + i) * 2 + token % 2]);
}
static float key_i8(const void *k, int64_t token, int64_t i, int64_t panel) {
    return ((const int8_t *)k)[(i / 2 * panel + token) * 2 + i % 2];
}
static float value_i8(const void *v, int64_t token, int64_t i, int64_t head_size) {
    return ((const int8_t *)v)[(token / 2 * head_size + i) * 2 + token % 2];
}

static float query_as_is(float x) { return x; }

static float query_of_one_term(float x) { return spyre_from_bf16(spyre_to_bf16(x)); }

// The nearest bfloat16 and that of what is left.
static float query_of_two_terms(float x) {
    float high = spyre_from_bf16(spyre_to_bf16(x));
    return high + spyre_from_bf16(spyre_to_bf16(x - high));
}

// The short polynomial of simd/exp2.h, step by step: any other would round to another bfloat16 now and then.
static float weight_bf16(float x) {
    if (isnan(x)) return x;
    const float shifter = 12582912.0f;
    float clamped = x > -126.5f ? x : -126.5f, t = clamped + shifter, f = clamped - (t - shifter);
    float p = fmaf(0x1.c3f760p-5f, f, 0x1.f0de1ap-3f);
    p = fmaf(fmaf(p, f, 0x1.62f31ap-1f), f, 0x1.fff692p-1f);
    float weight = spyre_float_of_bits(spyre_bits_of_float(p) + (spyre_bits_of_float(t) << 23));
    return weight < 0x1p-126f ? 0 : spyre_from_bf16(spyre_to_bf16(weight));
}

static const cache_type type_f32 = {key_f32, value_f32, value_f32, query_as_is, exp2f};
static const cache_type type_f16 = {key_f16, value_f16, value_f16, query_as_is, exp2f};
static const cache_type type_bf16 = {key_bf16, value_bf16, row_bf16, query_of_two_terms, weight_bf16};
// Token after token is no layout of theirs.
static const cache_type type_f8_e4m3 = {key_f8_e4m3, value_f8_e4m3, NULL, query_of_one_term, weight_bf16};
static const cache_type type_i8 = {key_i8, value_i8, NULL, query_of_one_term, weight_bf16};

// Nothing but -inf so far: all weights have to become 0, not NaN.
static float base_of(float maximum) { return maximum == -INFINITY ? 0 : maximum; }

// One row's sums so far go on by those of a chunk.
static void advance(float *maximum, float *sum, float *output, float chunk_maximum, float chunk_sum,
                    const float *chunk_output, int64_t head_size) {
    float top = chunk_maximum > *maximum ? chunk_maximum : *maximum, base = base_of(top);
    float before = exp2f(*maximum - base), now = exp2f(chunk_maximum - base);
    *maximum = top;
    *sum = *sum * before + chunk_sum * now;
    for (int64_t i = 0; i < head_size; i++) output[i] = output[i] * before + chunk_output[i] * now;
}

// A KV head's part of the panel of token `token`.
static const void *panel_of(const spyre_attention_tile *t, const void *cache, int head, int64_t token) {
    const int64_t block = t->table[token >> t->block_shift], mask = ((int64_t)1 << t->block_shift) - 1;
    return (const char *)cache + (block < 0 || block >= t->blocks ? 0 : block) * t->block_bytes +
           head * t->head_bytes + (token & mask) / SPYRE_ATTENTION_PANEL * t->panel_bytes;
}

// One row of a KV head and tokens `first ..< end` of one chunk.
static void meet(const spyre_attention_tile *t, const cache_type *type, int head, const float *query,
                 int64_t first, int64_t end, float *maximum, float *sum, float *output) {
    float weights[SPYRE_ATTENTION_CHUNK];
    const int64_t size = t->head_size, mask = t->panel_tokens - 1;
    element_of *const key = t->token_major ? type->row : type->key;
    element_of *const value = t->token_major ? type->row : type->value;
    const int64_t key_stride = t->token_major ? size : t->panel_tokens;
    *maximum = -INFINITY;
    for (int64_t token = first; token < end; token++) {
        const void *keys = panel_of(t, t->keys, head, token);
        float dot = 0;
        for (int64_t i = 0; i < size; i++) dot += query[i] * key(keys, token & mask, i, key_stride);
        weights[token - first] = dot;
        if (dot > *maximum) *maximum = dot;
    }
    float base = base_of(*maximum);
    *sum = 0;
    for (int64_t i = 0; i < size; i++) output[i] = 0;
    for (int64_t token = first; token < end; token++) {
        const void *values = panel_of(t, t->values, head, token);
        float weight = type->weight(weights[token - first] - base);
        *sum += weight;
        for (int64_t i = 0; i < size; i++) output[i] += weight * value(values, token & mask, i, size);
    }
}

static void attend_row(const spyre_attention_tile *t, const cache_type *type, int head, int r) {
    const int64_t size = t->head_size, row = (int64_t)head * t->rows + r;
    float query[SPYRE_ATTENTION_HEAD_SIZE], part[SPYRE_ATTENTION_HEAD_SIZE],
        merged[SPYRE_ATTENTION_HEAD_SIZE];
    float maximum = -INFINITY, sum = 0;
    for (int64_t i = 0; i < size; i++) {
        query[i] = type->query(t->queries[row * size + i] * t->scale);
        merged[i] = 0;
    }
    for (int64_t chunk = t->first_unit / t->heads; chunk * t->heads + head < t->end_unit; chunk++) {
        int64_t first = chunk * SPYRE_ATTENTION_CHUNK, end = first + SPYRE_ATTENTION_CHUNK;
        if (chunk * t->heads + head < t->first_unit) continue;
        if (t->visible[r] <= first) break;
        if (end > t->visible[r]) end = t->visible[r];
        if (t->first_unit > 0) {
            spyre_attention_sums place = spyre_attention_sums_at(t, chunk);
            meet(t, type, head, query, first, end, place.maximum + row, place.sum + row,
                 place.values + row * size);
            continue;
        }
        float chunk_maximum, chunk_sum;
        meet(t, type, head, query, first, end, &chunk_maximum, &chunk_sum, part);
        advance(&maximum, &sum, merged, chunk_maximum, chunk_sum, part, size);
    }
    if (t->first_unit > 0 || head >= t->end_unit) return;
    for (int64_t i = 0; i < size && t->partials == NULL; i++)
        t->output[row * size + i] = merged[i] / sum + 0.0f;
    if (t->partials == NULL) return;
    spyre_attention_sums place = spyre_attention_sums_at(t, 0);
    place.maximum[row] = maximum;
    place.sum[row] = sum;
    memcpy(place.values + row * size, merged, (size_t)size * sizeof(float));
}

static void attend(const spyre_attention_tile *t, const cache_type *type) {
    for (int head = 0; head < t->heads; head++)
        for (int row = 0; row < t->rows; row++) attend_row(t, type, head, row);
}

void spyre_attend_f32_reference(const spyre_attention_tile *t) { attend(t, &type_f32); }
void spyre_attend_f16_reference(const spyre_attention_tile *t) { attend(t, &type_f16); }
void spyre_attend_bf16_reference(const spyre_attention_tile *t) { attend(t, &type_bf16); }
void spyre_attend_f8_e4m3_reference(const spyre_attention_tile *t) { attend(t, &type_f8_e4m3); }
void spyre_attend_i8_reference(const spyre_attention_tile *t) { attend(t, &type_i8); }

void spyre_attend_merge_reference(const spyre_attention_tile *t) {
    const int64_t size = t->head_size;
    for (int64_t row = 0; row < (int64_t)t->heads * t->rows; row++) {
        float *output = t->output + row * size, maximum = -INFINITY, sum = 0;
        for (int64_t i = 0; i < size; i++) output[i] = 0;
        for (int64_t chunk = 0, unit = row / t->rows; unit < t->end_unit; chunk++, unit += t->heads) {
            if (t->visible[row % t->rows] <= chunk * SPYRE_ATTENTION_CHUNK) break;
            // The first tile's units are in the place of chunk 0.
            if (chunk > 0 && unit < t->first_unit) continue;
            spyre_attention_sums place = spyre_attention_sums_at(t, chunk);
            advance(&maximum, &sum, output, place.maximum[row], place.sum[row], place.values + row * size,
                    size);
        }
        for (int64_t i = 0; i < size; i++) output[i] = output[i] / sum + 0.0f;
    }
}
