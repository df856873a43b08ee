"""A worker's side of the conversation with compare.py: one JSON object a line, tasks in and results out.

Standard output belongs to the conversation alone: whatever a library prints there goes to standard error.
"""

import argparse
import json
import os
import statistics
import sys


def configuration():
    """What compare.py gave to this worker: threads, model (a path or null), settings of the peer."""
    parser = argparse.ArgumentParser(description="Started by compare.py, which says what to run.")
    parser.add_argument("--configuration", required=True, help="a JSON object")
    return json.loads(parser.parse_args().configuration)


def open_channel():
    """A stream to compare.py; call it before anything that may print."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


def _send(channel, value):
    channel.write(json.dumps(value) + "\n")
    channel.flush()


def serve(channel, start):
    """Calls start() for (engine name and details, {task name: function}), then runs tasks until the input ends.

    A function gets the task's other fields and returns a dictionary of figures; numbers of several repeats are
    replaced by their median. Each task runs once without being counted the first time it is asked for. The function
    `wake`, if there is one, runs before every task: threads that were stopped, or that look for work less often the
    longer there was none, shall be awake when the clock starts.
    """
    try:
        hello, tasks = start()
        _send(channel, hello)
        warm, wake = set(), tasks.pop("wake", lambda: None)
        for line in sys.stdin:
            task = json.loads(line)
            kind, repeats = task.pop("task"), task.pop("repeat", 1)
            key = json.dumps([kind, task], sort_keys=True)
            if key not in warm:
                tasks[kind](**task)
                warm.add(key)
            wake()
            _send(channel, _medians([tasks[kind](**task) for _ in range(repeats)]))
    except Exception as error:  # whatever it is, compare.py shall say it
        _send(channel, {"error": f"{type(error).__name__}: {error}"[:500].replace("\n", " ")})
        raise


def _medians(rows):
    return {key: statistics.median(row[key] for row in rows) if isinstance(value, (int, float)) else value
            for key, value in rows[-1].items()}


def prompt(index, length, vocabulary):
    """Token ids of one sequence: fixed, spread over the vocabulary, other ones for every sequence."""
    return [(7919 * i + 104729 * index + 13) % vocabulary for i in range(length)]
