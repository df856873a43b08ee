// The way of every op: its descriptor is read and checked, and the op runs or joins the capture.
#include "program.h"

static bool exactly(const spyre_access *a, const spyre_access *b) {
    return a->span.offset == b->span.offset && a->bytes == b->bytes && a->row_bytes == b->row_bytes &&
           a->stride == b->stride;
}

// What an op writes shares no byte with another operand, unless the op allows that it is that operand.
static spyre_status check_overlaps(const spyre_op_class *op, const spyre_access *accesses, int count,
                                   spyre_error **out_error) {
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++) {
            const spyre_access *written = &accesses[i], *other = &accesses[j];
            bool allowed = (written->in_place >> j & 1) != 0;
            if (!written->writes || i == j || !spyre_span_present(written->span) ||
                !spyre_span_present(other->span) || !spyre_accesses_overlap(written, other) ||
                (allowed && exactly(written, other)))
                continue;
            return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "%s: %s overlaps %s; %s", op->name,
                              written->operand, other->operand,
                              allowed ? "it may be the same memory, with the same stride, or none of it"
                                      : "give it memory of its own");
        }
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
            return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE,
                              "%s: %s is a binding, but no program is captured", op->name,
                              accesses[i].operand);
        if (span.buffer == NULL && span.binding > SPYRE_MAXIMUM_BINDINGS)
            return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_RANGE, "%s: %s has binding %u of at most %d",
                              op->name, accesses[i].operand, span.binding, SPYRE_MAXIMUM_BINDINGS);
        if (span.buffer != NULL && span.buffer->device != stream->device)
            return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "%s: %s lies on another device",
                              op->name, accesses[i].operand);
        spyre_status status =
            spyre_check_span(span, accesses[i].bytes, op->name, accesses[i].operand, out_error);
        if (status != SPYRE_STATUS_OK) return status;
    }
    spyre_status status = check_overlaps(op, accesses, count, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    spyre_extent extents[2];
    int extent_count = op->extents(desc, extents);
    for (int i = 0; i < extent_count; i++)
        if (extents[i].scalar != 0 && stream->capture == NULL)
            return spyre_fail(out_error, SPYRE_STATUS_BAD_STATE,
                              "%s: a size is a scalar, but no program is captured", op->name);
    return SPYRE_STATUS_OK;
}

spyre_status spyre_stream_enqueue(spyre_stream *stream, const spyre_op_class *op, const void *desc,
                                  spyre_error **out_error) {
    if (stream == NULL || desc == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "%s: stream or descriptor is null",
                          op->name);
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

    const spyre_op_record record = {op, (void *)desc, false};
    const spyre_work work = {
        .ops = &record,
        .count = 1,
        .scratch_bytes = op->scratch == NULL ? 0 : op->scratch(desc, stream->device->threads),
    };
    return stream->device->driver->run(stream, &work, out_error);
}
