"""Writes Tests/Fixtures/smollm2: what transformers computes in float32 for the default model.

    python3 Tests/Fixtures/make_smollm2_goldens.py --model DIR

DIR is the float32 Hugging Face directory that Benchmarks/peers/workers/make_models.py makes from the pinned GGUF file.
Greedy continuations are generated with a cache and then checked by one full forward without it, from which the gaps
between the two largest logits are taken. Needs torch, transformers 5.19, tokenizers, safetensors.
"""

import argparse
import json
import pathlib

import torch
import transformers
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

from smollm2_prompts import prompts, prose_text

OUT = pathlib.Path(__file__).resolve().parent / "smollm2"
NEW_TOKENS = 32
TIE = 1e-3
PARIS = [504, 3575, 282, 4649, 314]


@torch.no_grad()
def logits_of(model, ids):
    return model(torch.tensor([ids]), use_cache=False).logits[0]


@torch.no_grad()
def greedy(model, ids, count):
    """Greedy tokens with a KV cache; end tokens are tokens like any other."""
    tokens, cache, step = [], None, list(ids)
    for _ in range(count):
        output = model(torch.tensor([step]), past_key_values=cache, use_cache=True)
        cache, step = output.past_key_values, [int(output.logits[0, -1].argmax())]
        tokens += step
    return tokens


def checked_gaps(model, ids, tokens, name):
    """Top-two gaps of every step from one uncached forward, which must choose the same tokens up to the first tie."""
    top = logits_of(model, ids + tokens)[len(ids) - 1 : -1].topk(2)
    gaps = (top.values[:, 0] - top.values[:, 1]).tolist()
    for step, (token, gap) in enumerate(zip(tokens, gaps)):
        if gap < TIE:
            break
        if token != int(top.indices[step, 0]):
            raise SystemExit(f"{name}: cached and uncached forward disagree at step {step} with a gap of {gap}")
    return [round(gap, 5) for gap in gaps]


def greedy_rows(model, tokenizer):
    for name, text, ids in prompts(tokenizer, prose_text()):
        tokens = greedy(model, ids, NEW_TOKENS)
        row = {"name": name} | ({} if text is None else {"prompt": text})
        decoded = tokenizer.decode(tokens, skip_special_tokens=False)
        gaps = checked_gaps(model, ids, tokens, name)
        yield row | {"prompt_ids": ids, "token_ids": tokens, "text": decoded, "gaps": gaps}


def score(model, ids):
    """Negative log-likelihood of ids[1:], one forward over all ids, log-softmax in float64."""
    logits = logits_of(model, ids)[:-1].double()
    return torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:]), reduction="none").tolist()


def write_lines(path, header, key, rows):
    """JSON with one row a line, so that a changed row is a changed line."""
    head = json.dumps(header)[:-1]
    body = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(f'{head}, "{key}": [\n{body}\n]}}\n', encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=pathlib.Path, required=True, help="float32 Hugging Face directory")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    transformers.utils.logging.disable_progress_bar()
    OUT.mkdir(exist_ok=True)
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32, attn_implementation="eager")
    model.eval()
    made_with = {"torch": torch.__version__, "transformers": transformers.__version__, "dtype": "float32"}

    last = logits_of(model, PARIS)[-1]
    top = last.topk(5)
    write_lines(OUT / "logits.json", {"made_with": made_with}, "rows", [{
        "prompt": "The capital of France is", "prompt_ids": PARIS,
        "top": [[int(i), round(float(v), 6)] for i, v in zip(top.indices, top.values)],
        "first": [round(float(v), 6) for v in last[:8]],
        "mean": round(float(last.double().mean()), 6), "std": round(float(last.double().std()), 6),
    }])
    rows = list(greedy_rows(model, tokenizer))
    write_lines(OUT / "greedy.json", {"made_with": made_with}, "prompts", rows)
    ids = tokenizer.encode(prose_text()).ids
    nll = [round(value, 7) for value in score(model, ids)]
    mean = round(sum(nll) / len(nll), 7)
    result = {"made_with": made_with, "text_file": "prose.txt", "mean_nll": mean, "ids": ids, "nll": nll}
    (OUT / "score.json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    for row in rows:
        ties = sum(gap < TIE for gap in row["gaps"])
        print(row["name"], len(row["prompt_ids"]), "smallest gap", min(row["gaps"]), "ties", ties, row["text"][:60])
    print("tokens", len(ids), "mean nll", result["mean_nll"])


if __name__ == "__main__":
    main()
