// SIMD words for AVX2, FMA and F16C. Include inside SPYRE_TARGET_BEGIN / SPYRE_TARGET_END.
#include <immintrin.h>
#include <stdint.h>

#define V_LANES 8
typedef __m256 vf;
typedef __m256i vi;

#define V_INLINE static inline __attribute__((always_inline))

V_INLINE vi v_tail_mask(int n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
V_INLINE vf v_zero(void) { return _mm256_setzero_ps(); }
V_INLINE vf v_set(float x) { return _mm256_set1_ps(x); }
V_INLINE vf v_load(const float *p) { return _mm256_loadu_ps(p); }
V_INLINE void v_store(float *p, vf x) { _mm256_storeu_ps(p, x); }
V_INLINE vf v_load_tail(const float *p, int n) { return _mm256_maskload_ps(p, v_tail_mask(n)); }
V_INLINE void v_store_tail(float *p, vf x, int n) { _mm256_maskstore_ps(p, v_tail_mask(n), x); }
// The first n lanes, and 0 in the others.
V_INLINE vf v_first(vf x, int n) { return _mm256_and_ps(x, _mm256_castsi256_ps(v_tail_mask(n))); }
V_INLINE vf v_add(vf a, vf b) { return _mm256_add_ps(a, b); }
V_INLINE vf v_sub(vf a, vf b) { return _mm256_sub_ps(a, b); }
V_INLINE vf v_mul(vf a, vf b) { return _mm256_mul_ps(a, b); }
V_INLINE vf v_div(vf a, vf b) { return _mm256_div_ps(a, b); }
V_INLINE vf v_max(vf a, vf b) { return _mm256_max_ps(a, b); }
V_INLINE vf v_min(vf a, vf b) { return _mm256_min_ps(a, b); }
V_INLINE vf v_fma(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }
V_INLINE vf v_round(vf x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
V_INLINE vi v_to_int(vf x) { return _mm256_cvtps_epi32(x); }
V_INLINE vf v_from_int(vi x) { return _mm256_cvtepi32_ps(x); }
// x * 2^n for a whole number n in -252 ... 254, in two steps of which the first is exact.
V_INLINE vf v_scale2(vf x, vf n) {
    vi whole = v_to_int(n);
    vi half = _mm256_srai_epi32(whole, 1);
    vi rest = _mm256_sub_epi32(whole, half);
    vf a = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(half, _mm256_set1_epi32(127)), 23));
    vf b = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(rest, _mm256_set1_epi32(127)), 23));
    return _mm256_mul_ps(_mm256_mul_ps(x, a), b);
}
// Lanes n and on become -inf.
V_INLINE vf v_limit(vf x, int n) {
    return _mm256_blendv_ps(_mm256_set1_ps(-__builtin_inff()), x, _mm256_castsi256_ps(v_tail_mask(n)));
}
// Lanes of `x` below `limit` give 0, all others, NaN among them, the lane of `result`.
V_INLINE vf v_zero_below(vf x, float limit, vf result) {
    return _mm256_and_ps(_mm256_cmp_ps(x, _mm256_set1_ps(limit), _CMP_NLT_UQ), result);
}
// x * 2^n where `shifted` is n + 1.5 * 2^23 and the result is normal.
V_INLINE vf v_raise(vf x, vf shifted) {
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(x),
                                                _mm256_slli_epi32(_mm256_castps_si256(shifted), 23)));
}
V_INLINE float v_sum(vf x) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}
V_INLINE vf v_keep_nan(vf x, vf result) {
    return _mm256_blendv_ps(result, x, _mm256_cmp_ps(x, x, _CMP_UNORD_Q));
}
V_INLINE vf v_abs(vf x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }
V_INLINE float v_largest(vf x) {
    __m128 four = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}
// Whether no lane is infinite or a NaN.
V_INLINE int v_is_finite(vf x) {
    return _mm256_movemask_ps(_mm256_cmp_ps(v_abs(x), _mm256_set1_ps(3.402823466e38f), _CMP_LE_OQ)) == 0xff;
}
// a where x > 0, else b.
V_INLINE vf v_where_positive(vf x, vf a, vf b) {
    return _mm256_blendv_ps(b, a, _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_GT_OQ));
}
// A bit for each lane in which a > b.
V_INLINE uint32_t v_greater(vf a, vf b) {
    return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ));
}
V_INLINE vf v_copy_sign(vf size, vf sign) {
    const vf bit = _mm256_set1_ps(-0.0f);
    return _mm256_or_ps(_mm256_andnot_ps(bit, size), _mm256_and_ps(bit, sign));
}
V_INLINE vi v_truncate(vf x) { return _mm256_cvttps_epi32(x); }
V_INLINE vf v_load_i8(const int8_t *p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)p)));
}
V_INLINE void v_store_f16(uint16_t *p, vf x) {
    _mm_storeu_si128((__m128i *)p, _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
// To nearest, ties to even, subnormal numbers included; a NaN stays one (quiet).
// Each lane as bfloat16 in its upper half; the lower half is rubbish.
V_INLINE vi v_near_bf16(vf x) {
    vi bits = _mm256_castps_si256(x);
    vi odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    vi near = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), odd);
    vi quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
    vi nan = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    return _mm256_blendv_epi8(near, quiet, nan);
}
V_INLINE void v_store_bf16(uint16_t *p, vf x) {
    vi halves = _mm256_srli_epi32(v_near_bf16(x), 16);
    __m256i words = _mm256_permute4x64_epi64(_mm256_packus_epi32(halves, halves), 0x08);
    _mm_storeu_si128((__m128i *)p, _mm256_castsi256_si128(words));
}
V_INLINE vf v_load_bf16(const uint16_t *p) {
    return _mm256_castsi256_ps(
        _mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)p)), 16));
}
V_INLINE vf v_load_f16(const uint16_t *p) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p)); }

