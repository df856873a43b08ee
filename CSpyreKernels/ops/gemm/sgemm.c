// The product of matrices in host memory.
#include "../../device/driver.h"
#include "gemm.h"

// Where an operand lies in host memory that counts as one buffer, from the lowest operand on, so that what overlaps
// is found as it is among buffers.
static spyre_span at(spyre_buffer *memory, const float *operand) {
    if (operand == NULL) return (spyre_span){0};
    return spyre_span_at(memory, (uint64_t)((const uint8_t *)operand - memory->data));
}

static const float *lower(const float *a, const float *b) {
    if (a == NULL || b == NULL) return a == NULL ? b : a;
    return (uintptr_t)a < (uintptr_t)b ? a : b;
}

spyre_status spyre_sgemm(spyre_stream *stream, spyre_gemm_order order, spyre_gemm_transpose transpose_a,
                         spyre_gemm_transpose transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                         const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c,
                         int64_t ldc, spyre_error **out_error) {
    if (stream == NULL) return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "gemm: stream is null");
    if (stream->capture != NULL)
        return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE,
                          "gemm: host memory cannot be captured; use spyre_stream_gemm with buffers");
    if (stream->device->driver != &spyre_host_driver)
        return spyre_fail(out_error, SPYRE_STATUS_UNSUPPORTED,
                          "gemm: host memory is not this device's; use spyre_stream_gemm with buffers");
    // The host device's memory is the same. How long operands are follows from sizes, which the op checks.
    spyre_buffer memory = {
        .device = stream->device,
        .bytes = UINT64_MAX / 2,
        .data = (uint8_t *)lower(c, lower(a, b)),
    };
    spyre_gemm_desc desc;
    SPYRE_INIT(&desc);
    desc.order = order;
    desc.transpose_a = transpose_a;
    desc.transpose_b = transpose_b;
    desc.m = m;
    desc.n = n;
    desc.k = k;
    desc.alpha = alpha;
    desc.beta = beta;
    desc.a = at(&memory, a);
    desc.lda = lda;
    desc.b = at(&memory, b);
    desc.ldb = ldb;
    desc.c = at(&memory, c);
    desc.ldc = ldc;
    return spyre_stream_gemm(stream, &desc, out_error);
}
