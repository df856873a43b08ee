"""cblas_sgemm of OpenBLAS: x [M, K] times w, which is given as [K, N] and as [N, K] (transposed); the faster counts."""

import ctypes
import protocol
import timing

CHANNEL = protocol.open_channel()

import numpy as np  # noqa: E402

ROW_MAJOR, NO_TRANSPOSE, TRANSPOSE = 101, 111, 112


class Library:
    """`name`: a library that the loader finds, or None for the one of the package scipy-openblas32."""

    def __init__(self, name):
        if name is None:
            import scipy_openblas32

            name, prefix = scipy_openblas32.get_library(fullname=True), "scipy_"
            self.handle = ctypes.CDLL(f"{scipy_openblas32.get_lib_dir()}/{name}")
        else:
            prefix = ""
            self.handle = ctypes.CDLL(name)
        self.sgemm = getattr(self.handle, f"{prefix}cblas_sgemm")
        integer, real, pointer = ctypes.c_int, ctypes.c_float, ctypes.c_void_p
        self.sgemm.argtypes = [integer] * 6 + [real, pointer, integer, pointer, integer, real, pointer, integer]
        self.sgemm.restype = None
        self.configuration = self._text(f"{prefix}openblas_get_config")
        self.core = self._text(f"{prefix}openblas_get_corename")

    def _text(self, name):
        function = getattr(self.handle, name)
        function.restype = ctypes.c_char_p
        return function().decode()

    def product(self, x, w, transposed, y):
        (m, k), n = x.shape, y.shape[1]
        self.sgemm(ROW_MAJOR, NO_TRANSPOSE, TRANSPOSE if transposed else NO_TRANSPOSE, m, n, k, 1.0, x.ctypes.data, k,
                   w.ctypes.data, w.shape[1], 0.0, y.ctypes.data, n)


def gemm_of(library):
    def gemm(m, n, k, dtype):
        if dtype != "float32":
            raise ValueError(f"OpenBLAS multiplies float32 here, not {dtype}")
        random = np.random.default_rng(0)
        x = random.standard_normal((m, k), dtype=np.float32)
        plain = random.standard_normal((k, n), dtype=np.float32)
        y = np.empty((m, n), dtype=np.float32)
        expected = x[:2].astype(np.float64) @ plain.astype(np.float64)
        best = None
        for name, w in (("plain", plain), ("transposed", np.ascontiguousarray(plain.T))):
            y.fill(0)
            library.product(x, w, name == "transposed", y)
            error = np.abs(y[:2] - expected).max() / np.abs(expected).max()
            if not error < 1e-4:
                raise ValueError(f"{m}x{n}x{k} {name} is wrong by {error:.1e}")
            rate = 2e-9 * m * n * k / timing.seconds(lambda w=w, name=name: library.product(x, w, name == "transposed", y))
            if best is None or rate > best[0]:
                best = rate, name
        return {"gflops": best[0], "detail": best[1]}

    return gemm


def start():
    library = Library(protocol.configuration().get("library"))
    return {"engine": f"OpenBLAS {library.configuration.split()[1]}", "detail": library.core}, {
        "gemm": gemm_of(library)}


protocol.serve(CHANNEL, start)
