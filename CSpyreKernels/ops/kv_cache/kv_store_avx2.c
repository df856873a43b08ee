#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/target.h"

#include <immintrin.h>
#include <string.h>

SPYRE_TARGET_AVX2
#include "../../simd/avx2.h"

// To the nearest bfloat16, ties to even; a NaN stays a quiet NaN.
static inline __attribute__((always_inline)) vi round_bf16(vf x) {
    vi bits = _mm256_castps_si256(x);
    vi odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    vi up = _mm256_srli_epi32(_mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff))), 16);
    vi quiet = _mm256_or_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(0x40));
    return _mm256_blendv_epi8(up, quiet, _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q)));
}

// Eight elements as bfloat16.
static inline __attribute__((always_inline)) void convert(const float *x, uint16_t *result) {
    vi words = round_bf16(v_load(x));
    _mm_storeu_si128((__m128i *)result,
                     _mm_packus_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
}

void spyre_kv_store_bf16_avx2(const float *key, const float *value, void *keys, void *values, int64_t token,
                              int64_t panel, int64_t head_size) {
    uint8_t *k = (uint8_t *)keys + token * 4;
    uint16_t *v = (uint16_t *)values + token / 2 * head_size * 2 + token % 2;
    for (int64_t i = 0; i < head_size; i += V_LANES) {
        uint16_t words[V_LANES];
        convert(key + i, words);
        for (int64_t j = 0; j < V_LANES / 2; j++) memcpy(k + (i / 2 + j) * panel * 4, words + 2 * j, 4);
        // The other token of the pair may be another thread's: no word of it is touched.
        convert(value + i, words);
        for (int64_t j = 0; j < V_LANES; j++) v[(i + j) * 2] = words[j];
    }
}

void spyre_kv_store_f16_avx2(const float *key, const float *value, void *keys, void *values, int64_t token,
                             int64_t panel, int64_t head_size) {
    uint16_t *k = (uint16_t *)keys + token, *v = (uint16_t *)values + token * head_size;
    for (int64_t i = 0; i < head_size; i += V_LANES) {
        uint16_t column[V_LANES];
        _mm_storeu_si128((__m128i *)column, _mm256_cvtps_ph(v_load(key + i), _MM_FROUND_TO_NEAREST_INT));
        for (int64_t j = 0; j < V_LANES; j++) k[(i + j) * panel] = column[j];
        _mm_storeu_si128((__m128i *)(v + i), _mm256_cvtps_ph(v_load(value + i), _MM_FROUND_TO_NEAREST_INT));
    }
}

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(kernel) JOIN(JOIN(spyre_, kernel), _avx2)

// Low bytes of lanes.
static inline __attribute__((always_inline)) void store_codes(uint8_t *p, vi codes) {
    vi low = _mm256_shuffle_epi8(codes, _mm256_set1_epi32(0x0c080400));
    int32_t halves[2] = {_mm256_extract_epi32(low, 0), _mm256_extract_epi32(low, 4)};
    memcpy(p, halves, sizeof halves);
}

// To the nearest number of FP8 E4M3 as spyre_to_f8_e4m3 does it, in steps that every lane takes.
static inline __attribute__((always_inline)) vi round_f8_e4m3(vf x) {
    vf size = v_min(v_abs(x), v_set(448.0f));
    vi bits = _mm256_castps_si256(size), odd = _mm256_and_si256(_mm256_srli_epi32(bits, 20), v_set_i(1));
    vi normal = _mm256_srli_epi32(v_add_i(v_add_i(bits, v_set_i(0x7ffff - (120 << 23))), odd), 20);
    vi small = _mm256_and_si256(_mm256_castps_si256(v_add(size, v_set(0x1p14f))), v_set_i(0xf));
    vi sign = _mm256_and_si256(_mm256_srli_epi32(_mm256_castps_si256(x), 24), v_set_i(0x80));
    vi is_small = _mm256_castps_si256(_mm256_cmp_ps(size, v_set(0x1p-6f), _CMP_LT_OQ));
    vi is_nan = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    vi code = _mm256_blendv_epi8(normal, small, is_small);
    return v_or_i(_mm256_blendv_epi8(code, v_set_i(0x7f), is_nan), sign);
}

// To the nearest integer up to 127 in size, a NaN to 0.
static inline __attribute__((always_inline)) vi round_i8(vf x) {
    vf limited =
        v_max(v_min(_mm256_and_ps(x, _mm256_cmp_ps(x, x, _CMP_ORD_Q)), v_set(127.0f)), v_set(-127.0f));
    return v_to_int(limited);
}

#include "kv_store_bytes.inc"

SPYRE_TARGET_END
#endif
