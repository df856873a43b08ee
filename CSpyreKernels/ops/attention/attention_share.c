#include "attention_share.h"

// Rows that a block of keys and values can meet in the time in which it is read, measured with bfloat16 on two
// threads of a Zen 4: a block that fewer meet costs as much as one that these meet.
enum { ROWS_PER_READ = 12 };

// Sum of the blocks that tokens 0 ..< tokens see.
static uint64_t blocks_seen(int64_t tokens) {
    uint64_t whole = (uint64_t)tokens / SPYRE_KV_BLOCK_TOKENS,
             rest = (uint64_t)tokens % SPYRE_KV_BLOCK_TOKENS;
    return SPYRE_KV_BLOCK_TOKENS * whole * (whole + 1) / 2 + rest * (whole + 1);
}

static uint64_t blocks_of(int64_t tokens) {
    return ((uint64_t)tokens + SPYRE_KV_BLOCK_TOKENS - 1) / SPYRE_KV_BLOCK_TOKENS;
}

static uint64_t chunk_cost(const spyre_attention_work *work) {
    uint64_t rows = work->rows < ROWS_PER_READ ? ROWS_PER_READ : (uint64_t)work->rows;
    return rows * (SPYRE_ATTENTION_CHUNK / SPYRE_KV_BLOCK_TOKENS);
}

// Cost of rows 0 ..< row: the blocks that each of them sees.
static uint64_t rows_cost(const spyre_attention_work *work, int64_t row) {
    int64_t token = work->before + row / work->group;
    return (uint64_t)work->group * (blocks_seen(token) - blocks_seen(work->before)) +
           (uint64_t)(row % work->group) * blocks_of(token + 1);
}

spyre_attention_work spyre_attention_work_of(int64_t count, int64_t context, int64_t group) {
    spyre_attention_work work = {
        .rows = count * group,
        .group = group,
        .before = context - count,
        .context = context,
        .chunks = (context + SPYRE_ATTENTION_CHUNK - 1) / SPYRE_ATTENTION_CHUNK,
        .by_chunk = count * group <= SPYRE_ATTENTION_SPLIT_ROWS,
    };
    if (work.rows == 0) return work;
    const uint64_t blocks = SPYRE_ATTENTION_CHUNK / SPYRE_KV_BLOCK_TOKENS;
    work.cost = work.by_chunk ? chunk_cost(&work) / blocks * blocks_of(context) : rows_cost(&work, work.rows);
    return work;
}

int64_t spyre_attention_unit_at(const spyre_attention_work *work, uint64_t cost) {
    if (cost >= work->cost) return work->by_chunk ? work->chunks : work->rows;
    if (work->by_chunk) return (int64_t)((cost + chunk_cost(work) - 1) / chunk_cost(work));
    int64_t low = 0, high = work->rows;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (rows_cost(work, middle) < cost) low = middle + 1;
        else high = middle;
    }
    return low;
}

spyre_attention_owners spyre_attention_owners_of(const spyre_attention_work *work, uint64_t position,
                                                 uint64_t total, int threads) {
    spyre_attention_owners owners = {0, 0};
    int thread = 0, last = -1;
    for (int64_t chunk = 0; chunk < work->chunks; chunk++) {
        uint64_t at = position + (uint64_t)chunk * chunk_cost(work);
        while (spyre_attention_begin(total, thread + 1, threads) <= at) thread++;
        if (chunk == 0) owners.first = thread;
        if (thread != last) owners.count++;
        last = thread;
    }
    return owners;
}
