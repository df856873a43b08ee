// Captured op lists.
#ifndef SPYRE_PROGRAM_INTERNAL_H
#define SPYRE_PROGRAM_INTERNAL_H

#include "../device/internal.h"

typedef struct spyre_op_record {
    const spyre_op_class *op;
    void *desc;
    // A barrier has to pass before this op starts.
    bool barrier;
} spyre_op_record;

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
    int64_t scalar_maximum[SPYRE_MAXIMUM_SCALARS];
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

#endif
