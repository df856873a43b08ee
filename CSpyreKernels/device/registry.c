#include "internal.h"

// Declare every function that the .def files name.
#define SPYRE_VARIANT(kernel, isa, function) extern spyre_##kernel##_type function;
#define SPYRE_KERNEL_TYPE(type, name) typedef type spyre_##name##_type;
SPYRE_KERNEL_LIST(SPYRE_KERNEL_TYPE)
#include "variants.def"
#undef SPYRE_VARIANT

typedef struct variant_row {
    const char *kernel;
    spyre_isa isa;
} variant_row;

static const variant_row variants[] = {
#define SPYRE_VARIANT(kernel, isa, function) {#kernel, SPYRE_ISA_##isa},
#include "variants.def"
#undef SPYRE_VARIANT
};

spyre_isa spyre_isa_best(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bf16"))
        return SPYRE_ISA_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c"))
        return SPYRE_ISA_AVX2;
#endif
    return SPYRE_ISA_REFERENCE;
}

const char *spyre_isa_name(spyre_isa isa) {
    switch (isa) {
    case SPYRE_ISA_AVX512: return "avx512";
    case SPYRE_ISA_AVX2: return "avx2";
    default: return "reference";
    }
}

void spyre_kernels_select(spyre_isa isa, spyre_kernels *kernels) {
#define SPYRE_VARIANT(kernel, level, function)                                                               \
    if (SPYRE_ISA_##level <= isa) {                                                                          \
        kernels->kernel = function;                                                                          \
        kernels->kernel##_isa = SPYRE_ISA_##level;                                                           \
    }
#include "variants.def"
#undef SPYRE_VARIANT
}

int32_t spyre_variant_count(void) { return (int32_t)(sizeof variants / sizeof variants[0]); }

spyre_status spyre_variant_at(int32_t index, spyre_variant *out_variant) {
    if (index < 0 || index >= spyre_variant_count() || out_variant == NULL) return SPYRE_STATUS_OUT_OF_RANGE;
    out_variant->kernel = variants[index].kernel;
    out_variant->isa = spyre_isa_name(variants[index].isa);
    out_variant->runnable = variants[index].isa <= spyre_isa_best();
    out_variant->reserved = 0;
    return SPYRE_STATUS_OK;
}

const char *spyre_device_variant(const spyre_device *device, const char *kernel) {
    if (device == NULL || kernel == NULL) return NULL;
#define SPYRE_KERNEL_ANSWER(type, name)                                                                      \
    if (strcmp(kernel, #name) == 0) return spyre_isa_name(device->kernels.name##_isa);
    SPYRE_KERNEL_LIST(SPYRE_KERNEL_ANSWER)
#undef SPYRE_KERNEL_ANSWER
    return NULL;
}
