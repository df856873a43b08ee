// What the ABI's handles are made of, and the interface between ops and the executor.
#ifndef SPYRE_INTERNAL_H
#define SPYRE_INTERNAL_H

#include "../include/spyre/spyre.h"
#include "../program/team.h"
#include "access.h"
#include "kernels.h"

#include <stdatomic.h>
#include <stdbool.h>

enum { SPYRE_MAXIMUM_BINDINGS = 256, SPYRE_MAXIMUM_SCALARS = 32, SPYRE_MAXIMUM_ACCESSES = 14 };

#define SPYRE_MAXIMUM_BUFFER_BYTES ((uint64_t)1 << 40)

typedef struct spyre_driver spyre_driver;

struct spyre_device {
    const spyre_driver *driver;
    int threads;
    spyre_isa isa;
    spyre_kernels kernels;
    spyre_wait_policy waits;
    // The library of kernels.sgemm, or null.
    void *openblas;
    uint64_t memory_limit;
    // SPYRE_DEVICE_GUARD and its like.
    uint32_t flags;
    _Atomic uint64_t memory_used;
    _Atomic int64_t live_objects;
};

struct spyre_buffer {
    spyre_device *device;
    uint64_t bytes;
    // The driver's. What was mapped is the data, and the guard pages around it if there are any.
    uint8_t *data;
    void *mapping;
    uint64_t mapping_bytes;
};

struct spyre_stream {
    spyre_device *device;
    // The program under capture, or null.
    spyre_program *capture;
    // The driver's. The team starts with the first work.
    uint8_t *scratch;
    uint64_t scratch_bytes;
    spyre_team *team;
    // Of the threads, one each: see spyre_launch_counter.
    _Atomic int32_t *counters;
};

// What one run of a program, or of a single op, sees.
typedef struct spyre_launch {
    const spyre_kernels *kernels;
    spyre_buffer *const *bindings;
    const int64_t *scalars;
    uint8_t *scratch;
    // Null when a program is only asked about.
    _Atomic int32_t *counters;
} spyre_launch;

enum { SPYRE_COUNTER_STRIDE = 16 };

// A counter of thread `thread`, for ops whose threads have to know who comes last. It is zero when an op finds
// it, and an op leaves it so.
static inline _Atomic int32_t *spyre_launch_counter(const spyre_launch *launch, int thread) {
    return launch->counters + thread * SPYRE_COUNTER_STRIDE;
}

// How an op takes part in a program. One constant object per op.
typedef struct spyre_op_class {
    const char *name;
    uint32_t desc_size;
    // Checks everything but the spans.
    spyre_status (*check)(const void *desc, spyre_error **out_error);
    // Fills `out` and returns the count; a span that is absent may be listed, it is skipped.
    int (*accesses)(const void *desc, spyre_access out[SPYRE_MAXIMUM_ACCESSES]);
    // Fills `out` with the extents that scalars may give, and returns the count.
    int (*extents)(const void *desc, spyre_extent out[2]);
    // Scratch bytes shared by the team; may be null.
    uint64_t (*scratch)(const void *desc, int threads);
    // Phases of a run, with a barrier between any two; null means one. The extents of a launch may change it.
    int (*phases)(const void *desc, const spyre_launch *launch, int threads);
    // Runs one thread's share of a phase.
    void (*run)(const void *desc, const spyre_launch *launch, int phase, int thread, int threads);
} spyre_op_class;

// Checks the descriptor and either runs the op or appends it to the capture.
spyre_status spyre_stream_enqueue(spyre_stream *stream, const spyre_op_class *op, const void *desc,
                                  spyre_error **out_error);

// Makes an error (unless `out_error` is null) and returns `status`.
spyre_status spyre_fail(spyre_error **out_error, spyre_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Features of this processor that the instruction sets need, a bit each in the order of registry.c.
uint32_t spyre_processor_features(void);

// UNSUPPORTED, with a feature that is missing, when a processor with the features `found` cannot run `isa`.
spyre_status spyre_isa_check(spyre_isa isa, uint32_t found, spyre_error **out_error);

// Room for the descriptor of any op.
typedef union spyre_any_desc {
    spyre_matmul_desc matmul;
    spyre_gemm_desc gemm;
    spyre_embedding_desc embedding;
    spyre_rms_norm_desc rms_norm;
    spyre_layer_norm_desc layer_norm;
    spyre_convert_desc convert;
    spyre_elementwise_desc elementwise;
    spyre_rope_desc rope;
    spyre_kv_write_desc kv_write;
    spyre_attention_desc attention;
    spyre_softmax_desc softmax;
    spyre_top_k_desc top_k;
} spyre_any_desc;

// Copies a caller's descriptor to `target`, the library's own `size` bytes: fields past the caller's size are
// zero, fields past the library's have to be. `target` then carries the library's size.
spyre_status spyre_read_descriptor(const void *source, void *target, uint32_t size, const char *name,
                                   spyre_error **out_error);

// Copies the library's information `source` of `size` bytes to a caller's structure, as far as that one goes.
spyre_status spyre_write_info(void *target, const void *source, uint32_t size, const char *name,
                              spyre_error **out_error);

// Checks an operand: the offset is a multiple of 4, and [offset, offset + bytes) lies in the buffer, or could
// lie in one that a launch binds.
spyre_status spyre_check_span(spyre_span span, uint64_t bytes, const char *op, const char *operand,
                              spyre_error **out_error);

static inline void *spyre_resolve(const spyre_launch *launch, spyre_span span) {
    if (span.buffer != NULL) return span.buffer->data + span.offset;
    if (span.binding != 0) return launch->bindings[span.binding - 1]->data + span.offset;
    return NULL;
}

static inline int64_t spyre_size(const spyre_launch *launch, spyre_extent extent) {
    return extent.scalar == 0 ? extent.maximum : launch->scalars[extent.scalar - 1];
}

// Share of `thread` of `count` items: contiguous, sizes differing by at most one.
static inline void spyre_share(int64_t count, int thread, int threads, int64_t *begin, int64_t *end) {
    *begin = count * thread / threads;
    *end = count * (thread + 1) / threads;
}

// Rows cut into pieces of columns, for ops whose elements do not depend on each other: one long row is work for all
// threads. A piece is a multiple of every block and lies in the first-level cache.
enum { SPYRE_PIECE_COLUMNS = 2048 };

typedef struct spyre_pieces {
    int64_t of_row;
    int64_t count;
} spyre_pieces;

static inline spyre_pieces spyre_pieces_of(int64_t rows, int64_t columns) {
    int64_t of_row = (columns + SPYRE_PIECE_COLUMNS - 1) / SPYRE_PIECE_COLUMNS;
    return (spyre_pieces){of_row, rows * of_row};
}

static inline uint64_t spyre_round_up(uint64_t value, uint64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

// Sizes fit an int32, so that the bytes of rows times stride (at most 2^31) and of a weight image fit 64
// bits.
static inline bool spyre_size_ok(int64_t size) { return size >= 1 && size <= INT32_MAX; }
static inline bool spyre_extent_ok(spyre_extent extent) {
    return spyre_size_ok(extent.maximum) && extent.scalar >= 0 && extent.scalar <= SPYRE_MAXIMUM_SCALARS;
}

#endif
