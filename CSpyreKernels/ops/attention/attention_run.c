#include "attention_run.h"

#include "attention_share.h"

_Static_assert((int)SPYRE_ATTENTION_HEAD_SIZE == (int)SPYRE_MAXIMUM_HEAD_SIZE,
               "tiles have room for every head");

// A query row at a time: one thread's rows of a tile.
typedef struct tile_rows {
    float queries[SPYRE_ATTENTION_ROWS * SPYRE_MAXIMUM_HEAD_SIZE];
    float output[SPYRE_ATTENTION_ROWS * SPYRE_MAXIMUM_HEAD_SIZE];
    int64_t visible[SPYRE_ATTENTION_ROWS];
} tile_rows;

// Rows `begin ..< end` of the KV heads of a work of sequence s.
typedef struct rows_of_work {
    const spyre_attention_work *work;
    int64_t s;
    int64_t begin;
    int64_t end;
} rows_of_work;

void spyre_attention_write_rows(const spyre_attention_operands *o, int thread, int threads) {
    int64_t heads = o->rows.kv_heads;
    spyre_kv_units units = spyre_kv_units_of(spyre_size(o->launch, o->desc->rows), heads, thread, threads);
    for (int64_t u = units.first; u < units.end; u += units.step)
        spyre_kv_write_head(&o->rows, u / heads, u % heads);
}

static spyre_attend_kernel *kernel_of(const spyre_attention_operands *o) {
    const spyre_kernels *kernels = o->launch->kernels;
    switch (o->desc->cache.type) {
    case SPYRE_TYPE_F32: return kernels->attend_f32;
    case SPYRE_TYPE_F16: return kernels->attend_f16;
    case SPYRE_TYPE_F8_E4M3: return kernels->attend_f8_e4m3;
    case SPYRE_TYPE_I8: return kernels->attend_i8;
    default: return kernels->attend_bf16;
    }
}

// Where row `row` of a KV head is among queries or results: head row % group of token row / group.
static int64_t element(const spyre_attention_operands *o, int64_t s, int64_t kv_head, int64_t row,
                       int64_t stride) {
    int64_t head = kv_head * o->group + row % o->group;
    return (o->starts[s] + row / o->group) * stride + head * o->desc->cache.head_size;
}

static void multiply(float *x, float factor, int64_t count) {
    if (factor == 1) return;
    for (int64_t i = 0; i < count; i++) x[i] *= factor;
}

// The scale of the keys is in the query.
static void load_row(const spyre_attention_operands *o, int64_t s, int64_t kv_head, int64_t row,
                     float *target) {
    const float *query = o->queries + element(o, s, kv_head, row, o->desc->query_stride);
    if (o->rows.rotation.table == NULL)
        memcpy(target, query, (size_t)o->desc->cache.head_size * sizeof(float));
    else
        spyre_rotate_head(&o->rows.rotation, o->rows.positions[o->starts[s] + row / o->group], query, target);
    multiply(target, spyre_kv_factor(o->factors.keys, &o->factors, kv_head), o->desc->cache.head_size);
}

// A tile of rows, with no unit yet.
static spyre_attention_tile load_rows(const spyre_attention_operands *o, tile_rows *t,
                                      const rows_of_work *r) {
    const spyre_kv_cache *c = &o->desc->cache;
    float *target = t->queries;
    for (int h = 0; h < r->work->heads; h++)
        for (int64_t row = r->begin; row < r->end; row++, target += c->head_size)
            load_row(o, r->s, r->work->first_head + h, row, target);
    for (int64_t row = r->begin; row < r->end; row++)
        t->visible[row - r->begin] = r->work->before + row / o->group + 1;
    const int64_t block = spyre_kv_block_tokens(c), panel = spyre_kv_panel_tokens(c);
    const int64_t head_bytes = (int64_t)spyre_kv_head_bytes(c);
    int64_t offset = r->work->first_head * head_bytes;
    return (spyre_attention_tile){
        .queries = t->queries,
        .output = t->output,
        .visible = t->visible,
        .heads = r->work->heads,
        .rows = (int)(r->end - r->begin),
        .head_size = c->head_size,
        // Weights are powers of two.
        .scale = o->desc->scale * 1.44269504088896341f,
        .keys = (const uint8_t *)spyre_resolve(o->launch, c->keys) + offset,
        .values = (const uint8_t *)spyre_resolve(o->launch, c->values) + offset,
        .head_bytes = head_bytes,
        .block_bytes = c->kv_heads * head_bytes,
        .block_shift = __builtin_ctzll((uint64_t)block),
        .panel_tokens = (int)panel,
        .panel_bytes = head_bytes * panel / block,
        .token_major = c->layout == SPYRE_KV_TOKENS,
        .table = o->tables + r->s * o->desc->maximum_blocks,
        .blocks = c->blocks,
    };
}

// The scale of the values is in the output.
static void store_rows(const spyre_attention_operands *o, const tile_rows *t, const rows_of_work *r) {
    const int64_t size = o->desc->cache.head_size;
    const float *source = t->output;
    for (int h = 0; h < r->work->heads; h++) {
        const int head = r->work->first_head + h;
        const float factor = spyre_kv_factor(o->factors.values, &o->factors, head);
        for (int64_t row = r->begin; row < r->end; row++, source += size) {
            float *target = o->output + element(o, r->s, head, row, o->desc->output_stride);
            memcpy(target, source, (size_t)size * sizeof(float));
            multiply(target, factor, size);
        }
    }
}

