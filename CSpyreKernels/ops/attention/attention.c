// Attention over the paged cache. Work is split into (sequence, tile of query rows, KV head); a row's result
// depends on its own keys only, block by block in order, so it is the same bits in any batch, chunk or thread
// count.
#include "../kv_cache/kv_cache.h"

_Static_assert((int)SPYRE_ATTENTION_HEAD_SIZE == (int)SPYRE_MAXIMUM_HEAD_SIZE,
               "tiles have room for every head");

// Tiles for each thread at least, as long as they have more rows than a register tile.
enum { TILES_PER_THREAD = 8 };

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
        d->output_stride < width || d->query_stride > (int64_t)1 << 31 ||
        d->output_stride > (int64_t)1 << 31 || !spyre_size_ok(d->maximum_blocks))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "attention: a size or stride is out of range");
    if (!spyre_span_present(d->queries) || !spyre_span_present(d->output) ||
        !spyre_span_present(d->query_starts) || !spyre_span_present(d->context_lengths) ||
        !spyre_span_present(d->block_tables))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "attention: an operand is missing");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_attention_desc *d = raw;
    const spyre_kv_cache *c = &d->cache;
    uint64_t cache = spyre_kv_cache_bytes(c->type, c->blocks, c->kv_heads, c->head_size);
    uint64_t sequences = (uint64_t)d->sequences.maximum;
    int64_t width = d->heads * c->head_size;
    out[0] = spyre_reads_rows("queries", d->queries, d->rows.maximum, d->query_stride, width);
    out[1] = spyre_reads("query_starts", d->query_starts, (sequences + 1) * 4);
    out[2] = spyre_reads("context_lengths", d->context_lengths, sequences * 4);
    out[3] = spyre_reads("block_tables", d->block_tables, sequences * (uint64_t)d->maximum_blocks * 4);
    out[4] = spyre_reads("key cache", c->keys, cache);
    out[5] = spyre_reads("value cache", c->values, cache);
    out[6] = spyre_writes_rows("output", d->output, d->rows.maximum, d->output_stride, width, 0);
    return 7;
}

static int extents(const void *raw, spyre_extent out[2]) {
    const spyre_attention_desc *d = raw;
    out[0] = d->rows;
    out[1] = d->sequences;
    return 2;
}

// One thread's working set.
typedef struct tile_rows {
    float queries[SPYRE_ATTENTION_ROWS * SPYRE_MAXIMUM_HEAD_SIZE];
    float output[SPYRE_ATTENTION_ROWS * SPYRE_MAXIMUM_HEAD_SIZE];
    int64_t visible[SPYRE_ATTENTION_ROWS];
} tile_rows;

// Rows `begin ..< end` of (token, head of the group) pairs of one sequence and KV head.
static void attend(const spyre_attention_desc *d, const spyre_launch *launch, tile_rows *t, int64_t sequence,
                   int64_t kv_head, int64_t begin, int64_t end) {
    const spyre_kv_cache *c = &d->cache;
    const int32_t *starts = spyre_resolve(launch, d->query_starts);
    int64_t context = ((const int32_t *)spyre_resolve(launch, d->context_lengths))[sequence];
    const float *queries = spyre_resolve(launch, d->queries);
    float *output = spyre_resolve(launch, d->output);
    int64_t group = d->heads / c->kv_heads, size = c->head_size;
    int64_t before = context - (starts[sequence + 1] - starts[sequence]);
    for (int64_t r = begin; r < end; r++) {
        int64_t token = r / group, head = kv_head * group + r % group;
        memcpy(t->queries + (r - begin) * size,
               queries + (starts[sequence] + token) * d->query_stride + head * size,
               (size_t)size * sizeof(float));
        t->visible[r - begin] = before + token + 1;
    }
    int64_t head_bytes = size * SPYRE_KV_BLOCK_TOKENS * (c->type == SPYRE_TYPE_F32 ? 4 : 2);
    const spyre_attention_tile tile = {
        .queries = t->queries,
        .output = t->output,
        .visible = t->visible,
        .rows = (int)(end - begin),
        .head_size = size,
        .scale = d->scale,
        .keys = (const uint8_t *)spyre_resolve(launch, c->keys) + kv_head * head_bytes,
        .values = (const uint8_t *)spyre_resolve(launch, c->values) + kv_head * head_bytes,
        .block_bytes = c->kv_heads * head_bytes,
        .table = (const int32_t *)spyre_resolve(launch, d->block_tables) + sequence * d->maximum_blocks,
        .blocks = c->blocks,
    };
    (c->type == SPYRE_TYPE_F32 ? launch->kernels->attend_f32 : launch->kernels->attend_bf16)(&tile);
    for (int64_t r = begin; r < end; r++) {
        int64_t token = r / group, head = kv_head * group + r % group;
        memcpy(output + (starts[sequence] + token) * d->output_stride + head * size,
               t->output + (r - begin) * size, (size_t)size * sizeof(float));
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

// Large tiles share the work of interleaving a block, small ones keep all threads busy.
static int64_t tile_count(int64_t rows, int64_t kv_heads, int threads) {
    int64_t size = rows * kv_heads / (TILES_PER_THREAD * (int64_t)threads);
    if (size > SPYRE_ATTENTION_ROWS) size = SPYRE_ATTENTION_ROWS;
    if (size < SPYRE_TILE_ROWS) size = SPYRE_TILE_ROWS;
    return (rows + size - 1) / size;
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_attention_desc *d = raw;
    const int32_t *starts = spyre_resolve(launch, d->query_starts);
    int64_t group = d->heads / d->cache.kv_heads;
    tile_rows t;
    int64_t item = 0;
    for (int64_t s = 0; s < spyre_size(launch, d->sequences); s++) {
        if (!sequence_ok(d, launch, s)) continue;
        int64_t rows = (starts[s + 1] - starts[s]) * group;
        int64_t tiles = tile_count(rows, d->cache.kv_heads, threads);
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

spyre_status spyre_stream_attention(spyre_stream *stream, const spyre_attention_desc *desc,
                                    spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &attention_class, desc, out_error);
}
