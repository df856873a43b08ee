#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/target.h"

#include <immintrin.h>
#include <stddef.h>

SPYRE_TARGET_AVX2
#include "../../simd/avx2.h"
#include "../../simd/exp2.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(kernel) JOIN(JOIN(spyre_, kernel), _avx2)
#define VECTORS 2

#include "attention_common.inc"

// What puts keys and values that lie token after token into panels. A key of bytes may be half a vector.
V_INLINE vi attention_load_units(const uint32_t *p, int count) {
    return count == V_LANES ? v_load_i(p) : _mm256_maskload_epi32((const int *)p, v_tail_mask(count));
}

V_INLINE void attention_store_low(uint16_t *p, vi x) {
    vi low = _mm256_and_si256(x, _mm256_set1_epi32(0xffff));
    _mm_storeu_si128((__m128i *)p,
                     _mm_packus_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1)));
}

V_INLINE vi attention_high(vi x) { return _mm256_srli_epi32(x, 16); }

// V_LANES elements of two tokens side by side.
V_INLINE void attention_pair_lanes_16(const char *first, const char *second, uint32_t *pairs) {
    vi low = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)first));
    vi high = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)second));
    v_store_i(pairs, _mm256_or_si256(low, _mm256_slli_epi32(high, 16)));
}

V_INLINE void attention_pair_lanes_8(const char *first, const char *second, uint16_t *pairs) {
    __m128i low = _mm_loadl_epi64((const __m128i *)first), high = _mm_loadl_epi64((const __m128i *)second);
    _mm_storeu_si128((__m128i *)pairs, _mm_unpacklo_epi8(low, high));
}

// Rows become columns: by twos, by fours, and then halves of registers change places.
V_INLINE void attention_transpose(vi x[V_LANES]) {
    vi t[V_LANES], u[V_LANES];
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_epi32(x[i], x[i + 1]);
        t[i + 1] = _mm256_unpackhi_epi32(x[i], x[i + 1]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i += 4) {
        u[i] = _mm256_unpacklo_epi64(t[i], t[i + 2]);
        u[i + 1] = _mm256_unpackhi_epi64(t[i], t[i + 2]);
        u[i + 2] = _mm256_unpacklo_epi64(t[i + 1], t[i + 3]);
        u[i + 3] = _mm256_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        x[i] = _mm256_permute2x128_si256(u[i], u[4 + i], 0x20);
        x[4 + i] = _mm256_permute2x128_si256(u[i], u[4 + i], 0x31);
    }
}
#include "attention_pack.inc"

#include "attention_wide.inc"

// bfloat16 pairs: queries are rounded to two bfloat16 terms and weights to one, all of them as floats; a pair
// of the cache is widened.
#define PAIR 2
#define TERMS 1
#define FACTOR float
#define UNIT uint32_t
#define WEIGHTS attention_wide_pair
#define LOAD attention_load_pair
#define FUNCTION(kernel) JOIN(kernel, _bf16)
#define STEP attention_step_pair
#define PREPARE attention_prepare_pairs
#define SOFTEN attention_soften_pairs
#define PACK_KEYS attention_pack_pairs
#define PAIR_VALUES attention_pair_words
#define FIRST_OF_PAIRS attention_first_of_pairs

typedef struct attention_wide_pair {
    vf first;
    vf second;
} attention_wide_pair;

V_INLINE attention_wide_pair attention_load_pair(const uint32_t *p) {
    vi pair = v_load_i(p);
    return (attention_wide_pair){
        _mm256_castsi256_ps(_mm256_slli_epi32(pair, 16)),
        _mm256_castsi256_ps(_mm256_and_si256(pair, _mm256_set1_epi32((int32_t)0xffff0000u))),
    };
}

V_INLINE vf attention_step_pair(vf acc, const float *factor, attention_wide_pair weights) {
    return v_fma(v_set(factor[1]), weights.second, v_fma(v_set(factor[0]), weights.first, acc));
}

