// Entry points for streams and transfers.
#include "../program/program.h"

spyre_status spyre_stream_create(spyre_device *device, spyre_stream **out_stream, spyre_error **out_error) {
    if (device == NULL || out_stream == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "device or out_stream is null");
    spyre_stream *stream = device->driver->create_stream(device);
    if (stream == NULL) return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_HOST_MEMORY, "out of host memory");
    atomic_fetch_add(&device->live_objects, 1);
    *out_stream = stream;
    return SPYRE_STATUS_OK;
}

void spyre_stream_release(spyre_stream *stream) {
    if (stream == NULL) return;
    spyre_program_release(stream->capture);
    spyre_device *device = stream->device;
    device->driver->release_stream(stream);
    atomic_fetch_sub(&device->live_objects, 1);
}

spyre_status spyre_stream_synchronize(spyre_stream *stream, spyre_error **out_error) {
    if (stream == NULL) return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "stream is null");
    return stream->device->driver->synchronize(stream, out_error);
}

static spyre_status check_range(spyre_span span, uint64_t bytes, const char *op, const char *operand,
                                spyre_error **out_error) {
    // What a launch will bind is not known yet, but it is a buffer too.
    uint64_t size = span.buffer == NULL ? SPYRE_MAXIMUM_BUFFER_BYTES : span.buffer->bytes;
    if (span.offset <= size && bytes <= size - span.offset) return SPYRE_STATUS_OK;
    return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_RANGE,
                      "%s: %s needs %llu bytes at offset %llu, the buffer has %llu", op, operand,
                      (unsigned long long)bytes, (unsigned long long)span.offset, (unsigned long long)size);
}

spyre_status spyre_check_span(spyre_span span, uint64_t bytes, const char *op, const char *operand,
                              spyre_error **out_error) {
    if (span.offset % 4 != 0)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "%s: %s is at offset %llu, not a multiple of 4", op, operand,
                          (unsigned long long)span.offset);
    return check_range(span, bytes, op, operand, out_error);
}

// Transfers run at once, so they cannot be part of a capture and need real buffers of the stream's device.
static spyre_status check_transfer(const spyre_stream *stream, spyre_span span, uint64_t bytes,
                                   const char *name, spyre_error **out_error) {
    if (stream == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "%s: stream is null", name);
    if (stream->capture != NULL)
        return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE, "%s: the stream is capturing a program", name);
    if (span.buffer == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "%s: the span has no buffer", name);
    if (span.buffer->device != stream->device)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "%s: the buffer is another device's",
                          name);
    return check_range(span, bytes, name, "device memory", out_error);
}

spyre_status spyre_stream_write(spyre_stream *stream, const void *source, spyre_span target, uint64_t bytes,
                                spyre_error **out_error) {
    spyre_status status = check_transfer(stream, target, bytes, "write", out_error);
    if (status != SPYRE_STATUS_OK || bytes == 0) return status;
    if (source == NULL) return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "write: source is null");
    return stream->device->driver->write(stream, source, target, bytes, out_error);
}

spyre_status spyre_stream_read(spyre_stream *stream, spyre_span source, void *target, uint64_t bytes,
                               spyre_error **out_error) {
    spyre_status status = check_transfer(stream, source, bytes, "read", out_error);
    if (status != SPYRE_STATUS_OK || bytes == 0) return status;
    if (target == NULL) return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "read: target is null");
    return stream->device->driver->read(stream, source, target, bytes, out_error);
}

spyre_status spyre_stream_copy(spyre_stream *stream, spyre_span source, spyre_span target, uint64_t bytes,
                               spyre_error **out_error) {
    spyre_status status = check_transfer(stream, source, bytes, "copy", out_error);
    if (status == SPYRE_STATUS_OK) status = check_transfer(stream, target, bytes, "copy", out_error);
    if (status != SPYRE_STATUS_OK || bytes == 0) return status;
    if (source.buffer == target.buffer && source.offset < target.offset + bytes &&
        target.offset < source.offset + bytes)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "copy: the ranges overlap");
    return stream->device->driver->copy(stream, source, target, bytes, out_error);
}

spyre_status spyre_stream_fill(spyre_stream *stream, spyre_span target, uint8_t value, uint64_t bytes,
                               spyre_error **out_error) {
    spyre_status status = check_transfer(stream, target, bytes, "fill", out_error);
    if (status != SPYRE_STATUS_OK || bytes == 0) return status;
    return stream->device->driver->fill(stream, target, value, bytes, out_error);
}
