// Rows into lanes of a panel, for types whose image has the bytes of the file's blocks in another order.
#include "matmul.h"

// What a block of a row contributes, lane beside lane: one half, or words of four bytes.
typedef struct block_part {
    // Offset in the row's block and in the panel's.
    int source;
    int target;
    // 0: one half.
    int words;
    // Bits that are turned over on the way: Q8_0's bytes become unsigned.
    uint32_t flip;
} block_part;

typedef struct block_layout {
    int columns;
    int source_bytes;
    int target_bytes;
    int parts;
    block_part part[3];
} block_layout;

static const block_layout layout_f32 = {1, 4, SPYRE_QUADS, 1, {{0, 0, 1, 0}}};
static const block_layout layout_bf16 = {2, 4, SPYRE_QUADS, 1, {{0, 0, 1, 0}}};
static const block_layout layout_f16 = {1, 2, SPYRE_HALVES, 1, {{0, 0, 0, 0}}};
static const block_layout layout_q8_0 = {
    32, SPYRE_Q8_0_SOURCE, SPYRE_Q8_0_BLOCK, 2, {{0, 0, 0, 0}, {2, SPYRE_HALVES, 8, 0x80808080u}}};
static const block_layout layout_q4_0 = {
    32, SPYRE_Q4_0_SOURCE, SPYRE_Q4_0_BLOCK, 2, {{0, 0, 0, 0}, {2, SPYRE_HALVES, 4, 0}}};
static const block_layout layout_q4_1 = {
    32,
    SPYRE_Q4_1_SOURCE,
    SPYRE_Q4_1_BLOCK,
    3,
    {{0, 0, 0, 0}, {2, SPYRE_HALVES, 0, 0}, {4, 2 * SPYRE_HALVES, 4, 0}}};

static const block_layout *layout_of(spyre_type type) {
    switch (type) {
    case SPYRE_TYPE_F32: return &layout_f32;
    case SPYRE_TYPE_BF16: return &layout_bf16;
    case SPYRE_TYPE_F16: return &layout_f16;
    case SPYRE_TYPE_Q8_0: return &layout_q8_0;
    case SPYRE_TYPE_Q4_0: return &layout_q4_0;
    case SPYRE_TYPE_Q4_1: return &layout_q4_1;
    default: return NULL;
    }
}

bool spyre_packs_by_lanes(spyre_type type) { return layout_of(type) != NULL; }

// Every line of the panel is written at once as far as there are lanes: rows are near, lines of a panel are not.
static inline __attribute__((always_inline)) void pack(const block_layout *layout, uint8_t *panel,
                                                       int64_t lane, const uint8_t *rows, uint64_t stride,
                                                       int lanes, int64_t blocks) {
    for (int64_t b = 0; b < blocks; b++, panel += layout->target_bytes, rows += layout->source_bytes) {
        for (int p = 0; p < layout->parts; p++) {
            const block_part *part = &layout->part[p];
            const uint8_t *source = rows + part->source;
            if (part->words == 0) {
                uint8_t *target = panel + part->target + lane * 2;
                for (int l = 0; l < lanes; l++) memcpy(target + l * 2, source + (uint64_t)l * stride, 2);
            }
            for (int w = 0; w < part->words; w++, source += 4) {
                uint8_t *target = panel + part->target + w * SPYRE_QUADS + lane * 4;
                for (int l = 0; l < lanes; l++) {
                    uint32_t word;
                    memcpy(&word, source + (uint64_t)l * stride, 4);
                    word ^= part->flip;
                    memcpy(target + l * 4, &word, 4);
                }
            }
        }
    }
}

void spyre_pack_lanes(spyre_type type, uint8_t *panel, int64_t lane, const uint8_t *rows, uint64_t stride,
                      int lanes, int64_t columns) {
    const block_layout *layout = layout_of(type);
    const int64_t blocks = (columns + layout->columns - 1) / layout->columns;
    // A constant number of lanes keeps the loop over them out of the code.
    if (lanes == SPYRE_PACK_LANES) pack(layout, panel, lane, rows, stride, SPYRE_PACK_LANES, blocks);
    else pack(layout, panel, lane, rows, stride, lanes, blocks);
}
