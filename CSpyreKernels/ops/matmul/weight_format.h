// How each weight type lies in an image and in a file: the numbers that packing, checks and kernels share.
#ifndef SPYRE_WEIGHT_FORMAT_H
#define SPYRE_WEIGHT_FORMAT_H

#include <stdint.h>

// Bytes of a block of 64 columns, by what they are made of. Scales come first, quants last.
enum {
    SPYRE_HALVES = 64 * 2,
    SPYRE_QUADS = 64 * 4,
    // 32 elements of K in nibbles, of 2 high bits, and in bytes.
    SPYRE_NIBBLES_32 = 4 * SPYRE_QUADS,
    SPYRE_BITS_32 = 2 * SPYRE_QUADS,
    SPYRE_BYTES_32 = 8 * SPYRE_QUADS,

    SPYRE_Q8_0_BLOCK = SPYRE_HALVES + SPYRE_BYTES_32,
    SPYRE_Q4_0_BLOCK = SPYRE_HALVES + SPYRE_NIBBLES_32,
    SPYRE_Q4_1_BLOCK = 2 * SPYRE_HALVES + SPYRE_NIBBLES_32,
    // Super-blocks of 256: a head, then eight blocks of 32.
    SPYRE_Q4_K_HEAD = 2 * SPYRE_HALVES,
    SPYRE_Q4_K_BLOCK = 2 * 64 + SPYRE_NIBBLES_32,
    SPYRE_Q4_K_SUPER = SPYRE_Q4_K_HEAD + 8 * SPYRE_Q4_K_BLOCK,
    SPYRE_Q6_K_HEAD = SPYRE_HALVES,
    SPYRE_Q6_K_BLOCK = 2 * 64 + SPYRE_NIBBLES_32 + SPYRE_BITS_32,
    SPYRE_Q6_K_SUPER = SPYRE_Q6_K_HEAD + 8 * SPYRE_Q6_K_BLOCK,
    // Scales of a panel of I8, in front of its quads.
    SPYRE_I8_HEAD = 64 * 4,

    // Expanded blocks of 32: float32 scales (and minima), then a byte a weight.
    SPYRE_EXPANDED_SCALED = 64 * 4 + SPYRE_BYTES_32,
    SPYRE_EXPANDED_OFFSET = 2 * 64 * 4 + SPYRE_BYTES_32,
    // Two blocks of 16, each with scales of its own.
    SPYRE_EXPANDED_HALVES = 2 * (64 * 4 + SPYRE_BYTES_32 / 2)
};

// Blocks of a row as a file stores them (ggml's), in bytes.
enum {
    SPYRE_Q8_0_SOURCE = 2 + 32,
    SPYRE_Q4_0_SOURCE = 2 + 16,
    SPYRE_Q4_1_SOURCE = 2 + 2 + 16,
    SPYRE_Q4_K_SOURCE = 2 + 2 + 12 + 128,
    SPYRE_Q6_K_SOURCE = 128 + 64 + 16 + 2,
    SPYRE_Q5_0_SOURCE = 2 + 4 + 16,
    SPYRE_Q5_1_SOURCE = 2 + 2 + 4 + 16,
    SPYRE_Q5_K_SOURCE = 2 + 2 + 12 + 32 + 128
};

#endif
