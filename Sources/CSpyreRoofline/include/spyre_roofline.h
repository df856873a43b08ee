/// What a processor can do at most: loops that do nothing but multiply and add, and loops that do nothing but
/// move bytes. The roofline model of Williams, Waterman and Patterson (2009) puts kernels against these figures.
///
/// Threads live for one call and are gathered before the clock starts, so that none of them is in the way of
/// the kernels that are measured in between.
#ifndef SPYRE_ROOFLINE_H
#define SPYRE_ROOFLINE_H

#include <stdint.h>

/// One loop of multiplications and additions on registers.
typedef struct spyre_peak {
    /// "reference", "avx2" or "avx512": the device's name of the instruction set that the loop uses.
    const char *isa;
    /// "float32", "bfloat16" or "int8".
    const char *type;
    /// The instructions that do the work, such as "vfmadd231ps".
    const char *instructions;
    /// What the processor has to have, as the Linux kernel names it; null when it can run the loop.
    const char *missing;
    /// Operations of one iteration on one thread; a multiplication and an addition are one each.
    int64_t operations;
} spyre_peak;

int32_t spyre_peak_count(void);

/// Loop `index` in 0 ..< count. Returns 0, or -1 for another index.
int32_t spyre_peak_at(int32_t index, spyre_peak *out_peak);

/// Runs `iterations` on each of `threads` threads at once. Returns the seconds from the moment when all are
/// ready to the moment when all are done; -1 for a loop that cannot run here, counts below 1, and threads that
/// cannot be made.
double spyre_peak_run(int32_t index, int32_t threads, int64_t iterations);

/// Bytes that a piece of work moves. The three are different memory; `updated` bytes are read and written in
/// place.
typedef struct spyre_traffic {
    uint64_t read;
    uint64_t written;
    uint64_t updated;
} spyre_traffic;

/// Moves the bytes `iterations` times: each thread goes through its own part of the three ranges from begin to
/// end, `turn_lines` lines of 64 bytes of the smallest in a turn and of the others in proportion: what is fastest
/// depends on where the memory is. `memory` has read + written + updated bytes, each rounded up to 64, aligned
/// to 64. Returns the seconds of all iterations, -1 for counts below 1 and threads that cannot be made.
double spyre_stream_run(void *memory, spyre_traffic traffic, int32_t turn_lines, int32_t threads,
                        int64_t iterations);

/// The compiler of this library, which is that of the kernels.
const char *spyre_roofline_compiler(void);

#endif
