/// Element types and the ways in which an op names its operands.
#ifndef SPYRE_TYPES_H
#define SPYRE_TYPES_H

#include "status.h"

#include <stddef.h>
#include <string.h>

/// A stick is the unit of device layout: 128 bytes, 64 16-bit values. Device addresses are stick-aligned.
#define SPYRE_STICK_BYTES 128
/// Columns of a weight panel.
#define SPYRE_PANEL_COLUMNS 64
/// Tokens of a KV-cache block where nothing else is said. Block 0 is the padding block: writes to it are
/// allowed and never read back.
#define SPYRE_KV_BLOCK_TOKENS 64

SPYRE_BEGIN_DECLS

/// Element type. Those that begin with Q are ggml's: Q8_0, Q4_0 and Q4_1 have blocks of 32 along K with a scale
/// (and minimum) in binary16, Q4_K and Q6_K super-blocks of 256 whose blocks have integer scales of their own.
typedef int32_t spyre_type;

enum {
    SPYRE_TYPE_F32 = 0,
    SPYRE_TYPE_BF16 = 1,
    SPYRE_TYPE_F16 = 2,
    SPYRE_TYPE_I32 = 3,
    SPYRE_TYPE_I8 = 4,
    /// OCP FP8 E4M3 (rev. 1.0, 2023): 4 bits of exponent, 3 of fraction, numbers up to 448, a NaN and no
    /// infinity. Of KV caches alone.
    SPYRE_TYPE_F8_E4M3 = 5,
    SPYRE_TYPE_Q8_0 = 16,
    SPYRE_TYPE_Q4_1 = 17,
    SPYRE_TYPE_Q4_0 = 18,
    SPYRE_TYPE_Q4_K = 19,
    SPYRE_TYPE_Q6_K = 20,
    /// Of sources of weights alone: no image has them.
    SPYRE_TYPE_Q5_0 = 21,
    SPYRE_TYPE_Q5_1 = 22,
    SPYRE_TYPE_Q5_K = 23
};

/// "float32", "bfloat16", "float16", "int32", "int8", "float8_e4m3", "Q8_0", "Q4_1", "Q4_0", "Q4_K", "Q6_K", "Q5_0", "Q5_1",
/// "Q5_K"; null for an unknown type.
const char *spyre_type_name(spyre_type type);

typedef struct spyre_device spyre_device;
typedef struct spyre_buffer spyre_buffer;
typedef struct spyre_stream spyre_stream;
typedef struct spyre_program spyre_program;

/// Where an operand starts: a byte offset into a buffer, or, while a program is captured, into the buffer
/// that a launch will bind to slot `binding` (`buffer` null and `binding` > 0). All zero means "no operand".
typedef struct spyre_span {
    spyre_buffer *buffer;
    uint64_t offset;
    uint32_t binding;
    uint32_t reserved;
} spyre_span;

/// A size that is either fixed (`scalar` 0) or given at launch by scalar number `scalar` (from 1), at most
/// `maximum`.
typedef struct spyre_extent {
    int64_t maximum;
    int32_t scalar;
    int32_t reserved;
} spyre_extent;

static inline spyre_span spyre_span_at(spyre_buffer *buffer, uint64_t offset) {
    spyre_span span = {buffer, offset, 0, 0};
    return span;
}

static inline spyre_span spyre_span_bound(uint32_t binding, uint64_t offset) {
    spyre_span span = {NULL, offset, binding, 0};
    return span;
}

static inline spyre_extent spyre_extent_fixed(int64_t size) {
    spyre_extent extent = {size, 0, 0};
    return extent;
}

static inline spyre_extent spyre_extent_scalar(int64_t maximum, int32_t scalar) {
    spyre_extent extent = {maximum, scalar, 0};
    return extent;
}

/// Clears a descriptor and sets its size.
#define SPYRE_INIT(descriptor)                                                                               \
    (memset((descriptor), 0, sizeof *(descriptor)),                                                          \
     (descriptor)->struct_size = (uint32_t)sizeof *(descriptor))

SPYRE_END_DECLS

#endif
