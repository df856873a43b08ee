// How the work of an attention op is shared out to threads: all of it lies in one line, sequence after
// sequence, measured by what it costs, and each thread takes an equal piece. Which thread does what never
// changes a result.
#ifndef SPYRE_ATTENTION_SHARE_H
#define SPYRE_ATTENTION_SHARE_H

#include "../../device/internal.h"

enum {
    // A sequence with this many rows for each KV head, or fewer, is shared out by chunks of its keys, which
    // are then read once; one with more by rows, which then keep a thread busy for as long as keys take to
    // arrive.
    SPYRE_ATTENTION_SPLIT_ROWS = 24
};

// Rows of one sequence and some neighbouring KV heads, in units that one thread does: by chunk, unit u is
// chunk u / heads and KV head u % heads, so that a thread reads the cache in the order in which it lies in
// memory; otherwise it is row u of the one KV head.
typedef struct spyre_attention_work {
    int first_head;
    int heads;
    // Of each KV head.
    int64_t rows;
    // Query heads that share a KV head: as many rows are one token's.
    int64_t group;
    // Tokens before the first row's, and up to the last row's.
    int64_t before;
    int64_t context;
    bool by_chunk;
    int64_t units;
    uint64_t cost;
} spyre_attention_work;

// Works of a sequence of `count` query tokens with `group` query heads for each of `kv_heads`: as many heads
// are in one work as there is room for in a tile, and as good as equally many in each.
int64_t spyre_attention_works(int64_t count, int64_t group, int64_t kv_heads);

// Work `index` of those of a sequence whose last query token is at `context` - 1.
spyre_attention_work spyre_attention_work_of(int64_t count, int64_t context, int64_t group, int64_t kv_heads,
                                             int64_t index);

// First unit of the work whose cost begins at `cost` or past it, counted from the work's beginning.
int64_t spyre_attention_unit_at(const spyre_attention_work *work, uint64_t cost);

// Where the piece of a thread begins; thread `threads` begins at `total`.
static inline uint64_t spyre_attention_begin(uint64_t total, int thread, int threads) {
    uint64_t t = (uint64_t)thread, n = (uint64_t)threads;
    return total / n * t + total % n * t / n;
}

// A piece of the line: what thread `thread` of `threads` has.
typedef struct spyre_attention_piece {
    uint64_t begin;
    uint64_t end;
} spyre_attention_piece;

static inline spyre_attention_piece spyre_attention_piece_of(uint64_t total, int thread, int threads) {
    return (spyre_attention_piece){spyre_attention_begin(total, thread, threads),
                                   spyre_attention_begin(total, thread + 1, threads)};
}

// Units of a work.
typedef struct spyre_attention_units {
    int64_t begin;
    int64_t end;
} spyre_attention_units;

// Those of a work that begins at `position` which are in the piece.
spyre_attention_units spyre_attention_units_of(const spyre_attention_work *work, uint64_t position,
                                               spyre_attention_piece piece);

// The threads that have units of a work that begins at `position`.
typedef struct spyre_attention_owners {
    // The thread that has the first unit, how many it has, and how many threads have any.
    int first;
    int64_t first_units;
    int count;
} spyre_attention_owners;

spyre_attention_owners spyre_attention_owners_of(const spyre_attention_work *work, uint64_t position,
                                                 uint64_t total, int threads);

#endif