// To the nearest bfloat16, ties to even. Not for a NaN, nor for what overflows.
V_INLINE vf attention_round(vf x) {
    vi bits = _mm256_castps_si256(x);
    vi odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    bits = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
    return _mm256_castsi256_ps(_mm256_and_si256(bits, _mm256_set1_epi32((int32_t)0xffff0000u)));
}

// The sum of two bfloat16 numbers, the nearest of x and that of what is left, is one float.
V_INLINE void attention_prepare_pairs(float *p, vf x) {
    vf high = attention_round(x);
    v_store(p, v_keep_nan(x, v_add(high, attention_round(v_sub(x, high)))));
}

// As AVX-512 does it: what is subnormal becomes 0, and the sum is that of the rounded weights.
V_INLINE vf attention_soften_pairs(float *row, int column, vf base, vf total) {
    for (int i = 0; i < 2; i++) {
        vf power = v_exp2_short(v_sub(v_load(row + column + i * V_LANES), base));
        vf weight = v_keep_nan(power, attention_round(v_zero_below(power, 0x1p-126f, power)));
        v_store(row + column + i * V_LANES, weight);
        total = v_add(total, weight);
    }
    return total;
}

V_INLINE void attention_first_of_pairs(const uint32_t *pairs, uint32_t *first, int64_t count) {
    for (int64_t i = 0; i < count; i++) first[i] = pairs[i] & 0xffff;
}
#include "attention_kernels.inc"
#undef UNIT
#undef LOAD
#undef FUNCTION
#undef PREPARE
#undef FIRST_OF_PAIRS
#undef PACK_KEYS

// Pairs of bytes: a query is one bfloat16 term.
#define UNIT uint16_t
#define PREPARE attention_prepare_term
#define FIRST_OF_PAIRS attention_first_of_bytes

V_INLINE void attention_prepare_term(float *p, vf x) { v_store(p, v_keep_nan(x, attention_round(x))); }

V_INLINE void attention_first_of_bytes(const uint16_t *pairs, uint16_t *first, int64_t count) {
    for (int64_t i = 0; i < count; i++) first[i] = pairs[i] & 0xff;
}

// Codes of FP8 E4M3 in the high bytes of words. Moved to the place of a binary16 number they are 2^8 times
// smaller, subnormal ones too.
V_INLINE vf attention_widen_f8_e4m3(__m128i codes) {
    const __m128i nan = _mm_set1_epi16(0x3f80);
    __m128i half = _mm_and_si128(_mm_srai_epi16(codes, 1), _mm_set1_epi16((int16_t)0xbf80));
    half = _mm_or_si128(half, _mm_cmpeq_epi16(_mm_and_si128(half, nan), nan));
    return v_mul(_mm256_cvtph_ps(half), v_set(256.0f));
}

V_INLINE attention_wide_pair attention_load_f8_e4m3(const uint16_t *p) {
    __m128i pairs = _mm_loadu_si128((const __m128i *)p);
    return (attention_wide_pair){
        attention_widen_f8_e4m3(_mm_slli_epi16(pairs, 8)),
        attention_widen_f8_e4m3(_mm_and_si128(pairs, _mm_set1_epi16((int16_t)0xff00))),
    };
}

V_INLINE attention_wide_pair attention_load_i8(const uint16_t *p) {
    vi pairs = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)p));
    return (attention_wide_pair){
        v_from_int(_mm256_srai_epi32(_mm256_slli_epi32(pairs, 24), 24)),
        v_from_int(_mm256_srai_epi32(_mm256_slli_epi32(pairs, 16), 24)),
    };
}

#define LOAD attention_load_f8_e4m3
#define FUNCTION(kernel) JOIN(kernel, _f8_e4m3)
#include "attention_kernels.inc"
#undef LOAD
#undef FUNCTION

#define LOAD attention_load_i8
#define FUNCTION(kernel) JOIN(kernel, _i8)
#include "attention_kernels.inc"

SPYRE_TARGET_END
#endif
