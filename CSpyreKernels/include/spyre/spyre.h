/// The Spyre device ABI: one C interface to devices, memory, streams, ops and programs.
///
/// Plain functions named `spyre_<noun>_<verb>`, opaque handles, no global state, nothing exits. The same
/// header serves C99 and later, C++11 and later, ctypes and Swift.
///
/// Conventions
/// - A function that can fail returns `spyre_status` and takes `spyre_error **out_error` last. It may be
///   null. On failure it receives an error that the caller releases, and no other output is changed.
/// - A descriptor starts with `struct_size`; fill it with the `SPYRE_INIT` macro, then set the fields. A
///   smaller size than the library's means that the missing fields are zero; a larger one is accepted when
///   its tail is zero, and is BAD_STRUCT_SIZE otherwise, as is a size that is no multiple of 8 in 8...4096.
/// - An information structure also starts with `struct_size`, set by the caller. It is filled as far as it
///   goes; fields that the library does not know are set to zero.
/// - Sizes and offsets are in bytes unless a name says elements. Tensors are row-major. Operands of ops lie
///   at multiples of 4 bytes.
/// - Threads: functions on a device may be called from any threads at once. Functions on one stream, and
///   releases of one object, are called by one thread at a time.
#ifndef SPYRE_SPYRE_H
#define SPYRE_SPYRE_H

#include "status.h"
#include "types.h"
#include "device.h"
#include "ops.h"
#include "program.h"
#include "registry.h"

#endif
