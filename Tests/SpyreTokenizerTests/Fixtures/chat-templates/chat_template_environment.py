"""The Jinja environment that Hugging Face transformers gives to chat templates (jinja2 3.1.6), with a fixed clock."""
import copy
import datetime
import json

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime.fromtimestamp(1753000000, datetime.timezone.utc)


class Generation(jinja2.ext.Extension):
    """`{% generation %}` renders its body, as transformers does while nobody asks for the assistant's mask."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("render"), [], [], body).set_lineno(line)

    @jinja2.pass_eval_context
    def render(self, context, caller):
        return caller()


class Raised(Exception):
    """The template called raise_exception."""


def make_environment():
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(
            value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
        )

    def raise_exception(message):
        raise Raised(str(message))

    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = NOW.strftime
    return environment


ENVIRONMENT = make_environment()


def render(template, variables):
    """What jinja2 makes of it: {"text"}, {"raised": message}, or {"error": exception type}."""
    try:
        # A copy, because the filter `indent` extends a list in place.
        text = ENVIRONMENT.from_string(template).render(**copy.deepcopy(variables))
        text.encode()
        return {"text": text}
    except Raised as error:
        return {"raised": str(error)}
    except Exception as error:  # any failure of a template is an expected outcome here
        return {"error": type(error).__name__}
