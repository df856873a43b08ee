// AVX-512: 24 chains of the 32 registers cover a latency of 6 cycles at up to two instructions a cycle.
#include "peak.h"

#if defined(__x86_64__)
#include <immintrin.h>

enum { CHAINS = 24 };

__attribute__((target("avx512f"))) float spyre_peak_avx512_f32(int64_t iterations) {
    volatile float factor = 0.5f;
    __m512 a = _mm512_set1_ps(factor), b = _mm512_set1_ps(factor), sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm512_setzero_ps();
    for (int64_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++) {
            sums[i] = _mm512_fmadd_ps(a, b, sums[i]);
            OPAQUE("v", sums[i]);
        }
    }
    for (int i = 1; i < CHAINS; i++) sums[0] = _mm512_add_ps(sums[0], sums[i]);
    return _mm512_cvtss_f32(sums[0]);
}

__attribute__((target("avx512f,avx512bw,avx512bf16"))) float spyre_peak_avx512_bf16(int64_t iterations) {
    // 0x3f00 is 0.5.
    volatile short factor = 0x3f00;
    __m512bh a = (__m512bh)_mm512_set1_epi16(factor), b = (__m512bh)_mm512_set1_epi16(factor);
    __m512 sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm512_setzero_ps();
    for (int64_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++) {
            sums[i] = _mm512_dpbf16_ps(sums[i], a, b);
            OPAQUE("v", sums[i]);
        }
    }
    for (int i = 1; i < CHAINS; i++) sums[0] = _mm512_add_ps(sums[0], sums[i]);
    return _mm512_cvtss_f32(sums[0]);
}

__attribute__((target("avx512f,avx512bw,avx512vnni"))) float spyre_peak_avx512_int8(int64_t iterations) {
    volatile char factor = 3;
    __m512i a = _mm512_set1_epi8(factor), b = _mm512_set1_epi8(factor), sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm512_setzero_si512();
    for (int64_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++) {
            sums[i] = _mm512_dpbusd_epi32(sums[i], a, b);
            OPAQUE("v", sums[i]);
        }
    }
    for (int i = 1; i < CHAINS; i++) sums[0] = _mm512_xor_si512(sums[0], sums[i]);
    return (float)_mm512_cvtsi512_si32(sums[0]);
}
#endif
