#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/target.h"

#include <immintrin.h>

SPYRE_TARGET_AVX2
#include "../../simd/avx2.h"

#define NAME(kernel) spyre_##kernel##_avx2
#include "sample_kernels.inc"

SPYRE_TARGET_END
#endif
