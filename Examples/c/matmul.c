// y = x W^T on a Spyre device, from C: pack a weight, enqueue a matrix product, read the result.
//   cc matmul.c $(pkg-config --cflags --libs spyre) -o matmul && ./matmul
#include <spyre/spyre.h>
#include <stdio.h>
#include <stdlib.h>

// Ends the program with the error's own line.
static void check(spyre_status status, spyre_error *error) {
    if (status == SPYRE_STATUS_OK) return;
    fprintf(stderr, "%s: %s\n", spyre_status_name(status), spyre_error_message(error));
    spyre_error_release(error);
    exit(1);
}

int main(void) {
    enum { ROWS = 2, COLUMNS = 3, OUTPUTS = 2 };
    const float x[ROWS][COLUMNS] = {{1, 2, 3}, {4, 5, 6}};
    const float w[OUTPUTS][COLUMNS] = {{1, 0, -1}, {0.5f, 0.5f, 0.5f}};
    float y[ROWS][OUTPUTS];
    uint64_t weight_bytes = spyre_weight_bytes(SPYRE_TYPE_F32, OUTPUTS, COLUMNS);

    spyre_error *error = NULL;
    spyre_device *device = NULL;
    spyre_stream *stream = NULL;
    spyre_buffer *weight = NULL, *input = NULL, *output = NULL;
    check(spyre_device_open(NULL, &device, &error), error);
    check(spyre_stream_create(device, &stream, &error), error);
    check(spyre_buffer_create(device, weight_bytes, &weight, &error), error);
    check(spyre_buffer_create(device, sizeof x, &input, &error), error);
    check(spyre_buffer_create(device, sizeof y, &output, &error), error);

    spyre_weight_pack_desc pack;
    SPYRE_INIT(&pack);
    pack.type = pack.source_type = SPYRE_TYPE_F32;
    pack.source = w;
    pack.rows = pack.outputs = OUTPUTS;
    pack.columns = COLUMNS;
    check(spyre_stream_pack_weight(stream, &pack, spyre_span_at(weight, 0), &error), error);
    check(spyre_stream_write(stream, x, spyre_span_at(input, 0), sizeof x, &error), error);

    spyre_matmul_desc matmul;
    SPYRE_INIT(&matmul);
    matmul.weight_type = SPYRE_TYPE_F32;
    matmul.weight = spyre_span_at(weight, 0);
    matmul.outputs = matmul.output_stride = OUTPUTS;
    matmul.columns = matmul.input_stride = COLUMNS;
    matmul.rows = spyre_extent_fixed(ROWS);
    matmul.input = spyre_span_at(input, 0);
    matmul.output = spyre_span_at(output, 0);
    matmul.scale = 1;
    check(spyre_stream_matmul(stream, &matmul, &error), error);
    check(spyre_stream_read(stream, spyre_span_at(output, 0), y, sizeof y, &error), error);
    check(spyre_stream_synchronize(stream, &error), error);
    for (int row = 0; row < ROWS; row++) printf("%g %g\n", y[row][0], y[row][1]);

    spyre_buffer_release(output);
    spyre_buffer_release(input);
    spyre_buffer_release(weight);
    spyre_stream_release(stream);
    check(spyre_device_close(device, &error), error);
    return 0;
}
