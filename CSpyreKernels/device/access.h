// What an op reads and writes, and when two operands may not share memory.
#ifndef SPYRE_ACCESS_H
#define SPYRE_ACCESS_H

#include "../include/spyre/types.h"

#include <stdbool.h>

// Bytes that an op reads or writes, at the largest extents.
typedef struct spyre_access {
    const char *operand;
    spyre_span span;
    // From the first byte to the last.
    uint64_t bytes;
    bool writes;
    // Several rows: bytes of one, and from one to the next. A single run of bytes: all of them, and 0.
    uint64_t row_bytes;
    uint64_t stride;
    // Places in the op's list, as bits: operands that this one, which is written, may be exactly.
    uint32_t in_place;
} spyre_access;

// Bytes from the first to the last float of `rows` rows of `columns` with a stride.
static inline uint64_t spyre_rows_bytes(int64_t rows, int64_t stride, int64_t columns) {
    return rows <= 0 ? 0 : ((uint64_t)(rows - 1) * (uint64_t)stride + (uint64_t)columns) * sizeof(float);
}

static inline spyre_access spyre_reads(const char *operand, spyre_span span, uint64_t bytes) {
    return (spyre_access){.operand = operand, .span = span, .bytes = bytes, .row_bytes = bytes};
}

// Rows of floats; sizes in elements.
static inline spyre_access spyre_reads_rows(const char *operand, spyre_span span, int64_t rows,
                                            int64_t stride, int64_t columns) {
    spyre_access access = spyre_reads(operand, span, spyre_rows_bytes(rows, stride, columns));
    access.row_bytes = (uint64_t)columns * sizeof(float);
    access.stride = rows > 1 ? (uint64_t)stride * sizeof(float) : 0;
    return access;
}

static inline spyre_access spyre_writes(const char *operand, spyre_span span, uint64_t bytes) {
    spyre_access access = spyre_reads(operand, span, bytes);
    access.writes = true;
    return access;
}

// `in_place`: see spyre_access.
static inline spyre_access spyre_writes_rows(const char *operand, spyre_span span, int64_t rows,
                                             int64_t stride, int64_t columns, uint32_t in_place) {
    spyre_access access = spyre_reads_rows(operand, span, rows, stride, columns);
    access.writes = true;
    access.in_place = in_place;
    return access;
}

static inline bool spyre_span_present(spyre_span span) { return span.buffer != NULL || span.binding != 0; }

// Whether the byte ranges meet, from the first byte of each to its last. A launch sees to it that different
// slots, and a slot and a captured buffer, are different memory where one of them is written.
bool spyre_ranges_meet(const spyre_access *a, const spyre_access *b);

// Whether a byte belongs to both: rows of one may lie between the rows of the other.
bool spyre_accesses_overlap(const spyre_access *a, const spyre_access *b);

#endif
