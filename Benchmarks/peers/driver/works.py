"""What is run. A task is what one process does at once; a work is a figure that a task yields."""

import dataclasses
import re

from .errors import CompareError


@dataclasses.dataclass(frozen=True)
class Work:
    name: str
    title: str
    kind: str
    """latency, throughput, ready or gemm"""
    fields: tuple
    """The task's numbers: ((name, value), …)"""
    figure: str
    """Which of the task's results counts."""
    unit: str = "tok/s"
    smaller_is_better: bool = False

    @property
    def task(self):
        return {"task": self.kind, **dict(self.fields)}


def _latency(prompt, output, sequences):
    return (("prompt", prompt), ("output", output), ("sequences", sequences))


_ALONE, _EIGHT, _DEEP = _latency(512, 128, 1), _latency(512, 128, 8), _latency(4096, 32, 1)

WORKS = {work.name: work for work in (
    Work("prefill512", "prefill 512", "latency", _ALONE, "prefill"),
    Work("decode128", "decode 128 after 512", "latency", _ALONE, "decode"),
    Work("decode8", "decode, 8 sequences", "latency", _EIGHT, "decode"),
    Work("prefill4096", "prefill 4096", "latency", _DEEP, "prefill"),
    Work("depth4096", "decode at 4096 tokens", "latency", _DEEP, "decode"),
    Work("throughput32", "32 requests, 128 in, 128 out", "throughput",
         (("requests", 32), ("prompt", 128), ("output", 128)), "output"),
    Work("ready", "ready after start", "ready", (), "seconds", unit="s", smaller_is_better=True),
)}

_TARGETS = ("512x4096x4096", "2048x2048x2048")
_LAYERS = ("512x1536x576", "512x576x1536")
GEMM = tuple(f"gemm:float32:{shape}" for shape in _TARGETS) + tuple(
    f"gemm:bfloat16:{shape}" for shape in _TARGETS + _LAYERS)


def _gemm(name):
    match = re.fullmatch(r"gemm:(float32|bfloat16):(\d{1,6})x(\d{1,6})x(\d{1,6})", name)
    if not match or 0 in map(int, match.groups()[1:]):
        raise CompareError(f"{name}: no such work; a product is gemm:float32:MxNxK or gemm:bfloat16:MxNxK")
    dtype, m, n, k = match[1], *map(int, match.groups()[1:])
    fields = (("m", m), ("n", n), ("k", k), ("dtype", dtype))
    return Work(name, f"{m}x{n}x{k}", "gemm", fields, "gflops", unit="GFLOP/s")


def named(names):
    """Works of these names; `gemm` stands for the usual shapes, `all` for everything."""
    expanded = []
    for name in names:
        expanded += [*WORKS, *GEMM] if name == "all" else GEMM if name == "gemm" else [name]
    found = []
    for name in dict.fromkeys(expanded):
        if name not in WORKS and not name.startswith("gemm:"):
            raise CompareError(f"{name}: no such work; choose from {', '.join([*WORKS, 'gemm'])} or gemm:DTYPE:MxNxK")
        found.append(WORKS.get(name) or _gemm(name))
    return found


def tasks(works):
    """Works by the task that yields them: one run serves them all."""
    grouped = {}
    for work in works:
        grouped.setdefault((work.kind, work.fields), []).append(work)
    return list(grouped.values())
