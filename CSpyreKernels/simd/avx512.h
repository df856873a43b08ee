// SIMD words for AVX-512 (F, BW, VL, DQ, VNNI, BF16). Include inside SPYRE_TARGET_BEGIN / SPYRE_TARGET_END.
#include <immintrin.h>
#include <stdint.h>

#define V_LANES 16
typedef __m512 vf;
typedef __m512i vi;

#define V_INLINE static inline __attribute__((always_inline))

V_INLINE vf v_zero(void) { return _mm512_setzero_ps(); }
V_INLINE vf v_set(float x) { return _mm512_set1_ps(x); }
V_INLINE vf v_load(const float *p) { return _mm512_loadu_ps(p); }
V_INLINE void v_store(float *p, vf x) { _mm512_storeu_ps(p, x); }
V_INLINE vf v_load_tail(const float *p, int n) {
    return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
V_INLINE void v_store_tail(float *p, vf x, int n) { _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), x); }
// The first n lanes, and 0 in the others.
V_INLINE vf v_first(vf x, int n) { return _mm512_maskz_mov_ps((__mmask16)((1u << n) - 1), x); }
V_INLINE vf v_add(vf a, vf b) { return _mm512_add_ps(a, b); }
V_INLINE vf v_sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
V_INLINE vf v_mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
V_INLINE vf v_div(vf a, vf b) { return _mm512_div_ps(a, b); }
V_INLINE vf v_max(vf a, vf b) { return _mm512_max_ps(a, b); }
V_INLINE vf v_min(vf a, vf b) { return _mm512_min_ps(a, b); }
V_INLINE vf v_fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
V_INLINE vf v_round(vf x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
V_INLINE vi v_to_int(vf x) { return _mm512_cvtps_epi32(x); }
V_INLINE vf v_from_int(vi x) { return _mm512_cvtepi32_ps(x); }
// x * 2^n for a whole number n in -252 ... 254, rounded once.
V_INLINE vf v_scale2(vf x, vf n) { return _mm512_scalef_ps(x, n); }
// Lanes n and on become -inf.
V_INLINE vf v_limit(vf x, int n) {
    return _mm512_mask_mov_ps(x, n <= 0 ? 0xffff : n >= 16 ? 0 : (__mmask16)(0xffffu << n),
                              _mm512_set1_ps(-__builtin_inff()));
}
// Lanes of `x` below `limit` give 0, all others, NaN among them, the lane of `result`.
V_INLINE vf v_zero_below(vf x, float limit, vf result) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, _mm512_set1_ps(limit), _CMP_NLT_UQ), result);
}
// x * 2^n where `shifted` is n + 1.5 * 2^23 and the result is normal.
V_INLINE vf v_raise(vf x, vf shifted) {
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(x),
                                                _mm512_slli_epi32(_mm512_castps_si512(shifted), 23)));
}
V_INLINE float v_sum(vf x) { return _mm512_reduce_add_ps(x); }
V_INLINE vf v_keep_nan(vf x, vf result) {
    return _mm512_mask_mov_ps(result, _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q), x);
}
V_INLINE vf v_abs(vf x) { return _mm512_abs_ps(x); }
V_INLINE float v_largest(vf x) { return _mm512_reduce_max_ps(x); }
// Whether no lane is infinite or a NaN.
V_INLINE int v_is_finite(vf x) {
    return _mm512_cmp_ps_mask(_mm512_abs_ps(x), _mm512_set1_ps(3.402823466e38f), _CMP_LE_OQ) == 0xffff;
}
// a where x > 0, else b.
V_INLINE vf v_where_positive(vf x, vf a, vf b) {
    return _mm512_mask_mov_ps(b, _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_GT_OQ), a);
}
// A bit for each lane in which a > b.
V_INLINE uint32_t v_greater(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
V_INLINE vf v_copy_sign(vf size, vf sign) {
    const vf bit = _mm512_set1_ps(-0.0f);
    return _mm512_or_ps(_mm512_andnot_ps(bit, size), _mm512_and_ps(bit, sign));
}
V_INLINE vi v_truncate(vf x) { return _mm512_cvttps_epi32(x); }
V_INLINE vf v_load_i8(const int8_t *p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)p)));
}
V_INLINE void v_store_f16(uint16_t *p, vf x) {
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
// To nearest, ties to even, subnormal numbers included (vcvtneps2bf16 takes them for 0); a NaN stays one (quiet).
V_INLINE void v_store_bf16(uint16_t *p, vf x) {
    vi bits = _mm512_castps_si512(x);
    vi odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    vi near = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd);
    vi quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
    vi result = _mm512_mask_mov_epi32(near, _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q), quiet);
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtepi32_epi16(_mm512_srli_epi32(result, 16)));
}
// 16 bfloat16 values widened.
V_INLINE vf v_load_bf16(const uint16_t *p) {
    return _mm512_castsi512_ps(
        _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)p)), 16));
}
V_INLINE vf v_load_f16(const uint16_t *p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p)); }

