// Marks the functions of a file as compiled for one instruction set, so that the rest of the library runs
// anywhere.
#ifndef SPYRE_TARGET_H
#define SPYRE_TARGET_H
#define SPYRE_PRAGMA(text) _Pragma(#text)
#define SPYRE_TARGET_AVX512                                                                                  \
    SPYRE_PRAGMA(clang attribute push(                                                                       \
        __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16,avx2,fma,f16c"))),   \
        apply_to = function))
#define SPYRE_TARGET_AVX2                                                                                    \
    SPYRE_PRAGMA(clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function))
#define SPYRE_TARGET_END SPYRE_PRAGMA(clang attribute pop)
#endif
