// Marks the functions of a file as compiled for one instruction set, so that the rest of the library runs
// anywhere.
#ifndef SPYRE_TARGET_H
#define SPYRE_TARGET_H
#define SPYRE_PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
#define SPYRE_TARGET(features)                                                                               \
    SPYRE_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define SPYRE_TARGET_END SPYRE_PRAGMA(clang attribute pop)
#else
#define SPYRE_TARGET(features) SPYRE_PRAGMA(GCC push_options) SPYRE_PRAGMA(GCC target(features))
#define SPYRE_TARGET_END SPYRE_PRAGMA(GCC pop_options)
#endif
#if defined(__clang__)
// Without the tuning clang spills tiles that fill the registers.
#define SPYRE_TARGET_AVX512                                                                                  \
    SPYRE_TARGET("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16,avx2,fma,f16c,tune=znver4")
#else
#define SPYRE_TARGET_AVX512                                                                                  \
    SPYRE_TARGET("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16,avx2,fma,f16c")
#endif
#define SPYRE_TARGET_AVX2 SPYRE_TARGET("avx2,fma,f16c")
#endif
