// What a kind of device does, behind one table of functions. The entry points of the ABI check their
// arguments and then make one call through it, so a driver relies on what they have checked: handles and
// spans are sound, sizes are in range, and bytes are not 0.
#ifndef SPYRE_DRIVER_H
#define SPYRE_DRIVER_H

#include "internal.h"

typedef struct spyre_op_record {
    const spyre_op_class *op;
    void *desc;
    // A barrier has to pass before this op starts.
    bool barrier;
} spyre_op_record;

// Ops to run one after another, and what they need: a captured program, or one op.
typedef struct spyre_work {
    const spyre_op_record *ops;
    int count;
    uint64_t scratch_bytes;
    spyre_buffer *const *bindings;
    const int64_t *scalars;
} spyre_work;

struct spyre_driver {
    const char *name;

    // Makes a device with `threads`, `isa` and `kernels` set. The caller fills in the rest.
    spyre_status (*open_device)(const spyre_device_desc *desc, spyre_device **out_device,
                                spyre_error **out_error);
    void (*close_device)(spyre_device *device);

    // Makes a buffer of `bytes`, all zero, or returns null when there is no memory for it. The memory limit
    // is the caller's.
    spyre_buffer *(*create_buffer)(spyre_device *device, uint64_t bytes);
    void (*release_buffer)(spyre_buffer *buffer);

    spyre_stream *(*create_stream)(spyre_device *device);
    void (*release_stream)(spyre_stream *stream);

    // Transfers, in the order of the stream.
    spyre_status (*write)(spyre_stream *stream, const void *source, spyre_span target, uint64_t bytes,
                          spyre_error **out_error);
    spyre_status (*read)(spyre_stream *stream, spyre_span source, void *target, uint64_t bytes,
                         spyre_error **out_error);
    spyre_status (*copy)(spyre_stream *stream, spyre_span source, spyre_span target, uint64_t bytes,
                         spyre_error **out_error);
    spyre_status (*fill)(spyre_stream *stream, spyre_span target, uint8_t value, uint64_t bytes,
                         spyre_error **out_error);
    // Packs weight rows; the source has been read when the call returns.
    spyre_status (*pack_weight)(spyre_stream *stream, const spyre_weight_pack_desc *desc, spyre_span target,
                                spyre_error **out_error);

    // Enqueues ops. The list, bindings and scalars need to live no longer than the call, the ops' buffers do.
    spyre_status (*run)(spyre_stream *stream, const spyre_work *work, spyre_error **out_error);
    // Waits for all that was enqueued.
    spyre_status (*synchronize)(spyre_stream *stream, spyre_error **out_error);
};

// The processors of this host.
extern const spyre_driver spyre_host_driver;

#endif
