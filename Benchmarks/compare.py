#!/usr/bin/env python3
"""Compares spyre with other engines on the same work, on this computer, in alternating runs.

    python3 Benchmarks/compare.py list
    python3 Benchmarks/compare.py install llama.cpp vllm pytorch openblas fms
    python3 Benchmarks/compare.py models
    python3 Benchmarks/compare.py run --peers llama.cpp,vllm --work prefill512,decode128 --pairs 7

Only the standard library is needed here; every engine has a virtual environment of its own, outside of the repository.
"""

import sys

sys.dont_write_bytecode = True

from peers.driver.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
