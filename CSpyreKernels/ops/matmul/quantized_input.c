// Rows of activations as int8 with scales, sums and offsets.
#include "quantized_input.h"

// How many scales along K one row of activations has.
static uint64_t scale_count(const spyre_matmul_desc *d) {
    return d->weight_type == SPYRE_TYPE_I8 ? 1 : (uint64_t)d->columns / 32;
}

static uint64_t block_values_bytes(const spyre_matmul_desc *d) {
    return spyre_round_up(scale_count(d) * 4, SPYRE_STICK_BYTES);
}

// One term of a row of prepared input: the quants, then scales, sums and offsets, stick-aligned.
uint64_t spyre_quantized_term_bytes(const spyre_matmul_desc *d) {
    return spyre_round_up((uint64_t)d->columns, SPYRE_STICK_BYTES) +
           (spyre_has_half_offsets(d) ? 4 : 3) * block_values_bytes(d);
}

uint64_t spyre_quantized_row_bytes(const spyre_matmul_desc *d) {
    return spyre_quantized_term_bytes(d) * (spyre_quantized_has_second_term(d) ? 2 : 1);
}

spyre_quantized_term spyre_quantized_parts(const spyre_matmul_desc *d, const uint8_t *term) {
    uint8_t *scales = (uint8_t *)term + spyre_round_up((uint64_t)d->columns, SPYRE_STICK_BYTES);
    return (spyre_quantized_term){(int8_t *)term, (float *)scales, (float *)(scales + block_values_bytes(d)),
                                  (int32_t *)(scales + 2 * block_values_bytes(d))};
}

// Converts one row to the form in which the kernel of the weight type reads it.
static void convert_row(const spyre_matmul_desc *d, const spyre_kernels *kernels, const float *x,
                        uint8_t *term) {
    spyre_quantized_term t = spyre_quantized_parts(d, term);
    if (d->weight_type == SPYRE_TYPE_I8) {
        kernels->quantize_row(x, t.quants, t.scales, t.offsets, d->columns);
        return;
    }
    kernels->quantize(x, t.quants, t.scales, t.sums, t.offsets, d->columns / 32);
    if (spyre_has_half_offsets(d)) kernels->half_offsets(t.quants, t.offsets, d->columns / 16);
}

// rest = x - what `term` stands for; `rest` may be x.
static void subtract_term(const spyre_matmul_desc *d, const float *x, const uint8_t *term, float *rest) {
    spyre_quantized_term t = spyre_quantized_parts(d, term);
    int64_t block = d->columns / (int64_t)scale_count(d);
    for (int64_t i = 0; i < d->columns; i++) rest[i] = x[i] - t.scales[i / block] * (float)t.quants[i];
}

void spyre_quantized_prepare_row(const spyre_matmul_desc *d, const spyre_launch *launch, int64_t row,
                                 float *room, uint8_t *target) {
    const float *x = spyre_matmul_source_row(d, launch, row, room);
    convert_row(d, launch->kernels, x, target);
    if (!spyre_quantized_has_second_term(d)) return;
    subtract_term(d, x, target, room);
    convert_row(d, launch->kernels, room, target + spyre_quantized_term_bytes(d));
}
