#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/target.h"
#include "attention_tables.h"

#include <immintrin.h>
#include <stddef.h>

SPYRE_TARGET_AVX512
#include "../../simd/avx512.h"
#include "../../simd/exp2.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(kernel) JOIN(JOIN(spyre_, kernel), _avx512)
#define VECTORS 4

#include "attention_common.inc"

// What puts keys and values that lie token after token into panels.
V_INLINE vi attention_load_units(const uint32_t *p, int count) {
    return _mm512_maskz_loadu_epi32((__mmask16)((1u << count) - 1), p);
}

V_INLINE void attention_store_low(uint16_t *p, vi x) {
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtepi32_epi16(x));
}

V_INLINE vi attention_high(vi x) { return _mm512_srli_epi32(x, 16); }

// V_LANES elements of two tokens side by side.
V_INLINE void attention_pair_lanes_16(const char *first, const char *second, uint32_t *pairs) {
    vi low = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)first));
    vi high = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)second));
    v_store_i(pairs, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
}

V_INLINE void attention_pair_lanes_8(const char *first, const char *second, uint16_t *pairs) {
    __m128i low = _mm_loadu_si128((const __m128i *)first), high = _mm_loadu_si128((const __m128i *)second);
    _mm_storeu_si128((__m128i *)pairs, _mm_unpacklo_epi8(low, high));
    _mm_storeu_si128((__m128i *)(pairs + 8), _mm_unpackhi_epi8(low, high));
}

// Rows become columns: by twos, by fours, and then quarters of registers change places.
V_INLINE void attention_transpose(vi x[V_LANES]) {
    vi t[V_LANES], u[V_LANES];
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(x[i], x[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(x[i], x[i + 1]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i += 4) {
        u[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        u[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        u[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        u[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        vi even = _mm512_shuffle_i32x4(u[i], u[4 + i], 0x88),
           odd = _mm512_shuffle_i32x4(u[i], u[4 + i], 0xdd);
        vi even2 = _mm512_shuffle_i32x4(u[8 + i], u[12 + i], 0x88);
        vi odd2 = _mm512_shuffle_i32x4(u[8 + i], u[12 + i], 0xdd);
        x[i] = _mm512_shuffle_i32x4(even, even2, 0x88);
        x[4 + i] = _mm512_shuffle_i32x4(odd, odd2, 0x88);
        x[8 + i] = _mm512_shuffle_i32x4(even, even2, 0xdd);
        x[12 + i] = _mm512_shuffle_i32x4(odd, odd2, 0xdd);
    }
}
#include "attention_pack.inc"

#include "attention_wide.inc"

// bfloat16 pairs: vdpbf16ps takes them as they lie, queries become two bfloat16 terms and weights one.
#define PAIR 2
#define TERMS 2
#define FACTOR uint16_t
#define UNIT uint32_t
#define WEIGHTS vi
#define LOAD v_load_i
#define FUNCTION(kernel) JOIN(kernel, _bf16)
#define STEP(acc, factor, weights) v_dot_bf16(acc, attention_pair(factor), weights)
#define PREPARE attention_prepare_pairs
#define SOFTEN attention_soften_pairs
#define PACK_KEYS attention_pack_pairs
#define PAIR_VALUES attention_pair_words
#define FIRST_OF_PAIRS attention_first_of_pairs

V_INLINE vi attention_pair(const uint16_t *p) {
    int32_t pair;
    __builtin_memcpy(&pair, p, sizeof pair);
    return _mm512_set1_epi32(pair);
}

// A query is the sum of two bfloat16 numbers: its nearest, and that of what is left. Pairs of the first and of
// the second lie in turn.
V_INLINE void attention_prepare_pairs(uint16_t *p, vf x) {
    __m256i high = (__m256i)_mm512_cvtneps_pbh(x);
    vf rest = v_sub(x, (vf)_mm512_slli_epi32(_mm512_cvtepu16_epi32(high), 16));
    vi pairs = _mm512_inserti64x4(_mm512_castsi256_si512(high), (__m256i)_mm512_cvtneps_pbh(rest), 1);
    const vi turn = _mm512_setr_epi32(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
    _mm512_storeu_si512(p, _mm512_permutexvar_epi32(turn, pairs));
}

// The weights take the place of their scores, in the first half of the row's memory. The sum is that of the
// rounded weights.
V_INLINE vf attention_soften_pairs(float *row, int column, vf base, vf total) {
    vf low = v_exp2_short(v_sub(v_load(row + column), base));
    vf high = v_exp2_short(v_sub(v_load(row + column + V_LANES), base));
    vi pairs = (vi)_mm512_cvtne2ps_pbh(high, low);
    _mm512_storeu_si512((uint16_t *)row + column, pairs);
    return v_dot_bf16(total, pairs, _mm512_set1_epi32(0x3f803f80));
}

V_INLINE void attention_first_of_pairs(const uint32_t *pairs, uint32_t *first, int64_t count) {
    for (int64_t i = 0; i < count; i += V_LANES)
        _mm512_storeu_si512(first + i, _mm512_and_si512(v_load_i(pairs + i), _mm512_set1_epi32(0xffff)));
}
#include "attention_kernels.inc"
#undef TERMS
#undef UNIT
#undef LOAD
#undef FUNCTION
#undef PREPARE
#undef FIRST_OF_PAIRS
#undef PACK_KEYS

// Pairs of bytes, widened to pairs of bfloat16: a query is one term.
#define TERMS 1
#define UNIT uint16_t
#define PREPARE v_store_bf16_operand
#define FIRST_OF_PAIRS attention_first_of_bytes

V_INLINE void attention_first_of_bytes(const uint16_t *pairs, uint16_t *first, int64_t count) {
    for (int64_t i = 0; i < count; i += V_LANES) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(pairs + i));
        _mm256_storeu_si256((__m256i *)(first + i), _mm256_and_si256(bytes, _mm256_set1_epi16(0xff)));
    }
}

V_INLINE vi attention_load_bytes(const uint16_t *p) {
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)p));
}

// `size` with the sign of `word`.
V_INLINE vi attention_sign_words(vi size, vi word) {
    return _mm512_ternarylogic_epi32(size, word, _mm512_set1_epi16((int16_t)0x8000), 0xf8);
}

// Entries of a table of 64 words.
V_INLINE vi attention_look_up(const uint16_t *table, vi index) {
    return _mm512_permutex2var_epi16(v_load_i(table), index, v_load_i(table + 32));
}

V_INLINE vi attention_load_f8_e4m3(const uint16_t *p) {
    vi codes = attention_load_bytes(p);
    vi low = attention_look_up(attention_f8_e4m3, codes),
       high = attention_look_up(attention_f8_e4m3 + 64, codes);
    __mmask32 is_high = _mm512_test_epi16_mask(codes, _mm512_set1_epi16(0x40));
    return attention_sign_words(_mm512_mask_mov_epi16(low, is_high, high), codes);
}

// A bfloat16 number from 64 to 127 has 2 for an integer in its last place; 128 is where 127 + 1 carries to.
V_INLINE vi attention_load_i8(const uint16_t *p) {
    vi codes = attention_load_bytes(p), size = _mm512_abs_epi16(codes);
    vi low = attention_look_up(attention_integers, size);
    vi high = _mm512_add_epi16(_mm512_add_epi16(size, size), _mm512_set1_epi16(0x4200));
    __mmask32 is_high = _mm512_cmpgt_epi16_mask(size, _mm512_set1_epi16(63));
    return attention_sign_words(_mm512_mask_mov_epi16(low, is_high, high), codes);
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
