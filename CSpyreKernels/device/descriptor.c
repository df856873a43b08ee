// Descriptors of callers that were compiled against an older or a newer header.
#include "internal.h"

// Past this the size is an uninitialised field, and walking the tail would leave the caller's memory.
enum { LARGEST_SIZE = 4096 };

static spyre_status read_size(const void *source, const char *name, uint32_t *out_size,
                              spyre_error **out_error) {
    memcpy(out_size, source, sizeof *out_size);
    // Every descriptor is as large as a multiple of its widest fields: no other size leaves a pointer whole.
    if (*out_size >= 8 && *out_size <= LARGEST_SIZE && *out_size % 8 == 0) return SPYRE_STATUS_OK;
    return spyre_fail(out_error, SPYRE_STATUS_BAD_STRUCT_SIZE,
                      "%s: struct_size is %u, not a multiple of 8 in 8...%d; set it with SPYRE_INIT", name,
                      *out_size, LARGEST_SIZE);
}

spyre_status spyre_read_descriptor(const void *source, void *target, uint32_t size, const char *name,
                                   spyre_error **out_error) {
    uint32_t given;
    spyre_status status = read_size(source, name, &given, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    for (uint32_t i = size; i < given; i++)
        if (((const uint8_t *)source)[i] != 0)
            return spyre_fail(
                out_error, SPYRE_STATUS_BAD_STRUCT_SIZE,
                "%s: byte %u of the descriptor is set, but this library knows %u bytes; it is older than "
                "the caller's header",
                name, i, size);
    memset(target, 0, size);
    memcpy(target, source, given < size ? given : size);
    memcpy(target, &size, sizeof size);
    return SPYRE_STATUS_OK;
}

spyre_status spyre_write_info(void *target, const void *source, uint32_t size, const char *name,
                              spyre_error **out_error) {
    uint32_t given;
    spyre_status status = read_size(target, name, &given, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    uint32_t known = given < size ? given : size;
    memcpy((uint8_t *)target + sizeof given, (const uint8_t *)source + sizeof given, known - sizeof given);
    memset((uint8_t *)target + known, 0, given - known);
    return SPYRE_STATUS_OK;
}
