#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/half.h"
#include "../../simd/target.h"
#include "q8_0.h"

#include <immintrin.h>

SPYRE_TARGET_AVX512
#include "../../simd/avx512.h"

#define NAME(kernel) spyre_##kernel##_avx512
#include "convert_kernels.inc"

SPYRE_TARGET_END
#endif
