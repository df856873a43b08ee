// Rows of a weight matrix, as files store them, into panels.
#include "../../simd/half.h"
#include "k_quants.h"
#include "matmul.h"

#include <math.h>

// Bytes of a block of a source row.
static uint64_t source_block_bytes(spyre_type type) {
    switch (type) {
    case SPYRE_TYPE_F32: return 4;
    case SPYRE_TYPE_F16:
    case SPYRE_TYPE_BF16: return 2;
    case SPYRE_TYPE_I8: return 1;
    case SPYRE_TYPE_Q8_0: return SPYRE_Q8_0_SOURCE;
    case SPYRE_TYPE_Q4_0: return SPYRE_Q4_0_SOURCE;
    case SPYRE_TYPE_Q4_1: return SPYRE_Q4_1_SOURCE;
    case SPYRE_TYPE_Q4_K: return SPYRE_Q4_K_SOURCE;
    case SPYRE_TYPE_Q5_0: return SPYRE_Q5_0_SOURCE;
    case SPYRE_TYPE_Q5_1: return SPYRE_Q5_1_SOURCE;
    case SPYRE_TYPE_Q5_K: return SPYRE_Q5_K_SOURCE;
    default: return SPYRE_Q6_K_SOURCE;
    }
}

int64_t spyre_source_block(spyre_type type) {
    switch (type) {
    case SPYRE_TYPE_Q5_0:
    case SPYRE_TYPE_Q5_1: return 32;
    case SPYRE_TYPE_Q5_K: return 256;
    default: return spyre_weight_block(type);
    }
}

static uint64_t source_row_bytes(spyre_type type, int64_t columns) {
    return (uint64_t)(columns / spyre_source_block(type)) * source_block_bytes(type);
}

static uint16_t load_16(const uint8_t *source) {
    uint16_t value;
    memcpy(&value, source, sizeof value);
    return value;
}

static float load_f16(const uint8_t *source) { return spyre_from_f16(load_16(source)); }

static void widen_q8_0(const uint8_t *source, int64_t columns, float *output) {
    for (int64_t b = 0; b < columns / 32; b++, source += SPYRE_Q8_0_SOURCE) {
        float scale = load_f16(source);
        for (int i = 0; i < 32; i++) output[b * 32 + i] = scale * (float)(int8_t)source[2 + i];
    }
}

static void widen_q4_0(const uint8_t *source, int64_t columns, float *output) {
    for (int64_t b = 0; b < columns / 32; b++, source += SPYRE_Q4_0_SOURCE) {
        float scale = load_f16(source);
        for (int i = 0; i < 16; i++) {
            output[b * 32 + i] = scale * (float)((source[2 + i] & 15) - 8);
            output[b * 32 + 16 + i] = scale * (float)((source[2 + i] >> 4) - 8);
        }
    }
}

static void widen_q4_1(const uint8_t *source, int64_t columns, float *output) {
    for (int64_t b = 0; b < columns / 32; b++, source += SPYRE_Q4_1_SOURCE) {
        float scale = load_f16(source), minimum = load_f16(source + 2);
        for (int i = 0; i < 16; i++) {
            output[b * 32 + i] = scale * (float)(source[4 + i] & 15) + minimum;
            output[b * 32 + 16 + i] = scale * (float)(source[4 + i] >> 4) + minimum;
        }
    }
}

// Q5_0 and Q5_1: scale (and minimum), the highest bits of 32 quants, 16 bytes of nibbles as in Q4_0.
static int q5_quant(const uint8_t *bits, int i) {
    return (bits[4 + i % 16] >> i / 16 * 4 & 15) | (bits[i / 8] >> i % 8 & 1) << 4;
}

static void widen_q5(const uint8_t *source, bool minimum, int64_t columns, float *output) {
    const int64_t size = minimum ? SPYRE_Q5_1_SOURCE : SPYRE_Q5_0_SOURCE;
    for (int64_t b = 0; b < columns / 32; b++, source += size) {
        float scale = load_f16(source), least = minimum ? load_f16(source + 2) : 0;
        for (int i = 0; i < 32; i++)
            output[b * 32 + i] = minimum ? scale * (float)q5_quant(source + 4, i) + least
                                         : scale * (float)(q5_quant(source + 2, i) - 16);
    }
}

