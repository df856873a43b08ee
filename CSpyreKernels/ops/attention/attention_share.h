// How the work of an attention op is shared out to threads: all of it lies in one line, sequence after
// sequence and in it KV head after KV head, measured by what it costs, and each thread takes an equal piece.
// Which thread does what never changes a result.
#ifndef SPYRE_ATTENTION_SHARE_H
#define SPYRE_ATTENTION_SHARE_H

#include "../../device/internal.h"

enum {
    // A sequence with this many rows for each KV head, or fewer, is shared out by chunks of its keys, which
    // are then read once; one with more by rows, which then keep a thread busy for as long as keys take to
    // arrive.
    SPYRE_ATTENTION_SPLIT_ROWS = 24
};

// Rows of one sequence that share a KV head.
typedef struct spyre_attention_work {
    int64_t rows;
    // Query heads that share a KV head: as many rows are one token's.
    int64_t group;
    // Tokens before the first row's, and up to the last row's.
    int64_t before;
    int64_t context;
    int64_t chunks;
    bool by_chunk;
    uint64_t cost;
} spyre_attention_work;

// A sequence of `count` query tokens, the last at `context` - 1.
spyre_attention_work spyre_attention_work_of(int64_t count, int64_t context, int64_t group);

// First chunk, or row, of the work whose cost begins at `cost` or past it, counted from the work's beginning.
int64_t spyre_attention_unit_at(const spyre_attention_work *work, uint64_t cost);

// Where the piece of a thread begins; thread `threads` begins at `total`.
static inline uint64_t spyre_attention_begin(uint64_t total, int thread, int threads) {
    uint64_t t = (uint64_t)thread, n = (uint64_t)threads;
    return total / n * t + total % n * t / n;
}

// A work that begins at `position`, of which more than one thread does a part.
typedef struct spyre_attention_owners {
    // The thread that has the first chunk, and how many have any.
    int first;
    int count;
} spyre_attention_owners;

spyre_attention_owners spyre_attention_owners_of(const spyre_attention_work *work, uint64_t position,
                                                 uint64_t total, int threads);

#endif
