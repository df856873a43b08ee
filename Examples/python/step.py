#!/usr/bin/env python3
"""One step on a Spyre device, from Python through ctypes, with nothing but the standard library.

    python3 step.py                  # libspyre.so.0, where the system's loader finds it
    python3 step.py /path/libspyre.so.0

Inputs and output are those of ../README.md.
"""
import ctypes
import sys
from ctypes import POINTER, byref, c_char_p, c_float, c_int32, c_int64, c_uint16, c_uint32, c_uint64, c_void_p

BF16, F32 = 1, 0


class Span(ctypes.Structure):
    _fields_ = [("buffer", c_void_p), ("offset", c_uint64), ("binding", c_uint32), ("reserved", c_uint32)]


class Extent(ctypes.Structure):
    _fields_ = [("maximum", c_int64), ("scalar", c_int32), ("reserved", c_int32)]


class Descriptor(ctypes.Structure):
    """A structure that begins with its own size; all else is zero until it is set."""

    def __init__(self, **fields):
        super().__init__(struct_size=ctypes.sizeof(self), **fields)


class WeightPack(Descriptor):
    _fields_ = [
        ("struct_size", c_uint32), ("type", c_int32), ("source_type", c_int32), ("reserved", c_uint32),
        ("source", c_void_p), ("rows", c_int64), ("columns", c_int64), ("outputs", c_int64),
        ("first_output", c_int64), ("group", c_int64), ("group_stride", c_int64),
    ]


class Matmul(Descriptor):
    _fields_ = [
        ("struct_size", c_uint32), ("weight_type", c_int32), ("weight", Span), ("outputs", c_int64),
        ("columns", c_int64), ("rows", Extent), ("input", Span), ("input_stride", c_int64), ("row_index", Span),
        ("input_rows", c_int64), ("output", Span), ("output_stride", c_int64), ("result_columns", c_int64),
        ("bias", Span), ("residual", Span), ("scale", c_float), ("activation", c_int32), ("norm_weight", Span),
        ("norm_epsilon", c_float), ("input_terms", c_int32),
    ]


class Gemm(Descriptor):
    _fields_ = [
        ("struct_size", c_uint32), ("order", c_int32), ("transpose_a", c_int32), ("transpose_b", c_int32),
        ("m", c_int64), ("n", c_int64), ("k", c_int64), ("alpha", c_float), ("beta", c_float), ("a", Span),
        ("lda", c_int64), ("b", Span), ("ldb", c_int64), ("c", Span), ("ldc", c_int64),
    ]


class RMSNorm(Descriptor):
    _fields_ = [
        ("struct_size", c_uint32), ("epsilon", c_float), ("input", Span), ("residual", Span), ("sum", Span),
        ("weight", Span), ("output", Span), ("columns", c_int64), ("stride", c_int64), ("rows", Extent),
        ("residual_scale", c_float), ("reserved", c_uint32),
    ]


class KVCache(ctypes.Structure):
    _fields_ = [
        ("keys", Span), ("values", Span), ("blocks", c_int64), ("kv_heads", c_int64), ("head_size", c_int64),
        ("type", c_int32), ("block_tokens", c_uint16), ("layout", c_uint16),
    ]


class KVWrite(Descriptor):
    _fields_ = [
        ("struct_size", c_uint32), ("layout", c_int32), ("cache", KVCache), ("keys", Span), ("values", Span),
        ("stride", c_int64), ("slots", Span), ("rows", Extent), ("queries", Span), ("heads", c_int64),
        ("positions", Span), ("rope_table", Span), ("table_positions", c_int64),
    ]


class Attention(Descriptor):
    _fields_ = [
        ("struct_size", c_uint32), ("scale", c_float), ("cache", KVCache), ("queries", Span),
        ("query_stride", c_int64), ("output", Span), ("output_stride", c_int64), ("heads", c_int64),
        ("rows", Extent), ("sequences", Extent), ("query_starts", Span), ("context_lengths", Span),
        ("block_tables", Span), ("maximum_blocks", c_int64),
    ]


class SpyreError(Exception):
    pass


