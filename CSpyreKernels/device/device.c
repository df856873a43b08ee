// Entry points for devices and buffers.
#include "driver.h"
#include "host.h"

spyre_status spyre_device_open(const spyre_device_desc *desc, spyre_device **out_device,
                               spyre_error **out_error) {
    if (out_device == NULL) return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "out_device is null");
    spyre_device_desc d;
    SPYRE_INIT(&d);
    spyre_status status = desc == NULL
                              ? SPYRE_STATUS_OK
                              : spyre_read_descriptor(desc, &d, sizeof d, "spyre_device_desc", out_error);
    if (status != SPYRE_STATUS_OK) return status;
    if (d.threads < 0 || d.threads > SPYRE_MAXIMUM_THREADS)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "threads must be in 0...%d, got %d",
                          SPYRE_MAXIMUM_THREADS, d.threads);
    if ((d.flags & ~(uint32_t)SPYRE_DEVICE_GUARD) != 0)
        return spyre_fail(out_error, SPYRE_STATUS_UNSUPPORTED, "unknown device flags 0x%x", d.flags);
    const spyre_driver *driver = &spyre_host_driver;
    spyre_device *device;
    status = driver->open_device(&d, &device, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    device->driver = driver;
    device->memory_limit = d.memory_limit;
    device->flags = d.flags;
    *out_device = device;
    return SPYRE_STATUS_OK;
}

spyre_status spyre_device_close(spyre_device *device, spyre_error **out_error) {
    if (device == NULL) return SPYRE_STATUS_OK;
    int64_t live = device->live_objects;
    if (live != 0)
        return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE,
                          "the device has %lld live buffers, streams or programs; release them first",
                          (long long)live);
    device->driver->close_device(device);
    return SPYRE_STATUS_OK;
}

spyre_status spyre_device_query(const spyre_device *device, spyre_device_info *info,
                                spyre_error **out_error) {
    if (device == NULL || info == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "device or info is null");
    const spyre_device_info known = {
        .struct_size = sizeof known,
        .threads = device->threads,
        .name = device->driver->name,
        .isa = spyre_isa_name(device->isa),
        .memory_limit = device->memory_limit,
        .memory_used = device->memory_used,
        .address_alignment = SPYRE_STICK_BYTES,
        .maximum_buffer_bytes = SPYRE_MAXIMUM_BUFFER_BYTES,
        .maximum_bindings = SPYRE_MAXIMUM_BINDINGS,
        .maximum_scalars = SPYRE_MAXIMUM_SCALARS,
    };
    return spyre_write_info(info, &known, sizeof known, "spyre_device_info", out_error);
}

// Counts `bytes` against the limit. Compare and exchange, so that of two calls at once the one that fits
// succeeds.
static bool take_memory(spyre_device *device, uint64_t bytes, uint64_t *out_used) {
    uint64_t used = atomic_load(&device->memory_used);
    do {
        *out_used = used;
        if (device->memory_limit != 0 && (used > device->memory_limit || bytes > device->memory_limit - used))
            return false;
    } while (!atomic_compare_exchange_weak(&device->memory_used, &used, used + bytes));
    return true;
}

spyre_status spyre_buffer_create(spyre_device *device, uint64_t bytes, spyre_buffer **out_buffer,
                                 spyre_error **out_error) {
    if (device == NULL || out_buffer == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "device or out_buffer is null");
    if (bytes == 0 || bytes > SPYRE_MAXIMUM_BUFFER_BYTES)
        return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_RANGE, "a buffer has 1 byte to 1 TiB, not %llu",
                          (unsigned long long)bytes);
    uint64_t used;
    bool taken = take_memory(device, bytes, &used);
    spyre_buffer *buffer = taken ? device->driver->create_buffer(device, bytes) : NULL;
    if (buffer == NULL) {
        if (taken) atomic_fetch_sub(&device->memory_used, bytes);
        return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_DEVICE_MEMORY,
                          "no device memory for %llu bytes (%llu in use, limit %llu)",
                          (unsigned long long)bytes, (unsigned long long)used,
                          (unsigned long long)device->memory_limit);
    }
    atomic_fetch_add(&device->live_objects, 1);
    *out_buffer = buffer;
    return SPYRE_STATUS_OK;
}

void spyre_buffer_release(spyre_buffer *buffer) {
    if (buffer == NULL) return;
    spyre_device *device = buffer->device;
    atomic_fetch_sub(&device->memory_used, buffer->bytes);
    device->driver->release_buffer(buffer);
    atomic_fetch_sub(&device->live_objects, 1);
}

uint64_t spyre_buffer_bytes(const spyre_buffer *buffer) { return buffer == NULL ? 0 : buffer->bytes; }