// Q4_K, and Q5_K, whose quants have five bits.
static void widen_k(const uint8_t *source, bool five, int64_t columns, float *output) {
    for (int64_t b = 0; b < columns / 32; b++) {
        const uint8_t *super = source + b / 8 * (five ? SPYRE_Q5_K_SOURCE : SPYRE_Q4_K_SOURCE);
        spyre_q4_k_scales s = spyre_q4_k_block_scales(super, (int)(b % 8));
        float scale = load_f16(super) * (float)s.scale, minimum = load_f16(super + 2) * (float)s.minimum;
        for (int i = 0; i < 32; i++) {
            int block = (int)(b % 8);
            int q = five ? spyre_q5_k_quant(super, block, i) : spyre_q4_k_quant(super, block, i);
            output[b * 32 + i] = scale * (float)q - minimum;
        }
    }
}

static void widen_q6_k(const uint8_t *source, int64_t columns, float *output) {
    for (int64_t k = 0; k < columns; k++) {
        const uint8_t *super = source + k / 256 * SPYRE_Q6_K_SOURCE;
        float scale = load_f16(super + 208) * (float)(int8_t)super[192 + k % 256 / 16];
        output[k] = scale * (float)(spyre_q6_k_quant(super, (int)(k % 256)) - 32);
    }
}

// One source row as floats.
static void widen(const spyre_weight_pack_desc *d, const uint8_t *source, int64_t r, float *output) {
    int64_t columns = d->columns;
    switch (d->source_type) {
    case SPYRE_TYPE_F32: memcpy(output, source, (size_t)columns * 4); return;
    case SPYRE_TYPE_F16:
        for (int64_t k = 0; k < columns; k++) output[k] = load_f16(source + 2 * k);
        return;
    case SPYRE_TYPE_BF16:
        for (int64_t k = 0; k < columns; k++) output[k] = spyre_from_bf16(load_16(source + 2 * k));
        return;
    case SPYRE_TYPE_I8:
        for (int64_t k = 0; k < columns; k++) output[k] = d->scales[r] * (float)(int8_t)source[k];
        return;
    case SPYRE_TYPE_Q8_0: widen_q8_0(source, columns, output); return;
    case SPYRE_TYPE_Q4_0: widen_q4_0(source, columns, output); return;
    case SPYRE_TYPE_Q4_1: widen_q4_1(source, columns, output); return;
    case SPYRE_TYPE_Q5_0: widen_q5(source, false, columns, output); return;
    case SPYRE_TYPE_Q5_1: widen_q5(source, true, columns, output); return;
    case SPYRE_TYPE_Q4_K: widen_k(source, false, columns, output); return;
    case SPYRE_TYPE_Q5_K: widen_k(source, true, columns, output); return;
    default: widen_q6_k(source, columns, output);
    }
}

// Bytes past the columns of the last quad are weights of 0.
static void pack_i8_row(uint8_t *panel, int64_t lane, const int8_t *source, float scale, int64_t columns) {
    memcpy(panel + lane * 4, &scale, 4);
    uint8_t *quads = panel + SPYRE_I8_HEAD + lane * 4;
    for (int64_t k = 0; k < (columns + 3) / 4 * 4; k++)
        quads[k / 4 * SPYRE_QUADS + k % 4] = (uint8_t)((k < columns ? source[k] : 0) ^ 0x80);
}

// A row of floats as int8 with the scale max|w| / 127; its quants go to the row's own memory. A row that is
// not finite has a scale of NaN.
static void pack_i8_floats(uint8_t *panel, int64_t lane, float *row, int64_t columns) {
    float largest = 0;
    bool finite = true;
    for (int64_t k = 0; k < columns; k++) {
        finite = finite && isfinite(row[k]);
        largest = fmaxf(largest, fabsf(row[k]));
    }
    float inverse = finite && largest > 0 ? 127.0f / largest : 0.0f;
    if (!isfinite(inverse)) inverse = 0;
    int8_t *quants = (int8_t *)row;
    for (int64_t k = 0; k < columns; k++) quants[k] = finite ? (int8_t)rintf(row[k] * inverse) : 0;
    pack_i8_row(panel, lane, quants, finite ? largest / 127.0f : NAN, columns);
}

