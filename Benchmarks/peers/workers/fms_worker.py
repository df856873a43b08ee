"""IBM's Foundation Model Stack on the works of compare.py, eager or compiled by torch.compile's inductor.

The model is called as FMS' own generate() does, with its growing KV cache, but with fixed tokens and no sampling.
"""

import importlib.metadata
import time

import protocol

CHANNEL = protocol.open_channel()

import torch  # noqa: E402
from fms.models import get_model  # noqa: E402


class Tasks:
    def __init__(self, model, compiled, vocabulary):
        self.model, self.compiled, self.vocabulary = model, compiled, vocabulary

    def _step(self, tokens, cache):
        logits, cache = self.model(tokens, past_key_value_states=cache, use_cache=True, last_n_tokens=1)
        if self.compiled:
            for layer in cache:  # the cache grows: without this every length would be compiled anew
                for tensor in layer:
                    torch._dynamo.mark_dynamic(tensor, 2)
        return logits, cache

    @torch.no_grad()
    def latency(self, prompt, output, sequences):
        prompts = torch.tensor([protocol.prompt(index, prompt, self.vocabulary) for index in range(sequences)])
        start = time.perf_counter()
        _, cache = self._step(prompts, None)
        middle = time.perf_counter()
        for step in range(output):
            column = step % prompt
            _, cache = self._step(prompts[:, column : column + 1], cache)
        end = time.perf_counter()
        return {"prefill": sequences * prompt / (middle - start), "decode": sequences * output / (end - middle)}

    def wake(self):
        """A short prompt and, as ready means that no step waits for a compilation, two steps after it."""
        self.latency(prompt=16, output=2, sequences=1)


def start():
    options = protocol.configuration()
    torch.set_num_threads(options["threads"])
    compiled = options["compile"]
    model = get_model("hf_pretrained", model_path=options["model"], data_type=torch.bfloat16, fused_weights=False)
    model.eval()
    vocabulary = model.config.src_vocab_size
    if compiled:
        model = torch.compile(model, backend="inductor")
    tasks = Tasks(model, compiled, vocabulary)
    tasks.wake()
    version = importlib.metadata.version("ibm-fms")
    hello = {"engine": f"ibm-fms {version} {'inductor' if compiled else 'eager'}",
             "detail": f"bfloat16, PyTorch {torch.__version__}"}
    return hello, {"latency": tasks.latency, "wake": tasks.wake}


protocol.serve(CHANNEL, start)
