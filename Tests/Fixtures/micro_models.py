"""The micro models: one entry a directory, each isolating what its name says.

`off` names configuration changes that switch the tested feature off; the generator measures how far the logits move
then, so that a fixture that could not catch a missing feature is noticed when it is made.
"""

LLAMA3_ROPE = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}


def _config(kind, architecture, vocab, hidden, layers, heads, kv, inter, **more):
    base = {
        "architectures": [architecture],
        "model_type": kind,
        "vocab_size": vocab,
        "hidden_size": hidden,
        "intermediate_size": inter,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv,
        "hidden_act": "silu",
        "rms_norm_eps": 1e-5,
        "max_position_embeddings": 256,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "attention_bias": False,
        "tie_word_embeddings": True,
        "torch_dtype": "float32",
        "rope_theta": 10000.0,
        "rope_scaling": None,
    }
    base.update(more)
    return base


def _llama(*sizes, **more):
    return _config("llama", "LlamaForCausalLM", *sizes, mlp_bias=False, **more)


def _granite(*sizes, **more):
    return _config("granite", "GraniteForCausalLM", *sizes, mlp_bias=False, **more)


def _hybrid(*sizes, **more):
    layers, inter = sizes[2], sizes[5]
    dense = {
        "num_local_experts": 0,
        "num_experts_per_tok": 0,
        "shared_intermediate_size": inter,
        "position_embedding_type": "rope",
        "layer_types": ["attention"] * layers,
        "mamba_n_heads": 1,
        "mamba_d_state": 16,
        "mamba_d_head": 2 * sizes[1],
    }
    return _config("granitemoehybrid", "GraniteMoeHybridForCausalLM", *sizes, **dense, **more)


# Sizes: vocabulary, hidden, layers, query heads, key/value heads, intermediate.
# style "transformers5" writes rope_parameters and dtype where older writers put rope_theta, rope_scaling, torch_dtype.
MODELS = [
    {
        "name": "llama-gqa",
        "features": "GQA 4:2, tied head, head size 16, tokenizer",
        "config": _llama(131, 64, 2, 4, 2, 40),
        "tokenizer": True,
        "style": "transformers5",
        "off": {"no GQA grouping (kv head = q head mod 2)": "swap_kv"},
    },
    {
        "name": "llama-mha-sharded",
        "features": "MHA, untied head, three shards with an index",
        "config": _llama(160, 32, 2, 2, 2, 40, tie_word_embeddings=False, rope_theta=500000.0),
        "shards": 3,
        "off": {"tied head": {"tie_word_embeddings": True}},
    },
    {
        "name": "llama-mqa-bf16",
        "features": "MQA, tied head, bfloat16 file, all sizes multiples of 64",
        "config": _llama(128, 64, 2, 4, 1, 64, torch_dtype="bfloat16"),
        "off": {"theta 1e5 for 1e4": {"rope_theta": 100000.0}},
    },
    {
        "name": "llama-bias",
        "features": "biases on q, k, v, o and on gate, up, down",
        "config": _llama(130, 32, 2, 2, 2, 48, attention_bias=True) | {"mlp_bias": True},
        "off": {"attention_bias": {"attention_bias": False}, "mlp_bias": {"mlp_bias": False}},
    },
    {
        "name": "llama-rope-llama3",
        "features": "llama3 RoPE scaling: 2 frequencies kept, 3 blended, 11 divided; head size 32",
        "config": _llama(128, 32, 2, 2, 1, 48, head_dim=32, rope_scaling=LLAMA3_ROPE),
        "both_styles": True,
        "off": {"rope_scaling": {"rope_scaling": None}},
    },
    {
        "name": "llama-head-dim",
        "features": "head_dim 16 with hidden / heads = 8, GQA 4:2",
        "config": _llama(131, 32, 2, 4, 2, 24, head_dim=16),
        "gguf": True,
        "off": {"theta 1e5 for 1e4": {"rope_theta": 100000.0}},
    },
    {
        "name": "granite",
        "features": "the four multipliers, GQA 2:1, tokenizer",
        "config": _granite(
            131, 32, 2, 2, 1, 40, embedding_multiplier=12.0, attention_multiplier=0.15,
            residual_multiplier=0.22, logits_scaling=6.0,
        ),
        "tokenizer": True,
        "gguf": True,
        "off": {
            "embedding_multiplier": {"embedding_multiplier": 1.0},
            "attention_multiplier": {"attention_multiplier": 0.25},
            "residual_multiplier": {"residual_multiplier": 1.0},
            "logits_scaling": {"logits_scaling": 1.0},
        },
    },
    {
        "name": "granite-head-dim-bf16",
        "features": "head_dim 64 with hidden / heads = 16, untied head, bfloat16 file",
        "config": _granite(
            140, 32, 2, 2, 1, 40, head_dim=64, embedding_multiplier=5.0, attention_multiplier=0.08,
            residual_multiplier=0.4, logits_scaling=3.0, tie_word_embeddings=False, torch_dtype="bfloat16",
            rope_theta=5000000.0,
        ),
        "style": "transformers5",
        "off": {"attention_multiplier": {"attention_multiplier": 0.125}},
    },
    {
        "name": "granite-moe-hybrid-dense",
        "features": "attention layers only, no experts, shared MLP with fused [gate; up] rows",
        "config": _hybrid(
            131, 32, 2, 2, 1, 48, embedding_multiplier=8.0, attention_multiplier=0.2,
            residual_multiplier=0.3, logits_scaling=2.0,
        ),
        "off": {
            "position_embedding_type": {"position_embedding_type": None},
            "residual_multiplier": {"residual_multiplier": 1.0},
        },
    },
]

# Quantised GGUF, with weights of their own (hidden and intermediate sizes are multiples of the blocks). `types`: of the
# tensors whose name contains the key, of the other matrices under "". `seed` is added to the generator's.
QUANTISED = [
    {
        "name": "llama-q4_1-q8_0",
        "features": "GGUF with Q4_1 and Q8_0 tensors: embedding Q8_0, attn_v and ffn_down Q8_0, the rest Q4_1, "
        "norms F32",
        "config": _llama(131, 64, 2, 4, 2, 96),
        "types": {"token_embd": "Q8_0", "attn_v": "Q8_0", "ffn_down": "Q8_0", "": "Q4_1"},
    },
    {
        "name": "llama-q4_0-f16",
        "features": "GGUF with Q4_0 and F16 tensors: embedding, attn_v and ffn_up F16, the rest Q4_0, norms F32",
        "config": _llama(131, 64, 2, 4, 2, 96),
        "types": {"token_embd": "F16", "attn_v": "F16", "ffn_up": "F16", "": "Q4_0"},
        "seed": 1,
    },
    {
        "name": "llama-q4_k-q6_k",
        "features": "GGUF with Q4_K and Q6_K tensors, as Q4_K_M files: embedding, attn_v and ffn_down Q6_K, the rest "
        "Q4_K, norms F32",
        "config": _llama(131, 256, 1, 4, 2, 256),
        "types": {"token_embd": "Q6_K", "attn_v": "Q6_K", "ffn_down": "Q6_K", "": "Q4_K"},
        "seed": 2,
    },
]


def transformers5_style(config):
    """The same configuration in the key names that transformers 5 writes."""
    out = {key: value for key, value in config.items() if key not in ("rope_theta", "rope_scaling", "torch_dtype")}
    scaling = config["rope_scaling"] or {"rope_type": "default"}
    out["rope_parameters"] = {"rope_theta": config["rope_theta"]} | scaling
    out["dtype"] = config["torch_dtype"]
    return out
