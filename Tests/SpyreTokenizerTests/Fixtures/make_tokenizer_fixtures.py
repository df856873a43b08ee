"""Makes the tokenizer goldens of this folder with Hugging Face `tokenizers`.

Made with tokenizers 0.23.3 and gguf 0.19.0 on Python 3.11. Deterministic: every choice is seeded.

    python3 -m venv venv && venv/bin/pip install tokenizers==0.23.3 gguf==0.19.0
    venv/bin/python make_tokenizer_fixtures.py SmolLM2-135M-Instruct.Q4_1.gguf

Writes
  smollm2.vocab.txt       the vocabulary of the default model, compact (see `write_vocabulary`)
  smollm2.golden.jsonl    goldens for it
  NAME/tokenizer.json     a small vocabulary trained here with NAME's published pipeline
  NAME/tokenizer_config.json
  NAME/golden.jsonl       goldens for it

A golden is one JSON array a line: [text, ids, plain, decoded, skipped].
  ids      encode(text)
  plain    encode(text) without the post-processor's tokens, special-token text left as text; 0 if equal to ids
  decoded  decode(ids), 0 if equal to text
  skipped  decode(ids) without special tokens, 0 if equal to decoded
`streams.jsonl` in a folder has random id sequences, most of them no valid UTF-8: [ids, decoded, skipped].
Every text starts with a bar: some JSON readers drop a U+FEFF that comes first in a string.
"""

import json
import pathlib
import random
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).parent
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")

# --- Texts ------------------------------------------------------------------------------------------------------------

