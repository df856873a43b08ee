// The host driver: memory is mapped, transfers are copies, and work runs on a team of threads before the
// enqueuing call returns.
#include "driver.h"

#include "../ops/gemm/openblas.h"
#include "../ops/matmul/matmul.h"
#include "../program/executor.h"
#include "host.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// MARK: Devices

static spyre_status choose_isa(const char *name, spyre_isa *out_isa, spyre_error **out_error) {
    if (name == NULL) name = getenv("SPYRE_ISA");
    if (name == NULL || name[0] == '\0') {
        *out_isa = spyre_isa_best();
        return SPYRE_STATUS_OK;
    }
    for (int isa = SPYRE_ISA_REFERENCE; isa <= SPYRE_ISA_AVX512; isa++) {
        if (strcmp(name, spyre_isa_name((spyre_isa)isa)) != 0) continue;
        *out_isa = (spyre_isa)isa;
        return spyre_isa_check((spyre_isa)isa, spyre_processor_features(), out_error);
    }
    return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                      "unknown instruction set '%s'; use reference, avx2 or avx512", name);
}

static spyre_status open_device(const spyre_device_desc *desc, spyre_device **out_device,
                                spyre_error **out_error) {
    spyre_isa isa = SPYRE_ISA_REFERENCE;
    int32_t threads = desc->threads;
    spyre_wait_policy waits;
    spyre_status status = choose_isa(desc->isa, &isa, out_error);
    if (status == SPYRE_STATUS_OK && threads == 0) status = spyre_host_threads(&threads, out_error);
    if (status == SPYRE_STATUS_OK) status = spyre_host_waits(&waits, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    spyre_device *device = calloc(1, sizeof *device);
    if (device == NULL) return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_HOST_MEMORY, "out of host memory");
    device->threads = threads;
    device->waits = waits;
    device->isa = isa;
    spyre_kernels_select(isa, &device->kernels);
    status = spyre_openblas_open(&device->openblas, &device->kernels.sgemm, out_error);
    if (status != SPYRE_STATUS_OK) {
        free(device);
        return status;
    }
    *out_device = device;
    return SPYRE_STATUS_OK;
}

static void close_device(spyre_device *device) {
    spyre_openblas_close(device->openblas);
    free(device);
}

// MARK: Memory

// Anonymous pages are zero and page-aligned; large ones ask for huge pages, which a streaming kernel likes.
static bool map_plain(spyre_buffer *buffer) {
    void *data =
        mmap(NULL, buffer->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED) return false;
    if (buffer->bytes >= (uint64_t)1 << 21) (void)madvise(data, buffer->bytes, MADV_HUGEPAGE);
    buffer->data = data;
    buffer->mapping = data;
    buffer->mapping_bytes = buffer->bytes;
    return true;
}

// An inaccessible page on each side, and the data, rounded up to sticks, ends where the second one begins.
static bool map_guarded(spyre_buffer *buffer) {
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t pages = spyre_round_up(buffer->bytes, page);
    buffer->mapping_bytes = pages + 2 * page;
    buffer->mapping =
        mmap(NULL, buffer->mapping_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (buffer->mapping == MAP_FAILED) return false;
    uint8_t *first = (uint8_t *)buffer->mapping + page;
    if (mprotect(first, pages, PROT_READ | PROT_WRITE) != 0) {
        (void)munmap(buffer->mapping, buffer->mapping_bytes);
        return false;
    }
    buffer->data = first + pages - spyre_round_up(buffer->bytes, SPYRE_STICK_BYTES);
    return true;
}

static spyre_buffer *create_buffer(spyre_device *device, uint64_t bytes) {
    spyre_buffer *buffer = calloc(1, sizeof *buffer);
    if (buffer == NULL) return NULL;
    buffer->device = device;
    buffer->bytes = bytes;
    if ((device->flags & SPYRE_DEVICE_GUARD) != 0 ? map_guarded(buffer) : map_plain(buffer)) return buffer;
    free(buffer);
    return NULL;
}

static void release_buffer(spyre_buffer *buffer) {
    (void)munmap(buffer->mapping, buffer->mapping_bytes);
    free(buffer);
}

// MARK: Streams

static spyre_stream *create_stream(spyre_device *device) {
    spyre_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL) return NULL;
    stream->device = device;
    stream->counters = calloc((size_t)device->threads * SPYRE_COUNTER_STRIDE, sizeof *stream->counters);
    if (stream->counters != NULL) return stream;
    free(stream);
    return NULL;
}

static void release_stream(spyre_stream *stream) {
    spyre_team_release(stream->team);
    free(stream->scratch);
    free(stream->counters);
    free(stream);
}

