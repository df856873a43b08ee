"""How a llama-shaped checkpoint is laid out in GGUF and in Hugging Face directories.

The two differ in tensor names and in the row order of the query and key projections: Hugging Face rotates the halves
(j, j + d/2) of a head, GGUF's llama family rotates neighbouring pairs (2j, 2j + 1), so its writers reorder the rows.
Sources: the GGUF specification (tensor and key names) and Su et al., RoFormer (arXiv:2104.09864) for the rotation.
"""

import numpy as np

BLOCK_NAMES = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
TOP_NAMES = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}


def hf_to_gguf_names(layers):
    """Maps every Hugging Face weight name of a dense llama or granite model to its GGUF name."""
    names = {f"{hf}.weight": f"{gguf}.weight" for hf, gguf in TOP_NAMES.items()}
    for layer in range(layers):
        for hf, gguf in BLOCK_NAMES.items():
            for kind in ("weight", "bias"):
                names[f"model.layers.{layer}.{hf}.{kind}"] = f"blk.{layer}.{gguf}.{kind}"
    return names


def halves_to_pairs(rows, heads):
    """Reorders [heads * d, ...] from half-split order (j, j + d/2) to interleaved order (2j, 2j + 1)."""
    d = rows.shape[0] // heads
    order = np.arange(heads * d).reshape(heads, 2, d // 2).transpose(0, 2, 1).reshape(-1)
    return np.ascontiguousarray(rows[order])


def pairs_to_halves(rows, heads):
    """Inverse of `halves_to_pairs`."""
    d = rows.shape[0] // heads
    order = np.arange(heads * d).reshape(heads, d // 2, 2).transpose(0, 2, 1).reshape(-1)
    return np.ascontiguousarray(rows[order])


def rope_heads(name, heads, kv_heads):
    """Number of heads whose rows are reordered in this tensor (either naming), or None for all other tensors."""
    if ".q_proj." in name or ".attn_q." in name:
        return heads
    if ".k_proj." in name or ".attn_k." in name:
        return kv_heads
    return None


def gguf_to_hf_state(reader, layers, heads, kv_heads):
    """Every tensor of a GGUF file, dequantised to float32, under its Hugging Face name and in half-split order."""
    from gguf import dequantize

    names = {gguf: hf for hf, gguf in hf_to_gguf_names(layers).items()}
    state = {}
    for tensor in reader.tensors:
        shape = tuple(int(n) for n in reversed(tensor.shape))
        value = dequantize(tensor.data, tensor.tensor_type).reshape(shape).astype(np.float32)
        count = rope_heads(tensor.name, heads, kv_heads)
        state[names[tensor.name]] = value if count is None else pairs_to_halves(value, count)
    return state
