// Operands of an attention op as a launch finds them.
#ifndef SPYRE_ATTENTION_OPERANDS_H
#define SPYRE_ATTENTION_OPERANDS_H

#include "../kv_cache/kv_cache.h"

// Where the operands of a launch lie.
typedef struct spyre_attention_operands {
    const spyre_attention_desc *desc;
    const spyre_launch *launch;
    const float *queries;
    float *output;
    const int32_t *starts;
    const int32_t *contexts;
    const int32_t *tables;
    int64_t group;
    spyre_kv_factors factors;
    // New rows, if the op writes any. Queries are rotated as keys are.
    spyre_kv_rows rows;
} spyre_attention_operands;

spyre_attention_operands spyre_attention_operands_of(const spyre_attention_desc *d,
                                                     const spyre_launch *launch);

// Whether the op writes new keys and values before it reads the cache.
static inline bool spyre_attention_writes(const spyre_attention_desc *d) {
    return spyre_span_present(d->keys);
}

// True when the launch's index arrays describe rows and keys that exist; a sequence that lies gets no result.
bool spyre_attention_sequence_ok(const spyre_attention_operands *o, int64_t s);

// Whether each new row is read by one thread alone, the one that has the last chunk of its sequence and KV
// head: that thread writes it then, and nobody waits.
bool spyre_attention_writes_in_passing(const spyre_attention_operands *o);

#endif
