#include "internal.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

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
            return spyre_fail(
                out_error, SPYRE_STATUS_UNSUPPORTED,
                "this processor does not have the instruction set '%s'; the best it has is '%s'", name,
                spyre_isa_name(best));
        *out_isa = (spyre_isa)isa;
        return SPYRE_STATUS_OK;
    }
    return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                      "unknown instruction set '%s'; use reference, avx2 or avx512", name);
}

spyre_status spyre_device_open(const spyre_device_desc *desc, spyre_device **out_device,
                               spyre_error **out_error) {
    if (out_device == NULL) return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "out_device is null");
    spyre_device_desc d;
    SPYRE_INIT(&d);
    spyre_status status = desc == NULL
                              ? SPYRE_STATUS_OK
                              : spyre_read_descriptor(desc, &d, sizeof d, "spyre_device_desc", out_error);
    if (status != SPYRE_STATUS_OK) return status;
    if (d.threads < 0 || d.threads > 1024)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "threads must be in 0...1024, got %d",
                          d.threads);
    if ((d.flags & ~(uint32_t)SPYRE_DEVICE_GUARD) != 0)
        return spyre_fail(out_error, SPYRE_STATUS_UNSUPPORTED, "unknown device flags 0x%x", d.flags);
    spyre_isa isa;
    status = choose_isa(d.isa, &isa, out_error);
    if (status != SPYRE_STATUS_OK) return status;

    spyre_device *device = calloc(1, sizeof *device);
    if (device == NULL) return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_HOST_MEMORY, "out of host memory");
    device->threads = d.threads != 0 ? d.threads : omp_get_max_threads();
    device->isa = isa;
    device->memory_limit = d.memory_limit;
    device->flags = d.flags;
    spyre_kernels_select(isa, &device->kernels);
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
    free(device);
    return SPYRE_STATUS_OK;
}

spyre_status spyre_device_query(const spyre_device *device, spyre_device_info *info,
                                spyre_error **out_error) {
    if (device == NULL || info == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "device or info is null");
    const spyre_device_info known = {
        .struct_size = sizeof known,
        .threads = device->threads,
        .name = "host",
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

// Anonymous pages are zero and page-aligned; large ones ask for huge pages, which a streaming kernel likes.
static bool map_plain(spyre_buffer *buffer) {
    void *data =
        mmap(NULL, buffer->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED) return false;
    if (buffer->bytes >= (uint64_t)1 << 21) (void)madvise(data, buffer->bytes, MADV_HUGEPAGE);
    buffer->data = data;
    buffer->mapping = data;
    buffer->mapping_bytes = buffer->bytes;
    return true;
}

// An inaccessible page on each side, and the data, rounded up to sticks, ends where the second one begins.
static bool map_guarded(spyre_buffer *buffer) {
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t pages = spyre_round_up(buffer->bytes, page);
    buffer->mapping_bytes = pages + 2 * page;
    buffer->mapping =
        mmap(NULL, buffer->mapping_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (buffer->mapping == MAP_FAILED) return false;
    uint8_t *first = (uint8_t *)buffer->mapping + page;
    if (mprotect(first, pages, PROT_READ | PROT_WRITE) != 0) {
        (void)munmap(buffer->mapping, buffer->mapping_bytes);
        return false;
    }
    buffer->data = first + pages - spyre_round_up(buffer->bytes, SPYRE_STICK_BYTES);
    return true;
}

spyre_status spyre_buffer_create(spyre_device *device, uint64_t bytes, spyre_buffer **out_buffer,
                                 spyre_error **out_error) {
    if (device == NULL || out_buffer == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "device or out_buffer is null");
    if (bytes == 0 || bytes > SPYRE_MAXIMUM_BUFFER_BYTES)
        return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_RANGE, "a buffer has 1 byte to 1 TiB, not %llu",
                          (unsigned long long)bytes);
    spyre_buffer *buffer = calloc(1, sizeof *buffer);
    if (buffer == NULL) return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_HOST_MEMORY, "out of host memory");
    buffer->device = device;
    buffer->bytes = bytes;
    uint64_t used;
    bool taken = take_memory(device, bytes, &used);
    if (!taken || !((device->flags & SPYRE_DEVICE_GUARD) != 0 ? map_guarded(buffer) : map_plain(buffer))) {
        if (taken) atomic_fetch_sub(&device->memory_used, bytes);
        free(buffer);
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
    (void)munmap(buffer->mapping, buffer->mapping_bytes);
    atomic_fetch_sub(&buffer->device->memory_used, buffer->bytes);
    atomic_fetch_sub(&buffer->device->live_objects, 1);
    free(buffer);
}

uint64_t spyre_buffer_bytes(const spyre_buffer *buffer) { return buffer == NULL ? 0 : buffer->bytes; }
