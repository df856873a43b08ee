"""Child processes whose CPU time is watched: a peer's worker, which waits between runs, and spyre's own runs."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from .errors import CompareError

TICK = os.sysconf("SC_CLK_TCK")
PROC = pathlib.Path("/proc")


def _stat(pid):
    """Fields of /proc/PID/stat after the command's name, which may hold anything; None when the process is gone."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def family(pid):
    """A process and all of its descendants."""
    children = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(entry.name)):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for member in found:
        found += children.get(member, [])
    return found


def is_running(pid):
    """Whether the process is there and no zombie."""
    fields = _stat(pid)
    return fields is not None and fields[0] not in "ZX"


def cpu_seconds(pids):
    """User and system time that these processes have used, their ended children included."""
    total = 0
    for pid in pids:
        if fields := _stat(pid):
            total += sum(int(field) for field in fields[11:15])
    return total / TICK


def machine_seconds():
    """Seconds that all cores together have been busy, and that the hypervisor gave to others (steal), since boot."""
    fields = (PROC / "stat").read_text(encoding="utf-8").splitlines()[0].split()[1:]
    user, nice, system, _idle, _wait, irq, soft, steal = (int(field) / TICK for field in fields[:8])
    return user + nice + system + irq + soft, steal


def _kill(pid, kind):
    try:
        os.kill(pid, kind)
    except ProcessLookupError:
        pass


class Watch:
    """What others took from the machine while something of ours ran: `others` and `stolen`, in cores."""

    def __init__(self, own):
        self._own = own
        self._start = time.monotonic(), machine_seconds(), own()

    def stop(self):
        began, (busy, steal), own = self._start
        wall = max(time.monotonic() - began, 1e-3)
        busy_now, steal_now = machine_seconds()
        others = (busy_now - busy) - (self._own() - own)
        return {"seconds": round(wall, 3), "others": round(max(0.0, others) / wall, 3),
                "stolen": round((steal_now - steal) / wall, 3)}


def _children_seconds():
    times = os.times()
    return times.children_user + times.children_system


def run_once(command, variables=None):
    """Runs a command to its end: its standard output, and what others took meanwhile."""
    watch = Watch(_children_seconds)
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                              env={**os.environ, **(variables or {})})
    except OSError as error:
        raise CompareError(f"cannot run {command[0]}: {error.strerror}; build it or name it with --spyre") from error
    usage = watch.stop()
    if done.returncode != 0:
        raise CompareError(f"{' '.join(command)} ended with code {done.returncode}: {_last_line(done.stderr)}")
    return done.stdout, usage


def _last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


class Worker:
    """A peer in a process of its own that runs one task at a time and is stopped (SIGSTOP) in between, so that a
    thread pool that spins, or a server that polls, takes nothing from the other side."""

    def __init__(self, name, command, variables, limit):
        self.name, self.limit = name, limit
        self._log = tempfile.TemporaryFile()
        self._began = time.monotonic()
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, start_new_session=True,
                env={**os.environ, **variables})
        except OSError as error:
            raise CompareError(f"{name}: cannot run {command[0]}: {error.strerror}") from error
        self._watch = Watch(self._own)
        self._members = [self._process.pid]
        self._buffer = b""
        self.hello = self._read()
        self.start_seconds = time.monotonic() - self._began
        self.start_usage = self._watch.stop()
        self._pause()

    def run(self, task):
        """The worker's answer, with `usage`: what others took from the machine meanwhile."""
        self._resume()
        watch = Watch(self._own)
        self._process.stdin.write(json.dumps(task).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._read()
        answer["usage"] = watch.stop()
        self._pause()
        return answer

    def idle_seconds(self):
        """CPU time used since it was paused: 0, unless a process of it was missed."""
        return cpu_seconds(family(self._process.pid)) - self._used

    def close(self, patience=20):
        """Ends the worker: it is asked to, then made to."""
        self._signal(signal.SIGCONT)
        try:
            self._process.stdin.close()
            self._process.wait(timeout=patience)
        except (OSError, subprocess.TimeoutExpired):
            pass
        for kind in (signal.SIGTERM, signal.SIGKILL):
            left = [pid for pid in self._members if is_running(pid)]
            for pid in left:
                _kill(pid, kind)
            end = time.monotonic() + 5
            while any(map(is_running, left)) and time.monotonic() < end:
                time.sleep(0.05)
                self._process.poll()
        self._process.stdout.close()
        self._log.close()

    def _own(self):
        return cpu_seconds(family(self._process.pid))

    def _pause(self):
        self._members = family(self._process.pid)
        self._signal(signal.SIGSTOP)
        time.sleep(0.05)
        self._used = cpu_seconds(family(self._process.pid))

    def _resume(self):
        self._signal(signal.SIGCONT)

    def _signal(self, kind):
        for pid in self._members:
            _kill(pid, kind)

    def _read(self):
        """One JSON line, within the limit."""
        os.set_blocking(self._process.stdout.fileno(), False)
        end = time.monotonic() + self.limit
        while b"\n" not in self._buffer:
            part = self._process.stdout.read()
            if part:
                self._buffer += part
            elif part == b"" or self._process.poll() is not None:
                self._fail(f"it ended with code {self._process.wait()}")
            elif time.monotonic() > end:
                self._fail(f"no answer in {self.limit:.0f} s")
            else:
                time.sleep(0.02)
        line, _, self._buffer = self._buffer.partition(b"\n")
        answer = json.loads(line)
        if "error" in answer:
            self._fail(answer["error"])
        return answer

    def _fail(self, reason):
        self._members = family(self._process.pid)
        self._log.seek(0)
        tail = self._log.read()[-4000:].decode(errors="replace")
        print(tail, file=sys.stderr)
        self.close(patience=0)
        raise CompareError(f"{self.name}: {reason}; what it printed stands above")
