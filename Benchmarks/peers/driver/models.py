"""Makes the forms of the default model that peers read, with an environment that is installed."""

import subprocess
import sys

from . import install
from .catalogue import ENVIRONMENTS, ROOT
from .errors import CompareError

SCRIPT = ROOT / "Benchmarks" / "peers" / "workers" / "make_models.py"
MAKERS = ("llama.cpp", "vllm", "fms")
"""Environments that have gguf; only the first has llama.cpp, which makes the GGUF files."""


def make(cache, source):
    maker = next((name for name in MAKERS if name in ENVIRONMENTS and install.is_installed(cache, name)), None)
    if maker is None:
        raise CompareError(f"none of {', '.join(MAKERS)} is installed, one of which makes the files; "
                           "run `python3 Benchmarks/compare.py install llama.cpp`")
    if not source.exists():
        raise CompareError(f"{source}: no such file; `spyre pull` fetches it")
    command = [str(install.interpreter(cache, maker)), str(SCRIPT), "--gguf", str(source), "--out", str(cache)]
    if maker != MAKERS[0]:
        install.say("llama.cpp is not installed: its GGUF files are left out")
        command.append("--skip-gguf")
    if subprocess.run(command, stdout=sys.stderr.fileno(), check=False).returncode != 0:
        raise CompareError("the model files could not be made; the reason stands above")
