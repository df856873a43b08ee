"""A 131-token byte-level BPE for the micro models: ASCII only, enough to run text through them end to end."""

MERGES = [
    ("t", "h"), ("th", "e"), ("i", "n"), ("e", "r"), ("a", "n"), ("o", "n"), ("r", "e"), ("Ġ", "the"), ("Ġ", "a"),
    ("an", "d"), ("Ġ", "and"), ("o", "r"), ("e", "n"), ("i", "s"), ("Ġ", "is"), ("o", "u"), ("a", "t"), ("Ġ", "t"),
    ("in", "g"), ("o", "f"), ("Ġ", "of"), ("s", "t"), ("e", "d"), ("l", "l"), ("Ġ", "s"), ("Ġ", "w"), ("a", "r"),
    ("e", "s"), ("Ġ", "c"), ("i", "t"), ("Ġ", "o"), ("Ġ", "in"),
]
SPECIAL = ["<|start|>", "<|end|>"]
# Byte-level names of space, newline and tab in GPT-2's printable byte alphabet.
SYMBOLS = [chr(code) for code in range(33, 127)] + ["Ġ", "Ċ", "ĉ"]
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|start|>' + message['role'] + '\\n' + message['content'] + '<|end|>' + '\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|start|>assistant\\n' }}{% endif %}"
)


def tokens():
    """The vocabulary in id order: 2 special tokens, 97 symbols, 32 merged tokens."""
    return SPECIAL + SYMBOLS + ["".join(pair) for pair in MERGES]


def tokenizer_json():
    """The content of tokenizer.json with GPT-2's byte-level pre-tokenizer."""
    special = [
        {"id": index, "content": text, "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": True}
        for index, text in enumerate(SPECIAL)
    ]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    model = {
        "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
        "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
        "vocab": {token: index for index, token in enumerate(tokens())},
        "merges": [list(pair) for pair in MERGES],
    }
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special, "normalizer": None,
        "pre_tokenizer": level, "post_processor": level, "decoder": level, "model": model,
    }


def tokenizer_config():
    """The content of tokenizer_config.json."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": SPECIAL[0], "eos_token": SPECIAL[1],
        "add_bos_token": False, "clean_up_tokenization_spaces": False, "chat_template": CHAT_TEMPLATE,
    }


def add_to_gguf(writer):
    """Writes the same tokenizer as GGUF metadata."""
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens())
    writer.add_token_types([3] * len(SPECIAL) + [1] * (len(tokens()) - len(SPECIAL)))
    writer.add_token_merges([" ".join(pair) for pair in MERGES])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)
