"""The whole comparison: which peers, on which works, on a machine that is quiet."""

import datetime

from . import install, machine, reports
from .alternate import Alternation, progress
from .catalogue import PEERS
from .errors import CompareError
from .ours import Spyre
from .works import named

QUIET = 0.15
"""Cores that may be busy before anything of ours runs."""


def run(options, cache):
    """Results of every peer, in order; each is reported as soon as it is there."""
    works = named(options.work)
    peers = _peers(options, cache, works)
    spyre = Spyre(options.spyre, options.threads, options.repeat)
    say = progress(options.quiet)
    _check_quiet(options, say)
    report = reports.Writer(options.save, to_output=options.json)
    report.write({"machine": machine.description(), "threads": options.threads, "spyre": spyre.version(),
                  "pairs": options.pairs, "date": datetime.date.today().isoformat()})
    results = []
    for peer in peers:
        alternation = None

        def done(result):
            results.append(result)
            report.result(result, alternation.engine)
            if not options.quiet:
                say(f"{peer.title} {result.form}: {result.work.title}: {result.ratio:.2f} x")

        alternation = Alternation(peer, spyre, cache, options, say, done)
        alternation.run(works)
    report.close()
    if not results:
        raise CompareError("no peer that was asked for runs any work that was asked for; see compare.py list")
    return results


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
    quiet, busy = machine.wait_until_quiet(QUIET, options.wait, say)
    if quiet:
        say(f"the machine is quiet: {busy:.2f} cores are busy")
    elif options.require_quiet:
        raise CompareError(f"{busy:.2f} cores are busy with other work; end it, or wait with --wait SECONDS")
    else:
        say(f"the machine is NOT quiet: {busy:.2f} cores are busy with other work; figures will be too low")
