// How ggml's super-blocks of 256 store quants and scales.
#ifndef SPYRE_K_QUANTS_H
#define SPYRE_K_QUANTS_H

#include <stdint.h>

typedef struct spyre_q4_k_scales {
    uint8_t scale;
    uint8_t minimum;
} spyre_q4_k_scales;

// Q4_K: d, dmin (binary16), 12 bytes of scales, 128 bytes of nibbles. The 6-bit scales of blocks 0 ... 3 are
// the low bits of bytes 0 ... 3, their minima those of bytes 4 ... 7; blocks 4 ... 7 have four low bits in
// bytes 8 ... 11 (scales low, minima high) and two high bits on top of bytes 0 ... 3 and 4 ... 7.
static inline spyre_q4_k_scales spyre_q4_k_block_scales(const uint8_t *super, int block) {
    const uint8_t *s = super + 4;
    if (block < 4) return (spyre_q4_k_scales){s[block] & 63, s[block + 4] & 63};
    return (spyre_q4_k_scales){(uint8_t)((s[block + 4] & 15) | s[block - 4] >> 6 << 4),
                               (uint8_t)(s[block + 4] >> 4 | s[block] >> 6 << 4)};
}

// Element i of a block: 32 bytes hold two blocks, the even one in the low nibbles.
static inline int spyre_q4_k_quant(const uint8_t *super, int block, int i) {
    return super[16 + block / 2 * 32 + i] >> block % 2 * 4 & 15;
}

// Q5_K: as Q4_K, with 32 bytes in front of the nibbles whose bit b is the highest of block b.
static inline int spyre_q5_k_quant(const uint8_t *super, int block, int i) {
    return (super[48 + block / 2 * 32 + i] >> block % 2 * 4 & 15) | (super[16 + i] >> block & 1) << 4;
}

// Q6_K: 128 bytes of low nibbles, 64 bytes of high bits, 16 signed scales, d. A half of 128 elements has 64
// bytes of nibbles, low ones first, and 32 bytes with two bits for each of its four runs of 32.
static inline int spyre_q6_k_quant(const uint8_t *super, int i) {
    const uint8_t *low = super + i / 128 * 64, *high = super + 128 + i / 128 * 32;
    int run = i % 128 / 32, at = i % 32;
    int nibble = low[run % 2 * 32 + at] >> run / 2 * 4 & 15;
    return nibble | (high[at] >> run * 2 & 3) << 4;
}

#endif
