// Packs row-major weights into panels.
#include "../../device/driver.h"
#include "../../simd/half.h"
#include "matmul.h"

enum { Q8_0_SOURCE = 34, Q4_1_SOURCE = 20, Q8_0_PANEL = 128 + 2048, Q4_1_PANEL = 256 + 1024 };

uint64_t spyre_weight_bytes(spyre_type type, int64_t outputs, int64_t columns) {
    if (!spyre_size_ok(outputs) || !spyre_size_ok(columns)) return 0;
    uint64_t panels = ((uint64_t)outputs + 63) / 64;
    uint64_t k = (uint64_t)columns;
    switch (type) {
    case SPYRE_TYPE_F32: return panels * k * 256;
    case SPYRE_TYPE_BF16: return panels * ((k + 1) / 2) * 256;
    case SPYRE_TYPE_Q8_0: return k % 32 == 0 ? panels * (k / 32) * Q8_0_PANEL : 0;
    case SPYRE_TYPE_Q4_1: return k % 32 == 0 ? panels * (k / 32) * Q4_1_PANEL : 0;
    default: return 0;
    }
}

static void gather_f32(const uint8_t *panel, int64_t lane, int64_t columns, float scale, float *row) {
    const float *source = (const float *)panel + lane;
    for (int64_t k = 0; k < columns; k++) row[k] = scale * source[k * 64];
}

static void gather_bf16(const uint8_t *panel, int64_t lane, int64_t columns, float scale, float *row) {
    const uint16_t *source = (const uint16_t *)panel + lane * 2;
    for (int64_t k = 0; k < columns; k++) row[k] = scale * spyre_from_bf16(source[k / 2 * 128 + k % 2]);
}

static void gather_q8_0(const uint8_t *block, int64_t lane, int64_t columns, float scale, float *row) {
    for (int64_t b = 0; b < columns / 32; b++, block += Q8_0_PANEL, row += 32) {
        float step = spyre_from_f16(((const uint16_t *)block)[lane]);
        const uint8_t *quads = block + 128 + lane * 4;
        for (int i = 0; i < 32; i++) row[i] = scale * (step * (float)((int)quads[i / 4 * 256 + i % 4] - 128));
    }
}

static void gather_q4_1(const uint8_t *block, int64_t lane, int64_t columns, float scale, float *row) {
    for (int64_t b = 0; b < columns / 32; b++, block += Q4_1_PANEL, row += 32) {
        float step = spyre_from_f16(((const uint16_t *)block)[lane]);
        float minimum = spyre_from_f16(((const uint16_t *)block)[64 + lane]);
        const uint8_t *quads = block + 256 + lane * 4;
        for (int i = 0; i < 16; i++) {
            uint8_t byte = quads[i / 4 * 256 + i % 4];
            row[i] = scale * (step * (float)(byte & 15) + minimum);
            row[16 + i] = scale * (step * (float)(byte >> 4) + minimum);
        }
    }
}

void spyre_weight_row(const uint8_t *image, spyre_type type, int64_t columns, int64_t output, float scale,
                      float *row) {
    const uint8_t *panel = image + (uint64_t)(output / 64) * spyre_weight_bytes(type, 64, columns);
    switch (type) {
    case SPYRE_TYPE_F32: gather_f32(panel, output % 64, columns, scale, row); break;
    case SPYRE_TYPE_BF16: gather_bf16(panel, output % 64, columns, scale, row); break;
    case SPYRE_TYPE_Q8_0: gather_q8_0(panel, output % 64, columns, scale, row); break;
    default: gather_q4_1(panel, output % 64, columns, scale, row);
    }
}

static uint64_t source_row_bytes(spyre_type type, int64_t columns) {
    switch (type) {
    case SPYRE_TYPE_F32: return (uint64_t)columns * 4;
    case SPYRE_TYPE_F16:
    case SPYRE_TYPE_BF16: return (uint64_t)columns * 2;
    case SPYRE_TYPE_Q8_0: return (uint64_t)columns / 32 * Q8_0_SOURCE;
    default: return (uint64_t)columns / 32 * Q4_1_SOURCE;
    }
}

static uint16_t load_16(const uint8_t *source) {
    uint16_t value;
    memcpy(&value, source, sizeof value);
    return value;
}

