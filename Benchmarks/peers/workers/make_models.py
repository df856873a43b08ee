"""Makes the forms of the default model that other engines need, from its GGUF file.

    env-llama.cpp/bin/python Benchmarks/peers/workers/make_models.py --gguf FILE.gguf --out DIR

(`compare.py models` runs it) writes DIR/smollm2-135m-instruct-f32 and -bf16, which are Hugging Face directories
(config.json, model.safetensors, tokenizer files) for transformers, FMS and vLLM, and
DIR/smollm2-135m-instruct.{bf16,q8_0,q4_0}.gguf for llama.cpp. All start from the same dequantised weights; no network is
used. safetensors is written here, after the format's specification, as numpy has no bfloat16.
"""

import argparse
import ctypes
import json
import pathlib
import sys

import gguf
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "Tests" / "Fixtures"))
from gguf_layout import gguf_to_hf_state  # noqa: E402

NAME = "smollm2-135m-instruct"
CONTROL_TOKEN = 3  # tokenizer.ggml.token_type of special tokens
LLAMA_CPP_TYPES = {"bf16": 32, "q8_0": 7, "q4_0": 2}  # llama_ftype numbers of llama.h


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def metadata(reader):
    return {key: field.contents() for key, field in reader.fields.items()}


def llama_config(meta, dtype):
    """config.json of a GGUF llama model."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": meta["llama.vocab_size"],
        "hidden_size": meta["llama.embedding_length"],
        "intermediate_size": meta["llama.feed_forward_length"],
        "num_hidden_layers": meta["llama.block_count"],
        "num_attention_heads": meta["llama.attention.head_count"],
        "num_key_value_heads": meta["llama.attention.head_count_kv"],
        "head_dim": meta["llama.rope.dimension_count"],
        "max_position_embeddings": meta["llama.context_length"],
        "rope_theta": meta["llama.rope.freq_base"],
        "rope_scaling": None,
        "rms_norm_eps": round(meta["llama.attention.layer_norm_rms_epsilon"], 9),
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "bos_token_id": meta["tokenizer.ggml.bos_token_id"],
        "eos_token_id": meta["tokenizer.ggml.eos_token_id"],
        "pad_token_id": meta["tokenizer.ggml.padding_token_id"],
        "torch_dtype": dtype,
    }


def tokenizer_json(meta):
    """tokenizer.json of SmolLM: single digits are split first, then GPT-2's byte-level pattern."""
    tokens, kinds = meta["tokenizer.ggml.tokens"], meta["tokenizer.ggml.token_type"]
    added = [
        {"id": index, "content": token, "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": True}
        for index, (token, kind) in enumerate(zip(tokens, kinds)) if kind == CONTROL_TOKEN
    ]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    digits = {"type": "Digits", "individual_digits": True}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [digits, level]},
        "post_processor": None, "decoder": level,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
            "vocab": {token: index for index, token in enumerate(tokens)},
            "merges": [merge.split(" ") for merge in meta["tokenizer.ggml.merges"]],
        },
    }


def tokenizer_config(meta):
    tokens = meta["tokenizer.ggml.tokens"]
    names = {"bos_token": "bos", "eos_token": "eos", "unk_token": "unknown", "pad_token": "padding"}
    special = {name: tokens[meta[f"tokenizer.ggml.{key}_token_id"]] for name, key in names.items()}
    return special | {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": meta["llama.context_length"],
        "clean_up_tokenization_spaces": False, "chat_template": meta["tokenizer.chat_template"],
    }


def to_bfloat16(values):
    """The upper halves of float32 values, as uint16, rounded to nearest, ties to even. Weights hold no NaN."""
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def write_safetensors(path, state, dtype):
    """Eight bytes of header size, a JSON header padded with spaces, then the values, little endian, in order."""
    label, convert = {"float32": ("F32", lambda values: values.astype("<f4")), "bfloat16": ("BF16", to_bfloat16)}[dtype]
    size, header, offset = np.dtype("<f4" if label == "F32" else "<u2").itemsize, {"__metadata__": {"format": "pt"}}, 0
    for name, values in state.items():
        end = offset + values.size * size
        header[name] = {"dtype": label, "shape": list(values.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for values in state.values():
            file.write(convert(values).tobytes())


def write_directory(folder, state, meta, dtype):
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", state, dtype)
    write_json(folder / "config.json", llama_config(meta, dtype))
    write_json(folder / "tokenizer.json", tokenizer_json(meta))
    write_json(folder / "tokenizer_config.json", tokenizer_config(meta))
    eos = meta["tokenizer.ggml.eos_token_id"]
    write_json(folder / "generation_config.json", {"bos_token_id": meta["tokenizer.ggml.bos_token_id"],
                                                   "eos_token_id": eos, "pad_token_id": eos})


def requantise(source, target, ftype):
    import llama_cpp
    from llama_cpp_session import only_errors

    llama_cpp.llama_log_set(only_errors, None)
    print(target.name, file=sys.stderr)
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype, params.nthread, params.allow_requantize = ftype, 2, True
    if llama_cpp.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(params)) != 0:
        raise SystemExit(f"llama.cpp could not convert {source} to {target}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gguf", type=pathlib.Path, required=True, help="the default model's GGUF file")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder that receives the other forms")
    parser.add_argument("--skip-gguf", action="store_true", help="do not make the llama.cpp files")
    options = parser.parse_args()
    reader = gguf.GGUFReader(options.gguf)
    meta = metadata(reader)
    state = gguf_to_hf_state(reader, meta["llama.block_count"], meta["llama.attention.head_count"],
                             meta["llama.attention.head_count_kv"])
    write_directory(options.out / f"{NAME}-f32", state, meta, "float32")
    write_directory(options.out / f"{NAME}-bf16", state, meta, "bfloat16")
    if not options.skip_gguf:
        for label, ftype in LLAMA_CPP_TYPES.items():
            requantise(options.gguf, options.out / f"{NAME}.{label}.gguf", ftype)


if __name__ == "__main__":
    main()
