"""Writes rope.json: rotary frequencies, cosines and sines that transformers computes, far into the context.

    python3 make_rope_goldens.py

Needs torch and transformers 5.19.
"""

import json
import pathlib

import torch
import transformers
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 8192}
CASES = [
    {"name": "smollm2", "theta": 100000.0, "head_size": 64, "scaling": None, "positions": [1, 70, 8191]},
    {"name": "llama-3.1", "theta": 500000.0, "head_size": 128, "scaling": LLAMA3, "positions": [1, 8191, 131071]},
    {"name": "granite", "theta": 10000000.0, "head_size": 128, "scaling": None, "positions": [1, 131071]},
]


def golden(case):
    parameters = dict(case["scaling"] or {"rope_type": "default"}, rope_theta=case["theta"])
    config = LlamaConfig(hidden_size=2 * case["head_size"], num_attention_heads=2, head_dim=case["head_size"],
                         max_position_embeddings=131072, rope_parameters=parameters)
    rope = LlamaRotaryEmbedding(config)
    positions = torch.tensor([case["positions"]])
    cos, sin = rope(torch.zeros(1, dtype=torch.float32), positions)
    half = case["head_size"] // 2
    return dict(case, frequencies=[float(x) for x in rope.inv_freq],
                cos=[[float(x) for x in row[:half]] for row in cos[0]],
                sin=[[float(x) for x in row[:half]] for row in sin[0]])


def main():
    result = {"made_with": f"transformers {transformers.__version__}, torch {torch.__version__}",
              "cases": [golden(case) for case in CASES]}
    path = pathlib.Path(__file__).with_name("rope.json")
    path.write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
