"""Prompts of the greedy goldens: kinds of text, scripts and lengths, with the edges of 64-token KV blocks."""

import pathlib

SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"


def chat(*turns, system=SYSTEM):
    """SmolLM2's chat format, ending where the assistant speaks."""
    lines = [("system", system)] + [("user" if i % 2 == 0 else "assistant", text) for i, text in enumerate(turns)]
    return "".join(f"<|im_start|>{role}\n{text}<|im_end|>\n" for role, text in lines) + "<|im_start|>assistant\n"


PYTHON = '''def binary_search(values, target):
    """Return the index of target in the sorted list values, or -1."""
    low, high = 0, len(values) - 1
    while low <= high:
        middle = (low + high) // 2
        if values[middle] == target:
            return middle
        if values[middle] < target:
'''
SWIFT = '''struct Stack<Element> {
    private var storage: [Element] = []

    var isEmpty: Bool { storage.isEmpty }

    mutating func push(_ element: Element) {
        storage.append(element)
    }

    mutating func pop() -> Element? {
'''
C = '''#include <stdio.h>

int main(void) {
    int sum = 0;
    for (int i = 1; i <= 10; i++) {
'''
SQL = "SELECT customer.name, COUNT(*) AS orders FROM customer JOIN purchase ON purchase.customer_id ="
JSON = '{"name": "Ada Lovelace", "born": 1815, "died": 1852, "known_for": ["mathematics", "computing"], "city":'
HTML = "<!DOCTYPE html>\n<html>\n  <head>\n    <title>Weather</title>\n  </head>\n  <body>\n    <h1>"
COUNT = " ".join(str(n) for n in range(1, 31))
TABLE = "| country | capital |\n|---|---|\n| France | Paris |\n| Italy | Rome |\n| Spain | Madrid |\n| Japan |"

TEXTS = {
    "one-token": "The",
    "capital": "The capital of France is",
    "newline": "\n",
    "story": "Once upon a time, in a small village by the sea, there lived an old clockmaker who",
    "science": "Photosynthesis is the process by which green plants",
    "definition": "A prime number is a natural number greater than 1 that",
    "list": "Three things to remember when you plant a tree:\n\n1.",
    "dialogue": '"Where have you been?" she asked. He put down his bag and said, "',
    "repetition": "the cat sat on the mat. " * 6 + "the cat",
    "capitals": "BREAKING NEWS: THE MAYOR OF THE CITY ANNOUNCED TODAY THAT",
    "python": PYTHON,
    "swift": SWIFT,
    "c": C,
    "sql": SQL,
    "json": JSON,
    "html": HTML,
    "table": TABLE,
    "counting": COUNT,
    "arithmetic": "12 + 30 = 42\n7 + 8 = 15\n100 + 250 = 350\n19 + 23 =",
    "decimals": "pi = 3.14159265358979, e = 2.71828182845904, sqrt(2) =",
    "spaces": "a    b        c                d",
    "french": "Il était une fois, dans une forêt lointaine, un loup qui",
    "german": "Die Hauptstadt von Österreich heißt Wien. Dort gibt es viele schöne",
    "russian": "Москва — столица России. В этом городе",
    "greek": "Η Αθήνα είναι η πρωτεύουσα της",
    "chinese": "北京是中国的首都。这座城市",
    "japanese": "東京は日本の首都です。",
    "arabic": "القاهرة هي عاصمة مصر",
    "hindi": "भारत की राजधानी",
    "emoji": "I love pizza 🍕 and ice cream 🍦! My favourite animals are 🐶 and 👩‍👩‍👧‍👦",
    "chat-short": chat("What is the capital of France?"),
    "chat-poem": chat("Write a haiku about autumn leaves."),
    "chat-turns": chat("Hi, my name is Sam.", "Hello Sam! How can I help you today?", "What is my name?"),
    "chat-system": chat("How do I boil an egg?", system="You are a pirate. Answer in one short sentence."),
}

# Prefixes of the prose, in tokens: below, at and above the edges of 64-token blocks, and long ones.
PREFIXES = (63, 64, 65, 127, 128, 129, 300)


def prompts(tokenizer, prose):
    """Rows of (name, text or None, token ids)."""
    rows = [(name, text, tokenizer.encode(text).ids) for name, text in TEXTS.items()]
    ids = tokenizer.encode(prose).ids
    return rows + [(f"prose-{count}", None, ids[:count]) for count in PREFIXES]


def prose_text():
    return (pathlib.Path(__file__).resolve().parent / "smollm2" / "prose.txt").read_text(encoding="utf-8")