V_INLINE vi v_load_i(const void *p) { return _mm512_loadu_si512(p); }
V_INLINE vi v_set_i(int32_t x) { return _mm512_set1_epi32(x); }
V_INLINE vi v_zero_i(void) { return _mm512_setzero_si512(); }
V_INLINE vi v_and_i(vi a, vi b) { return _mm512_and_si512(a, b); }
V_INLINE vi v_add_i(vi a, vi b) { return _mm512_add_epi32(a, b); }
V_INLINE int32_t v_sum_i(vi x) { return _mm512_reduce_add_epi32(x); }
// Lanes in -128 ... 127, as bytes.
V_INLINE void v_store_i8(int8_t *p, vi x) { _mm_storeu_si128((__m128i *)p, _mm512_cvtepi32_epi8(x)); }
// By a constant, in lanes of 16 bits.
V_INLINE vi v_shift_right(vi a, int n) { return _mm512_srli_epi16(a, (unsigned)n); }
V_INLINE vi v_shift_left(vi a, int n) { return _mm512_slli_epi16(a, (unsigned)n); }
V_INLINE vi v_or_i(vi a, vi b) { return _mm512_or_si512(a, b); }
V_INLINE vi v_add_i8(vi a, vi b) { return _mm512_add_epi8(a, b); }
V_INLINE void v_store_i(void *p, vi x) { _mm512_storeu_si512(p, x); }
V_INLINE vi v_load_u8(const uint8_t *p) { return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p)); }
V_INLINE vi v_load_s8(const int8_t *p) { return _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)p)); }
// Each lane: acc + dot of two bfloat16 pairs.
V_INLINE vf v_dot_bf16(vf acc, vi pair, vi weights) {
    return _mm512_dpbf16_ps(acc, (__m512bh)pair, (__m512bh)weights);
}
// Each lane: acc + dot of four weight bytes below 64 and four signed activation bytes.
V_INLINE vi v_dot_u6s8(vi acc, vi weights, vi activations) {
    return _mm512_dpbusd_epi32(acc, weights, activations);
}
// A dot product of pairs in parts: one, v_dot_bf16.
#define V_BF16_PARTS 1
V_INLINE vi v_bf16_part(vi pairs, int part) { return part == 0 ? pairs : v_zero_i(); }
// What v_dot_bf16 reads for each lane.
V_INLINE vf v_round_bf16(vf x) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(x)), 16));
}
// To bfloat16 as v_dot_bf16 reads it, to nearest even; subnormal numbers count as 0, there too.
V_INLINE void v_store_bf16_operand(uint16_t *p, vf x) {
    _mm256_storeu_si256((__m256i *)p, (__m256i)_mm512_cvtneps_pbh(x));
}

// The same for weights w + 128, w signed: a dot product of w that begins at v_start_biased(-128 * sum of the
// activations).
V_INLINE vi v_dot_biased(vi acc, vi weights, vi activations) {
    return _mm512_dpbusd_epi32(acc, weights, activations);
}
V_INLINE vi v_start_biased(int32_t offset) { return _mm512_set1_epi32(offset); }