// One source row as floats.
static void widen(const uint8_t *source, spyre_type type, int64_t columns, float *output) {
    switch (type) {
    case SPYRE_TYPE_F32: memcpy(output, source, (size_t)columns * 4); return;
    case SPYRE_TYPE_F16:
        for (int64_t k = 0; k < columns; k++) output[k] = spyre_from_f16(load_16(source + 2 * k));
        return;
    case SPYRE_TYPE_BF16:
        for (int64_t k = 0; k < columns; k++) output[k] = spyre_from_bf16(load_16(source + 2 * k));
        return;
    case SPYRE_TYPE_Q8_0:
        for (int64_t b = 0; b < columns / 32; b++, source += Q8_0_SOURCE) {
            float scale = spyre_from_f16(load_16(source));
            for (int i = 0; i < 32; i++) output[b * 32 + i] = scale * (float)(int8_t)source[2 + i];
        }
        return;
    default:
        for (int64_t b = 0; b < columns / 32; b++, source += Q4_1_SOURCE) {
            float scale = spyre_from_f16(load_16(source)), minimum = spyre_from_f16(load_16(source + 2));
            for (int i = 0; i < 16; i++) {
                output[b * 32 + i] = scale * (float)(source[4 + i] & 15) + minimum;
                output[b * 32 + 16 + i] = scale * (float)(source[4 + i] >> 4) + minimum;
            }
        }
    }
}

static void pack_float_row(uint8_t *panel, spyre_type type, int64_t lane, const float *row, int64_t columns) {
    if (type == SPYRE_TYPE_F32) {
        float *target = (float *)panel + lane;
        for (int64_t k = 0; k < columns; k++) target[k * 64] = row[k];
        return;
    }
    uint16_t *target = (uint16_t *)panel + lane * 2;
    for (int64_t k = 0; k < columns; k++) target[k / 2 * 128 + k % 2] = spyre_to_bf16(row[k]);
    // The product reads pairs: what the memory held before must not meet the zero beside it (0 * NaN is NaN).
    if (columns % 2 != 0) target[columns / 2 * 128 + 1] = 0;
}

static void pack_q8_0_row(uint8_t *panel, int64_t lane, const uint8_t *source, int64_t columns) {
    for (int64_t b = 0; b < columns / 32; b++, panel += Q8_0_PANEL, source += Q8_0_SOURCE) {
        memcpy(panel + lane * 2, source, 2);
        for (int q = 0; q < 8; q++)
            for (int i = 0; i < 4; i++)
                panel[128 + q * 256 + lane * 4 + i] = (uint8_t)(source[2 + q * 4 + i] ^ 0x80);
    }
}

static void pack_q4_1_row(uint8_t *panel, int64_t lane, const uint8_t *source, int64_t columns) {
    for (int64_t b = 0; b < columns / 32; b++, panel += Q4_1_PANEL, source += Q4_1_SOURCE) {
        memcpy(panel + lane * 2, source, 2);
        memcpy(panel + 128 + lane * 2, source + 2, 2);
        for (int q = 0; q < 4; q++) memcpy(panel + 256 + q * 256 + lane * 4, source + 4 + q * 4, 4);
    }
}

static spyre_status check_pack(const spyre_weight_pack_desc *d, spyre_span target, const spyre_stream *stream,
                               spyre_error **out_error) {
    bool known = d->source_type == SPYRE_TYPE_F32 || d->source_type == SPYRE_TYPE_F16 ||
                 d->source_type == SPYRE_TYPE_BF16 || spyre_is_quantized(d->source_type);
    bool possible = spyre_is_quantized(d->type) ? d->source_type == d->type
                                                : d->type == SPYRE_TYPE_F32 || d->type == SPYRE_TYPE_BF16;
    if (!known || !possible)
        return spyre_fail(out_error, SPYRE_STATUS_UNSUPPORTED,
                          "pack_weight: type %d cannot be packed as type %d", d->source_type, d->type);
    if (!spyre_size_ok(d->rows) || !spyre_size_ok(d->columns) || !spyre_size_ok(d->outputs))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "pack_weight: a size is out of range");
    if (spyre_is_quantized(d->source_type) && d->columns % 32 != 0)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "pack_weight: columns must be a multiple of 32 for %s, got %lld",
                          spyre_type_name(d->source_type), (long long)d->columns);
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

void spyre_pack_rows(const spyre_weight_pack_desc *d, uint8_t *image, float *row, int64_t begin,
                     int64_t end) {
    int64_t group = d->group == 0 ? d->rows : d->group;
    uint64_t panel_bytes = spyre_weight_bytes(d->type, 64, d->columns);
    uint64_t stride = source_row_bytes(d->source_type, d->columns);
    for (int64_t r = begin; r < end; r++) {
        int64_t output = d->first_output + r / group * d->group_stride + r % group;
        uint8_t *panel = image + (uint64_t)(output / 64) * panel_bytes;
        const uint8_t *source = (const uint8_t *)d->source + (uint64_t)r * stride;
        if (d->type == SPYRE_TYPE_Q8_0) pack_q8_0_row(panel, output % 64, source, d->columns);
        else if (d->type == SPYRE_TYPE_Q4_1) pack_q4_1_row(panel, output % 64, source, d->columns);
        else {
            widen(source, d->source_type, d->columns, row);
            pack_float_row(panel, d->type, output % 64, row, d->columns);
        }
    }
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
