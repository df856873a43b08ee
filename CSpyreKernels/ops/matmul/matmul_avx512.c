#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/target.h"
#include "remainders.h"
#include "weight_format.h"

#include <immintrin.h>

SPYRE_TARGET_AVX512
#include "../../simd/avx512.h"
#include "../../simd/exp.h"

#define NAME(kernel) spyre_##kernel##_avx512
#define DENSE_ROWS 12
#define DENSE_VECTORS(rows) ((rows) <= 6 ? 4 : 2)
#define DENSE_HALF_VECTORS(rows) 2
#define VECTORS_QUANT 2
#define VECTORS_ROW 4
#include "matmul_kernels.inc"

SPYRE_TARGET_END
#endif