SCRIPTS = {
    "latin": "the of and to in is that for was with as his they be at one have this from or had by word but what some "
    "we "
    "tokenizer unbelievably internationalization antidisestablishmentarianism counterrevolutionaries".split(),
    "accents": "naïve café Ångström façade señor Übermaß łódź žluťoučký coöperate résumé ﬁn "
    "æsthetic ﬆyle İstanbul ıßſ".split(),
    "combining": [
        "e\u0301",
        "n\u0303o",
        "A\u030a",
        "o\u0308\u0304",
        "q\u0307\u0323",
        "q\u0323\u0307",
        "\u1e9b\u0323",
        "\u0344",
        "\u212b",
        "\u1100\u1161\u11a8",
        "\u0958",
        "ﬃ",
        "Z\u0300\u0301\u0302\u0303algo",
        "\u2126m",
    ],
    "greek": "αβγ Ελληνικά ΣΊΣΥΦΟΣ ὕδωρ μῆνιν ἄειδε θεὰ".split(),
    "cyrillic": "привет мир Москва Ёлка сегодня їжак ћирилица Ӂ".split(),
    "cjk": "漢字 日本語 东京都 我们 中文分词 機械學習 々〆 ㊥ 〇一二三 ｆｕｌｌ ﾊﾝｶｸ ひらがな カタカナ".split(),
    "hangul": "한국어 안녕하세요 대한민국 ㅋㅋㅋ 글자".split(),
    "arabic": "مرحبا العالم السَّلامُ عليكم ٣٫١٤ ۱۲۳ ﷺ لا".split(),
    "hebrew": "שלום עולם בְּרֵאשִׁית".split(),
    "indic": "नमस्ते हिन्दी क्षत्रिय বাংলা தமிழ் తెలుగు ಕನ್ನಡ മലയാളം ไทย ภาษา ລາວ မြန်မာ ខ្មែរ བོད".split(),
    "other": "ქართული Հայերեն አማርኛ ᚠᚢᚦ ᠮᠣᠩᠭᠣᠯ ᏣᎳᎩ ꦗꦮ ⲕⲟⲡⲧ".split(),
    "astral": [
        "𝒜𝓁𝓅𝒽𝒶",
        "𐍈𐌰𐌿",
        "𠀀𠮷",
        "𓀀𓂀",
        "𝟘𝟙𝟚",
        "🄀🄁",
        "\U00031350",
        "\U0002ebf0",
        "\U0001e4d0",
        "\U000105c0",
        "\U00013460",
        "\U00011f04",
        "\U0001e030",
        "\U000116d0",
        "\U00010d40",
        "\U0001ccf0",
        "\U00011de0",
        "\U00016ff4",
        "\U000e0041",
        "\U0010fffd",
        "\U000f0000",
    ],
    "emoji": ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪🇫🇷", "❤️", "1️⃣", "🧑🏿‍🚀", "☃", "🤷‍♀️", "👁️‍🗨️", "\U0001fae8"],
    "numbers": "0 1 42 007 3.14159 1,000,000 1e-9 0xDEADBEEF 12345678901234567890 ½ ² Ⅷ "
    "① ٤٢ ४२ 一 ㊿ 1st 2nd 50% $9.99".split(),
    "contractions": "it's IT'S don't DON'T we're WE'RE I've I'VE I'm i'M you'll YOU'LL he'd HE'D it’s don’t 's 'S "
    "'ſ 'T'LL "
    "'tis rock'n'roll ''s 'll've y'all'd've s't 'Re 'vE 'lL '\u212a".split(),
    "punctuation": "... !!! ?! -- — – « » “quoted” (a) [b] {c} <d> /* */ // && || == "
    "!= <= => :: ;; @ # % ^ ~ ` | \\ _ __init__".split(),
    "code": [
        "def f(x: int) -> int:\n    return x ** 2\n",
        "for (int i = 0; i < n; ++i) {\n\tsum += a[i];\n}\n",
        "SELECT * FROM t WHERE a = 'b''c';",
        "#include <stdio.h>\r\n",
        "x = {'a': [1, 2.5e3], \"b\": None}",
        "let y = x!.map { $0 + 1 }",
        '<div class="a b">&nbsp;</div>',
        "if (a&&b||!c) return;",
    ],
    "urls": [
        "https://example.org/a/b?c=d&e=%20f#g",
        "mailto:a.b+c@d-e.co.uk",
        "C:\\Users\\x\\y.txt",
        "192.168.0.1:8080",
        "file:///tmp/ä%C3%A4",
        "v1.2.3-rc.4+build5",
    ],
    "control": [
        "\x00",
        "\x01\x02",
        "\x04",
        "\x06",
        "\x13\x14\x16\x1d",
        "\x07",
        "\x0b",
        "\x0c",
        "\x1b[31m",
        "\x1c\x1f",
        "\x7f",
        "\u0085",
        "\u00ad",
        "\u200b",
        "\u200c\u200d",
        "\u200e",
        "\u2028",
        "\u2029",
        "\u2060",
        "\ufeff",
        "\ufffd",
        "\u061c",
        "\ufff9",
        "\uffff",
        "\u180e",
        "\u115f",
        "\u3164",
    ],
    "spaces": [
        " ",
        "  ",
        "   ",
        "    ",
        "        ",
        " " * 17,
        "\t",
        "\t\t",
        " \t ",
        "\n",
        "\n\n",
        "\n\n\n",
        "\r\n",
        "\r\n\r\n",
        "\r",
        " \n",
        "\n ",
        "  \n  \n",
        "\u00a0",
        "\u00a0\u00a0 ",
        "\u3000",
        "\u2003\u2009",
        "\u1680",
        "\u202f",
        "\u205f",
        "\n\t\n\t",
        " \r\n\t ",
    ],
    "long": [
        "a" * 40,
        "ab" * 60,
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "漢" * 30,
        "é" * 25,
        "😀" * 12,
        "-" * 70,
        "=" * 33,
        "lopadotemachoselachogaleokranioleipsanodrimhypotrimmatosilphiokarabomelito",
        "ACGT" * 20,
        "0" * 30,
    ],
}


