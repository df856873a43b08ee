// A block of 32 values as ggml lays it out in files of type Q8_0.
#ifndef SPYRE_Q8_0_H
#define SPYRE_Q8_0_H

#include <stdint.h>

enum { SPYRE_Q8_0_VALUES = 32 };

// The least normal float: a smaller scale is 0 in binary16, and its reciprocal may be infinite.
#define SPYRE_Q8_0_LEAST_SCALE 0x1p-126f

typedef struct spyre_q8_0_block {
    // binary16; a value is scale * quant.
    uint16_t scale;
    int8_t quants[SPYRE_Q8_0_VALUES];
} spyre_q8_0_block;

_Static_assert(sizeof(spyre_q8_0_block) == 34, "blocks lie one after another");

#endif
