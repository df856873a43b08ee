#if defined(__x86_64__)
#include "../../device/kernels.h"
#include "../../simd/target.h"

#include <immintrin.h>

SPYRE_TARGET_AVX2
#include "../../simd/avx2.h"
#include "../../simd/exp.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(kernel) JOIN(JOIN(spyre_, kernel), _avx2)
#define VECTORS 2

#define TYPE float
#define LOAD v_load
#define FUNCTION(kernel) JOIN(kernel, _f32)
#include "attention_kernels.inc"
#undef TYPE
#undef LOAD
#undef FUNCTION

#define TYPE uint16_t
#define LOAD v_load_bf16
#define FUNCTION(kernel) JOIN(kernel, _bf16)
#define WIDEN(kernel) JOIN(kernel, _f32)
#include "attention_kernels.inc"

SPYRE_TARGET_END
#endif
