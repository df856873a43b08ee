// The product of matrices in host memory.
#include "../../device/driver.h"
#include "gemm.h"

// Host memory as a buffer, for the time of a call: the host device's memory is the same.
static spyre_buffer borrow(spyre_device *device, const float *data, int64_t rows, int64_t stride) {
    return (spyre_buffer){
        .device = device,
        .bytes = (uint64_t)(rows > 0 ? rows : 0) * (uint64_t)(stride > 0 ? stride : 0) * sizeof(float),
        .data = (uint8_t *)data,
    };
}

static spyre_span whole(spyre_buffer *buffer) {
    return buffer->data == NULL ? (spyre_span){0} : spyre_span_at(buffer, 0);
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
    // The longer side covers both orders and both transpositions.
    int64_t mk = m > k ? m : k, kn = k > n ? k : n, mn = m > n ? m : n;
    spyre_buffer a_buffer = borrow(stream->device, a, mk, lda);
    spyre_buffer b_buffer = borrow(stream->device, b, kn, ldb);
    spyre_buffer c_buffer = borrow(stream->device, c, mn, ldc);
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
    desc.a = whole(&a_buffer);
    desc.lda = lda;
    desc.b = whole(&b_buffer);
    desc.ldb = ldb;
    desc.c = whole(&c_buffer);
    desc.ldc = ldc;
    return spyre_stream_gemm(stream, &desc, out_error);
}