static spyre_status need_team(spyre_stream *stream, spyre_error **out_error) {
    const spyre_device *device = stream->device;
    if (stream->team == NULL) stream->team = spyre_team_create(device->threads, device->waits);
    if (stream->team != NULL) return SPYRE_STATUS_OK;
    return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_HOST_MEMORY,
                      "cannot start %d threads; open the device with fewer", device->threads);
}

static uint8_t *address(spyre_span span) { return span.buffer->data + span.offset; }

static spyre_status write_bytes(spyre_stream *stream, const void *source, spyre_span target, uint64_t bytes,
                                spyre_error **out_error) {
    (void)stream, (void)out_error;
    memcpy(address(target), source, bytes);
    return SPYRE_STATUS_OK;
}

static spyre_status read_bytes(spyre_stream *stream, spyre_span source, void *target, uint64_t bytes,
                               spyre_error **out_error) {
    (void)stream, (void)out_error;
    memcpy(target, address(source), bytes);
    return SPYRE_STATUS_OK;
}

static spyre_status copy_bytes(spyre_stream *stream, spyre_span source, spyre_span target, uint64_t bytes,
                               spyre_error **out_error) {
    (void)stream, (void)out_error;
    memcpy(address(target), address(source), bytes);
    return SPYRE_STATUS_OK;
}

static spyre_status fill_bytes(spyre_stream *stream, spyre_span target, uint8_t value, uint64_t bytes,
                               spyre_error **out_error) {
    (void)stream, (void)out_error;
    memset(address(target), value, bytes);
    return SPYRE_STATUS_OK;
}

typedef struct packing {
    const spyre_weight_pack_desc *desc;
    uint8_t *image;
    // Room of each thread, in floats.
    float *room;
    size_t floats;
} packing;

static void pack_share(spyre_team *team, int thread, int threads, void *context) {
    (void)team;
    const packing *p = context;
    int64_t begin, end;
    spyre_share(p->desc->rows, thread, threads, &begin, &end);
    spyre_pack_rows(p->desc, p->image, p->room + (size_t)thread * p->floats, begin, end);
}

static spyre_status pack_weight(spyre_stream *stream, const spyre_weight_pack_desc *desc, spyre_span target,
                                spyre_error **out_error) {
    spyre_status status = need_team(stream, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    // At least one float: malloc may give null for none.
    size_t floats = (size_t)spyre_pack_room(desc) + 1;
    packing p = {desc, address(target), malloc((size_t)stream->device->threads * floats * sizeof(float)),
                 floats};
    if (p.room == NULL) return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_HOST_MEMORY, "out of host memory");
    spyre_team_run(stream->team, pack_share, &p);
    free(p.room);
    return SPYRE_STATUS_OK;
}

static spyre_status reserve_scratch(spyre_stream *stream, uint64_t bytes, spyre_error **out_error) {
    if (bytes <= stream->scratch_bytes) return SPYRE_STATUS_OK;
    void *scratch = NULL;
    if (posix_memalign(&scratch, SPYRE_STICK_BYTES, bytes) != 0)
        return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_DEVICE_MEMORY, "no memory for %llu bytes of scratch",
                          (unsigned long long)bytes);
    free(stream->scratch);
    stream->scratch = scratch;
    stream->scratch_bytes = bytes;
    return SPYRE_STATUS_OK;
}

static spyre_status run(spyre_stream *stream, const spyre_work *work, spyre_error **out_error) {
    spyre_status status = reserve_scratch(stream, work->scratch_bytes, out_error);
    if (status == SPYRE_STATUS_OK) status = need_team(stream, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    spyre_launch launch = {&stream->device->kernels, work->bindings, work->scalars, stream->scratch,
                           stream->counters};
    spyre_execute(work->ops, work->count, &launch, stream->team);
    return SPYRE_STATUS_OK;
}

// Every call above has done its work when it returns.
static spyre_status synchronize(spyre_stream *stream, spyre_error **out_error) {
    (void)stream, (void)out_error;
    return SPYRE_STATUS_OK;
}

const spyre_driver spyre_host_driver = {
    .name = "host",
    .open_device = open_device,
    .close_device = close_device,
    .create_buffer = create_buffer,
    .release_buffer = release_buffer,
    .create_stream = create_stream,
    .release_stream = release_stream,
    .write = write_bytes,
    .read = read_bytes,
    .copy = copy_bytes,
    .fill = fill_bytes,
    .pack_weight = pack_weight,
    .run = run,
    .synchronize = synchronize,
};
