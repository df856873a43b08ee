// Scalar stores of one token to a block of the cache: the portable fallback.
#include "../../device/kernels.h"
#include "../../simd/byte.h"

void spyre_kv_store_f32_reference(const float *key, const float *value, void *keys, void *values,
                                  int64_t token, int64_t panel, int64_t head_size) {
    float *k = (float *)keys + token;
    for (int64_t i = 0; i < head_size; i++) k[i * panel] = key[i];
    memcpy((float *)values + token * head_size, value, (size_t)head_size * sizeof(float));
}

void spyre_kv_store_f16_reference(const float *key, const float *value, void *keys, void *values,
                                  int64_t token, int64_t panel, int64_t head_size) {
    uint16_t *k = (uint16_t *)keys + token, *v = (uint16_t *)values + token * head_size;
    for (int64_t i = 0; i < head_size; i++) k[i * panel] = spyre_to_f16(key[i]);
    for (int64_t i = 0; i < head_size; i++) v[i] = spyre_to_f16(value[i]);
}

void spyre_kv_store_bf16_reference(const float *key, const float *value, void *keys, void *values,
                                   int64_t token, int64_t panel, int64_t head_size) {
    uint16_t *k = (uint16_t *)keys + token * 2;
    uint16_t *v = (uint16_t *)values + token / 2 * head_size * 2 + token % 2;
    for (int64_t i = 0; i < head_size; i++) k[i / 2 * panel * 2 + i % 2] = spyre_to_bf16(key[i]);
    for (int64_t i = 0; i < head_size; i++) v[i * 2] = spyre_to_bf16(value[i]);
}

void spyre_kv_store_f8_e4m3_reference(const float *key, const float *value, void *keys, void *values,
                                      int64_t token, int64_t panel, int64_t head_size) {
    uint8_t *k = (uint8_t *)keys + token * 2;
    uint8_t *v = (uint8_t *)values + token / 2 * head_size * 2 + token % 2;
    for (int64_t i = 0; i < head_size; i++) k[i / 2 * panel * 2 + i % 2] = spyre_to_f8_e4m3(key[i]);
    for (int64_t i = 0; i < head_size; i++) v[i * 2] = spyre_to_f8_e4m3(value[i]);
}

void spyre_kv_store_i8_reference(const float *key, const float *value, void *keys, void *values,
                                 int64_t token, int64_t panel, int64_t head_size) {
    int8_t *k = (int8_t *)keys + token * 2;
    int8_t *v = (int8_t *)values + token / 2 * head_size * 2 + token % 2;
    for (int64_t i = 0; i < head_size; i++) k[i / 2 * panel * 2 + i % 2] = spyre_to_i8(key[i]);
    for (int64_t i = 0; i < head_size; i++) v[i * 2] = spyre_to_i8(value[i]);
}
