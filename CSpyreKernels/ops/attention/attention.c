// Attention over the paged cache. Work is split into (sequence, block of query rows, KV head); a row's result depends
// on its own keys only, block by block in order, so it is the same bits in any batch, chunk or thread count.
#include "../kv_cache/kv_cache.h"

#include <math.h>

enum { TILE_ROWS = 6 };

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_attention_desc *d = raw;
    spyre_status status = spyre_kv_cache_check(&d->cache, "attention", out_error);
    if (status != SPYRE_STATUS_OK) return status;
    if (d->heads < 1 || d->heads > 1 << 12 || d->heads % d->cache.kv_heads != 0)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "attention: %lld heads are no multiple of %lld KV heads", (long long)d->heads,
                          (long long)d->cache.kv_heads);
    int64_t width = d->heads * d->cache.head_size;
    if (!spyre_extent_ok(d->rows) || !spyre_extent_ok(d->sequences) || d->query_stride < width ||
        d->output_stride < width || d->query_stride > (int64_t)1 << 31 || d->output_stride > (int64_t)1 << 31 ||
        !spyre_size_ok(d->maximum_blocks))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "attention: a size or stride is out of range");
    if (!spyre_span_present(d->queries) || !spyre_span_present(d->output) || !spyre_span_present(d->query_starts) ||
        !spyre_span_present(d->context_lengths) || !spyre_span_present(d->block_tables))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "attention: an operand is missing");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_attention_desc *d = raw;
    const spyre_kv_cache *c = &d->cache;
    uint64_t cache = spyre_kv_cache_bytes(c->type, c->blocks, c->kv_heads, c->head_size);
    uint64_t sequences = (uint64_t)d->sequences.maximum;
    int64_t width = d->heads * c->head_size;
    out[0] = (spyre_access){"queries", d->queries, spyre_rows_bytes(d->rows.maximum, d->query_stride, width), false};
    out[1] = (spyre_access){"query_starts", d->query_starts, (sequences + 1) * 4, false};
    out[2] = (spyre_access){"context_lengths", d->context_lengths, sequences * 4, false};
    out[3] = (spyre_access){"block_tables", d->block_tables, sequences * (uint64_t)d->maximum_blocks * 4, false};
    out[4] = (spyre_access){"key cache", c->keys, cache, false};
    out[5] = (spyre_access){"value cache", c->values, cache, false};
    out[6] = (spyre_access){"output", d->output, spyre_rows_bytes(d->rows.maximum, d->output_stride, width), true};
    return 7;
}

static int extents(const void *raw, spyre_extent out[2]) {
    const spyre_attention_desc *d = raw;
    out[0] = d->rows;
    out[1] = d->sequences;
    return 2;
}

// One thread's working set: gathered queries, scores, accumulators.
typedef struct tile {
    float queries[TILE_ROWS * SPYRE_MAXIMUM_HEAD_SIZE];
    float output[TILE_ROWS * SPYRE_MAXIMUM_HEAD_SIZE];
    float scores[TILE_ROWS * SPYRE_KV_BLOCK_TOKENS];
    float maximum[TILE_ROWS];
    float sum[TILE_ROWS];
    float decay[TILE_ROWS];
    // Keys that each row may see.
    int64_t visible[TILE_ROWS];
} tile;

// Masks, exponentiates and sums the scores of one key block that begins at token `first`.
static void soften(tile *t, const spyre_kernels *kernels, int rows, int64_t first, float scale) {
    for (int r = 0; r < rows; r++) {
        float *scores = t->scores + r * SPYRE_KV_BLOCK_TOKENS;
        int64_t left = t->visible[r] - first;
        int tokens = left <= 0 ? 0 : left < SPYRE_KV_BLOCK_TOKENS ? (int)left : SPYRE_KV_BLOCK_TOKENS;
        float maximum = t->maximum[r];
        for (int i = 0; i < tokens; i++) {
            scores[i] *= scale;
            maximum = scores[i] > maximum ? scores[i] : maximum;
        }
        for (int i = tokens; i < SPYRE_KV_BLOCK_TOKENS; i++) scores[i] = -INFINITY;
        if (tokens == 0 || maximum == -INFINITY) {
            memset(scores, 0, SPYRE_KV_BLOCK_TOKENS * sizeof *scores);
            t->decay[r] = 1;
            continue;
        }
        float decay = t->maximum[r] - maximum;
        kernels->exp(&decay, 0, 1);
        t->decay[r] = decay;
        t->maximum[r] = maximum;
        t->sum[r] = t->sum[r] * decay + kernels->exp(scores, maximum, SPYRE_KV_BLOCK_TOKENS);
    }
}

