// One step on a Spyre device, from C++17: handles that release themselves, errors as exceptions.
//   c++ -std=c++17 step.cpp $(pkg-config --cflags --libs spyre) -o step && ./step
// Inputs and output are those of ../README.md.
#include <spyre/spyre.h>

#include <cinttypes>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

template <auto function> struct Call {
    template <typename Handle> void operator()(Handle *handle) const { function(handle); }
};

struct CloseDevice {
    void operator()(spyre_device *device) const { spyre_device_close(device, nullptr); }
};

using Error = std::unique_ptr<spyre_error, Call<spyre_error_release>>;
using Device = std::unique_ptr<spyre_device, CloseDevice>;
using Stream = std::unique_ptr<spyre_stream, Call<spyre_stream_release>>;
using Buffer = std::unique_ptr<spyre_buffer, Call<spyre_buffer_release>>;

// Calls a function of the ABI with `arguments` and a place for its error, and throws the error.
template <typename Function, typename... Arguments> void call(Function function, Arguments... arguments) {
    spyre_error *raw = nullptr;
    spyre_status status = function(arguments..., &raw);
    Error error(raw);
    if (status != SPYRE_STATUS_OK)
        throw std::runtime_error(std::string(spyre_status_name(status)) + ": " + spyre_error_message(raw));
}

template <typename Descriptor> Descriptor describe() {
    Descriptor descriptor;
    SPYRE_INIT(&descriptor);
    return descriptor;
}

spyre_span at(const Buffer &buffer) { return spyre_span_at(buffer.get(), 0); }

class Work {
  public:
    Work() {
        spyre_device *device = nullptr;
        call(spyre_device_open, nullptr, &device);
        device_.reset(device);
        spyre_stream *stream = nullptr;
        call(spyre_stream_create, device, &stream);
        stream_.reset(stream);
    }

    spyre_stream *stream() const { return stream_.get(); }

    Buffer reserve(std::uint64_t bytes) const {
        spyre_buffer *buffer = nullptr;
        call(spyre_buffer_create, device_.get(), bytes, &buffer);
        return Buffer(buffer);
    }

    template <typename Value> Buffer upload(const std::vector<Value> &values) const {
        Buffer buffer = reserve(values.size() * sizeof(Value));
        call(spyre_stream_write, stream(), values.data(), at(buffer), spyre_buffer_bytes(buffer.get()));
        return buffer;
    }

    std::vector<float> download(const Buffer &buffer) const {
        std::vector<float> values(spyre_buffer_bytes(buffer.get()) / sizeof(float));
        call(spyre_stream_read, stream(), at(buffer), values.data(), spyre_buffer_bytes(buffer.get()));
        call(spyre_stream_synchronize, stream());
        return values;
    }

  private:
    // The stream goes before its device.
    Device device_;
    Stream stream_;
};

constexpr int rows = 4, columns = 64, outputs = 96;

std::vector<float> inputs() {
    std::vector<float> x(rows * columns);
    for (int i = 0; i < rows * columns; i++) x[i] = static_cast<float>((i * 5 + i / 7) % 9 - 4);
    return x;
}

std::vector<float> weights() {
    std::vector<float> w(outputs * columns);
    for (int i = 0; i < outputs * columns; i++) w[i] = static_cast<float>((i * 3 + i / 11) % 7 - 3);
    return w;
}

// y = x W^T, with the weight packed once into panels.
std::vector<float> matmul(const Work &work) {
    const std::vector<float> w = weights();
    Buffer input = work.upload(inputs());
    Buffer weight = work.reserve(spyre_weight_bytes(SPYRE_TYPE_BF16, outputs, columns));
    Buffer output = work.reserve(rows * outputs * sizeof(float));

    auto pack = describe<spyre_weight_pack_desc>();
    pack.type = SPYRE_TYPE_BF16;
    pack.source_type = SPYRE_TYPE_F32;
    pack.source = w.data();
    pack.rows = pack.outputs = outputs;
    pack.columns = columns;
    call(spyre_stream_pack_weight, work.stream(), &pack, at(weight));

    auto desc = describe<spyre_matmul_desc>();
    desc.weight_type = SPYRE_TYPE_BF16;
    desc.weight = at(weight);
    desc.outputs = desc.output_stride = outputs;
    desc.columns = desc.input_stride = columns;
    desc.rows = spyre_extent_fixed(rows);
    desc.input = at(input);
    desc.output = at(output);
    desc.scale = 1;
    call(spyre_stream_matmul, work.stream(), &desc);
    return work.download(output);
}

// y = x W^T / 2, of two plain matrices.
std::vector<float> gemm(const Work &work) {
    Buffer a = work.upload(inputs()), b = work.upload(weights());
    Buffer c = work.reserve(rows * outputs * sizeof(float));
    auto desc = describe<spyre_gemm_desc>();
    desc.order = SPYRE_GEMM_ROW_MAJOR;
    desc.transpose_b = SPYRE_GEMM_TRANSPOSE;
    desc.m = rows;
    desc.n = desc.ldc = outputs;
    desc.k = desc.lda = desc.ldb = columns;
    desc.alpha = 0.5f;
    desc.a = at(a);
    desc.b = at(b);
    desc.c = at(c);
    call(spyre_stream_gemm, work.stream(), &desc);
    return work.download(c);
}

