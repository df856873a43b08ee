"""Writes Tests/Fixtures/micro: small random-weight checkpoints and the logits that transformers computes for them.

    python3 Tests/Fixtures/make_model_fixtures.py            # needs torch, transformers 5.19, safetensors, gguf, numpy

Next to every model directory NAME/ (not in it: some loaders read every safetensors file of a directory) and to the
quantised GGUF file lies NAME.expected.safetensors:
    ids.N           int32  [tokens]        input of sequence N (5, 17 and 70 tokens: the last crosses a 64-token block)
    logits.N        float32 [rows, vocab]  logits at its last `rows` positions (all for N = 0 and 1, 4 for N = 2)
    greedy.prompt   int32  [60]            prompt of a greedy continuation that crosses position 64
    greedy.tokens   int32  [12]            its tokens, none stopped by an end token
    greedy.gaps     float32 [12]           top logit minus second logit of each step
All logits are float32 on the stored weights (bfloat16 files are widened first), eager attention, one full forward each.
`manifest.json` records sizes, the largest logit, the distance to the same computation in float64, and how far the
logits move when the tested feature is switched off. Output is a function of SEED and the library versions only.
"""

import json
import pathlib
import shutil

import gguf
import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType as Q
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import load_file
from safetensors.torch import save_file as save_tensors
from transformers import AutoConfig, AutoModelForCausalLM

import k_quants
import micro_tokenizer
from gguf_layout import gguf_to_hf_state, halves_to_pairs, hf_to_gguf_names, rope_heads
from micro_models import MODELS, QUANTISED, transformers5_style

SEED = 20250731
OUT = pathlib.Path(__file__).resolve().parent / "micro"
LENGTHS = (5, 17, 70)
ROWS = (5, 17, 4)
GREEDY_PROMPT, GREEDY_TOKENS = 60, 12


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def build(config, dtype=torch.float32):
    """An uninitialised model of this config.json content, through the same parsing a checkpoint gets."""
    kind = dict(config)
    parsed = AutoConfig.for_model(kind.pop("model_type"), **kind)
    parsed._attn_implementation = "eager"
    return AutoModelForCausalLM.from_config(parsed, dtype=dtype).eval()


def gains(config):
    """Scale of each kind of weight: peaked attention, branches that matter, logits with a spread of 2 to 3.

    Granite's multipliers shrink or stretch what passes through them; the weights around them are scaled the other way,
    as training would, so that switching one off is felt.
    """
    hidden, tied = config["hidden_size"], config["tie_word_embeddings"]
    scale = config.get("embedding_multiplier")
    head = 3.0 / hidden**0.5
    if scale is None:
        return {"embed": head, "head": head, "branch": 0.9, "final_norm": 1.0}
    embed = 2.0 / scale
    shared = embed if tied else head
    final_norm = 2.5 * config["logits_scaling"] / (hidden**0.5 * shared)
    return {"embed": embed, "head": head, "branch": 0.9 / config["residual_multiplier"], "final_norm": final_norm}


def random_state(config, generator):
    """Random weights by the names and shapes that transformers expects, in the file's type."""
    state, gain = {}, gains(config)
    for name, parameter in build(config).state_dict().items():
        if name == "lm_head.weight" and config["tie_word_embeddings"]:
            continue
        noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        if "norm" in name:
            value = (1.0 + 0.25 * noise) * (gain["final_norm"] if name == "model.norm.weight" else 1.0)
        elif name.endswith(".bias"):
            value = 0.5 * noise
        elif "embed_tokens" in name or "lm_head" in name:
            value = noise * gain["embed" if "embed_tokens" in name else "head"]
        else:
            query_key = "q_proj" in name or "k_proj" in name
            branch = any(part in name for part in ("o_proj", "down_proj", "output_linear"))
            factor = 1.5 if query_key else gain["branch"] if branch else 0.9
            value = factor * noise / parameter.shape[-1] ** 0.5
        state[name] = value.to(torch.float32).to(getattr(torch, config["torch_dtype"]))
    return state


def load(config, state, dtype=torch.float32):
    """The model with these weights, widened to `dtype`; every weight must be used and every parameter set."""
    model = build(config, dtype)
    missing, unexpected = model.load_state_dict({k: v.to(dtype) for k, v in state.items()}, strict=False)
    tied = {"lm_head.weight"} if config["tie_word_embeddings"] else set()
    if set(missing) - tied or unexpected:
        raise SystemExit(f"weights do not fit the model: missing {missing}, unexpected {unexpected}")
    model.tie_weights()
    return model


@torch.no_grad()
def logits_of(model, ids):
    return model(torch.tensor([ids]), use_cache=False).logits[0]