// Rows `begin ..< end` of (token, head of the group) pairs of one sequence and KV head.
static void attend(const spyre_attention_desc *d, const spyre_launch *launch, tile *t, int64_t sequence,
                   int64_t kv_head, int64_t begin, int64_t end) {
    const spyre_kv_cache *c = &d->cache;
    const int32_t *starts = spyre_resolve(launch, d->query_starts);
    int64_t context = ((const int32_t *)spyre_resolve(launch, d->context_lengths))[sequence];
    const int32_t *table = (const int32_t *)spyre_resolve(launch, d->block_tables) + sequence * d->maximum_blocks;
    const float *queries = spyre_resolve(launch, d->queries);
    float *output = spyre_resolve(launch, d->output);
    bool wide = c->type == SPYRE_TYPE_F32;
    int64_t group = d->heads / c->kv_heads, size = c->head_size;
    int64_t before = context - (starts[sequence + 1] - starts[sequence]);
    int rows = (int)(end - begin);

    for (int r = 0; r < rows; r++) {
        int64_t token = (begin + r) / group, head = kv_head * group + (begin + r) % group;
        memcpy(t->queries + r * size, queries + (starts[sequence] + token) * d->query_stride + head * size,
               (size_t)size * sizeof(float));
        memset(t->output + r * size, 0, (size_t)size * sizeof(float));
        t->maximum[r] = -INFINITY;
        t->sum[r] = 0;
        t->visible[r] = before + token + 1;
    }
    int64_t longest = t->visible[rows - 1];
    for (int64_t first = 0; first < longest; first += SPYRE_KV_BLOCK_TOKENS) {
        int64_t block = table[first / SPYRE_KV_BLOCK_TOKENS];
        if (block < 0 || block >= c->blocks) block = 0;
        uint64_t at = (uint64_t)(block * c->kv_heads + kv_head) * (uint64_t)size * SPYRE_KV_BLOCK_TOKENS * (wide ? 4 : 2);
        const uint8_t *keys = (const uint8_t *)spyre_resolve(launch, c->keys) + at;
        const uint8_t *values = (const uint8_t *)spyre_resolve(launch, c->values) + at;
        int tokens = longest - first < SPYRE_KV_BLOCK_TOKENS ? (int)(longest - first) : SPYRE_KV_BLOCK_TOKENS;
        (wide ? launch->kernels->scores_f32 : launch->kernels->scores_bf16)(t->queries, size, keys, size, t->scores, rows);
        soften(t, launch->kernels, rows, first, d->scale);
        (wide ? launch->kernels->weighted_values_f32 : launch->kernels->weighted_values_bf16)(
            t->scores, t->decay, values, size, tokens, t->output, size, rows);
    }
    for (int r = 0; r < rows; r++) {
        int64_t token = (begin + r) / group, head = kv_head * group + (begin + r) % group;
        float *y = output + (starts[sequence] + token) * d->output_stride + head * size;
        for (int64_t i = 0; i < size; i++) y[i] = t->output[r * size + i] / t->sum[r];
    }
}

// True when the launch's index arrays describe rows and keys that exist; a sequence that lies gets no result.
static bool sequence_ok(const spyre_attention_desc *d, const spyre_launch *launch, int64_t sequence) {
    const int32_t *starts = spyre_resolve(launch, d->query_starts);
    int64_t context = ((const int32_t *)spyre_resolve(launch, d->context_lengths))[sequence];
    int64_t count = (int64_t)starts[sequence + 1] - starts[sequence];
    return starts[sequence] >= 0 && count >= 0 && starts[sequence + 1] <= spyre_size(launch, d->rows) &&
           context >= count && context <= d->maximum_blocks * SPYRE_KV_BLOCK_TOKENS;
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_attention_desc *d = raw;
    const int32_t *starts = spyre_resolve(launch, d->query_starts);
    int64_t group = d->heads / d->cache.kv_heads;
    tile t;
    int64_t item = 0;
    for (int64_t s = 0; s < spyre_size(launch, d->sequences); s++) {
        if (!sequence_ok(d, launch, s)) continue;
        int64_t rows = (starts[s + 1] - starts[s]) * group;
        int64_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
        // Tiles cost more towards the end of a prompt: dealing them out in turn keeps threads level.
        for (int64_t i = 0; i < tiles; i++)
            for (int64_t h = 0; h < d->cache.kv_heads; h++, item++) {
                if (item % threads != thread) continue;
                attend(d, launch, &t, s, h, rows * i / tiles, rows * (i + 1) / tiles);
            }
    }
}

static const spyre_op_class attention_class = {
    "attention", sizeof(spyre_attention_desc), check, accesses, extents, NULL, NULL, run,
};

spyre_status spyre_stream_attention(spyre_stream *stream, const spyre_attention_desc *desc, spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &attention_class, desc, out_error);
}
