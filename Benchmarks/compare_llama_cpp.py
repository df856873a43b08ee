"""Runs spyre and llama.cpp alternately on the same model and prints medians and ratios.

    python3 Benchmarks/compare_llama_cpp.py --model FILE.gguf --pairs 3 -- \\
        .build/release/spyre bench latency --model FILE.gguf --threads 2 --json

What follows `--` is spyre's own command; it prints one JSON object a line with threads, prefill_tokens,
prefill_tokens_per_second, decode_tokens and decode_tokens_per_second. llama.cpp runs with the same threads and
lengths, taken from spyre's first answer. Runs alternate, and every second pair starts with llama.cpp, so that a
machine that warms up or slows down favours neither.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

PEER = pathlib.Path(__file__).resolve().parent / "peers" / "llama_cpp.py"
WORK = ("threads", "prefill_tokens", "decode_tokens")
RATES = ("prefill_tokens_per_second", "decode_tokens_per_second")


def run_json(command):
    """Last JSON object that the command prints, with the fields that a comparison needs."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    except OSError as error:
        raise SystemExit(f"cannot run {command[0]}: {error.strerror}")
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with code {done.returncode}")
    rows = [line for line in done.stdout.splitlines() if line.lstrip().startswith("{")]
    if not rows:
        raise SystemExit(f"{' '.join(command)} printed no JSON object; does it have --json?")
    row = json.loads(rows[-1])
    missing = [key for key in WORK + RATES if key not in row]
    if missing:
        raise SystemExit(f"{command[0]}: its JSON lacks {', '.join(missing)}")
    return row


def peer_command(options, work):
    return [options.python, str(PEER), "--model", options.model, "--threads", str(work["threads"]),
            "--prefill", str(work["prefill_tokens"]), "--decode", str(work["decode_tokens"]),
            "--sequences", str(work.get("sequences", 1)), "--repeat", str(options.repeat), "--json"]


def measure(options):
    """Rows of both engines, in pairs; the first run of spyre only tells the work and is not counted."""
    work = run_json(options.command)
    commands = {"spyre": options.command, "llama.cpp": peer_command(options, work)}
    rows = {name: [] for name in commands}
    for pair in range(options.pairs):
        for name in sorted(commands, reverse=pair % 2 == 0):
            row = run_json(commands[name])
            if any(row[key] != work[key] for key in WORK):
                raise SystemExit(f"{name} ran other work: {[row[key] for key in WORK]}")
            rows[name].append(row)
    return work, rows


def summary(work, rows):
    result = {"work": {key: work[key] for key in WORK}, "pairs": len(rows["spyre"])}
    for name, runs in rows.items():
        result[name] = {"model": runs[0].get("model"), "dtype": runs[0].get("dtype")}
        for rate in RATES:
            result[name][rate] = round(statistics.median(run[rate] for run in runs), 2)
    for rate in RATES:
        ratios = [ours[rate] / theirs[rate] for ours, theirs in zip(rows["spyre"], rows["llama.cpp"])]
        label = rate.split("_", maxsplit=1)[0]
        result[f"{label}_ratio"] = round(statistics.median(ratios), 3)
        result[f"{label}_ratio_range"] = [round(min(ratios), 3), round(max(ratios), 3)]
    return result


def print_table(result):
    print(", ".join(f"{key} {value}" for key, value in result["work"].items()), f"({result['pairs']} pairs)")
    print(f"{'tokens per second':18} {'spyre':>10} {'llama.cpp':>10} {'ratio':>7}   range")
    for rate in RATES:
        label = rate.split("_", maxsplit=1)[0]
        low, high = result[f"{label}_ratio_range"]
        print(f"{label:18} {result['spyre'][rate]:10.1f} {result['llama.cpp'][rate]:10.1f} "
              f"{result[f'{label}_ratio']:7.2f}   {low:.2f} to {high:.2f}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="GGUF file for llama.cpp")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--repeat", type=int, default=3, help="repeats inside each llama.cpp run")
    parser.add_argument("--python", default=sys.executable, help="interpreter that has llama-cpp-python")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("command", nargs="+", help="after --: spyre bench latency ... --json")
    options = parser.parse_args()
    if options.pairs < 1:
        parser.error("--pairs must be at least 1")
    return options


def main():
    options = arguments()
    result = summary(*measure(options))
    if options.json:
        print(json.dumps(result))
    else:
        print_table(result)


if __name__ == "__main__":
    main()
