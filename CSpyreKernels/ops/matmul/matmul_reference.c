// The scalar epilogue: the portable fallback.
#include "../../device/kernels.h"

#include <math.h>
#include <stddef.h>

void spyre_matmul_finish_reference(const spyre_matmul_result *f) {
    for (int r = 0; r < f->rows; r++) {
        float *x = f->tile + r * 64;
        for (int64_t c = 0; f->bias != NULL && c < f->bias_count; c++) x[c] += f->bias[c];
        for (int c = 0; f->gated && c < 32; c++) x[c] = x[c] / (1.0f + expf(-x[c])) * x[32 + c];
        for (int64_t c = 0; c < f->count; c++) {
            float y = f->scale * x[c];
            int64_t at = r * f->stride + c;
            f->output[at] = f->residual != NULL ? f->residual[at] + y : y;
        }
    }
}
