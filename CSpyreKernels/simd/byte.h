// Scalar conversions of the 8-bit types of a KV cache: OCP FP8 E4M3 ("OCP 8-bit Floating Point Specification",
// rev. 1.0, 2023: bias 7, no infinity, S.1111.111 is NaN, the largest number 448) and signed bytes.
#ifndef SPYRE_BYTE_H
#define SPYRE_BYTE_H

#include "half.h"

static inline float spyre_from_f8_e4m3(uint8_t code) {
    uint32_t sign = (uint32_t)(code & 0x80) << 24, size = code & 0x7f;
    if (size == 0x7f) return spyre_float_of_bits(sign | 0x7fc00000u);
    if (size >= 8) return spyre_float_of_bits(sign | ((size << 20) + ((uint32_t)120 << 23)));
    // Subnormal: a multiple of 2^-9.
    return spyre_float_of_bits(sign | spyre_bits_of_float((float)size * 0x1p-9f));
}

// To nearest, ties to even; what is past the largest number becomes that, a NaN stays one.
static inline uint8_t spyre_to_f8_e4m3(float value) {
    uint32_t bits = spyre_bits_of_float(value), sign = bits >> 24 & 0x80, size = bits & 0x7fffffffu;
    if (size > 0x7f800000u) return (uint8_t)(sign | 0x7f);
    if (size >= 0x43e00000u) return (uint8_t)(sign | 0x7e);
    // Below the normal range: adding 2^14, whose last place is 2^-9, rounds to a multiple of that.
    if (size < 0x3c800000u)
        return (uint8_t)(sign | (spyre_bits_of_float(spyre_float_of_bits(size) + 0x1p14f) & 0xf));
    size -= (uint32_t)120 << 23;
    return (uint8_t)(sign | (size + 0x7ffff + (size >> 20 & 1)) >> 20);
}

// To nearest, ties to even, at most 127 in size; a NaN becomes 0.
static inline int8_t spyre_to_i8(float value) {
    if (value != value) return 0;
    float limited = value > 127 ? 127 : value < -127 ? -127 : value;
    // The last place of 1.5 * 2^23 is 1.
    return (int8_t)(uint8_t)spyre_bits_of_float(limited + 12582912.0f);
}

#endif
