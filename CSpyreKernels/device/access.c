#include "access.h"

static bool same_memory(spyre_span a, spyre_span b) {
    // A span with a buffer may carry a binding too, which does not count.
    return a.buffer == b.buffer && (a.buffer != NULL || a.binding == b.binding);
}

bool spyre_ranges_meet(const spyre_access *a, const spyre_access *b) {
    return same_memory(a->span, b->span) && a->span.offset < b->span.offset + b->bytes &&
           b->span.offset < a->span.offset + a->bytes;
}

bool spyre_accesses_overlap(const spyre_access *a, const spyre_access *b) {
    if (!spyre_ranges_meet(a, b)) return false;
    uint64_t stride = a->stride != 0 ? a->stride : b->stride;
    // Rows that are not the same distance apart meet sooner or later.
    if (stride == 0 || (b->stride != 0 && b->stride != stride)) return true;
    // Columns of one matrix are apart when b's begin behind a's and end before a's next row.
    uint64_t from_a = b->span.offset % stride + stride - a->span.offset % stride;
    from_a %= stride;
    return from_a < a->row_bytes || b->row_bytes > stride - from_a;
}
