"""llama.cpp through llama-cpp-python's low-level API: a model, and a context with room for some sequences."""

import ctypes
import os
import sys

import llama_cpp
import numpy as np

ENGINE = f"llama.cpp (llama-cpp-python {llama_cpp.__version__})"


@llama_cpp.llama_log_callback
def only_errors(level, text, user_data):
    if level == 4:  # GGML_LOG_LEVEL_ERROR
        sys.stderr.write(text.decode(errors="replace"))


class Model:
    def __init__(self, path):
        if not os.path.isfile(path):
            raise FileNotFoundError(f"{path}: no such file; compare.py models makes it")
        llama_cpp.llama_log_set(only_errors, None)
        llama_cpp.llama_backend_init()
        self.path = path
        self.handle = llama_cpp.llama_model_load_from_file(path.encode(), llama_cpp.llama_model_default_params())
        if not self.handle:
            raise ValueError(f"{path}: llama.cpp cannot load this file")
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.handle))

    def description(self):
        text = ctypes.create_string_buffer(256)
        llama_cpp.llama_model_desc(self.handle, text, len(text))
        return text.value.decode()


class Session:
    """A context with room for `sequences` sequences of `tokens` tokens each; batches of up to `ubatch` rows."""

    def __init__(self, model, threads, sequences, tokens, ubatch=512, all_logits=False):
        params = llama_cpp.llama_context_default_params()
        # Sequences have caches of their own (kv_unified is off), whose size is rounded up.
        params.n_ctx, params.n_seq_max = -(-tokens // 256) * 256 * sequences, sequences
        params.n_batch, params.n_ubatch = ubatch, ubatch
        params.n_threads, params.n_threads_batch = threads, threads
        params.n_outputs_max = ubatch if all_logits else sequences
        params.n_outputs_max_per_seq = ubatch if all_logits else 1
        self.context = llama_cpp.llama_init_from_model(model.handle, params)
        if not self.context:
            raise MemoryError("llama.cpp cannot make a context of this size; ask for fewer tokens or sequences")
        self.memory = llama_cpp.llama_get_memory(self.context)
        self.vocabulary, self.ubatch = model.vocabulary, ubatch
        self.batch = llama_cpp.llama_batch_init(max(ubatch, sequences), 0, 1)

    def close(self):
        llama_cpp.llama_batch_free(self.batch)
        llama_cpp.llama_free(self.context)

    def clear(self):
        llama_cpp.llama_memory_clear(self.memory, True)

    def decode(self, rows):
        """Runs one batch of (token, position, sequence, wants logits) and waits for it."""
        self.batch.n_tokens = len(rows)
        for index, (token, position, sequence, wants) in enumerate(rows):
            self.batch.token[index] = token
            self.batch.pos[index] = position
            self.batch.n_seq_id[index] = 1
            self.batch.seq_id[index][0] = sequence
            self.batch.logits[index] = wants
        status = llama_cpp.llama_decode(self.context, self.batch)
        if status != 0:
            raise RuntimeError(f"llama_decode failed with status {status}")
        llama_cpp.llama_synchronize(self.context)

    def prefill(self, prompts):
        """Reads the prompts, in order, in batches that are as full as can be; logits of each prompt's last token."""
        rows = [(token, position, sequence, position == len(tokens) - 1)
                for sequence, tokens in enumerate(prompts) for position, token in enumerate(tokens)]
        for start in range(0, len(rows), self.ubatch):
            self.decode(rows[start : start + self.ubatch])

    def logits(self, count):
        pointer = llama_cpp.llama_get_logits(self.context)
        return np.ctypeslib.as_array(pointer, shape=(count, self.vocabulary)).astype(np.float64)
