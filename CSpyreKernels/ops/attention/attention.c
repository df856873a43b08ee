// Attention over the paged cache. A row's result depends on its own keys only, in chunks that begin at fixed
// tokens, so it is the same bits in any batch, chunk of a prompt or thread count.
#include "../kv_cache/kv_cache.h"
#include "attention_share.h"

_Static_assert((int)SPYRE_ATTENTION_HEAD_SIZE == (int)SPYRE_MAXIMUM_HEAD_SIZE,
               "tiles have room for every head");

// Whether the op writes new keys and values before it reads the cache.
static bool writes(const spyre_attention_desc *d) { return spyre_span_present(d->keys); }

static spyre_status check_new_rows(const spyre_attention_desc *d, spyre_error **out_error) {
    if (!writes(d)) {
        if (!spyre_span_present(d->values) && !spyre_span_present(d->rope_table)) return SPYRE_STATUS_OK;
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "attention: values or a rotation are given without keys");
    }
    if (!spyre_span_present(d->values) || !spyre_span_present(d->slots) ||
        d->kv_stride < d->cache.kv_heads * d->cache.head_size || d->kv_stride > (int64_t)1 << 31)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "attention: new keys need values, slots and a stride for them");
    if (!spyre_span_present(d->rope_table)) return SPYRE_STATUS_OK;
    if (!spyre_span_present(d->positions) || !spyre_size_ok(d->table_positions) ||
        !spyre_rope_layout_ok(d->layout))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "attention: the rotation needs positions, a table size and a layout");
    return SPYRE_STATUS_OK;
}

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
    return check_new_rows(d, out_error);
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
    out[4] = spyre_writes_rows("output", d->output, d->rows.maximum, d->output_stride, width, 0);
    if (!writes(d)) {
        out[5] = spyre_reads("key cache", c->keys, cache);
        out[6] = spyre_reads("value cache", c->values, cache);
        return 7;
    }
    uint64_t rows = (uint64_t)d->rows.maximum;
    out[5] = spyre_writes("key cache", c->keys, cache);
    out[6] = spyre_writes("value cache", c->values, cache);
    out[7] = spyre_reads_rows("keys", d->keys, d->rows.maximum, d->kv_stride, c->kv_heads * c->head_size);
    out[8] = spyre_reads_rows("values", d->values, d->rows.maximum, d->kv_stride, c->kv_heads * c->head_size);
    out[9] = spyre_reads("slots", d->slots, rows * 4);
    if (!spyre_span_present(d->rope_table)) return 10;
    out[10] = spyre_reads("positions", d->positions, rows * 4);
    out[11] = spyre_reads("rope_table", d->rope_table, (uint64_t)(d->table_positions * c->head_size) * 4);
    return 12;
}

static int extents(const void *raw, spyre_extent out[2]) {
    const spyre_attention_desc *d = raw;
    out[0] = d->rows;
    out[1] = d->sequences;
    return 2;
}

// A query row at a time: one thread's rows of a tile.
typedef struct tile_rows {
    float queries[SPYRE_ATTENTION_ROWS * SPYRE_MAXIMUM_HEAD_SIZE];
    float output[SPYRE_ATTENTION_ROWS * SPYRE_MAXIMUM_HEAD_SIZE];
    int64_t visible[SPYRE_ATTENTION_ROWS];
} tile_rows;

// Where the operands of a launch lie.
typedef struct operands {
    const spyre_attention_desc *desc;
    const spyre_launch *launch;
    const float *queries;
    float *output;
    const int32_t *starts;
    const int32_t *contexts;
    const int32_t *tables;
    int64_t group;
    // New rows, if the op writes any. Queries are rotated as keys are.
    spyre_kv_rows rows;
} operands;

