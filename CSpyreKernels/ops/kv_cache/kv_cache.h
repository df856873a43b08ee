// Checks of a KV cache that the ops share.
#ifndef SPYRE_KV_CACHE_H
#define SPYRE_KV_CACHE_H

#include "../../device/internal.h"

enum { SPYRE_MAXIMUM_HEAD_SIZE = 256 };

static inline spyre_status spyre_kv_cache_check(const spyre_kv_cache *c, const char *op,
                                                spyre_error **out_error) {
    if (spyre_kv_cache_bytes(c->type, c->blocks, c->kv_heads, c->head_size) == 0 || c->head_size % 16 != 0 ||
        c->head_size > SPYRE_MAXIMUM_HEAD_SIZE)
        return spyre_fail(
            out_error, SPYRE_STATUS_UNSUPPORTED,
            "%s: a KV cache of type %d, %lld blocks, %lld heads of size %lld is not supported (types "
            "float32 and bfloat16, head sizes that are multiples of 16 up to 256)",
            op, c->type, (long long)c->blocks, (long long)c->kv_heads, (long long)c->head_size);
    if (!spyre_span_present(c->keys) || !spyre_span_present(c->values))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "%s: keys or values of the cache are missing", op);
    return SPYRE_STATUS_OK;
}

#endif
