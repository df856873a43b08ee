/// Devices, memory, streams and transfers.
#ifndef SPYRE_DEVICE_H
#define SPYRE_DEVICE_H

#include "types.h"

SPYRE_BEGIN_DECLS

enum {
    /// Every buffer lies between two inaccessible pages and ends, rounded up to sticks, where the second
    /// begins: an
    /// access outside stops the process there and then. For tests; a buffer costs two pages of address space
    /// more.
    SPYRE_DEVICE_GUARD = 1
};

typedef struct spyre_device_desc {
    uint32_t struct_size;
    /// Threads that run a step, at most 1024. 0 takes OMP_NUM_THREADS when it is set, or else the processors
    /// that this process may use: its affinity, and the quota of its control groups rounded up.
    int32_t threads;
    /// Largest sum of live buffers in bytes; 0 for no limit.
    uint64_t memory_limit;
    /// "reference", "avx2", "avx512", or null: the best that the processor has, or what SPYRE_ISA names.
    const char *isa;
    /// SPYRE_DEVICE_GUARD, or 0. UNSUPPORTED when another bit is set.
    uint32_t flags;
    uint32_t reserved;
} spyre_device_desc;

/// What a device is and what it can do. Strings live as long as the device.
typedef struct spyre_device_info {
    uint32_t struct_size;
    int32_t threads;
    const char *name;
    const char *isa;
    uint64_t memory_limit;
    uint64_t memory_used;
    uint64_t address_alignment;
    uint64_t maximum_buffer_bytes;
    int32_t maximum_bindings;
    int32_t maximum_scalars;
} spyre_device_info;

/// Opens the host device. `desc` may be null for defaults. Fails with UNSUPPORTED when the named instruction
/// set is not to be had on this processor (the message says which feature it lacks), INVALID_ARGUMENT for an
/// unknown name, when threads or OMP_NUM_THREADS are not in 1...1024, or for a value of OMP_WAIT_POLICY or
/// KMP_BLOCKTIME that is none. SPYRE_GEMM=openblas in the environment (see `spyre_gemm_desc`) fails with
/// UNSUPPORTED where OpenBLAS is not installed.
///
/// "avx512" needs AVX-512 F, BW, VL, DQ, VNNI and BF16, "avx2" AVX2, FMA and F16C; a processor without all of
/// a set gets the one before it.
spyre_status spyre_device_open(const spyre_device_desc *desc, spyre_device **out_device,
                               spyre_error **out_error);

/// Closes a device; null is allowed. BAD_STATE when buffers, streams or programs of it are alive: it then
/// stays open.
spyre_status spyre_device_close(spyre_device *device, spyre_error **out_error);

/// Fills `info`, whose `struct_size` the caller has set.
spyre_status spyre_device_query(const spyre_device *device, spyre_device_info *info, spyre_error **out_error);

/// Reserves `bytes` (at least 1), aligned to SPYRE_STICK_BYTES, contents zero. OUT_OF_DEVICE_MEMORY past the
/// limit.
spyre_status spyre_buffer_create(spyre_device *device, uint64_t bytes, spyre_buffer **out_buffer,
                                 spyre_error **out_error);

/// Releases a buffer; null is allowed. The caller makes sure that no stream uses it and no program names it.
void spyre_buffer_release(spyre_buffer *buffer);

uint64_t spyre_buffer_bytes(const spyre_buffer *buffer);

/// Creates a FIFO of work. The host device runs an op before the enqueuing call returns, on the calling
/// thread and `threads` - 1 workers of the stream's own, which start with the first work. Any thread may use
/// a stream, one at a time.
///
/// A worker without work spins for 2 ms, so that a launch soon after the last one starts in a fraction of a
/// microsecond, and then sleeps: an idle stream uses no processor time. A thread that waits for others inside
/// of a launch spins for 200 us first. OMP_WAIT_POLICY=active makes both spin for ever, =passive not at all,
/// and KMP_BLOCKTIME=<milliseconds|infinite> sets the first. Workers keep off the processor on which the
/// launching thread runs, within the affinity that it had when they started; OMP_PROC_BIND=false leaves that
/// to the system. Workers do not outlive a fork: a child opens a device of its own.
spyre_status spyre_stream_create(spyre_device *device, spyre_stream **out_stream, spyre_error **out_error);

/// Releases a stream; null is allowed. A capture under way is dropped.
void spyre_stream_release(spyre_stream *stream);

/// Waits until all that was enqueued is done.
spyre_status spyre_stream_synchronize(spyre_stream *stream, spyre_error **out_error);

/// Copies `bytes` from host memory to `target`. The host memory has to stay valid until the stream is
/// synchronised.
spyre_status spyre_stream_write(spyre_stream *stream, const void *source, spyre_span target, uint64_t bytes,
                                spyre_error **out_error);

/// Copies `bytes` from `source` to host memory, complete after the next synchronise.
spyre_status spyre_stream_read(spyre_stream *stream, spyre_span source, void *target, uint64_t bytes,
                               spyre_error **out_error);

/// Copies `bytes` between buffers of one device. The ranges must not overlap.
spyre_status spyre_stream_copy(spyre_stream *stream, spyre_span source, spyre_span target, uint64_t bytes,
                               spyre_error **out_error);

/// Sets `bytes` of `target` to `value`.
spyre_status spyre_stream_fill(spyre_stream *stream, spyre_span target, uint8_t value, uint64_t bytes,
                               spyre_error **out_error);

SPYRE_END_DECLS

#endif
