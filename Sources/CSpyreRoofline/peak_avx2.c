// AVX2 with FMA: 12 chains cover a latency of 4 to 6 cycles at two instructions a cycle.
#include "peak.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))

enum { CHAINS = 12 };

TARGET float spyre_peak_avx2_f32(int64_t iterations) {
    volatile float factor = 0.5f;
    __m256 a = _mm256_set1_ps(factor), b = _mm256_set1_ps(factor), sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_setzero_ps();
    for (int64_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++) {
            sums[i] = _mm256_fmadd_ps(a, b, sums[i]);
            OPAQUE("x", sums[i]);
        }
    }
    for (int i = 1; i < CHAINS; i++) sums[0] = _mm256_add_ps(sums[0], sums[i]);
    return _mm256_cvtss_f32(sums[0]);
}

// Without VNNI a product of bytes takes three instructions.
TARGET float spyre_peak_avx2_int8(int64_t iterations) {
    volatile char factor = 3;
    __m256i a = _mm256_set1_epi8(factor), b = _mm256_set1_epi8(factor), ones = _mm256_set1_epi16(1);
    __m256i sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_setzero_si256();
    for (int64_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++) {
            OPAQUE("x", a);
            sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), ones));
        }
    }
    for (int i = 1; i < CHAINS; i++) sums[0] = _mm256_xor_si256(sums[0], sums[i]);
    return (float)_mm256_extract_epi32(sums[0], 0);
}
#endif
