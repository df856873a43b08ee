"""Negative log-likelihood of given tokens in llama.cpp, for comparison with `spyre score`.

    env-llama.cpp/bin/python Benchmarks/peers/workers/score_llama_cpp.py --model FILE.gguf \\
        --score Tests/Fixtures/smollm2/score.json --summary

The file has {"ids": [...]} on every line, and "nll" as well where a reference is to be compared. One JSON object a
line; the prompt is processed in chunks of 512 tokens.
"""

import argparse
import json
import os

import numpy as np
from llama_cpp_session import ENGINE, Model, Session


def read_rows(path):
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="a GGUF file")
    parser.add_argument("--score", required=True, help="an ids file")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--summary", action="store_true", help="leave the nll of each token out")
    options = parser.parse_args()
    rows = read_rows(options.score)
    model = Model(options.model)
    session = Session(model, options.threads, 1, max(len(row["ids"]) for row in rows), all_logits=True)
    for row in rows:
        nll = score_row(session, row["ids"])
        result = {"engine": ENGINE, "model": os.path.basename(options.model), "dtype": model.description(),
                  "tokens": len(row["ids"]), "mean_nll": round(float(np.mean(nll)), 7)}
        if len(row.get("nll", [])) == len(nll):
            difference = np.abs(np.array(nll) - np.array(row["nll"]))
            result |= {"reference_mean_nll": round(float(np.mean(row["nll"])), 7),
                       "mean_abs_difference": round(float(difference.mean()), 7),
                       "max_abs_difference": round(float(difference.max()), 7)}
        print(json.dumps(result if options.summary else result | {"nll": [round(value, 6) for value in nll]}))


if __name__ == "__main__":
    main()
