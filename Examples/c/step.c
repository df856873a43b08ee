// One step on a Spyre device, from C: matrix products, an RMSNorm, and attention over a paged KV cache.
//   cc step.c $(pkg-config --cflags --libs spyre) -o step && ./step
// Inputs and output are those of ../README.md.
#include <spyre/spyre.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    ROWS = 4,
    COLUMNS = 64,
    OUTPUTS = 96,
    SEQUENCES = 2,
    TOKENS = 100 + 40,
    HEADS = 4,
    KV_HEADS = 2,
    HEAD_SIZE = 32,
    BLOCKS = 6,
    TABLE = 2
};

static const int32_t context_lengths[SEQUENCES] = {100, 40};
// Blocks need not be in order; block 0 pads the shorter table.
static const int32_t block_tables[SEQUENCES][TABLE] = {{3, 1}, {5, 0}};

static spyre_error *error;
static spyre_device *device;
static spyre_stream *stream;

// Ends the program with the error's own line.
static void check(spyre_status status) {
    if (status == SPYRE_STATUS_OK) return;
    fprintf(stderr, "step: %s: %s\n", spyre_status_name(status), spyre_error_message(error));
    spyre_error_release(error);
    exit(1);
}

static spyre_buffer *reserve(uint64_t bytes) {
    spyre_buffer *buffer = NULL;
    check(spyre_buffer_create(device, bytes, &buffer, &error));
    return buffer;
}

static spyre_buffer *upload(const void *source, uint64_t bytes) {
    spyre_buffer *buffer = reserve(bytes);
    check(spyre_stream_write(stream, source, spyre_span_at(buffer, 0), bytes, &error));
    return buffer;
}

static void download(spyre_buffer *buffer, void *target) {
    check(spyre_stream_read(stream, spyre_span_at(buffer, 0), target, spyre_buffer_bytes(buffer), &error));
    check(spyre_stream_synchronize(stream, &error));
}

static void release(spyre_buffer **buffers, int count) {
    for (int i = 0; i < count; i++) spyre_buffer_release(buffers[i]);
}

static void fill(float x[ROWS][COLUMNS], float w[OUTPUTS][COLUMNS]) {
    for (int i = 0; i < ROWS * COLUMNS; i++) x[i / COLUMNS][i % COLUMNS] = (float)((i * 5 + i / 7) % 9 - 4);
    for (int i = 0; i < OUTPUTS * COLUMNS; i++)
        w[i / COLUMNS][i % COLUMNS] = (float)((i * 3 + i / 11) % 7 - 3);
}

// y = x W^T, with the weight packed once into panels.
static void matmul(float y[ROWS][OUTPUTS]) {
    float x[ROWS][COLUMNS], w[OUTPUTS][COLUMNS];
    fill(x, w);
    spyre_buffer *buffers[] = {
        upload(x, sizeof x),
        reserve(spyre_weight_bytes(SPYRE_TYPE_BF16, OUTPUTS, COLUMNS)),
        reserve(ROWS * OUTPUTS * sizeof(float)),
    };

    spyre_weight_pack_desc pack;
    SPYRE_INIT(&pack);
    pack.type = SPYRE_TYPE_BF16;
    pack.source_type = SPYRE_TYPE_F32;
    pack.source = w;
    pack.rows = pack.outputs = OUTPUTS;
    pack.columns = COLUMNS;
    check(spyre_stream_pack_weight(stream, &pack, spyre_span_at(buffers[1], 0), &error));

    spyre_matmul_desc desc;
    SPYRE_INIT(&desc);
    desc.weight_type = SPYRE_TYPE_BF16;
    desc.weight = spyre_span_at(buffers[1], 0);
    desc.outputs = desc.output_stride = OUTPUTS;
    desc.columns = desc.input_stride = COLUMNS;
    desc.rows = spyre_extent_fixed(ROWS);
    desc.input = spyre_span_at(buffers[0], 0);
    desc.output = spyre_span_at(buffers[2], 0);
    desc.scale = 1;
    check(spyre_stream_matmul(stream, &desc, &error));
    download(buffers[2], y);
    release(buffers, 3);
}

// y = x W^T / 2, of two plain matrices.
static void gemm(float y[ROWS][OUTPUTS]) {
    float x[ROWS][COLUMNS], w[OUTPUTS][COLUMNS];
    fill(x, w);
    spyre_buffer *buffers[] = {
        upload(x, sizeof x),
        upload(w, sizeof w),
        reserve(ROWS * OUTPUTS * sizeof(float)),
    };

    spyre_gemm_desc desc;
    SPYRE_INIT(&desc);
    desc.order = SPYRE_GEMM_ROW_MAJOR;
    desc.transpose_b = SPYRE_GEMM_TRANSPOSE;
    desc.m = ROWS;
    desc.n = desc.ldc = OUTPUTS;
    desc.k = desc.lda = desc.ldb = COLUMNS;
    desc.alpha = 0.5f;
    desc.a = spyre_span_at(buffers[0], 0);
    desc.b = spyre_span_at(buffers[1], 0);
    desc.c = spyre_span_at(buffers[2], 0);
    check(spyre_stream_gemm(stream, &desc, &error));
    download(buffers[2], y);
    release(buffers, 3);
}