static operands operands_of(const spyre_attention_desc *d, const spyre_launch *launch) {
    operands o = {
        .desc = d,
        .launch = launch,
        .queries = spyre_resolve(launch, d->queries),
        .output = spyre_resolve(launch, d->output),
        .starts = spyre_resolve(launch, d->query_starts),
        .contexts = spyre_resolve(launch, d->context_lengths),
        .tables = spyre_resolve(launch, d->block_tables),
        .group = d->heads / d->cache.kv_heads,
    };
    if (!writes(d)) return o;
    o.rows = spyre_kv_rows_of(&d->cache, launch);
    o.rows.keys = spyre_resolve(launch, d->keys);
    o.rows.values = spyre_resolve(launch, d->values);
    o.rows.stride = d->kv_stride;
    o.rows.slots = spyre_resolve(launch, d->slots);
    o.rows.positions = spyre_resolve(launch, d->positions);
    o.rows.rotation = (spyre_rotation){spyre_resolve(launch, d->rope_table), d->table_positions,
                                       d->cache.head_size, d->layout, launch->kernels->rotate};
    return o;
}

// The piece of the line that a thread has: `begin ..< end` of `total`.
typedef struct piece {
    uint64_t begin;
    uint64_t end;
    uint64_t total;
    int threads;
} piece;

// True when the launch's index arrays describe rows and keys that exist; a sequence that lies gets no result.
static bool sequence_ok(const operands *o, int64_t s) {
    int64_t count = (int64_t)o->starts[s + 1] - o->starts[s], context = o->contexts[s];
    return o->starts[s] >= 0 && count >= 0 && o->starts[s + 1] <= spyre_size(o->launch, o->desc->rows) &&
           context >= count && context <= o->desc->maximum_blocks * SPYRE_KV_BLOCK_TOKENS;
}

// Whether sequence s has at most one row, which goes to the slot of its last token or nowhere.
static bool writes_own_slot(const operands *o, int64_t s) {
    int64_t count = o->starts[s + 1] - o->starts[s], last = o->contexts[s] - 1;
    if (count != 1) return count == 0;
    int64_t slot = o->rows.slots[o->starts[s]];
    if (slot < 0 || slot >= o->rows.blocks * SPYRE_KV_BLOCK_TOKENS) return true;
    int64_t block = o->tables[s * o->desc->maximum_blocks + last / SPYRE_KV_BLOCK_TOKENS];
    return block > 0 && slot == block * SPYRE_KV_BLOCK_TOKENS + last % SPYRE_KV_BLOCK_TOKENS;
}

// Whether each new row is read by one thread alone, the one that has the last chunk of its sequence and KV
// head: that thread writes it then, and nobody waits.
static bool writes_in_passing(const operands *o) {
    int64_t rows = spyre_size(o->launch, o->desc->rows), next = 0;
    if (o->group > SPYRE_ATTENTION_SPLIT_ROWS) return false;
    for (int64_t s = 0; s < spyre_size(o->launch, o->desc->sequences); s++) {
        if (!sequence_ok(o, s) || o->starts[s] != next || !writes_own_slot(o, s)) return false;
        next = o->starts[s + 1];
    }
    // Rows of no sequence are padding.
    for (; next < rows; next++)
        if (o->rows.slots[next] >= 0) return false;
    return true;
}

// Rows that somebody else may read are written in a phase of their own. A program that is only asked about has
// sizes and no data: more rows than sequences are more than one of some sequence.
static int phases(const void *raw, const spyre_launch *launch, int threads) {
    (void)threads;
    const spyre_attention_desc *d = raw;
    if (!writes(d)) return 1;
    if (launch->counters == NULL)
        return spyre_size(launch, d->rows) > spyre_size(launch, d->sequences) ? 2 : 1;
    const operands o = operands_of(d, launch);
    return writes_in_passing(&o) ? 1 : 2;
}

static void write_rows(const operands *o, int thread, int threads) {
    int64_t heads = o->rows.kv_heads;
    spyre_kv_units units = spyre_kv_units_of(spyre_size(o->launch, o->desc->rows), heads, thread, threads);
    for (int64_t u = units.first; u < units.end; u += units.step)
        spyre_kv_write_head(&o->rows, u / heads, u % heads);
}

