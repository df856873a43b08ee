"""Matrix products of PyTorch: x [M, K] times w [N, K] transposed, as in a linear layer.

Each shape runs by every way that PyTorch offers and the fastest one counts: functional.linear, which takes the weight
as it is, and the operators with a weight that oneDNN or MKL has packed once, as spyre's weights are.
"""

import protocol
import timing

CHANNEL = protocol.open_channel()

import torch  # noqa: E402

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def ways(x, weight):
    """{name: function of no arguments}"""
    found = {"linear": lambda: torch.nn.functional.linear(x, weight)}
    if torch.backends.mkldnn.is_available():
        packed = torch.ops.mkldnn._reorder_linear_weight(weight, x.shape[0])
        found["oneDNN packed"] = lambda: torch.ops.mkldnn._linear_pointwise(x, packed, None, "none", [], "")
    if torch.backends.mkl.is_available() and weight.dtype == torch.float32:
        mkl = torch.ops.mkl._mkl_reorder_linear_weight(weight, x.shape[0])
        found["MKL packed"] = lambda: torch.ops.mkl._mkl_linear(x, mkl, weight, None, x.shape[0])
    return found


@torch.inference_mode()
def gemm(m, n, k, dtype):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(m, k, generator=generator).to(DTYPES[dtype])
    weight = torch.randn(n, k, generator=generator).to(DTYPES[dtype])
    expected = x[:2].double() @ weight.double().T
    best = None
    for name, function in ways(x, weight).items():
        error = ((function()[:2].double() - expected).abs().max() / expected.abs().max()).item()
        if error > 1e-2:
            raise ValueError(f"{name} of {m}x{n}x{k} {dtype} is wrong by {error:.1e}")
        rate = 2e-9 * m * n * k / timing.seconds(function)
        if best is None or rate > best[0]:
            best = rate, name
    return {"gflops": best[0], "detail": best[1]}


def start():
    torch.set_num_threads(protocol.configuration()["threads"])
    return {"engine": f"PyTorch {torch.__version__}", "detail": "oneDNN and MKL"}, {"gemm": gemm}


protocol.serve(CHANNEL, start)
