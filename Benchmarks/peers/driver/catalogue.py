"""The engines that can be compared with, how each is installed and what it can run."""

import dataclasses
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
WORKERS = ROOT / "Benchmarks" / "peers" / "workers"
REQUIREMENTS = ROOT / "Benchmarks" / "peers" / "requirements"

TORCH = ("torch==2.13.0",)
MODEL_NAME = "smollm2-135m-instruct"
DEFAULT_MODEL = pathlib.Path("~/.cache/spyre/models") / MODEL_NAME / "SmolLM2-135M-Instruct.Q4_1.gguf"
"""Where `spyre pull` puts it."""


@dataclasses.dataclass(frozen=True)
class Environment:
    """A virtual environment. `first` is resolved by pip within the pins of `requirements`, which come after it."""

    name: str
    requirements: str
    first: tuple = ()
    compiled: tuple = ()
    """Packages that are compiled for this CPU, not taken as wheels."""
    variables: tuple = ()
    """Set while pip runs."""
    gigabytes: float = 1.0
    """Free disk space that installing takes, downloads and temporary files included."""
    minutes: str = "1"


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    title: str
    environment: str
    worker: str
    tasks: frozenset
    files: tuple = ()
    """Forms of the model that it reads, see FILES; none for libraries."""
    dtypes: tuple = ()
    """Element types of its GEMM."""
    settings: tuple = ()
    """Given to the worker."""
    variables: tuple = ()
    """Set for the worker; {threads} and {last} (the last core's number) are filled in."""
    many_starts: bool = True
    """Whether it starts fast enough to be started anew for every pair of the work `ready`."""


_TEXT = frozenset({"latency", "throughput", "ready"})

ENVIRONMENTS = {environment.name: environment for environment in (
    Environment("llama.cpp", "llama.cpp.txt", compiled=("llama-cpp-python",),
                variables=(("CMAKE_ARGS", "-DGGML_NATIVE=ON -DGGML_OPENMP=ON"),), gigabytes=2,
                minutes="10 on two cores, which compile it"),
    Environment("vllm", "vllm.txt", first=TORCH, gigabytes=6, minutes="5"),
    Environment("pytorch", "pytorch.txt", first=TORCH, gigabytes=2, minutes="2"),
    Environment("openblas", "openblas.txt", gigabytes=0.3),
    Environment("fms", "fms.txt", first=TORCH, gigabytes=2, minutes="3"),
)}

PEERS = {peer.name: peer for peer in (
    Peer("llama.cpp", "llama.cpp", "llama.cpp", "llama_cpp_worker.py", _TEXT, files=("bf16", "q8_0", "q4_1", "q4_0")),
    Peer("vllm", "vLLM", "vllm", "vllm_worker.py", _TEXT, files=("bf16-directory",), many_starts=False,
         variables=(("VLLM_CPU_OMP_THREADS_BIND", "0-{last}"), ("VLLM_CPU_KVCACHE_SPACE", "4"),
                    ("HF_HUB_OFFLINE", "1"), ("VLLM_NO_USAGE_STATS", "1"), ("VLLM_LOGGING_LEVEL", "WARNING"))),
    Peer("fms", "FMS eager", "fms", "fms_worker.py", _TEXT - {"throughput"}, files=("bf16-directory",),
         settings=(("compile", False),), variables=(("HF_HUB_OFFLINE", "1"),)),
    Peer("fms-inductor", "FMS inductor", "fms", "fms_worker.py", _TEXT - {"throughput"}, files=("bf16-directory",),
         settings=(("compile", True),), variables=(("HF_HUB_OFFLINE", "1"),), many_starts=False),
    Peer("pytorch", "PyTorch", "pytorch", "torch_worker.py", frozenset({"gemm"}), dtypes=("float32", "bfloat16")),
    Peer("openblas", "OpenBLAS", "openblas", "openblas_worker.py", frozenset({"gemm"}), dtypes=("float32",),
         variables=(("OPENBLAS_NUM_THREADS", "{threads}"),)),
    Peer("openblas-system", "OpenBLAS (system)", "openblas", "openblas_worker.py", frozenset({"gemm"}),
         dtypes=("float32",), settings=(("library", "libopenblas.so.0"),),
         variables=(("OPENBLAS_NUM_THREADS", "{threads}"),)),
)}


def cache_folder(given=None):
    """Where environments, model files and compile caches live."""
    path = given or os.environ.get("SPYRE_PEERS") or "~/.cache/spyre/peers"
    return pathlib.Path(path).expanduser()


@dataclasses.dataclass(frozen=True)
class ModelFile:
    label: str
    theirs: str
    """Relative to the cache folder; None: the default model's own file."""
    ours: str = None
    """What spyre reads instead, where it is another form than the peer's."""


FILES = {file.label: file for file in (
    ModelFile("bf16", f"{MODEL_NAME}.bf16.gguf"),
    ModelFile("q8_0", f"{MODEL_NAME}.q8_0.gguf"),
    ModelFile("q4_1", None),
    # The fastest 4-bit type of llama.cpp, against the 4-bit file that spyre ships with.
    ModelFile("q4_0", f"{MODEL_NAME}.q4_0.gguf", ours="q4_1"),
    ModelFile("bf16-directory", f"{MODEL_NAME}-bf16"),
)}


def form_name(form):
    """As people say it: a directory is a form of its own only because other programs read it."""
    return form.removesuffix("-directory")
