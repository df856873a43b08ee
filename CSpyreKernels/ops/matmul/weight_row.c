// Sizes of weight images, and rows read back from them.
#include "../../simd/half.h"
#include "matmul.h"

int64_t spyre_weight_block(spyre_type type) {
    switch (type) {
    case SPYRE_TYPE_F32:
    case SPYRE_TYPE_BF16:
    case SPYRE_TYPE_F16:
    case SPYRE_TYPE_I8: return 1;
    case SPYRE_TYPE_Q8_0:
    case SPYRE_TYPE_Q4_0:
    case SPYRE_TYPE_Q4_1: return 32;
    case SPYRE_TYPE_Q4_K:
    case SPYRE_TYPE_Q6_K: return 256;
    default: return 0;
    }
}

uint64_t spyre_weight_bytes(spyre_type type, int64_t outputs, int64_t columns) {
    int64_t block = spyre_weight_block(type);
    if (block == 0 || !spyre_size_ok(outputs) || !spyre_size_ok(columns) || columns % block != 0) return 0;
    uint64_t panels = ((uint64_t)outputs + 63) / 64, k = (uint64_t)columns;
    switch (type) {
    case SPYRE_TYPE_F32: return panels * k * 256;
    case SPYRE_TYPE_BF16: return panels * ((k + 1) / 2) * 256;
    case SPYRE_TYPE_F16: return panels * k * 128;
    case SPYRE_TYPE_I8: return panels * (SPYRE_I8_HEAD + (k + 3) / 4 * SPYRE_QUADS);
    case SPYRE_TYPE_Q8_0: return panels * (k / 32) * SPYRE_Q8_0_BLOCK;
    case SPYRE_TYPE_Q4_0: return panels * (k / 32) * SPYRE_Q4_0_BLOCK;
    case SPYRE_TYPE_Q4_1: return panels * (k / 32) * SPYRE_Q4_1_BLOCK;
    case SPYRE_TYPE_Q4_K: return panels * (k / 256) * SPYRE_Q4_K_SUPER;
    default: return panels * (k / 256) * SPYRE_Q6_K_SUPER;
    }
}

static float half_at(const uint8_t *halves, int64_t lane) {
    return spyre_from_f16(((const uint16_t *)halves)[lane]);
}

// Element i of a lane's quads; the nibbles of quads 0 ... 3 are low, those of 4 ... 7 high.
static int byte_at(const uint8_t *quads, int64_t lane, int i) {
    return quads[i / 4 * 256 + lane * 4 + i % 4];
}

static int nibble_at(const uint8_t *quads, int64_t lane, int i) {
    return byte_at(quads, lane, i % 16) >> (i < 16 ? 0 : 4) & 15;
}

static int high_bits_at(const uint8_t *quads, int64_t lane, int i) {
    return byte_at(quads, lane, i % 8) >> i / 8 * 2 & 3;
}

static void gather_f32(const uint8_t *panel, int64_t lane, int64_t columns, float scale, float *row) {
    const float *source = (const float *)panel + lane;
    for (int64_t k = 0; k < columns; k++) row[k] = scale * source[k * 64];
}

static void gather_bf16(const uint8_t *panel, int64_t lane, int64_t columns, float scale, float *row) {
    const uint16_t *source = (const uint16_t *)panel + lane * 2;
    for (int64_t k = 0; k < columns; k++) row[k] = scale * spyre_from_bf16(source[k / 2 * 128 + k % 2]);
}

static void gather_f16(const uint8_t *panel, int64_t lane, int64_t columns, float scale, float *row) {
    const uint16_t *source = (const uint16_t *)panel + lane;
    for (int64_t k = 0; k < columns; k++) row[k] = scale * spyre_from_f16(source[k * 64]);
}

static void gather_i8(const uint8_t *panel, int64_t lane, int64_t columns, float scale, float *row) {
    float step = ((const float *)panel)[lane];
    const uint8_t *quads = panel + SPYRE_I8_HEAD + lane * 4;
    for (int64_t k = 0; k < columns; k++)
        row[k] = scale * (step * (float)((int)quads[k / 4 * SPYRE_QUADS + k % 4] - 128));
}

