import os
import sys
import unittest

from peers.driver.errors import CompareError
from peers.driver.processes import Worker, cpu_seconds, is_running, run_once

SPINNER = """
import json, os, sys
if os.fork() == 0:
    while True: pass
print(json.dumps({"engine": "spinner", "child": "spins"}), flush=True)
for line in sys.stdin:
    print(json.dumps({"echo": json.loads(line)["task"]}), flush=True)
"""
FAILING = "import sys; print('why it failed', file=sys.stderr); sys.exit(3)"


def worker(script, limit=20):
    return Worker("peer", [sys.executable, "-c", script], {}, limit)


class WorkerTests(unittest.TestCase):
    def test_a_worker_whose_child_spins_uses_no_cpu_between_its_runs(self):
        spinner = worker(SPINNER)
        try:
            for _ in range(2):
                self.assertEqual(spinner.run({"task": "hello"})["echo"], "hello")
                before = cpu_seconds([os.getpid()])
                while cpu_seconds([os.getpid()]) - before < 0.15:
                    pass
                self.assertEqual(spinner.idle_seconds(), 0.0)
            members = list(spinner._members)
            self.assertEqual(len(members), 2)
        finally:
            spinner.close()
        self.assertFalse(any(map(is_running, members)))

    def test_a_worker_that_ends_is_an_error_that_says_so(self):
        with self.assertRaisesRegex(CompareError, "ended with code 3"):
            worker(FAILING)

    def test_a_silent_worker_is_an_error(self):
        with self.assertRaisesRegex(CompareError, "no answer"):
            worker("import time; time.sleep(60)", limit=0.3)

    def test_a_command_that_fails_tells_its_last_line(self):
        with self.assertRaisesRegex(CompareError, "code 3: why it failed"):
            run_once([sys.executable, "-c", FAILING])
        with self.assertRaisesRegex(CompareError, "cannot run"):
            run_once(["/nonexistent/spyre"])
