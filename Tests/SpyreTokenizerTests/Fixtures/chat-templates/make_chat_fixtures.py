"""Writes constructs.jsonl, conversations.jsonl and default-model.jsonl beside this script (needs jinja2 3.1.6).

    python3 make_chat_fixtures.py [MODEL.gguf]

constructs.jsonl: one row per construct that published chat templates use, and what jinja2 renders.
conversations.jsonl: the chat templates of chat_templates.py over many conversations.
default-model.jsonl: goldens of the template inside MODEL.gguf, whose FNV-1a hash stands in the first line.
"""
import itertools
import json
import pathlib
import struct
import sys

from chat_template_environment import render
from chat_templates import TEMPLATES
from constructs import CONSTRUCTS, VARIABLES
from conversations import CONVERSATIONS, SETTINGS

HERE = pathlib.Path(__file__).parent


def write(name, rows):
    with open(HERE / name, "w", encoding="utf-8", newline="") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def variables(conversation, setting):
    return {
        "messages": conversation, "tools": None, "documents": None, "add_generation_prompt": False,
        "bos_token": "<s>", "eos_token": "</s>", **setting,
    }


def construct_rows():
    yield {"variables": VARIABLES}
    for name, template in CONSTRUCTS:
        yield {"name": name, "template": template, **render(template, VARIABLES)}


def conversation_rows():
    yield {"templates": TEMPLATES, "conversations": CONVERSATIONS, "settings": SETTINGS}
    for template, conversation, setting in itertools.product(TEMPLATES, CONVERSATIONS, SETTINGS):
        values = variables(CONVERSATIONS[conversation], SETTINGS[setting])
        yield {
            "template": template, "conversation": conversation, "setting": setting,
            **render(TEMPLATES[template], values),
        }


def read_template(path):
    """The metadata value tokenizer.chat_template (GGUF v3: the header, then key, type and value of each entry)."""
    sizes = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
    with open(path, "rb") as stream:

        def text():
            (count,) = struct.unpack("<Q", stream.read(8))
            return stream.read(count).decode()

        def skip(kind):
            if kind == 9:
                element, count = struct.unpack("<IQ", stream.read(12))
                for _ in range(count):
                    skip(element)
            elif kind == 8:
                text()
            else:
                stream.seek(sizes[kind], 1)

        magic, version, _, entries = struct.unpack("<4sIQQ", stream.read(24))
        assert magic == b"GGUF" and version == 3
        for _ in range(entries):
            key = text()
            (kind,) = struct.unpack("<I", stream.read(4))
            if key == "tokenizer.chat_template":
                return text()
            skip(kind)


def fnv1a(text):
    """64-bit FNV-1a in hexadecimal."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def default_model_rows(path):
    template = read_template(path)
    yield {"fnv1a": fnv1a(template), "conversations": CONVERSATIONS, "settings": SETTINGS}
    for conversation, setting in itertools.product(CONVERSATIONS, SETTINGS):
        values = variables(CONVERSATIONS[conversation], SETTINGS[setting])
        yield {"conversation": conversation, "setting": setting, **render(template, values)}


write("constructs.jsonl", construct_rows())
write("conversations.jsonl", conversation_rows())
if len(sys.argv) > 1:
    write("default-model.jsonl", default_model_rows(sys.argv[1]))
