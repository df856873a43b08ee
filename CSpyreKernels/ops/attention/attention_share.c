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

// Cost of a block of one KV head, for works that are shared out by chunk.
static uint64_t block_cost(const spyre_attention_work *work) {
    return work->rows < ROWS_PER_READ ? ROWS_PER_READ : (uint64_t)work->rows;
}

// Cost of rows 0 ..< row: the blocks that each of them sees.
static uint64_t rows_cost(const spyre_attention_work *work, int64_t row) {
    int64_t token = work->before + row / work->group;
    return (uint64_t)work->group * (blocks_seen(token) - blocks_seen(work->before)) +
           (uint64_t)(row % work->group) * blocks_of(token + 1);
}

int64_t spyre_attention_works(int64_t count, int64_t group, int64_t kv_heads) {
    int64_t rows = count * group;
    if (rows > SPYRE_ATTENTION_SPLIT_ROWS) return kv_heads;
    int64_t heads = rows == 0 ? kv_heads : SPYRE_ATTENTION_ROWS / rows;
    return (kv_heads + heads - 1) / heads;
}

spyre_attention_work spyre_attention_work_of(int64_t count, int64_t context, int64_t group, int64_t kv_heads,
                                             int64_t index) {
    int64_t works = spyre_attention_works(count, group, kv_heads), first = kv_heads * index / works;
    spyre_attention_work work = {
        .first_head = (int)first,
        .heads = (int)(kv_heads * (index + 1) / works - first),
        .rows = count * group,
        .group = group,
        .before = context - count,
        .context = context,
        .by_chunk = count * group <= SPYRE_ATTENTION_SPLIT_ROWS,
    };
    if (work.rows == 0) return work;
    work.units = work.by_chunk ? (context + SPYRE_ATTENTION_CHUNK - 1) / SPYRE_ATTENTION_CHUNK * work.heads
                               : work.rows;
    work.cost = work.by_chunk ? block_cost(&work) * blocks_of(context) * (uint64_t)work.heads
                              : rows_cost(&work, work.rows);
    return work;
}

// Units of the last chunk are cheaper: it may have fewer blocks.
static int64_t chunk_unit_at(const spyre_attention_work *work, uint64_t cost) {
    uint64_t whole = (uint64_t)(work->units - work->heads);
    uint64_t unit = block_cost(work) * (SPYRE_ATTENTION_CHUNK / SPYRE_KV_BLOCK_TOKENS);
    if (cost <= whole * unit) return (int64_t)((cost + unit - 1) / unit);
    uint64_t last = (work->cost - whole * unit) / (uint64_t)work->heads;
    return (int64_t)(whole + (cost - whole * unit + last - 1) / last);
}

int64_t spyre_attention_unit_at(const spyre_attention_work *work, uint64_t cost) {
    if (cost >= work->cost) return work->units;
    if (work->by_chunk) return chunk_unit_at(work, cost);
    int64_t low = 0, high = work->rows;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (rows_cost(work, middle) < cost) low = middle + 1;
        else high = middle;
    }
    return low;
}

spyre_attention_units spyre_attention_units_of(const spyre_attention_work *work, uint64_t position,
                                               spyre_attention_piece piece) {
    if (piece.end <= position || position + work->cost <= piece.begin) return (spyre_attention_units){0, 0};
    return (spyre_attention_units){
        spyre_attention_unit_at(work, piece.begin > position ? piece.begin - position : 0),
        spyre_attention_unit_at(work, piece.end - position),
    };
}

spyre_attention_owners spyre_attention_owners_of(const spyre_attention_work *work, uint64_t position,
                                                 uint64_t total, int threads) {
    spyre_attention_owners owners = {0, 0, 0};
    for (int thread = 0; thread < threads; thread++) {
        spyre_attention_units units =
            spyre_attention_units_of(work, position, spyre_attention_piece_of(total, thread, threads));
        if (units.begin == units.end) continue;
        if (owners.count++ > 0) continue;
        owners.first = thread;
        owners.first_units = units.end;
    }
    return owners;
}
