"""How long a call takes, as spyre's benchmarks measure it."""

import statistics
import time

SECONDS = 0.4
# Of calls shorter than this the best of three counts: the host interrupts some of them.
SHORT = 0.004


def seconds(function):
    """Median time of a call, over at least five and about SECONDS."""
    times = []
    while len(times) < 5 or sum(times) < SECONDS:
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    if statistics.median(times) < SHORT:
        times = [min(times[i:i + 3]) for i in range(0, len(times) - 2, 3)]
    return statistics.median(times)