// Rows `begin ..< end` of one KV head meet all of their keys, in tiles that have whole register tiles but for
// the last.
static void attend_rows(const spyre_attention_operands *o, tile_rows *t, const spyre_attention_work *work,
                        int64_t s, spyre_attention_units units) {
    int64_t count = units.end - units.begin,
            tiles = (count + SPYRE_ATTENTION_ROWS - 1) / SPYRE_ATTENTION_ROWS;
    if (tiles == 0) return;
    int64_t size = ((count + tiles - 1) / tiles + SPYRE_ATTENTION_TILE_ROWS - 1) / SPYRE_ATTENTION_TILE_ROWS *
                   SPYRE_ATTENTION_TILE_ROWS;
    for (int64_t row = units.begin; row < units.end; row += size) {
        rows_of_work rows = {work, s, row, row + size < units.end ? row + size : units.end};
        spyre_attention_tile tile = load_rows(o, t, &rows);
        tile.end_unit = (t->visible[tile.rows - 1] + SPYRE_ATTENTION_CHUNK - 1) / SPYRE_ATTENTION_CHUNK;
        kernel_of(o)(&tile);
        store_rows(o, t, &rows);
    }
}

uint64_t spyre_attention_partial_floats(const spyre_attention_desc *d) {
    int64_t group = d->heads / d->cache.kv_heads, rows = SPYRE_ATTENTION_SPLIT_ROWS / group * group;
    int64_t chunks = (d->maximum_blocks * spyre_kv_block_tokens(&d->cache) + SPYRE_ATTENTION_CHUNK - 1) /
                     SPYRE_ATTENTION_CHUNK;
    if (d->rows.maximum < rows / group) rows = d->rows.maximum * group;
    rows *= d->cache.kv_heads;
    if (rows > SPYRE_ATTENTION_ROWS) rows = SPYRE_ATTENTION_ROWS;
    return (uint64_t)(chunks * spyre_attention_sums_size(rows, d->cache.head_size));
}

// Units of a work that begins at `position`. When others have the rest of it, partial results are left where
// all find them, and whoever comes last merges them in the order of chunks.
static void attend_units(const spyre_attention_operands *o, tile_rows *t, const spyre_attention_work *work,
                         int64_t s, spyre_attention_units units, const spyre_attention_owners *owners) {
    const rows_of_work rows = {work, s, 0, work->rows};
    spyre_attention_tile tile = load_rows(o, t, &rows);
    tile.first_unit = units.begin;
    tile.end_unit = units.end;
    if (owners->count > 1) {
        tile.partials =
            (float *)o->launch->scratch + (uint64_t)owners->first * spyre_attention_partial_floats(o->desc);
        kernel_of(o)(&tile);
        _Atomic int32_t *counter = spyre_launch_counter(o->launch, owners->first);
        if (atomic_fetch_add_explicit(counter, 1, memory_order_acq_rel) != owners->count - 1) return;
        // Nobody else comes: the counter is ready for the next launch.
        atomic_store_explicit(counter, 0, memory_order_relaxed);
        tile.first_unit = owners->first_units;
        tile.end_unit = work->units;
        o->launch->kernels->attend_merge(&tile);
    } else {
        kernel_of(o)(&tile);
    }
    store_rows(o, t, &rows);
}

// The new row of a sequence that has one, for the KV heads whose last chunk is among the units.
static void write_new_row(const spyre_attention_operands *o, const spyre_attention_work *work, int64_t s,
                          spyre_attention_units units) {
    int64_t last = work->units - work->heads;
    for (int64_t unit = units.begin > last ? units.begin : last; unit < units.end; unit++)
        spyre_kv_write_head(&o->rows, o->starts[s], work->first_head + unit - last);
}

// Works of a sequence; nothing for one that lies.
static int64_t works_of(const spyre_attention_operands *o, int64_t s) {
    if (!spyre_attention_sequence_ok(o, s)) return 0;
    return spyre_attention_works(o->starts[s + 1] - o->starts[s], o->group, o->desc->cache.kv_heads);
}

static spyre_attention_work work_of(const spyre_attention_operands *o, int64_t s, int64_t index) {
    return spyre_attention_work_of(o->starts[s + 1] - o->starts[s], o->contexts[s], o->group,
                                   o->desc->cache.kv_heads, index);
}

void spyre_attention_run(const spyre_attention_operands *o, bool writes, int thread, int threads) {
    const int64_t sequences = spyre_size(o->launch, o->desc->sequences);
    uint64_t total = 0, position = 0;
    for (int64_t s = 0; s < sequences; s++)
        for (int64_t i = 0; i < works_of(o, s); i++) total += work_of(o, s, i).cost;
    const spyre_attention_piece piece = spyre_attention_piece_of(total, thread, threads);
    tile_rows t;
    for (int64_t s = 0; s < sequences; s++) {
        for (int64_t i = 0; i < works_of(o, s); i++) {
            const spyre_attention_work work = work_of(o, s, i);
            const spyre_attention_units units = spyre_attention_units_of(&work, position, piece);
            if (units.begin < units.end && writes) write_new_row(o, &work, s, units);
            if (!work.by_chunk) {
                attend_rows(o, &t, &work, s, units);
            } else if (units.begin < units.end) {
                const spyre_attention_owners owners =
                    spyre_attention_owners_of(&work, position, total, threads);
                attend_units(o, &t, &work, s, units, &owners);
            }
            position += work.cost;
        }
    }
}
