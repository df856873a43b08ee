// What the matmul op and the weight packer share.
#ifndef SPYRE_MATMUL_H
#define SPYRE_MATMUL_H

#include "../../device/internal.h"

static inline bool spyre_is_quantized(spyre_type type) {
    return type == SPYRE_TYPE_Q8_0 || type == SPYRE_TYPE_Q4_1;
}

static inline int64_t spyre_matmul_results(const spyre_matmul_desc *d) {
    if (d->result_columns != 0) return d->result_columns;
    return d->activation == SPYRE_MATMUL_SILU_MUL ? d->outputs / 2 : d->outputs;
}

// row[k] = scale * element [output][k] of a weight image.
void spyre_weight_row(const uint8_t *image, spyre_type type, int64_t columns, int64_t output, float scale,
                      float *row);

// Packs source rows begin ..< end; `row` has room for one as floats.
void spyre_pack_rows(const spyre_weight_pack_desc *d, uint8_t *image, float *row, int64_t begin, int64_t end);

#endif
