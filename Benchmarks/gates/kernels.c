// Runs each of the main kernels once, on one thread, so that its instructions can be counted:
//   kernels           under callgrind, which dumps one profile a kernel
//   kernels --step    counts them itself, by single steps, and prints "NAME COUNT" lines: callgrind has no AVX-512
// SPYRE_ISA chooses the instruction set. What is counted is the call that a user makes: its checks, the team of one
// thread, and the kernel. It has run once before.
#define _GNU_SOURCE
#include <spyre/spyre.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include <valgrind/callgrind.h>

static spyre_error *error;
static spyre_device *device;
static spyre_stream *stream;

static void check(spyre_status status) {
    if (status == SPYRE_STATUS_OK) return;
    fprintf(stderr, "gates: %s: %s\n", spyre_status_name(status), spyre_error_message(error));
    exit(1);
}

// MARK: Counting

static bool stepping;
static volatile uint64_t steps;

// A string instruction raises one signal for each of its rounds, and counts once.
static void count_step(int signal, siginfo_t *information, void *context) {
    (void)signal, (void)information;
#if defined(__x86_64__)
    static greg_t last;
    greg_t next = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
    if (next != last) steps++;
    last = next;
#else
    (void)context;
#endif
}

// The trap flag of the processor raises SIGTRAP behind every instruction (AMD64 manual, volume 2, 13.1.4).
static void set_trap_flag(bool on) {
#if defined(__x86_64__)
    if (on)
        __asm__ volatile("sub $128, %%rsp; pushfq; orl $0x100, (%%rsp); popfq; add $128, %%rsp" ::
                             : "cc", "memory");
    else
        __asm__ volatile("sub $128, %%rsp; pushfq; andl $~0x100, (%%rsp); popfq; add $128, %%rsp" ::
                             : "cc", "memory");
#else
    (void)on;
    fprintf(stderr, "gates: --step is for x86-64\n");
    exit(1);
#endif
}

// Counts the instructions of `call(argument)`.
static void count(const char *name, void (*call)(const void *), const void *argument) {
    call(argument);
    if (stepping) {
        steps = 0;
        set_trap_flag(true);
        call(argument);
        set_trap_flag(false);
        printf("%s %llu\n", name, (unsigned long long)steps);
    } else {
        CALLGRIND_ZERO_STATS;
        call(argument);
        CALLGRIND_DUMP_STATS_AT(name);
    }
}

// MARK: Inputs

static spyre_span reserve(uint64_t bytes) {
    spyre_buffer *buffer = NULL;
    check(spyre_buffer_create(device, bytes, &buffer, &error));
    return spyre_span_at(buffer, 0);
}

static spyre_span upload(const void *source, uint64_t bytes) {
    spyre_span span = reserve(bytes);
    check(spyre_stream_write(stream, source, span, bytes, &error));
    return span;
}

// `count` numbers between -1 and 1, the same in every run (Knuth's MMIX generator).
static spyre_span numbers(int64_t count) {
    static uint64_t state = 1;
    float *values = malloc((size_t)count * sizeof *values);
    if (values == NULL) abort();
    for (int64_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        values[i] = (float)(int32_t)(state >> 32) / 2147483648.0f;
    }
    spyre_span span = upload(values, (uint64_t)count * sizeof *values);
    free(values);
    return span;
}

// first, first + step, …
static spyre_span series(int32_t first, int32_t step, int64_t count) {
    int32_t *values = malloc((size_t)count * sizeof *values);
    if (values == NULL) abort();
    for (int64_t i = 0; i < count; i++) values[i] = first + (int32_t)i * step;
    spyre_span span = upload(values, (uint64_t)count * sizeof *values);
    free(values);
    return span;
}

// MARK: Matrix products

typedef struct weight_format {
    const char *name;
    spyre_type type;
    int block;
    int block_bytes;
} weight_format;

static const weight_format formats[] = {
    {"f32", SPYRE_TYPE_F32, 1, 4},
    {"bf16", SPYRE_TYPE_BF16, 1, 2},
    {"f16", SPYRE_TYPE_F16, 1, 2},
    {"q8_0", SPYRE_TYPE_Q8_0, 32, 34},
    {"q4_0", SPYRE_TYPE_Q4_0, 32, 18},
    {"q4_1", SPYRE_TYPE_Q4_1, 32, 20},
    {"q4_k", SPYRE_TYPE_Q4_K, 256, 144},
    {"q6_k", SPYRE_TYPE_Q6_K, 256, 210},
};

static void run_matmul(const void *desc) { check(spyre_stream_matmul(stream, desc, &error)); }