static void rms_norm(float y[ROWS][COLUMNS]) {
    float x[ROWS][COLUMNS], weight[COLUMNS];
    // Five ones and three threes in every eight values: a mean square of 4.
    for (int i = 0; i < ROWS * COLUMNS; i++)
        x[i / COLUMNS][i % COLUMNS] = (i % 8 < 5 ? 1.0f : 3.0f) * (i % 3 == 0 ? -1.0f : 1.0f);
    for (int i = 0; i < COLUMNS; i++) weight[i] = (float)(i % 5 + 1);
    spyre_buffer *buffers[] = {
        upload(x, sizeof x),
        upload(weight, sizeof weight),
        reserve(ROWS * COLUMNS * sizeof(float)),
    };

    spyre_rms_norm_desc desc;
    SPYRE_INIT(&desc);
    desc.input = spyre_span_at(buffers[0], 0);
    desc.weight = spyre_span_at(buffers[1], 0);
    desc.output = spyre_span_at(buffers[2], 0);
    desc.columns = desc.stride = COLUMNS;
    desc.rows = spyre_extent_fixed(ROWS);
    check(spyre_stream_rms_norm(stream, &desc, &error));
    download(buffers[2], y);
    release(buffers, 3);
}

// Writes the keys and values of both sequences to the cache, then lets one query token of each attend.
static void attention(float y[SEQUENCES][HEADS][HEAD_SIZE]) {
    static float keys[TOKENS][KV_HEADS][HEAD_SIZE], values[TOKENS][KV_HEADS][HEAD_SIZE];
    int32_t slots[TOKENS];
    float queries[SEQUENCES][HEADS][HEAD_SIZE];
    int32_t query_starts[SEQUENCES + 1] = {0, 1, 2};
    for (int sequence = 0, row = 0; sequence < SEQUENCES; sequence++)
        for (int token = 0; token < context_lengths[sequence]; token++, row++) {
            slots[row] = block_tables[sequence][token / SPYRE_KV_BLOCK_TOKENS] * SPYRE_KV_BLOCK_TOKENS +
                         token % SPYRE_KV_BLOCK_TOKENS;
            for (int head = 0; head < KV_HEADS; head++)
                for (int d = 0; d < HEAD_SIZE; d++) {
                    keys[row][head][d] = token % 25 == head ? 1.0f : 0.0f;
                    values[row][head][d] = (float)((token * 3 + head + d) % 7 + 1);
                }
        }
    for (int i = 0; i < SEQUENCES * HEADS * HEAD_SIZE; i++)
        queries[i / (HEADS * HEAD_SIZE)][i / HEAD_SIZE % HEADS][i % HEAD_SIZE] = 16;

    uint64_t cache_bytes = spyre_kv_cache_bytes(SPYRE_TYPE_BF16, BLOCKS, KV_HEADS, HEAD_SIZE);
    spyre_buffer *buffers[] = {
        upload(keys, sizeof keys),
        upload(values, sizeof values),
        upload(slots, sizeof slots),
        reserve(cache_bytes),
        reserve(cache_bytes),
        upload(queries, sizeof queries),
        upload(query_starts, sizeof query_starts),
        upload(context_lengths, sizeof context_lengths),
        upload(block_tables, sizeof block_tables),
        reserve(SEQUENCES * HEADS * HEAD_SIZE * sizeof(float)),
    };

    spyre_kv_write_desc write;
    SPYRE_INIT(&write);
    write.cache.keys = spyre_span_at(buffers[3], 0);
    write.cache.values = spyre_span_at(buffers[4], 0);
    write.cache.blocks = BLOCKS;
    write.cache.kv_heads = KV_HEADS;
    write.cache.head_size = HEAD_SIZE;
    write.cache.type = SPYRE_TYPE_BF16;
    write.keys = spyre_span_at(buffers[0], 0);
    write.values = spyre_span_at(buffers[1], 0);
    write.stride = KV_HEADS * HEAD_SIZE;
    write.slots = spyre_span_at(buffers[2], 0);
    write.rows = spyre_extent_fixed(TOKENS);
    check(spyre_stream_kv_write(stream, &write, &error));

    spyre_attention_desc desc;
    SPYRE_INIT(&desc);
    desc.scale = 0.25f;
    desc.cache = write.cache;
    desc.queries = spyre_span_at(buffers[5], 0);
    desc.output = spyre_span_at(buffers[9], 0);
    desc.query_stride = desc.output_stride = HEADS * HEAD_SIZE;
    desc.heads = HEADS;
    desc.rows = desc.sequences = spyre_extent_fixed(SEQUENCES);
    desc.query_starts = spyre_span_at(buffers[6], 0);
    desc.context_lengths = spyre_span_at(buffers[7], 0);
    desc.block_tables = spyre_span_at(buffers[8], 0);
    desc.maximum_blocks = TABLE;
    check(spyre_stream_attention(stream, &desc, &error));
    download(buffers[9], y);
    release(buffers, 10);
}

// FNV-1a, 64 bits, over the bytes of the results (Fowler, Noll and Vo; draft-eastlake-fnv).
static uint64_t checksum(const void *bytes, size_t count) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < count; i++) hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    return hash;
}

int main(void) {
    static float products[ROWS][OUTPUTS], halves[ROWS][OUTPUTS];
    static float norms[ROWS][COLUMNS], attended[SEQUENCES][HEADS][HEAD_SIZE];
    check(spyre_device_open(NULL, &device, &error));
    check(spyre_stream_create(device, &stream, &error));
    matmul(products);
    gemm(halves);
    rms_norm(norms);
    attention(attended);
    printf("matmul %016" PRIx64 "\n", checksum(products, sizeof products));
    printf("gemm %016" PRIx64 "\n", checksum(halves, sizeof halves));
    printf("rms_norm %016" PRIx64 "\n", checksum(norms, sizeof norms));
    printf("attention %016" PRIx64 "\n", checksum(attended, sizeof attended));
    spyre_stream_release(stream);
    check(spyre_device_close(device, &error));
    return 0;
}
