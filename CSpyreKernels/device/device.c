#include "internal.h"

#include <stdlib.h>
#include <sys/mman.h>

extern int omp_get_max_threads(void);
extern int omp_get_num_procs(void);

static spyre_status choose_isa(const char *name, spyre_isa *out_isa, spyre_error **out_error) {
    spyre_isa best = spyre_isa_best();
    if (name == NULL) name = getenv("SPYRE_ISA");
    if (name == NULL || name[0] == '\0') {
        *out_isa = best;
        return SPYRE_STATUS_OK;
    }
    for (int isa = SPYRE_ISA_REFERENCE; isa <= SPYRE_ISA_AVX512; isa++) {
        if (strcmp(name, spyre_isa_name((spyre_isa)isa)) != 0) continue;
        if (isa > (int)best)
            return spyre_fail(out_error, SPYRE_STATUS_UNSUPPORTED,
                              "this processor does not have the instruction set '%s'; the best it has is '%s'", name,
                              spyre_isa_name(best));
        *out_isa = (spyre_isa)isa;
        return SPYRE_STATUS_OK;
    }
    return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                      "unknown instruction set '%s'; use reference, avx2 or avx512", name);
}

spyre_status spyre_device_open(const spyre_device_desc *desc, spyre_device **out_device, spyre_error **out_error) {
    if (out_device == NULL) return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "out_device is null");
    spyre_device_desc defaults;
    SPYRE_INIT(&defaults);
    if (desc == NULL) desc = &defaults;
    if (desc->struct_size != sizeof *desc)
        return spyre_fail(out_error, SPYRE_STATUS_BAD_STRUCT_SIZE, "spyre_device_desc has %u bytes, expected %zu",
                          desc->struct_size, sizeof *desc);
    if (desc->threads < 0 || desc->threads > 1024)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "threads must be in 0...1024, got %d",
                          desc->threads);
    spyre_isa isa;
    spyre_status status = choose_isa(desc->isa, &isa, out_error);
    if (status != SPYRE_STATUS_OK) return status;

    spyre_device *device = calloc(1, sizeof *device);
    if (device == NULL) return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_HOST_MEMORY, "out of host memory");
    device->threads = desc->threads != 0 ? desc->threads : omp_get_max_threads();
    device->isa = isa;
    device->memory_limit = desc->memory_limit;
    spyre_kernels_select(isa, &device->kernels);
    *out_device = device;
    return SPYRE_STATUS_OK;
}

spyre_status spyre_device_close(spyre_device *device, spyre_error **out_error) {
    if (device == NULL) return SPYRE_STATUS_OK;
    int64_t live = device->live_objects;
    if (live != 0)
        return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE,
                          "the device has %lld live buffers, streams or programs; release them first", (long long)live);
    free(device);
    return SPYRE_STATUS_OK;
}

spyre_status spyre_device_query(const spyre_device *device, spyre_device_info *info, spyre_error **out_error) {
    if (device == NULL || info == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "device or info is null");
    if (info->struct_size != sizeof *info)
        return spyre_fail(out_error, SPYRE_STATUS_BAD_STRUCT_SIZE, "spyre_device_info has %u bytes, expected %zu",
                          info->struct_size, sizeof *info);
    info->threads = device->threads;
    info->name = "host";
    info->isa = spyre_isa_name(device->isa);
    info->memory_limit = device->memory_limit;
    info->memory_used = device->memory_used;
    info->address_alignment = SPYRE_STICK_BYTES;
    info->maximum_buffer_bytes = (uint64_t)1 << 40;
    info->maximum_bindings = SPYRE_MAXIMUM_BINDINGS;
    info->maximum_scalars = SPYRE_MAXIMUM_SCALARS;
    return SPYRE_STATUS_OK;
}

spyre_status spyre_buffer_create(spyre_device *device, uint64_t bytes, spyre_buffer **out_buffer,
                                 spyre_error **out_error) {
    if (device == NULL || out_buffer == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "device or out_buffer is null");
    if (bytes == 0 || bytes > (uint64_t)1 << 40)
        return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_RANGE, "a buffer has 1 byte to 1 TiB, not %llu",
                          (unsigned long long)bytes);
    uint64_t used = atomic_fetch_add(&device->memory_used, bytes) + bytes;
    spyre_buffer *buffer = NULL;
    if (device->memory_limit == 0 || used <= device->memory_limit) buffer = calloc(1, sizeof *buffer);
    // Anonymous pages are zero and page-aligned; large ones ask for huge pages, which a streaming kernel likes.
    void *data = MAP_FAILED;
    if (buffer != NULL)
        data = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED) {
        free(buffer);
        atomic_fetch_sub(&device->memory_used, bytes);
        return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_DEVICE_MEMORY,
                          "no device memory for %llu bytes (%llu in use, limit %llu)", (unsigned long long)bytes,
                          (unsigned long long)(used - bytes), (unsigned long long)device->memory_limit);
    }
    if (bytes >= (uint64_t)1 << 21) (void)madvise(data, bytes, MADV_HUGEPAGE);
    buffer->device = device;
    buffer->bytes = bytes;
    buffer->data = data;
    atomic_fetch_add(&device->live_objects, 1);
    *out_buffer = buffer;
    return SPYRE_STATUS_OK;
}

void spyre_buffer_release(spyre_buffer *buffer) {
    if (buffer == NULL) return;
    (void)munmap(buffer->data, buffer->bytes);
    atomic_fetch_sub(&buffer->device->memory_used, buffer->bytes);
    atomic_fetch_sub(&buffer->device->live_objects, 1);
    free(buffer);
}

uint64_t spyre_buffer_bytes(const spyre_buffer *buffer) { return buffer == NULL ? 0 : buffer->bytes; }