// The work of one KV head of a sequence; nothing for one that lies.
static spyre_attention_work work_of(const operands *o, int64_t s) {
    if (!sequence_ok(o, s)) return spyre_attention_work_of(0, 0, o->group);
    return spyre_attention_work_of(o->starts[s + 1] - o->starts[s], o->contexts[s], o->group);
}

static spyre_attend_kernel *kernel_of(const operands *o) {
    const spyre_kernels *kernels = o->launch->kernels;
    switch (o->desc->cache.type) {
    case SPYRE_TYPE_F32: return kernels->attend_f32;
    case SPYRE_TYPE_F16: return kernels->attend_f16;
    default: return kernels->attend_bf16;
    }
}

// Row r of a sequence and KV head is head r % group of token r / group.
static int64_t element(const operands *o, int64_t s, int64_t kv_head, int64_t row, int64_t stride) {
    int64_t head = kv_head * o->group + row % o->group;
    return (o->starts[s] + row / o->group) * stride + head * o->desc->cache.head_size;
}

// Rows `begin ..< end`, with no chunk yet.
static spyre_attention_tile load_rows(const operands *o, tile_rows *t, const spyre_attention_work *work,
                                      int64_t s, int64_t kv_head, int64_t begin, int64_t end) {
    const spyre_kv_cache *c = &o->desc->cache;
    for (int64_t r = begin; r < end; r++) {
        const float *query = o->queries + element(o, s, kv_head, r, o->desc->query_stride);
        float *target = t->queries + (r - begin) * c->head_size;
        if (o->rows.rotation.table == NULL) memcpy(target, query, (size_t)c->head_size * sizeof(float));
        else
            spyre_rotate_head(&o->rows.rotation, o->rows.positions[o->starts[s] + r / o->group], query,
                              target);
        t->visible[r - begin] = work->before + r / o->group + 1;
    }
    int64_t head_bytes = (int64_t)spyre_kv_cache_bytes(c->type, 1, 1, c->head_size);
    return (spyre_attention_tile){
        .queries = t->queries,
        .output = t->output,
        .visible = t->visible,
        .rows = (int)(end - begin),
        .head_size = c->head_size,
        // Weights are powers of two.
        .scale = o->desc->scale * 1.44269504088896341f,
        .keys = (const uint8_t *)spyre_resolve(o->launch, c->keys) + kv_head * head_bytes,
        .values = (const uint8_t *)spyre_resolve(o->launch, c->values) + kv_head * head_bytes,
        .block_bytes = c->kv_heads * head_bytes,
        .table = o->tables + s * o->desc->maximum_blocks,
        .blocks = c->blocks,
    };
}

static void store_rows(const operands *o, const tile_rows *t, int64_t s, int64_t kv_head, int64_t begin,
                       int64_t end) {
    int64_t size = o->desc->cache.head_size;
    for (int64_t r = begin; r < end; r++)
        memcpy(o->output + element(o, s, kv_head, r, o->desc->output_stride), t->output + (r - begin) * size,
               (size_t)size * sizeof(float));
}

// Rows `begin ..< end` meet all of their keys, in tiles that have whole register tiles but for the last.
static void attend_rows(const operands *o, tile_rows *t, const spyre_attention_work *work, int64_t s,
                        int64_t kv_head, int64_t begin, int64_t end) {
    int64_t tiles = (end - begin + SPYRE_ATTENTION_ROWS - 1) / SPYRE_ATTENTION_ROWS;
    if (tiles == 0) return;
    int64_t size = ((end - begin + tiles - 1) / tiles + SPYRE_ATTENTION_TILE_ROWS - 1) /
                   SPYRE_ATTENTION_TILE_ROWS * SPYRE_ATTENTION_TILE_ROWS;
    for (int64_t row = begin; row < end; row += size) {
        int64_t last = row + size < end ? row + size : end;
        spyre_attention_tile tile = load_rows(o, t, work, s, kv_head, row, last);
        tile.end_chunk = (t->visible[tile.rows - 1] + SPYRE_ATTENTION_CHUNK - 1) / SPYRE_ATTENTION_CHUNK;
        kernel_of(o)(&tile);
        store_rows(o, t, s, kv_head, row, last);
    }
}