def texts(seed, count, special):
    """`count` texts that mix everything above, the special tokens' text included."""
    rng = random.Random(seed)
    singles = [item for items in SCRIPTS.values() for item in items] + special
    tricky = [s[:k] for s in special[:4] for k in (3, len(s) - 1)] + [s.upper() for s in special[:3]]
    found = ["", *singles, *tricky]
    found += [a + b for a in SCRIPTS["spaces"][:12] for b in ("x", "1", "!", "é", "\u200b", special[0])]
    found += [b + a + "y" for a in SCRIPTS["spaces"] for b in ("x", "?")]
    names = list(SCRIPTS)
    while len(found) < count:
        kind = rng.random()
        if kind < 0.15:
            # A window of neighbouring code points, anywhere in the Unicode range.
            start = rng.choice(
                [
                    rng.randrange(0x20, 0x3000),
                    rng.randrange(0x20, 0xD700),
                    rng.randrange(0xE000, 0x20000),
                    rng.randrange(0x10000, 0x110000 - 8),
                ]
            )
            found.append(
                "".join(chr(start + k) for k in range(rng.randrange(1, 9)) if not 0xD800 <= start + k < 0xE000)
            )
        elif kind < 0.25:
            characters = [
                chr(
                    rng.choice(
                        [
                            rng.randrange(0x80),
                            rng.randrange(0x250),
                            rng.randrange(0x2000, 0x2100),
                            rng.randrange(0x300, 0x370),
                            rng.randrange(0x1F300, 0x1FB00),
                        ]
                    )
                )
                for _ in range(rng.randrange(1, 20))
            ]
            found.append("".join(characters))
        else:
            chosen = rng.sample(names, rng.randrange(1, 4))
            parts = []
            for _ in range(rng.randrange(1, 8)):
                parts.append(
                    rng.choice(special) if special and rng.random() < 0.05 else rng.choice(SCRIPTS[rng.choice(chosen)])
                )
                parts.append(
                    rng.choice(["", " ", " ", " ", rng.choice(SCRIPTS["spaces"]), rng.choice([",", ".", "'", "-"])])
                )
            found.append("".join(parts))
    return found


def corpus():
    """What the small vocabularies are trained on: enough to get merges of every script."""
    rng = random.Random(5)
    names = list(SCRIPTS)
    return [
        " ".join(
            rng.choice(SCRIPTS[rng.choice(names[:12] + ["latin"] * 8 + ["code", "contractions", "numbers", "spaces"])])
            for _ in range(30)
        )
        for _ in range(1500)
    ]


# --- Goldens ----------------------------------------------------------------------------------------------------------


