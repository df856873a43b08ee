/// The registry of kernel variants: which exist, which this processor can run, which a device has chosen.
#ifndef SPYRE_REGISTRY_H
#define SPYRE_REGISTRY_H

#include "types.h"

SPYRE_BEGIN_DECLS

/// One implementation of one op's inner kernel.
typedef struct spyre_variant {
    /// Name of the kernel, such as "matmul_f32".
    const char *kernel;
    /// "reference", "avx2" or "avx512".
    const char *isa;
    /// 1 when this processor can run it.
    int32_t runnable;
    int32_t reserved;
} spyre_variant;

/// Number of variants compiled into the library.
int32_t spyre_variant_count(void);

/// Variant `index` in 0 ..< count, oldest instruction set first within a kernel. OUT_OF_RANGE otherwise.
spyre_status spyre_variant_at(int32_t index, spyre_variant *out_variant);

/// Instruction set that `device` chose for `kernel`; null for an unknown kernel.
const char *spyre_device_variant(const spyre_device *device, const char *kernel);

SPYRE_END_DECLS

#endif
