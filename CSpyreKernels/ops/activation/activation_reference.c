#include "../../device/kernels.h"

#include <math.h>

void spyre_silu_mul_reference(const float *gate, const float *up, float *output, int64_t count) {
    for (int64_t i = 0; i < count; i++) output[i] = gate[i] / (1.0f + expf(-gate[i])) * up[i];
}
