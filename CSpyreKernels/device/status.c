#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct spyre_error {
    spyre_status status;
    char message[];
};

// Reporting that memory ran out must not need memory.
static const struct {
    spyre_status status;
    char message[32];
} out_of_memory = {SPYRE_STATUS_OUT_OF_HOST_MEMORY, "out of host memory"};

spyre_status spyre_fail(spyre_error **out_error, spyre_status status, const char *format, ...) {
    if (out_error == NULL) return status;
    va_list arguments;
    va_start(arguments, format);
    char text[512];
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t size = length < 0 ? 0 : (size_t)length >= sizeof text ? sizeof text - 1 : (size_t)length;
    spyre_error *error = malloc(sizeof *error + size + 1);
    if (error == NULL) {
        *out_error = (spyre_error *)&out_of_memory;
        return status;
    }
    error->status = status;
    memcpy(error->message, text, size);
    error->message[size] = '\0';
    *out_error = error;
    return status;
}

spyre_status spyre_error_code(const spyre_error *error) {
    return error == NULL ? SPYRE_STATUS_OK : error->status;
}

const char *spyre_error_message(const spyre_error *error) { return error == NULL ? "" : error->message; }

void spyre_error_release(spyre_error *error) {
    if ((const void *)error != (const void *)&out_of_memory) free(error);
}

const char *spyre_status_name(spyre_status status) {
    switch (status) {
    case SPYRE_STATUS_OK: return "SPYRE_STATUS_OK";
    case SPYRE_STATUS_INVALID_ARGUMENT: return "SPYRE_STATUS_INVALID_ARGUMENT";
    case SPYRE_STATUS_OUT_OF_RANGE: return "SPYRE_STATUS_OUT_OF_RANGE";
    case SPYRE_STATUS_BAD_STRUCT_SIZE: return "SPYRE_STATUS_BAD_STRUCT_SIZE";
    case SPYRE_STATUS_BAD_STATE: return "SPYRE_STATUS_BAD_STATE";
    case SPYRE_STATUS_UNSUPPORTED: return "SPYRE_STATUS_UNSUPPORTED";
    case SPYRE_STATUS_OUT_OF_HOST_MEMORY: return "SPYRE_STATUS_OUT_OF_HOST_MEMORY";
    case SPYRE_STATUS_OUT_OF_DEVICE_MEMORY: return "SPYRE_STATUS_OUT_OF_DEVICE_MEMORY";
    case SPYRE_STATUS_EXECUTION_FAULT: return "SPYRE_STATUS_EXECUTION_FAULT";
    case SPYRE_STATUS_INTERNAL: return "SPYRE_STATUS_INTERNAL";
    default: return "SPYRE_STATUS_UNKNOWN";
    }
}

uint32_t spyre_abi_version(void) { return (uint32_t)SPYRE_ABI_MAJOR << 16 | SPYRE_ABI_MINOR; }

const char *spyre_library_version(void) { return "0.1.0"; }

const char *spyre_type_name(spyre_type type) {
    switch (type) {
    case SPYRE_TYPE_F32: return "float32";
    case SPYRE_TYPE_BF16: return "bfloat16";
    case SPYRE_TYPE_F16: return "float16";
    case SPYRE_TYPE_I32: return "int32";
    case SPYRE_TYPE_Q8_0: return "Q8_0";
    case SPYRE_TYPE_I8: return "int8";
    case SPYRE_TYPE_F8_E4M3: return "float8_e4m3";
    case SPYRE_TYPE_Q4_1: return "Q4_1";
    case SPYRE_TYPE_Q4_0: return "Q4_0";
    case SPYRE_TYPE_Q4_K: return "Q4_K";
    case SPYRE_TYPE_Q6_K: return "Q6_K";
    case SPYRE_TYPE_Q5_0: return "Q5_0";
    case SPYRE_TYPE_Q5_1: return "Q5_1";
    case SPYRE_TYPE_Q5_K: return "Q5_K";
    default: return NULL;
    }
}
