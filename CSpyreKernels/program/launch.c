// Entry points for capturing programs and launching them.
#include "program.h"

spyre_status spyre_stream_begin_capture(spyre_stream *stream, spyre_error **out_error) {
    if (stream == NULL) return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "stream is null");
    if (stream->capture != NULL)
        return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE, "the stream is capturing a program already");
    stream->capture = spyre_program_create(stream->device);
    if (stream->capture == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_HOST_MEMORY, "out of host memory");
    return SPYRE_STATUS_OK;
}

spyre_status spyre_stream_end_capture(spyre_stream *stream, spyre_program **out_program,
                                      spyre_error **out_error) {
    if (stream == NULL || out_program == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "stream or out_program is null");
    if (stream->capture == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE, "the stream is not capturing a program");
    *out_program = stream->capture;
    stream->capture = NULL;
    return SPYRE_STATUS_OK;
}

// Barriers were placed on the ground that different slots, and a slot and a captured buffer, are different
// memory.
static spyre_status check_aliases(const spyre_program *program, spyre_buffer *const *bindings,
                                  spyre_error **out_error) {
    for (int i = 0; i < program->binding_count; i++) {
        if (program->binding_bytes[i] == 0) continue;
        for (int j = 0; j < i; j++)
            if (program->binding_bytes[j] != 0 && bindings[i] == bindings[j] &&
                (program->binding_written[i] || program->binding_written[j]))
                return spyre_fail(
                    out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                    "launch: bindings %d and %d are one buffer, and the program writes to %d; bind "
                    "different buffers",
                    j + 1, i + 1, program->binding_written[i] ? i + 1 : j + 1);
        const spyre_captured_buffer *captured = spyre_program_captured(program, bindings[i]);
        if (captured != NULL && (program->binding_written[i] || captured->written))
            return spyre_fail(
                out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                "launch: binding %d is a buffer that the program captured, and the program writes to "
                "%s; bind another buffer",
                i + 1, program->binding_written[i] ? "the binding" : "the captured one");
    }
    return SPYRE_STATUS_OK;
}

static spyre_status check_launch(const spyre_stream *stream, const spyre_program *program,
                                 spyre_buffer *const *bindings, int32_t binding_count, const int64_t *scalars,
                                 int32_t scalar_count, spyre_error **out_error) {
    if (stream->capture != NULL)
        return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE, "launch: the stream is capturing a program");
    if (stream->device != program->device)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "launch: the program is another device's");
    if (binding_count < program->binding_count || scalar_count < program->scalar_count)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "launch: the program takes %d bindings and %d scalars, got %d and %d",
                          program->binding_count, program->scalar_count, binding_count, scalar_count);
    if ((program->binding_count > 0 && bindings == NULL) || (program->scalar_count > 0 && scalars == NULL))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "launch: bindings or scalars are null");
    for (int i = 0; i < program->binding_count; i++) {
        if (program->binding_bytes[i] == 0) continue;
        if (bindings[i] == NULL || bindings[i]->device != program->device ||
            bindings[i]->bytes < program->binding_bytes[i])
            return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_RANGE,
                              "launch: binding %d needs %llu bytes, has %llu", i + 1,
                              (unsigned long long)program->binding_bytes[i],
                              (unsigned long long)spyre_buffer_bytes(bindings[i]));
    }
    spyre_status status = check_aliases(program, bindings, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    for (int i = 0; i < program->scalar_count; i++)
        if (scalars[i] < 0 || scalars[i] > program->scalar_maximum[i])
            return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_RANGE,
                              "launch: scalar %d is %lld, allowed is 0...%lld", i + 1, (long long)scalars[i],
                              (long long)program->scalar_maximum[i]);
    return SPYRE_STATUS_OK;
}

spyre_status spyre_stream_launch(spyre_stream *stream, spyre_program *program, spyre_buffer *const *bindings,
                                 int32_t binding_count, const int64_t *scalars, int32_t scalar_count,
                                 spyre_error **out_error) {
    if (stream == NULL || program == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "launch: stream or program is null");
    spyre_status status =
        check_launch(stream, program, bindings, binding_count, scalars, scalar_count, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    const spyre_work work = {program->ops, program->op_count, program->scratch_bytes, bindings, scalars};
    return stream->device->driver->run(stream, &work, out_error);
}
