"""spyre's side: one process per run, through its command line."""

import json
import re
import time

from .errors import CompareError
from .processes import run_once


class Spyre:
    def __init__(self, program, threads, repeat):
        self.program, self.threads, self.repeat = program, threads, repeat

    def run(self, task, model):
        """Figures of one task under the names that workers use, and what others took from the machine meanwhile."""
        task = dict(task)
        return getattr(self, f"_{task.pop('task')}")(model, **task)

    def version(self):
        return run_once([self.program, "--version"])[0].strip()

    def lacks(self, works):
        """Those of the works for which this build of spyre has no benchmark."""
        text = run_once([self.program, "bench", "--help"])[0]
        known = set(re.findall(r"^  ([a-z]+)(?: |$)", text.partition("SUBCOMMANDS:")[2], flags=re.MULTILINE))
        needed = {"latency": "latency", "throughput": "throughput", "gemm": "kernels"}
        return [work for work in works if work.kind in needed and needed[work.kind] not in known]

    def _row(self, arguments, needed, accept=lambda row: True):
        """The last JSON object that has the needed fields."""
        command = [self.program, *arguments, "--threads", str(self.threads), "--json", "--quiet"]
        output, usage = run_once(command)
        rows = [json.loads(line) for line in output.splitlines() if line.lstrip().startswith("{")]
        rows = [row for row in rows if accept(row)]
        if not rows or any(key not in rows[-1] for key in needed):
            raise CompareError(f"{' '.join(command)} printed no JSON object with {', '.join(needed)}; "
                               "spyre and Benchmarks must be of one version")
        return rows[-1], usage

    def _latency(self, model, prompt, output, sequences):
        row, usage = self._row(
            ["bench", "latency", "--model", str(model), "--prompt-tokens", str(prompt), "--output-tokens", str(output),
             "--batch", str(sequences), "--repeat", str(self.repeat)],
            ("prefill_tokens_per_second", "decode_tokens_per_second"))
        return {"prefill": row["prefill_tokens_per_second"], "decode": row["decode_tokens_per_second"]}, usage

    def _throughput(self, model, requests, prompt, output):
        row, usage = self._row(
            ["bench", "throughput", "--model", str(model), "--requests", str(requests), "--prompt-tokens", str(prompt),
             "--output-tokens", str(output), "--max-num-seqs", str(requests), "--repeat", str(self.repeat)],
            ("output_tokens_per_second",))
        return {"output": row["output_tokens_per_second"]}, usage

    def _gemm(self, model, m, n, k, dtype):
        shape = f"{m}x{n}x{k}"
        row, usage = self._row(
            ["bench", "kernels", "--op", "matmul", "--dtype", dtype, "--shape", shape], ("gops",),
            lambda row: (row.get("op"), row.get("dtype"), row.get("shape")) == ("matmul", dtype, shape))
        return {"gflops": row["gops"]}, usage

    def _ready(self, model):
        """From the start of the process to its end, with one token generated in between."""
        start = time.monotonic()
        row, usage = self._row(
            ["generate", "--model", str(model), "--prompt-ids", "1", "--max-tokens", "1", "--temperature", "0"],
            ("token_ids",))
        return {"seconds": time.monotonic() - start}, usage
