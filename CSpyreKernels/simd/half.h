// Scalar conversions of the 16-bit floating-point types (IEEE 754 binary16, and the upper half of binary32).
#ifndef SPYRE_HALF_H
#define SPYRE_HALF_H

#include <stdint.h>
#include <string.h>

static inline float spyre_float_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t spyre_bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float spyre_from_bf16(uint16_t value) { return spyre_float_of_bits((uint32_t)value << 16); }

// To nearest, ties to even; a NaN stays a NaN (quiet).
static inline uint16_t spyre_to_bf16(float value) {
    uint32_t bits = spyre_bits_of_float(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static inline float spyre_from_f16(uint16_t value) {
    uint32_t sign = (uint32_t)(value & 0x8000) << 16;
    uint32_t exponent = value >> 10 & 31;
    uint32_t fraction = value & 1023;
    if (exponent == 31) return spyre_float_of_bits(sign | 0x7f800000u | fraction << 13);
    if (exponent != 0) return spyre_float_of_bits(sign | (exponent + 112) << 23 | fraction << 13);
    // Subnormal: fraction * 2^-24 is exact in binary32.
    float size = (float)fraction * 0x1p-24f;
    return spyre_float_of_bits(spyre_bits_of_float(size) | sign);
}

enum { SPYRE_F16_NAN = 0x7e00 };

// To nearest, ties to even; a NaN stays a NaN (quiet, with the upper bits of its fraction).
static inline uint16_t spyre_to_f16(float value) {
    uint32_t bits = spyre_bits_of_float(value);
    uint32_t sign = bits >> 16 & 0x8000;
    uint32_t size = bits & 0x7fffffffu;
    if (size > 0x7f800000u) return (uint16_t)(sign | SPYRE_F16_NAN | (size >> 13 & 0x3ff));
    // From the middle between the largest number and the next power of two on.
    if (size >= 0x477ff000u) return (uint16_t)(sign | 0x7c00);
    // Below the normal range: adding 1/2, whose last place is 2^-24, rounds to a multiple of that.
    if (size < 0x38800000u)
        return (uint16_t)(sign | (spyre_bits_of_float(spyre_float_of_bits(size) + 0.5f) & 0x7ff));
    size -= (uint32_t)112 << 23;
    return (uint16_t)(sign | (size + 0xfff + (size >> 13 & 1)) >> 13);
}

#endif