std::vector<float> rms_norm(const Work &work) {
    std::vector<float> x(rows * columns), scales(columns);
    // Five ones and three threes in every eight values: a mean square of 4.
    for (int i = 0; i < rows * columns; i++) x[i] = (i % 8 < 5 ? 1.0f : 3.0f) * (i % 3 == 0 ? -1.0f : 1.0f);
    for (int i = 0; i < columns; i++) scales[i] = static_cast<float>(i % 5 + 1);
    Buffer input = work.upload(x), weight = work.upload(scales);
    Buffer output = work.reserve(rows * columns * sizeof(float));

    auto desc = describe<spyre_rms_norm_desc>();
    desc.input = at(input);
    desc.weight = at(weight);
    desc.output = at(output);
    desc.columns = desc.stride = columns;
    desc.rows = spyre_extent_fixed(rows);
    call(spyre_stream_rms_norm, work.stream(), &desc);
    return work.download(output);
}

// Writes the keys and values of both sequences to the cache, then lets one query token of each attend.
std::vector<float> attention(const Work &work) {
    constexpr int sequences = 2, tokens = 100 + 40, heads = 4, kv_heads = 2, head_size = 32, blocks = 6,
                  table = 2;
    const std::vector<std::int32_t> lengths = {100, 40}, query_starts = {0, 1, 2};
    // Blocks need not be in order; block 0 pads the shorter table.
    const std::vector<std::int32_t> tables = {3, 1, 5, 0};
    std::vector<std::int32_t> slots;
    std::vector<float> keys, values;
    for (int sequence = 0; sequence < sequences; sequence++)
        for (int token = 0; token < lengths[sequence]; token++) {
            slots.push_back(tables[sequence * table + token / SPYRE_KV_BLOCK_TOKENS] * SPYRE_KV_BLOCK_TOKENS +
                            token % SPYRE_KV_BLOCK_TOKENS);
            for (int head = 0; head < kv_heads; head++)
                for (int d = 0; d < head_size; d++) {
                    keys.push_back(token % 25 == head ? 1.0f : 0.0f);
                    values.push_back(static_cast<float>((token * 3 + head + d) % 7 + 1));
                }
        }
    const std::uint64_t cache_bytes = spyre_kv_cache_bytes(SPYRE_TYPE_BF16, blocks, kv_heads, head_size);
    Buffer cached_keys = work.reserve(cache_bytes), cached_values = work.reserve(cache_bytes);
    Buffer new_keys = work.upload(keys), new_values = work.upload(values), slot_list = work.upload(slots);

    auto write = describe<spyre_kv_write_desc>();
    write.cache.keys = at(cached_keys);
    write.cache.values = at(cached_values);
    write.cache.blocks = blocks;
    write.cache.kv_heads = kv_heads;
    write.cache.head_size = head_size;
    write.cache.type = SPYRE_TYPE_BF16;
    write.keys = at(new_keys);
    write.values = at(new_values);
    write.stride = kv_heads * head_size;
    write.slots = at(slot_list);
    write.rows = spyre_extent_fixed(tokens);
    call(spyre_stream_kv_write, work.stream(), &write);

    Buffer queries = work.upload(std::vector<float>(sequences * heads * head_size, 16));
    Buffer starts = work.upload(query_starts), contexts = work.upload(lengths),
           block_tables = work.upload(tables);
    Buffer output = work.reserve(sequences * heads * head_size * sizeof(float));
    auto desc = describe<spyre_attention_desc>();
    desc.scale = 0.25f;
    desc.cache = write.cache;
    desc.queries = at(queries);
    desc.output = at(output);
    desc.query_stride = desc.output_stride = heads * head_size;
    desc.heads = heads;
    desc.rows = desc.sequences = spyre_extent_fixed(sequences);
    desc.query_starts = at(starts);
    desc.context_lengths = at(contexts);
    desc.block_tables = at(block_tables);
    desc.maximum_blocks = table;
    call(spyre_stream_attention, work.stream(), &desc);
    return work.download(output);
}

// FNV-1a, 64 bits, over the bytes of the results (Fowler, Noll and Vo; draft-eastlake-fnv).
std::uint64_t checksum(const std::vector<float> &values) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    const auto *bytes = reinterpret_cast<const unsigned char *>(values.data());
    for (std::size_t i = 0; i < values.size() * sizeof(float); i++) hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

} // namespace

int main() try {
    Work work;
    std::printf("matmul %016" PRIx64 "\n", checksum(matmul(work)));
    std::printf("gemm %016" PRIx64 "\n", checksum(gemm(work)));
    std::printf("rms_norm %016" PRIx64 "\n", checksum(rms_norm(work)));
    std::printf("attention %016" PRIx64 "\n", checksum(attention(work)));
    return 0;
} catch (const std::exception &failure) {
    std::fprintf(stderr, "step: %s\n", failure.what());
    return 1;
}
