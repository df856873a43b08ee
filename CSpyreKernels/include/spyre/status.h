/// Status codes, errors and versions.
#ifndef SPYRE_STATUS_H
#define SPYRE_STATUS_H

#include <stdint.h>

// What stands between these two is C, and exported by a library that is compiled with hidden visibility.
#if defined(__GNUC__)
#define SPYRE_EXPORT_BEGIN _Pragma("GCC visibility push(default)")
#define SPYRE_EXPORT_END _Pragma("GCC visibility pop")
#else
#define SPYRE_EXPORT_BEGIN
#define SPYRE_EXPORT_END
#endif
#if defined(__cplusplus)
#define SPYRE_BEGIN_DECLS SPYRE_EXPORT_BEGIN extern "C" {
#define SPYRE_END_DECLS } SPYRE_EXPORT_END
#else
#define SPYRE_BEGIN_DECLS SPYRE_EXPORT_BEGIN
#define SPYRE_END_DECLS SPYRE_EXPORT_END
#endif

#define SPYRE_ABI_MAJOR 0
#define SPYRE_ABI_MINOR 1

SPYRE_BEGIN_DECLS

/// Outcome of a call. The range says what to do: 0 success; 100 to 149 the caller is wrong and nothing
/// happened; 200 to 249 retry later, nothing happened; 300 to 349 the stream is dead; 400 to 449 the device
/// is lost; 500 a defect of the library. Numbers are never reused; treat an unknown one by its range.
typedef int32_t spyre_status;

enum {
    SPYRE_STATUS_OK = 0,
    SPYRE_STATUS_INVALID_ARGUMENT = 100,
    SPYRE_STATUS_OUT_OF_RANGE = 101,
    SPYRE_STATUS_BAD_STRUCT_SIZE = 102,
    SPYRE_STATUS_BAD_STATE = 104,
    SPYRE_STATUS_UNSUPPORTED = 105,
    SPYRE_STATUS_OUT_OF_HOST_MEMORY = 200,
    SPYRE_STATUS_OUT_OF_DEVICE_MEMORY = 201,
    SPYRE_STATUS_EXECUTION_FAULT = 301,
    SPYRE_STATUS_INTERNAL = 500
};

/// An immutable error: a status and one line of text. Owned by whoever received it.
typedef struct spyre_error spyre_error;

/// Status of `error`; `SPYRE_STATUS_OK` for null.
spyre_status spyre_error_code(const spyre_error *error);

/// One line of UTF-8, zero-terminated, valid until the error is released; empty for null.
const char *spyre_error_message(const spyre_error *error);

/// Frees `error`; null is allowed.
void spyre_error_release(spyre_error *error);

/// Name of a status, such as "SPYRE_STATUS_OUT_OF_RANGE"; "SPYRE_STATUS_UNKNOWN" for a number without a name.
const char *spyre_status_name(spyre_status status);

/// ABI version as major << 16 | minor. Callable at any time from any thread.
uint32_t spyre_abi_version(void);

/// Version of the library, such as "0.1.0".
const char *spyre_library_version(void);

SPYRE_END_DECLS

#endif
