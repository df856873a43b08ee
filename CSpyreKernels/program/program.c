#include "program.h"

#include <stdlib.h>

spyre_program *spyre_program_create(spyre_device *device) {
    spyre_program *program = calloc(1, sizeof *program);
    if (program == NULL) return NULL;
    program->device = device;
    for (int i = 0; i < SPYRE_MAXIMUM_SCALARS; i++) program->scalar_maximum[i] = INT64_MAX;
    atomic_fetch_add(&device->live_objects, 1);
    return program;
}

void spyre_program_release(spyre_program *program) {
    if (program == NULL) return;
    for (int i = 0; i < program->op_count; i++) free(program->ops[i].desc);
    free(program->ops);
    free(program->pending);
    free(program->captured);
    atomic_fetch_sub(&program->device->live_objects, 1);
    free(program);
}

// Two accesses conflict when they may touch the same bytes and one of them writes.
static bool conflict(const spyre_access *a, const spyre_access *b) {
    return (a->writes || b->writes) && spyre_ranges_meet(a, b);
}

static bool needs_barrier(const spyre_program *program, const spyre_access *accesses, int count) {
    for (int i = 0; i < count; i++)
        for (int j = 0; j < program->pending_count; j++)
            if (conflict(&accesses[i], &program->pending[j])) return true;
    return false;
}

static bool reserve(void **array, int *capacity, int needed, size_t size) {
    if (needed <= *capacity) return true;
    int grown = *capacity == 0 ? 64 : *capacity * 2;
    if (grown < needed) grown = needed;
    void *moved = realloc(*array, (size_t)grown * size);
    if (moved == NULL) return false;
    *array = moved;
    *capacity = grown;
    return true;
}

// Place of `buffer` among the captured buffers, or the one that it would take.
static int captured_place(const spyre_program *program, const spyre_buffer *buffer) {
    int begin = 0, end = program->captured_count;
    while (begin < end) {
        int middle = begin + (end - begin) / 2;
        if ((uintptr_t)program->captured[middle].buffer < (uintptr_t)buffer) begin = middle + 1;
        else end = middle;
    }
    return begin;
}

const spyre_captured_buffer *spyre_program_captured(const spyre_program *program,
                                                    const spyre_buffer *buffer) {
    int place = captured_place(program, buffer);
    bool found = place < program->captured_count && program->captured[place].buffer == buffer;
    return found ? &program->captured[place] : NULL;
}

// There is room.
static void note_captured(spyre_program *program, const spyre_buffer *buffer, bool writes) {
    int place = captured_place(program, buffer);
    spyre_captured_buffer *entry = program->captured + place;
    if (place == program->captured_count || entry->buffer != buffer) {
        memmove(entry + 1, entry, (size_t)(program->captured_count - place) * sizeof *entry);
        *entry = (spyre_captured_buffer){buffer, false};
        program->captured_count++;
    }
    entry->written = entry->written || writes;
}

static void note_binding(spyre_program *program, const spyre_access *access) {
    int slot = (int)access->span.binding - 1;
    uint64_t end = access->span.offset + access->bytes;
    if (end > program->binding_bytes[slot]) program->binding_bytes[slot] = end;
    if (access->writes) program->binding_written[slot] = true;
    if (slot >= program->binding_count) program->binding_count = slot + 1;
}

spyre_status spyre_program_append(spyre_program *program, const spyre_op_class *op, const void *desc,
                                  spyre_error **out_error) {
    spyre_access accesses[SPYRE_MAXIMUM_ACCESSES];
    int listed = op->accesses(desc, accesses);
    int count = 0;
    for (int i = 0; i < listed; i++)
        if (spyre_span_present(accesses[i].span)) accesses[count++] = accesses[i];

    void *copy = malloc(op->desc_size);
    if (copy == NULL ||
        !reserve((void **)&program->ops, &program->op_capacity, program->op_count + 1,
                 sizeof *program->ops) ||
        !reserve((void **)&program->pending, &program->pending_capacity, program->pending_count + count,
                 sizeof *program->pending) ||
        !reserve((void **)&program->captured, &program->captured_capacity, program->captured_count + count,
                 sizeof *program->captured)) {
        free(copy);
        return spyre_fail(out_error, SPYRE_STATUS_OUT_OF_HOST_MEMORY, "out of host memory");
    }
    memcpy(copy, desc, op->desc_size);

    // Scratch is shared by all ops, so two ops that use it never run side by side.
    uint64_t scratch = op->scratch == NULL ? 0 : op->scratch(desc, program->device->threads);
    bool barrier = program->op_count > 0 &&
                   (needs_barrier(program, accesses, count) || (scratch > 0 && program->scratch_pending));
    if (scratch > program->scratch_bytes) program->scratch_bytes = scratch;
    if (barrier) {
        program->pending_count = 0;
        program->scratch_pending = false;
        program->barrier_count++;
    }
    if (scratch > 0) program->scratch_pending = true;
    for (int i = 0; i < count; i++) {
        program->pending[program->pending_count++] = accesses[i];
        const spyre_buffer *buffer = accesses[i].span.buffer;
        if (buffer != NULL) note_captured(program, buffer, accesses[i].writes);
        else note_binding(program, &accesses[i]);
    }
    spyre_extent extents[2];
    int extent_count = op->extents(desc, extents);
    for (int i = 0; i < extent_count; i++) {
        int scalar = extents[i].scalar;
        if (scalar == 0) continue;
        if (extents[i].maximum < program->scalar_maximum[scalar - 1])
            program->scalar_maximum[scalar - 1] = extents[i].maximum;
        if (scalar > program->scalar_count) program->scalar_count = scalar;
    }
    program->ops[program->op_count++] = (spyre_op_record){op, copy, barrier};
    return SPYRE_STATUS_OK;
}

// Barriers inside the ops of a launch at the captured maximum.
static int inner_barriers(const spyre_program *program) {
    spyre_launch launch = {&program->device->kernels, NULL, program->scalar_maximum, NULL, NULL};
    int barriers = 0;
    for (int i = 0; i < program->op_count; i++) {
        const spyre_op_record *record = &program->ops[i];
        if (record->op->phases != NULL)
            barriers += record->op->phases(record->desc, &launch, program->device->threads) - 1;
    }
    return barriers;
}

spyre_status spyre_program_query(const spyre_program *program, spyre_program_info *info,
                                 spyre_error **out_error) {
    if (program == NULL || info == NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "program or info is null");
    const spyre_program_info known = {
        .struct_size = sizeof known,
        .ops = program->op_count,
        .barriers = program->barrier_count,
        .bindings = program->binding_count,
        .scalars = program->scalar_count,
        .inner_barriers = inner_barriers(program),
        .scratch_bytes = program->scratch_bytes,
    };
    return spyre_write_info(info, &known, sizeof known, "spyre_program_info", out_error);
}
