"""Generates random small templates over the supported constructs and records what jinja2 renders.

    python3 fuzz_chat_templates.py COUNT SEED > rows.jsonl        a corpus of any size
    python3 fuzz_chat_templates.py                                rewrites fuzz.jsonl beside this script

The tests read fuzz.jsonl, and also the file that SPYRE_CHAT_TEMPLATE_CORPUS names. The first line of a corpus
holds the variables of all of its rows.
"""
import json
import pathlib
import random
import re
import sys

from chat_template_environment import render

VARIABLES = {
    "messages": [
        {"role": "system", "content": " Be <b>brief</b>. \n"},
        {"role": "user", "content": "Hi there, \"you\" it's\nme"},
        {"role": "assistant", "content": "", "tool_calls": [
            {"id": "c1", "function": {"name": "add", "arguments": {"a": 1, "b": [1.5, None, True]}}}]},
        {"role": "tool", "content": "{\"x\": 1}", "tool_call_id": "c1"},
        {"role": "user", "content": "\u00c9t\u00e9 \u6771\u4eac \U0001f30d e\u0301 STRASSE \u00df"},
    ],
    "tools": None,
    "flag": True,
    "n": 7,
    "x": -2.5,
    "s": "  Hello, World-wide (web) [x]\tit's  ",
    "words": ["beta", "Alpha", "gamma", "alpha", "Beta", ""],
    "numbers": [3, 1, 2, 3, -1, 10],
    "mixed": [1, "a", None, True, 2.0, [], {}],
    "empty": [],
    "d": {"b": 2, "a": 1, "C": "see", "items": "own", "nested": {"k": [1, 2, {"z": "deep"}]}},
    "rows": [{"k": "x", "v": 1}, {"k": "Y", "v": 3}, {"k": "x", "v": 2}, {"v": 0}],
}
NAMES = ["messages", "flag", "n", "x", "s", "words", "numbers", "mixed", "empty", "d", "rows", "tools", "missing"]
STRINGS = ["''", "'a'", "\"it's\"", "'\\n'", "'Be'", "', '", "'x\\ty'", "'\u00e9\\u0301'", "'<&>'", "'role'", "'k'", "'a' 'b'"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.locals = []

    def pick(self, *options):
        return self.random.choice(options)

    def name(self):
        if self.locals and self.random.random() < 0.4:
            return self.random.choice(self.locals)
        return self.random.choice(NAMES)

    def atom(self):
        return self.pick(
            self.name, self.name, self.name,
            lambda: self.random.choice(STRINGS),
            lambda: str(self.random.randint(-3, 12)),
            lambda: self.pick("0.5", "2.0", "1e3", "1e16", "12.25", "1_000", "0x1F"),
            lambda: self.pick("true", "false", "none", "True", "None"),
        )()

    def expression(self, depth):
        if depth <= 0:
            return self.atom()
        kinds = [
            self.atom, lambda: self.binary(depth), lambda: self.binary(depth), lambda: self.compare(depth),
            lambda: self.logic(depth), lambda: self.filtered(depth), lambda: self.filtered(depth),
            lambda: self.filtered(depth), lambda: self.tested(depth), lambda: self.access(depth),
            lambda: self.access(depth), lambda: self.method(depth), lambda: self.method(depth),
            lambda: self.literal(depth), lambda: self.conditional(depth), lambda: self.sliced(depth),
            lambda: f"({self.expression(depth - 1)})", lambda: f"{self.pick('not ', '-', '+')}{self.expression(depth - 1)}",
        ]
        return self.random.choice(kinds)()

    def binary(self, depth):
        operator = self.pick("+", "-", "*", "/", "//", "%", "**", "~", "~", "+")
        if operator == "**":
            return f"{self.pick('2', 'n', '3', '0.5')} ** {self.pick('2', '3', '-1', '2 ** 2')}"
        # '%' on a string would format it, which is not supported.
        left = self.pick("n", "7", "x", "-9", "(numbers|sum)", "true") if operator == "%" else self.expression(depth - 1)
        return f"{left} {operator} {self.expression(depth - 1)}"

    def compare(self, depth):
        parts = [self.expression(depth - 1)]
        for _ in range(self.random.choice([1, 1, 1, 2])):
            operator = self.pick("==", "!=", "<", "<=", ">", ">=", "in", "not in", "==", "in")
            parts += [operator, self.expression(depth - 1)]
        return " ".join(parts)

    def logic(self, depth):
        return f"{self.expression(depth - 1)} {self.pick('and', 'or')} {self.expression(depth - 1)}"

    def literal(self, depth):
        items = [self.expression(depth - 1) for _ in range(self.random.randint(0, 3))]
        kind = self.random.randint(0, 2)
        if kind == 0:
            return "[" + ", ".join(items) + "]"
        if kind == 1:
            return "(" + ", ".join(items) + ("," if len(items) == 1 else "") + ")"
        keys = [self.pick("'a'", "'b'", "'role'", "1", "true", "none", "1.0", "'a'") for _ in items]
        return "{" + ", ".join(f"{key}: {item}" for key, item in zip(keys, items)) + "}"

    def conditional(self, depth):
        tail = f" else {self.expression(depth - 1)}" if self.random.random() < 0.8 else ""
        return f"({self.expression(depth - 1)} if {self.expression(depth - 1)}{tail})"

    def access(self, depth):
        return self.pick(
            "messages[0].role", "messages[-1]['content']", "messages[1].content[0]", "d.items", "d['items']", "d.b", "d.nope",
            "d.nested.k[2].z", "d['nested']['k'][-1]", "d.nested.nope", "rows[0].v", "rows[9]", "words[1]", "s[2]", "s[-1]", "s[99]",
            "messages[2].tool_calls[0].function.arguments", "messages[2]['tool_calls'][0]['function']['name']", "words.0", "n.real2",
            "d.get('a')", "d.get('zz', 5)", "d.keys()|list", "d.values()|list", "d.items()|list", "d.get('zz')", "words.append", "words.index('gamma')",
            f"{self.name()}[{self.expression(depth - 1)}]", f"{self.name()}.{self.pick('role', 'k', 'a', 'first')}", "loop.index", "loop.last",
        )

    def method(self, depth):
        text = self.pick("s", "messages[1].content", "messages[4].content", "'a,b,,c'", "'aXbXc'", "words[0]", "'  x '", "'\\n\\na\\r\\nb\\n'", "'abcabc'")
        call = self.pick(
            "strip()", "lstrip()", "rstrip()", "strip(' (l')", "upper()", "lower()", "title()", "capitalize()", "split()", "split(',')",
            "split('X', 1)", "rsplit('X', 1)", "rsplit(none, 1)", "split(none, 2)", "splitlines()", "splitlines(true)", "startswith('a')",
            "endswith(('c', 't'))", "replace('a', 'ZZ')", "replace('', '-')", "replace('a', '', 1)", "join(['p', 'q'])", "find('b')", "rfind('b')",
            "count('a')", "isdigit()", "isalpha()", "isspace()", "isupper()", "islower()", "isalnum()", "partition('X')", "rpartition(',')",
            "removeprefix('a')", "removesuffix('c')", "zfill(8)", "append('x')", f"join({self.expression(depth - 1)})", "split(sep='b')", "casefold()",
        )
        return f"{text}.{call}"

    def filtered(self, depth):
        value = self.expression(depth - 1)
        if self.random.random() < 0.5:
            value = self.name()
        if not re.fullmatch(r"\w+", value):
            value = f"({value})"
        result = value
        for _ in range(self.random.choice([1, 1, 1, 2, 2, 3])):
            result += "|" + self.filter(depth)
        return result

    def filter(self, depth):
        return self.pick(
            "trim", "upper", "lower", "length", "count", "first", "last", "join", "join(', ')", "default('dft')", "d('dft', true)", "tojson", "tojson(indent=2)",
            "tojson(indent=4)", "tojson(sort_keys=true)", "tojson(ensure_ascii=true)", "tojson(separators=(',', ':'))", "list", "items|list", "dictsort",
            "dictsort(reverse=true)", "dictsort(false, 'value')", "map('upper')|list", "map(attribute='role')|list", "map(attribute='v', default=9)|list",
            "map('string')|join('-')", "select|list", "reject('none')|list", "select('string')|list", "selectattr('role', 'equalto', 'user')|list|length",
            "selectattr('k')|list", "rejectattr('k', 'defined')|list", "selectattr('v', 'gt', 1)|map(attribute='k')|join", "replace('a', 'b')", "replace('l', 'LL', 1)",
            "string", "int", "int(5)", "int(default=-1, base=16)", "float", "float(1.5)", "round", "round(1)", "round(2, 'floor')", "round(method='ceil')", "abs", "capitalize", "title",
            "indent", "indent(2, true)", "indent('> ', blank=true)", "safe", "escape", "e", "unique|list", "unique(case_sensitive=true)|list", "sort", "sort(reverse=true)",
            "sort(case_sensitive=true)", "sort(attribute='v')", "sort(attribute='v,k')", "reverse", "reverse|list", "sum", "sum(attribute='v')", "sum(start=10)", "min", "max",
            "max(attribute='v')", "min(case_sensitive=true)", "list|length", "trim('x ')", "join(attribute='role')", "unique(attribute='k')|list", "map('default', 'q')|list", "list|tojson",
        )

    def tested(self, depth):
        test = self.pick(
            "defined", "undefined", "none", "not none", "string", "number", "integer", "float", "boolean", "mapping", "iterable", "sequence", "true", "false", "odd", "even",
            "divisibleby 3", "divisibleby(2)", "equalto 7", "eq('a')", "==(1)" if False else "eq 1", "ne 2", "lt 3", "gt(1)", "ge 2", "le 2", "in [1, 7]", "not in words", "callable",
            "lower", "upper", "not defined", "sameas true", "sameas none",
        )
        value = self.name() if self.random.random() < 0.7 else f"({self.expression(depth - 1)})"
        return f"{value} is {test}"

    def sliced(self, depth):
        bounds = [self.pick("", "", "1", "-1", "2", "-3", "0", "99", "-99", "none") for _ in range(2)]
        step = self.pick("", "", ":", ":2", ":-1", ":-2", ":none")
        return f"{self.pick('s', 'words', 'numbers', 'messages[1].content', 'messages', '(1, 2, 3)', 'missing', 'range(6)')}[{bounds[0]}:{bounds[1]}{step}]" + self.pick("", "|list", "|length")

    # Statements

    def text(self):
        return self.pick("", "", "a", " b ", "\n", "\n  ", "  \n", "line\n", "\t", " {x} ", "<|im|>", "\r\n", "\u00e9", "{# c #}", "{#- c -#}\n", " {#+ c #}\n")

    def tag(self, content):
        begin = self.pick("{%", "{%", "{%-", "{%-", "{%+")
        end = self.pick("%}", "%}", "-%}", "-%}", "+%}")
        return f"{begin} {content} {end}"

    def output(self, depth):
        begin, end = self.pick("{{", "{{", "{{-"), self.pick("}}", "}}", "-}}")
        return f"{begin} {self.expression(depth)} {end}"

    def body(self, depth):
        mark = len(self.locals)
        parts = []
        for _ in range(self.random.randint(1, 3)):
            parts += [self.text(), self.statement(depth)]
        del self.locals[mark:]
        return "".join(parts) + self.text()

    def statement(self, depth):
        if depth <= 0:
            return self.output(2)
        return self.pick(
            lambda: self.output(3), lambda: self.output(2), lambda: self.output(2), lambda: self.branch(depth), lambda: self.loop(depth), lambda: self.loop(depth),
            lambda: self.assign(depth), lambda: self.assign(depth), lambda: self.block_set(depth), lambda: self.macro(depth), lambda: self.namespace(depth), lambda: self.other(depth),
        )()

    def branch(self, depth):
        result = self.tag(f"if {self.expression(2)}") + self.body(depth - 1)
        for _ in range(self.random.choice([0, 0, 1])):
            result += self.tag(f"elif {self.expression(2)}") + self.body(depth - 1)
        if self.random.random() < 0.5:
            result += self.tag("else") + self.body(depth - 1)
        return result + self.tag("endif")

    def loop(self, depth):
        target = self.pick("m", "m", "i", "k, v", "i")
        iterable = self.pick("messages", "words", "numbers", "range(3)", "d.items()", "d|dictsort", "d", "s", "empty", "missing", "rows", "messages[1:]", "range(n, 0, -2)", "mixed", "words|unique",
                             "messages|selectattr('role', 'equalto', 'user')", "[(1, 2), (3, 4)]", self.expression(1))
        condition = self.pick("", "", "", " if loop_ok is undefined", " if i != 2", " if m", f" if {self.expression(1)}")
        before = len(self.locals)
        self.locals += [name.strip() for name in target.split(",")]
        extras = [self.pick(
            "", "", "{{ loop.index }}", "{{ loop.index0 }}{{ loop.first }}{{ loop.last }}", "{{ loop.revindex }}/{{ loop.length }}", "{{ loop.previtem }}|{{ loop.nextitem }}",
            "{{ loop.cycle('a', 'b') }}", "{{ loop.changed(i) }}", "{% if loop.index > 2 %}{% break %}{% endif %}", "{% if loop.first %}{% continue %}{% endif %}", "{{ loop.depth }}",
            "{% if not loop.last %}, {% endif %}", "{{ loop.revindex0 }}", "{{ loop }}") for _ in range(2)]
        result = self.tag(f"for {target} in {iterable}{condition}") + extras[0] + self.body(depth - 1) + extras[1]
        del self.locals[before:]
        if self.random.random() < 0.3:
            result += self.tag("else") + self.body(depth - 1)
        return result + self.tag("endfor")

    def assign(self, depth):
        # Not the names of variables: whether a later assignment hides them from earlier loops is Jinja's secret.
        name = self.pick("a", "b", "c")
        value = self.expression(2)
        if self.random.random() < 0.15:
            self.locals += ["a", "b"]
            return self.tag(f"set a, b = {value}, {self.expression(1)}")
        self.locals.append(name)
        return self.tag(f"set {name} = {value}")

    def block_set(self, depth):
        result = self.tag(f"set t{self.pick('', '|upper', '|trim|length')}") + self.body(depth - 1) + self.tag("endset") + "[{{ t }}]"
        return result

    def namespace(self, depth):
        start, value = self.pick("0", "''", "[]", "none"), self.pick("ns.v + 1", "ns.v ~ i", "ns.v + [i]", "loop.index", "i")
        return (self.tag(f"set ns = namespace(v={start}, w=1)") + self.tag(f"for i in {self.pick('numbers', 'words', 'range(4)')}{self.pick('', '', ' if ns.v != 2')}")
                + self.tag(f"set ns.v = {value}") + self.tag("endfor") + "{{ ns.v }}{{ ns.missing }}{{ ns }}")

    def macro(self, depth):
        signature, calls = self.pick(
            ("p", ["1", "'x'", "p=2", "", "1, 2"]), ("p, q=2", ["1", "1, 3", "q=1, p=0", "1, q=p"]), ("p='a', q=p", ["", "'z'", "q=1", "*[1, 2]", "**{'p': 3}"]), ("", ["", "1"]))
        mark, self.locals = self.locals, ["p", "q"]
        body = self.body(depth - 1) + self.pick("", "{{ varargs }}", "{{ kwargs }}", "{{ n }}")
        self.locals = mark
        result = self.tag(f"macro f({signature})") + body + self.tag("endmacro")
        for _ in range(self.random.randint(1, 2)):
            result += self.text() + "{{ f(" + self.random.choice(calls) + ")" + self.pick("", "|upper", "~'!'") + " }}"
        return result

    def other(self, depth):
        return self.pick(
            lambda: self.tag("filter upper") + self.body(depth - 1) + self.tag("endfilter"),
            lambda: self.tag(f"with q = {self.expression(1)}, r = 2") + "{{ q }}{{ r }}" + self.body(depth - 1) + self.tag("endwith"),
            lambda: self.tag("generation") + self.body(depth - 1) + self.tag("endgeneration"),
            lambda: self.pick("{% raw %}", "{%- raw -%}", "{% raw -%}\n") + self.pick(" {{ x }} \n", "{% if %}", "") + self.pick("{% endraw %}", "{%- endraw %}\n", "{% endraw -%} \n", "  {% endraw %}"),
            lambda: "{{ raise_exception('no: ' ~ n) }}",
            lambda: "{{ strftime_now('%d %b %Y %H:%M %j') }}",
            lambda: self.tag("macro g(a)") + "{{ a }}({{ caller('x') }})" + self.tag("endmacro") + self.tag("call(y) g(1)") + "{{ y }}" + self.body(depth - 1) + self.tag("endcall"),
            lambda: self.tag("set k = dict(a=1, b=n)") + "{{ k }}{{ k|tojson }}",
        )()

    def template(self):
        return self.body(self.random.randint(0, 3))


# Results that depend on the address of an object or on Python itself; and reserved words where jinja2 emits Python
# that does not compile.
UNSTABLE = re.compile(r" at 0x|<built-in|<bound method|<generator|<function|<class|-?\d{19,}|iterator object|reversed object", re.IGNORECASE)


def rows(count, seed):
    produced = 0
    while produced < count:
        template = Generator(seed).template()
        seed += 1
        if len(template) > 1500:
            continue
        row = {"template": template, **render(template, VARIABLES)}
        text = row.get("text", "")
        if UNSTABLE.search(text) or len(text) > 3000 or row.get("error") in ("SyntaxError", "OverflowError", "RecursionError"):
            continue
        produced += 1
        yield row


def write(stream, selected):
    for row in [{"variables": VARIABLES}, *selected]:
        stream.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def main():
    if len(sys.argv) == 3:
        return write(sys.stdout, rows(int(sys.argv[1]), int(sys.argv[2])))
    # Mostly templates that render, with enough that fail to hold the errors in place too.
    rendered, failed = [], []
    for row in rows(4000, 1):
        if "text" not in row:
            failed.append(row)
        elif len(row["text"]) > 5 and len(row["template"]) < 400:
            rendered.append(row)
    with open(pathlib.Path(__file__).with_name("fuzz.jsonl"), "w", encoding="utf-8", newline="") as stream:
        write(stream, rendered[:260] + [row for row in failed if len(row["template"]) < 200][:60])


main()
