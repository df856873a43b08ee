/// Programs: captured op lists that run in one parallel region.
#ifndef SPYRE_PROGRAM_H
#define SPYRE_PROGRAM_H

#include "types.h"

SPYRE_BEGIN_DECLS

/// From here on the stream records ops instead of running them. Transfers are refused until the capture ends.
/// BAD_STATE when a capture is under way.
spyre_status spyre_stream_begin_capture(spyre_stream *stream, spyre_error **out_error);

/// Ends the capture and makes a program of it. The program refers to the buffers that its ops named: they
/// must live as long as it does. The program may be launched on any stream of the device, by one thread at a
/// time.
spyre_status spyre_stream_end_capture(spyre_stream *stream, spyre_program **out_program,
                                      spyre_error **out_error);

typedef struct spyre_program_info {
    uint32_t struct_size;
    int32_t ops;
    /// Barriers between the ops of one launch.
    int32_t barriers;
    int32_t bindings;
    int32_t scalars;
    /// Barriers inside the ops of a launch with every scalar at its captured maximum. A smaller launch may
    /// have more or fewer: a matmul has one when its threads prepare the rows together and then share out
    /// columns, which is so for neither few nor very many rows; attention that writes has one when a sequence
    /// has several rows, or when a row fills a block.
    int32_t inner_barriers;
    uint64_t scratch_bytes;
} spyre_program_info;

spyre_status spyre_program_query(const spyre_program *program, spyre_program_info *info,
                                 spyre_error **out_error);

/// Runs a program with `bindings[i]` in slot i + 1 and `scalars[i]` as scalar i + 1. OUT_OF_RANGE when a
/// scalar is negative or above its captured maximum, or a bound buffer is smaller than the ops need.
/// Different slots are different memory, also from the buffers that the program captured: ops on them run
/// side by side. INVALID_ARGUMENT when one buffer is in two slots, or in a slot and captured, and an op
/// writes to either, whatever the ranges; read-only operands may share. Slots that no op uses are not looked
/// at.
spyre_status spyre_stream_launch(spyre_stream *stream, spyre_program *program, spyre_buffer *const *bindings,
                                 int32_t binding_count, const int64_t *scalars, int32_t scalar_count,
                                 spyre_error **out_error);

/// Releases a program; null is allowed.
void spyre_program_release(spyre_program *program);

SPYRE_END_DECLS

#endif