static void gather_q8_0(const uint8_t *block, int64_t lane, int64_t columns, float scale, float *row) {
    for (int64_t b = 0; b < columns / 32; b++, block += SPYRE_Q8_0_BLOCK, row += 32) {
        float step = half_at(block, lane);
        for (int i = 0; i < 32; i++)
            row[i] = scale * (step * (float)(byte_at(block + SPYRE_HALVES, lane, i) - 128));
    }
}

static void gather_q4_0(const uint8_t *block, int64_t lane, int64_t columns, float scale, float *row) {
    for (int64_t b = 0; b < columns / 32; b++, block += SPYRE_Q4_0_BLOCK, row += 32) {
        float step = half_at(block, lane);
        for (int i = 0; i < 32; i++)
            row[i] = scale * (step * (float)(nibble_at(block + SPYRE_HALVES, lane, i) - 8));
    }
}

static void gather_q4_1(const uint8_t *block, int64_t lane, int64_t columns, float scale, float *row) {
    for (int64_t b = 0; b < columns / 32; b++, block += SPYRE_Q4_1_BLOCK, row += 32) {
        float step = half_at(block, lane), minimum = half_at(block, 64 + lane);
        for (int i = 0; i < 32; i++)
            row[i] = scale * (step * (float)nibble_at(block + 2 * SPYRE_HALVES, lane, i) + minimum);
    }
}

static void gather_q4_k(const uint8_t *super, int64_t lane, int64_t columns, float scale, float *row) {
    for (int64_t b = 0; b < columns / 32; b++, row += 32) {
        const uint8_t *head = super + b / 8 * SPYRE_Q4_K_SUPER;
        const uint8_t *block = head + SPYRE_Q4_K_HEAD + b % 8 * SPYRE_Q4_K_BLOCK;
        float step = half_at(head, lane) * (float)block[lane];
        float minimum = half_at(head, 64 + lane) * (float)block[64 + lane];
        for (int i = 0; i < 32; i++)
            row[i] = scale * (step * (float)nibble_at(block + 2 * 64, lane, i) - minimum);
    }
}

static void gather_q6_k(const uint8_t *super, int64_t lane, int64_t columns, float scale, float *row) {
    for (int64_t b = 0; b < columns / 32; b++, row += 32) {
        const uint8_t *head = super + b / 8 * SPYRE_Q6_K_SUPER;
        const uint8_t *block = head + SPYRE_Q6_K_HEAD + b % 8 * SPYRE_Q6_K_BLOCK, *nibbles = block + 2 * 64;
        for (int i = 0; i < 32; i++) {
            float step = half_at(head, lane) * (float)(int8_t)block[i / 16 * 64 + lane];
            int q = nibble_at(nibbles, lane, i) | high_bits_at(nibbles + SPYRE_NIBBLES_32, lane, i) << 4;
            row[i] = scale * (step * (float)(q - 32));
        }
    }
}

void spyre_weight_row(const uint8_t *image, spyre_type type, int64_t columns, int64_t output, float scale,
                      float *row) {
    const uint8_t *panel = image + (uint64_t)(output / 64) * spyre_weight_bytes(type, 64, columns);
    int64_t lane = output % 64;
    switch (type) {
    case SPYRE_TYPE_F32: gather_f32(panel, lane, columns, scale, row); break;
    case SPYRE_TYPE_BF16: gather_bf16(panel, lane, columns, scale, row); break;
    case SPYRE_TYPE_F16: gather_f16(panel, lane, columns, scale, row); break;
    case SPYRE_TYPE_I8: gather_i8(panel, lane, columns, scale, row); break;
    case SPYRE_TYPE_Q8_0: gather_q8_0(panel, lane, columns, scale, row); break;
    case SPYRE_TYPE_Q4_0: gather_q4_0(panel, lane, columns, scale, row); break;
    case SPYRE_TYPE_Q4_1: gather_q4_1(panel, lane, columns, scale, row); break;
    case SPYRE_TYPE_Q4_K: gather_q4_k(panel, lane, columns, scale, row); break;
    default: gather_q6_k(panel, lane, columns, scale, row);
    }
}