def write_lines(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def golden(tokenizer, text):
    ids = tokenizer.encode(text).ids
    tokenizer.encode_special_tokens = True
    plain = tokenizer.encode(text, add_special_tokens=False).ids
    tokenizer.encode_special_tokens = False
    decoded = tokenizer.decode(ids, skip_special_tokens=False)
    skipped = tokenizer.decode(ids, skip_special_tokens=True)
    return [
        "|" + text,
        ids,
        0 if plain == ids else plain,
        0 if decoded == text else "|" + decoded,
        0 if skipped == decoded else "|" + skipped,
    ]


def streams(tokenizer, seed, count):
    rng = random.Random(seed)
    size = tokenizer.get_vocab_size()
    lead = [i for i in range(size) if any(0xC2 <= b for b in piece_bytes(tokenizer, i))]
    rows = []
    for _ in range(count):
        pool = lead if rng.random() < 0.5 else range(size)
        ids = [rng.choice(pool) for _ in range(rng.randrange(1, 24))]
        rows.append([ids, "|" + tokenizer.decode(ids, skip_special_tokens=False), "|" + tokenizer.decode(ids)])
    return rows


def byte_alphabet():
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [b for b in range(256) if b not in own]
    return {**{chr(b): b for b in own}, **{chr(0x100 + k): b for k, b in enumerate(rest)}}


ALPHABET = byte_alphabet()


def piece_bytes(tokenizer, token):
    text = tokenizer.id_to_token(token) or ""
    return [ALPHABET.get(c, 0) for c in text]


# --- The default model's vocabulary -----------------------------------------------------------------------------------


def write_vocabulary(path, tokens, types, merges):
    """One token a line: where its merge divides it (characters in the left part, base 36), a space, and its name.

    Lines of tokens that no merge makes start with the space alone, those of control tokens with "!". The merges are in
    the order of the tokens they make.
    """
    made = {left + right: len(left) for left, right in (merge.split(" ") for merge in merges)}
    order = [token for token in tokens if token in made]
    assert order == ["".join(merge.split(" ")) for merge in merges]
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    with open(path, "w", encoding="utf-8") as out:
        for token, kind in zip(tokens, types):
            assert "\n" not in token
            length = made.get(token, 0)
            prefix = (digits[length // 36] if length >= 36 else "") + digits[length % 36] if length else ""
            out.write(("!" if kind == 3 else prefix) + " " + token + "\n")


def smollm2(path):
    import gguf

    fields = gguf.GGUFReader(path).fields
    tokens, merges, types = (fields[f"tokenizer.ggml.{key}"].contents() for key in ("tokens", "merges", "token_type"))
    write_vocabulary(HERE / "smollm2.vocab.txt", tokens, types, merges)
    model = models.BPE(vocab={token: k for k, token in enumerate(tokens)}, merges=[tuple(m.split(" ")) for m in merges])
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    special = [token for token, kind in zip(tokens, types) if kind == 3]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    write_lines(HERE / "smollm2.golden.jsonl", (golden(tokenizer, text) for text in texts(1, 2600, special)))
    write_lines(HERE / "smollm2.streams.jsonl", streams(tokenizer, 2, 300))


# --- Small vocabularies with published pipelines ----------------------------------------------------------------------


def byte_level(use_regex, add_prefix_space=False):
    return pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space, use_regex=use_regex)


def template(tokenizer, token):
    level = processors.ByteLevel(trim_offsets=False)
    single = processors.TemplateProcessing(
        single=f"{token} $A", pair=f"{token} $A {token}:1 $B:1", special_tokens=[(token, tokenizer.token_to_id(token))]
    )
    return processors.Sequence([level, single])


PIPELINES = {
    "gpt2": dict(pre=byte_level(True), special=["<|endoftext|>"], size=1200),
    "llama3": dict(
        pre=pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(LLAMA3), "isolated"), byte_level(False)]),
        special=["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|eot_id|>"],
        size=1600,
        bos="<|begin_of_text|>",
        ignore_merges=True,
    ),
    "qwen2": dict(
        pre=pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(QWEN2), "isolated"), byte_level(False)]),
        special=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        size=1600,
        nfc=True,
    ),
    "starcoder": dict(
        pre=pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level(True)]),
        special=["<|endoftext|>", "<fim_prefix>", "<fim_suffix>"],
        size=1200,
    ),
    # No published model: every flag of an added token, every split behaviour, a prefix space, an unknown token.
    "flags": dict(
        pre=pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(r"[\r\n]"), "isolated"),
                pre_tokenizers.Split(";", "merged_with_previous"),
                pre_tokenizers.Split("#", "merged_with_next"),
                pre_tokenizers.Split("~", "removed"),
                pre_tokenizers.Split(Regex(r"[^\S\n]{3,}"), "contiguous"),
                pre_tokenizers.Split(Regex("x*"), "removed", invert=False),
                pre_tokenizers.Digits(individual_digits=False),
                byte_level(True, add_prefix_space=True),
            ]
        ),
        special=["<s>"],
        size=700,
        bos="<s>",
        nfc=True,
        flags=True,
    ),
}
FLAGGED = [
    dict(content="<l>", lstrip=True),
    dict(content="<r>", rstrip=True, special=True),
    dict(content="<lr>", lstrip=True, rstrip=True),
    dict(content="word", single_word=True),
    dict(content="wordy"),
    dict(content="<n>", normalized=True),
    dict(content="e\u0301t\u00e9", normalized=True),
    dict(content="\u212b", normalized=False),
    dict(content="<l><r>"),
    dict(content="日本"),
    dict(content="é"),
    dict(content="sw\u00e9", single_word=True, lstrip=True, rstrip=True, normalized=True),
]
FLAG_TEXTS = [
    "a <l> b <r> c <lr> d",
    "  <l>\n\t<r>  <lr>  ",
    "word wordy words sword word's wordé word_ word-word word",
    "<n><l><r><l><r>",
    "été e\u0301te\u0301 et\u00e9 \u212b \u00c5 A\u030a",
    "日本語 日本 é e\u0301",
    " swé  swe\u0301 swéx xswé swé",
    "<l><l> <l>",
    "<r> <l>",
    "a;b;;c #d##e ~f~ g   h    i\u00a0\u00a0\u00a0j",
    "xxaxxbx",
    "12 345a6",
    "<s><s> <s>",
    " lead",
    "\u00a0lead",
    "",
    " ",
    ";",
    "~",
    "~~",
    "x",
    "#;",
    "word\u200d word\u0301 word\u203f \u0301word",
    "<lr>\u3000\u00a0<lr>\u200b <lr>",
]