class Library:
    """The functions of libspyre. One that can fail raises SpyreError and takes no error argument here."""

    # Arguments of each function, without the error that comes last.
    CALLS = {
        "spyre_device_open": [c_void_p, POINTER(c_void_p)],
        "spyre_device_close": [c_void_p],
        "spyre_stream_create": [c_void_p, POINTER(c_void_p)],
        "spyre_buffer_create": [c_void_p, c_uint64, POINTER(c_void_p)],
        "spyre_stream_write": [c_void_p, c_void_p, Span, c_uint64],
        "spyre_stream_read": [c_void_p, Span, c_void_p, c_uint64],
        "spyre_stream_synchronize": [c_void_p],
        "spyre_stream_pack_weight": [c_void_p, POINTER(WeightPack), Span],
        "spyre_stream_matmul": [c_void_p, POINTER(Matmul)],
        "spyre_stream_gemm": [c_void_p, POINTER(Gemm)],
        "spyre_stream_rms_norm": [c_void_p, POINTER(RMSNorm)],
        "spyre_stream_kv_write": [c_void_p, POINTER(KVWrite)],
        "spyre_stream_attention": [c_void_p, POINTER(Attention)],
    }

    def __init__(self, path):
        self.c = ctypes.CDLL(path)
        for name, arguments in self.CALLS.items():
            function = getattr(self.c, name)
            function.argtypes = arguments + [POINTER(c_void_p)]
            function.restype = c_int32
            setattr(self, name, self._raising(function))
        for name, arguments, result in [
            ("spyre_error_message", [c_void_p], c_char_p),
            ("spyre_error_release", [c_void_p], None),
            ("spyre_status_name", [c_int32], c_char_p),
            ("spyre_stream_release", [c_void_p], None),
            ("spyre_buffer_release", [c_void_p], None),
            ("spyre_weight_bytes", [c_int32, c_int64, c_int64], c_uint64),
            ("spyre_kv_cache_bytes", [c_int32, c_int64, c_int64, c_int64], c_uint64),
        ]:
            function = getattr(self.c, name)
            function.argtypes, function.restype = arguments, result
            setattr(self, name, function)

    def _raising(self, function):
        def call(*arguments):
            error = c_void_p()
            status = function(*arguments, byref(error))
            if status != 0:
                text = self.spyre_error_message(error).decode()
                self.spyre_error_release(error)
                raise SpyreError(f"{self.spyre_status_name(status).decode()}: {text}")

        return call


class Work:
    """A device with one stream and the buffers made on it; a context manager that releases them."""

    def __init__(self, library):
        self.library = library
        self.device, self.stream, self.buffers = c_void_p(), c_void_p(), []

    def __enter__(self):
        self.library.spyre_device_open(None, byref(self.device))
        self.library.spyre_stream_create(self.device, byref(self.stream))
        return self

    def __exit__(self, *_):
        for buffer in self.buffers:
            self.library.spyre_buffer_release(buffer)
        self.library.spyre_stream_release(self.stream)
        self.library.spyre_device_close(self.device)

    def reserve(self, size):
        buffer = c_void_p()
        self.library.spyre_buffer_create(self.device, size, byref(buffer))
        self.buffers.append(buffer)
        return Span(buffer.value, 0, 0, 0)

    def upload(self, kind, values):
        array = (kind * len(values))(*values)
        span = self.reserve(ctypes.sizeof(array))
        self.library.spyre_stream_write(self.stream, array, span, ctypes.sizeof(array))
        return span

    def download(self, span, size):
        data = ctypes.create_string_buffer(size)
        self.library.spyre_stream_read(self.stream, span, data, size)
        self.library.spyre_stream_synchronize(self.stream)
        return data.raw


