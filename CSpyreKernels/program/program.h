// Captured op lists.
#ifndef SPYRE_PROGRAM_INTERNAL_H
#define SPYRE_PROGRAM_INTERNAL_H

#include "../device/driver.h"

// A buffer that ops name by itself, and whether one of them writes to it.
typedef struct spyre_captured_buffer {
    const spyre_buffer *buffer;
    bool written;
} spyre_captured_buffer;

// What a binding or a scalar must offer, collected over all ops.
struct spyre_program {
    spyre_device *device;
    spyre_op_record *ops;
    int op_count;
    int op_capacity;
    int binding_count;
    int scalar_count;
    int barrier_count;
    uint64_t scratch_bytes;
    uint64_t binding_bytes[SPYRE_MAXIMUM_BINDINGS];
    bool binding_written[SPYRE_MAXIMUM_BINDINGS];
    int64_t scalar_maximum[SPYRE_MAXIMUM_SCALARS];
    // In the order of their addresses.
    spyre_captured_buffer *captured;
    int captured_count;
    int captured_capacity;
    // Whether an op since the last barrier uses scratch, and the accesses since then.
    bool scratch_pending;
    spyre_access *pending;
    int pending_count;
    int pending_capacity;
};

spyre_program *spyre_program_create(spyre_device *device);

// Appends an op that has been checked, and decides whether a barrier is needed before it.
spyre_status spyre_program_append(spyre_program *program, const spyre_op_class *op, const void *desc,
                                  spyre_error **out_error);

// The captured buffer, or null when no op names it.
const spyre_captured_buffer *spyre_program_captured(const spyre_program *program, const spyre_buffer *buffer);

#endif