static void pack_nibbles(uint8_t *target, int64_t lane, const uint8_t *source) {
    for (int q = 0; q < 4; q++) memcpy(target + q * SPYRE_QUADS + lane * 4, source + q * 4, 4);
}

// A row of Q5_0 as one of Q8_0: the same scales and quants.
static void widen_to_q8_0(const uint8_t *source, int64_t columns, uint8_t *target) {
    for (int64_t b = 0; b < columns / 32; b++, source += SPYRE_Q5_0_SOURCE, target += SPYRE_Q8_0_SOURCE) {
        memcpy(target, source, 2);
        for (int i = 0; i < 32; i++) target[2 + i] = (uint8_t)(q5_quant(source + 2, i) - 16);
    }
}

static void pack_q4_k_row(uint8_t *panel, int64_t lane, const uint8_t *source, int64_t columns) {
    for (int64_t s = 0; s < columns / 256; s++, panel += SPYRE_Q4_K_SUPER, source += SPYRE_Q4_K_SOURCE) {
        memcpy(panel + lane * 2, source, 2);
        memcpy(panel + SPYRE_HALVES + lane * 2, source + 2, 2);
        for (int b = 0; b < 8; b++) {
            uint8_t *block = panel + SPYRE_Q4_K_HEAD + b * SPYRE_Q4_K_BLOCK, nibbles[16];
            spyre_q4_k_scales scales = spyre_q4_k_block_scales(source, b);
            block[lane] = scales.scale;
            block[64 + lane] = scales.minimum;
            for (int i = 0; i < 16; i++)
                nibbles[i] =
                    (uint8_t)(spyre_q4_k_quant(source, b, i) | spyre_q4_k_quant(source, b, 16 + i) << 4);
            pack_nibbles(block + 2 * 64, lane, nibbles);
        }
    }
}

static void pack_q6_k_row(uint8_t *panel, int64_t lane, const uint8_t *source, int64_t columns) {
    for (int64_t s = 0; s < columns / 256; s++, panel += SPYRE_Q6_K_SUPER, source += SPYRE_Q6_K_SOURCE) {
        memcpy(panel + lane * 2, source + 208, 2);
        for (int b = 0; b < 8; b++) {
            uint8_t *block = panel + SPYRE_Q6_K_HEAD + b * SPYRE_Q6_K_BLOCK, nibbles[16] = {0}, bits[8] = {0};
            block[lane] = source[192 + b * 2];
            block[64 + lane] = source[192 + b * 2 + 1];
            for (int i = 0; i < 32; i++) {
                int q = spyre_q6_k_quant(source, b * 32 + i);
                nibbles[i % 16] |= (uint8_t)((q & 15) << i / 16 * 4);
                bits[i % 8] |= (uint8_t)(q >> 4 << i / 8 * 2);
            }
            pack_nibbles(block + 2 * 64, lane, nibbles);
            for (int q = 0; q < 2; q++)
                memcpy(block + 2 * 64 + SPYRE_NIBBLES_32 + q * SPYRE_QUADS + lane * 4, bits + q * 4, 4);
        }
    }
}

// Rounds a row of floats in place; the pair of an odd last column has a zero.
static void round_to_bf16(float *row, int64_t columns) {
    uint16_t *target = (uint16_t *)row;
    for (int64_t k = 0; k < columns; k++) {
        // The element behind is not overwritten before it is read: halves lie in front of their floats.
        float x;
        memcpy(&x, (const uint8_t *)row + k * 4, 4);
        uint16_t half = spyre_to_bf16(x);
        memcpy(target + k, &half, 2);
    }
    // The product reads pairs: what the memory held before must not meet the zero beside it (0 * NaN is NaN).
    const uint16_t zero = 0;
    if (columns % 2 != 0) memcpy(target + columns, &zero, 2);
}

