#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/target.h"

#include <immintrin.h>

SPYRE_TARGET_AVX512
#include "../../simd/avx512.h"
#include "../../simd/exp.h"

#define NAME(kernel) spyre_##kernel##_avx512
#define VECTORS_DENSE 4
#define VECTORS_QUANT 2
#define VECTORS_ROW 4
#include "matmul_kernels.inc"

void spyre_to_bf16_avx512(const float *input, uint16_t *output, int64_t count) {
    int64_t i = 0;
    for (; i + 16 <= count; i += 16)
        _mm256_storeu_si256((__m256i *)(output + i), (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(input + i)));
    if (i < count) {
        __mmask16 mask = (__mmask16)((1u << (count - i)) - 1);
        __m256i rest = (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, input + i));
        __mmask16 even = (__mmask16)((1u << ((count - i + 1) & ~1)) - 1);
        _mm256_mask_storeu_epi16(output + i, even, rest);
    }
}

SPYRE_TARGET_END
#endif
