#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/target.h"

#include <immintrin.h>
#include <stdbool.h>

SPYRE_TARGET_AVX512
#include "../../simd/avx512.h"

#define NAME(kernel) spyre_##kernel##_avx512

// Elements 0, 2, 4 … and 1, 3, 5 … of two vectors.
V_INLINE vf v_even(vf a, vf b) {
    const vi places = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    return _mm512_permutex2var_ps(a, places, b);
}
V_INLINE vf v_odd(vf a, vf b) {
    const vi places = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    return _mm512_permutex2var_ps(a, places, b);
}
// Pairs x, y turned by pairs of cosine and sine.
V_INLINE vf v_turn_pairs(vf x, vf angles) {
    vf c = _mm512_moveldup_ps(angles), s = _mm512_movehdup_ps(angles);
    return _mm512_fmaddsub_ps(x, c, _mm512_mul_ps(_mm512_permute_ps(x, 0xb1), s));
}
#include "rope_kernels.inc"

SPYRE_TARGET_END
#endif
