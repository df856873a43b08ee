#include "attention_operands.h"

#include "attention_share.h"

spyre_attention_operands spyre_attention_operands_of(const spyre_attention_desc *d,
                                                     const spyre_launch *launch) {
    spyre_attention_operands o = {
        .desc = d,
        .launch = launch,
        .queries = spyre_resolve(launch, d->queries),
        .output = spyre_resolve(launch, d->output),
        .starts = spyre_resolve(launch, d->query_starts),
        .contexts = spyre_resolve(launch, d->context_lengths),
        .tables = spyre_resolve(launch, d->block_tables),
        .group = d->heads / d->cache.kv_heads,
        .factors = spyre_kv_factors_of(&d->scales, launch),
    };
    if (!spyre_attention_writes(d)) return o;
    o.rows = spyre_kv_rows_of(&d->cache, &d->scales, launch);
    o.rows.keys = spyre_resolve(launch, d->keys);
    o.rows.values = spyre_resolve(launch, d->values);
    o.rows.stride = d->kv_stride;
    o.rows.slots = spyre_resolve(launch, d->slots);
    // Without a rotation its operands may be anything.
    if (!spyre_span_present(d->rope_table)) return o;
    o.rows.positions = spyre_resolve(launch, d->positions);
    o.rows.rotation = (spyre_rotation){spyre_resolve(launch, d->rope_table), d->table_positions,
                                       d->cache.head_size, d->layout, launch->kernels->rotate};
    return o;
}

bool spyre_attention_sequence_ok(const spyre_attention_operands *o, int64_t s) {
    int64_t count = (int64_t)o->starts[s + 1] - o->starts[s], context = o->contexts[s];
    return o->starts[s] >= 0 && count >= 0 && o->starts[s + 1] <= spyre_size(o->launch, o->desc->rows) &&
           context >= count && context <= o->desc->maximum_blocks * spyre_kv_block_tokens(&o->desc->cache);
}

// Whether sequence s has at most one row, which goes to the slot of its last token or nowhere, and does not fill a
// block: full blocks may be shared.
static bool writes_own_slot(const spyre_attention_operands *o, int64_t s) {
    int64_t count = o->starts[s + 1] - o->starts[s], last = o->contexts[s] - 1;
    if (count != 1) return count == 0;
    const int64_t slot = o->rows.slots[o->starts[s]], tokens = o->rows.block_tokens;
    if (slot < 0 || slot >= o->rows.blocks * tokens) return true;
    int64_t block = o->tables[s * o->desc->maximum_blocks + last / tokens];
    return block > 0 && slot == block * tokens + last % tokens && last % tokens != tokens - 1;
}

bool spyre_attention_writes_in_passing(const spyre_attention_operands *o) {
    int64_t rows = spyre_size(o->launch, o->desc->rows), next = 0;
    if (o->group > SPYRE_ATTENTION_SPLIT_ROWS) return false;
    for (int64_t s = 0; s < spyre_size(o->launch, o->desc->sequences); s++) {
        if (!spyre_attention_sequence_ok(o, s) || o->starts[s] != next || !writes_own_slot(o, s))
            return false;
        next = o->starts[s + 1];
    }
    // Rows of no sequence are padding.
    for (; next < rows; next++)
        if (o->rows.slots[next] >= 0) return false;
    return true;
}