// Floats of the partial results that one thread may have to keep for a work that it begins and others end.
static uint64_t partial_floats(const spyre_attention_desc *d) {
    int64_t group = d->heads / d->cache.kv_heads, rows = SPYRE_ATTENTION_SPLIT_ROWS / group * group;
    int64_t chunks =
        (d->maximum_blocks * SPYRE_KV_BLOCK_TOKENS + SPYRE_ATTENTION_CHUNK - 1) / SPYRE_ATTENTION_CHUNK;
    if (d->rows.maximum < rows / group) rows = d->rows.maximum * group;
    return (uint64_t)(chunks * spyre_attention_partial_size(rows, d->cache.head_size));
}

static uint64_t scratch(const void *raw, int threads) {
    return (uint64_t)threads * partial_floats(raw) * sizeof(float);
}

// Chunks `begin ..< end` of a work that begins at `position`. When others have the rest of it, partial results
// are left where all find them, and whoever comes last merges them in the order of chunks.
static void attend_chunks(const operands *o, tile_rows *t, const spyre_attention_work *work, int64_t s,
                          int64_t kv_head, uint64_t position, const piece *p, int64_t begin, int64_t end) {
    if (begin == end) return;
    if (begin == 0 && end == work->chunks) {
        attend_rows(o, t, work, s, kv_head, 0, work->rows);
        return;
    }
    spyre_attention_owners owners = spyre_attention_owners_of(work, position, p->total, p->threads);
    spyre_attention_tile tile = load_rows(o, t, work, s, kv_head, 0, work->rows);
    tile.partials = (float *)o->launch->scratch + (uint64_t)owners.first * partial_floats(o->desc);
    tile.first_chunk = begin;
    tile.end_chunk = end;
    kernel_of(o)(&tile);
    _Atomic int32_t *counter = spyre_launch_counter(o->launch, owners.first);
    if (atomic_fetch_add_explicit(counter, 1, memory_order_acq_rel) != owners.count - 1) return;
    // Nobody else comes: the counter is ready for the next launch.
    atomic_store_explicit(counter, 0, memory_order_relaxed);
    tile.end_chunk = work->chunks;
    o->launch->kernels->attend_merge(&tile);
    store_rows(o, t, s, kv_head, 0, work->rows);
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    const spyre_attention_desc *d = raw;
    const operands o = operands_of(d, launch);
    const bool in_passing = writes(d) && writes_in_passing(&o);
    if (phase == 0 && writes(d) && !in_passing) {
        write_rows(&o, thread, threads);
        return;
    }
    const int64_t sequences = spyre_size(launch, d->sequences), kv_heads = d->cache.kv_heads;
    uint64_t total = 0, position = 0;
    for (int64_t s = 0; s < sequences; s++) total += work_of(&o, s).cost * (uint64_t)kv_heads;
    const piece p = {spyre_attention_begin(total, thread, threads),
                     spyre_attention_begin(total, thread + 1, threads), total, threads};
    tile_rows t;
    for (int64_t s = 0; s < sequences; s++) {
        spyre_attention_work work = work_of(&o, s);
        for (int64_t h = 0; h < kv_heads; h++, position += work.cost) {
            if (position + work.cost <= p.begin || position >= p.end) continue;
            int64_t begin = spyre_attention_unit_at(&work, p.begin > position ? p.begin - position : 0);
            int64_t end = spyre_attention_unit_at(&work, p.end - position);
            if (in_passing && begin < end && end == work.chunks && work.rows > 0)
                spyre_kv_write_head(&o.rows, o.starts[s], h);
            if (work.by_chunk) attend_chunks(&o, &t, &work, s, h, position, &p, begin, end);
            else attend_rows(&o, &t, &work, s, h, begin, end);
        }
    }
}

static const spyre_op_class attention_class = {
    "attention", sizeof(spyre_attention_desc), check, accesses, extents, scratch, phases, run,
};

spyre_status spyre_stream_attention(spyre_stream *stream, const spyre_attention_desc *desc,
                                    spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &attention_class, desc, out_error);
}
