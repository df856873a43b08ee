#include "../../device/kernels.h"

int64_t spyre_find_greater_reference(const float *row, int64_t begin, int64_t count, float threshold) {
    int64_t i = begin;
    while (i < count && !(row[i] > threshold)) i++;
    return i;
}
