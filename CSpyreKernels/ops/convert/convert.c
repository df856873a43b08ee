// Conversion of rows between float32 and a smaller type.
#include "../../device/internal.h"
#include "q8_0.h"

// Bytes of `count` values, which are whole blocks; 0 for a type that cannot be converted.
static uint64_t bytes_of(spyre_type type, int64_t count) {
    switch (type) {
    case SPYRE_TYPE_F32: return (uint64_t)count * 4;
    case SPYRE_TYPE_BF16:
    case SPYRE_TYPE_F16: return (uint64_t)count * 2;
    case SPYRE_TYPE_Q8_0: return (uint64_t)(count / SPYRE_Q8_0_VALUES) * sizeof(spyre_q8_0_block);
    default: return 0;
    }
}

static bool fits_blocks(spyre_type type, int64_t count) {
    return type != SPYRE_TYPE_Q8_0 || count % SPYRE_Q8_0_VALUES == 0;
}

// Null for a pair that has no kernel.
static spyre_convert_kernel *kernel_of(const spyre_kernels *kernels, const spyre_convert_desc *d) {
    bool narrows = d->input_type == SPYRE_TYPE_F32;
    if (narrows == (d->output_type == SPYRE_TYPE_F32)) return NULL;
    switch (narrows ? d->output_type : d->input_type) {
    case SPYRE_TYPE_F16: return narrows ? kernels->f32_to_f16 : kernels->f16_to_f32;
    case SPYRE_TYPE_BF16: return narrows ? kernels->f32_to_bf16 : kernels->bf16_to_f32;
    case SPYRE_TYPE_Q8_0: return narrows ? kernels->f32_to_q8_0 : kernels->q8_0_to_f32;
    default: return NULL;
    }
}

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_convert_desc *d = raw;
    int64_t limit = (int64_t)1 << 31;
    if (bytes_of(d->input_type, 32) == 0 || bytes_of(d->output_type, 32) == 0 ||
        (d->input_type == SPYRE_TYPE_F32) == (d->output_type == SPYRE_TYPE_F32))
        return spyre_fail(
            out_error, SPYRE_STATUS_UNSUPPORTED,
            "convert: type %d to type %d; one has to be float32, the other float16, bfloat16 or Q8_0",
            d->input_type, d->output_type);
    if (!spyre_size_ok(d->columns) || !spyre_extent_ok(d->rows) || d->input_stride < d->columns ||
        d->input_stride > limit || d->output_stride < d->columns || d->output_stride > limit)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "convert: a size is out of range or a stride is smaller than the %lld columns",
                          (long long)d->columns);
    if (!fits_blocks(d->input_type, d->columns) || !fits_blocks(d->input_type, d->input_stride) ||
        !fits_blocks(d->output_type, d->columns) || !fits_blocks(d->output_type, d->output_stride))
        return spyre_fail(
            out_error, SPYRE_STATUS_INVALID_ARGUMENT,
            "convert: Q8_0 has blocks of 32, and %lld columns or a stride is no multiple of that",
            (long long)d->columns);
    if (!spyre_span_present(d->input) || !spyre_span_present(d->output))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "convert: input or output is missing");
    return SPYRE_STATUS_OK;
}

static spyre_access rows_of(spyre_access access, const spyre_convert_desc *d, spyre_type type,
                            int64_t stride) {
    int64_t rows = d->rows.maximum;
    access.row_bytes = bytes_of(type, d->columns);
    access.stride = rows > 1 ? bytes_of(type, stride) : 0;
    access.bytes = (uint64_t)(rows - 1) * access.stride + access.row_bytes;
    return access;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_convert_desc *d = raw;
    out[0] = rows_of(spyre_reads("input", d->input, 0), d, d->input_type, d->input_stride);
    out[1] = rows_of(spyre_writes("output", d->output, 0), d, d->output_type, d->output_stride);
    return 2;
}

static int extents(const void *raw, spyre_extent out[2]) {
    out[0] = ((const spyre_convert_desc *)raw)->rows;
    return 1;
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    (void)phase;
    const spyre_convert_desc *d = raw;
    const uint8_t *input = spyre_resolve(launch, d->input);
    uint8_t *output = spyre_resolve(launch, d->output);
    spyre_convert_kernel *kernel = kernel_of(launch->kernels, d);
    spyre_pieces pieces = spyre_pieces_of(spyre_size(launch, d->rows), d->columns);
    int64_t piece, end;
    spyre_share(pieces.count, thread, threads, &piece, &end);
    for (; piece < end; piece++) {
        int64_t row = piece / pieces.of_row, column = piece % pieces.of_row * SPYRE_PIECE_COLUMNS;
        int64_t left = d->columns - column;
        kernel(input + bytes_of(d->input_type, row * d->input_stride + column),
               output + bytes_of(d->output_type, row * d->output_stride + column),
               left < SPYRE_PIECE_COLUMNS ? left : SPYRE_PIECE_COLUMNS);
    }
}

static const spyre_op_class convert_class = {
    "convert", sizeof(spyre_convert_desc), check, accesses, extents, NULL, NULL, run,
};

spyre_status spyre_stream_convert(spyre_stream *stream, const spyre_convert_desc *desc,
                                  spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &convert_class, desc, out_error);
}
