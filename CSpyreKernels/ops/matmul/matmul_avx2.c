#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/target.h"
#include "remainders.h"
#include "weight_format.h"

#include <immintrin.h>

SPYRE_TARGET_AVX2
#include "../../simd/avx2.h"
#include "../../simd/exp.h"

#define NAME(kernel) spyre_##kernel##_avx2
#define DENSE_ROWS 6
#define DENSE_VECTORS(rows) ((rows) == 1 ? 8 : (rows) == 2 ? 4 : 2)
#define DENSE_HALF_VECTORS(rows) ((rows) <= 2 ? 4 : 2)
#define VECTORS_QUANT 1
#define VECTORS_ROW 2
#include "matmul_kernels.inc"

SPYRE_TARGET_END
#endif
