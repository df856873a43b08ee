"""llama.cpp on the works of compare.py. Tokens are fixed, so that it is not charged for sampling; the KV cache has the
library's default type (float16), prompts are read in batches of 512 tokens (its default)."""

import time

import protocol

CHANNEL = protocol.open_channel()

from llama_cpp_session import ENGINE, Model, Session  # noqa: E402


class Tasks:
    def __init__(self, model, threads):
        self.model, self.threads, self.session, self.shape = model, threads, None, None

    def _session(self, sequences, tokens):
        """A context of this size: the last one, where it fits exactly; emptied."""
        if self.shape != (sequences, tokens):
            if self.session:
                self.session.close()
            self.session, self.shape = Session(self.model, self.threads, sequences, tokens), (sequences, tokens)
        self.session.clear()
        return self.session

    def wake(self):
        """One token in the context that is there; it is cleared before the next task."""
        if self.session:
            self.session.clear()
            self.session.decode([(1, 0, 0, True)])

    def _run(self, sequences, prompt, output):
        session = self._session(sequences, prompt + output)
        prompts = [protocol.prompt(index, prompt, self.model.vocabulary) for index in range(sequences)]
        start = time.perf_counter()
        session.prefill(prompts)
        middle = time.perf_counter()
        for step in range(output):
            session.decode([(tokens[step % prompt], prompt + step, sequence, True)
                            for sequence, tokens in enumerate(prompts)])
        return middle - start, time.perf_counter() - middle

    def latency(self, prompt, output, sequences):
        prefill, decode = self._run(sequences, prompt, output)
        return {"prefill": sequences * prompt / prefill, "decode": sequences * output / decode}

    def throughput(self, requests, prompt, output):
        """All requests at once, in step: with equal lengths that is what continuous batching comes to."""
        prefill, decode = self._run(requests, prompt, output)
        return {"output": requests * output / (prefill + decode)}


def start():
    began = time.perf_counter()
    options = protocol.configuration()
    model = Model(options["model"])
    tasks = Tasks(model, options["threads"])
    tasks.latency(prompt=1, output=1, sequences=1)
    # Python is only the way to call a C library here: starting the interpreter is not counted.
    hello = {"engine": ENGINE, "detail": model.description(), "ready": time.perf_counter() - began}
    return hello, {"latency": tasks.latency, "throughput": tasks.throughput, "wake": tasks.wake}


protocol.serve(CHANNEL, start)
