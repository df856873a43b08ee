#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/target.h"

#include <immintrin.h>

SPYRE_TARGET_AVX512
#include "../../simd/avx512.h"
#include "../../simd/exp.h"
#include "../../simd/gelu.h"

#define NAME(kernel) spyre_##kernel##_avx512
#include "activation_kernels.inc"

SPYRE_TARGET_END
#endif
