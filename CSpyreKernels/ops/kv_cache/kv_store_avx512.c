#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/target.h"

#include <immintrin.h>
#include <string.h>

SPYRE_TARGET_AVX512
#include "../../simd/avx512.h"

// To the nearest bfloat16 as spyre_to_bf16 does it: vcvtneps2bf16 would take subnormal numbers for 0.
static inline __attribute__((always_inline)) vi round_bf16(vf x) {
    vi bits = _mm512_castps_si512(x);
    vi odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    vi up = _mm512_srli_epi32(_mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff))), 16);
    vi quiet = _mm512_or_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(0x40));
    return _mm512_mask_mov_epi32(up, _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q), quiet);
}

void spyre_kv_store_bf16_avx512(const float *key, const float *value, void *keys, void *values, int64_t token,
                                int64_t panel, int64_t head_size) {
    uint8_t *k = (uint8_t *)keys + token * 4;
    uint32_t *v = (uint32_t *)values + token / 2 * head_size;
    const __mmask32 half = token % 2 != 0 ? 0xaaaaaaaau : 0x55555555u;
    for (int64_t i = 0; i < head_size; i += V_LANES) {
        uint32_t pairs[V_LANES / 2];
        _mm256_storeu_si256((__m256i *)pairs, _mm512_cvtepi32_epi16(round_bf16(v_load(key + i))));
        for (int64_t j = 0; j < V_LANES / 2; j++) memcpy(k + (i / 2 + j) * panel * 4, pairs + j, 4);
        vi values16 = round_bf16(v_load(value + i));
        if (token % 2 != 0) values16 = _mm512_slli_epi32(values16, 16);
        _mm512_mask_storeu_epi16(v + i, half, values16);
    }
}

void spyre_kv_store_f16_avx512(const float *key, const float *value, void *keys, void *values, int64_t token,
                               int64_t panel, int64_t head_size) {
    uint16_t *k = (uint16_t *)keys + token, *v = (uint16_t *)values + token * head_size;
    for (int64_t i = 0; i < head_size; i += V_LANES) {
        uint16_t column[V_LANES];
        _mm256_storeu_si256((__m256i *)column, _mm512_cvtps_ph(v_load(key + i), _MM_FROUND_TO_NEAREST_INT));
        for (int64_t j = 0; j < V_LANES; j++) k[(i + j) * panel] = column[j];
        _mm256_storeu_si256((__m256i *)(v + i),
                            _mm512_cvtps_ph(v_load(value + i), _MM_FROUND_TO_NEAREST_INT));
    }
}

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(kernel) JOIN(JOIN(spyre_, kernel), _avx512)

// Low bytes of lanes.
static inline __attribute__((always_inline)) void store_codes(uint8_t *p, vi codes) {
    _mm_storeu_si128((__m128i *)p, _mm512_cvtepi32_epi8(codes));
}

// To the nearest number of FP8 E4M3 as spyre_to_f8_e4m3 does it, in steps that every lane takes.
static inline __attribute__((always_inline)) vi round_f8_e4m3(vf x) {
    vf size = v_min(v_abs(x), v_set(448.0f));
    vi bits = _mm512_castps_si512(size), odd = v_and_i(_mm512_srli_epi32(bits, 20), v_set_i(1));
    vi normal = _mm512_srli_epi32(v_add_i(v_add_i(bits, v_set_i(0x7ffff - (120 << 23))), odd), 20);
    vi small = v_and_i(_mm512_castps_si512(v_add(size, v_set(0x1p14f))), v_set_i(0xf));
    vi sign = v_and_i(_mm512_srli_epi32(_mm512_castps_si512(x), 24), v_set_i(0x80));
    vi code = _mm512_mask_mov_epi32(normal, _mm512_cmp_ps_mask(size, v_set(0x1p-6f), _CMP_LT_OQ), small);
    code = _mm512_mask_mov_epi32(code, _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q), v_set_i(0x7f));
    return v_or_i(code, sign);
}

// To the nearest integer up to 127 in size, a NaN to 0.
static inline __attribute__((always_inline)) vi round_i8(vf x) {
    vf limited = v_max(v_min(_mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, x, _CMP_ORD_Q), x), v_set(127.0f)),
                       v_set(-127.0f));
    return v_to_int(limited);
}

#include "kv_store_bytes.inc"

SPYRE_TARGET_END
#endif
