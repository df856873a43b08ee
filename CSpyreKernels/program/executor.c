// Runs ops: one parallel region per launch, barriers only where data crosses threads.
#include "program.h"

#include <stdlib.h>

extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);

static void run_op(const spyre_op_class *op, const void *desc, const spyre_launch *launch, int thread, int threads) {
    int phases = op->phases == NULL ? 1 : op->phases(desc, launch, threads);
    for (int phase = 0; phase < phases; phase++) {
        if (phase > 0) {
#pragma omp barrier
        }
        op->run(desc, launch, phase, thread, threads);
    }
}

static void run_ops(const spyre_op_record *ops, int count, const spyre_launch *launch, int threads) {
#pragma omp parallel num_threads(threads)
    {
        // The runtime may grant fewer threads than were asked for.
        int thread = omp_get_thread_num();
        int team = omp_get_num_threads();
        for (int i = 0; i < count; i++) {
            if (ops[i].barrier) {
#pragma omp barrier
            }
            run_op(ops[i].op, ops[i].desc, launch, thread, team);
        }
    }
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

static spyre_status check_operands(const spyre_stream *stream, const spyre_op_class *op, const void *desc,
                                   spyre_error **out_error) {
    spyre_access accesses[SPYRE_MAXIMUM_ACCESSES];
    int count = op->accesses(desc, accesses);
    for (int i = 0; i < count; i++) {
        spyre_span span = accesses[i].span;
        if (!spyre_span_present(span)) continue;
        if (span.buffer == NULL && stream->capture == NULL)
            return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE, "%s: %s is a binding, but no program is captured",
                              op->name, accesses[i].operand);
        if (span.buffer == NULL && span.binding > SPYRE_MAXIMUM_BINDINGS)
            return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_RANGE, "%s: %s has binding %u of at most %d", op->name,
                              accesses[i].operand, span.binding, SPYRE_MAXIMUM_BINDINGS);
        if (span.buffer != NULL && span.buffer->device != stream->device)
            return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "%s: %s lies on another device", op->name,
                              accesses[i].operand);
        spyre_status status = spyre_check_span(span, accesses[i].bytes, op->name, accesses[i].operand, out_error);
        if (status != SPYRE_STATUS_OK) return status;
    }
    spyre_extent extents[2];
    int extent_count = op->extents(desc, extents);
    for (int i = 0; i < extent_count; i++)
        if (extents[i].scalar != 0 && stream->capture == NULL)
            return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE, "%s: a size is a scalar, but no program is captured",
                              op->name);
    return SPYRE_STATUS_OK;
}

spyre_status spyre_stream_enqueue(spyre_stream *stream, const spyre_op_class *op, const void *desc,
                                  spyre_error **out_error) {
    if (stream == NULL || desc == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "%s: stream or descriptor is null", op->name);
    spyre_any_desc known;
    if (op->desc_size > sizeof known)
        return spyre_fail(out_error, SPYRE_STATUS_INTERNAL, "%s: spyre_any_desc lacks this op", op->name);
    spyre_status status = spyre_read_descriptor(desc, &known, op->desc_size, op->name, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    desc = &known;
    status = op->check(desc, out_error);
    if (status == SPYRE_STATUS_OK) status = check_operands(stream, op, desc, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    if (stream->capture != NULL) return spyre_program_append(stream->capture, op, desc, out_error);

    int threads = stream->device->threads;
    status = reserve_scratch(stream, op->scratch == NULL ? 0 : op->scratch(desc, threads), out_error);
    if (status != SPYRE_STATUS_OK) return status;
    spyre_launch launch = {&stream->device->kernels, NULL, NULL, stream->scratch};
    spyre_op_record record = {op, (void *)desc, false};
    run_ops(&record, 1, &launch, threads);
    return SPYRE_STATUS_OK;
}

spyre_status spyre_stream_begin_capture(spyre_stream *stream, spyre_error **out_error) {
    if (stream == NULL) return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "stream is null");
    if (stream->capture != NULL)
        return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE, "the stream is capturing a program already");
    stream->capture = spyre_program_create(stream->device);
    if (stream->capture == NULL) return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_HOST_MEMORY, "out of host memory");
    return SPYRE_STATUS_OK;
}

spyre_status spyre_stream_end_capture(spyre_stream *stream, spyre_program **out_program, spyre_error **out_error) {
    if (stream == NULL || out_program == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "stream or out_program is null");
    if (stream->capture == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE, "the stream is not capturing a program");
    *out_program = stream->capture;
    stream->capture = NULL;
    return SPYRE_STATUS_OK;
}

static spyre_status check_launch(const spyre_stream *stream, const spyre_program *program,
                                 spyre_buffer *const *bindings, int32_t binding_count, const int64_t *scalars,
                                 int32_t scalar_count, spyre_error **out_error) {
    if (stream->capture != NULL)
        return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE, "launch: the stream is capturing a program");
    if (stream->device != program->device)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "launch: the program is another device's");
    if (binding_count < program->binding_count || scalar_count < program->scalar_count)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "launch: the program takes %d bindings and %d scalars, got %d and %d",
                          program->binding_count, program->scalar_count, binding_count, scalar_count);
    if ((program->binding_count > 0 && bindings == NULL) || (program->scalar_count > 0 && scalars == NULL))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "launch: bindings or scalars are null");
    for (int i = 0; i < program->binding_count; i++) {
        if (program->binding_bytes[i] == 0) continue;
        if (bindings[i] == NULL || bindings[i]->device != program->device ||
            bindings[i]->bytes < program->binding_bytes[i])
            return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_RANGE, "launch: binding %d needs %llu bytes, has %llu",
                              i + 1, (unsigned long long)program->binding_bytes[i],
                              (unsigned long long)spyre_buffer_bytes(bindings[i]));
    }
    for (int i = 0; i < program->scalar_count; i++)
        if (scalars[i] < 0 || scalars[i] > program->scalar_maximum[i])
            return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_RANGE, "launch: scalar %d is %lld, allowed is 0...%lld",
                              i + 1, (long long)scalars[i], (long long)program->scalar_maximum[i]);
    return SPYRE_STATUS_OK;
}

spyre_status spyre_stream_launch(spyre_stream *stream, spyre_program *program, spyre_buffer *const *bindings,
                                 int32_t binding_count, const int64_t *scalars, int32_t scalar_count,
                                 spyre_error **out_error) {
    if (stream == NULL || program == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "launch: stream or program is null");
    spyre_status status =
        check_launch(stream, program, bindings, binding_count, scalars, scalar_count, out_error);
    if (status == SPYRE_STATUS_OK) status = reserve_scratch(stream, program->scratch_bytes, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    spyre_launch launch = {&stream->device->kernels, bindings, scalars, stream->scratch};
    run_ops(program->ops, program->op_count, &launch, stream->device->threads);
    return SPYRE_STATUS_OK;
}