def train(name, pre, special, size, bos=None, nfc=False, ignore_merges=False, flags=False):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    if nfc:
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        show_progress=False,
        special_tokens=special if name != "llama3" else [],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    if flags:
        for entry in FLAGGED:
            added = AddedToken(**{"normalized": False, **entry})
            (tokenizer.add_special_tokens if entry.get("special") else tokenizer.add_tokens)([added])
        special = special + [entry["content"] for entry in FLAGGED]
    tokenizer.post_processor = template(tokenizer, bos) if bos else processors.ByteLevel(trim_offsets=False)
    definition = json.loads(tokenizer.to_str())
    if name in ("gpt2", "llama3"):
        definition["model"]["merges"] = [" ".join(pair) for pair in definition["model"]["merges"]]
    if ignore_merges:
        # Whole words that no merge reaches, so that the flag makes a difference.
        for word in ("Ġtokenizer", "Ġinternationalization", "日本", "ĠcafÃ©", "don"):
            definition["model"]["vocab"].setdefault(word, len(definition["model"]["vocab"]))
        renumber(definition)
    if flags:
        # A byte that the vocabulary lacks, and the token that stands for it.
        vocabulary = definition["model"]["vocab"]
        vocabulary["\u0101\u0101"] = vocabulary.pop("\u0101")
        definition["model"].update(unk_token="<s>", fuse_unk=True)
    tokenizer = Tokenizer.from_str(json.dumps(definition))
    text = json.dumps(definition, ensure_ascii=False, separators=(",", ":"))
    (folder / "tokenizer.json").write_text(text + "\n", encoding="utf-8")
    config = {
        "bos_token": bos,
        "eos_token": {"content": special[-1] if not flags else "<s>"},
        "unk_token": None,
        "chat_template": "{{ messages[0]['content'] }}" if name != "gpt2" else None,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n", encoding="utf-8")
    found = texts(len(name), 560 if not flags else 500, special) + (
        FLAG_TEXTS + ["\x01", "a\x01\x01b", "\x01c\x01"] if flags else []
    )
    write_lines(folder / "golden.jsonl", (golden(tokenizer, item) for item in found))
    write_lines(folder / "streams.jsonl", streams(tokenizer, 3, 60))


def renumber(definition):
    """Moves the added tokens behind the vocabulary, which has grown."""
    size = len(definition["model"]["vocab"])
    for offset, token in enumerate(definition["added_tokens"]):
        token["id"] = size + offset
        for processor in definition["post_processor"].get("processors", []):
            entry = processor.get("special_tokens", {}).get(token["content"])
            if entry:
                entry["ids"] = [token["id"]]


if __name__ == "__main__":
    smollm2(sys.argv[1])
    for pipeline, options in PIPELINES.items():
        train(pipeline, **options)
