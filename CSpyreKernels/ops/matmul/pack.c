// Packs row-major weights into panels: checks.
#include "../../device/driver.h"
#include "matmul.h"

static spyre_status check_pack(const spyre_weight_pack_desc *d, spyre_span target, const spyre_stream *stream,
                               spyre_error **out_error) {
    int64_t block = spyre_source_block(d->source_type);
    bool possible = d->type == SPYRE_TYPE_F32 || d->type == SPYRE_TYPE_BF16 || d->type == SPYRE_TYPE_I8 ||
                    (d->type == SPYRE_TYPE_Q8_0 && d->source_type == SPYRE_TYPE_Q5_0) ||
                    (spyre_weight_block(d->type) != 0 && d->source_type == d->type);
    if (block == 0 || !possible)
        return spyre_fail(out_error, SPYRE_STATUS_UNSUPPORTED,
                          "pack_weight: type %d cannot be packed as type %d", d->source_type, d->type);
    if (!spyre_size_ok(d->rows) || !spyre_size_ok(d->columns) || !spyre_size_ok(d->outputs))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "pack_weight: a size is out of range");
    if (d->columns % block != 0)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "pack_weight: columns must be a multiple of %lld for %s, got %lld",
                          (long long)block, spyre_type_name(d->source_type), (long long)d->columns);
    if (d->source_type == SPYRE_TYPE_I8 && d->scales == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "pack_weight: an int8 source needs one scale a row");
    int64_t group = d->group == 0 ? d->rows : d->group;
    // Groups that overlap would put two rows into one column, and the last row would not be the furthest.
    int64_t least_stride = d->rows > group ? group : 0;
    if (group < 1 || d->first_output < 0 || d->group_stride < least_stride ||
        d->first_output > (int64_t)1 << 31 || d->group_stride > (int64_t)1 << 31 ||
        d->first_output + (d->rows - 1) / group * d->group_stride + (d->rows - 1) % group >= d->outputs)
        return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_RANGE,
                          "pack_weight: the rows do not fit %lld outputs", (long long)d->outputs);
    if (d->source == NULL || target.buffer == NULL || target.buffer->device != stream->device ||
        target.offset % SPYRE_STICK_BYTES != 0)
        return spyre_fail(
            out_error, SPYRE_STATUS_INVALID_ARGUMENT,
            "pack_weight: no source, no buffer of this device, or an offset that is not stick-aligned");
    return spyre_check_span(target, spyre_weight_bytes(d->type, d->outputs, d->columns), "pack_weight",
                            "target", out_error);
}

spyre_status spyre_stream_pack_weight(spyre_stream *stream, const spyre_weight_pack_desc *desc,
                                      spyre_span target, spyre_error **out_error) {
    if (stream == NULL || desc == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "pack_weight: stream or descriptor is null");
    spyre_weight_pack_desc known;
    spyre_status status = spyre_read_descriptor(desc, &known, sizeof known, "pack_weight", out_error);
    if (status != SPYRE_STATUS_OK) return status;
    desc = &known;
    status = check_pack(desc, target, stream, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    return stream->device->driver->pack_weight(stream, desc, target, out_error);
}
