#include "../../device/kernels.h"

#include <math.h>

float spyre_maximum_reference(const float *row, int64_t count) {
    float largest = row[0];
    for (int64_t i = 1; i < count; i++) largest = row[i] > largest ? row[i] : largest;
    return largest;
}

float spyre_exp_reference(float *row, float maximum, int64_t count) {
    float sum = 0;
    for (int64_t i = 0; i < count; i++) {
        row[i] = expf(row[i] - maximum);
        sum += row[i];
    }
    return sum;
}
