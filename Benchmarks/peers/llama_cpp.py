"""llama.cpp on the work of `spyre bench latency` and `spyre score`, through llama-cpp-python's low-level API.

    python3 Benchmarks/peers/llama_cpp.py --model FILE.gguf --threads 2 --prefill 512 --decode 128 --json
    python3 Benchmarks/peers/llama_cpp.py --model FILE.gguf --score Tests/Fixtures/smollm2/score.json --json

Latency: every repeat clears the KV cache, decodes the prompt of each sequence (timed as prefill, logits of the last
token only), then decodes one token a step for all sequences together (timed as decode). The tokens are fixed, so
llama.cpp is not charged for sampling. The KV cache has the library's default type (float16). Medians over repeats.
Score: negative log-likelihood of every token but the first, prompt processed in chunks of --ubatch tokens.
"""

import argparse
import ctypes
import importlib
import json
import os
import pathlib
import statistics
import sys
import time

import numpy as np

# This file has the library's module name: look for the library past this folder.
_here = pathlib.Path(__file__).resolve().parent
sys.path[:] = [path for path in sys.path if pathlib.Path(path or ".").resolve() != _here]
llama_cpp = importlib.import_module("llama_cpp")
ENGINE = f"llama-cpp-python {llama_cpp.__version__}"


@llama_cpp.llama_log_callback
def _only_errors(level, text, user_data):
    if level == 4:  # GGML_LOG_LEVEL_ERROR
        sys.stderr.write(text.decode(errors="replace"))


class Session:
    """One model and one context with room for `sequences` sequences of `tokens_per_sequence` tokens each."""

    def __init__(self, path, threads, sequences, tokens_per_sequence, ubatch, all_logits=False):
        if not os.path.isfile(path):
            raise SystemExit(f"{path}: no such file; give a GGUF file with --model")
        llama_cpp.llama_log_set(_only_errors, None)
        llama_cpp.llama_backend_init()
        self.model = llama_cpp.llama_model_load_from_file(path.encode(), llama_cpp.llama_model_default_params())
        if not self.model:
            raise SystemExit(f"{path}: llama.cpp cannot load this file")
        per_sequence = -(-tokens_per_sequence // 256) * 256
        params = llama_cpp.llama_context_default_params()
        params.n_ctx, params.n_seq_max = per_sequence * sequences, sequences
        params.n_batch, params.n_ubatch = ubatch, ubatch
        params.n_threads, params.n_threads_batch = threads, threads
        params.n_outputs_max = ubatch if all_logits else sequences
        params.n_outputs_max_per_seq = ubatch if all_logits else 1
        self.context = llama_cpp.llama_init_from_model(self.model, params)
        if not self.context:
            raise SystemExit("llama.cpp cannot make a context of this size; ask for fewer tokens or sequences")
        self.memory = llama_cpp.llama_get_memory(self.context)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.model))
        self.ubatch = ubatch
        self.batch = llama_cpp.llama_batch_init(max(ubatch, sequences), 0, 1)

    def description(self):
        text = ctypes.create_string_buffer(256)
        llama_cpp.llama_model_desc(self.model, text, len(text))
        return text.value.decode()

    def clear(self):
        llama_cpp.llama_memory_clear(self.memory, True)

    def decode(self, rows):
        """Runs one batch of (token, position, sequence, wants logits) and waits for it."""
        self.batch.n_tokens = len(rows)
        for index, (token, position, sequence, wants) in enumerate(rows):
            self.batch.token[index] = token
            self.batch.pos[index] = position
            self.batch.n_seq_id[index] = 1
            self.batch.seq_id[index][0] = sequence
            self.batch.logits[index] = wants
        status = llama_cpp.llama_decode(self.context, self.batch)
        if status != 0:
            raise SystemExit(f"llama_decode failed with status {status}")
        llama_cpp.llama_synchronize(self.context)

    def prefill(self, tokens, sequence):
        for start in range(0, len(tokens), self.ubatch):
            part = range(start, min(start + self.ubatch, len(tokens)))
            self.decode([(tokens[i], i, sequence, i == len(tokens) - 1) for i in part])

    def logits(self, count):
        pointer = llama_cpp.llama_get_logits(self.context)
        return np.ctypeslib.as_array(pointer, shape=(count, self.vocabulary)).astype(np.float64)


