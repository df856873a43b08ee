#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/target.h"

#include <immintrin.h>
#include <stdbool.h>

SPYRE_TARGET_AVX2
#include "../../simd/avx2.h"

#define NAME(kernel) spyre_##kernel##_avx2

// Elements 0, 2, 4 … and 1, 3, 5 … of two vectors: by quarters, which are then put in order.
V_INLINE vf v_quarters_in_order(vf x) {
    return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(x), 0xd8));
}
V_INLINE vf v_even(vf a, vf b) { return v_quarters_in_order(_mm256_shuffle_ps(a, b, 0x88)); }
V_INLINE vf v_odd(vf a, vf b) { return v_quarters_in_order(_mm256_shuffle_ps(a, b, 0xdd)); }
// Pairs x, y turned by pairs of cosine and sine.
V_INLINE vf v_turn_pairs(vf x, vf angles) {
    vf c = _mm256_moveldup_ps(angles), s = _mm256_movehdup_ps(angles);
    return _mm256_fmaddsub_ps(x, c, _mm256_mul_ps(_mm256_permute_ps(x, 0xb1), s));
}
#include "rope_kernels.inc"

SPYRE_TARGET_END
#endif
