// What the matmul op and the weight packer share.
#ifndef SPYRE_MATMUL_H
#define SPYRE_MATMUL_H

#include "../../device/internal.h"
#include "weight_format.h"

// Elements along K that share a block of a row: 1 for the plain types, 0 for one that weights cannot have.
int64_t spyre_weight_block(spyre_type type);

// The same of a source, which has types that no image has.
int64_t spyre_source_block(spyre_type type);

// Types that meet activations quantised to int8.
static inline bool spyre_is_quantized(spyre_type type) {
    return type == SPYRE_TYPE_I8 || spyre_weight_block(type) > 1;
}

static inline int64_t spyre_matmul_results(const spyre_matmul_desc *d) {
    if (d->result_columns != 0) return d->result_columns;
    return d->activation == SPYRE_MATMUL_SILU_MUL ? d->outputs / 2 : d->outputs;
}

static inline bool spyre_is_dense(spyre_type type) {
    return type == SPYRE_TYPE_F32 || type == SPYRE_TYPE_BF16 || type == SPYRE_TYPE_F16;
}

// Bytes of a float row, in sticks.
static inline uint64_t spyre_matmul_float_row_bytes(const spyre_matmul_desc *d) {
    return spyre_round_up((uint64_t)d->columns * 4, SPYRE_STICK_BYTES);
}

// The input row of product row `row`, normalised where asked for. `room` has space for a row.
const float *spyre_matmul_source_row(const spyre_matmul_desc *d, const spyre_launch *launch, int64_t row,
                                     float *room);

// Sums of `rows` rows from `row` on and of columns column ..< column_end of a panel, [rows][64].
typedef struct spyre_matmul_sums {
    float *tile;
    int64_t row;
    int rows;
    int64_t panel;
    int column;
    int column_end;
} spyre_matmul_sums;

// Hands sums to the epilogue, which overwrites them.
void spyre_matmul_finish_tile(const spyre_matmul_desc *d, const spyre_launch *launch,
                              const spyre_matmul_sums *sums);

// The product with a dense weight, as parts of an op class.
uint64_t spyre_dense_scratch(const spyre_matmul_desc *d, int threads);
int spyre_dense_phases(const spyre_matmul_desc *d, const spyre_launch *launch, int threads);
void spyre_dense_run(const spyre_matmul_desc *d, const spyre_launch *launch, int phase, int thread,
                     int threads);

// The product with a quantised weight, as parts of an op class.
uint64_t spyre_quantized_scratch(const spyre_matmul_desc *d, int threads);
int spyre_quantized_phases(const spyre_matmul_desc *d, const spyre_launch *launch, int threads);
void spyre_quantized_run(const spyre_matmul_desc *d, const spyre_launch *launch, int phase, int thread,
                         int threads);

// row[k] = scale * element [output][k] of a weight image.
void spyre_weight_row(const uint8_t *image, spyre_type type, int64_t columns, int64_t output, float scale,
                      float *row);

// Rows that are packed side by side: their words fill a line.
enum { SPYRE_PACK_LANES = 16 };

// Floats of the room that a thread needs for packing.
uint64_t spyre_pack_room(const spyre_weight_pack_desc *d);

// Packs source rows begin ..< end.
void spyre_pack_rows(const spyre_weight_pack_desc *d, uint8_t *image, float *room, int64_t begin,
                     int64_t end);

// Whether an image of the type has the bytes of rows and only their order is its own.
bool spyre_packs_by_lanes(spyre_type type);

// Puts `lanes` rows of such a type, `stride` bytes from one to the next, into lanes `lane` and on of a panel.
// A row of bfloat16 with an odd number of columns has a zero behind it.
void spyre_pack_lanes(spyre_type type, uint8_t *panel, int64_t lane, const uint8_t *rows, uint64_t stride,
                      int lanes, int64_t columns);

#endif