def latency(options):
    session = Session(options.model, options.threads, options.sequences, options.prefill + options.decode,
                      options.ubatch)
    prompt = [(7919 * i + 13) % session.vocabulary for i in range(options.prefill)]
    sequences = range(options.sequences)
    prefill_rates, decode_rates = [], []
    for repeat in range(options.repeat + 1):  # the first repeat warms up and is not counted
        session.clear()
        start = time.perf_counter()
        for sequence in sequences:
            session.prefill(prompt, sequence)
        middle = time.perf_counter()
        for step in range(options.decode):
            token = prompt[step % len(prompt)]
            session.decode([(token, options.prefill + step, sequence, True) for sequence in sequences])
        end = time.perf_counter()
        if repeat > 0:
            prefill_rates.append(options.prefill * options.sequences / (middle - start))
            decode_rates.append(options.decode * options.sequences / (end - middle))
    return {
        "engine": ENGINE,
        "model": os.path.basename(options.model),
        "dtype": session.description(),
        "threads": options.threads,
        "sequences": options.sequences,
        "prefill_tokens": options.prefill,
        "prefill_tokens_per_second": round(statistics.median(prefill_rates), 2),
        "decode_tokens": options.decode,
        "decode_tokens_per_second": round(statistics.median(decode_rates), 2),
        "prefill_runs": [round(rate, 2) for rate in prefill_rates],
        "decode_runs": [round(rate, 2) for rate in decode_rates],
    }


def read_rows(path):
    """Every line of an ids file: {"ids": [...]}, with "nll" as well where a reference is to be compared."""
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    if not rows or any("ids" not in row for row in rows):
        raise SystemExit(f'{path}: every line must be a JSON object with "ids"')
    return rows


def score_row(session, ids):
    session.clear()
    nll = []
    for start in range(0, len(ids), session.ubatch):
        part = ids[start : start + session.ubatch]
        session.decode([(token, start + i, 0, True) for i, token in enumerate(part)])
        logits = session.logits(len(part))
        largest = logits.max(axis=1, keepdims=True)
        normaliser = np.log(np.exp(logits - largest).sum(axis=1)) + largest[:, 0]
        targets = ids[start + 1 : start + len(part) + 1]
        nll += (normaliser[: len(targets)] - logits[np.arange(len(targets)), targets]).tolist()
    return nll


def score(options):
    rows = read_rows(options.score)
    session = Session(options.model, options.threads, 1, max(len(row["ids"]) for row in rows), options.ubatch,
                      all_logits=True)
    for row in rows:
        nll = score_row(session, row["ids"])
        result = {"engine": ENGINE, "model": os.path.basename(options.model), "dtype": session.description(),
                  "tokens": len(row["ids"]), "mean_nll": round(float(np.mean(nll)), 7)}
        if len(row.get("nll", [])) == len(nll):
            difference = np.abs(np.array(nll) - np.array(row["nll"]))
            result |= {"reference_mean_nll": round(float(np.mean(row["nll"])), 7),
                       "mean_abs_difference": round(float(difference.mean()), 7),
                       "max_abs_difference": round(float(difference.max()), 7)}
        yield result if options.summary else result | {"nll": [round(value, 6) for value in nll]}


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="a GGUF file")
    parser.add_argument("--threads", type=positive, default=2)
    parser.add_argument("--prefill", type=positive, default=512, help="prompt tokens of each sequence")
    parser.add_argument("--decode", type=positive, default=128, help="tokens decoded after it")
    parser.add_argument("--sequences", type=positive, default=1)
    parser.add_argument("--repeat", type=positive, default=3, help="counted repeats")
    parser.add_argument("--ubatch", type=positive, default=512)
    parser.add_argument("--score", help="an ids file: score it instead of timing")
    parser.add_argument("--summary", action="store_true", help="with --score: leave the nll of each token out")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser.parse_args()


def main():
    options = arguments()
    for result in score(options) if options.score else [latency(options)]:
        if options.json:
            print(json.dumps(result))
            continue
        for key, value in result.items():
            if key != "nll":
                print(f"{key:28} {value}")


if __name__ == "__main__":
    main()