def greedy(model, prompt):
    """Greedy tokens and top-two gaps, every step one full forward (no cache, so no cache to be wrong)."""
    ids, gaps = list(prompt), []
    for _ in range(GREEDY_TOKENS):
        top = logits_of(model, ids)[-1].topk(2)
        ids.append(int(top.indices[0]))
        gaps.append(float(top.values[0] - top.values[1]))
    return ids[len(prompt):], gaps


def write_expected(path, config, state, sequences):
    """Writes expected.safetensors and returns what the manifest says about it."""
    model, precise = load(config, state), load(config, state, torch.float64)
    arrays, largest, distance = {}, 0.0, 0.0
    for index, (ids, rows) in enumerate(zip(sequences, ROWS)):
        logits = logits_of(model, ids)
        distance = max(distance, float((logits.double() - logits_of(precise, ids)).abs().max()))
        largest = max(largest, float(logits.abs().max()))
        arrays[f"ids.{index}"] = np.array(ids, dtype=np.int32)
        arrays[f"logits.{index}"] = np.ascontiguousarray(logits[-rows:].numpy())
    prompt = sequences[-1][:GREEDY_PROMPT]
    tokens, gaps = greedy(model, prompt)
    if min(gaps) < 1e-3:
        raise SystemExit(f"{path}: greedy tie ({min(gaps):.1e}); choose another seed")
    arrays["greedy.prompt"] = np.array(prompt, dtype=np.int32)
    arrays["greedy.tokens"] = np.array(tokens, dtype=np.int32)
    arrays["greedy.gaps"] = np.array(gaps, dtype=np.float32)
    save_arrays(arrays, path)
    return {"max_abs_logit": round(largest, 4), "max_abs_difference_to_float64": float(f"{distance:.2e}")}