static void matmul(const weight_format *format, int64_t rows) {
    enum { COLUMNS = 256, OUTPUTS = 128 };
    // 0x3c3c is a finite number in every 16- and 32-bit format, and so are blocks made of it.
    static uint8_t source[OUTPUTS * COLUMNS * 4];
    memset(source, 0x3c, sizeof source);
    spyre_weight_pack_desc pack;
    SPYRE_INIT(&pack);
    pack.type = pack.source_type = format->type;
    pack.source = source;
    pack.rows = pack.outputs = OUTPUTS;
    pack.columns = COLUMNS;
    if ((size_t)(OUTPUTS * COLUMNS / format->block * format->block_bytes) > sizeof source) abort();
    spyre_matmul_desc desc;
    SPYRE_INIT(&desc);
    desc.weight_type = format->type;
    desc.weight = reserve(spyre_weight_bytes(format->type, OUTPUTS, COLUMNS));
    check(spyre_stream_pack_weight(stream, &pack, desc.weight, &error));
    desc.outputs = desc.output_stride = OUTPUTS;
    desc.columns = desc.input_stride = COLUMNS;
    desc.rows = spyre_extent_fixed(rows);
    desc.input = numbers(rows * COLUMNS);
    desc.output = reserve((uint64_t)(rows * OUTPUTS) * 4);
    desc.scale = 1;
    char name[64];
    snprintf(name, sizeof name, "matmul_%s_m%d", format->name, (int)rows);
    count(name, run_matmul, &desc);
}

static void run_gemm(const void *desc) { check(spyre_stream_gemm(stream, desc, &error)); }

static void gemm(int64_t rows) {
    enum { COLUMNS = 256, OUTPUTS = 128 };
    spyre_gemm_desc desc;
    SPYRE_INIT(&desc);
    desc.m = rows;
    desc.n = desc.ldb = desc.ldc = OUTPUTS;
    desc.k = desc.lda = COLUMNS;
    desc.alpha = 1;
    desc.a = numbers(rows * COLUMNS);
    desc.b = numbers(COLUMNS * OUTPUTS);
    desc.c = reserve((uint64_t)(rows * OUTPUTS) * 4);
    char name[64];
    snprintf(name, sizeof name, "gemm_m%d", (int)rows);
    count(name, run_gemm, &desc);
}

// MARK: Rows

enum { ROWS = 4, WIDTH = 576 };

static void run_rms_norm(const void *desc) { check(spyre_stream_rms_norm(stream, desc, &error)); }

static void rms_norm(void) {
    spyre_rms_norm_desc desc;
    SPYRE_INIT(&desc);
    desc.epsilon = 1e-5f;
    desc.input = numbers(ROWS * WIDTH);
    desc.weight = numbers(WIDTH);
    desc.output = reserve(ROWS * WIDTH * 4);
    desc.columns = desc.stride = WIDTH;
    desc.rows = spyre_extent_fixed(ROWS);
    count("rms_norm", run_rms_norm, &desc);
}

static void run_layer_norm(const void *desc) { check(spyre_stream_layer_norm(stream, desc, &error)); }

static void layer_norm(void) {
    spyre_layer_norm_desc desc;
    SPYRE_INIT(&desc);
    desc.epsilon = 1e-5f;
    desc.input = numbers(ROWS * WIDTH);
    desc.weight = numbers(WIDTH);
    desc.bias = numbers(WIDTH);
    desc.output = reserve(ROWS * WIDTH * 4);
    desc.columns = desc.input_stride = desc.output_stride = WIDTH;
    desc.rows = spyre_extent_fixed(ROWS);
    count("layer_norm", run_layer_norm, &desc);
}

static void run_elementwise(const void *desc) { check(spyre_stream_elementwise(stream, desc, &error)); }

static void elementwise(const char *name, spyre_elementwise_kind kind) {
    spyre_elementwise_desc desc;
    SPYRE_INIT(&desc);
    desc.kind = kind;
    desc.a = numbers(ROWS * WIDTH);
    // The kinds of one operand take no other.
    if (kind == SPYRE_ELEMENTWISE_ADD || kind == SPYRE_ELEMENTWISE_SILU_MUL) desc.b = numbers(ROWS * WIDTH);
    desc.output = reserve(ROWS * WIDTH * 4);
    desc.columns = desc.a_stride = desc.b_stride = desc.output_stride = WIDTH;
    desc.rows = spyre_extent_fixed(ROWS);
    desc.scale = 1;
    count(name, run_elementwise, &desc);
}

static void run_softmax(const void *desc) { check(spyre_stream_softmax(stream, desc, &error)); }

static void softmax(void) {
    spyre_softmax_desc desc;
    SPYRE_INIT(&desc);
    desc.columns = desc.stride = 1000;
    desc.rows = spyre_extent_fixed(ROWS);
    desc.input = numbers(ROWS * 1000);
    desc.output = reserve(ROWS * 1000 * 4);
    count("softmax", run_softmax, &desc);
}

static void run_top_k(const void *desc) { check(spyre_stream_top_k(stream, desc, &error)); }