V_INLINE vi v_load_i(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }
V_INLINE vi v_set_i(int32_t x) { return _mm256_set1_epi32(x); }
V_INLINE vi v_zero_i(void) { return _mm256_setzero_si256(); }
V_INLINE vi v_and_i(vi a, vi b) { return _mm256_and_si256(a, b); }
V_INLINE vi v_add_i(vi a, vi b) { return _mm256_add_epi32(a, b); }
V_INLINE int32_t v_sum_i(vi x) {
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    __m128i two = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 0xb1)));
}
// Lanes in -128 ... 127, as bytes.
V_INLINE void v_store_i8(int8_t *p, vi x) {
    __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    _mm_storel_epi64((__m128i *)p, _mm_packs_epi16(words, words));
}
// By a constant, in lanes of 16 bits.
V_INLINE vi v_shift_right(vi a, int n) { return _mm256_srli_epi16(a, n); }
V_INLINE vi v_shift_left(vi a, int n) { return _mm256_slli_epi16(a, n); }
V_INLINE vi v_or_i(vi a, vi b) { return _mm256_or_si256(a, b); }
V_INLINE vi v_add_i8(vi a, vi b) { return _mm256_add_epi8(a, b); }
V_INLINE void v_store_i(void *p, vi x) { _mm256_storeu_si256((__m256i *)p, x); }
V_INLINE vi v_load_u8(const uint8_t *p) { return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p)); }
V_INLINE vi v_load_s8(const int8_t *p) { return _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)p)); }
// A bfloat16 is the upper half of a float, so a pair is a shift and a mask away from two floats.
V_INLINE vf v_dot_bf16(vf acc, vi pair, vi weights) {
    const vi high = _mm256_set1_epi32((int32_t)0xffff0000u);
    acc = _mm256_fmadd_ps(_mm256_castsi256_ps(_mm256_slli_epi32(pair, 16)),
                          _mm256_castsi256_ps(_mm256_slli_epi32(weights, 16)), acc);
    return _mm256_fmadd_ps(_mm256_castsi256_ps(_mm256_and_si256(pair, high)),
                           _mm256_castsi256_ps(_mm256_and_si256(weights, high)), acc);
}
// Each lane: acc + dot of four weight bytes below 64 and four signed activation bytes. A pair of products is
// at most 2 * 63 * 128 and does not saturate.
V_INLINE vi v_dot_u6s8(vi acc, vi weights, vi activations) {
    vi pairs = _mm256_maddubs_epi16(weights, activations);
    return _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
// The same for weights w + 128, w signed: the sign of w moves to the activation, so that a pair of products is
// at most 2 * 128 * 127. Activations are -127 ... 127. It begins at v_start_biased(anything).
V_INLINE vi v_dot_biased(vi acc, vi weights, vi activations) {
    vi w = _mm256_xor_si256(weights, _mm256_set1_epi8(-128));
    vi pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(activations, w));
    return _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
V_INLINE vi v_start_biased(int32_t offset) {
    (void)offset;
    return _mm256_setzero_si256();
}
// A dot product of pairs in parts: the lower and then the upper halves as floats, for v_fma.
#define V_BF16_PARTS 2
V_INLINE vi v_bf16_part(vi pairs, int part) {
    return part == 0 ? _mm256_slli_epi32(pairs, 16)
                     : _mm256_and_si256(pairs, _mm256_set1_epi32((int32_t)0xffff0000u));
}
// What a dot product of pairs reads for each lane.
V_INLINE vf v_round_bf16(vf x) { return _mm256_castsi256_ps(v_bf16_part(v_near_bf16(x), 1)); }
// To bfloat16 as v_dot_bf16 reads it.
V_INLINE void v_store_bf16_operand(uint16_t *p, vf x) { v_store_bf16(p, x); }