def sensitivities(entry, config, state, sequences):
    """Largest logit change, relative to the largest logit, with each tested feature switched off."""
    reference = logits_of(load(config, state), sequences[-1])
    result = {}
    for label, change in entry["off"].items():
        altered = dict(state)
        if change == "swap_kv":
            for name in state:
                if "k_proj" in name or "v_proj" in name:
                    altered[name] = torch.roll(state[name], config["hidden_size"] // config["num_attention_heads"], 0)
            other = config
        else:
            other = config | change
            wanted = build(other).state_dict()
            altered = {k: v for k, v in state.items() if k in wanted}
            if change.get("tie_word_embeddings"):
                altered.pop("lm_head.weight", None)
        moved = (logits_of(load(other, altered), sequences[-1]) - reference).abs().max() / reference.abs().max()
        if moved < 0.02:
            raise SystemExit(f"{entry['name']}: switching off '{label}' moves the logits by only {moved:.1e}")
        result[label] = round(float(moved), 4)
    return result


def write_weights(folder, entry, state):
    """model.safetensors, or shards with model.safetensors.index.json."""
    shards = entry.get("shards", 1)
    if shards == 1:
        save_tensors(state, folder / "model.safetensors", metadata={"format": "pt"})
        return
    names = sorted(state)
    index = {"metadata": {"total_size": sum(t.numel() * t.element_size() for t in state.values())}, "weight_map": {}}
    for shard in range(shards):
        file = f"model-{shard + 1:05d}-of-{shards:05d}.safetensors"
        part = {name: state[name] for name in names[shard::shards]}
        save_tensors(part, folder / file, metadata={"format": "pt"})
        index["weight_map"] |= {name: file for name in part}
    index["weight_map"] = dict(sorted(index["weight_map"].items()))
    write_json(folder / "model.safetensors.index.json", index)


def check_directory(folder, config, ids):
    """The directory as written, loaded the ordinary way, must give the logits that were recorded."""
    expected = logits_of(load(config, read_state(folder)), ids)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    if not torch.equal(logits_of(model, ids), expected):
        raise SystemExit(f"{folder}: from_pretrained does not reproduce the recorded logits")


def read_state(folder):
    return {k: v for file in sorted(folder.glob("model*.safetensors")) for k, v in load_file(file).items()}


def gguf_type(name, types):
    if types is None or "norm" in name:
        return Q.F32
    return Q[next(kind for part, kind in types.items() if part in name)]


def packed(value, kind):
    """The bytes of a tensor; the gguf package cannot write the K types."""
    rows = {Q.Q4_K: k_quants.pack_q4_k, Q.Q6_K: k_quants.pack_q6_k}.get(kind)
    if rows is None:
        return gguf.quants.quantize(value, kind)
    bytes_ = rows(value)
    if np.abs(gguf.quants.dequantize(bytes_, kind) - value).max() > 0.1 * np.abs(value).max():
        raise SystemExit(f"{kind.name}: the packed tensor does not read back")
    return bytes_


def write_gguf(path, config, state, types=None):
    """A GGUF v3 file of a dense llama or granite model, with the micro tokenizer."""
    arch = config["model_type"]
    heads, kv = config["num_attention_heads"], config["num_key_value_heads"]
    head_dim = config.get("head_dim", config["hidden_size"] // heads)
    writer = gguf.GGUFWriter(path, arch)
    writer.add_name(path.stem)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv)
    writer.add_key_length(head_dim)
    writer.add_value_length(head_dim)
    writer.add_rope_dimension_count(head_dim)
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    if arch == "granite":
        writer.add_embedding_scale(config["embedding_multiplier"])
        writer.add_attention_scale(config["attention_multiplier"])
        writer.add_residual_scale(config["residual_multiplier"])
        writer.add_logit_scale(config["logits_scaling"])
    micro_tokenizer.add_to_gguf(writer)
    names = hf_to_gguf_names(config["num_hidden_layers"])
    for name, tensor in state.items():
        value, count = tensor.float().numpy(), rope_heads(name, heads, kv)
        value = value if count is None else halves_to_pairs(value, count)
        kind = gguf_type(names[name], types)
        writer.add_tensor(names[name], packed(value, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def state_of_gguf(path, config):
    arrays = gguf_to_hf_state(gguf.GGUFReader(path), config["num_hidden_layers"], config["num_attention_heads"],
                              config["num_key_value_heads"])
    return {name: torch.from_numpy(value) for name, value in arrays.items()}


def describe(entry, config, kind, path):
    keys = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
            "intermediate_size")
    sizes = {key: config[key] for key in keys}
    sizes["head_dim"] = config.get("head_dim", config["hidden_size"] // config["num_attention_heads"])
    return {"name": entry["name"], "kind": kind, "path": path, "features": entry["features"]} | sizes


def make_directory(entry, generator):
    config, folder = entry["config"], OUT / entry["name"]
    folder.mkdir(parents=True)
    styled = transformers5_style(config)
    write_json(folder / "config.json", styled if entry.get("style") == "transformers5" else config)
    if entry.get("both_styles"):
        write_json(folder / "config.transformers5.json", styled)
    if entry.get("tokenizer"):
        write_json(folder / "tokenizer.json", micro_tokenizer.tokenizer_json())
        write_json(folder / "tokenizer_config.json", micro_tokenizer.tokenizer_config())
    state = random_state(config, generator)
    write_weights(folder, entry, state)
    sequences = [torch.randint(0, config["vocab_size"], (n,), generator=generator).tolist() for n in LENGTHS]
    expected = f"{entry['name']}.expected.safetensors"
    row = describe(entry, config, "directory", entry["name"]) | {"expected": expected}
    row |= write_expected(OUT / expected, config, state, sequences)
    row["feature_off_moves_logits_by"] = sensitivities(entry, config, state, sequences)
    check_directory(folder, config, sequences[-1])
    rows = [row]
    if entry.get("gguf"):
        path = OUT / f"{entry['name']}.f32.gguf"
        write_gguf(path, config, state)
        if any(not torch.equal(state[k], v) for k, v in state_of_gguf(path, config).items()):
            raise SystemExit(f"{path}: does not read back as written")
        rows.append(describe(entry, config, "gguf", path.name) | {"expected": expected})
    return rows


def make_quantised(entry, generator):
    config, path = entry["config"], OUT / f"{entry['name']}.gguf"
    write_gguf(path, config, random_state(config, generator), types=entry["types"])
    sequences = [torch.randint(0, config["vocab_size"], (n,), generator=generator).tolist() for n in LENGTHS]
    expected = f"{entry['name']}.expected.safetensors"
    row = describe(entry, config, "gguf", path.name) | {"expected": expected}
    return row | write_expected(OUT / expected, config, state_of_gguf(path, config), sequences)


def main():
    torch.set_num_threads(1)
    transformers.utils.logging.disable_progress_bar()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    generator = torch.Generator().manual_seed(SEED)
    models = [row for entry in MODELS for row in make_directory(entry, generator)]
    for entry in QUANTISED:
        own = torch.Generator().manual_seed(SEED + entry["seed"]) if "seed" in entry else generator
        models.append(make_quantised(entry, own))
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "seed": SEED}
    for file in OUT.rglob("*.safetensors"):
        file.chmod(0o644)
    write_json(OUT / "manifest.json", {"made_with": versions, "models": models})
    for row in models:
        print(row["name"], row["kind"], row.get("max_abs_logit"), row.get("max_abs_difference_to_float64"),
              row.get("feature_off_moves_logits_by"))


if __name__ == "__main__":
    main()