static void top_k(void) {
    spyre_top_k_desc desc;
    SPYRE_INIT(&desc);
    desc.count = 8;
    desc.columns = desc.stride = 1000;
    desc.rows = spyre_extent_fixed(1);
    desc.input = numbers(1000);
    desc.values = reserve(8 * 4);
    desc.indices = reserve(8 * 4);
    count("top_k", run_top_k, &desc);
}

// MARK: Attention

enum { HEADS = 8, KV_HEADS = 2, HEAD_SIZE = 64, BLOCKS = 3, CONTEXT = 128 };

static spyre_kv_cache make_cache(spyre_type type) {
    uint64_t bytes = spyre_kv_cache_bytes(type, BLOCKS, KV_HEADS, HEAD_SIZE);
    spyre_kv_cache cache = {reserve(bytes), reserve(bytes), BLOCKS, KV_HEADS, HEAD_SIZE, type, 0, 0};
    return cache;
}

static void run_kv_write(const void *desc) { check(spyre_stream_kv_write(stream, desc, &error)); }

// `rows` tokens to block 1 on, with their rotation.
static spyre_kv_write_desc kv_write(spyre_kv_cache cache, int64_t rows) {
    spyre_kv_write_desc desc;
    SPYRE_INIT(&desc);
    desc.layout = SPYRE_ROPE_HALF_SPLIT;
    desc.cache = cache;
    desc.stride = HEADS * HEAD_SIZE;
    desc.keys = numbers(rows * desc.stride);
    desc.values = numbers(rows * desc.stride);
    desc.queries = numbers(rows * desc.stride);
    desc.slots = series(SPYRE_KV_BLOCK_TOKENS, 1, rows);
    desc.rows = spyre_extent_fixed(rows);
    desc.heads = HEADS;
    desc.positions = series(0, 1, rows);
    desc.rope_table = numbers((int64_t)CONTEXT * HEAD_SIZE);
    desc.table_positions = CONTEXT;
    return desc;
}

static void run_attention(const void *desc) { check(spyre_stream_attention(stream, desc, &error)); }

// The last `rows` of CONTEXT tokens attend to all before them.
static void attention(const char *operation, spyre_type type, int64_t rows) {
    char name[64];
    snprintf(name, sizeof name, "attention_%s_m%d", operation, (int)rows);
    spyre_kv_cache cache = make_cache(type);
    spyre_kv_write_desc write = kv_write(cache, CONTEXT);
    run_kv_write(&write);
    spyre_attention_desc desc;
    SPYRE_INIT(&desc);
    desc.scale = 0.125f;
    desc.cache = cache;
    desc.heads = HEADS;
    desc.query_stride = desc.output_stride = HEADS * HEAD_SIZE;
    desc.queries = numbers(rows * HEADS * HEAD_SIZE);
    desc.output = reserve((uint64_t)(rows * HEADS * HEAD_SIZE) * 4);
    desc.rows = spyre_extent_fixed(rows);
    desc.sequences = spyre_extent_fixed(1);
    desc.query_starts = series(0, (int32_t)rows, 2);
    desc.context_lengths = series(CONTEXT, 0, 1);
    desc.block_tables = series(1, 1, CONTEXT / SPYRE_KV_BLOCK_TOKENS);
    desc.maximum_blocks = CONTEXT / SPYRE_KV_BLOCK_TOKENS;
    count(name, run_attention, &desc);
}

int main(int argc, char **argv) {
    stepping = argc > 1 && strcmp(argv[1], "--step") == 0;
    struct sigaction action = {.sa_sigaction = count_step, .sa_flags = SA_SIGINFO};
    if (stepping && sigaction(SIGTRAP, &action, NULL) != 0) {
        perror("gates: sigaction");
        return 1;
    }
    spyre_device_desc desc;
    SPYRE_INIT(&desc);
    desc.threads = 1;
    check(spyre_device_open(&desc, &device, &error));
    check(spyre_stream_create(device, &stream, &error));

    // A step costs microseconds.
    int64_t many = stepping ? 16 : 64, prefill = stepping ? 4 : 64;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        matmul(&formats[i], 1);
        matmul(&formats[i], many);
    }
    gemm(many);
    attention("f32", SPYRE_TYPE_F32, 1);
    attention("bf16", SPYRE_TYPE_BF16, 1);
    attention("bf16", SPYRE_TYPE_BF16, prefill);
    rms_norm();
    layer_norm();
    elementwise("gelu", SPYRE_ELEMENTWISE_GELU);
    elementwise("silu_mul", SPYRE_ELEMENTWISE_SILU_MUL);
    elementwise("add", SPYRE_ELEMENTWISE_ADD);
    spyre_kv_write_desc write = kv_write(make_cache(SPYRE_TYPE_BF16), ROWS);
    count("rope_kv_write_bf16", run_kv_write, &write);
    softmax();
    top_k();
    // The process ends here, and with it the device.
    return 0;
}
