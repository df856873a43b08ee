#include "internal.h"

// Declare every function that the .def files name.
#define SPYRE_VARIANT(kernel, isa, function) extern spyre_##kernel##_type function;
#define SPYRE_NO_VARIANT(kernel, isa)
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

// What each instruction set needs of a processor, beside what those before it need. A feature's bit is its
// place.
typedef struct feature_row {
    spyre_isa isa;
    const char *name;
} feature_row;

#if defined(__x86_64__)
#define SPYRE_FEATURES(FEATURE)                                                                              \
    FEATURE(AVX2, "avx2")                                                                                    \
    FEATURE(AVX2, "fma")                                                                                     \
    FEATURE(AVX2, "f16c")                                                                                    \
    FEATURE(AVX512, "avx512f")                                                                               \
    FEATURE(AVX512, "avx512bw")                                                                              \
    FEATURE(AVX512, "avx512vl")                                                                              \
    FEATURE(AVX512, "avx512dq")                                                                              \
    FEATURE(AVX512, "avx512vnni")                                                                            \
    FEATURE(AVX512, "avx512bf16")
#define SPYRE_FEATURE_FOUND(level, name) __builtin_cpu_supports(name)
#else
#define SPYRE_FEATURES(FEATURE) FEATURE(AVX2, "x86-64")
#define SPYRE_FEATURE_FOUND(level, name) 0
#endif

static const feature_row features[] = {
#define SPYRE_FEATURE_ROW(level, name) {SPYRE_ISA_##level, name},
    SPYRE_FEATURES(SPYRE_FEATURE_ROW)
#undef SPYRE_FEATURE_ROW
};

enum { FEATURES = sizeof features / sizeof features[0] };

uint32_t spyre_processor_features(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
#endif
    const bool found[] = {
#define SPYRE_FEATURE_HERE(level, name) SPYRE_FEATURE_FOUND(level, name) != 0,
        SPYRE_FEATURES(SPYRE_FEATURE_HERE)
#undef SPYRE_FEATURE_HERE
    };
    uint32_t bits = 0;
    for (int i = 0; i < FEATURES; i++) bits |= (uint32_t)found[i] << i;
    return bits;
}

static const char *missing_feature(spyre_isa isa, uint32_t found) {
    for (int i = 0; i < FEATURES; i++)
        if (features[i].isa <= isa && (found >> i & 1) == 0) return features[i].name;
    return NULL;
}

static spyre_isa best_of(uint32_t found) {
    spyre_isa isa = SPYRE_ISA_AVX512;
    while (missing_feature(isa, found) != NULL) isa--;
    return isa;
}

spyre_isa spyre_isa_best(void) { return best_of(spyre_processor_features()); }

spyre_status spyre_isa_check(spyre_isa isa, uint32_t found, spyre_error **out_error) {
    const char *missing = missing_feature(isa, found);
    if (missing == NULL) return SPYRE_STATUS_OK;
    return spyre_fail(
        out_error, SPYRE_STATUS_UNSUPPORTED,
        "this processor does not have the instruction set '%s': it lacks %s; the best it has is '%s'",
        spyre_isa_name(isa), missing, spyre_isa_name(best_of(found)));
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
#undef SPYRE_NO_VARIANT
#define SPYRE_NO_VARIANT(name, level)                                                                        \
    if (SPYRE_ISA_##level <= isa) kernels->name = NULL;
#include "variants.def"
#undef SPYRE_VARIANT
#undef SPYRE_NO_VARIANT
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
    if (strcmp(kernel, #name) == 0)                                                                          \
        return device->kernels.name == NULL ? NULL : spyre_isa_name(device->kernels.name##_isa);
    SPYRE_KERNEL_LIST(SPYRE_KERNEL_ANSWER)
#undef SPYRE_KERNEL_ANSWER
    return NULL;
}
