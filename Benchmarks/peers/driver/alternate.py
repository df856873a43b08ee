"""Runs spyre and a peer in turns."""

import json

from . import install
from .catalogue import FILES, WORKERS, form_name
from .errors import CompareError
from .processes import Worker
from .ratios import DISTURBED, Result, disturbance
from .works import tasks

START_LIMIT, TASK_LIMIT = 900.0, 600.0
IDLE_LIMIT = 0.05
"""Seconds of CPU that a peer may use while it is stopped: a rounding error of the clock, no more."""


def forms(peer, works, asked):
    """What the peer runs: forms of the model (of those that are asked for, if any), or element types."""
    if "gemm" in peer.tasks:
        wanted = {dict(work.fields)["dtype"] for work in works if work.kind == "gemm"}
        return [form for form in peer.dtypes if form in wanted]
    if not any(work.kind in peer.tasks for work in works):
        return []
    return [form for form in peer.files if not asked or form_name(form) in asked]


def paths(form, cache, default):
    """What the peer and spyre read, and the form of spyre's; no paths for an element type."""
    if form not in FILES:
        return None, None, form
    theirs = FILES[form]
    ours = FILES[theirs.ours] if theirs.ours else theirs
    return (*(cache / file.theirs if file.theirs else default for file in (theirs, ours)), ours.label)


class Alternation:
    """One peer against spyre: `progress` says where it is, `done` gets every finished Result."""

    def __init__(self, peer, spyre, cache, options, progress, done):
        self.peer, self.spyre, self.cache, self.options = peer, spyre, cache, options
        self.progress, self.done = progress, done

    def run(self, works):
        works = [work for work in works if work.kind in self.peer.tasks]
        for form in forms(self.peer, works, self.options.files):
            wanted = [work for work in works if work.kind != "gemm" or dict(work.fields)["dtype"] == form]
            if wanted:
                self._run_form(form, tasks(wanted))

    def _run_form(self, form, groups):
        theirs, ours, ours_form = paths(form, self.cache, self.options.model)
        worker = self._start(form, theirs)
        try:
            for works in groups:
                results = [Result(work, self.peer.name, form, ours_form, details={worker.hello["detail"]},
                                  engine=worker.hello["engine"]) for work in works]
                if works[0].kind == "ready":
                    worker = self._ready(results, worker, form, theirs, ours)
                else:
                    self._pairs(results, worker, form, ours)
                for result in results:
                    self.done(result)
        finally:
            worker.close()

    def _start(self, form, model):
        self._say(form, "starting")
        threads = self.spyre.threads
        configuration = {"threads": threads, "model": model and str(model), **dict(self.peer.settings)}
        python = self.options.python or str(install.interpreter(self.cache, self.peer.environment))
        variables = {key: value.format(threads=threads, last=threads - 1) for key, value in self.peer.variables}
        variables |= {"VLLM_CACHE_ROOT": str(self.cache / "cache-vllm"),
                      "TORCHINDUCTOR_CACHE_DIR": str(self.cache / "cache-inductor")}
        command = [python, str(WORKERS / self.peer.worker), "--configuration", json.dumps(configuration)]
        worker = Worker(self.peer.title, command, variables, START_LIMIT)
        worker.limit = TASK_LIMIT
        self._say(form, f"{worker.hello['engine']}, ready after {self._seconds(worker):.2f} s")
        return worker

    def _say(self, form, text):
        self.progress.step(f"{self.peer.title} {form_name(form)}: {text}")

    @staticmethod
    def _seconds(worker):
        return worker.hello.get("ready", worker.start_seconds)

    def _ready(self, results, worker, form, theirs, ours):
        """Every pair starts the peer anew, but a peer that takes minutes, whose start was timed once."""
        self._ours(worker, results[0].work.task, ours)  # reads the file into memory, as the peer's first start did
        for pair in range(self.options.pairs):
            mine, usage = self._ours(worker, results[0].work.task, ours)
            if self.peer.many_starts:
                worker.close()
                worker = self._start(form, theirs)
            detail = None if self.peer.many_starts else "started once"
            results[0].add(mine["seconds"], self._seconds(worker), [usage, worker.start_usage], detail)
        return worker

    def _pairs(self, results, worker, form, ours):
        task = results[0].work.task
        theirs_task = {**task, "repeat": self.options.repeat}
        title = ", ".join(result.work.title for result in results)
        for pair in range(self.options.pairs):
            for attempt in range(1 + self.options.again):
                again = f", again ({attempt})" if attempt else ""
                self._say(form, f"{title}: pair {pair + 1} of {self.options.pairs}{again}")
                mine, answer, usages = self._pair(worker, task, theirs_task, ours, peer_first=pair % 2 == 1)
                if max(map(disturbance, usages)) < DISTURBED:
                    break
            for result in results:
                figure = result.work.figure
                result.add(mine[figure], answer[figure], usages, answer.get("detail"))

    def _pair(self, worker, task, theirs_task, ours, peer_first):
        """Every second pair begins with the peer, so that a machine that warms up or slows down favours neither."""
        if peer_first:
            answer = worker.run(theirs_task)
        mine, usage = self._ours(worker, task, ours)
        if not peer_first:
            answer = worker.run(theirs_task)
        return mine, answer, [usage, answer["usage"]]

    def _ours(self, worker, task, model):
        answer = self.spyre.run(task, model)
        self._check_idle(worker)
        return answer

    def _check_idle(self, worker):
        used = worker.idle_seconds()
        if used > IDLE_LIMIT:
            raise CompareError(f"{self.peer.title} used {used:.2f} s of CPU while spyre ran; the pair is worth nothing")