ROWS, COLUMNS, OUTPUTS = 4, 64, 96
INPUTS = [(i * 5 + i // 7) % 9 - 4 for i in range(ROWS * COLUMNS)]
WEIGHTS = [(i * 3 + i // 11) % 7 - 3 for i in range(OUTPUTS * COLUMNS)]


def matmul(work):
    """y = x W^T, with the weight packed once into panels."""
    x = work.upload(c_float, INPUTS)
    w = (c_float * (OUTPUTS * COLUMNS))(*WEIGHTS)
    weight = work.reserve(work.library.spyre_weight_bytes(BF16, OUTPUTS, COLUMNS))
    pack = WeightPack(
        type=BF16, source_type=F32, source=ctypes.addressof(w), rows=OUTPUTS, columns=COLUMNS, outputs=OUTPUTS)
    work.library.spyre_stream_pack_weight(work.stream, byref(pack), weight)
    output = work.reserve(ROWS * OUTPUTS * 4)
    desc = Matmul(
        weight_type=BF16, weight=weight, outputs=OUTPUTS, columns=COLUMNS, rows=Extent(ROWS), input=x,
        input_stride=COLUMNS, output=output, output_stride=OUTPUTS, scale=1)
    work.library.spyre_stream_matmul(work.stream, byref(desc))
    return work.download(output, ROWS * OUTPUTS * 4)


def gemm(work):
    """y = x W^T / 2, of two plain matrices."""
    row_major, transpose = 0, 1
    output = work.reserve(ROWS * OUTPUTS * 4)
    desc = Gemm(
        order=row_major, transpose_b=transpose, m=ROWS, n=OUTPUTS, k=COLUMNS, alpha=0.5,
        a=work.upload(c_float, INPUTS), lda=COLUMNS, b=work.upload(c_float, WEIGHTS), ldb=COLUMNS, c=output,
        ldc=OUTPUTS)
    work.library.spyre_stream_gemm(work.stream, byref(desc))
    return work.download(output, ROWS * OUTPUTS * 4)


def rms_norm(work):
    # Five ones and three threes in every eight values: a mean square of 4.
    values = [(1 if i % 8 < 5 else 3) * (-1 if i % 3 == 0 else 1) for i in range(ROWS * COLUMNS)]
    output = work.reserve(ROWS * COLUMNS * 4)
    desc = RMSNorm(
        input=work.upload(c_float, values), weight=work.upload(c_float, [i % 5 + 1 for i in range(COLUMNS)]),
        output=output, columns=COLUMNS, stride=COLUMNS, rows=Extent(ROWS))
    work.library.spyre_stream_rms_norm(work.stream, byref(desc))
    return work.download(output, ROWS * COLUMNS * 4)


def attention(work):
    """Writes the keys and values of both sequences to the cache, then lets one query token of each attend."""
    heads, kv_heads, head_size, blocks, block_tokens = 4, 2, 32, 6, 64
    lengths = [100, 40]
    # Blocks need not be in order; block 0 pads the shorter table.
    tables = [[3, 1], [5, 0]]
    tokens = [(sequence, token) for sequence in range(2) for token in range(lengths[sequence])]
    slots = [tables[s][t // block_tokens] * block_tokens + t % block_tokens for s, t in tokens]
    each = [(t, head, d) for _, t in tokens for head in range(kv_heads) for d in range(head_size)]
    cache_bytes = work.library.spyre_kv_cache_bytes(BF16, blocks, kv_heads, head_size)
    cache = KVCache(
        keys=work.reserve(cache_bytes), values=work.reserve(cache_bytes), blocks=blocks, kv_heads=kv_heads,
        head_size=head_size, type=BF16)
    write = KVWrite(
        cache=cache, keys=work.upload(c_float, [1 if t % 25 == head else 0 for t, head, _ in each]),
        values=work.upload(c_float, [(t * 3 + head + d) % 7 + 1 for t, head, d in each]),
        stride=kv_heads * head_size, slots=work.upload(c_int32, slots), rows=Extent(len(tokens)))
    work.library.spyre_stream_kv_write(work.stream, byref(write))

    size = 2 * heads * head_size
    output = work.reserve(size * 4)
    desc = Attention(
        scale=0.25, cache=cache, queries=work.upload(c_float, [16] * size), query_stride=heads * head_size,
        output=output, output_stride=heads * head_size, heads=heads, rows=Extent(2), sequences=Extent(2),
        query_starts=work.upload(c_int32, [0, 1, 2]), context_lengths=work.upload(c_int32, lengths),
        block_tables=work.upload(c_int32, tables[0] + tables[1]), maximum_blocks=2)
    work.library.spyre_stream_attention(work.stream, byref(desc))
    return work.download(output, size * 4)


def checksum(data):
    """FNV-1a, 64 bits (Fowler, Noll and Vo; draft-eastlake-fnv)."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def main():
    try:
        with Work(Library(sys.argv[1] if len(sys.argv) > 1 else "libspyre.so.0")) as work:
            for step in (matmul, gemm, rms_norm, attention):
                print(step.__name__, f"{checksum(step(work)):016x}")
    except (SpyreError, OSError) as failure:
        sys.exit(f"step: {failure}")


if __name__ == "__main__":
    main()
