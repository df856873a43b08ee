"""Installs a peer into a virtual environment of its own; what is done already is not done again."""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

from .catalogue import ENVIRONMENTS, REQUIREMENTS
from .errors import CompareError


def folder(cache, name):
    return cache / f"env-{name}"


def interpreter(cache, name):
    return folder(cache, name) / "bin" / "python"


def is_installed(cache, name):
    environment = ENVIRONMENTS[name]
    return interpreter(cache, name).exists() and not _left(folder(cache, name), steps(environment))


def steps(environment):
    """What pip is called with, in order, each with a line for people."""
    pins = str(REQUIREMENTS / environment.requirements)
    result = []
    if environment.first:
        result.append((" ".join(environment.first), ["install", *environment.first, "-c", pins]))
    source = [f"--no-binary={package}" for package in environment.compiled]
    compiled = f", {', '.join(environment.compiled)} compiled" if environment.compiled else ""
    result.append((f"{environment.requirements}{compiled}", ["install", "--no-deps", *source, "-r", pins]))
    return result


def install(cache, name, python):
    environment = ENVIRONMENTS.get(name)
    if environment is None:
        raise CompareError(f"{name}: no such peer to install; choose from {', '.join(ENVIRONMENTS)}")
    target = folder(cache, name)
    left = _left(target, steps(environment))
    if not left and interpreter(cache, name).exists():
        say(f"{name}: is installed in {target}")
        return
    cache.mkdir(parents=True, exist_ok=True)
    _check_disk(cache, environment)
    say(f"{name}: into {target}; about {environment.minutes} min, up to {environment.gigabytes:g} GB")
    if not interpreter(cache, name).exists():
        _run([python, "-m", "venv", str(target)], name, "making its environment", {})
    for index, (title, arguments) in enumerate(left, start=1):
        say(f"{name}: step {index} of {len(left)}: {title}")
        _run([str(interpreter(cache, name)), "-m", "pip", *arguments], name, title, dict(environment.variables))
        _mark(target, arguments)
    say(f"{name}: ready")


def say(text):
    print(text, file=sys.stderr, flush=True)


def _check_disk(cache, environment):
    free = shutil.disk_usage(cache).free / 1e9
    if free < environment.gigabytes:
        raise CompareError(f"{environment.name} takes up to {environment.gigabytes:g} GB and {cache} has {free:.1f} GB "
                           "free; make room or name another folder with --peers-dir")


def _run(command, name, title, variables):
    """pip's own progress goes to standard error, with the rest of ours."""
    environment = {**os.environ, **variables}
    try:
        code = subprocess.run(command, env=environment, stdout=sys.stderr.fileno(), check=False).returncode
    except OSError as error:
        raise CompareError(f"{name}: cannot run {command[0]}: {error.strerror}") from error
    if code != 0:
        raise CompareError(f"{name}: {title} failed with code {code}; run the same command again to go on from there")


def _stamp(target):
    return target / "installed-steps.json"


def _key(arguments):
    """A step is another one when its command or the pins it names change."""
    digest = hashlib.sha256()
    for argument in arguments:
        if argument.endswith(".txt"):
            digest.update(pathlib.Path(argument).read_bytes())
        else:
            digest.update(argument.encode() + b"\0")
    return digest.hexdigest()


def _done(target):
    try:
        return set(json.loads(_stamp(target).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return set()


def _left(target, all_steps):
    done = _done(target)
    return [step for step in all_steps if _key(step[1]) not in done]


def _mark(target, arguments):
    _stamp(target).write_text(json.dumps(sorted(_done(target) | {_key(arguments)})), encoding="utf-8")
