// Rows of activations as the kernels of the quantised weight types read them.
#ifndef SPYRE_QUANTIZED_INPUT_H
#define SPYRE_QUANTIZED_INPUT_H

#include "matmul.h"

// Whether offsets are of half blocks: where a block of weights has two scales.
static inline bool spyre_has_half_offsets(const spyre_matmul_desc *d) {
    return d->weight_type == SPYRE_TYPE_Q6_K;
}

static inline bool spyre_quantized_has_second_term(const spyre_matmul_desc *d) { return d->input_terms == 2; }

// Bytes of one term of one row, and of a row.
uint64_t spyre_quantized_term_bytes(const spyre_matmul_desc *d);
uint64_t spyre_quantized_row_bytes(const spyre_matmul_desc *d);

// Where the parts of a term lie.
typedef struct spyre_quantized_term {
    int8_t *quants;
    float *scales;
    float *sums;
    int32_t *offsets;
} spyre_quantized_term;

spyre_quantized_term spyre_quantized_parts(const spyre_matmul_desc *d, const uint8_t *term);

// Prepares product row `row` at `target`. `room` has space for a float row.
void spyre_quantized_prepare_row(const spyre_matmul_desc *d, const spyre_launch *launch, int64_t row,
                                 float *room, uint8_t *target);

#endif