// Whether rows of the source are what the lanes take, bit by bit.
static bool same_bits(const spyre_weight_pack_desc *d) {
    return d->source_type == d->type && !(d->type == SPYRE_TYPE_BF16 && d->columns % 2 != 0);
}

// Room for a row of floats, and for the zero behind an odd number of bfloat16.
static uint64_t row_floats(const spyre_weight_pack_desc *d) { return (uint64_t)d->columns + 1; }

uint64_t spyre_pack_room(const spyre_weight_pack_desc *d) {
    if (!spyre_packs_by_lanes(d->type)) return row_floats(d);
    return same_bits(d) ? 0 : row_floats(d) * SPYRE_PACK_LANES;
}

// Source rows r ..< r + lanes into as many lanes of a panel; `room` is for as many rows of floats.
static void pack_lanes(const spyre_weight_pack_desc *d, uint8_t *panel, int64_t lane, const uint8_t *source,
                       int64_t r, int lanes, float *room) {
    const uint64_t stride = source_row_bytes(d->source_type, d->columns);
    if (same_bits(d)) {
        spyre_pack_lanes(d->type, panel, lane, source, stride, lanes, d->columns);
        return;
    }
    const uint64_t floats = row_floats(d);
    for (int l = 0; l < lanes; l++) {
        float *row = room + (uint64_t)l * floats;
        if (d->type == SPYRE_TYPE_Q8_0) {
            widen_to_q8_0(source + (uint64_t)l * stride, d->columns, (uint8_t *)row);
            continue;
        }
        widen(d, source + (uint64_t)l * stride, r + l, row);
        if (d->type == SPYRE_TYPE_BF16) round_to_bf16(row, d->columns);
    }
    spyre_pack_lanes(d->type, panel, lane, (const uint8_t *)room, floats * 4, lanes, d->columns);
}

// Source row r into a lane of a panel; `room` is for a row of floats.
static void pack_row(const spyre_weight_pack_desc *d, uint8_t *panel, int64_t lane, const uint8_t *source,
                     int64_t r, float *room) {
    switch (d->type) {
    case SPYRE_TYPE_Q4_K: pack_q4_k_row(panel, lane, source, d->columns); return;
    case SPYRE_TYPE_Q6_K: pack_q6_k_row(panel, lane, source, d->columns); return;
    default: break;
    }
    if (d->source_type == SPYRE_TYPE_I8) {
        pack_i8_row(panel, lane, (const int8_t *)source, d->scales[r], d->columns);
        return;
    }
    widen(d, source, r, room);
    pack_i8_floats(panel, lane, room, d->columns);
}

// How many rows from r on, up to `end`, have outputs beside one another in one panel.
static int run_of(const spyre_weight_pack_desc *d, int64_t group, int64_t r, int64_t output, int64_t end) {
    int64_t most = SPYRE_PACK_LANES;
    if (end - r < most) most = end - r;
    if (group - r % group < most) most = group - r % group;
    if (64 - output % 64 < most) most = 64 - output % 64;
    return spyre_packs_by_lanes(d->type) ? (int)most : 1;
}

void spyre_pack_rows(const spyre_weight_pack_desc *d, uint8_t *image, float *room, int64_t begin,
                     int64_t end) {
    const int64_t group = d->group == 0 ? d->rows : d->group;
    const uint64_t panel_bytes = spyre_weight_bytes(d->type, 64, d->columns);
    const uint64_t stride = source_row_bytes(d->source_type, d->columns);
    for (int64_t r = begin, lanes; r < end; r += lanes) {
        int64_t output = d->first_output + r / group * d->group_stride + r % group;
        uint8_t *panel = image + (uint64_t)(output / 64) * panel_bytes;
        const uint8_t *source = (const uint8_t *)d->source + (uint64_t)r * stride;
        lanes = run_of(d, group, r, output, end);
        if (spyre_packs_by_lanes(d->type)) pack_lanes(d, panel, output % 64, source, r, (int)lanes, room);
        else pack_row(d, panel, output % 64, source, r, room);
    }
}
