// The largest values of each row: argmax for a count of 1.
#include "../../device/internal.h"

enum { MAXIMUM_COUNT = 1024 };

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_top_k_desc *d = raw;
    if (!spyre_size_ok(d->columns) || !spyre_extent_ok(d->rows) || d->stride < d->columns ||
        d->stride > (int64_t)1 << 31 || d->count < 1 || d->count > MAXIMUM_COUNT || d->count > d->columns)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "top_k: count must be in 1...%d and at most the %lld columns, got %d",
                          MAXIMUM_COUNT, (long long)d->columns, d->count);
    if (!spyre_span_present(d->input) || !spyre_span_present(d->indices))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "top_k: input or indices are missing");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_top_k_desc *d = raw;
    uint64_t result = (uint64_t)d->rows.maximum * (uint64_t)d->count * 4;
    out[0] = spyre_reads_rows("input", d->input, d->rows.maximum, d->stride, d->columns);
    out[1] = spyre_writes("values", d->values, result);
    out[2] = spyre_writes("indices", d->indices, result);
    return 3;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_top_k_desc *)raw)->rows;
    return 1;
}

// A strict order of candidates: larger first, NaN last, the lower index among equals.
static bool before(const float *row, int32_t a, int32_t b) {
    float x = row[a], y = row[b];
    bool x_nan = x != x, y_nan = y != y;
    if (x_nan || y_nan) return x_nan == y_nan ? a < b : y_nan;
    return x > y || (x == y && a < b);
}

// `best[0 ..< count]` is a heap whose root is the worst of the kept.
static void sift_down(const float *row, int32_t *best, int count, int parent) {
    for (;;) {
        int worst = parent;
        for (int child = 2 * parent + 1; child <= 2 * parent + 2 && child < count; child++)
            if (before(row, best[worst], best[child])) worst = child;
        if (worst == parent) return;
        int32_t swapped = best[parent];
        best[parent] = best[worst];
        best[worst] = swapped;
        parent = worst;
    }
}

// The next place that may replace the worst of the kept. Places come in rising order, so an equal value is too late.
static int64_t next_candidate(const spyre_kernels *kernels, const float *row, int64_t i, int64_t columns,
                              float worst) {
    if (worst == worst) return kernels->find_greater(row, i, columns, worst);
    // Every number is better than a NaN.
    while (i < columns && row[i] != row[i]) i++;
    return i;
}

static void top_of_row(const spyre_kernels *kernels, const float *row, int64_t columns, int32_t *best,
                       int count) {
    for (int i = 0; i < count; i++) best[i] = i;
    for (int i = count / 2; i-- > 0;) sift_down(row, best, count, i);
    for (int64_t i = count;; i++) {
        i = next_candidate(kernels, row, i, columns, row[best[0]]);
        if (i >= columns) break;
        best[0] = (int32_t)i;
        sift_down(row, best, count, 0);
    }
    // Heap sort: the worst goes to the end each time.
    for (int left = count - 1; left > 0; left--) {
        int32_t worst = best[0];
        best[0] = best[left];
        best[left] = worst;
        sift_down(row, best, left, 0);
    }
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_top_k_desc *d = raw;
    const float *input = spyre_resolve(launch, d->input);
    float *values = spyre_resolve(launch, d->values);
    int32_t *indices = spyre_resolve(launch, d->indices);
    int64_t row, end;
    spyre_share(spyre_size(launch, d->rows), thread, threads, &row, &end);
    for (; row < end; row++) {
        const float *x = input + row * d->stride;
        int32_t *best = indices + row * d->count;
        top_of_row(launch->kernels, x, d->columns, best, d->count);
        for (int i = 0; values != NULL && i < d->count; i++) values[row * d->count + i] = x[best[i]];
    }
}

static const spyre_op_class top_k_class = {
    "top_k", sizeof(spyre_top_k_desc), check, accesses, extents, NULL, NULL, run};

spyre_status spyre_stream_top_k(spyre_stream *stream, const spyre_top_k_desc *desc, spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &top_k_class, desc, out_error);
}
