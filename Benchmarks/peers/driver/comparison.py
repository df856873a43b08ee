"""The whole comparison: which peers, on which works, on a machine that is quiet."""

import datetime

from . import install, machine, reports
from .alternate import Alternation, forms, paths
from .catalogue import FILES, PEERS, form_name
from .errors import CompareError
from .ours import Spyre
from .progress import Progress
from .ratios import DISTURBED
from .works import named


def run(options, cache):
    """A description of the run, results of every peer in order, each written as soon as it is there, and the errors
    of peers that could not go on."""
    spyre = Spyre(options.spyre, options.threads, options.repeat)
    progress = Progress(options.quiet)
    works = _works(options, spyre, progress.note)
    peers = _peers(options, cache, works)
    _check_files(options, cache, peers, works)
    _check_quiet(options, progress.note)
    report = reports.Writer(options.save, to_output=options.json)
    description = {"machine": machine.description(), "threads": options.threads, "spyre": spyre.version(),
                   "pairs": options.pairs, "date": datetime.date.today().isoformat()}
    report.write(description)
    results = []

    def done(result):
        results.append(result)
        report.write(result.row())
        title = f"{PEERS[result.peer].title} {form_name(result.form)}: {result.work.title}"
        progress.note(f"{title}: {result.ratio:.2f} x")

    errors = []
    for peer in peers:
        try:
            Alternation(peer, spyre, cache, options, progress, done).run(works)
        except CompareError as error:
            progress.note(str(error))
            errors.append(error)
    progress.clear()
    report.close()
    if not results and errors:
        raise errors[0]
    if not results:
        raise CompareError("no peer that was asked for runs any work that was asked for; see compare.py list")
    return description, results, errors


def _works(options, spyre, say):
    """What was asked for. Of `all` and `gemm`, only what this build of spyre can run, and the rest is named."""
    works = named(options.work)
    missing = spyre.lacks(works)
    asked = [work.name for work in missing if work.name in options.work]
    if asked:
        raise CompareError(f"{options.spyre} has no benchmark for {', '.join(asked)}; build this version of it")
    if missing:
        say(f"{options.spyre} has no benchmark for these works, which are left out: "
            + ", ".join(work.name for work in missing))
    return [work for work in works if work not in missing]


def _check_files(options, cache, peers, works):
    """Every file that will be read, before minutes are spent on the first."""
    unknown = set(options.files) - set(map(form_name, FILES))
    if unknown:
        raise CompareError(f"{', '.join(sorted(unknown))}: no such file type; choose from bf16, q8_0, q4_1, q4_0")
    for peer in peers:
        for form in forms(peer, works, options.files):
            for path in paths(form, cache, options.model)[:2]:
                if path is not None and not path.exists():
                    raise CompareError(f"{path}: no such file; `python3 Benchmarks/compare.py models` makes it")


def _peers(options, cache, works):
    unknown = [name for name in options.peers if name not in PEERS]
    if unknown:
        raise CompareError(f"{unknown[0]}: no such peer; choose from {', '.join(PEERS)}")
    kinds = {work.kind for work in works}
    chosen = [PEERS[name] for name in options.peers] or [
        peer for peer in PEERS.values() if kinds & peer.tasks and install.is_installed(cache, peer.environment)]
    for peer in chosen:
        if not options.python and not install.is_installed(cache, peer.environment):
            raise CompareError(
                f"{peer.name} is not installed; run `python3 Benchmarks/compare.py install {peer.environment}`")
    if not chosen:
        raise CompareError("no peer is installed; run `python3 Benchmarks/compare.py install llama.cpp`")
    return chosen


def _check_quiet(options, say):
    quiet, busy = machine.wait_until_quiet(DISTURBED, options.wait, say)
    if quiet:
        say(f"the machine is quiet: {busy:.2f} cores are busy")
    elif options.require_quiet:
        raise CompareError(f"{busy:.2f} cores are busy with other work; end it, or wait with --wait SECONDS")
    else:
        say(f"the machine is NOT quiet: {busy:.2f} cores are busy with other work; figures and ratios will be wrong")
