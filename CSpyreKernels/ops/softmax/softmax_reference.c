#include "../../device/kernels.h"

#include <math.h>

float spyre_exp_reference(float *row, float maximum, int64_t count) {
    float sum = 0;
    for (int64_t i = 0; i < count; i++) {
        row[i] = expf(row[i] - maximum);
        sum += row[i];
    }
    return sum;
}
