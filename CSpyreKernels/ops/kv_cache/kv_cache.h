// Checks of a KV cache, and writes to it, that the ops share.
#ifndef SPYRE_KV_CACHE_H
#define SPYRE_KV_CACHE_H

#include "../rope/rope.h"

enum { SPYRE_MAXIMUM_HEAD_SIZE = 256 };

// Tokens of a block, and of a panel of it.
static inline int64_t spyre_kv_block_tokens(const spyre_kv_cache *c) {
    return c->block_tokens == 0 ? SPYRE_KV_BLOCK_TOKENS : c->block_tokens;
}

static inline int64_t spyre_kv_panel_tokens(const spyre_kv_cache *c) {
    int64_t tokens = spyre_kv_block_tokens(c);
    return tokens < SPYRE_ATTENTION_PANEL ? tokens : SPYRE_ATTENTION_PANEL;
}

// Bytes of a KV head's part of a block.
uint64_t spyre_kv_head_bytes(const spyre_kv_cache *c);

spyre_status spyre_kv_cache_check(const spyre_kv_cache *c, const spyre_kv_scales *scales, const char *op,
                                  spyre_error **out_error);

// Fills two accesses and returns 2.
int spyre_kv_scale_accesses(const spyre_kv_scales *scales, spyre_access *out);

// Scales where a launch finds them. Null: 1. That of KV head h is number h * step.
typedef struct spyre_kv_factors {
    const float *keys;
    const float *values;
    int64_t step;
} spyre_kv_factors;

spyre_kv_factors spyre_kv_factors_of(const spyre_kv_scales *scales, const spyre_launch *launch);

// The scale of a KV head among those of keys, or of values.
static inline float spyre_kv_factor(const float *of, const spyre_kv_factors *factors, int64_t head) {
    return of == NULL ? 1 : of[head * factors->step];
}

// New keys and values of a launch, and the cache that they go to.
typedef struct spyre_kv_rows {
    // `[rows][kv_heads * head_size]` each.
    const float *keys;
    const float *values;
    int64_t stride;
    const int32_t *slots;
    // Used when there is a rotation.
    const int32_t *positions;
    spyre_rotation rotation;
    void *key_cache;
    void *value_cache;
    int64_t blocks;
    int64_t kv_heads;
    int64_t head_size;
    // A power of two, and which.
    int64_t block_tokens;
    int block_shift;
    int64_t panel_tokens;
    // Bytes of a KV head's part of a block, and of a panel.
    int64_t head_bytes;
    int64_t panel_bytes;
    spyre_kv_factors factors;
    spyre_kv_store_kernel *store;
    // From one token to the next where they follow one another, else 0.
    int64_t token_bytes;
} spyre_kv_rows;

// The part that is the cache's.
spyre_kv_rows spyre_kv_rows_of(const spyre_kv_cache *cache, const spyre_kv_scales *scales,
                               const spyre_launch *launch);

// Writes one head of a row, rotated if there is a table, to the row's slot; a slot outside of the cache is
// none.
void spyre_kv_write_head(const spyre_kv_rows *rows, int64_t row, int64_t head);

// The units `first ..< end`, `step` apart, that a thread has of `count` rows of `heads` heads each; unit u is
// head u % heads of row u / heads. A few rows are the next tokens of as many sequences: dealt out in turn. Many
// rows follow one another in a block, and the keys of neighbours lie in one cache line: a thread takes a run
// of them.
typedef struct spyre_kv_units {
    int64_t first;
    int64_t end;
    int64_t step;
} spyre_kv_units;

spyre_kv_units spyre_kv_units_of(int64_t rows, int64_t heads, int thread, int threads);

#endif
