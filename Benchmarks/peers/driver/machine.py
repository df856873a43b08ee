"""What the machine is, and whether it is quiet."""

import os
import pathlib
import time

from .processes import machine_seconds


def description():
    """One line: processor, cores, the instruction sets that matter here."""
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    fields = {}
    for line in text.splitlines():
        key, _, value = line.partition(":")
        fields.setdefault(key.strip(), value.strip())
    flags = set(fields.get("flags", "").split())
    sets = [title for flag, title in (("avx512f", "AVX-512"), ("avx512_vnni", "VNNI"), ("avx512_bf16", "BF16"),
                                      ("amx_tile", "AMX")) if flag in flags]
    if not sets and "avx2" in flags:
        sets = ["AVX2"]
    virtual = " (virtual)" if "hypervisor" in flags else ""
    name = fields.get("model name", os.uname().machine)
    return f"{name}{virtual}, {len(os.sched_getaffinity(0))} cores, {', '.join(sets) or 'no AVX2'}"


def busy_cores(seconds):
    """Cores that are busy, or taken by the hypervisor, while this process sleeps."""
    busy, steal = machine_seconds()
    time.sleep(seconds)
    busy_now, steal_now = machine_seconds()
    return (busy_now - busy + steal_now - steal) / seconds


def wait_until_quiet(limit, patience, say):
    """Waits up to `patience` seconds for less than `limit` busy cores: whether they came, and the last measure."""
    end = time.monotonic() + patience
    busy = busy_cores(1.0)
    if busy >= limit and patience > 0:
        say(f"{busy:.2f} cores are busy; waiting up to {patience:.0f} s for a quiet machine")
    while busy >= limit and time.monotonic() < end:
        busy = busy_cores(2.0)
    return busy < limit, busy
